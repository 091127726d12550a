//! Who answered the call, and what is done if it was no person.

use crate::FieldError;
use serde::{Deserialize, Serialize};

/// The longest message that is left, characters; about a minute.
const MESSAGE_CHARS_MAX: usize = 600;

/// Who answered, as far as it can be told. Changes while the call lasts: a screener may put a person through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// A person.
    Human,
    /// A machine that takes a message, or says that it takes none.
    Voicemail,
    /// A machine that asks who is calling and why, before it lets a person decide.
    Screener,
    /// A fax machine or a modem.
    Fax,
    /// It cannot be told, or nobody did.
    #[default]
    Unknown,
}

impl AnsweredBy {
    /// `a person`, `voicemail`; nothing where it is not known.
    pub fn in_words(self) -> Option<&'static str> {
        match self {
            Self::Human => Some("a person"),
            Self::Voicemail => Some("voicemail"),
            Self::Screener => Some("a call screener"),
            Self::Fax => Some("a fax machine"),
            Self::Unknown => None,
        }
    }
}

/// What is done when voicemail answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum OnVoicemail {
    /// A message is left after the beep, then it is hung up.
    #[default]
    LeaveMessage,
    /// It is hung up.
    HangUp,
}

/// What is done when a machine asks who is calling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum OnScreener {
    /// It is told for whom the call is and what it is about, and the person is waited for.
    #[default]
    Answer,
    /// It is hung up.
    HangUp,
}

/// What is done if no person answers but a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(default)]
pub struct OnMachine {
    /// At voicemail.
    pub voicemail: OnVoicemail,
    /// The message to leave; that an AI is calling and for whom is said before it in any case. 1 to 600 characters. Absent: one
    /// that tells the goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 600, pattern = "\\S"))]
    #[ts(optional)]
    pub message: Option<String>,
    /// At a call screener.
    pub screener: OnScreener,
}

impl OnMachine {
    /// Refuses a message that is none, or too long.
    pub fn check(&self) -> Result<(), FieldError> {
        let Some(message) = &self.message else { return Ok(()) };
        if message.trim().is_empty() {
            return Err(FieldError::new("on_machine.message", "must not be empty; leave it out for one that tells the goal"));
        }
        if message.chars().count() > MESSAGE_CHARS_MAX {
            let problem = format!("must be at most {MESSAGE_CHARS_MAX} characters long");
            return Err(FieldError::new("on_machine.message", problem));
        }
        Ok(())
    }

    /// What it says, after "If a machine answers,". `retried`: the plan says that it is tried again if nobody answers.
    pub fn in_words(&self, retried: bool) -> String {
        match (self.voicemail, &self.message) {
            (OnVoicemail::HangUp, _) if retried => {
                "I hang up without leaving a message, and try again as if nobody had answered.".into()
            }
            (OnVoicemail::HangUp, _) => "I hang up without leaving a message.".into(),
            (OnVoicemail::LeaveMessage, None) => "I leave a short message with what it is about.".into(),
            (OnVoicemail::LeaveMessage, Some(message)) => format!("I leave the message \"{message}\"."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_is_a_message_and_an_answer() {
        let read: OnMachine = serde_json::from_str("{}").unwrap();
        assert_eq!(read, OnMachine::default());
        assert_eq!((read.voicemail, read.screener), (OnVoicemail::LeaveMessage, OnScreener::Answer));
        assert_eq!(read.check(), Ok(()));
    }

    #[test]
    fn a_message_has_its_limits() {
        let of = |message: &str| OnMachine { message: Some(message.into()), ..OnMachine::default() };
        assert_eq!(of("Please call back.").check(), Ok(()));
        assert_eq!(of(" ").check().unwrap_err().field, "on_machine.message");
        assert_eq!(of(&"x".repeat(601)).check().unwrap_err().field, "on_machine.message");
    }
}
