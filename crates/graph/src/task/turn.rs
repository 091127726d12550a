//! One step while it is made: the state, and the events that go with every change of it.

use super::{OpenQuestion, State, TaskGraph, draw, late_answer, machine::MachineSaid, retry::RetrySaid, state::HISTORY_MAX};
use crate::{
    locale::Here,
    runtime::{Next, Step, Task},
};
use jiff::Timestamp;
use types::chat::{Attempt, ConversationEvent, Message, Node, Plan, PlanClosed, Role};
use types::{CallResult, CallStage, ConversationId, NextTry, QuestionEnd};

/// The longest message that is kept, in characters.
const MESSAGE_MAX: usize = 4_000;
/// The longest title, in characters.
const TITLE_MAX: usize = 80;

/// A step while it is made.
pub(super) struct Turn<'a> {
    pub(super) graph: &'a TaskGraph,
    pub(super) state: State,
    pub(super) conversation: ConversationId,
    /// The task's key, from which ids are made.
    pub(super) key: String,
    pub(super) now: Timestamp,
    /// What the user says of trying again by oneself.
    pub(super) retry: RetrySaid,
    /// What the user says of machines that answer.
    pub(super) machine: MachineSaid,
    events: Vec<ConversationEvent>,
}

impl<'a> Turn<'a> {
    pub(super) fn of(graph: &'a TaskGraph, task: &Task<TaskGraph>) -> Self {
        Self {
            graph,
            state: task.state.clone(),
            conversation: ConversationId::new(task.conversation()),
            key: task.key.clone(),
            now: task.now,
            retry: RetrySaid::default(),
            machine: MachineSaid::default(),
            events: Vec::new(),
        }
    }

    /// The message says something of how it is called, not of what the call is about.
    pub(super) fn says_how(&self) -> bool {
        self.retry.is_said() || self.machine.is_said()
    }

    pub(super) fn here(&self) -> Here<'a> {
        Here { locale: &self.graph.settings.locale, now: self.now }
    }

    pub(super) fn goto(self, node: Node) -> Step<TaskGraph> {
        self.next(Next::Goto(node))
    }

    pub(super) fn stay(self) -> Step<TaskGraph> {
        self.next(Next::Stay)
    }

    pub(super) fn next(self, next: Next<Node>) -> Step<TaskGraph> {
        Step { state: self.state, next, events: self.events }
    }

    /// The conversation stands at this node from now on.
    pub(super) fn enter(&mut self, node: Node) {
        if self.state.node != node {
            self.state.node = node;
            self.events.push(ConversationEvent::Node { node });
            tracing::debug!(conversation_id = %self.conversation, node = draw::node_name(node), "entered a node");
        }
    }

    /// The user has said something.
    pub(super) fn heard(&mut self, text: &str, at: Option<Timestamp>) {
        heard(&mut self.state, &mut self.events, text, at.unwrap_or(self.now));
    }

    /// Ringback says something.
    pub(super) fn say(&mut self, text: impl Into<String>) {
        message(&mut self.state, &mut self.events, Role::Assistant, text.into(), self.now);
    }

    /// Something that the page shows besides.
    pub(super) fn tell(&mut self, event: ConversationEvent) {
        self.events.push(event);
    }

    /// Gives the conversation this title, if it is another one.
    pub(super) fn title(&mut self, title: &str) {
        self::title(&mut self.state, &mut self.events, title);
    }

    pub(super) fn open_plan(&mut self, plan: Plan) {
        self.events.push(ConversationEvent::Plan { plan: Box::new(plan.clone()) });
        self.state.plan = Some(plan);
    }

    /// Closes the open plan, if there is one, so that it cannot be approved any more.
    pub(super) fn close_plan(&mut self, how: PlanClosed) {
        let Some(plan) = self.state.plan.take() else { return };
        self.events.push(ConversationEvent::PlanClosed { plan_id: plan.plan_id.clone(), how });
        self.state.remember_closed(plan.plan_id.clone(), how);
        tracing::info!(conversation_id = %self.conversation, plan_id = %plan.plan_id, ?how, "closed a plan");
        if how == PlanClosed::Approved {
            self.state.approved = Some(plan);
            self.state.tries_made = 0;
        }
    }

    pub(super) fn open_question(&mut self, open: OpenQuestion) {
        let (attempt, question, until) = (open.attempt, open.question.clone(), open.until.clone());
        self.events.push(ConversationEvent::Question { attempt, question, until });
        self.state.question = Some(open);
    }

    /// Closes the open question, if there is one.
    pub(super) fn close_question(&mut self, how: QuestionEnd, answer: Option<String>) {
        close_question(&mut self.state, &mut self.events, how, answer);
    }

    /// A try waits for this time, or none does any more.
    pub(super) fn set_next_try(&mut self, next: Option<NextTry>) {
        if self.state.next_try != next {
            self.state.next_try.clone_from(&next);
            self.events.push(ConversationEvent::NextTry { next });
        }
    }

    /// Keeps a new attempt or its new stage, and tells of it.
    pub(super) fn keep_attempt(&mut self, attempt: Attempt) {
        self.state.call_sid = attempt.call_sid.clone().or(self.state.call_sid.take());
        self.state.call_status = Some(attempt.stage);
        keep_attempt(&mut self.state, &mut self.events, attempt);
    }

    /// Keeps the one result of an attempt, and tells of it. `presumed`: it is our own conclusion, not the handler's word.
    pub(super) fn keep_result(&mut self, result: CallResult, presumed: bool) {
        keep_result(&mut self.state, &mut self.events, result, presumed);
    }
}

