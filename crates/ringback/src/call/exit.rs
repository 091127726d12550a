//! How the program ends: one number for scripts.

use super::Error;
use std::process::ExitCode;
use types::{CallResult, Disposition, OutcomeStatus};

/// What the exit code says. The numbers are promised in `ringback call --help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The goal was met.
    Achieved = 0,
    /// In part, not at all, or it cannot be told.
    Unsettled = 1,
    /// The command was used wrongly, or details are missing.
    Usage = 2,
    /// No conversation came about.
    NotConnected = 3,
    /// Ringback itself failed.
    Failed = 4,
}

impl Exit {
    /// What a result means.
    pub(super) fn of(result: &CallResult) -> Self {
        let met = match result.outcome.status {
            OutcomeStatus::Achieved => Self::Achieved,
            OutcomeStatus::Partly | OutcomeStatus::NotAchieved | OutcomeStatus::Unknown => Self::Unsettled,
        };
        match result.status {
            Disposition::Completed | Disposition::Voicemail => met,
            Disposition::Busy | Disposition::NoAnswer | Disposition::Canceled => Self::NotConnected,
            Disposition::Failed if result.duration == 0 => Self::NotConnected,
            // It broke down in the middle, or nobody knows: whatever was reported may not be all.
            Disposition::Failed | Disposition::Unknown => Self::Unsettled,
        }
    }

    pub(super) fn of_error(error: &Error) -> Self {
        match error {
            Error::Usage(_) | Error::Missing { .. } => Self::Usage,
            Error::Declined => Self::NotConnected,
            Error::Left(_) => Self::Unsettled,
            Error::Engine(_) | Error::Ringback(_) => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(disposition: Disposition, outcome: OutcomeStatus, duration: u32) -> Exit {
        let mut result: CallResult = serde_json::from_value(serde_json::json!({
            "call_sid": null, "order_id": "o_1", "attempt": 1, "status": "completed", "ended_reason": "agent_hung_up", "duration": duration,
            "summary": "", "error_message": null, "outcome": {"status": "unknown", "facts": []}, "transcript": [], "disclosed_at_ms": null
        }))
        .unwrap();
        (result.status, result.outcome.status) = (disposition, outcome);
        Exit::of(&result)
    }

    #[test]
    fn only_a_completed_call_can_have_achieved_its_goal() {
        assert_eq!(ended(Disposition::Completed, OutcomeStatus::Achieved, 60), Exit::Achieved);
        assert_eq!(ended(Disposition::Failed, OutcomeStatus::Achieved, 60), Exit::Unsettled);
        assert_eq!(ended(Disposition::Unknown, OutcomeStatus::Unknown, 0), Exit::Unsettled);
        for outcome in [OutcomeStatus::Partly, OutcomeStatus::NotAchieved, OutcomeStatus::Unknown] {
            assert_eq!(ended(Disposition::Completed, outcome, 60), Exit::Unsettled);
        }
    }

    #[test]
    fn what_nobody_answered_was_not_connected() {
        for disposition in [Disposition::Busy, Disposition::NoAnswer, Disposition::Canceled, Disposition::Failed] {
            assert_eq!(ended(disposition, OutcomeStatus::Unknown, 0), Exit::NotConnected);
        }
    }
}
