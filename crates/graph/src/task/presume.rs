//! Results that are our own conclusion, for calls of which the handler has said nothing.

use types::chat::Plan;
use types::{AnsweredBy, CallResult, ConversationId, Disposition, EndedReason, IdempotencyKey, OrderId, Outcome, Usage};

/// A result for an attempt that never became an order, or whose order is lost.
pub(super) fn result(
    conversation: &ConversationId,
    plan: &Plan,
    status: Disposition,
    ended_reason: EndedReason,
    summary: &str,
    error: &str,
) -> CallResult {
    let key = IdempotencyKey::of_attempt(conversation, plan.attempt);
    CallResult {
        call_sid: None,
        // The field cannot be empty; this names no order of the handler's.
        order_id: OrderId::new(format!("none:{}", key.as_str())),
        conversation_id: Some(conversation.clone()),
        attempt: plan.attempt,
        status,
        answered_by: AnsweredBy::Unknown,
        message_left: false,
        ended_reason,
        duration: 0,
        summary: summary.into(),
        error_message: Some(error.into()),
        outcome: Outcome::default(),
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
    }
}
