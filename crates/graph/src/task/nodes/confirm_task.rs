//! Freezes a plan, sums it up, and waits for the one yes that it takes. Nothing is dialled before.

use super::super::{Input, TaskGraph, change, cost, order, say, turn::Turn};
use crate::{
    brain::Intent,
    runtime::{Arrival, Error, Next, Step},
    template::Template,
};
use types::chat::{Decision, Node, Plan, PlanClosed};

const HOW_TO_ANSWER: &str = "Shall I call? Please say yes, no, or what to change. Nothing has been dialled yet.";

pub(in super::super) async fn run(turn: Turn<'_>, input: Arrival<Input>) -> Result<Step<TaskGraph>, Error> {
    match input {
        Arrival::None => Ok(freeze(turn).await),
        Arrival::Timeout => Ok(expire(turn)),
        Arrival::Input(Input::Say { text, at, .. }) => {
            let mut turn = turn;
            let understood = turn.understand(&text).await?;
            turn.heard(&text, at);
            if turn.state.plan.is_none() {
                return Ok(without_plan(turn, &text, &understood));
            }
            Ok(match understood.intent {
                // What was said of trying again, or of machines, is not in this plan yet, so that no yes can mean it.
                Intent::Yes | Intent::Tell | Intent::Help | Intent::Again | Intent::Thanks | Intent::Unclear
                    if turn.retry.is_changed() || turn.machine.is_changed() =>
                {
                    let here = turn.here();
                    let mut taken = change::take(turn.graph, &mut turn.state, &text, &understood, here, false);
                    taken.changed = true;
                    changed(turn, taken)
                }
                Intent::Yes => approve(turn),
                Intent::No | Intent::CallOff => {
                    turn.close_plan(PlanClosed::Cancelled);
                    turn.goto(Node::Cancelled)
                }
                Intent::Tell => {
                    let here = turn.here();
                    let taken = change::take(turn.graph, &mut turn.state, &text, &understood, here, false);
                    changed(turn, taken)
                }
                Intent::Help => {
                    turn.say(format!("I make phone calls for you, and say so at once when they answer. {HOW_TO_ANSWER}"));
                    turn.stay()
                }
                Intent::Again | Intent::HangUp | Intent::Thanks | Intent::Unclear => {
                    turn.say(format!("I am not sure whether that is a yes. {HOW_TO_ANSWER}"));
                    turn.stay()
                }
            })
        }
        Arrival::Input(Input::Decide { plan_id, decision }) => {
            let mut turn = turn;
            // Only the open plan can be decided on; anything else has no effect whatever.
            if turn.state.plan.as_ref().is_none_or(|plan| plan.plan_id != plan_id) {
                tracing::info!(conversation_id = %turn.conversation, %plan_id, "ignored a decision on a plan that is not open");
                return Ok(turn.stay());
            }
            Ok(match decision {
                Decision::Approve => approve(turn),
                Decision::Cancel => {
                    turn.close_plan(PlanClosed::Cancelled);
                    turn.goto(Node::Cancelled)
                }
                Decision::Change { details } => {
                    let here = turn.here();
                    let taken = change::take_details(turn.graph, &mut turn.state, &details, here);
                    changed(turn, taken)
                }
            })
        }
        Arrival::Input(
            Input::Progress { .. }
            | Input::Question { .. }
            | Input::QuestionClosed { .. }
            | Input::Result { .. }
            | Input::Correction { .. },
        ) => Ok(turn.stay()),
    }
}

async fn freeze(mut turn: Turn<'_>) -> Step<TaskGraph> {
    turn.enter(Node::ConfirmTask);
    turn.state.asked = None;
    let remark = turn.state.remark.take();
    let lifetime = turn.graph.settings.plan_lifetime;
    let Some(template) = turn.state.task_kind.as_deref().and_then(|kind| turn.graph.templates.get(kind)) else {
        return turn.goto(Node::AnalyzeTask);
    };
    match plan(&turn, template).await {
        Ok((plan, instructions)) => {
            let summary = say::summary(&plan, lifetime.as_secs() / 60);
            turn.state.final_instructions = Some(instructions);
            turn.title(&capital(&plan.goal));
            // A welcome is no news beside the whole plan; a problem is.
            if let Some(remark) = remark.filter(|remark| !remark.starts_with("Sure, ")) {
                turn.say(remark);
            }
            turn.open_plan(plan);
            // The same in words follows the plan at once, for those who have no card to show.
            turn.say(summary);
            turn.next(Next::Wait { resume: Node::ConfirmTask, timeout: Some(lifetime) })
        }
        Err(problem) => {
            turn.say(format!("I can't call like this: {problem}. Please tell me what to change."));
            turn.next(Next::Wait { resume: Node::ConfirmTask, timeout: None })
        }
    }
}

/// The plan, if the gate lets it through.
async fn plan(turn: &Turn<'_>, template: &Template) -> Result<(Plan, String), String> {
    let (mut plan, instructions) = order::plan(turn, template).map_err(|problem| problem.to_string())?;
    turn.graph.settings.gate.admits(&plan.target_phone_number, turn.now).map_err(|refusal| refusal.to_string())?;
    cost::freeze(turn, &mut plan, &instructions).await?;
    Ok((plan, instructions))
}

fn approve(mut turn: Turn<'_>) -> Step<TaskGraph> {
    let expires = turn.state.plan.as_ref().and_then(|plan| plan.expires_at.parse::<jiff::Timestamp>().ok());
    // The timer may be late; the plan's own word counts.
    if expires.is_none_or(|expires| turn.now >= expires) {
        return expire(turn);
    }
    // Night may have fallen since the plan was made.
    let to = turn.state.plan.as_ref().map(|plan| plan.target_phone_number.clone());
    if let Some(Err(refusal)) = to.map(|to| turn.graph.settings.gate.admits(&to, turn.now)) {
        turn.close_plan(PlanClosed::Expired);
        turn.say(format!("Nothing was dialled: {refusal}. Say anything, and I will look again."));
        return turn.next(Next::Wait { resume: Node::ConfirmTask, timeout: None });
    }
    turn.close_plan(PlanClosed::Approved);
    turn.goto(Node::TriggerCall)
}

fn expire(mut turn: Turn<'_>) -> Step<TaskGraph> {
    if turn.state.plan.is_some() {
        turn.close_plan(PlanClosed::Expired);
        turn.say("The plan has expired, and nothing was dialled. Say anything, and I will show you a new one.");
    }
    turn.next(Next::Wait { resume: Node::ConfirmTask, timeout: None })
}

fn changed(mut turn: Turn<'_>, taken: change::Taken) -> Step<TaskGraph> {
    if taken.changed {
        turn.close_plan(PlanClosed::Changed);
        turn.state.remark = taken.problem;
        return turn.goto(Node::AnalyzeTask);
    }
    let why = taken.problem.unwrap_or_else(|| "That is in the plan already.".into());
    turn.say(format!("{why} {HOW_TO_ANSWER}"));
    turn.stay()
}

/// The plan has expired: whatever is said leads to a new one, unless it is a no.
fn without_plan(mut turn: Turn<'_>, text: &str, understood: &crate::brain::Understanding) -> Step<TaskGraph> {
    if matches!(understood.intent, Intent::No | Intent::CallOff) {
        return turn.goto(Node::Cancelled);
    }
    let here = turn.here();
    let taken = change::take(turn.graph, &mut turn.state, text, understood, here, false);
    turn.state.remark = taken.problem;
    turn.goto(Node::AnalyzeTask)
}

fn capital(goal: &str) -> String {
    let mut letters = goal.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
