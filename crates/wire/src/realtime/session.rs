//! The session's configuration.

use crate::json::nullable;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The `session` of `session.update`. What is `None` stays as it is. An unknown property is refused when read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionConfig {
    /// Always `realtime`; the tag is required.
    #[serde(rename = "type")]
    pub kind: RealtimeTag,
    /// The model; cannot be changed once the session is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What it answers with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_modalities: Option<Vec<Modality>>,
    /// What it is to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// Formats, turns, voice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioConfig>,
    /// Functions that it may call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// Whether it may or must call one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<ToolChoice>,
    /// How much one answer may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<MaxTokens>,
    /// Whether it may call several tools at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// How the context is cut when it has become too long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncation: Option<Truncation>,
    /// Tracing; null switches it off; passed through.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub tracing: Option<Option<Value>>,
    /// How hard it thinks; passed through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Value>,
    /// A stored prompt; passed through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Value>,
    /// Additional fields of the events; passed through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<String>>,
}

/// The kind of session that this crate speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RealtimeTag {
    /// Speech to speech.
    #[default]
    #[serde(rename = "realtime")]
    Realtime,
}

/// What an answer consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// Speech with its transcript.
    Audio,
    /// Text only.
    Text,
}

/// Audio, both ways.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudioConfig {
    /// From us to the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<AudioInput>,
    /// From the model to us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<AudioOutput>,
}

/// Audio from us to the model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudioInput {
    /// Its format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<AudioFormat>,
    /// Whether and how it is written down; null switches it off.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub transcription: Option<Option<Transcriber>>,
    /// Noise reduction; null switches it off.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub noise_reduction: Option<Option<NoiseReduction>>,
    /// How the end of a turn is found; null leaves it to `input_audio_buffer.commit`.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub turn_detection: Option<Option<TurnDetection>>,
}

/// Audio from the model to us.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AudioOutput {
    /// Its format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<AudioFormat>,
    /// The voice; cannot be changed after the first audio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<Voice>,
    /// 0.25 to 1.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
}

/// A format of audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum AudioFormat {
    /// µ-law, 8 kHz.
    #[serde(rename = "audio/pcmu")]
    Pcmu {},
    /// A-law, 8 kHz.
    #[serde(rename = "audio/pcma")]
    Pcma {},
    /// 16-bit little-endian.
    #[serde(rename = "audio/pcm")]
    Pcm {
        /// Only 24,000 Hz exists.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<PcmRate>,
    },
}

/// The one sample rate of `audio/pcm`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct PcmRate;

impl TryFrom<u32> for PcmRate {
    type Error = &'static str;
    fn try_from(rate: u32) -> Result<Self, Self::Error> {
        if rate == 24_000 { Ok(Self) } else { Err("audio/pcm has a rate of 24000 only") }
    }
}

impl From<PcmRate> for u32 {
    fn from(_: PcmRate) -> Self {
        24_000
    }
}

/// What writes the input down.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcriber {
    /// The model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// ISO 639-1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Words to be expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// Several languages; passed through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<String>>,
    /// Words to be expected; passed through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keywords: Option<Vec<String>>,
    /// How long it may wait; passed through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<String>,
}

/// How the end of a turn is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum TurnDetection {
    /// By silence.
    ServerVad {
        /// 0 to 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        threshold: Option<f64>,
        /// Audio kept from before the speech.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        prefix_padding_ms: Option<u32>,
        /// How long the silence must be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        silence_duration_ms: Option<u32>,
        /// Whether the model answers of itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        create_response: Option<bool>,
        /// Whether speech stops the model's answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interrupt_response: Option<bool>,
        /// 5,000 to 30,000; null switches it off.
        #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
        idle_timeout_ms: Option<Option<IdleTimeout>>,
    },
    /// By what was said.
    SemanticVad {
        /// How soon.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        eagerness: Option<Eagerness>,
        /// Whether the model answers of itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        create_response: Option<bool>,
        /// Whether speech stops the model's answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        interrupt_response: Option<bool>,
    },
}

