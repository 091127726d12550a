//! News of a call that had been given up: told, but never as a second end of the same attempt.

use super::{State, reread, say, turn::Turn};
use types::{CallResult, Disposition, IdempotencyKey};

/// How many given-up attempts are asked after before another call is made, the latest ones.
const ASKED_MAX: usize = 3;

/// Takes a result that no node waits for. It counts only for an attempt whose result was our own conclusion.
pub(super) async fn take(turn: &mut Turn<'_>, result: Box<CallResult>) {
    let order_id = result.order_id.clone();
    let awaited = is_awaited(&turn.state, &result);
    let result = if awaited { reread::of(turn, result).await } else { result };
    if replace(&mut turn.state, &result) {
        tracing::info!(conversation_id = %turn.conversation, %order_id, attempt = result.attempt, "a call that was given up has a result");
        turn.say(format!(
            "I have heard after all how call {} went. {}",
            result.attempt,
            say::report(&result, &turn.state.late_answers, false)
        ));
    } else {
        tracing::info!(conversation_id = %turn.conversation, %order_id, attempt = result.attempt, "ignored a result that nobody waits for");
    }
}

/// Before another call: asks what became of attempts that were given up. A sentence for the user means that one of them
/// did take place, or still does, so that nothing is to be dialled now.
pub(super) async fn ask_after_earlier(turn: &mut Turn<'_>) -> Option<String> {
    let calls = turn.graph.calls.clone();
    let presumed: Vec<u32> = turn.state.presumed.iter().rev().take(ASKED_MAX).copied().collect();
    for attempt in presumed {
        let key = IdempotencyKey::of_attempt(&turn.conversation, attempt);
        let Ok(Some(view)) = calls.order_status(&key).await else { continue };
        let Some(result) = view.result else {
            return Some(format!(
                "Call {attempt}, which I had given up, {} after all, so I have not dialled again. I will tell you here what comes of it.",
                say::progress(view.stage)
            ));
        };
        let awaited = is_awaited(&turn.state, &result);
        let result = if awaited { reread::of(turn, result).await } else { result };
        let heard = replace(&mut turn.state, &result);
        if heard && matches!(result.status, Disposition::Completed | Disposition::Voicemail) {
            let report = say::report(&result, &turn.state.late_answers, false);
            return Some(format!(
                "Before dialling again I asked after call {attempt}, and it did take place, so I have not dialled again. {report}"
            ));
        }
    }
    None
}

/// The attempt's result is our own conclusion, and this is the handler's word on the same order.
fn is_awaited(state: &State, result: &CallResult) -> bool {
    let same = |order: &types::OrderId| *order == result.order_id;
    let known = state.calls.iter().find(|call| call.attempt == result.attempt);
    known.is_some_and(|call| call.order_id.as_ref().is_none_or(same)) && state.presumed.contains(&result.attempt)
}

/// Puts the handler's word in place of our own conclusion.
fn replace(state: &mut State, result: &CallResult) -> bool {
    if !is_awaited(state, result) {
        return false;
    }
    let Some(call) = state.calls.iter_mut().find(|call| call.attempt == result.attempt) else { return false };
    state.presumed.retain(|attempt| *attempt != result.attempt);
    call.order_id = Some(result.order_id.clone());
    call.call_sid = call.call_sid.take().or_else(|| result.call_sid.clone());
    call.result = Some(Box::new(result.clone()));
    let (latest, call_sid) = (state.calls.iter().all(|call| call.attempt <= result.attempt), result.call_sid.clone());
    if latest {
        state.take_outcome(call_sid, result);
    }
    true
}
