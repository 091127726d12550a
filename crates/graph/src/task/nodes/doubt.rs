//! An order of which it is not known whether it arrived: it is asked after, and sent again under its key if it did not, until
//! that is known or has been asked for too long.

use super::super::{PlaceError, TaskGraph, order, say, turn::Turn};
use super::trigger_call;
use crate::runtime::Step;
use std::time::Duration;
use types::chat::{Attempt, Node, Plan};
use types::{CallStage, CallView, IdempotencyKey};

/// The pause before the handler is asked for the first time; doubled each time after.
const PAUSE: Duration = Duration::from_secs(2);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// What came of asking.
pub(super) enum Known {
    /// The handler has the order; its call is awaited like any other.
    Arrived,
    /// The handler refused it; that is kept as the result.
    Refused,
    /// Nothing yet; why.
    Nothing(&'static str),
}

/// The order was sent, and nobody said whether it arrived.
pub(super) fn begin(mut turn: Turn<'_>, plan: &Plan, message: &str) -> Step<TaskGraph> {
    tracing::warn!(conversation_id = %turn.conversation, attempt = plan.attempt, message, "the order is in doubt; asking after it");
    turn.keep_attempt(trigger_call::attempt(&turn, plan, CallStage::Dialling));
    turn.say(format!(
        "I have asked for the call to {}, but I do not know yet whether that arrived. I am finding out; nothing is dialled twice.",
        say::callee(plan)
    ));
    turn.goto(Node::AwaitResult)
}

/// How long to wait before the handler is asked, when it has been asked so often.
pub(super) fn pause(rounds: u32) -> Duration {
    PAUSE.saturating_mul(2_u32.saturating_pow(rounds)).min(PAUSE_MAX)
}

/// The handler has said what it has of the order: a call without a result, or nothing. If it has nothing the order never
/// arrived, so that the same one can be sent under the same key.
pub(super) async fn ask(turn: &mut Turn<'_>, live: Attempt, plan: &Plan, view: Option<CallView>) -> Known {
    let (order_id, call_sid, stage) = match view {
        Some(view) => (view.order_id, view.call_sid, view.stage),
        None => {
            let Some(instructions) = turn.state.final_instructions.clone() else {
                return Known::Nothing("the call handler does not know the call");
            };
            let order = order::order(plan, &instructions, turn);
            let key = IdempotencyKey::of_attempt(&turn.conversation, plan.attempt);
            tracing::info!(conversation_id = %turn.conversation, attempt = plan.attempt, "the order never arrived; sending it again");
            let calls = turn.graph.calls.clone();
            match calls.place_order(&order, &key).await {
                Ok(accepted) => (accepted.order_id, Some(accepted.call_sid), CallStage::Dialling),
                // It has arrived meanwhile, and is found when it is asked after the next time.
                Err(PlaceError::Refused { code, .. }) if code == "idempotency_key_reused" => {
                    return Known::Nothing("the call handler has the order by now");
                }
                Err(PlaceError::Refused { code, message, .. }) => {
                    let result = trigger_call::refused(turn, plan, &code, &message);
                    turn.keep_result(result, false);
                    return Known::Refused;
                }
                Err(PlaceError::Unavailable { .. } | PlaceError::Unclear { .. }) => {
                    return Known::Nothing("the call handler could not be asked");
                }
            }
        }
    };
    turn.keep_attempt(Attempt {
        order_id: Some(order_id),
        call_sid: call_sid.or(live.call_sid.clone()),
        stage: stage.max(live.stage),
        ..live
    });
    turn.say(format!("The call to {} is under way. I will tell you here what comes of it.", say::callee(plan)));
    Known::Arrived
}
