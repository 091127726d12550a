//! What a call used, and what that cost.

use serde::{Deserialize, Serialize};

/// What the realtime model, and what writes down the callee's words, counted over the whole call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(default)]
pub struct Usage {
    /// Tokens of text that went in.
    #[ts(type = "number")]
    pub input_text_tokens: u64,
    /// Tokens of audio that went in.
    #[ts(type = "number")]
    pub input_audio_tokens: u64,
    /// Of the text that went in, what the model knew already.
    #[serde(skip_serializing_if = "is_zero")]
    #[ts(type = "number")]
    pub cached_text_tokens: u64,
    /// Of the audio that went in, what the model knew already.
    #[serde(skip_serializing_if = "is_zero")]
    #[ts(type = "number")]
    pub cached_audio_tokens: u64,
    /// Tokens of text that came out.
    #[ts(type = "number")]
    pub output_text_tokens: u64,
    /// Tokens of audio that came out.
    #[ts(type = "number")]
    pub output_audio_tokens: u64,
    /// How long the model's session was, milliseconds; only of a model that is paid by time.
    #[serde(skip_serializing_if = "is_zero")]
    #[ts(type = "number")]
    pub session_ms: u64,
    /// Tokens of text that went into the transcription of the callee.
    #[serde(skip_serializing_if = "is_zero")]
    #[ts(type = "number")]
    pub transcription_text_tokens: u64,
    /// Tokens of audio that went into it.
    #[serde(skip_serializing_if = "is_zero")]
    #[ts(type = "number")]
    pub transcription_audio_tokens: u64,
    /// Tokens of text that came out of it.
    #[serde(skip_serializing_if = "is_zero")]
    #[ts(type = "number")]
    pub transcription_output_tokens: u64,
    /// Audio that was transcribed, milliseconds; only of a model that is paid by time.
    #[serde(skip_serializing_if = "is_zero")]
    #[ts(type = "number")]
    pub transcription_ms: u64,
}

/// What few models count is left out where it was not counted.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Usage {
    /// Adds what was counted since.
    pub fn add(&mut self, more: Self) {
        // Taken apart, so that a new count cannot be forgotten.
        let Self {
            input_text_tokens,
            input_audio_tokens,
            cached_text_tokens,
            cached_audio_tokens,
            output_text_tokens,
            output_audio_tokens,
            session_ms,
            transcription_text_tokens,
            transcription_audio_tokens,
            transcription_output_tokens,
            transcription_ms,
        } = self;
        for (sum, count) in [
            (input_text_tokens, more.input_text_tokens),
            (input_audio_tokens, more.input_audio_tokens),
            (cached_text_tokens, more.cached_text_tokens),
            (cached_audio_tokens, more.cached_audio_tokens),
            (output_text_tokens, more.output_text_tokens),
            (output_audio_tokens, more.output_audio_tokens),
            (session_ms, more.session_ms),
            (transcription_text_tokens, more.transcription_text_tokens),
            (transcription_audio_tokens, more.transcription_audio_tokens),
            (transcription_output_tokens, more.transcription_output_tokens),
            (transcription_ms, more.transcription_ms),
        ] {
            *sum = sum.saturating_add(count);
        }
    }

    /// What is left when a part of it is taken away.
    pub fn without(&self, part: &Self) -> Self {
        Self {
            input_text_tokens: self.input_text_tokens.saturating_sub(part.input_text_tokens),
            input_audio_tokens: self.input_audio_tokens.saturating_sub(part.input_audio_tokens),
            cached_text_tokens: self.cached_text_tokens.saturating_sub(part.cached_text_tokens),
            cached_audio_tokens: self.cached_audio_tokens.saturating_sub(part.cached_audio_tokens),
            output_text_tokens: self.output_text_tokens.saturating_sub(part.output_text_tokens),
            output_audio_tokens: self.output_audio_tokens.saturating_sub(part.output_audio_tokens),
            session_ms: self.session_ms.saturating_sub(part.session_ms),
            transcription_text_tokens: self.transcription_text_tokens.saturating_sub(part.transcription_text_tokens),
            transcription_audio_tokens: self.transcription_audio_tokens.saturating_sub(part.transcription_audio_tokens),
            transcription_output_tokens: self.transcription_output_tokens.saturating_sub(part.transcription_output_tokens),
            transcription_ms: self.transcription_ms.saturating_sub(part.transcription_ms),
        }
    }
}

/// What a call cost: reckoned from what was counted and from the prices that are configured. No bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct Cost {
    /// The currency's code, ISO 4217: `USD`.
    #[cfg_attr(feature = "openapi", schema(min_length = 3, max_length = 3))]
    pub currency: String,
    /// The sum of the parts, in millionths of the currency: 1,000,000 is one dollar.
    #[ts(type = "number")]
    pub amount_micros: u64,
    /// What it consists of. What is not among them is not reckoned in.
    pub parts: Vec<CostPart>,
    /// Always true: only the providers' bills are exact.
    pub estimated: bool,
}

/// One part of what a call cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct CostPart {
    /// What was paid for.
    pub kind: CostKind,
    /// The model's name, if it is a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// In millionths of the currency, rounded to the nearest.
    #[ts(type = "number")]
    pub amount_micros: u64,
}

/// What is paid for in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// The realtime model.
    Model,
    /// Writing down what the callee says.
    Transcription,
    /// The telephone call.
    Carrier,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_added_and_never_overflow() {
        let mut sum = Usage { input_text_tokens: u64::MAX, transcription_ms: 5, ..Usage::default() };
        sum.add(Usage { input_text_tokens: 1, transcription_ms: 6, session_ms: 7, ..Usage::default() });
        assert_eq!((sum.input_text_tokens, sum.transcription_ms, sum.session_ms), (u64::MAX, 11, 7));
        let part = Usage { transcription_ms: 6, session_ms: 8, ..Usage::default() };
        let left = sum.without(&part);
        assert_eq!((left.input_text_tokens, left.transcription_ms, left.session_ms), (u64::MAX, 5, 0));
    }

    #[test]
    fn what_was_kept_before_there_were_more_counts_can_be_read() {
        let old = r#"{"input_text_tokens":1,"input_audio_tokens":2,"output_text_tokens":3,"output_audio_tokens":4}"#;
        let usage: Usage = serde_json::from_str(old).unwrap();
        assert_eq!((usage.input_audio_tokens, usage.cached_audio_tokens, usage.transcription_ms), (2, 0, 0));
    }
}
