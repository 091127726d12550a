//! Orders that an earlier run left without a result. They are looked up; those that have a call go on with it, the others are
//! told of. None is dialled.

use crate::answer;
use crate::app::App;
use crate::bridge::speaks_english;
use crate::call::{finish, go_on, look_up};
use crate::carrier::Backoff;
use crate::error::with_causes;
use crate::live::{Ends, LiveCall, Message};
use crate::store::{Error, Unfinished};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::Instant;
use types::{AnsweredBy, CallResult, CallSid, Disposition, EndedReason, Order, OrderId, Outcome, OutcomeStatus, Usage};

/// Takes up everything that is unfinished. Returns once all of it is known to the routes; the work goes on in the background.
pub(crate) async fn all(app: &Arc<App>) -> Result<(), Error> {
    for order in app.store.unfinished().await? {
        let (call, ends) = LiveCall::left_behind(order.call_sid.clone(), speaks_english(app, &order.order));
        app.live.insert(order.order_id.clone(), Arc::clone(&call));
        // There may be more calls than may be begun; none of them is refused.
        let permit = Arc::clone(&app.slots).try_acquire_owned().ok();
        let app_of_task = Arc::clone(app);
        app.calls.spawn(async move {
            let app = app_of_task;
            let order_id = order.order_id.clone();
            tokio::select! {
                () = recover(&app, call, ends, order) => {}
                // Whatever is still open is taken up by the next start.
                () = app.stop.cancelled() => {}
            }
            app.live.remove(&order_id);
            drop(permit);
        });
    }
    Ok(())
}

/// Takes up one order whose task broke off.
pub(crate) async fn one(app: &Arc<App>, order_id: &OrderId) {
    let unfinished = match app.store.unfinished().await {
        Ok(orders) => orders.into_iter().find(|order| order.order_id == *order_id),
        Err(error) => {
            tracing::error!(%order_id, error = %with_causes(&error), "a broken-off order cannot be read");
            None
        }
    };
    if let Some(order) = unfinished {
        let (call, ends) = LiveCall::left_behind(order.call_sid.clone(), speaks_english(app, &order.order));
        app.live.insert(order_id.clone(), Arc::clone(&call));
        recover(app, call, ends, order).await;
    }
}

async fn recover(app: &Arc<App>, call: Arc<LiveCall>, mut ends: Ends, unfinished: Unfinished) {
    let Unfinished { order_id, order, asked_ms, .. } = &unfinished;
    tracing::warn!(%order_id, asked = asked_ms.is_some(), "an order was left without a result; finding out what became of it");
    crash_point::reach("handler.recovery_begun");
    let found = match (unfinished.call_sid.clone(), *asked_ms) {
        (Some(call_sid), _) => Some(call_sid),
        (None, Some(asked_ms)) => find_call(app, order_id, order, asked_ms, &mut ends.messages).await,
        (None, None) => None,
    };
    crash_point::reach("handler.recovery_found");
    match found {
        Some(call_sid) => go_on(app, call, ends, unfinished, call_sid).await,
        None => give_up(app, &call, &ends, unfinished).await,
    }
}

/// Tells of an order that has no call, as far as that can be known.
async fn give_up(app: &App, call: &LiveCall, ends: &Ends, unfinished: Unfinished) {
    let Unfinished { order_id, order, accepted_ms, asked_ms, answered, .. } = unfinished;
    let (status, outcome, what) = match asked_ms {
        None => (Disposition::Canceled, OutcomeStatus::NotAchieved, "nothing was dialled"),
        Some(_) => (Disposition::Unknown, OutcomeStatus::Unknown, "it cannot be told whether the phone rang"),
    };
    crash_point::reach("handler.recovery_over");
    let message = format!("the call handler was restarted during the order; {what}");
    let result = CallResult {
        call_sid: None,
        order_id: order_id.clone(),
        conversation_id: order.conversation_id,
        attempt: order.attempt,
        status,
        answered_by: AnsweredBy::Unknown,
        message_left: false,
        ended_reason: EndedReason::Shutdown,
        duration: 0,
        summary: format!("The call could not be finished: {message}."),
        error_message: Some(message),
        outcome: Outcome::of(outcome),
        read_again: false,
        transcript: Vec::new(),
        disclosed_at_ms: None,
        usage: Usage::default(),
        cost: None,
        held_s: 0,
        breaks: 0,
        voices: Vec::new(),
        user_spoke: Vec::new(),
        turn_latency_ms: Vec::new(),
        recording: None,
    };
    let (answer, report) = if answered { (None, true) } else { answer::of_unanswered(&result) };
    let at_ms = crate::clock::unix_ms().saturating_sub(accepted_ms);
    tracing::info!(%order_id, ?status, "the end of an order of an earlier run was found out");
    finish(app, call, result, at_ms, answer.clone(), report).await;
    if answer.is_some() {
        ends.answer.send_replace(answer);
    }
}

/// Looks the order's call up at the carrier until it is found, the carrier calls back for it, or the window is over.
async fn find_call(
    app: &App,
    order_id: &OrderId,
    order: &Order,
    asked_ms: u64,
    messages: &mut mpsc::Receiver<Message>,
) -> Option<CallSid> {
    let timing = &app.config.timing;
    let until = Instant::now() + timing.reconcile_window;
    let mut backoff = Backoff::new(timing.carrier_backoff, timing.carrier_backoff_max);
    loop {
        match look_up(app, order_id, order, asked_ms).await {
            Ok(Some(call_sid)) => match app.store.claim(order_id, &call_sid).await {
                Ok(true) => return Some(call_sid),
                Ok(false) => {}
                Err(error) => tracing::error!(%order_id, error = %with_causes(&error), "the call's name could not be stored"),
            },
            Ok(None) => {}
            Err(error) => tracing::warn!(%order_id, error = %with_causes(&error), "the look-up at the carrier failed"),
        }
        let now = Instant::now();
        if now >= until {
            return None;
        }
        let pause = tokio::time::sleep_until((now + backoff.step()).min(until));
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = &mut pause => break,
                Some(message) = messages.recv() => if let Message::Claimed(call_sid) = message { return Some(call_sid) },
            }
        }
    }
}
