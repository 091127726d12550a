//! What a kind of realtime model must be able to do for a call.

use crate::voice::Voice;
use session::{Input, Trouble, VoiceCommand};
use std::collections::VecDeque;
use tokio::time::Instant;
use types::{Briefing, VoiceChoice};

/// How a message of the set-up was understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SetUp {
    /// It was not the answer yet.
    Waiting,
    /// The session is configured.
    Ready,
    /// The session is refused: of what kind that is, and the reason.
    Refused(Trouble, String),
}

/// Turns what the session core wants into messages, and messages into what it must know. Does no I/O and reads no clock.
pub(crate) trait Dialect: Send {
    /// The first message, which configures the session.
    fn begin(&mut self, voice: &Voice, briefing: &Briefing, choice: &VoiceChoice) -> String;

    /// A message that came before the session was ready.
    fn set_up(&mut self, text: &str) -> SetUp;

    /// A command as messages, in their order. What the session must be told in return, because the model will not say it, goes
    /// into `inputs`.
    fn write(&mut self, command: VoiceCommand, now: Instant, inputs: &mut VecDeque<Input>) -> Vec<String>;

    /// A message of the model; what the session must know of it goes into `inputs`.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&mut self, text: &str, now: Instant, inputs: &mut VecDeque<Input>) -> Result<(), wire::realtime::Error>;

    /// When [`Dialect::on_time`] wants to be called.
    fn wake_at(&self) -> Option<Instant> {
        None
    }

    /// Time has passed.
    fn on_time(&mut self, _now: Instant, _inputs: &mut VecDeque<Input>) {}

    /// The last message before the socket is closed.
    fn goodbye(&mut self) -> Option<String> {
        None
    }

    /// When the session's server ends it, seconds since 1970, if it says so.
    fn expires_at_s(&self) -> Option<u64> {
        None
    }

    /// How many messages of unknown kinds were passed over.
    fn unknown(&self) -> u32;
}
