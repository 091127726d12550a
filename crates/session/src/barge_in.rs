//! The callee speaks while the agent does: after a moment the agent stops.

use crate::Session;
use std::time::Duration;
use tracing::info;
use types::EndedReason;

impl Session {
    /// When speech that goes on takes the floor from the agent. A goodbye needs more than a short "bye" in return; one over a
    /// silence, less; the one at a limit does not yield.
    pub(crate) fn barge_in_at(&self) -> Option<Duration> {
        // A menu's own voice does not stop the keys.
        if self.keys.sounding() {
            return None;
        }
        let busy = self.responses.live() || !self.playback.idle();
        let (min, busy) = match self.ending.reason() {
            None => (self.tuning.barge_in_min, busy),
            Some(EndedReason::TimeLimit | EndedReason::CostLimit | EndedReason::HoldLimit | EndedReason::MenuLimit) => {
                return None;
            }
            Some(_) if self.ending.undone() >= self.tuning.goodbyes_undone_max => return None,
            Some(EndedReason::Silence) => (self.tuning.barge_in_min, true),
            Some(_) => (self.tuning.goodbye_barge_in_min, true),
        };
        self.turns.speaking_since().filter(|_| busy && self.talking()).map(|since| since + min)
    }

    pub(crate) fn barge_in(&mut self) {
        info!(order_id = %self.config.order_id, "the callee interrupts the agent");
        self.ending.undo();
        if self.responses.wanted() == Some(crate::response::Ask::Goodbye) {
            self.responses.want_nothing();
        }
        self.interrupt_agent();
    }
}
