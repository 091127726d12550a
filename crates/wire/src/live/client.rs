//! What we send the model. Written strictly: the live API refuses what it does not know.

use crate::json::{as_base64, push_base64};
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

/// An event of the client.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type")]
pub enum ClientEvent {
    /// Begin the session; the first event.
    #[serde(rename = "session.start")]
    Start {
        /// What it is set to.
        session: Box<StartConfig>,
    },
    /// Audio of the callee.
    #[serde(rename = "session.input_audio.append")]
    Append {
        /// In the format of the session.
        #[serde(serialize_with = "as_base64")]
        audio: Bytes,
    },
    /// Something that the model may say to the callee.
    #[serde(rename = "session.commentary.append")]
    Commentary {
        /// The delegation that it belongs to, if to any.
        delegation_id: Option<String>,
        /// At most 500 tokens.
        content: String,
    },
    /// A further instruction.
    #[serde(rename = "session.instructions.append")]
    Instructions {
        /// The delegation that it belongs to, if to any.
        delegation_id: Option<String>,
        /// At most 500 tokens.
        content: String,
    },
    /// An item for the model that the tools are left to: a tool's result.
    #[serde(rename = "response.item.create")]
    ItemCreate {
        /// The item.
        item: FunctionOutput,
    },
    /// Let the model that the tools are left to go on.
    #[serde(rename = "response.create")]
    ResponseCreate {},
    /// End the session.
    #[serde(rename = "session.close")]
    Close {},
}

/// What a session is set to when it begins. Most of it cannot be changed later.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StartConfig {
    /// The model.
    pub model: String,
    /// What it is to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Format and voice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<Audio>,
    /// Who does what it does not do itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegation: Option<Delegation>,
}

/// Audio, both ways.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Audio {
    /// The format, both ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<AudioFormat>,
    /// How it sounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<AudioOutput>,
}

/// A format of audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type")]
pub enum AudioFormat {
    /// µ-law.
    #[serde(rename = "audio/pcmu")]
    Pcmu {
        /// Samples a second: 8,000.
        rate: u32,
    },
}

/// How the model sounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AudioOutput {
    /// The voice's name.
    pub voice: String,
}

/// Who does what the model does not do itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Delegation {
    /// A second model at the server, which can call functions.
    Responses {
        /// It.
        responses: Box<Delegate>,
    },
}

/// A model that tools are left to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Delegate {
    /// Its name.
    pub model: String,
    /// What it is to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Whether it may call several functions at once.
    pub parallel_tool_calls: bool,
    /// Functions that it may call.
    pub tools: Vec<Function>,
}

/// A function of ours.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename = "function")]
pub struct Function {
    /// Its name.
    pub name: String,
    /// When it is to be called.
    pub description: String,
    /// Its arguments as a JSON Schema.
    pub parameters: Value,
}

/// A function's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "function_call_output")]
pub struct FunctionOutput {
    /// What joins the call and its result.
    pub call_id: String,
    /// A JSON object as text.
    pub output: String,
}

impl ClientEvent {
    /// Writes the event.
    pub fn write(&self) -> String {
        if let Self::Append { audio } = self {
            return write_append(audio);
        }
        serde_json::to_string(self).expect("events hold only what JSON can hold")
    }
}

/// Writes `session.input_audio.append` from borrowed bytes; the hot path of [`ClientEvent::write`].
pub fn write_append(audio: &[u8]) -> String {
    let mut out = String::with_capacity(64 + audio.len().div_ceil(3) * 4);
    out.push_str("{\"type\":\"session.input_audio.append\",\"audio\":\"");
    push_base64(&mut out, audio);
    out.push_str("\"}");
    out
}
