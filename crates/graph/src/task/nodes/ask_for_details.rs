//! Asks for the next missing thing, one at a time, and waits for the user.

use super::super::{TaskGraph, say, turn::Turn};
use crate::runtime::{Next, Step};
use types::chat::Node;

pub(in super::super) fn run(mut turn: Turn<'_>) -> Step<TaskGraph> {
    turn.enter(Node::AskForDetails);
    let remark = turn.state.remark.take();
    let template = turn.state.task_kind.as_deref().and_then(|kind| turn.graph.templates.get(kind));
    let missing = turn.state.missing_details.first();
    let slot = template.zip(missing).and_then(|(template, name)| template.slot(name));
    turn.state.asked = slot.map(|slot| slot.name.clone());
    let question = match slot {
        Some(slot) => slot.question.clone(),
        None => say::offers(&turn.graph.templates),
    };
    turn.say(remark.map_or(question.clone(), |remark| format!("{remark} {question}")));
    turn.next(Next::Wait { resume: Node::AnalyzeTask, timeout: None })
}
