//! The carrier's late word on a call whose result it contradicts: kept and told, never a second result.

use super::{say, turn::Turn};
use types::CallCorrection;

/// How many corrections the state keeps, the latest ones.
const KEPT_MAX: usize = 50;

/// Takes a correction. It counts once, for an attempt that has its result.
pub(super) fn take(turn: &mut Turn<'_>, correction: CallCorrection) {
    let ended = turn.state.calls.iter_mut().find(|call| {
        let same_order = call.order_id.as_ref().is_none_or(|order| *order == correction.order_id);
        call.attempt == correction.attempt && call.result.is_some() && same_order
    });
    let known = turn.state.corrections.iter().any(|known| known.attempt == correction.attempt);
    let (order_id, attempt) = (&correction.order_id, correction.attempt);
    let Some(call) = ended.filter(|_| !known) else {
        tracing::info!(conversation_id = %turn.conversation, %order_id, attempt, "ignored a correction of no known result");
        return;
    };
    call.call_sid.get_or_insert_with(|| correction.call_sid.clone());
    tracing::info!(conversation_id = %turn.conversation, %order_id, attempt, told = ?correction.told, "the carrier contradicts a result");
    turn.say(say::correction(&correction));
    if turn.state.corrections.len() >= KEPT_MAX {
        turn.state.corrections.remove(0);
    }
    turn.state.corrections.push(correction);
}
