//! What the model sends us.

use super::{Error, Head, Item, Part, Response, Session, Transcription, TranscriptionFailed};
use crate::json::{as_base64, count, from_base64, or_default, push_base64, push_string};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// An event of the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ServerEvent {
    /// The socket is open; the first event.
    #[serde(rename = "session.created")]
    SessionCreated {
        /// With its defaults.
        session: Box<Session>,
    },
    /// `session.update` was taken.
    #[serde(rename = "session.updated")]
    SessionUpdated {
        /// As it is now.
        session: Box<Session>,
    },
    /// Something went wrong; the socket lives on.
    #[serde(rename = "error")]
    Error {
        /// What.
        error: ApiError,
    },
    /// The callee began to speak.
    #[serde(rename = "input_audio_buffer.speech_started")]
    SpeechStarted {
        /// The item that it will become.
        #[serde(default, deserialize_with = "or_default")]
        item_id: String,
        /// In the audio that was appended, padding included.
        #[serde(default, deserialize_with = "count")]
        audio_start_ms: u64,
    },
    /// The callee stopped speaking.
    #[serde(rename = "input_audio_buffer.speech_stopped")]
    SpeechStopped {
        /// The item that it will become.
        #[serde(default, deserialize_with = "or_default")]
        item_id: String,
        /// In the audio that was appended.
        #[serde(default, deserialize_with = "count")]
        audio_end_ms: u64,
    },
    /// The callee's speech has become an item.
    #[serde(rename = "input_audio_buffer.committed")]
    Committed {
        /// The item before it.
        #[serde(default)]
        previous_item_id: Option<String>,
        /// The item.
        #[serde(default, deserialize_with = "or_default")]
        item_id: String,
    },
    /// The buffer was emptied.
    #[serde(rename = "input_audio_buffer.cleared")]
    Cleared {},
    /// The callee has been silent for `idle_timeout_ms`.
    #[serde(rename = "input_audio_buffer.timeout_triggered")]
    TimeoutTriggered(Segment),
    /// An item was added to the conversation.
    #[serde(rename = "conversation.item.added")]
    ItemAdded(Box<ItemPlaced>),
    /// An item is complete.
    #[serde(rename = "conversation.item.done")]
    ItemDone(Box<ItemPlaced>),
    /// An answer was cut to what was heard.
    #[serde(rename = "conversation.item.truncated")]
    ItemTruncated {
        /// The item.
        #[serde(default, deserialize_with = "or_default")]
        item_id: String,
        /// Its part.
        #[serde(default, deserialize_with = "count")]
        content_index: u64,
        /// Milliseconds of its audio that stay.
        #[serde(default, deserialize_with = "count")]
        audio_end_ms: u64,
    },
    /// An item was taken out of the conversation.
    #[serde(rename = "conversation.item.deleted")]
    ItemDeleted {
        /// The item.
        #[serde(default, deserialize_with = "or_default")]
        item_id: String,
    },
    /// An item as it is, because it was asked for.
    #[serde(rename = "conversation.item.retrieved")]
    ItemRetrieved {
        /// The item.
        #[serde(default, deserialize_with = "or_default")]
        item: Box<Item>,
    },
    /// More words of the callee.
    #[serde(rename = "conversation.item.input_audio_transcription.delta")]
    TranscriptionDelta {
        /// The callee's item.
        #[serde(default, deserialize_with = "or_default")]
        item_id: String,
        /// Its part.
        #[serde(default, deserialize_with = "count")]
        content_index: u64,
        /// To be added to what came before.
        #[serde(default, deserialize_with = "or_default")]
        delta: String,
    },
    /// The words of the callee.
    #[serde(rename = "conversation.item.input_audio_transcription.completed")]
    TranscriptionCompleted(Transcription),
    /// The callee could not be understood.
    #[serde(rename = "conversation.item.input_audio_transcription.failed")]
    TranscriptionFailed(TranscriptionFailed),
    /// An answer has begun.
    #[serde(rename = "response.created")]
    ResponseCreated {
        /// The answer.
        response: Box<Response>,
    },
    /// An answer is over.
    #[serde(rename = "response.done")]
    ResponseDone {
        /// The answer.
        response: Box<Response>,
    },
    /// An answer got an item.
    #[serde(rename = "response.output_item.added")]
    OutputItemAdded(Box<OutputItem>),
    /// An item of an answer is complete; function calls are to be acted on here.
    #[serde(rename = "response.output_item.done")]
    OutputItemDone(Box<OutputItem>),
    /// An item got a part.
    #[serde(rename = "response.content_part.added")]
    ContentPartAdded(ContentPart),
    /// A part is complete.
    #[serde(rename = "response.content_part.done")]
    ContentPartDone(ContentPart),
    /// Audio of the answer.
    #[serde(rename = "response.output_audio.delta")]
    AudioDelta(AudioDelta),
    /// The audio is complete.
    #[serde(rename = "response.output_audio.done")]
    AudioDone(Content),
    /// Words of the audio.
    #[serde(rename = "response.output_audio_transcript.delta")]
    TranscriptDelta(Delta),
    /// The words of the audio are complete.
    #[serde(rename = "response.output_audio_transcript.done")]
    TranscriptDone {
        /// Where.
        #[serde(flatten)]
        content: Content,
        /// All the words.
        #[serde(default, deserialize_with = "or_default")]
        transcript: String,
    },
    /// Words of a text answer.
    #[serde(rename = "response.output_text.delta")]
    TextDelta(Delta),
    /// A text answer is complete.
    #[serde(rename = "response.output_text.done")]
    TextDone {
        /// Where.
        #[serde(flatten)]
        content: Content,
        /// All the words.
        #[serde(default, deserialize_with = "or_default")]
        text: String,
    },
    /// A piece of a function call's arguments.
    #[serde(rename = "response.function_call_arguments.delta")]
    ArgumentsDelta {
        /// The answer.
        #[serde(default, deserialize_with = "or_default")]
        response_id: String,
        /// The function call's item.
        #[serde(default, deserialize_with = "or_default")]
        item_id: String,
        /// Its place in the answer.
        #[serde(default, deserialize_with = "count")]
        output_index: u64,
        /// What joins the call and its result.
        #[serde(default, deserialize_with = "or_default")]
        call_id: String,
        /// To be added to what came before.
        #[serde(default, deserialize_with = "or_default")]
        delta: String,
    },
    /// A function call's arguments are complete.
    #[serde(rename = "response.function_call_arguments.done")]
    ArgumentsDone(ArgumentsDone),
    /// What may still be used.
    #[serde(rename = "rate_limits.updated")]
    RateLimitsUpdated {
        /// By kind.
        #[serde(default, deserialize_with = "or_default")]
        rate_limits: Vec<RateLimit>,
    },
    /// An event that this crate does not know; to be passed over.
    #[serde(skip)]
    Unknown {
        /// Its type.
        kind: String,
    },
}

