//! The user said no; nothing was dialled. They may still change their mind.

use super::super::{Input, TaskGraph, turn::Turn};
use crate::runtime::{Arrival, Error, Next, Step};
use types::chat::{Node, PlanClosed};

pub(in super::super) async fn run(mut turn: Turn<'_>, input: Arrival<Input>) -> Result<Step<TaskGraph>, Error> {
    if !matches!(input, Arrival::None) {
        return super::afterwards::run(turn, input).await;
    }
    turn.close_plan(PlanClosed::Cancelled);
    turn.enter(Node::Cancelled);
    turn.state.asked = None;
    turn.say("All right, I have cancelled that. Nothing was dialled. Tell me if I can do something else, or say \"try again\" to go back to it.");
    Ok(turn.next(Next::Wait { resume: Node::Cancelled, timeout: None }))
}
