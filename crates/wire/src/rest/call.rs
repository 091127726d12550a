//! The call resource.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;

/// How far a call is. Of the update's `status` see [`super::UpdateStatus`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallStatus {
    /// Accepted, not yet dialled.
    #[default]
    Queued,
    /// Being dialled. Told in callbacks; the resource stays `queued` or says `ringing`.
    Initiated,
    /// Ringing.
    Ringing,
    /// Answered.
    InProgress,
    /// It was answered and has ended.
    Completed,
    /// The line was busy.
    Busy,
    /// Nobody answered in time.
    NoAnswer,
    /// It was stopped before it was answered.
    Canceled,
    /// It could not be connected.
    Failed,
    /// Something newer.
    #[serde(other)]
    Unknown,
}

impl CallStatus {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Initiated => "initiated",
            Self::Ringing => "ringing",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::NoAnswer => "no-answer",
            Self::Canceled => "canceled",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// The status of a word; [`Self::Unknown`] if it is none.
    pub fn parse(word: &str) -> Self {
        use CallStatus::{Busy, Canceled, Completed, Failed, InProgress, Initiated, NoAnswer, Queued, Ringing};
        [Queued, Initiated, Ringing, InProgress, Completed, Busy, NoAnswer, Canceled, Failed]
            .into_iter()
            .find(|status| status.as_str() == word)
            .unwrap_or(Self::Unknown)
    }

    /// Whether the call is over.
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Completed | Self::Busy | Self::NoAnswer | Self::Canceled | Self::Failed => true,
            Self::Queued | Self::Initiated | Self::Ringing | Self::InProgress | Self::Unknown => false,
        }
    }
}

impl fmt::Display for CallStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A call as the carrier tells it. Times are RFC 2822 in UTC: `Sat, 21 Nov 2026 09:00:00 +0000`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Call {
    /// `CA` and 32 hex digits.
    pub sid: String,
    /// When it was asked for.
    pub date_created: Option<String>,
    /// When it last changed.
    pub date_updated: Option<String>,
    /// Of a leg: the call that made it.
    pub parent_call_sid: Option<String>,
    /// Whose it is.
    pub account_sid: Option<String>,
    /// Who is called.
    pub to: Option<String>,
    /// The same for display.
    pub to_formatted: Option<String>,
    /// Who calls.
    pub from: Option<String>,
    /// The same for display.
    pub from_formatted: Option<String>,
    /// The caller's number's own id.
    pub phone_number_sid: Option<String>,
    /// How far it is.
    pub status: CallStatus,
    /// When it was dialled; none before.
    pub start_time: Option<String>,
    /// When it ended.
    pub end_time: Option<String>,
    /// Seconds, as text.
    pub duration: Option<String>,
    /// What it cost, as text.
    pub price: Option<String>,
    /// `USD` …
    pub price_unit: Option<String>,
    /// `outbound-api`.
    pub direction: Option<String>,
    /// With answering machine detection.
    pub answered_by: Option<String>,
    /// [`super::API_VERSION`].
    pub api_version: Option<String>,
    /// Of an incoming call.
    pub forwarded_from: Option<String>,
    /// Its group.
    pub group_sid: Option<String>,
    /// Of an incoming call.
    pub caller_name: Option<String>,
    /// How long it waited, milliseconds as text.
    pub queue_time: Option<String>,
    /// Its trunk.
    pub trunk_sid: Option<String>,
    /// Its path.
    pub uri: Option<String>,
    /// Paths of what belongs to it.
    #[serde(skip_deserializing)]
    pub subresource_uris: Option<Value>,
}

impl Call {
    /// The seconds from the answer to the end, if they are told.
    pub fn duration_s(&self) -> Option<u32> {
        self.duration.as_deref()?.parse().ok()
    }

    /// A call as the carrier makes it from a request.
    pub fn outbound(account_sid: &str, sid: &str, to: &str, from: &str) -> Self {
        let base = format!("/{}/Accounts/{account_sid}/Calls/{sid}", super::API_VERSION);
        let sub = |name: &str| format!("{base}/{name}.json");
        Self {
            sid: sid.into(),
            account_sid: Some(account_sid.into()),
            to: Some(to.into()),
            to_formatted: Some(format_number(to)),
            from: Some(from.into()),
            from_formatted: Some(format_number(from)),
            price_unit: Some("USD".into()),
            direction: Some("outbound-api".into()),
            api_version: Some(super::API_VERSION.into()),
            queue_time: Some("0".into()),
            uri: Some(format!("{base}.json")),
            subresource_uris: Some(json!({
                "notifications": sub("Notifications"), "recordings": sub("Recordings"), "streams": sub("Streams"), "events": sub("Events")
            })),
            ..Self::default()
        }
    }
}

/// A North American number for display, `(415) 555-0100`; any other as it is.
pub fn format_number(number: &str) -> String {
    match number.strip_prefix("+1") {
        Some(digits) if digits.len() == 10 && digits.is_ascii() => {
            format!("({}) {}-{}", &digits[..3], &digits[3..6], &digits[6..])
        }
        _ => number.to_owned(),
    }
}

/// One page of a list of calls, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallPage {
    /// The calls.
    pub calls: Vec<Call>,
    /// The place of the first, from 0.
    #[serde(deserialize_with = "crate::json::count")]
    pub start: u64,
    /// The place of the last.
    #[serde(deserialize_with = "crate::json::count")]
    pub end: u64,
    /// The page, from 0.
    #[serde(deserialize_with = "crate::json::count")]
    pub page: u64,
    /// How many a page holds.
    #[serde(deserialize_with = "crate::json::count")]
    pub page_size: u64,
    /// This page's path.
    #[serde(deserialize_with = "crate::json::or_default")]
    pub uri: String,
    /// The first page's path.
    #[serde(deserialize_with = "crate::json::or_default")]
    pub first_page_uri: String,
    /// The next page's path, if there is one.
    pub next_page_uri: Option<String>,
    /// The previous page's path, if there is one.
    pub previous_page_uri: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_word() {
        for word in ["queued", "initiated", "ringing", "in-progress", "completed", "busy", "no-answer", "canceled", "failed"] {
            let status = CallStatus::parse(word);
            assert_eq!(status.as_str(), word);
            assert_eq!(serde_json::to_value(status).unwrap(), word);
            assert_eq!(status.is_terminal(), !["queued", "initiated", "ringing", "in-progress"].contains(&word));
        }
        assert_eq!(CallStatus::parse("later"), CallStatus::Unknown);
        assert_eq!(serde_json::from_str::<CallStatus>("\"later\"").unwrap(), CallStatus::Unknown);
    }

    #[test]
    fn a_call_is_read_with_nulls_and_unknown_fields() {
        let call: Call = serde_json::from_value(json!({
            "sid": "CA1", "status": "completed", "duration": "42", "price": null, "new_field": {"a": 1}, "subresource_uris": {"x": "y"}
        }))
        .unwrap();
        assert_eq!((call.status, call.duration_s()), (CallStatus::Completed, Some(42)));
    }

    #[test]
    fn numbers_for_display() {
        assert_eq!(format_number("+14155550100"), "(415) 555-0100");
        assert_eq!(format_number("+442071838750"), "+442071838750");
        assert_eq!(format_number("+1é5555010"), "+1é5555010");
    }
}
