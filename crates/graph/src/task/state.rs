//! What the graph knows of a conversation.

use super::{late_answer, say};
use serde::{Deserialize, Deserializer, Serialize};
use types::chat::{Attempt, ConversationView, Message, Node, Plan, PlanClosed};
use types::{
    CallCorrection, CallResult, CallSid, CallStage, ConversationId, Details, LateAnswer, NextTry, OnMachine, OutcomeStatus,
    PhoneNumber, PlanId, RetryPolicy, UserQuestion, VoiceChoice,
};

/// How many lines of the chat the state keeps; the events keep them all.
pub(crate) const HISTORY_MAX: usize = 200;
/// How many closed plans the state remembers.
const CLOSED_MAX: usize = 50;

/// Everything that the graph knows of a conversation. New fields need a `serde` default, so that stored runs stay readable.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(default)]
pub struct State {
    /// The node that ran last.
    pub node: Node,
    /// What the user wants, in their words.
    pub task_description: String,
    /// The kind of task, once it is understood.
    pub task_kind: Option<String>,
    /// What this kind of task needs, given what is known.
    pub required_details: Vec<String>,
    /// What is known, `target_phone_number` and `callee_name` excepted.
    pub gathered_details: Details,
    /// What is still missing, in the order in which it is asked for.
    pub missing_details: Vec<String>,
    /// The latest lines of the chat.
    pub conversation_history: Vec<Message>,
    /// Who is to be called.
    pub target_phone_number: Option<PhoneNumber>,
    /// The business's name.
    pub callee_name: Option<String>,
    /// What the voice is told.
    pub final_instructions: Option<String>,
    /// The plan that waits for approval.
    pub plan: Option<Plan>,
    /// The plan that was approved last.
    pub approved: Option<Plan>,
    /// What became of earlier plans, the latest ones.
    pub closed_plans: Vec<ClosedPlan>,
    /// The latest call's name at the carrier.
    pub call_sid: Option<CallSid>,
    /// How far the latest call has come.
    pub call_status: Option<CallStage>,
    /// Whether the latest call met the goal.
    pub call_outcome_status: Option<OutcomeStatus>,
    /// What the latest call brought, in words.
    pub call_outcome_details: Option<String>,
    /// Every attempt.
    pub calls: Vec<Attempt>,
    /// The result of the live attempt that is being read again before it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Box<CallResult>>,
    /// The attempts whose recorded result is our own conclusion rather than the handler's word.
    pub presumed: Vec<u32>,
    /// What the carrier told of calls after their results, against them.
    pub corrections: Vec<CallCorrection>,
    /// The attempt before which the given-up ones have been asked after, so that its order is only sent from then on.
    pub earlier_asked_for: u32,
    /// The detail that was asked for last and has not been answered yet.
    pub asked: Option<String>,
    /// What is to be said before the next question: why an answer could not be used.
    pub remark: Option<String>,
    /// The question of the live call that waits for its answer.
    pub question: Option<OpenQuestion>,
    /// Questions of calls that were closed without an answer, the latest ones.
    pub unanswered: Vec<OpenQuestion>,
    /// Answers that came too late, the latest ones.
    pub late_answers: Vec<LateAnswer>,
    /// How often in a row the watchdog has found no news.
    pub watchdog_rounds: u32,
    /// What the user has chosen of the voice.
    pub voice_choice: VoiceChoice,
    /// What the user wishes of trying again without being asked: nothing said, never, or a policy.
    #[serde(deserialize_with = "said_or_not", skip_serializing_if = "Option::is_none")]
    pub retry_wish: Option<Option<RetryPolicy>>,
    /// What the user wishes if a machine answers.
    pub machine_wish: Option<OnMachine>,
    /// How often the approved plan has been tried again.
    pub tries_made: u32,
    /// The try that waits for its time.
    pub next_try: Option<NextTry>,
    /// For whom the calls are made.
    pub user_id: Option<String>,
    /// The conversation's title.
    pub title: Option<String>,
}

