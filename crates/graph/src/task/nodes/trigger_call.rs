//! Sends the order of the approved plan, once. Every repetition of this step sends the same order under the same key.

use super::super::{PlaceError, TaskGraph, late, order, presume, say, turn::Turn, turn::stamp};
use super::{await_result, doubt};
use crate::runtime::{Error, Next, Step};
use types::chat::{Attempt, Node, Plan};
use types::{CallResult, CallStage, CallView, Disposition, EndedReason, IdempotencyKey, Order, OrderAccepted};

pub(in super::super) async fn run(mut turn: Turn<'_>) -> Result<Step<TaskGraph>, Error> {
    turn.enter(Node::TriggerCall);
    let fresh = turn.state.approved.clone().filter(|plan| turn.state.calls.iter().all(|call| call.attempt != plan.attempt));
    let (Some(plan), Some(instructions)) = (fresh, turn.state.final_instructions.clone()) else {
        // Only the confirmation leads here, and it leaves both.
        turn.say("There is no approved plan, so I have not called anybody. Please tell me again what you would like.");
        return Ok(turn.next(Next::Wait { resume: Node::AnalyzeTask, timeout: None }));
    };
    if !turn.state.presumed.is_empty() && turn.state.earlier_asked_for != plan.attempt {
        if let Some(earlier) = late::ask_after_earlier(&mut turn).await {
            turn.enter(Node::ReportResult);
            turn.say(earlier);
            return Ok(turn.next(Next::Wait { resume: Node::ReportResult, timeout: None }));
        }
        // A step of its own: asked once more after a crash, news of an earlier call would make us forget the order that was sent.
        turn.state.earlier_asked_for = plan.attempt;
        return Ok(turn.goto(Node::TriggerCall));
    }
    let order = order::order(&plan, &instructions, &turn);
    let key = IdempotencyKey::of_attempt(&turn.conversation, plan.attempt);
    log(&turn, &order);
    let calls = turn.graph.calls.clone();
    let mut placed = calls.place_order(&order, &key).await;
    if let Err(PlaceError::Unclear { message }) = &placed {
        tracing::warn!(conversation_id = %turn.conversation, attempt = plan.attempt, message, "it is unclear whether the order was taken");
        match calls.order_status(&key).await {
            Ok(Some(view)) => return Ok(adopt(turn, &plan, view)),
            // It never arrived, so the same key can be sent once more without a doubt.
            Ok(None) => placed = calls.place_order(&order, &key).await.map_err(doubtful),
            Err(_) => {}
        }
        if matches!(placed, Err(PlaceError::Unclear { .. }))
            && let Ok(Some(view)) = calls.order_status(&key).await
        {
            return Ok(adopt(turn, &plan, view));
        }
    }
    match placed {
        Ok(accepted) => Ok(begun(turn, &plan, accepted)),
        Err(PlaceError::Unavailable { message }) => Err(Error::Unfinished { message }),
        Err(PlaceError::Refused { message, field, code }) => {
            tracing::warn!(conversation_id = %turn.conversation, attempt = plan.attempt, code, field, "the order was refused");
            keep(&mut turn, &plan, None);
            let result = refused(&turn, &plan, &code, &message);
            turn.keep_result(result, false);
            Ok(turn.goto(Node::ReportResult))
        }
        Err(PlaceError::Unclear { message }) => Ok(doubt::begin(turn, &plan, &message)),
    }
}

/// The result of an order that the handler, or the carrier, refused.
pub(super) fn refused(turn: &Turn<'_>, plan: &Plan, code: &str, message: &str) -> CallResult {
    let reason = if code.contains("voice") { EndedReason::VoiceLost } else { EndedReason::CarrierRefused };
    presume::result(&turn.conversation, plan, Disposition::Failed, reason, "Nothing was dialled.", message)
}

/// After a doubt, "could not be reached" does not say any more that nothing was sent.
fn doubtful(error: PlaceError) -> PlaceError {
    match error {
        PlaceError::Unavailable { message } | PlaceError::Unclear { message } => PlaceError::Unclear { message },
        PlaceError::Refused { .. } => error,
    }
}

fn begun(mut turn: Turn<'_>, plan: &Plan, accepted: OrderAccepted) -> Step<TaskGraph> {
    let attempt = Attempt {
        order_id: Some(accepted.order_id),
        call_sid: Some(accepted.call_sid),
        ..attempt(&turn, plan, CallStage::Dialling)
    };
    turn.keep_attempt(attempt);
    turn.say(format!("I am calling {} now. I will tell you here what comes of it.", say::callee(plan)));
    turn.goto(Node::AwaitResult)
}

/// Goes on with an order that the handler has after all.
fn adopt(mut turn: Turn<'_>, plan: &Plan, view: CallView) -> Step<TaskGraph> {
    keep(&mut turn, plan, Some(&view));
    if let Some(result) = view.result.filter(|result| result.attempt == plan.attempt) {
        return await_result::take(turn, result);
    }
    turn.say(format!("I am calling {} now. I will tell you here what comes of it.", say::callee(plan)));
    turn.goto(Node::AwaitResult)
}

fn keep(turn: &mut Turn<'_>, plan: &Plan, view: Option<&CallView>) {
    let attempt = match view {
        Some(view) => {
            Attempt { order_id: Some(view.order_id.clone()), call_sid: view.call_sid.clone(), ..attempt(turn, plan, view.stage) }
        }
        None => attempt(turn, plan, CallStage::Ended),
    };
    turn.keep_attempt(attempt);
}

pub(super) fn attempt(turn: &Turn<'_>, plan: &Plan, stage: CallStage) -> Attempt {
    Attempt {
        attempt: plan.attempt,
        target_phone_number: plan.target_phone_number.clone(),
        order_id: None,
        call_sid: None,
        stage,
        started_at: stamp(turn.now),
        result: None,
    }
}

/// The one line that shows what is sent and where; only the number is shortened.
fn log(turn: &Turn<'_>, order: &Order) {
    let mut payload = serde_json::to_value(order).unwrap_or_default();
    payload["target_phone_number"] = order.target_phone_number.shortened().into();
    if let Some(number) = payload["gathered_details"].get_mut("callback_number") {
        let tail: String = number.as_str().unwrap_or_default().chars().rev().take(4).collect();
        *number = format!("…{}", tail.chars().rev().collect::<String>()).into();
    }
    // The instructions may repeat numbers that are shortened elsewhere.
    if let (Some(number), Some(text)) = (order.gathered_details.get("callback_number"), payload["final_instructions"].as_str()) {
        payload["final_instructions"] = text.replace(number.as_str(), "…").into();
    }
    let url = turn.graph.calls.order_url();
    tracing::info!(conversation_id = %turn.conversation, attempt = order.attempt, url, payload = %payload, "trigger_call");
}
