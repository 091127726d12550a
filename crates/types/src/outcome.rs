//! How a call went, and what came of it.

use crate::{AnsweredBy, CallSid, ConversationId, Cost, OrderId, Speaker, TranscriptLine, Usage};
use serde::{Deserialize, Serialize};

/// How the telephone call went; says nothing of the goal. Names are the carrier's where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// It was answered and has ended.
    Completed,
    /// The line was busy.
    Busy,
    /// Nobody answered in time.
    NoAnswer,
    /// It was stopped before it was answered.
    Canceled,
    /// It could not be connected, or broke down on our side or the carrier's.
    Failed,
    /// A machine answered.
    Voicemail,
    /// It cannot be told whether the phone rang; it has not been dialled again.
    Unknown,
}

/// Why the call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum EndedReason {
    /// The agent said goodbye and hung up.
    AgentHungUp,
    /// The callee hung up.
    CalleeHungUp,
    /// The user pressed hang-up.
    UserHungUp,
    /// The line was busy, nobody answered, or the carrier could not connect it.
    NotConnected,
    /// The carrier refused the call.
    CarrierRefused,
    /// Nobody spoke for too long.
    Silence,
    /// The call reached its longest time.
    TimeLimit,
    /// The call neared the most that it may cost.
    CostLimit,
    /// It was on hold for longer than the order allows.
    HoldLimit,
    /// The callee's menu could not be got past.
    MenuLimit,
    /// A machine answered, and everything was done that was to be done then.
    MachineAnswered,
    /// The carrier's media stream broke off, or never came.
    CarrierLost,
    /// The realtime model could not be reached or broke off.
    VoiceLost,
    /// The call handler was shut down or crashed.
    Shutdown,
}

/// Whether the user's goal was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum OutcomeStatus {
    /// Yes.
    Achieved,
    /// In part.
    Partly,
    /// No.
    NotAchieved,
    /// It cannot be told.
    Unknown,
}

/// What came of the call for the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Outcome {
    /// Whether the goal was met, as far as the callee's words prove it.
    pub status: OutcomeStatus,
    /// What the agent reported of the goal, where that is more than is proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Reported>,
    /// The facts that were learned.
    pub facts: Vec<Fact>,
    /// What either side promised, or the agent refused.
    #[serde(default)]
    pub promises: Vec<Promise>,
    /// What is left for the user to do or to expect.
    #[serde(default)]
    pub next_steps: Vec<NextStep>,
}

impl Default for Outcome {
    fn default() -> Self {
        Self::of(OutcomeStatus::Unknown)
    }
}

impl Outcome {
    /// An outcome of which nothing else is known.
    pub fn of(status: OutcomeStatus) -> Self {
        Self { status, reported: None, facts: Vec::new(), promises: Vec::new(), next_steps: Vec::new() }
    }
}

/// What the agent reported of the goal, unproven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Reported {
    /// Whether the goal was met, as it says.
    pub status: OutcomeStatus,
    /// What happened, in its words.
    #[cfg_attr(feature = "openapi", schema(max_length = 4_000))]
    pub summary: String,
}

/// One fact of the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Fact {
    /// Its name in snake_case: `ready_time`.
    pub name: String,
    /// Its value, as a person would write it: `30 minutes`.
    pub value: String,
    /// What the callee said that proves it. Without it the fact is unverified.
    pub evidence: Option<Evidence>,
    /// The agent's words that the evidence says yes to, where the callee did not say the value themselves.
    #[serde(default)]
    pub confirms: Option<Evidence>,
    /// Other values for the same fact, in the order in which they were told.
    #[serde(default)]
    pub contradictions: Vec<Contradiction>,
}

/// Another value that was told for a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Contradiction {
    /// Who told it.
    pub by: ToldBy,
    /// The other value, as a person would write it: `$20`.
    pub value: String,
    /// Where the callee said it; absent for the agent's report.
    pub evidence: Option<Evidence>,
}

/// Who told a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum ToldBy {
    /// The callee, on the telephone.
    Callee,
    /// The agent's own report of the call.
    Report,
}

