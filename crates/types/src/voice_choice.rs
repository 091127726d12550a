//! How a call is to sound: what an order, a message of the chat, a kind of task or the configuration may choose.

use crate::FieldError;
use serde::{Deserialize, Serialize};

/// The most characters of a voice's name.
const VOICE_MAX: usize = 100;
/// The most characters of a model's name.
const MODEL_MAX: usize = 100;
/// The most characters of a language tag.
const LANGUAGE_MAX: usize = 35;

/// The voice, the model and the language of a call; what is absent is as configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(deny_unknown_fields)]
pub struct VoiceChoice {
    /// The name of the voice: `marin`. 1 to 100 letters, digits, `-`, `_`, `.` and `:`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9_.:-]+$"))]
    pub voice: Option<String>,
    /// The realtime model: `gpt-realtime`. 1 to 100 letters, digits, `-`, `_`, `.`, `:` and `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9_.:/-]+$"))]
    pub model: Option<String>,
    /// The language that is spoken, a BCP 47 tag: `en`, `de`, `pt-BR`. 2 to 35 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"))]
    pub language: Option<String>,
}

impl VoiceChoice {
    /// Whether nothing is chosen.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This choice, and where it leaves something open, the other one.
    pub fn or(&self, other: &Self) -> Self {
        let first = |ours: &Option<String>, theirs: &Option<String>| ours.clone().or_else(|| theirs.clone());
        Self {
            voice: first(&self.voice, &other.voice),
            model: first(&self.model, &other.model),
            language: first(&self.language, &other.language),
        }
    }

    /// Refuses what is no voice, model or language, naming the field after `within` (`voice_choice.`, or nothing).
    pub fn check(&self, within: &str) -> Result<(), FieldError> {
        let field = |name: &str| format!("{within}{name}");
        for (name, text, most, signs) in [("voice", &self.voice, VOICE_MAX, "-_.:"), ("model", &self.model, MODEL_MAX, "-_.:/")] {
            let Some(text) = text else { continue };
            if text.is_empty() || text.len() > most || !text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c)) {
                let signs: Vec<_> = signs.chars().map(String::from).collect();
                let message = format!("must be 1 to {most} letters, digits or {}", signs.join(" "));
                return Err(FieldError::new(field(name), message));
            }
        }
        match &self.language {
            Some(tag) if !is_language_tag(tag) => {
                Err(FieldError::new(field("language"), "must be a language tag such as en, de or pt-BR"))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Whether a text has the shape of a BCP 47 tag that begins with a language: `de`, `pt-BR`, `zh-Hant-TW`.
fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let good = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    tag.len() <= LANGUAGE_MAX
        && (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(voice: &str, model: &str, language: &str) -> VoiceChoice {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        VoiceChoice { voice: some(voice), model: some(model), language: some(language) }
    }

    #[test]
    fn names_and_tags_are_taken() {
        for good in [choice("marin", "gpt-realtime-2025-08-28", "de"), choice("voice_1234", "org/model:tag", "zh-Hant-TW")] {
            assert_eq!(good.check(""), Ok(()));
        }
        assert!(VoiceChoice::default().is_empty() && VoiceChoice::default().check("").is_ok());
    }

    #[test]
    fn the_field_at_fault_is_named() {
        for (bad, field) in [
            (choice("a b", "", ""), "voice"),
            (choice(&"x".repeat(101), "", ""), "voice"),
            (choice("", "m?x=1", ""), "model"),
            (choice("", "", "german"), "language"),
            (choice("", "", "d"), "language"),
            (choice("", "", "de_DE"), "language"),
            (choice("", "", "en-"), "language"),
        ] {
            assert_eq!(bad.check("").unwrap_err().field, field);
            assert_eq!(bad.check("voice_choice.").unwrap_err().field, format!("voice_choice.{field}"));
        }
        let empty = VoiceChoice { voice: Some(String::new()), ..VoiceChoice::default() };
        assert!(empty.check("").unwrap_err().problem.contains("1 to 100 letters"));
    }

    #[test]
    fn what_is_left_open_comes_from_the_other() {
        assert_eq!(choice("cedar", "", "").or(&choice("marin", "m", "de")), choice("cedar", "m", "de"));
    }
}
