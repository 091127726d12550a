//! The second reading of a call that has ended: once, before anything of its result is shown.

use super::turn::Turn;
use crate::reader::EndedCall;
use types::{CallResult, Disposition, Speaker};

/// Whether there is somebody who reads, and something to be read: a person's words.
pub(super) fn is_worth_it(turn: &Turn<'_>, result: &CallResult) -> bool {
    let talked = match result.status {
        Disposition::Completed | Disposition::Failed => true,
        Disposition::Busy | Disposition::NoAnswer | Disposition::Canceled | Disposition::Voicemail | Disposition::Unknown => {
            false
        }
    };
    let spoken = result.transcript.iter().any(|line| line.speaker == Speaker::Callee && !line.text.trim().is_empty());
    let planned = turn.state.approved.as_ref().is_some_and(|plan| plan.attempt == result.attempt);
    turn.graph.reader.is_some() && talked && spoken && planned
}

/// The result with what the reading adds and the callee's words prove. The result as it is if it cannot be read.
pub(super) async fn of(turn: &Turn<'_>, result: Box<CallResult>) -> Box<CallResult> {
    let (Some(reader), Some(plan), true) = (&turn.graph.reader, &turn.state.approved, is_worth_it(turn, &result)) else {
        return result;
    };
    let call =
        EndedCall { goal: &plan.goal, details: &plan.details, facts_wanted: &plan.facts_wanted, transcript: &result.transcript };
    let (conversation_id, order_id) = (&turn.conversation, &result.order_id);
    let Some(reading) = reader.read(&call).await else {
        tracing::warn!(%conversation_id, %order_id, "the call was not read again; its result stays as it is");
        return result;
    };
    let said = evidence::with_user(&result.transcript, &result.user_spoke);
    let outcome = evidence::reread(&result.outcome, &reading, &plan.facts_wanted, &said);
    let proven = |facts: &[types::Fact]| facts.iter().filter(|fact| fact.evidence.is_some()).count();
    let (before, after) = (proven(&result.outcome.facts), proven(&outcome.facts));
    tracing::info!(%conversation_id, %order_id, facts_proven_before = before, facts_proven = after, "the call was read again");
    // What the agent said of it stands again, if that is proven now.
    let believed = result.outcome.reported.as_ref().filter(|_| outcome.reported.is_none());
    let summary = believed.map_or_else(|| result.summary.clone(), |reported| reported.summary.clone());
    Box::new(CallResult { outcome, summary, read_again: true, ..*result })
}