/// An error of the API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApiError {
    /// `invalid_request_error`, `server_error`, …
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub kind: String,
    /// A stable word: `response_cancel_not_active`.
    pub code: Option<String>,
    /// A sentence.
    #[serde(deserialize_with = "or_default")]
    pub message: String,
    /// The property at fault.
    pub param: Option<String>,
    /// The client's event at fault.
    pub event_id: Option<String>,
}

/// A stretch of the callee's audio.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Segment {
    /// From here, milliseconds of the audio that was appended.
    #[serde(deserialize_with = "count")]
    pub audio_start_ms: u64,
    /// To here.
    #[serde(deserialize_with = "count")]
    pub audio_end_ms: u64,
    /// The item that it became.
    #[serde(deserialize_with = "or_default")]
    pub item_id: String,
}

/// An item and the one before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemPlaced {
    /// The item before it.
    pub previous_item_id: Option<String>,
    /// The item.
    #[serde(deserialize_with = "or_default")]
    pub item: Item,
}

/// An item of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutputItem {
    /// The answer.
    #[serde(deserialize_with = "or_default")]
    pub response_id: String,
    /// Its place in the answer.
    #[serde(deserialize_with = "count")]
    pub output_index: u64,
    /// The item.
    #[serde(deserialize_with = "or_default")]
    pub item: Item,
}

/// Where a piece of an answer belongs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// The answer.
    #[serde(deserialize_with = "or_default")]
    pub response_id: String,
    /// The item.
    #[serde(deserialize_with = "or_default")]
    pub item_id: String,
    /// The item's place in the answer.
    #[serde(deserialize_with = "count")]
    pub output_index: u64,
    /// The part's place in the item.
    #[serde(deserialize_with = "count")]
    pub content_index: u64,
}

/// A part of an item of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContentPart {
    /// Where.
    #[serde(flatten)]
    pub content: Content,
    /// The part.
    #[serde(deserialize_with = "or_default")]
    pub part: Part,
}

