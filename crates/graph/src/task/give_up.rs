//! Where a step that has failed for good leads to.

use super::{Input, State, TaskGraph, presume, turn};
use crate::runtime::{Arrival, Next, Step, Task};
use types::chat::{Attempt, ConversationEvent, Node, Role};
use types::{CallStage, ConversationId, Disposition, EndedReason};

pub(super) fn step(task: Task<TaskGraph>, error: &str) -> Step<TaskGraph> {
    let conversation = ConversationId::new(task.conversation());
    let mut state = task.state;
    let mut events = Vec::new();
    tracing::warn!(conversation_id = %conversation, node = ?task.node, error, "gave a step up");
    if task.node == Node::TriggerCall {
        not_called(&conversation, &mut state, &mut events, error, turn::stamp(task.now));
        return Step { state, next: Next::Goto(Node::ReportResult), events };
    }
    // Only the understanding of a message can fail elsewhere; the message itself is not lost.
    if let Arrival::Input(Input::Say { text, at, .. }) = &task.input {
        turn::heard(&mut state, &mut events, text, at.unwrap_or(task.now));
    }
    let sorry = "I have trouble understanding messages just now. Please say that again in a moment.".to_owned();
    turn::message(&mut state, &mut events, Role::Assistant, sorry, task.now);
    Step { state, next: Next::Stay, events }
}

/// The handler could not be reached at all, so nothing was sent and nothing dialled.
fn not_called(
    conversation: &ConversationId,
    state: &mut State,
    events: &mut Vec<ConversationEvent>,
    error: &str,
    started_at: String,
) {
    let Some(plan) = state.approved.clone() else { return };
    state.node = Node::TriggerCall;
    events.push(ConversationEvent::Node { node: Node::TriggerCall });
    let attempt = Attempt {
        attempt: plan.attempt,
        target_phone_number: plan.target_phone_number.clone(),
        order_id: None,
        call_sid: None,
        stage: CallStage::Ended,
        started_at,
        result: None,
    };
    events.push(ConversationEvent::Call { call: Box::new(attempt.clone()) });
    state.calls.push(attempt);
    let message = format!("The call service could not be reached: {error}");
    let result =
        presume::result(conversation, &plan, Disposition::Failed, EndedReason::NotConnected, "Nothing was dialled.", &message);
    // Should an earlier try have arrived after all, its result is still taken, and it is asked after before another call.
    turn::keep_result(state, events, result, true);
}
