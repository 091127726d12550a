//! One or two honest sentences about a call: the model's own where they can be true, ours where not.

use crate::tools::Report;
use types::{Disposition, EndedReason, OutcomeStatus};

/// What the sentences are made of.
pub(crate) struct Told<'a> {
    pub(crate) status: Disposition,
    pub(crate) reason: EndedReason,
    pub(crate) error: Option<&'a str>,
    pub(crate) duration_s: u32,
    /// The media stream came.
    pub(crate) streamed: bool,
    /// What is to be said of the machine that answered.
    pub(crate) machine: Option<&'a str>,
    pub(crate) callee_spoke: bool,
    pub(crate) report: Option<&'a Report>,
    /// After what can be proven.
    pub(crate) outcome: OutcomeStatus,
}

/// The sentences.
pub(crate) fn of(told: &Told<'_>) -> String {
    match told.report.filter(|_| told.machine.is_none()) {
        Some(report) if report.status == told.outcome => report.summary.clone(),
        Some(_) => format!("{} The agent reported more than the record can prove.", event(told)),
        None if told.status == Disposition::Completed && told.callee_spoke && told.machine.is_none() => {
            let what = match told.outcome {
                OutcomeStatus::Achieved => "By then they had told everything that was wanted.",
                OutcomeStatus::Partly | OutcomeStatus::NotAchieved | OutcomeStatus::Unknown => {
                    "The agent did not report an outcome."
                }
            };
            format!("{} {what}", event(told))
        }
        None => event(told),
    }
}

/// How the call went as a telephone call.
fn event(told: &Told<'_>) -> String {
    let error = told.error.map(|error| format!(": {}", error.trim_end_matches('.'))).unwrap_or_default();
    if let (Some(machine), Disposition::Completed | Disposition::Voicemail) = (told.machine, told.status) {
        return machine.to_owned();
    }
    match told.status {
        Disposition::Busy => "The line was busy.".into(),
        Disposition::NoAnswer => "Nobody answered.".into(),
        Disposition::Voicemail => "A machine answered.".into(),
        Disposition::Unknown => {
            format!("It cannot be told whether the call was placed{error}. It has not been dialled again.")
        }
        Disposition::Canceled => format!("The call was stopped before anybody answered{error}."),
        Disposition::Failed if matches!(told.reason, EndedReason::CarrierRefused | EndedReason::VoiceLost) => {
            format!("The call could not be made{error}.")
        }
        Disposition::Failed => format!("The call could not be connected{error}."),
        Disposition::Completed => completed(told, &error),
    }
}

fn completed(told: &Told<'_>, error: &str) -> String {
    let after = format!("after {} s", told.duration_s);
    match told.reason {
        EndedReason::MachineAnswered => format!("A machine answered, and the call was ended {after}."),
        EndedReason::AgentHungUp => format!("The agent ended the call {after}."),
        EndedReason::CalleeHungUp if !told.streamed => "The call was answered and ended before anything could be said.".into(),
        EndedReason::CalleeHungUp => format!("The callee hung up {after}."),
        EndedReason::UserHungUp => format!("The call was stopped by the user {after}."),
        EndedReason::Silence => format!("Nobody spoke any more, so the call was ended {after}."),
        EndedReason::TimeLimit => format!("The call reached its time limit {after}."),
        EndedReason::CostLimit => format!("The call reached the most that it may cost {after}."),
        EndedReason::HoldLimit => format!("The call was on hold for as long as it may be, so it was ended {after}."),
        EndedReason::MenuLimit => format!("The agent could not get past the callee's menu, so the call was ended {after}."),
        EndedReason::NotConnected
        | EndedReason::CarrierRefused
        | EndedReason::CarrierLost
        | EndedReason::VoiceLost
        | EndedReason::Shutdown => format!("The call broke off {after}{error}."),
    }
}
