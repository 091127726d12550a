//! A live call as it is watched: stages, captions, levels.

use crate::{AnsweredBy, CallResult, CallSid, OrderId, PhoneNumber, QuestionEnd, Speaker, TroubleKind, TroubleMet, UserQuestion};
use serde::{Deserialize, Serialize};

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum CallStage {
    /// Accepted; the model's session is being opened.
    Queued,
    /// The carrier has been asked.
    Dialling,
    /// The callee's phone rings.
    Ringing,
    /// Somebody has answered.
    Connected,
    /// It is over.
    Ended,
}

/// What the agent is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// It waits for the callee.
    Listening,
    /// The model has been asked to speak.
    Thinking,
    /// Its voice is on the line.
    Speaking,
    /// It waits on hold; the model hears nothing until a person speaks.
    OnHold,
}

/// What a sound of the callee's side was taken for that came while the agent was speaking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum Overlap {
    /// No voice, or no words.
    Noise,
    /// The agent's own words, given back by the line.
    Echo,
    /// "Mm-hm": heard, and neither answered nor yielded to.
    Backchannel,
    /// A short remark, answered when the agent had finished.
    Remark,
    /// Speech that the agent stopped for.
    Interruption,
}

/// Something that happened in a call, as the handler's event stream tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CallEvent {
    /// The call has come further.
    Stage {
        /// Where it is now.
        stage: CallStage,
    },
    /// The agent does something else now.
    Agent {
        /// What it does.
        state: AgentState,
    },
    /// A line was begun or has grown; it replaces the earlier caption of the same line.
    Caption {
        /// The transcript line's number.
        line: u32,
        /// Who speaks.
        speaker: Speaker,
        /// The whole line so far.
        text: String,
        /// Whether it will not change any more.
        done: bool,
        /// For an interrupted line, what was heard of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        heard: Option<String>,
        /// Words of the callee's that were hard to hear; at most 40.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(as = "Option<Vec<String>>", optional)]
        #[cfg_attr(feature = "openapi", schema(max_items = 40))]
        doubted: Vec<String>,
    },
    /// It has turned out who answered; a later one replaces it.
    AnsweredBy {
        /// Who.
        by: AnsweredBy,
    },
    /// The callee has heard that an AI is calling.
    Disclosed {
        /// Milliseconds since the media stream started.
        #[ts(type = "number")]
        at_ms: u64,
    },
    /// The callee had stopped speaking this long when our answer reached the carrier.
    TurnLatency {
        /// Milliseconds.
        ms: u32,
    },
    /// The agent has pressed keys; they were played to their end.
    KeysPressed {
        /// Which: `0`–`9`, `*`, `#`, and `w` for half a second of pause.
        digits: String,
        /// When they had been played, milliseconds since the media stream started.
        #[ts(type = "number")]
        at_ms: u64,
    },
    /// The callee has pressed a key.
    KeyHeard {
        /// Which: `0`–`9`, `*`, `#`.
        key: char,
    },
    /// The agent was put on hold, or is not on hold any more.
    Hold {
        /// Whether it is on hold now.
        on: bool,
        /// When this hold began, milliseconds since the media stream started.
        #[ts(type = "number")]
        since_ms: u64,
    },
    /// The callee's side was heard while the agent was speaking.
    Overlap {
        /// What it was taken for.
        taken_for: Overlap,
        /// How long it had been heard by then, milliseconds.
        ms: u32,
        /// Whether the agent was stopped by it. Noise, echoes and backchannels that stopped it were taken for an interruption
        /// first.
        stopped_agent: bool,
    },
    /// The agent asks the user something, and has asked the callee to wait.
    Question {
        /// What is asked.
        question: UserQuestion,
        /// Until when it can be answered, milliseconds since the order was accepted.
        #[ts(type = "number")]
        until_ms: u64,
    },
    /// A question to the user is closed, or was answered too late.
    QuestionClosed {
        /// Which.
        id: String,
        /// Why.
        how: QuestionEnd,
        /// The answer, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<String>,
    },
    /// The user tells the agent to do something.
    Instruction {
        /// Its name.
        id: String,
        /// What, in the user's words.
        text: String,
    },
    /// The user speaks with the callee, or the agent does again.
    TakenOver {
        /// Whether the user speaks from now on.
        on: bool,
    },
    /// The user has spoken with the callee in the agent's place; their words are not written down.
    UserSpoke {
        /// When it began, milliseconds since the media stream started.
        #[ts(type = "number")]
        start_ms: u64,
        /// When it ended.
        #[ts(type = "number")]
        end_ms: u64,
    },
    /// Something broke and was met, or was not.
    Trouble {
        /// What broke.
        what: TroubleKind,
        /// How it was met.
        met: TroubleMet,
        /// How long the call had to do without it, milliseconds.
        gap_ms: u32,
    },
    /// How loud both sides are, 0 to 100. Not kept; at most ten a second.
    Level {
        /// The callee.
        callee: u8,
        /// The agent.
        agent: u8,
    },
    /// The call is over; the last event.
    Ended {
        /// Its result.
        result: Box<CallResult>,
    },
}

/// A call event with its place in the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct NumberedCallEvent {
    /// Its number from 1, the SSE id. Levels carry the number of the event before them.
    #[ts(type = "number")]
    pub n: u64,
    /// Milliseconds since the order was accepted.
    #[ts(type = "number")]
    pub at_ms: u64,
    /// What happened.
    pub event: CallEvent,
}

/// The answer to `GET /calls/{id}` and `GET /order/{key}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct CallView {
    /// The order.
    pub order_id: OrderId,
    /// The carrier's name for the call, once it has one.
    pub call_sid: Option<CallSid>,
    /// Who is called.
    pub target_phone_number: PhoneNumber,
    /// How far it is.
    pub stage: CallStage,
    /// Its result, once it has ended.
    pub result: Option<Box<CallResult>>,
}
