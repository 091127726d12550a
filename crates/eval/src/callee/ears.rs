//! When the agent speaks, as the callee's ear has it.

use sounds::g711;
use std::time::Duration;

/// Quieter samples are silence.
const SOUND_MIN: u16 = 500;
/// A pause that is longer ends a turn.
const PAUSE_MAX: Duration = Duration::from_millis(600);

/// Whether anything can be heard in it.
pub(crate) fn sounds(frame: &[u8]) -> bool {
    frame.iter().any(|byte| g711::decode_sample(*byte).unsigned_abs() > SOUND_MIN)
}

/// Counts the agent's turns.
#[derive(Default)]
pub(crate) struct AgentTurns {
    count: u32,
    began: Duration,
    heard: Option<Duration>,
}

impl AgentTurns {
    pub(super) fn hear(&mut self, now: Duration, frame: &[u8]) {
        if !sounds(frame) {
            return;
        }
        if self.heard.is_none_or(|heard| now - heard > PAUSE_MAX) {
            self.count += 1;
            self.began = now;
        }
        self.heard = Some(now);
    }

    /// How many turns are over.
    pub(super) fn over(&self, now: Duration) -> u32 {
        let goes_on = self.heard.is_some_and(|heard| now - heard <= PAUSE_MAX);
        self.count - u32::from(goes_on)
    }

    /// How long the n-th turn has been going on; `None` before and after it.
    pub(super) fn into(&self, turn: u32, now: Duration) -> Option<Duration> {
        (self.count == turn).then(|| now.saturating_sub(self.began))
    }
}
