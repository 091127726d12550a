//! What the model sends us. Read leniently: only what is needed, and what is unknown is passed over.

use super::Error;
use crate::json::{count, from_base64, or_default};
use crate::realtime::{ApiError, Head, whole_ms};
use bytes::Bytes;
use serde::Deserialize;

/// An event of the server.
#[derive(Clone, Debug, PartialEq)]
pub enum ServerEvent {
    /// The session has begun; the first event.
    Started,
    /// The session is over.
    Closed {
        /// `close_requested`, `expired`, `content`, `remote_hangup`, `connection_lost`.
        reason: String,
        /// What was counted in all.
        usage: SessionUsage,
    },
    /// Something went wrong; the socket lives on.
    Error(ApiError),
    /// Audio of the model, in the format of the session.
    Audio(Bytes),
    /// Words of the callee.
    InputTranscript(Fragment),
    /// Words of the model.
    OutputTranscript(Fragment),
    /// An event of the model that the tools are left to.
    Response(Box<Nested>),
    /// What was counted so far.
    Usage(SessionUsage),
    /// An event that is known and of no use here.
    Other,
    /// An event that this crate does not know.
    Unknown {
        /// Its type.
        kind: String,
    },
}

/// A few words, to be added to those before. Nothing says where a turn begins or ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Fragment {
    /// The words.
    #[serde(deserialize_with = "or_default")]
    pub delta: String,
    /// Where they begin on the session's clock, milliseconds.
    #[serde(deserialize_with = "count")]
    pub start_ms: u64,
    /// Where they end.
    #[serde(deserialize_with = "count")]
    pub end_ms: u64,
}

/// What a session has used so far; not what came since the last time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct SessionUsage {
    /// Time, in seconds.
    #[serde(deserialize_with = "or_default")]
    pub seconds: f64,
}

impl SessionUsage {
    /// The time in whole milliseconds.
    pub fn ms(&self) -> u64 {
        whole_ms(self.seconds)
    }
}

/// An event of the model that the tools are left to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nested {
    /// It calls a function; complete.
    Call(FunctionCall),
    /// It is done; what that used.
    Done(types::Usage),
    /// Something else.
    Other,
}

/// A call of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FunctionCall {
    /// What joins the call and its result.
    #[serde(deserialize_with = "or_default")]
    pub call_id: String,
    /// The function.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// A JSON object as text.
    #[serde(deserialize_with = "or_default")]
    pub arguments: String,
}

impl ServerEvent {
    /// Reads an event: first its type, then the fields we need.
    ///
    /// # Errors
    /// When it is no event, is too long, or has not its type's shape.
    pub fn read(text: &str) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Audio {
            #[serde(deserialize_with = "from_base64")]
            delta: Bytes,
        }
        #[derive(Deserialize)]
        struct Failure {
            #[serde(default, deserialize_with = "or_default")]
            error: ApiError,
        }
        #[derive(Deserialize)]
        struct Counted {
            #[serde(default, deserialize_with = "or_default")]
            usage: SessionUsage,
            #[serde(default, deserialize_with = "or_default")]
            reason: String,
        }
        #[derive(Deserialize)]
        struct Envelope {
            event: Inner,
        }
        let head = Head::read(text)?;
        Ok(match &*head.kind.0 {
            // The bulk of what comes: straight into its bytes.
            "session.output_audio.delta" => Self::Audio(head.body::<Audio>(text)?.delta),
            "session.input_transcript.delta" => Self::InputTranscript(head.body(text)?),
            "session.output_transcript.delta" => Self::OutputTranscript(head.body(text)?),
            "session.usage.updated" => Self::Usage(head.body::<Counted>(text)?.usage),
            "response.event" => Self::Response(Box::new(head.body::<Envelope>(text)?.event.told())),
            "session.started" => Self::Started,
            "session.closed" => {
                let Counted { usage, reason } = head.body(text)?;
                Self::Closed { reason, usage }
            }
            "error" => Self::Error(head.body::<Failure>(text)?.error),
            "session.updated"
            | "session.input_audio.muted"
            | "session.input_audio.unmuted"
            | "session.input_audio.append"
            | "session.instructions.appended"
            | "session.thinking.appended"
            | "session.commentary.appended"
            | "session.delegation.created"
            | "info" => Self::Other,
            kind => Self::Unknown { kind: kind.to_owned() },
        })
    }
}

/// The event inside a `response.event`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Inner {
    #[serde(rename = "type", deserialize_with = "or_default")]
    kind: String,
    #[serde(deserialize_with = "or_default")]
    item: Item,
    #[serde(deserialize_with = "or_default")]
    response: Answer,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Item {
    #[serde(rename = "type", deserialize_with = "or_default")]
    kind: String,
    status: Option<String>,
    #[serde(flatten)]
    call: FunctionCall,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    #[serde(deserialize_with = "or_default")]
    usage: Tokens,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tokens {
    #[serde(deserialize_with = "count")]
    input_tokens: u64,
    #[serde(deserialize_with = "or_default")]
    input_tokens_details: Details,
    #[serde(deserialize_with = "count")]
    output_tokens: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    #[serde(deserialize_with = "count")]
    cached_tokens: u64,
}

impl Inner {
    fn told(self) -> Nested {
        let whole = self.item.status.as_deref().is_none_or(|status| status == "completed");
        match self.kind.as_str() {
            "response.output_item.done" if self.item.kind == "function_call" && whole => Nested::Call(self.item.call),
            "response.completed" | "response.failed" | "response.incomplete" => {
                let tokens = self.response.usage;
                Nested::Done(types::Usage {
                    input_text_tokens: tokens.input_tokens,
                    cached_text_tokens: tokens.input_tokens_details.cached_tokens.min(tokens.input_tokens),
                    output_text_tokens: tokens.output_tokens,
                    ..types::Usage::default()
                })
            }
            _ => Nested::Other,
        }
    }
}