/// Milliseconds, 5,000 to 30,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct IdleTimeout(u32);

impl TryFrom<u32> for IdleTimeout {
    type Error = &'static str;
    fn try_from(ms: u32) -> Result<Self, Self::Error> {
        if (5_000..=30_000).contains(&ms) { Ok(Self(ms)) } else { Err("idle_timeout_ms must be 5000 to 30000") }
    }
}

impl From<IdleTimeout> for u32 {
    fn from(timeout: IdleTimeout) -> Self {
        timeout.0
    }
}

/// How soon a turn is held to be over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Eagerness {
    /// It waits longer.
    Low,
    /// In between.
    Medium,
    /// It answers soon.
    High,
    /// The model's choice.
    Auto,
}

/// A voice: one of the model's own by name, or a custom one by id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Voice {
    /// One of the model's own.
    Named(String),
    /// A custom one.
    Custom {
        /// Its id.
        id: String,
    },
}

/// Something that the model may call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Tool {
    /// A function of ours.
    Function(Function),
    /// Anything else (`mcp`); passed through.
    Other(Value),
}

/// A function of ours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Always `function`; the tag is required.
    #[serde(rename = "type")]
    pub kind: FunctionTag,
    /// Its name.
    pub name: String,
    /// When it is to be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its arguments as a JSON Schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Value>,
}

/// The kind of tool that this crate speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FunctionTag {
    /// A function of ours.
    #[default]
    #[serde(rename = "function")]
    Function,
}

/// Whether a tool may or must be called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ToolChoice {
    /// In general.
    Mode(ToolChoiceMode),
    /// A certain one; passed through.
    One(Value),
}

/// Whether a tool may or must be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolChoiceMode {
    /// It may.
    Auto,
    /// It may not.
    None,
    /// It must.
    Required,
}

/// Noise reduction before the audio is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoiseReduction {
    /// For which microphone.
    #[serde(rename = "type")]
    pub kind: NoiseField,
}

/// Where the callee's microphone is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoiseField {
    /// At the mouth: a handset, a headset.
    NearField,
    /// In the room: a speakerphone.
    FarField,
}

/// How the context is cut when it has become too long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Truncation {
    /// In general.
    Mode(TruncationMode),
    /// To a share of what fits.
    Retention(Retention),
}

/// Whether the context is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TruncationMode {
    /// As the server sees fit.
    Auto,
    /// Never; a context that is too long is an error.
    Disabled,
}

/// How much of the context stays when it is cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Always `retention_ratio`; the tag is required.
    #[serde(rename = "type")]
    pub kind: RetentionTag,
    /// The share of the conversation that stays, 0 to 1.
    pub retention_ratio: f64,
    /// Limits of one's own; passed through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_limits: Option<Value>,
}

/// The kind of cut that this crate speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetentionTag {
    /// A share.
    #[default]
    #[serde(rename = "retention_ratio")]
    RetentionRatio,
}

/// How long an answer may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MaxTokens {
    /// So many tokens.
    Count(u32),
    /// `inf`.
    Unlimited(Inf),
}

/// The word `inf`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inf {
    /// No limit.
    #[serde(rename = "inf")]
    Inf,
}

/// The session as the server tells it. Of what is received only the names are kept; what is written is complete.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Session {
    /// The session's id.
    #[serde(deserialize_with = "crate::json::or_default")]
    pub id: String,
    /// The model that answers.
    pub model: Option<String>,
    /// When the session will be ended, seconds since 1970.
    #[serde(deserialize_with = "crate::json::maybe_count")]
    pub expires_at: Option<u64>,
    /// Everything that was configured; never read.
    #[serde(skip)]
    pub config: SessionConfig,
}

impl Serialize for Session {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Out<'a> {
            object: &'static str,
            id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            expires_at: Option<u64>,
            #[serde(flatten)]
            config: &'a SessionConfig,
        }
        let mut config = self.config.clone();
        config.model = self.model.clone().or(config.model);
        Out { object: "realtime.session", id: &self.id, expires_at: self.expires_at, config: &config }.serialize(serializer)
    }
}
