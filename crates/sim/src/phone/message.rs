//! The text messages of the phone page's socket, both ways. docs/phone.md is their description.

use super::State;
use crate::numbers;
use serde::{Deserialize, Serialize};

/// Keys that one message may press.
const DIGITS_MAX: usize = 32;

/// How a call ended, for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ended {
    /// The person hung up, or the page was lost.
    YouHungUp,
    /// The caller hung up, or the carrier ended the call.
    CallerHungUp,
    /// The person did not want it.
    Declined,
    /// Nobody answered in time, or the caller gave up.
    Missed,
}

/// What the page is told: always what is the case now, so that a page that has just opened knows all.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ToPage<'a> {
    /// Nobody calls.
    Waiting {
        /// The number that this phone has.
        number: &'static str,
        /// The last call, if there was one.
        ended: Option<EndedCall<'a>>,
    },
    /// Somebody calls.
    Ringing {
        /// Which call.
        call_sid: &'a str,
        /// The caller's number.
        from: &'a str,
        /// The number that this phone has.
        number: &'static str,
    },
    /// This page has the call.
    InCall {
        /// Which call.
        call_sid: &'a str,
    },
    /// Another page has the call.
    Elsewhere {
        /// Which call.
        call_sid: &'a str,
    },
}

/// A call that is over.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct EndedCall<'a> {
    call_sid: &'a str,
    how: Ended,
}

impl<'a> ToPage<'a> {
    /// What the state means to that page.
    pub(super) fn of(state: &'a State, page: u64) -> Self {
        let number = numbers::BROWSER;
        match state {
            State::Free { ended } => {
                let ended = ended.as_ref().map(|(call_sid, how)| EndedCall { call_sid, how: *how });
                Self::Waiting { number, ended }
            }
            State::Ringing { call_sid, from, .. } => Self::Ringing { call_sid, from, number },
            State::Taken { call_sid, page: taken_by } if *taken_by == page => Self::InCall { call_sid },
            State::Taken { call_sid, .. } => Self::Elsewhere { call_sid },
        }
    }

    pub(super) fn write(&self) -> String {
        // Plain enums of strings; nothing in them can fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What the page asks for.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum FromPage {
    /// Takes the call.
    Answer {
        /// The call that rings.
        call_sid: String,
    },
    /// Does not want the call; the caller hears that the line is busy.
    Decline {
        /// The call that rings.
        call_sid: String,
    },
    /// Ends the call that this page has.
    HangUp,
    /// Presses keys.
    Digits {
        /// `0`–`9`, `*`, `#`.
        digits: String,
    },
}

impl FromPage {
    /// Reads a message; the error says what is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let message: Self = serde_json::from_str(text).map_err(|error| format!("the message is not understood: {error}"))?;
        if let Self::Digits { digits } = &message
            && (digits.len() > DIGITS_MAX || !digits.chars().all(|key| matches!(key, '0'..='9' | '*' | '#')))
        {
            return Err(format!("digits must be at most {DIGITS_MAX} of 0-9, * and #"));
        }
        Ok(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_of_a_telephone_can_be_pressed() {
        let read = |digits: &str| FromPage::read(&format!(r#"{{"type":"digits","digits":"{digits}"}}"#));
        assert_eq!(read("12#*"), Ok(FromPage::Digits { digits: "12#*".into() }));
        for wrong in ["A", "1 2", "٣", &"1".repeat(33)] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(FromPage::read("{}").is_err() && FromPage::read("[").is_err());
    }

    #[test]
    fn messages_of_a_page_that_are_almost_right() {
        let said = [r#"{"type":"digits","digits":"12#*"}"#, r#"{"type":"answer"}"#, r#"{"type":"hang_up"}"#];
        odd_input::fuzz(1_000, &said, |bytes| {
            if let Ok(FromPage::Digits { digits }) = FromPage::read(&String::from_utf8_lossy(bytes)) {
                assert!(digits.len() <= DIGITS_MAX);
            }
        });
    }

    #[test]
    fn a_page_is_told_what_is_the_case() {
        let told = |state: &State| ToPage::of(state, 3).write();
        assert_eq!(
            told(&State::Free { ended: Some(("CA1".into(), Ended::CallerHungUp)) }),
            r#"{"type":"waiting","number":"+14155550120","ended":{"call_sid":"CA1","how":"caller_hung_up"}}"#
        );
        let taken = |page| State::Taken { call_sid: "CA1".into(), page };
        assert_eq!(told(&taken(3)), r#"{"type":"in_call","call_sid":"CA1"}"#);
        assert_eq!(told(&taken(4)), r#"{"type":"elsewhere","call_sid":"CA1"}"#);
    }
}
