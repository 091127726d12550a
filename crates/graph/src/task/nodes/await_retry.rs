//! Waits for the time of the next try of an approved plan that has reached nobody yet.

use super::super::{Input, TaskGraph, change, late, retry, turn::Turn};
use crate::{
    brain::Intent,
    parse::retry::{Meanwhile, meanwhile},
    runtime::{Arrival, Error, Next, Step},
};
use types::{Disposition, chat::Node};

pub(in super::super) async fn run(mut turn: Turn<'_>, input: Arrival<Input>) -> Result<Step<TaskGraph>, Error> {
    match input {
        Arrival::None => Ok(wait(turn, None)),
        Arrival::Timeout => Ok(due(turn)),
        Arrival::Input(Input::Say { text, at, .. }) => said(turn, text, at).await,
        Arrival::Input(Input::Result { result }) => {
            let (presumed, status) = (turn.state.presumed.len(), result.status);
            late::take(&mut turn, result).await;
            let reached = matches!(status, Disposition::Completed | Disposition::Voicemail);
            let heard_after_all = turn.state.presumed.len() < presumed;
            Ok(if heard_after_all && reached { give_up(turn, None) } else { turn.stay() })
        }
        Arrival::Input(
            Input::Decide { .. }
            | Input::Progress { .. }
            | Input::Question { .. }
            | Input::QuestionClosed { .. }
            | Input::Correction { .. },
        ) => Ok(turn.stay()),
    }
}

/// Sets the time of the next try, and says it. `why`: what is to be said before.
fn wait(mut turn: Turn<'_>, why: Option<&str>) -> Step<TaskGraph> {
    let Some((at, left)) = retry::next_time(&turn, why.is_some()) else { return give_up(turn, None) };
    let (at, postponed) = match retry::earliest(&turn, at) {
        Ok(earliest) => (earliest, earliest > at),
        Err(refusal) => return give_up(turn, Some(refusal)),
    };
    turn.enter(Node::AwaitRetry);
    turn.set_next_try(Some(types::NextTry { at: super::super::turn::stamp(at), left }));
    let because = if postponed && why.is_none() { " At the time before that they are not called." } else { "" };
    let tries = if left == 1 { "That is the last try".to_owned() } else { format!("That leaves {left} tries, with this one") };
    let why = why.map_or_else(String::new, |why| format!("{why} "));
    turn.say(format!(
        "{why}I try again {}.{because} {tries}. Say \"try now\" or \"stop trying\".",
        retry::moment(at, turn.here())
    ));
    let timeout = at.duration_since(turn.now).try_into().unwrap_or_default();
    turn.next(Next::Wait { resume: Node::AwaitRetry, timeout: Some(timeout) })
}

/// The time has come. Night may have fallen, or somebody may have changed the rules.
fn due(turn: Turn<'_>) -> Step<TaskGraph> {
    match retry::earliest(&turn, turn.now) {
        Ok(earliest) if earliest > turn.now => wait(turn, Some("They are not called at this hour.")),
        Ok(_) => dial(turn),
        Err(refusal) => give_up(turn, Some(refusal)),
    }
}

/// Another attempt at the same plan, unless it is used up or speaks of what has passed.
fn dial(mut turn: Turn<'_>) -> Step<TaskGraph> {
    if retry::left(&turn.state) == 0 {
        return give_up(turn, None);
    }
    let here = turn.here();
    if let Some(passed) = change::assess(turn.graph, &mut turn.state, here) {
        turn.set_next_try(None);
        turn.state.remark = Some(format!("{passed} So I have not called again."));
        return turn.goto(Node::AnalyzeTask);
    }
    turn.set_next_try(None);
    turn.state.tries_made += 1;
    let attempt = turn.state.next_attempt();
    if let Some(plan) = &mut turn.state.approved {
        plan.attempt = attempt;
    }
    tracing::info!(conversation_id = %turn.conversation, attempt, tries_made = turn.state.tries_made, "trying again by itself");
    turn.goto(Node::TriggerCall)
}

/// There will be no other try.
fn give_up(mut turn: Turn<'_>, why: Option<String>) -> Step<TaskGraph> {
    turn.set_next_try(None);
    turn.enter(Node::ReportResult);
    let why = why.map_or_else(String::new, |why| format!(": {why}"));
    turn.say(format!("I do not try again by myself{why}. Say \"try again\" if I should plan it once more."));
    turn.next(Next::Wait { resume: Node::ReportResult, timeout: None })
}

async fn said(mut turn: Turn<'_>, text: String, at: Option<jiff::Timestamp>) -> Result<Step<TaskGraph>, Error> {
    let plainly = meanwhile(&text);
    let understood = turn.understand(&text).await?;
    turn.heard(&text, at);
    let stops = turn.state.retry_wish == Some(None);
    let wish = match (plainly, understood.intent) {
        (Some(plainly), _) => Some(plainly),
        (None, Intent::No | Intent::CallOff | Intent::HangUp) => Some(Meanwhile::Stop),
        (None, _) if stops => Some(Meanwhile::Stop),
        (None, Intent::Again) if !turn.retry.is_said() => Some(Meanwhile::Now),
        (None, Intent::Again | Intent::Tell | Intent::Yes | Intent::Help | Intent::Thanks | Intent::Unclear) => None,
    };
    match wish {
        Some(Meanwhile::Stop) => {
            turn.set_next_try(None);
            turn.enter(Node::ReportResult);
            turn.say(
                "All right, I have stopped trying. Nothing more is dialled. Say \"try again\" if I should plan it once more.",
            );
            return Ok(turn.next(Next::Wait { resume: Node::ReportResult, timeout: None }));
        }
        Some(Meanwhile::Now) => {
            return Ok(match retry::earliest(&turn, turn.now) {
                Ok(earliest) if earliest > turn.now => {
                    turn.say(format!("They are not called at this hour. {}", retry::standing(&turn)));
                    turn.stay()
                }
                Ok(_) => dial(turn),
                Err(refusal) => give_up(turn, Some(refusal)),
            });
        }
        None => {}
    }
    let here = turn.here();
    let taken = change::take(turn.graph, &mut turn.state, &text, &understood, here, true);
    if taken.changed || turn.retry.is_said() && taken.problem.is_none() {
        // What was agreed to is not what is wanted any more: a new plan, to be agreed to.
        turn.set_next_try(None);
        turn.state.remark = taken.problem;
        return Ok(turn.goto(Node::AnalyzeTask));
    }
    let told = taken.problem.map_or_else(String::new, |problem| format!("{problem} "));
    turn.say(format!("{told}{}", retry::standing(&turn)));
    Ok(turn.stay())
}