/// A time as the outside reads it.
pub(super) fn stamp(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// The user has said something; a first message is also the title, for want of a better one.
pub(super) fn heard(state: &mut State, events: &mut Vec<ConversationEvent>, text: &str, at: Timestamp) {
    let text: String = text.chars().take(MESSAGE_MAX).collect();
    if state.title.is_none() {
        title(state, events, &text);
    }
    message(state, events, Role::User, text, at);
}

pub(super) fn message(state: &mut State, events: &mut Vec<ConversationEvent>, role: Role, content: String, at: Timestamp) {
    let message = Message { role, content, at: stamp(at) };
    if state.conversation_history.len() >= HISTORY_MAX {
        state.conversation_history.remove(0);
    }
    state.conversation_history.push(message.clone());
    events.push(ConversationEvent::Message { message });
}

fn title(state: &mut State, events: &mut Vec<ConversationEvent>, title: &str) {
    let words = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = words.chars().take(TITLE_MAX).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    if !short.is_empty() && state.title.as_ref() != Some(&short) {
        state.title = Some(short.clone());
        events.push(ConversationEvent::Title { title: short });
    }
}

fn keep_attempt(state: &mut State, events: &mut Vec<ConversationEvent>, attempt: Attempt) {
    events.push(ConversationEvent::Call { call: Box::new(Attempt { result: None, ..attempt.clone() }) });
    match state.calls.iter_mut().find(|call| call.attempt == attempt.attempt) {
        Some(known) => *known = attempt,
        None => state.calls.push(attempt),
    }
}

fn close_question(state: &mut State, events: &mut Vec<ConversationEvent>, how: QuestionEnd, answer: Option<String>) {
    if let Some(open) = state.question.take() {
        let (attempt, id) = (open.attempt, open.question.id.clone());
        if answer.is_none() {
            late_answer::remember(state, open);
        }
        events.push(ConversationEvent::QuestionClosed { attempt, id, how, answer });
    }
}

pub(super) fn keep_result(state: &mut State, events: &mut Vec<ConversationEvent>, result: CallResult, presumed: bool) {
    if state.question.as_ref().is_some_and(|open| open.attempt == result.attempt) {
        close_question(state, events, QuestionEnd::CallEnded, None);
    }
    let Some(call) = state.calls.iter_mut().find(|call| call.attempt == result.attempt && call.result.is_none()) else { return };
    call.stage = CallStage::Ended;
    call.call_sid = call.call_sid.take().or_else(|| result.call_sid.clone());
    call.result = Some(Box::new(result.clone()));
    let call_sid = call.call_sid.clone();
    if presumed {
        state.presumed.push(result.attempt);
    }
    events.push(ConversationEvent::CallEnded { attempt: result.attempt, result: Box::new(result.clone()) });
    state.take_outcome(call_sid, &result);
}
