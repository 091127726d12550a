//! Tells the outcome; afterwards the user may try again, begin something new, or leave it.

use super::super::{Input, TaskGraph, say, turn::Turn};
use crate::runtime::{Arrival, Error, Next, Step};
use types::chat::Node;

pub(in super::super) async fn run(mut turn: Turn<'_>, input: Arrival<Input>) -> Result<Step<TaskGraph>, Error> {
    if !matches!(input, Arrival::None) {
        return super::afterwards::run(turn, input).await;
    }
    turn.enter(Node::ReportResult);
    let report = turn.state.calls.last().and_then(|call| call.result.as_deref()).map(say::report);
    turn.say(report.unwrap_or_else(|| "Task failed: I know of no call. Nothing was dialled.".into()));
    Ok(turn.next(Next::Wait { resume: Node::ReportResult, timeout: None }))
}
