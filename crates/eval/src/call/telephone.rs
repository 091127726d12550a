//! The telephone's side of a call: it is dialled, rings, is answered, goes on frame by frame, and is over.

use super::agenda::Event;
use super::{ACCEPTS, CONNECTS, Call, FRAME, RINGS, STREAMS};
use crate::callee::{self, Rings};
use crate::habit::Habit;
use session::{CallProgress, Input};
use std::time::Duration;
use types::{CallSid, Disposition};

impl Call<'_> {
    pub(super) fn dial(&mut self) {
        let rings = callee::call(self.scenario, self.around.seed.wrapping_add(self.scenario.seed), self.around, self.runtime);
        let told = |progress| Event::Told(Input::Progress(progress));
        let over = |disposition| told(CallProgress::Over { disposition, duration_s: None });
        self.later(ACCEPTS, Event::Told(Input::Dialled { call_sid: CallSid::new("CA00000000000000000000000000000000") }));
        self.later(ACCEPTS + self.network, told(CallProgress::Initiated));
        let rings_for = self.scenario.callee.rings_s.map_or(RINGS, Duration::from_secs_f64);
        let timeout = Duration::from_secs(self.scenario.order.limits.answer_timeout_s.into());
        match rings {
            Rings::Busy => return self.later(CONNECTS, over(Disposition::Busy)),
            Rings::Fails => return self.later(CONNECTS, over(Disposition::Failed)),
            Rings::Nobody => self.later(CONNECTS + timeout, over(Disposition::NoAnswer)),
            Rings::Picks(_) if rings_for >= timeout => self.later(CONNECTS + timeout, over(Disposition::NoAnswer)),
            Rings::Picks(party) => {
                self.carrier.party = Some(party);
                self.later(CONNECTS + rings_for, Event::Answered);
            }
        }
        self.later(CONNECTS, told(CallProgress::Ringing));
    }

    pub(super) fn answered(&mut self) {
        if self.carrier.over {
            return;
        }
        self.carrier.answered_at = Some(self.now);
        self.feed(Input::Progress(CallProgress::InProgress));
        if self.opens_late() {
            let opening = self.model.opening();
            self.later(STREAMS + self.model_opens(), Event::ModelOpen(opening));
        } else {
            self.later(self.streams_after(), Event::Told(Input::StreamStarted));
        }
        self.later(FRAME, Event::Frame);
        if let Some(after) = self.scenario.trouble.model_lost_at_s {
            self.later(Duration::from_secs_f64(after), Event::ModelLost);
        }
        for says in &self.scenario.carrier_says {
            let verdict = handler::offline::carrier_verdict(says.answered_by);
            self.later(Duration::from_secs_f64(says.at_s), Event::Told(Input::AnsweredBy(verdict)));
        }
    }

    /// How long after the answer the media stream starts.
    fn streams_after(&self) -> Duration {
        let verdict = self.scenario.carrier_says.first().filter(|_| self.naive.has(Habit::WaitsForVerdict));
        verdict.map_or(STREAMS, |says| STREAMS + Duration::from_secs_f64(says.at_s))
    }

    /// The callee hears 20 ms and gives 20 ms.
    pub(super) fn frame(&mut self) {
        if self.carrier.over {
            return;
        }
        let Some(answered_at) = self.carrier.answered_at else { return };
        let streams = self.now >= answered_at + self.streams_after();
        let exchanged = self.carrier.exchange(self.now, &mut self.measures);
        if streams {
            for text in exchanged.messages {
                self.later(self.network, Event::OfCarrier(text));
            }
        }
        if exchanged.hangs_up {
            self.over(Disposition::Completed);
        } else {
            self.later(FRAME, Event::Frame);
        }
        for typed in self.user.type_by(self.now - answered_at, self.carrier.party.as_deref()) {
            self.feed(typed);
        }
    }

    pub(super) fn at_carrier(&mut self, text: &str) {
        if self.carrier.over {
            return;
        }
        self.measures.ending |= self.session.ends_because().is_some();
        for text in self.carrier.receive(text, self.now, &mut self.measures) {
            self.later(self.network, Event::OfCarrier(text));
        }
    }

    pub(super) fn hang_up(&mut self) {
        if !self.carrier.over {
            self.measures.hung_up(self.carrier.is_playing());
            let disposition = match self.carrier.answered_at {
                Some(_) => Disposition::Completed,
                None => Disposition::Canceled,
            };
            self.over(disposition);
        }
    }

    /// The call is over at the carrier.
    fn over(&mut self, disposition: Disposition) {
        self.carrier.over = true;
        if let Some(party) = &mut self.carrier.party {
            party.hung_up();
        }
        let duration_s = self.carrier.answered_at.map(|at| (self.now - at).as_secs_f64().round() as u32);
        if self.carrier.answered_at.is_some() {
            let stop = self.carrier.stop();
            self.later(self.network, Event::OfCarrier(stop));
        }
        self.later(self.network * 2, Event::Told(Input::Progress(CallProgress::Over { disposition, duration_s })));
    }
}
