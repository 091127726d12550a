//! The words that every part of Ringback shares: ids, order, call result, transcript, outcome, limits and events.
//!
//! Nothing here does anything beyond reading, checking and writing itself; no part of the system is known here.

pub mod answered;
pub mod asking;
pub mod briefing;
pub mod call;
pub mod chat;
pub mod correction;
pub mod details;
pub mod doubt;
pub mod error;
pub mod estimate;
pub mod id;
pub mod language;
pub mod limits;
pub mod money;
pub mod number_words;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod order;
pub mod outcome;
pub mod phone;
pub mod retry;
pub mod transcript;
pub mod trouble;
pub mod usage;
pub mod voice_choice;

pub use answered::{AnsweredBy, OnMachine, OnScreener, OnVoicemail};
pub use asking::{AnswerRequest, InstructionRequest, LateAnswer, QuestionEnd, UserQuestion};
pub use briefing::Briefing;
pub use call::{AgentState, CallEvent, CallStage, CallView, NumberedCallEvent, Overlap};
pub use correction::CallCorrection;
pub use details::Details;
pub use error::{ErrorBody, FieldError};
pub use estimate::{CostEstimate, Estimated};
pub use id::{CallSid, ConversationId, OrderId, PlanId};
pub use limits::CallLimits;
pub use order::{FactKind, FactWanted, IdempotencyKey, Order, OrderAccepted};
pub use outcome::{
    CallResult, Contradiction, Disposition, EndedReason, Evidence, Fact, NextStep, Outcome, OutcomeStatus, Promise, Recording,
    Reported, ToldBy, UserSpoke,
};
pub use phone::PhoneNumber;
pub use retry::{NextTry, RetryPolicy};
pub use transcript::{Speaker, TranscriptLine};
pub use trouble::{TroubleKind, TroubleMet};
pub use usage::{Cost, CostKind, CostPart, Usage};
pub use voice_choice::VoiceChoice;
