//! The call on tape: begun with its first media stream, or gone on with by the next handler.

use super::Actor;
use crate::recording::{Taping, mix::Mix};
use std::time::Duration;

impl Actor {
    /// Begins to record, if the call is to be and can be. The clock is the transcript's.
    pub(super) fn begin_taping(&mut self) {
        if self.order.record != Some(true) || self.taping.is_some() || self.recorded.is_some() {
            return;
        }
        let origin = self.session.stream_began().unwrap_or_else(|| self.now());
        match Taping::begin(&self.app.recorder, &self.order_id, origin) {
            Ok(taping) => self.taping = Some(taping),
            Err(recording) => self.recorded = Some(recording),
        }
    }

    /// Something is heard or sent at this moment.
    pub(super) fn tape(&mut self, what: impl FnOnce(&mut Mix, Duration)) {
        let now = self.now();
        if let Some(taping) = &mut self.taping {
            let at = taping.at(now);
            what(&mut taping.mix, at);
        }
    }
}
