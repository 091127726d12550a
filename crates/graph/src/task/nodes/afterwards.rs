//! What is said after a task has ended: once more, something changed, something new, or thanks.

use super::super::{Input, TaskGraph, change, say, turn::Turn};
use crate::{
    brain::Intent,
    runtime::{Arrival, Error, Step},
};
use types::OutcomeStatus;
use types::chat::Node;

pub(super) async fn run(mut turn: Turn<'_>, input: Arrival<Input>) -> Result<Step<TaskGraph>, Error> {
    let Arrival::Input(Input::Say { text, at, .. }) = input else { return Ok(turn.stay()) };
    let understood = turn.understand(&text).await?;
    turn.heard(&text, at);
    let here = turn.here();
    let taken = change::take(turn.graph, &mut turn.state, &text, &understood, here, true);
    let known = turn.state.task_kind.is_some();
    let achieved = turn.state.node == Node::ReportResult && turn.state.call_outcome_status == Some(OutcomeStatus::Achieved);
    let goes_on = match understood.intent {
        Intent::Again => known,
        Intent::Yes => known && !achieved,
        Intent::Tell => taken.changed || known && turn.says_how() && taken.problem.is_none(),
        Intent::No | Intent::CallOff | Intent::HangUp | Intent::Help | Intent::Thanks | Intent::Unclear => false,
    };
    if goes_on {
        let begun = understood.kind.as_deref().and_then(|kind| turn.graph.templates.get(kind));
        let welcome = begun.map(|template| template.welcome.clone());
        turn.state.remark = taken.problem.or(welcome);
        return Ok(turn.goto(Node::AnalyzeTask));
    }
    let answer = match understood.intent {
        Intent::Thanks => "You're welcome. Tell me if I can call anybody else for you.".into(),
        Intent::Yes if achieved => "Good. Tell me if I can call anybody else for you.".into(),
        Intent::No | Intent::CallOff => "All right. Tell me if I can call anybody else for you.".into(),
        Intent::Help => say::offers(&turn.graph.templates),
        Intent::HangUp => "There is no call under way.".into(),
        Intent::Tell | Intent::Yes | Intent::Again | Intent::Unclear => match taken.problem {
            Some(problem) => problem,
            None if known => {
                "No call is under way. Say \"try again\" for the same once more, tell me what to change, or what else you need."
                    .into()
            }
            None => say::offers(&turn.graph.templates),
        },
    };
    turn.say(answer);
    Ok(turn.stay())
}
