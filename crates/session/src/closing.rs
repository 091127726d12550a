//! From the decision that a call is over to its one result: hang up, wait for the carrier's word, then tell.

use crate::Session;
use crate::io::Output;
use crate::opening::VoiceLink;
use std::time::Duration;
use tracing::{info, warn};
use types::{CallStage, Disposition, EndedReason};

/// A call that is being closed.
#[derive(Debug)]
pub(crate) struct Closing {
    pub(crate) reason: EndedReason,
    pub(crate) error: Option<String>,
    /// When it was over for us.
    pub(crate) at: Duration,
    /// What is known without the carrier's word; `None` when its word decides.
    pub(crate) settled: Option<Disposition>,
    hang_up_at: Option<Duration>,
    pub(crate) hung_up_at: Option<Duration>,
}

impl Session {
    /// The call is over for us. The first reason stays.
    pub(crate) fn close(&mut self, reason: EndedReason, error: Option<String>) {
        if self.closing.is_some() {
            return;
        }
        self.interrupt_agent();
        self.responses.want_nothing();
        self.ending.drop();
        let hang_up_at = match reason {
            // The carrier will say so itself; but no call outlives its longest time.
            EndedReason::CalleeHungUp => {
                let grace = self.now + self.tuning.stream_stop_grace;
                grace.min(self.time_limit_at().unwrap_or(grace)).max(self.now)
            }
            EndedReason::AgentHungUp
            | EndedReason::MachineAnswered
            | EndedReason::UserHungUp
            | EndedReason::NotConnected
            | EndedReason::CarrierRefused
            | EndedReason::Silence
            | EndedReason::TimeLimit
            | EndedReason::CostLimit
            | EndedReason::HoldLimit
            | EndedReason::MenuLimit
            | EndedReason::CarrierLost
            | EndedReason::VoiceLost
            | EndedReason::Shutdown => self.now,
        };
        let settled = (!self.call.asked()).then(|| not_dialled(reason));
        info!(order_id = %self.config.order_id, ?reason, "the call is being ended");
        let hang_up_at = Some(hang_up_at).filter(|_| settled.is_none());
        self.closing = Some(Closing { reason, error, at: self.now, settled, hang_up_at, hung_up_at: None });
    }

    /// Nothing is at the carrier, for certain.
    pub(crate) fn nothing_was_dialled(&mut self, reason: EndedReason, message: String) {
        self.close(reason, Some(message));
        if let Some(closing) = &mut self.closing {
            closing.settled = Some(not_dialled(closing.reason));
            closing.hang_up_at = None;
        }
    }

    /// It cannot be told whether the carrier has the call.
    pub(crate) fn dialled_perhaps(&mut self, message: String) {
        self.close(EndedReason::CarrierLost, Some(message.clone()));
        if let Some(closing) = &mut self.closing {
            closing.error = Some(message);
            closing.settled = Some(Disposition::Unknown);
            closing.hang_up_at = None;
        }
    }

    pub(crate) fn hang_up_at(&self) -> Option<Duration> {
        let closing = self.closing.as_ref()?;
        let possible = self.call.known && self.call.over.is_none() && closing.hung_up_at.is_none();
        closing.hang_up_at.filter(|_| possible)
    }

    pub(crate) fn hang_up(&mut self) {
        if let Some(closing) = &mut self.closing {
            closing.hung_up_at = Some(self.now);
            self.outputs.push_back(Output::HangUp);
        }
    }

    /// When everything is known that will be known.
    fn finish_at(&self) -> Option<Duration> {
        let closing = self.closing.as_ref()?;
        if closing.settled.is_some() {
            return Some(closing.at);
        }
        let Some(over) = self.call.over else {
            return closing.hung_up_at.map(|at| at + self.tuning.hang_up_confirm_max);
        };
        let text_comes = self.voice == VoiceLink::Open && self.transcript.awaits_text();
        let open = text_comes || self.call.sid.is_none();
        Some(if open { over.at + self.tuning.settle_max } else { over.at })
    }

    pub(crate) fn finish_timer(&self) -> Option<Duration> {
        self.finish_at().filter(|_| !self.ended)
    }

    /// Tells the result, once.
    pub(crate) fn finish_closing(&mut self) {
        if self.ended || self.finish_at().is_none_or(|at| at > self.now) {
            return;
        }
        let Some(closing) = self.closing.take() else { return };
        let unconfirmed = closing.settled.is_none() && self.call.over.is_none();
        if unconfirmed {
            warn!(order_id = %self.config.order_id, "the carrier did not confirm that the call is over");
        }
        let result = self.result(&closing, unconfirmed);
        self.reach(CallStage::Ended);
        if self.voice != VoiceLink::Gone {
            self.voice = VoiceLink::Gone;
            self.outputs.push_back(Output::CloseVoice);
        }
        self.ended = true;
        info!(order_id = %self.config.order_id, status = ?result.status, reason = ?result.ended_reason,
            duration_s = result.duration, "call ended");
        self.outputs.push_back(Output::Ended(Box::new(result)));
    }
}

/// The disposition of a call that was never placed.
fn not_dialled(reason: EndedReason) -> Disposition {
    let stopped = matches!(reason, EndedReason::UserHungUp | EndedReason::Shutdown);
    if stopped { Disposition::Canceled } else { Disposition::Failed }
}
