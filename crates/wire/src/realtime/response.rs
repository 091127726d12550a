//! One answer of the model.

use super::{Item, Modality};
use crate::json::{count, or_default};
use serde::{Deserialize, Serialize};

/// One answer of the model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Response {
    /// Its id.
    #[serde(deserialize_with = "or_default")]
    pub id: String,
    /// `realtime.response`, where the server tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// How far it is.
    #[serde(deserialize_with = "or_default")]
    pub status: ResponseStatus,
    /// Why it ended so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_details: Option<StatusDetails>,
    /// What it consists of.
    #[serde(deserialize_with = "or_default")]
    pub output: Vec<Item>,
    /// The conversation that it was added to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// What it answers with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_modalities: Option<Vec<Modality>>,
    /// What the client gave it along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<serde_json::Value>,
    /// What was counted; only when it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<TokenUsage>,
}

impl Response {
    /// A response as the server announces it.
    pub fn new(id: &str) -> Self {
        Self { id: id.into(), object: Some("realtime.response".into()), ..Self::default() }
    }
}

/// How far a response is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseStatus {
    /// It is being made.
    #[default]
    InProgress,
    /// In full.
    Completed,
    /// It was cancelled, by us or by the callee's speech.
    Cancelled,
    /// It broke off.
    Failed,
    /// It was cut by a limit or a filter.
    Incomplete,
    /// Something newer.
    #[serde(other)]
    Unknown,
}

/// Why a response ended as it did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusDetails {
    /// The status again.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// `turn_detected`, `client_cancelled`, `max_output_tokens`, `content_filter`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Of a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<StatusError>,
}

/// Why a response failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatusError {
    /// The kind of error.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// A stable word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A sentence; not in the published schema, but sent. Never written.
    #[serde(skip_serializing)]
    pub message: Option<String>,
}

/// What a response used, in tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenUsage {
    /// In and out.
    #[serde(deserialize_with = "count")]
    pub total_tokens: u64,
    /// What went in.
    #[serde(deserialize_with = "count")]
    pub input_tokens: u64,
    /// What came out.
    #[serde(deserialize_with = "count")]
    pub output_tokens: u64,
    /// What went in, by kind.
    #[serde(deserialize_with = "or_default")]
    pub input_token_details: InputTokens,
    /// What came out, by kind.
    #[serde(deserialize_with = "or_default")]
    pub output_token_details: OutputTokens,
}

/// What went in, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InputTokens {
    /// Text.
    #[serde(deserialize_with = "count")]
    pub text_tokens: u64,
    /// Audio.
    #[serde(deserialize_with = "count")]
    pub audio_tokens: u64,
    /// Of both, what was known already.
    #[serde(deserialize_with = "count")]
    pub cached_tokens: u64,
    /// The same by kind, where the server tells it.
    #[serde(deserialize_with = "or_default", skip_serializing_if = "Option::is_none")]
    pub cached_tokens_details: Option<CachedTokens>,
}

/// What was known already, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CachedTokens {
    /// Text.
    #[serde(deserialize_with = "count")]
    pub text_tokens: u64,
    /// Audio.
    #[serde(deserialize_with = "count")]
    pub audio_tokens: u64,
}

/// What came out, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutputTokens {
    /// Text.
    #[serde(deserialize_with = "count")]
    pub text_tokens: u64,
    /// Audio.
    #[serde(deserialize_with = "count")]
    pub audio_tokens: u64,
}

impl TokenUsage {
    /// The same in the project's words.
    pub fn usage(&self) -> types::Usage {
        let input = &self.input_token_details;
        // What is known already is what came first: the instructions, and then the conversation.
        let told = input.cached_tokens_details.unwrap_or_else(|| {
            let text_tokens = input.cached_tokens.min(input.text_tokens);
            CachedTokens { text_tokens, audio_tokens: input.cached_tokens - text_tokens }
        });
        types::Usage {
            input_text_tokens: input.text_tokens,
            input_audio_tokens: input.audio_tokens,
            cached_text_tokens: told.text_tokens.min(input.text_tokens),
            cached_audio_tokens: told.audio_tokens.min(input.audio_tokens),
            output_text_tokens: self.output_token_details.text_tokens,
            output_audio_tokens: self.output_token_details.audio_tokens,
            ..types::Usage::default()
        }
    }
}
