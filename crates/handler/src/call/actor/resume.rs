//! The task of a call that an earlier run began: made from what is stored, and brought back from the carrier.

use super::{Actor, Chore, Parts};
use crate::app::App;
use crate::carrier::{self, Error};
use crate::error::with_causes;
use crate::live::{Door, Ends, LiveCall};
use crate::store::Unfinished;
use crate::{bridge, record};
use session::{CallProgress, Ledger, Output, Session};
use std::sync::Arc;
use std::time::Duration;
use types::{CallSid, EndedReason};

impl Actor {
    /// The task of an order whose call is at the carrier. Asks the carrier how the call is; if it does not say, the task asks
    /// again in its own time.
    pub(crate) async fn resume(
        app: Arc<App>,
        call: Arc<LiveCall>,
        ends: Ends,
        unfinished: Unfinished,
        call_sid: CallSid,
    ) -> Self {
        let Unfinished { order_id, order, accepted_ms, answered, ledger, .. } = unfinished;
        let (mut record, last_ms) = record::read(&app, &order_id, Some(call_sid.clone()), ledger).await;
        let told = match app.carrier.fetch(&call_sid).await {
            Ok(told) => Some(told),
            Err(error) => {
                tracing::warn!(%order_id, %call_sid, error = %with_causes(&error), "the carrier does not tell how the call is");
                None
            }
        };
        let progress = told.as_ref().and_then(|told| carrier::progress(told.status, told.duration_s()));
        if progress == Some(CallProgress::InProgress) {
            // The answer came while nobody was there to hear of it.
            let started_ms = told.as_ref().and_then(carrier::started_ms).map(|at| at.saturating_sub(accepted_ms));
            record.ledger.answered_ms = record.ledger.answered_ms.or(started_ms);
        }
        // One clock for all parts of the call; a system clock that was set back must not turn it round.
        let age_ms = crate::clock::unix_ms().saturating_sub(accepted_ms).max(last_ms);
        let age = Duration::from_millis(age_ms);
        tracing::info!(%order_id, %call_sid, ?progress, age_s = age.as_secs(), resumed = record.ledger.resumed,
            "an order was left with a call at the carrier");
        call.set_call_sid(call_sid.clone());
        if record.ledger.answered_ms.is_none() && record.ledger.stream_ms.is_none() {
            call.set_door(Door::Open);
        }
        let (config, tuning) = Self::configured(&app, &order_id, &order);
        let session = Session::resume(config, tuning, &record, progress, age);
        let mut actor = Self::make(Parts { app, call, ends, order_id, order, session, age });
        actor.watch.connected = progress == Some(CallProgress::InProgress);
        actor.watch.over = matches!(progress, Some(CallProgress::Over { .. }));
        actor.watch.call_sid = Some(call_sid.clone());
        actor.cost.taken_up(&actor.session);
        actor.answered = answered;
        actor.keep_answer(call_sid);
        crash_point::reach("handler.recovery_resumed");
        actor
    }

    /// Has the carrier connect the call to us again. If that cannot be asked for, the call comes by itself when it asks next.
    pub(super) fn bring_back(&mut self) {
        let Some(call_sid) = self.watch.call_sid.clone() else { return };
        self.fetched = true;
        // Before the carrier can ask: a call that comes by itself waits for what is asked for here.
        self.call.renew_token();
        let (app, call, order_id) = (Arc::clone(&self.app), Arc::clone(&self.call), self.order_id.clone());
        self.chores.spawn(async move {
            let document = bridge::connect(&app, &order_id, &call);
            tracing::info!(%order_id, %call_sid, "bringing the call back");
            crash_point::reach("handler.recovery_before_redirect");
            let redirected = app.carrier.redirect(&call_sid, &document).await;
            crash_point::reach("handler.recovery_after_redirect");
            match redirected {
                Ok(told) => Chore::Polled(carrier::progress(told.status, told.duration_s())),
                Err(error) => {
                    tracing::warn!(%order_id, error = %with_causes(&error), "the call could not be brought back; it may come by itself");
                    call.set_door(Door::Open);
                    match error {
                        Error::Over | Error::NotFound => match app.carrier.fetch(&call_sid).await {
                            Ok(told) => Chore::Polled(carrier::progress(told.status, told.duration_s())),
                            Err(_) => Chore::Polled(None),
                        },
                        Error::Refused(_) | Error::Throttled | Error::Unclear(_) => Chore::Polled(None),
                    }
                }
            }
        });
    }

    /// Whether the callee is on the line without hearing us, and should be told by the carrier that the call ends.
    pub(super) fn says_farewell(&self) -> bool {
        let of_ours = match self.session.ends_because() {
            Some(
                EndedReason::VoiceLost
                | EndedReason::CarrierLost
                | EndedReason::Shutdown
                | EndedReason::TimeLimit
                | EndedReason::CostLimit
                | EndedReason::HoldLimit
                | EndedReason::MenuLimit,
            ) => true,
            Some(
                EndedReason::AgentHungUp
                | EndedReason::CalleeHungUp
                | EndedReason::UserHungUp
                | EndedReason::NotConnected
                | EndedReason::CarrierRefused
                | EndedReason::MachineAnswered
                | EndedReason::Silence,
            )
            | None => false,
        };
        // Its voice is gone, or the line to it.
        let unheard = self.session.ends_because() == Some(EndedReason::VoiceLost)
            || (self.media.is_none() && (self.resumed || self.fetched));
        of_ours && unheard && self.watch.connected && self.call.speaks_english
    }

    /// Whether the call can be left to the next handler: the carrier has it, and it is not being ended.
    pub(super) fn can_leave(&self) -> bool {
        self.leaving && self.watch.call_sid.is_some() && !self.watch.over && self.session.ends_because().is_none()
    }

    /// Lets the call go without ending it: when its stream is closed the carrier keeps it on the line.
    pub(super) fn leave(mut self) {
        tracing::info!(order_id = %self.order_id, "the call is left to the next call handler");
        self.session.leave(self.now());
        let age = self.now();
        if let Some(taping) = self.taping.take() {
            taping.leave(age);
        }
        while let Some(output) = self.session.poll_output() {
            // Nothing is sent any more; what is to be stored is.
            match output {
                Output::Ledger(ledger) => self.keep_ledger(&ledger),
                Output::Event(event) => self.record(event),
                Output::OpenVoice { .. }
                | Output::SwitchVoice
                | Output::Dial
                | Output::Carrier(_)
                | Output::Voice(_)
                | Output::BringBack
                | Output::HangUp
                | Output::CloseVoice
                | Output::Ended(_) => {}
            }
        }
        self.close_voice();
        if let Some(media) = self.media.take() {
            self.app.errands.spawn(media.close(super::CLOSE_LIMIT));
        }
    }

    /// Makes the ledger durable.
    pub(super) fn keep_ledger(&self, ledger: &Ledger) {
        let order_id = self.order_id.clone();
        let kept = self.app.store.keep_ledger(order_id.clone(), ledger, move |kept| {
            if let Err(error) = kept {
                tracing::error!(%order_id, error = %with_causes(&error), "the ledger of a call could not be stored");
            }
        });
        if let Err(error) = kept {
            tracing::error!(order_id = %self.order_id, error = %with_causes(&error), "the ledger of a call could not be stored");
        }
    }
}
