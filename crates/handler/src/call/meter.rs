//! Tells the session what its call costs, where it may not cost more than something.

use crate::prices::{Counted, Meter, Moment};
use session::{Input, Session};
use std::time::Duration;

/// The cost of a live call.
pub(super) struct CostWatch {
    /// In a box: the call's task is large enough without it.
    meter: Option<Box<Meter>>,
    /// When the model's session was opened, on the session's clock.
    open_at: Option<Duration>,
    talk_max: Duration,
    so_far_micros: u64,
}

impl CostWatch {
    /// `meter`: none if nothing limits the cost, or nothing is paid.
    pub(super) fn new(meter: Option<Meter>, call_max_s: u32) -> Self {
        Self { meter: meter.map(Box::new), open_at: None, talk_max: Duration::from_secs(call_max_s.into()), so_far_micros: 0 }
    }

    /// The call was taken up after this had been counted. How long the model's session was open before is not known for certain:
    /// it is taken to have been open since the call began.
    pub(super) fn taken_up(&mut self, session: &Session) {
        self.open_at = Some(Duration::ZERO);
        if let Some(meter) = &mut self.meter {
            meter.begin_at(&Counted { all: session.usage(), second: session.second_usage() });
        }
    }

    /// The model's session is open from now on.
    pub(super) fn voice_opened(&mut self, now: Duration) {
        self.open_at.get_or_insert(now);
    }

    /// What the session is to be told of the cost now; `None` if nothing limits it.
    pub(super) fn look(&mut self, session: &Session, now: Duration) -> Option<Input> {
        let open = self.open_at.map_or(Duration::ZERO, |at| now.saturating_sub(at));
        let (talked, goodbye) = (session.answered_for(now), session.goodbye_max());
        let counted = Counted { all: session.usage(), second: session.second_usage() };
        let at = Moment { open, talked, goodbye, talk_max: self.talk_max };
        let (so_far_micros, with_goodbye_micros) = match self.meter.as_mut()?.read(&counted, at) {
            Some(known) => known,
            // Something was counted that has no price: from here on nobody can tell, so the call takes its leave.
            None => (self.so_far_micros, u64::MAX),
        };
        self.so_far_micros = so_far_micros;
        Some(Input::Cost { so_far_micros, with_goodbye_micros })
    }
}