/// A wish never to try again is there and null.
fn said_or_not<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<RetryPolicy>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// A question of the live call that waits for its answer.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct OpenQuestion {
    /// The attempt's number.
    pub attempt: u32,
    /// What is asked.
    pub question: UserQuestion,
    /// Until when it can be answered, RFC 3339 in UTC.
    pub until: String,
}

/// A plan that can no longer be approved.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct ClosedPlan {
    /// Which.
    pub plan_id: PlanId,
    /// Why.
    pub how: PlanClosed,
}

/// How a plan stands: what a decision on it would meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanStanding {
    /// It waits for approval.
    Open,
    /// It is over, in this way. Approving an approved plan again is the same as once.
    Closed(PlanClosed),
    /// This conversation has (or remembers) no such plan.
    Unknown,
}

impl State {
    /// How a plan stands. To be asked before a decision is offered, to refuse it in time, and after, to see what became of it.
    pub fn plan_standing(&self, plan_id: &PlanId) -> PlanStanding {
        if self.plan.as_ref().is_some_and(|plan| plan.plan_id == *plan_id) {
            return PlanStanding::Open;
        }
        let closed = self.closed_plans.iter().rev().find(|closed| closed.plan_id == *plan_id);
        closed.map_or(PlanStanding::Unknown, |closed| PlanStanding::Closed(closed.how))
    }

    pub(super) fn remember_closed(&mut self, plan_id: PlanId, how: PlanClosed) {
        if self.closed_plans.len() >= CLOSED_MAX {
            self.closed_plans.remove(0);
        }
        self.closed_plans.push(ClosedPlan { plan_id, how });
    }

    /// The latest call has ended in this way.
    pub(super) fn take_outcome(&mut self, call_sid: Option<CallSid>, result: &CallResult) {
        self.call_sid = call_sid.or(self.call_sid.take());
        self.call_status = Some(CallStage::Ended);
        self.call_outcome_status = Some(result.outcome.status);
        self.call_outcome_details = Some(self.outcome_in_words(result));
    }

    /// What a call brought, with what its callee has not been told.
    fn outcome_in_words(&self, result: &CallResult) -> String {
        say::outcome(result) + &late_answer::in_sentences(&self.late_answers, result.attempt)
    }

    /// Something is to be told of an attempt that has ended; if it is the latest, what it brought is told anew.
    pub(super) fn outcome_again(&mut self, attempt: u32) {
        let latest = self.calls.last().filter(|call| call.attempt == attempt).and_then(|call| call.result.as_deref());
        if let Some(details) = latest.map(|result| self.outcome_in_words(result)) {
            self.call_outcome_details = Some(details);
        }
    }

    /// The attempt whose call has not ended yet.
    pub fn live_attempt(&self) -> Option<&Attempt> {
        self.calls.iter().rev().find(|call| call.result.is_none())
    }

    /// The state by the names that the outside knows.
    pub fn view(&self, conversation_id: &ConversationId) -> ConversationView {
        ConversationView {
            conversation_id: conversation_id.clone(),
            node: self.node,
            task_description: self.task_description.clone(),
            task_kind: self.task_kind.clone(),
            required_details: self.required_details.clone(),
            gathered_details: self.gathered_details.clone(),
            missing_details: self.missing_details.clone(),
            conversation_history: self.conversation_history.clone(),
            target_phone_number: self.target_phone_number.clone(),
            final_instructions: self.final_instructions.clone(),
            plan: self.plan.clone(),
            call_sid: self.call_sid.clone(),
            call_status: self.call_status,
            call_outcome_status: self.call_outcome_status,
            call_outcome_details: self.call_outcome_details.clone(),
            calls: self.calls.clone(),
            late_answers: self.late_answers.clone(),
            next_try: self.next_try.clone(),
        }
    }
}
