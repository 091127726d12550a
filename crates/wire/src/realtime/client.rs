//! What we send the model.

use super::{Error, Head, Item, Modality, SessionConfig, ToolChoice};
use crate::json::{as_base64, from_base64, push_base64, push_string};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An event of the client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum ClientEvent {
    /// Configure the session.
    #[serde(rename = "session.update")]
    SessionUpdate {
        /// What is to be changed.
        session: Box<SessionConfig>,
    },
    /// Audio of the callee.
    #[serde(rename = "input_audio_buffer.append")]
    Append {
        /// In the format of the session.
        #[serde(serialize_with = "as_base64", deserialize_with = "from_base64")]
        audio: Bytes,
    },
    /// The callee's turn is over; only without turn detection.
    #[serde(rename = "input_audio_buffer.commit")]
    Commit {},
    /// Forget the audio that has not been committed.
    #[serde(rename = "input_audio_buffer.clear")]
    Clear {},
    /// Add an item to the conversation.
    #[serde(rename = "conversation.item.create")]
    ItemCreate(Box<ItemCreate>),
    /// Forget what of an answer was not heard.
    #[serde(rename = "conversation.item.truncate")]
    Truncate(Truncate),
    /// Take an item out of the conversation.
    #[serde(rename = "conversation.item.delete")]
    ItemDelete {
        /// The item.
        item_id: String,
    },
    /// Ask for an item as the model has it.
    #[serde(rename = "conversation.item.retrieve")]
    ItemRetrieve {
        /// The item.
        item_id: String,
    },
    /// Ask for an answer.
    #[serde(rename = "response.create")]
    ResponseCreate {
        /// What is to be different from the session for this answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response: Option<Box<ResponseParams>>,
    },
    /// Stop an answer.
    #[serde(rename = "response.cancel")]
    ResponseCancel {
        /// Which; otherwise the active one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response_id: Option<String>,
    },
    /// An event that this crate does not know; never written.
    #[serde(skip)]
    Unknown {
        /// Its type.
        kind: String,
    },
}

/// The fields of `conversation.item.create`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemCreate {
    /// The item that it comes after: an id, or `root`; otherwise the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_item_id: Option<String>,
    /// The item.
    pub item: Item,
}

/// The fields of `conversation.item.truncate`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truncate {
    /// The assistant's message.
    pub item_id: String,
    /// Its part.
    pub content_index: u32,
    /// How much of its audio was heard, milliseconds. More than there is, is an error.
    pub audio_end_ms: u64,
}

/// The `response` of `response.create`. What is `None` is as in the session.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ResponseParams {
    /// In place of the session's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// What it answers with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_modalities: Option<Vec<Modality>>,
    /// Whether it may or must call a tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// `auto` adds the answer to the conversation, `none` does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// In place of the conversation; passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Vec<Value>>,
    /// Passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<Value>,
    /// Passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Value>,
    /// Passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// Passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Value>,
    /// Passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<Value>,
    /// Comes back with the response; passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Passed through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Value>,
}

/// A client event with the id that the client gave it, if any.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// To be named in an error that answers it.
    pub event_id: Option<String>,
    /// The event.
    pub event: ClientEvent,
}

impl ClientEvent {
    /// Writes the event; an error that answers it will name `event_id`.
    pub fn write(&self, event_id: Option<&str>) -> String {
        #[derive(Serialize)]
        struct Out<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            event_id: Option<&'a str>,
            #[serde(flatten)]
            event: &'a ClientEvent,
        }
        if let (Self::Append { audio }, None) = (self, event_id) {
            return write_append(audio);
        }
        if let Self::Unknown { kind } = self {
            let mut out = "{\"type\":".to_owned();
            push_string(&mut out, kind);
            return out + "}";
        }
        serde_json::to_string(&Out { event_id, event: self }).expect("events hold only what JSON can hold")
    }

    /// Reads an event. An unknown type becomes [`ClientEvent::Unknown`].
    pub fn read(text: &str) -> Result<Received, Error> {
        #[derive(Deserialize)]
        struct Append {
            #[serde(deserialize_with = "from_base64")]
            audio: Bytes,
        }
        let head = Head::read(text)?;
        let event = match &*head.kind.0 {
            // Fifty a second: straight into its bytes.
            "input_audio_buffer.append" => Self::Append { audio: head.body::<Append>(text)?.audio },
            "session.update"
            | "input_audio_buffer.commit"
            | "input_audio_buffer.clear"
            | "conversation.item.create"
            | "conversation.item.truncate"
            | "conversation.item.delete"
            | "conversation.item.retrieve"
            | "response.create"
            | "response.cancel" => head.body(text)?,
            kind => Self::Unknown { kind: kind.to_owned() },
        };
        Ok(Received { event_id: head.event_id.map(|id| id.0.into_owned()), event })
    }
}

/// Writes `input_audio_buffer.append` from borrowed bytes; the hot path of [`ClientEvent::write`].
pub fn write_append(audio: &[u8]) -> String {
    let mut out = String::with_capacity(64 + audio.len().div_ceil(3) * 4);
    out.push_str("{\"type\":\"input_audio_buffer.append\",\"audio\":\"");
    push_base64(&mut out, audio);
    out.push_str("\"}");
    out
}
