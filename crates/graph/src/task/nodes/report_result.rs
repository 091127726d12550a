//! Tells the outcome; afterwards the user may try again, begin something new, or leave it.

use super::super::{Input, TaskGraph, retry, say, turn::Turn};
use crate::runtime::{Arrival, Error, Next, Step};
use types::chat::Node;

pub(in super::super) async fn run(mut turn: Turn<'_>, input: Arrival<Input>) -> Result<Step<TaskGraph>, Error> {
    if !matches!(input, Arrival::None) {
        return super::afterwards::run(turn, input).await;
    }
    turn.enter(Node::ReportResult);
    let tried_again = retry::is_due(&turn.state);
    let report = turn
        .state
        .calls
        .last()
        .and_then(|call| call.result.as_deref())
        .map(|result| say::report(result, &turn.state.late_answers, tried_again));
    turn.say(report.unwrap_or_else(|| "Task failed: I know of no call. Nothing was dialled.".into()));
    if tried_again {
        return Ok(turn.goto(Node::AwaitRetry));
    }
    Ok(turn.next(Next::Wait { resume: Node::ReportResult, timeout: None }))
}
