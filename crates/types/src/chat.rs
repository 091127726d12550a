//! What the page and the engine say to each other.

use crate::{
    CallLimits, CallResult, CallSid, CallStage, ConversationId, CostEstimate, Details, FactWanted, LateAnswer, NextTry,
    OnMachine, OrderId, PhoneNumber, PlanId, QuestionEnd, RetryPolicy, UserQuestion, VoiceChoice,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::{fmt, marker::PhantomData};

/// Where a conversation stands; the names of the graph's nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// Compares what is known with what the task needs.
    #[default]
    AnalyzeTask,
    /// Has asked for the next missing thing and waits.
    AskForDetails,
    /// Has summed up and waits for a yes.
    ConfirmTask,
    /// Sends the order.
    TriggerCall,
    /// Waits for the call's result.
    AwaitResult,
    /// The call has reached nobody; waits for the time of the next try.
    AwaitRetry,
    /// Has told the outcome.
    ReportResult,
    /// The user said no.
    Cancelled,
}

/// Who said a line of the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    User,
    /// Ringback.
    Assistant,
}

/// A line of the chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
}

/// A frozen task that waits for its one approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Plan {
    /// The only thing that can be approved.
    pub plan_id: PlanId,
    /// Which attempt it will be, from 1.
    pub attempt: u32,
    /// The kind of task, a template's name.
    pub task_kind: String,
    /// Who is called, in full.
    pub target_phone_number: PhoneNumber,
    /// The business's name, if the user gave one.
    pub callee_name: Option<String>,
    /// The goal in one short sentence.
    pub goal: String,
    /// What the callee may be told.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub details: Details,
    /// What is to be found out.
    pub facts_wanted: Vec<FactWanted>,
    /// How long the call may take.
    pub limits: CallLimits,
    /// The voice, model and language of the call, if any was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice_choice: Option<VoiceChoice>,
    /// How it is tried again without asking again if it reaches nobody; absent: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub retry: Option<RetryPolicy>,
    /// What is done if a machine answers.
    #[serde(default)]
    pub on_machine: OnMachine,
    /// What the call is expected to cost; absent when that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub estimate: Option<CostEstimate>,
    /// When it can no longer be approved, RFC 3339 in UTC.
    pub expires_at: String,
}

/// What became of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum PlanClosed {
    /// It was approved.
    Approved,
    /// The user changed something; another plan will follow.
    Changed,
    /// The user said no.
    Cancelled,
    /// Nobody answered in time.
    Expired,
}

/// One attempt at a call, as the conversation's state keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Attempt {
    /// Its number, from 1.
    pub attempt: u32,
    /// Who was called.
    pub target_phone_number: PhoneNumber,
    /// The handler's order, once it accepted one.
    pub order_id: Option<OrderId>,
    /// The carrier's name for the call.
    pub call_sid: Option<CallSid>,
    /// How far it has come.
    pub stage: CallStage,
    /// When the order was sent, RFC 3339 in UTC.
    pub started_at: String,
    /// Its result as it was received, with what was found when it was read again (`read_again`).
    pub result: Option<Box<CallResult>>,
}

/// A durable event of a conversation; their list is the history that the page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ConversationEvent {
    /// Somebody said something.
    Message {
        /// The line.
        message: Message,
    },
    /// The conversation has a (better) title.
    Title {
        /// A few words.
        title: String,
    },
    /// The graph has moved.
    Node {
        /// Where it is now.
        node: Node,
    },
    /// A plan waits for approval.
    Plan {
        /// The plan.
        plan: Box<Plan>,
    },
    /// A plan can no longer be approved.
    PlanClosed {
        /// Which.
        plan_id: PlanId,
        /// Why.
        how: PlanClosed,
    },
    /// An attempt at a call was begun or has come further.
    Call {
        /// The attempt as it is now, without its result.
        call: Box<Attempt>,
    },
    /// An attempt at a call has ended.
    CallEnded {
        /// The attempt's number.
        attempt: u32,
        /// Its result as it was received, with what was found when it was read again (`read_again`).
        result: Box<CallResult>,
    },
    /// The agent asks the user something from the live call, and the callee waits.
    Question {
        /// The attempt's number.
        attempt: u32,
        /// What is asked.
        question: UserQuestion,
        /// Until when it can be answered, RFC 3339 in UTC.
        until: String,
    },
    /// A question from a call is closed, or an answer came after that (`too_late`), of which the callee has not been told.
    QuestionClosed {
        /// The attempt's number.
        attempt: u32,
        /// Which.
        id: String,
        /// Why.
        how: QuestionEnd,
        /// The answer, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<String>,
    },
    /// The next try of an approved plan has a time now, or there is none that waits.
    NextTry {
        /// When, and how many are left; `null`: none waits.
        next: Option<NextTry>,
    },
}

