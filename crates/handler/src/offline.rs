//! What a call needs of the handler without its sockets: the same words on the same wires, for whoever has a clock of their own.

use crate::call::voice::dialect::{Dialect as _, SetUp};
use crate::call::voice::realtime::Realtime;
use crate::call::{self, media};
use crate::carrier;
use crate::voice::Voice;
use session::{CarrierCommand, CarrierVerdict, Config, Input, Tuning, VoiceCommand};
use std::collections::VecDeque;
use tokio::time::Instant;
use types::{Order, OrderId};
use wire::media::FromCarrier;
use wire::rest::AnsweredBy;

/// What the session of an order is born with, where this voice speaks.
pub fn session_of(voice: &Voice, tuning: &Tuning, order_id: &OrderId, order: &Order) -> (Config, Tuning) {
    call::configured(voice, tuning, order_id, order)
}

/// Who the carrier says has answered, as the session is told.
pub fn carrier_verdict(by: AnsweredBy) -> CarrierVerdict {
    carrier::verdict(by)
}

/// What the session must know of a message of the carrier, if anything.
///
/// # Errors
/// When it cannot be read.
pub fn from_carrier(text: &str) -> Result<Option<Input>, wire::media::Error> {
    FromCarrier::read(text).map(media::input)
}

/// A command of the session as a message to the carrier.
pub fn to_carrier(command: &CarrierCommand, stream_sid: &str) -> String {
    media::message(command, stream_sid)
}

/// A session of the realtime model in the Realtime dialect, as messages.
pub struct RealtimeTalk {
    dialect: Realtime,
}

impl RealtimeTalk {
    /// Begins a session for an order; gives the first message, which configures it.
    pub fn begin(voice: &Voice, order: &Order) -> (Self, String) {
        let choice = voice.choice(order);
        let mut dialect = Realtime::default();
        let first = dialect.begin(voice, &call::briefing(order, &choice), &choice);
        (Self { dialect }, first)
    }

    /// A message that came before the session was ready; tells whether it is now.
    ///
    /// # Errors
    /// When the model refuses the session, with its sentence.
    pub fn set_up(&mut self, text: &str) -> Result<bool, String> {
        match self.dialect.set_up(text) {
            SetUp::Waiting => Ok(false),
            SetUp::Ready => Ok(true),
            SetUp::Refused(_, message) => Err(message),
        }
    }

    /// A command as messages, in their order, and what the session must be told in return.
    pub fn write(&mut self, command: VoiceCommand) -> (Vec<String>, Vec<Input>) {
        let mut inputs = VecDeque::new();
        let messages = self.dialect.write(command, Instant::now(), &mut inputs);
        (messages, inputs.into())
    }

    /// What the session must know of a message of the model.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&mut self, text: &str) -> Result<Vec<Input>, wire::realtime::Error> {
        let mut inputs = VecDeque::new();
        self.dialect.read(text, Instant::now(), &mut inputs)?;
        Ok(inputs.into())
    }
}
