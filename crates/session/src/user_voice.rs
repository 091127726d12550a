//! When the user spoke in the agent's place.
//!
//! Nobody writes their words down: the model's session understands only the line that it hears, which is the callee's, and to feed
//! the user's voice into it would make their words the callee's. So the record has when they spoke, by our own ear, on the
//! transcript's clock: the transcript, the result and a recording line up, and nothing is made up.

use crate::Session;
use sounds::talk::{FRAME_MS, Sound, Talk};
use std::time::Duration;
use types::outcome::USER_SPOKE_MAX;
use types::{CallEvent, UserSpoke};

const FRAME: Duration = Duration::from_millis(FRAME_MS);
/// A pause within what is said.
const PAUSE_MAX: Duration = Duration::from_millis(1_000);
/// Less voice than this is a cough.
const VOICE_MIN: Duration = Duration::from_millis(200);

/// What was heard of the user.
#[derive(Debug, Default)]
pub(crate) struct UserVoice {
    talk: Talk,
    speaks: Option<Speaks>,
    spoke: Vec<UserSpoke>,
}

/// Speech that is under way, on the session's clock.
#[derive(Clone, Copy, Debug)]
struct Speaks {
    from: Duration,
    until: Duration,
    voice: Duration,
}

impl UserVoice {
    /// µ-law of the user that is played to the callee from then on; gives the speech that it has ended.
    fn hear(&mut self, at: Duration, audio: &[u8]) -> Option<Speaks> {
        let (mut end, mut over) = (at, None);
        let speaks = &mut self.speaks;
        self.talk.push(audio, |sound| {
            let begin = end;
            end += FRAME;
            match (sound, &mut *speaks) {
                (Sound::Voice, Some(speaks)) => (speaks.until, speaks.voice) = (end, speaks.voice + FRAME),
                (Sound::Voice, None) => *speaks = Some(Speaks { from: begin, until: end, voice: FRAME }),
                (Sound::Nothing | Sound::Quiet | Sound::Noise, known) => {
                    if known.is_some_and(|speaks| begin > speaks.until + PAUSE_MAX) {
                        over = known.take();
                    }
                }
            }
        });
        over
    }

    /// What the record has.
    pub(crate) fn remember(&mut self, spoke: &[UserSpoke]) {
        self.spoke = spoke.to_vec();
    }

    /// Every time that the user spoke, in order.
    pub(crate) fn spoke(&self) -> &[UserSpoke] {
        &self.spoke
    }
}

impl Session {
    /// The user's voice goes to the callee, to be played from then on.
    pub(crate) fn listen_to_user(&mut self, at: Duration, audio: &[u8]) {
        if let Some(over) = self.user_voice.hear(at, audio) {
            self.user_spoke(over);
        }
    }

    /// The user does not have the call any more.
    pub(crate) fn user_is_silent(&mut self) {
        if let Some(over) = self.user_voice.speaks.take() {
            self.user_spoke(over);
        }
    }

    fn user_spoke(&mut self, speaks: Speaks) {
        if speaks.voice < VOICE_MIN {
            return;
        }
        let (start_ms, end_ms) = (self.stream.clock_ms(speaks.from), self.stream.clock_ms(speaks.until));
        if self.user_voice.spoke.len() < USER_SPOKE_MAX {
            self.user_voice.spoke.push(UserSpoke { start_ms, end_ms });
            self.event(CallEvent::UserSpoke { start_ms, end_ms });
        }
    }
}