/// Something that was promised, or refused, in the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Promise {
    /// Whose promise it is.
    pub by: Speaker,
    /// Whether it was refused, not promised.
    pub refused: bool,
    /// The words with which it was.
    pub evidence: Evidence,
}

/// Something that is left for the user to do or to expect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct NextStep {
    /// What, in a few words: `Pick up at 6:40 pm`.
    pub text: String,
    /// What was said that makes it so.
    pub evidence: Evidence,
}

/// Where in the call a fact was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Evidence {
    /// The transcript line's number.
    pub line: u32,
    /// The words, as understood.
    pub quote: String,
    /// About when they began, milliseconds since the media stream started; within a line by its share of the text.
    #[ts(type = "number")]
    pub at_ms: u64,
}

/// How often at most a call's result tells when its user spoke.
pub const USER_SPOKE_MAX: usize = 200;

/// The user spoke with the callee in the agent's place. Their words are not written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct UserSpoke {
    /// When it began, milliseconds since the media stream started, as in the transcript.
    #[ts(type = "number")]
    pub start_ms: u64,
    /// When it ended.
    #[ts(type = "number")]
    pub end_ms: u64,
}

/// The body of `POST /call_result`: the one result of one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct CallResult {
    /// The carrier's name for the call; absent when the carrier never gave one.
    pub call_sid: Option<CallSid>,
    /// The order that it answers.
    pub order_id: OrderId,
    /// The conversation that it belongs to, from the order.
    #[serde(default)]
    pub conversation_id: Option<ConversationId>,
    /// The order's attempt.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub attempt: u32,
    /// How the telephone call went.
    pub status: Disposition,
    /// Who answered, as far as it can be told.
    #[serde(default)]
    pub answered_by: AnsweredBy,
    /// Whether a message was left at voicemail and played to its end.
    #[serde(default)]
    pub message_left: bool,
    /// Why it ended.
    pub ended_reason: EndedReason,
    /// Seconds from the answer to the end; 0 when it was not answered.
    pub duration: u32,
    /// What happened, in one or two sentences.
    #[cfg_attr(feature = "openapi", schema(max_length = 4_000))]
    pub summary: String,
    /// What went wrong, when something did.
    pub error_message: Option<String>,
    /// What came of it, as far as the callee's words prove it by the rules that every call is judged by.
    pub outcome: Outcome,
    /// Whether a language model has read the transcript once more, so that more may have been found and proven. The call handler
    /// has no such reader: its own result says `false`, and the fuller one stands in the engine's conversation.
    #[serde(default)]
    pub read_again: bool,
    /// Every line that was said.
    pub transcript: Vec<TranscriptLine>,
    /// When the user spoke with the callee in the agent's place, in order; their words are not in the transcript.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub user_spoke: Vec<UserSpoke>,
    /// When the callee had heard that an AI is calling, milliseconds since the media stream started.
    #[ts(type = "number | null")]
    pub disclosed_at_ms: Option<u64>,
    /// What the model counted.
    #[serde(default)]
    pub usage: Usage,
    /// What it cost, as far as the prices are known; absent where they are not, and for a simulated call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// Seconds that the call was on hold, in all.
    #[serde(default)]
    pub held_s: u32,
    /// How often the voice or the line broke and was met; a session that was renewed in time is no break.
    #[serde(default, skip_serializing_if = "is_none")]
    pub breaks: u32,
    /// The realtime models that spoke, in the order in which they began; absent where nobody spoke.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 2))]
    pub voices: Vec<String>,
    /// Callee stops → our first audio at the carrier, for each turn, in milliseconds.
    #[serde(default)]
    pub turn_latency_ms: Vec<u32>,
    /// What was recorded; absent when the call was not to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording: Option<Recording>,
}

/// The recording of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Recording {
    /// How long it is. Its clock is the transcript's.
    pub seconds: u32,
    /// 2: the callee on the left, the agent as it was heard on the right.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 2))]
    pub channels: u8,
    /// The file's size.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Why it stopped before the call ended, if it did: `the disk is full`.
    #[serde(default)]
    pub stopped: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_none(breaks: &u32) -> bool {
    *breaks == 0
}
