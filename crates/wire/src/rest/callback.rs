//! The status callback: how the carrier tells a call's progress.

use super::{API_VERSION, CallStatus};

/// The parameters of a status callback.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusCallback {
    /// The call.
    pub call_sid: String,
    /// The account.
    pub account_sid: String,
    /// Who calls.
    pub from: String,
    /// Who is called.
    pub to: String,
    /// How far it is.
    pub call_status: CallStatus,
    /// Counts the call's callbacks from 0; they can arrive in another order.
    pub sequence_number: Option<u32>,
    /// RFC 2822 in UTC.
    pub timestamp: Option<String>,
    /// Seconds from the answer to the end; at the end only.
    pub call_duration_s: Option<u32>,
    /// Minutes begun; at the end only.
    pub duration_min: Option<u32>,
    /// At the end only: 200, 486, 487, 404, …
    pub sip_response_code: Option<u16>,
    /// With answering machine detection: `human`, `machine_start`, `fax`, `unknown`, …
    pub answered_by: Option<String>,
    /// When something went wrong: Twilio's code.
    pub error_code: Option<u32>,
    /// When something went wrong: what.
    pub error_message: Option<String>,
}

impl StatusCallback {
    /// The form, as the carrier sends it.
    pub fn to_pairs(&self) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = [
            ("CallSid", self.call_sid.as_str()),
            ("AccountSid", &self.account_sid),
            ("From", &self.from),
            ("To", &self.to),
            ("Caller", &self.from),
            ("Called", &self.to),
            ("ApiVersion", API_VERSION),
            ("Direction", "outbound-api"),
            ("CallStatus", self.call_status.as_str()),
            ("CallbackSource", "call-progress-events"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let optional = [
            ("SequenceNumber", self.sequence_number.map(|n| n.to_string())),
            ("Timestamp", self.timestamp.clone()),
            ("CallDuration", self.call_duration_s.map(|n| n.to_string())),
            ("Duration", self.duration_min.map(|n| n.to_string())),
            ("SipResponseCode", self.sip_response_code.map(|n| n.to_string())),
            ("AnsweredBy", self.answered_by.clone()),
            ("ErrorCode", self.error_code.map(|n| n.to_string())),
            ("ErrorMessage", self.error_message.clone()),
        ];
        pairs.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        pairs
    }

    /// Reads the form. What is missing or cannot be understood is left out, what is unknown is passed over.
    pub fn from_pairs(pairs: &[(String, String)]) -> Self {
        let get = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        let text = |name: &str| get(name).unwrap_or_default().to_owned();
        let some = |name: &str| get(name).filter(|value| !value.is_empty()).map(str::to_owned);
        let number = |name: &str| get(name).and_then(|value| value.trim().parse::<u32>().ok());
        Self {
            call_sid: text("CallSid"),
            account_sid: text("AccountSid"),
            from: text("From"),
            to: text("To"),
            call_status: CallStatus::parse(get("CallStatus").unwrap_or_default()),
            sequence_number: number("SequenceNumber"),
            timestamp: some("Timestamp"),
            call_duration_s: number("CallDuration"),
            duration_min: number("Duration"),
            sip_response_code: number("SipResponseCode").and_then(|code| u16::try_from(code).ok()),
            answered_by: some("AnsweredBy"),
            error_code: number("ErrorCode"),
            error_message: some("ErrorMessage"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_callback_is_read_back() {
        let callback = StatusCallback {
            call_sid: "CA1".into(),
            account_sid: "AC1".into(),
            from: "+14155550199".into(),
            to: "+14155550100".into(),
            call_status: CallStatus::Completed,
            sequence_number: Some(3),
            timestamp: Some("Sat, 21 Nov 2026 09:00:45 +0000".into()),
            call_duration_s: Some(42),
            duration_min: Some(1),
            sip_response_code: Some(200),
            ..StatusCallback::default()
        };
        assert_eq!(StatusCallback::from_pairs(&callback.to_pairs()), callback);
    }

    #[test]
    fn an_empty_form_is_an_unknown_status() {
        assert_eq!(StatusCallback::from_pairs(&[]).call_status, CallStatus::Unknown);
    }

    proptest! {
        #[test]
        fn nothing_makes_the_reader_panic(pairs in proptest::collection::vec(("CallStatus|CallDuration|SipResponseCode|\\PC{0,5}", "\\PC{0,20}"), 0..10)) {
            let _ = StatusCallback::from_pairs(&pairs);
        }
    }
}
