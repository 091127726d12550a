//! Orders that an earlier run left without a result. They are looked up, hung up and told of; never dialled.

use crate::answer;
use crate::app::App;
use crate::call::{finish, hang_up_until_over, look_up};
use crate::carrier::{self, Backoff};
use crate::error::with_causes;
use crate::live::{Ends, LiveCall, Message};
use crate::store::{Error, Unfinished};
use session::CallProgress;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::time::Instant;
use types::{
    CallEvent, CallResult, CallSid, CallStage, Disposition, EndedReason, Order, OrderId, Outcome, OutcomeStatus, Speaker,
    TranscriptLine, Usage,
};

/// Takes up everything that is unfinished. Returns once all of it is known to the routes; the work goes on in the background.
pub(crate) async fn all(app: &Arc<App>) -> Result<(), Error> {
    for order in app.store.unfinished().await? {
        let (call, ends) = LiveCall::recovering(order.call_sid.clone());
        app.live.insert(order.order_id.clone(), Arc::clone(&call));
        let app_of_task = Arc::clone(app);
        app.errands.spawn(async move {
            let app = app_of_task;
            let order_id = order.order_id.clone();
            tokio::select! {
                () = recover(&app, &call, ends, order) => {}
                // Whatever is still open is taken up by the next start.
                () = app.stop.cancelled() => {}
            }
            app.live.remove(&order_id);
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
        let (call, ends) = LiveCall::recovering(order.call_sid.clone());
        app.live.insert(order_id.clone(), Arc::clone(&call));
        recover(app, &call, ends, order).await;
    }
}

async fn recover(app: &App, call: &LiveCall, mut ends: Ends, unfinished: Unfinished) {
    let Unfinished { order_id, order, accepted_ms, asked_ms, .. } = unfinished;
    tracing::warn!(%order_id, asked = asked_ms.is_some(), "an order was left without a result; finding out what became of it");
    let found = match (unfinished.call_sid, asked_ms) {
        (Some(call_sid), _) => Some(call_sid),
        (None, Some(asked_ms)) => find_call(app, &order_id, &order, asked_ms, &mut ends.messages).await,
        (None, None) => None,
    };
    let over = match &found {
        Some(call_sid) => hang_up_until_over(app, call_sid).await,
        None => None,
    };
    let over = over.and_then(|ended| carrier::progress(ended.status, ended.duration_s()));
    let (status, duration, what) = match over {
        Some(CallProgress::Over { disposition, duration_s }) => (disposition, duration_s.unwrap_or(0), "the call was ended"),
        _ if asked_ms.is_none() => (Disposition::Canceled, 0, "nothing was dialled"),
        _ => (Disposition::Unknown, 0, "it cannot be told whether the phone rang"),
    };
    let outcome = match status {
        Disposition::Busy | Disposition::NoAnswer | Disposition::Canceled | Disposition::Failed => OutcomeStatus::NotAchieved,
        Disposition::Completed | Disposition::Voicemail | Disposition::Unknown => OutcomeStatus::Unknown,
    };
    let record = Record::read(app, &order_id).await;
    let message = format!("the call handler was restarted during the order; {what}");
    let result = CallResult {
        call_sid: found.clone(),
        order_id: order_id.clone(),
        conversation_id: order.conversation_id.clone(),
        attempt: order.attempt,
        status,
        ended_reason: EndedReason::Shutdown,
        duration,
        summary: format!("The call could not be finished: {message}."),
        error_message: Some(message),
        outcome: Outcome { status: outcome, facts: Vec::new() },
        transcript: record.transcript,
        disclosed_at_ms: record.disclosed_at_ms,
        usage: Usage::default(),
        cost: None,
        turn_latency_ms: record.turn_latency_ms,
    };
    let (answer, report) = match (unfinished.answered, found) {
        (true, _) => (None, true),
        (false, Some(call_sid)) => (Some(answer::accepted(&order_id, call_sid)), true),
        (false, None) => answer::of_unanswered(&result),
    };
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

/// What the stored events still tell of a call.
#[derive(Default)]
struct Record {
    transcript: Vec<TranscriptLine>,
    disclosed_at_ms: Option<u64>,
    turn_latency_ms: Vec<u32>,
}

impl Record {
    async fn read(app: &App, order_id: &OrderId) -> Self {
        let mut record = Self::default();
        let mut lines = BTreeMap::<u32, TranscriptLine>::new();
        let (mut seen, mut connected_ms) = (0, 0);
        loop {
            let page = match app.store.events_after(order_id, seen).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::error!(%order_id, error = %with_causes(&error), "the events of a broken-off call cannot be read");
                    break;
                }
            };
            let Some(last) = page.last() else { break };
            seen = last.n;
            for event in page {
                // Captions tell when they were made; that is as near as it gets to when they were said.
                let at_ms = event.at_ms.saturating_sub(connected_ms);
                match event.event {
                    CallEvent::Stage { stage: CallStage::Connected } => connected_ms = event.at_ms,
                    CallEvent::Caption { line, speaker, text, heard, .. } => {
                        let known = lines.entry(line).or_insert_with(|| empty_line(line, speaker, at_ms));
                        known.interrupted = heard.is_some();
                        known.heard = heard.unwrap_or_else(|| text.clone());
                        (known.text, known.end_ms) = (text, at_ms);
                    }
                    CallEvent::Disclosed { at_ms } => record.disclosed_at_ms = Some(at_ms),
                    CallEvent::TurnLatency { ms } => record.turn_latency_ms.push(ms),
                    CallEvent::Stage { .. } | CallEvent::Agent { .. } | CallEvent::Level { .. } | CallEvent::Ended { .. } => {}
                }
            }
        }
        record.transcript = lines.into_values().collect();
        record
    }
}

fn empty_line(line: u32, speaker: Speaker, at_ms: u64) -> TranscriptLine {
    TranscriptLine {
        line,
        speaker,
        text: String::new(),
        heard: String::new(),
        interrupted: false,
        start_ms: at_ms,
        end_ms: at_ms,
    }
}
