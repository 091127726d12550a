//! The telephone call: dialling, ringing, answer, and the carrier's last word.

use crate::Session;
use crate::io::{CallProgress, Output};
use std::time::Duration;
use tracing::{info, warn};
use types::{CallEvent, CallSid, CallStage, Disposition, EndedReason};

/// What is known of the call at the carrier.
#[derive(Debug, Default)]
pub(crate) struct Call {
    pub(crate) stage: Option<CallStage>,
    /// When the carrier was asked.
    pub(crate) asked_at: Option<Duration>,
    pub(crate) sid: Option<CallSid>,
    /// The carrier has shown that it knows the call: it can be hung up.
    pub(crate) known: bool,
    /// The latest moment from which it may have rung.
    ringing_since: Option<Duration>,
    pub(crate) answered_at: Option<Duration>,
    /// The carrier's last word.
    pub(crate) over: Option<Over>,
}

/// How the carrier says the call went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Over {
    pub(crate) disposition: Disposition,
    pub(crate) duration_s: Option<u32>,
    pub(crate) at: Duration,
}

impl Call {
    /// The carrier has been asked for the call.
    pub(crate) fn asked(&self) -> bool {
        self.asked_at.is_some()
    }
}

impl Session {
    /// Tells the stage, once each and never backwards. Whoever is connected has rung.
    pub(crate) fn reach(&mut self, stage: CallStage) {
        const ORDER: [CallStage; 4] = [CallStage::Queued, CallStage::Dialling, CallStage::Ringing, CallStage::Connected];
        if self.call.stage >= Some(stage) {
            return;
        }
        // A call can end from any stage; the ones before Connected lie on its only way.
        let implied = if stage == CallStage::Ended { &[][..] } else { &ORDER[..] };
        let before = self.call.stage;
        for between in implied.iter().copied().filter(|other| before < Some(*other) && *other < stage) {
            self.event(CallEvent::Stage { stage: between });
        }
        self.event(CallEvent::Stage { stage });
        self.call.stage = Some(stage);
    }

    pub(crate) fn dial(&mut self) {
        self.call.asked_at = Some(self.now);
        self.reach(CallStage::Dialling);
        self.outputs.push_back(Output::Dial);
        info!(order_id = %self.config.order_id, "dialling");
    }

    pub(crate) fn on_dialled(&mut self, sid: CallSid) {
        if !self.call.asked() || self.call.sid.is_some() {
            return;
        }
        info!(order_id = %self.config.order_id, call_sid = %sid, "the carrier accepted the call");
        self.call.sid = Some(sid);
        self.carrier_knows_the_call();
    }

    pub(crate) fn on_dial_refused(&mut self, message: String) {
        if self.call.asked() && !self.call.known {
            warn!(order_id = %self.config.order_id, cause = %message, "the carrier refused the call");
            self.nothing_was_dialled(EndedReason::CarrierRefused, message);
        }
    }

    pub(crate) fn on_dial_unknown(&mut self, message: String) {
        if self.call.asked() && !self.call.known {
            warn!(order_id = %self.config.order_id, cause = %message, "it cannot be told whether the carrier took the call");
            self.dialled_perhaps(message);
        }
    }

    pub(crate) fn on_progress(&mut self, progress: CallProgress) {
        if !self.call.asked() || self.call.over.is_some() {
            return;
        }
        let stage = match progress {
            CallProgress::Queued | CallProgress::Initiated => Some(CallStage::Dialling),
            CallProgress::Ringing => Some(CallStage::Ringing),
            CallProgress::InProgress => Some(CallStage::Connected),
            CallProgress::Over { .. } => None,
        };
        self.carrier_knows_the_call();
        match progress {
            CallProgress::Queued | CallProgress::Initiated | CallProgress::Ringing | CallProgress::InProgress => {}
            CallProgress::Over { disposition, duration_s } => return self.on_over(disposition, duration_s),
        }
        if progress == CallProgress::InProgress {
            // Also while we hang up: somebody may pick up at that very moment, and the result must not deny it.
            self.call.answered_at.get_or_insert(self.now);
        }
        if self.closing.is_some() {
            return;
        }
        if progress == CallProgress::Ringing && self.call.stage < Some(CallStage::Ringing) {
            self.call.ringing_since = Some(self.now);
        }
        if let Some(stage) = stage {
            self.reach(stage);
        }
    }

    fn on_over(&mut self, disposition: Disposition, duration_s: Option<u32>) {
        info!(order_id = %self.config.order_id, ?disposition, "the carrier says that the call is over");
        self.call.over = Some(Over { disposition, duration_s, at: self.now });
        if self.closing.is_none() {
            let answered = self.call.answered_at.is_some() || disposition == Disposition::Completed;
            let (reason, error) = match (answered, disposition) {
                (true, Disposition::Failed) => {
                    (EndedReason::CarrierLost, Some("the carrier reports that the call broke down".to_owned()))
                }
                (true, _) => (EndedReason::CalleeHungUp, None),
                (false, _) => (EndedReason::NotConnected, None),
            };
            self.close(reason, error);
        }
    }

    pub(crate) fn carrier_knows_the_call(&mut self) {
        if !self.call.known {
            self.call.known = true;
            self.call.ringing_since = Some(self.now);
        }
    }

    /// When it is given up that the shell says what became of the dialling.
    pub(crate) fn dial_overdue_at(&self) -> Option<Duration> {
        (!self.call.known).then_some(self.call.asked_at)?.map(|at| at + self.tuning.dial_max)
    }

    pub(crate) fn dial_overdue(&mut self) {
        self.dialled_perhaps("the carrier did not answer in time".to_owned());
    }

    /// Our own deadline for an answer; the carrier's comes first.
    pub(crate) fn answer_overdue_at(&self) -> Option<Duration> {
        let waiting = self.call.answered_at.is_none() && self.closing.is_none();
        let limit = Duration::from_secs(u64::from(self.config.limits.answer_timeout_s)) + self.tuning.answer_slack;
        self.call.ringing_since.filter(|_| waiting).map(|since| since + limit)
    }

    pub(crate) fn answer_overdue(&mut self) {
        self.close(EndedReason::NotConnected, None);
    }

    /// When an answered call without a media stream is given up.
    pub(crate) fn stream_overdue_at(&self) -> Option<Duration> {
        let waiting = !self.stream.has_come() && self.closing.is_none();
        self.stream_expected_at().filter(|_| waiting).map(|at| at + self.tuning.stream_wait_max)
    }

    pub(crate) fn stream_overdue(&mut self) {
        self.close(EndedReason::CarrierLost, Some("the call was answered but the carrier's media stream never came".to_owned()));
    }
}
