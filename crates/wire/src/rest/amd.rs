//! Answering machine detection in the background: what is asked for, and how the carrier tells what it has found.

use super::{ErrorBody, ErrorCode};

/// When the carrier tells of a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MachineDetection {
    /// As soon as it is known.
    Enable,
    /// When its greeting is over, so that a message can be left.
    DetectMessageEnd,
}

impl MachineDetection {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Enable => "Enable",
            Self::DetectMessageEnd => "DetectMessageEnd",
        }
    }

    /// `None`: no detection is wanted.
    pub(super) fn read(value: &str) -> Result<Option<Self>, ErrorBody> {
        match value {
            "Enable" => Ok(Some(Self::Enable)),
            "DetectMessageEnd" => Ok(Some(Self::DetectMessageEnd)),
            "" | "none" => Ok(None),
            _ => Err(ErrorCode::InvalidParameter.body(Some("MachineDetection must be Enable or DetectMessageEnd"))),
        }
    }
}

/// Who has answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AnsweredBy {
    /// A person.
    Human,
    /// A machine, which is greeting.
    MachineStart,
    /// A machine, and its beep has sounded.
    MachineEndBeep,
    /// A machine, and it is silent now.
    MachineEndSilence,
    /// A machine whose greeting has ended otherwise.
    MachineEndOther,
    /// A fax machine.
    Fax,
    /// It cannot be told; also what did not exist when this was written.
    #[default]
    Unknown,
}

impl AnsweredBy {
    /// Every word that is known.
    pub const ALL: [Self; 7] = [
        Self::Human,
        Self::MachineStart,
        Self::MachineEndBeep,
        Self::MachineEndSilence,
        Self::MachineEndOther,
        Self::Fax,
        Self::Unknown,
    ];

    /// The carrier's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::MachineStart => "machine_start",
            Self::MachineEndBeep => "machine_end_beep",
            Self::MachineEndSilence => "machine_end_silence",
            Self::MachineEndOther => "machine_end_other",
            Self::Fax => "fax",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the carrier's word.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|by| by.as_str() == word).unwrap_or_default()
    }
}

/// The parameters of the callback that tells who has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AmdCallback {
    /// The call.
    pub call_sid: String,
    /// The account.
    pub account_sid: String,
    /// Who has answered.
    pub answered_by: AnsweredBy,
    /// From the answer to the verdict, milliseconds.
    pub detection_ms: Option<u32>,
}

impl AmdCallback {
    /// The form, as the carrier sends it.
    pub fn to_pairs(&self) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> =
            [("CallSid", self.call_sid.as_str()), ("AccountSid", &self.account_sid), ("AnsweredBy", self.answered_by.as_str())]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into();
        pairs.extend(self.detection_ms.map(|ms| ("MachineDetectionDuration".to_owned(), ms.to_string())));
        pairs
    }

    /// Reads the form. What is missing or cannot be understood is left out, what is unknown is passed over.
    pub fn from_pairs(pairs: &[(String, String)]) -> Self {
        let get = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str());
        Self {
            call_sid: get("CallSid").to_owned(),
            account_sid: get("AccountSid").to_owned(),
            answered_by: AnsweredBy::parse(get("AnsweredBy")),
            detection_ms: get("MachineDetectionDuration").trim().parse().ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_is_read_back() {
        for answered_by in AnsweredBy::ALL {
            let told = AmdCallback { call_sid: "CA1".into(), account_sid: "AC1".into(), answered_by, detection_ms: Some(3_600) };
            assert_eq!(AmdCallback::from_pairs(&told.to_pairs()), told);
        }
    }

    #[test]
    fn what_is_not_known_is_unknown() {
        assert_eq!(AnsweredBy::parse("alien"), AnsweredBy::Unknown);
        assert_eq!(AmdCallback::from_pairs(&[]), AmdCallback::default());
    }
}