/// A conversation event with its place in the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct NumberedConversationEvent {
    /// Its number from 1, the SSE id.
    #[ts(type = "number")]
    pub n: u64,
    /// When it became durable, RFC 3339 in UTC.
    pub at: String,
    /// What happened.
    pub event: ConversationEvent,
}

/// The body of `POST /chat`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct ChatRequest {
    /// What the user says. 1 to 4,000 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4_000, pattern = "\\S"))]
    pub message: String,
    /// The conversation; without it a new one begins.
    #[serde(default)]
    pub conversation_id: Option<ConversationId>,
    /// The sender's own id of this message; sending it again is the same as once. At most 100 characters.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub message_id: Option<String>,
    /// The voice, model and language of the calls that are planned from now on in this conversation.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "object")]
    pub voice_choice: Option<VoiceChoice>,
    /// Who writes, where several people share an installation: calls are counted by it. The first one of a conversation stays.
    /// 1 to 100 visible ASCII characters; all who have none are one user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100, pattern = "^[!-~]+$"))]
    #[ts(optional)]
    pub user_id: Option<String>,
}

/// An object by its names, or nothing: a struct would be read from a list as well.
fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    from.deserialize_option(ByName(PhantomData))
}

struct ByName<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ByName<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_none<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_map(self)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }
}

/// The answer to `POST /chat`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct ChatResponse {
    /// What Ringback says.
    pub response: String,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Where it stands now.
    pub node: Node,
    /// The plan that waits for approval, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<PlanId>,
}

/// The body of `POST /conversations/{id}/plans/{plan_id}`: the user's decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// Go ahead and call.
    Approve,
    /// Do not call.
    Cancel,
    /// Change these details first; a new plan follows.
    Change {
        /// The changed details by name; `target_phone_number` and `callee_name` are names too.
        #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
        details: Details,
    },
}

/// A line of `GET /conversations`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct ConversationSummary {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// A few words.
    pub title: String,
    /// Where it stands.
    pub node: Node,
    /// When something last happened, RFC 3339 in UTC.
    pub updated_at: String,
    /// How the latest call went, once it has ended.
    #[serde(default)]
    pub call_disposition: Option<crate::Disposition>,
    /// Whether the latest call met the goal, once it has ended.
    #[serde(default)]
    pub call_outcome_status: Option<crate::OutcomeStatus>,
}

/// The answer to `GET /conversations/{id}`: the graph's whole state, by the plan's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct ConversationView {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Where it stands.
    pub node: Node,
    /// What the user wants, in their words.
    pub task_description: String,
    /// The kind of task, once it is understood.
    pub task_kind: Option<String>,
    /// What this kind of task needs.
    pub required_details: Vec<String>,
    /// What is known.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub gathered_details: Details,
    /// What is still missing.
    pub missing_details: Vec<String>,
    /// The chat.
    pub conversation_history: Vec<Message>,
    /// Who is to be called.
    pub target_phone_number: Option<PhoneNumber>,
    /// What the voice is told.
    pub final_instructions: Option<String>,
    /// The plan that waits for approval.
    pub plan: Option<Plan>,
    /// The latest call's name at the carrier.
    pub call_sid: Option<CallSid>,
    /// How far the latest call has come.
    pub call_status: Option<CallStage>,
    /// Whether the latest call met the goal.
    pub call_outcome_status: Option<crate::OutcomeStatus>,
    /// What the latest call brought, in words.
    pub call_outcome_details: Option<String>,
    /// Every attempt.
    pub calls: Vec<Attempt>,
    /// Answers to questions from calls that came too late, the latest ones; nobody has been told them.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub late_answers: Vec<LateAnswer>,
    /// The try that waits for its time, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub next_try: Option<NextTry>,
}

/// The answer to `GET /about`: what the page needs to know of this installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct About {
    /// The program's version.
    pub version: String,
    /// Whether the carrier is the simulator, so that no real phone can ring.
    pub simulated: bool,
    /// What the page offers to begin with.
    pub suggestions: Vec<Suggestion>,
    /// The phone in the browser, if the simulated carrier has one.
    pub phone: Option<BrowserPhone>,
}

/// A number of the simulated carrier that a person answers in the browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct BrowserPhone {
    /// Its number.
    pub number: PhoneNumber,
    /// The address of the page on which it rings.
    #[cfg_attr(feature = "openapi", schema(format = "uri"))]
    pub page: String,
}

/// A first message that the page offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Suggestion {
    /// What it is, in a few words.
    pub title: String,
    /// The message that is sent.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 4_000, pattern = "\\S"))]
    pub message: String,
}
