//! Compares what is known with what this kind of task needs.

use super::super::{Input, TaskGraph, change, say, turn::Turn};
use crate::{
    brain::Intent,
    runtime::{Arrival, Error, Step},
};
use types::chat::Node;

pub(in super::super) async fn run(mut turn: Turn<'_>, input: Arrival<Input>) -> Result<Step<TaskGraph>, Error> {
    match input {
        Arrival::Input(Input::Say { text, at, .. }) => {
            let understood = turn.understand(&text).await?;
            turn.heard(&text, at);
            turn.enter(Node::AnalyzeTask);
            let here = turn.here();
            let known_before = turn.state.task_kind.is_some();
            let taken = change::take(turn.graph, &mut turn.state, &text, &understood, here, false);
            let begun = understood.kind.as_deref().and_then(|kind| turn.graph.templates.get(kind));
            turn.state.remark = match understood.intent {
                Intent::CallOff if known_before => return Ok(turn.goto(Node::Cancelled)),
                Intent::CallOff => Some("All right.".into()),
                Intent::Help if known_before => Some(say::offers(&turn.graph.templates)),
                Intent::Thanks => Some("You're welcome.".into()),
                Intent::Tell | Intent::Yes | Intent::No | Intent::Again | Intent::HangUp | Intent::Help | Intent::Unclear => {
                    let welcome = begun.filter(|_| taken.changed).map(|template| template.welcome.clone());
                    let lost = known_before && !taken.changed && !turn.says_how() && understood.details.is_empty();
                    taken.problem.or(welcome).or_else(|| lost.then(|| "Sorry, I did not understand that.".into()))
                }
            };
        }
        Arrival::None => turn.enter(Node::AnalyzeTask),
        Arrival::Timeout
        | Arrival::Input(
            Input::Decide { .. }
            | Input::Progress { .. }
            | Input::Question { .. }
            | Input::QuestionClosed { .. }
            | Input::Result { .. }
            | Input::Correction { .. },
        ) => {
            return Ok(turn.stay());
        }
    }
    let here = turn.here();
    if let Some(passed) = change::assess(turn.graph, &mut turn.state, here) {
        turn.state.remark = Some(passed);
    }
    let complete = turn.state.missing_details.is_empty();
    Ok(turn.goto(if complete { Node::ConfirmTask } else { Node::AskForDetails }))
}
