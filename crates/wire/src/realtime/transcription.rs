//! What the server makes of the callee's audio: words, how likely they are, what writing them down used.

use super::{ApiError, CachedTokens};
use crate::json::{count, or_default};
use serde::{Deserialize, Serialize};

/// What the callee said.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Transcription {
    /// The callee's item.
    #[serde(deserialize_with = "or_default")]
    pub item_id: String,
    /// Its part.
    #[serde(deserialize_with = "count")]
    pub content_index: u64,
    /// The words.
    #[serde(deserialize_with = "or_default")]
    pub transcript: String,
    /// What it used.
    #[serde(deserialize_with = "or_default")]
    pub usage: TranscriptionUsage,
    /// How likely each piece of the words was found, if that was asked for.
    #[serde(deserialize_with = "or_default")]
    pub logprobs: Vec<LogProb>,
}

/// A piece of the callee's words, and how likely the model found it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogProb {
    /// The piece; a space before it begins a word.
    #[serde(deserialize_with = "or_default")]
    pub token: String,
    /// The natural logarithm of its likelihood.
    #[serde(deserialize_with = "or_default")]
    pub logprob: f32,
    /// The piece's bytes.
    #[serde(deserialize_with = "or_default")]
    pub bytes: Vec<u8>,
}

/// What is put into a session's `include` to be told the [`LogProb`]s.
pub const INCLUDE_LOGPROBS: &str = "item.input_audio_transcription.logprobs";

/// What writing down the callee's words used: tokens or time, as the model is paid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TranscriptionUsage {
    /// Tokens.
    Tokens {
        /// What went in.
        #[serde(default, deserialize_with = "count")]
        input_tokens: u64,
        /// The same by kind, where the server tells it.
        #[serde(default, deserialize_with = "or_default")]
        input_token_details: CachedTokens,
        /// What came out.
        #[serde(default, deserialize_with = "count")]
        output_tokens: u64,
        /// Both.
        #[serde(default, deserialize_with = "count")]
        total_tokens: u64,
    },
    /// Time.
    Duration {
        /// How long the audio was, in seconds.
        #[serde(default, deserialize_with = "or_default")]
        seconds: f64,
    },
    /// Something newer.
    #[serde(other)]
    Unknown,
}

impl Default for TranscriptionUsage {
    fn default() -> Self {
        Self::Duration { seconds: 0.0 }
    }
}

impl TranscriptionUsage {
    /// The same in the project's words.
    pub fn usage(&self) -> types::Usage {
        match self {
            Self::Tokens { input_tokens, input_token_details, output_tokens, .. } => {
                let text = input_token_details.text_tokens.min(*input_tokens);
                types::Usage {
                    transcription_text_tokens: text,
                    // Without details it is all audio, which is what goes in.
                    transcription_audio_tokens: input_tokens - text,
                    transcription_output_tokens: *output_tokens,
                    ..types::Usage::default()
                }
            }
            Self::Duration { seconds } => types::Usage { transcription_ms: whole_ms(*seconds), ..types::Usage::default() },
            Self::Unknown => types::Usage::default(),
        }
    }
}

/// Seconds as whole milliseconds; nothing that is no time.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates, and a day is the most")]
pub(crate) fn whole_ms(seconds: f64) -> u64 {
    (seconds.clamp(0.0, 86_400.0) * 1_000.0).round() as u64
}

impl Serialize for Transcription {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut out = serializer.serialize_struct("Transcription", 4 + usize::from(!self.logprobs.is_empty()))?;
        out.serialize_field("item_id", &self.item_id)?;
        out.serialize_field("content_index", &self.content_index)?;
        out.serialize_field("transcript", &self.transcript)?;
        out.serialize_field("usage", &self.usage)?;
        if !self.logprobs.is_empty() {
            out.serialize_field("logprobs", &self.logprobs)?;
        }
        out.end()
    }
}

/// The callee could not be understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct TranscriptionFailed {
    /// The callee's item.
    #[serde(deserialize_with = "or_default")]
    pub item_id: String,
    /// Its part.
    #[serde(deserialize_with = "count")]
    pub content_index: u64,
    /// Why.
    #[serde(deserialize_with = "or_default")]
    pub error: ApiError,
}

impl Serialize for TranscriptionFailed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // This error has no place for nulls, nor for an event id.
        #[derive(Serialize)]
        struct Why<'a> {
            #[serde(rename = "type")]
            kind: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            code: Option<&'a str>,
            message: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            param: Option<&'a str>,
        }
        #[derive(Serialize)]
        struct Out<'a> {
            item_id: &'a str,
            content_index: u64,
            error: Why<'a>,
        }
        let error = &self.error;
        let why = Why { kind: &error.kind, code: error.code.as_deref(), message: &error.message, param: error.param.as_deref() };
        Out { item_id: &self.item_id, content_index: self.content_index, error: why }.serialize(serializer)
    }
}
