//! Items of the conversation.

use crate::json::or_default;
use serde::{Deserialize, Serialize};

/// A message, a function call or its result. The constructors set what belongs to each kind and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    /// Its id; the server gives one where we do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `message`, `function_call`, `function_call_output`, or something newer.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub kind: String,
    /// `realtime.item`, where the server tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// `completed`, `incomplete`, `in_progress`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Of a message: `user`, `assistant`, `system`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Of a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Vec<Part>>,
    /// Of a function call and its result: what joins the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// Of a function call: the function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of a function call: a JSON object as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
    /// Of a function's result: any text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
}

impl Item {
    /// A message; `role` is `user`, `assistant` or `system`.
    pub fn message(id: Option<String>, role: &str, content: Vec<Part>) -> Self {
        Self { id, kind: "message".into(), role: Some(role.into()), content: Some(content), ..Self::default() }
    }

    /// A call of a function by the model.
    pub fn function_call(id: Option<String>, call_id: &str, name: &str, arguments: &str) -> Self {
        Self {
            id,
            kind: "function_call".into(),
            call_id: Some(call_id.into()),
            name: Some(name.into()),
            arguments: Some(arguments.into()),
            ..Self::default()
        }
    }

    /// What the function gave.
    pub fn function_call_output(call_id: &str, output: &str) -> Self {
        Self {
            kind: "function_call_output".into(),
            call_id: Some(call_id.into()),
            output: Some(output.into()),
            ..Self::default()
        }
    }

    /// The same item with a status: `in_progress`, `completed`, `incomplete`.
    #[must_use]
    pub fn with_status(mut self, status: &str) -> Self {
        self.status = Some(status.into());
        self
    }

    /// The words of a message: text and transcripts of its parts.
    pub fn words(&self) -> String {
        let parts = self.content.iter().flatten().filter_map(|part| part.text.as_deref().or(part.transcript.as_deref()));
        parts.collect::<Vec<_>>().join(" ")
    }
}

/// A part of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Part {
    /// `input_text`, `input_audio`, `output_text`, `output_audio`; inside `response.content_part.*`: `text`, `audio`.
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub kind: String,
    /// Of text.
    pub text: Option<String>,
    /// Of audio: its words. Of the callee's audio whose words are not known yet it is written as null, and never left out:
    /// the provider's own clients insist on it.
    pub transcript: Option<String>,
}

impl Serialize for Part {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("type", &self.kind)?;
        if let Some(text) = &self.text {
            out.serialize_entry("text", text)?;
        }
        if self.transcript.is_some() || self.kind == "input_audio" {
            out.serialize_entry("transcript", &self.transcript)?;
        }
        out.end()
    }
}

impl Part {
    /// Text that goes in.
    pub fn input_text(text: &str) -> Self {
        Self { kind: "input_text".into(), text: Some(text.into()), transcript: None }
    }

    /// Text that came out.
    pub fn output_text(text: &str) -> Self {
        Self { kind: "output_text".into(), text: Some(text.into()), transcript: None }
    }

    /// Speech that went in; its words may come later.
    pub fn input_audio(transcript: Option<String>) -> Self {
        Self { kind: "input_audio".into(), text: None, transcript }
    }

    /// Speech that came out.
    pub fn output_audio(transcript: &str) -> Self {
        Self { kind: "output_audio".into(), text: None, transcript: Some(transcript.into()) }
    }

    /// Speech as `response.content_part.*` names it.
    pub fn audio(transcript: &str) -> Self {
        Self { kind: "audio".into(), text: None, transcript: Some(transcript.into()) }
    }
}
