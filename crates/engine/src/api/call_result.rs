//! `POST /call_result`: the call handler reports how a call went.

use super::{App, Problem, Shared, body};
use crate::{durable::Engine, store::rows};
use axum::{Json, extract::State};
use graph::{
    runtime::{Body, Envelope},
    task::Input,
};
use serde::Serialize;
use types::{CallResult, ConversationId, FieldError, OrderId};

const SUMMARY_MAX: usize = 4_000;
const ID_MAX: usize = 200;

/// That a result was taken.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Accepted {
    /// Always `accepted`.
    pub(super) status: &'static str,
}

/// The call handler reports how a call went.
///
/// Taken once: the same result again is accepted and changes nothing. The body may have at most 1,048,576 bytes.
#[utoipa::path(
    post, path = "/call_result", operation_id = "call_result", request_body = CallResult,
    responses((status = 200, body = Accepted, description = "It is durable; it need not be sent again."))
)]
pub(super) async fn take(State(app): Shared, body: body::Json<CallResult, { body::LARGE }>) -> Result<Json<Accepted>, Problem> {
    let result = body.value;
    check(&result)?;
    crash_point::reach("engine.result_received");
    let of = Of { order_id: &result.order_id, named: result.conversation_id.as_ref(), attempt: result.attempt };
    let conversation_id = conversation_of(&app, of).await?;
    // Everything but what was said.
    tracing::info!(
        %conversation_id, order_id = %result.order_id, call_sid = result.call_sid.as_ref().map(|sid| sid.as_str()),
        attempt = result.attempt, status = ?result.status, ended_reason = ?result.ended_reason, duration_s = result.duration,
        outcome = ?result.outcome.status, facts = result.outcome.facts.len(), lines = result.transcript.len(),
        error_message = result.error_message, bytes = body.bytes, "received a call's result"
    );
    let id = format!("result:{}", result.order_id);
    let input = Input::Result { result: Box::new(result) };
    app.engine.deliver(&conversation_id, Envelope { id, body: Body::Input(input) }).await?;
    crash_point::reach("engine.result_accepted");
    Ok(Json(Accepted { status: "accepted" }))
}

pub(super) fn check(result: &CallResult) -> Result<(), FieldError> {
    check_ids(&result.order_id, result.attempt)?;
    if result.summary.chars().count() > SUMMARY_MAX {
        return Err(FieldError::new("summary", format!("must be at most {SUMMARY_MAX} characters long")));
    }
    if result.outcome.reported.as_ref().is_some_and(|reported| reported.summary.chars().count() > SUMMARY_MAX) {
        return Err(FieldError::new("outcome.reported.summary", format!("must be at most {SUMMARY_MAX} characters long")));
    }
    Ok(())
}

/// Refuses what no order can be.
pub(super) fn check_ids(order_id: &OrderId, attempt: u32) -> Result<(), FieldError> {
    if !(1..=ID_MAX).contains(&order_id.as_str().len()) {
        return Err(FieldError::new("order_id", format!("must be 1 to {ID_MAX} bytes long")));
    }
    if attempt == 0 {
        return Err(FieldError::new("attempt", "must be 1 or more"));
    }
    Ok(())
}

/// What a report is of.
pub(super) struct Of<'a> {
    pub(super) order_id: &'a OrderId,
    /// The conversation that it names.
    pub(super) named: Option<&'a ConversationId>,
    pub(super) attempt: u32,
}

/// The conversation that a report belongs to: the one it names, if that has made this attempt and knows of no other order
/// for it; or the one that placed its order.
pub(super) async fn conversation_of(app: &App, of: Of<'_>) -> Result<ConversationId, Problem> {
    let Some(named) = of.named else {
        let order_id = of.order_id.to_string();
        let placed = app.store.read(move |db| rows::call_of_order(db, &order_id)).await?;
        return placed
            .filter(|call| call.attempt == of.attempt)
            .map(|call| ConversationId::new(call.conversation))
            .ok_or_else(|| Problem::not_found("no conversation has placed this order"));
    };
    let state = app.state(named).await?;
    let attempt = state.calls.iter().find(|call| call.attempt == of.attempt);
    // The result of a call that failed at once may overtake the answer to its order.
    let sent = state.approved.is_some_and(|plan| plan.attempt == of.attempt);
    if attempt.is_none() && !sent {
        return Err(Problem::not_found("this conversation has made no such attempt"));
    }
    match attempt.and_then(|attempt| attempt.order_id.as_ref()) {
        Some(known) if known != of.order_id => Err(Problem::not_found("this attempt has another order")),
        Some(_) | None => Ok(named.clone()),
    }
}