/// Words of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Delta {
    /// Where.
    #[serde(flatten)]
    pub content: Content,
    /// To be added to what came before.
    #[serde(deserialize_with = "or_default")]
    pub delta: String,
}

/// Audio of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AudioDelta {
    /// The answer.
    #[serde(deserialize_with = "or_default")]
    pub response_id: String,
    /// The item.
    #[serde(deserialize_with = "or_default")]
    pub item_id: String,
    /// The item's place in the answer.
    #[serde(deserialize_with = "count")]
    pub output_index: u64,
    /// The part's place in the item.
    #[serde(deserialize_with = "count")]
    pub content_index: u64,
    /// In the format of the session.
    #[serde(serialize_with = "as_base64", deserialize_with = "from_base64")]
    pub delta: Bytes,
}

/// A complete function call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArgumentsDone {
    /// The answer.
    #[serde(deserialize_with = "or_default")]
    pub response_id: String,
    /// The function call's item.
    #[serde(deserialize_with = "or_default")]
    pub item_id: String,
    /// Its place in the answer.
    #[serde(deserialize_with = "count")]
    pub output_index: u64,
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

/// What may still be used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RateLimit {
    /// `requests` or `tokens`.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// At most.
    #[serde(deserialize_with = "count")]
    pub limit: u64,
    /// Still.
    #[serde(deserialize_with = "count")]
    pub remaining: u64,
    /// Until the limit is whole again.
    #[serde(deserialize_with = "or_default")]
    pub reset_seconds: f64,
}

impl ServerEvent {
    /// Writes the event with its id.
    pub fn write(&self, event_id: &str) -> String {
        #[derive(Serialize)]
        struct Out<'a> {
            event_id: &'a str,
            #[serde(flatten)]
            event: &'a ServerEvent,
        }
        if let Self::AudioDelta(delta) = self {
            return write_audio_delta(event_id, delta);
        }
        if let Self::Unknown { kind } = self {
            let mut out = "{\"event_id\":".to_owned();
            push_string(&mut out, event_id);
            out.push_str(",\"type\":");
            push_string(&mut out, kind);
            return out + "}";
        }
        serde_json::to_string(&Out { event_id, event: self }).expect("events hold only what JSON can hold")
    }

    /// Reads an event: first its type, then the fields we need. An unknown type becomes [`ServerEvent::Unknown`].
    pub fn read(text: &str) -> Result<Self, Error> {
        let head = Head::read(text)?;
        match &*head.kind.0 {
            // The bulk of what comes: straight into its bytes.
            "response.output_audio.delta" => head.body(text).map(Self::AudioDelta),
            "session.created"
            | "session.updated"
            | "error"
            | "input_audio_buffer.speech_started"
            | "input_audio_buffer.speech_stopped"
            | "input_audio_buffer.committed"
            | "input_audio_buffer.cleared"
            | "input_audio_buffer.timeout_triggered"
            | "conversation.item.added"
            | "conversation.item.done"
            | "conversation.item.truncated"
            | "conversation.item.deleted"
            | "conversation.item.retrieved"
            | "conversation.item.input_audio_transcription.delta"
            | "conversation.item.input_audio_transcription.completed"
            | "conversation.item.input_audio_transcription.failed"
            | "response.created"
            | "response.done"
            | "response.output_item.added"
            | "response.output_item.done"
            | "response.content_part.added"
            | "response.content_part.done"
            | "response.output_audio.done"
            | "response.output_audio_transcript.delta"
            | "response.output_audio_transcript.done"
            | "response.output_text.delta"
            | "response.output_text.done"
            | "response.function_call_arguments.delta"
            | "response.function_call_arguments.done"
            | "rate_limits.updated" => head.body(text),
            kind => Ok(Self::Unknown { kind: kind.to_owned() }),
        }
    }
}

/// The hot path of [`ServerEvent::write`].
fn write_audio_delta(event_id: &str, delta: &AudioDelta) -> String {
    let mut out = String::with_capacity(256 + delta.delta.len().div_ceil(3) * 4);
    out.push_str("{\"event_id\":");
    push_string(&mut out, event_id);
    out.push_str(",\"type\":\"response.output_audio.delta\",\"response_id\":");
    push_string(&mut out, &delta.response_id);
    out.push_str(",\"item_id\":");
    push_string(&mut out, &delta.item_id);
    let _ = write!(out, ",\"output_index\":{},\"content_index\":{},\"delta\":\"", delta.output_index, delta.content_index);
    push_base64(&mut out, &delta.delta);
    out.push_str("\"}");
    out
}
