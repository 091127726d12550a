//! The most that a call may cost: a goodbye while there is still enough for it, and the end in any case when it is reached.
//! The shell reckons; it knows the prices.

use crate::Session;
use std::time::Duration;
use tracing::info;
use types::{EndedReason, Usage};

impl Session {
    /// What has been counted so far.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }

    /// How long ago the call was answered, on the clock of [`Session::handle`].
    pub fn answered_for(&self, now: Duration) -> Option<Duration> {
        self.call.answered_at.map(|at| now.saturating_sub(at))
    }

    /// How long a goodbye can take, from the decision to the hang-up.
    pub fn goodbye_max(&self) -> Duration {
        self.tuning.goodbye_max
    }

    pub(crate) fn on_cost(&mut self, so_far_micros: u64, with_goodbye_micros: u64) {
        let Some(most) = self.config.limits.cost_max_micros.filter(|_| self.closing.is_none()) else { return };
        if so_far_micros >= most {
            info!(order_id = %self.config.order_id, so_far_micros, most, "the call costs as much as it may");
            self.close(EndedReason::CostLimit, None);
        } else if with_goodbye_micros > most && self.talking() && self.ending.reason().is_none() && !self.is_taken_over() {
            info!(order_id = %self.config.order_id, so_far_micros, most, "the call nears the most that it may cost");
            self.say_goodbye(EndedReason::CostLimit);
        }
    }
}
