//! OpenAI's Realtime protocol, generally available shape: the events of a phone bridge, both ways.
//!
//! Client events are read as the live API reads them (an unknown property of the session is refused); server events are read
//! leniently, because even the published examples break the published schema. Both are written strictly.

mod client;
mod item;
mod response;
mod server;
mod session;
mod transcription;

pub use client::{ClientEvent, ItemCreate, Received, ResponseParams, Truncate, write_append};
pub use item::{Item, Part};
pub use response::{CachedTokens, InputTokens, OutputTokens, Response, ResponseStatus, StatusDetails, StatusError, TokenUsage};
pub use server::{
    ApiError, ArgumentsDone, AudioDelta, Content, ContentPart, Delta, ItemPlaced, OutputItem, RateLimit, Segment, ServerEvent,
};
pub use session::{
    AudioConfig, AudioFormat, AudioInput, AudioOutput, Eagerness, Function, FunctionTag, IdleTimeout, Inf, MaxTokens, Modality,
    NoiseField, NoiseReduction, PcmRate, RealtimeTag, Retention, RetentionTag, Session, SessionConfig, Tool, ToolChoice,
    ToolChoiceMode, Transcriber, Truncation, TruncationMode, TurnDetection, Voice,
};
pub use transcription::{INCLUDE_LOGPROBS, LogProb, Transcription, TranscriptionFailed, TranscriptionUsage};

pub(crate) use transcription::whole_ms;

use crate::json::Text;
use serde::Deserialize;

/// The longest event that is read, bytes. Half a minute of µ-law makes 320 KiB.
pub const EVENT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Why an event cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is longer than [`EVENT_BYTES_MAX`].
    #[error("the realtime event has {0} bytes, the limit is {EVENT_BYTES_MAX}")]
    TooLong(usize),
    /// It is no JSON object with a `type`.
    #[error("the realtime event is malformed")]
    Malformed(#[source] serde_json::Error),
    /// It has a known `type`, but not what belongs to it.
    #[error("the realtime event {kind} does not have its shape")]
    Shape {
        /// Its type.
        kind: String,
        /// Its `event_id`, to be named in an error answer.
        event_id: Option<String>,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
}

/// What every event has; read before the rest.
#[derive(Deserialize)]
pub(crate) struct Head<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Text<'a>,
    #[serde(borrow, default)]
    event_id: Option<Text<'a>>,
}

impl<'a> Head<'a> {
    pub(crate) fn read(text: &'a str) -> Result<Self, Error> {
        if text.len() > EVENT_BYTES_MAX {
            return Err(Error::TooLong(text.len()));
        }
        serde_json::from_str(text).map_err(Error::Malformed)
    }

    /// Reads the event's own fields.
    pub(crate) fn body<T: serde::de::DeserializeOwned>(&self, text: &str) -> Result<T, Error> {
        serde_json::from_str(text).map_err(|source| Error::Shape {
            kind: self.kind.0.to_string(),
            event_id: self.event_id.as_ref().map(|id| id.0.to_string()),
            source,
        })
    }
}

#[cfg(test)]
mod tests;
