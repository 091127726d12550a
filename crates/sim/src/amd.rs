//! Answering machine detection: the carrier listens along and tells who has answered, late as in life.

use crate::Shared;
use crate::book::Call;
use crate::callee::{Callee, CalleeKind};
use std::sync::Arc;
use std::time::Duration;
use wire::rest::{AmdCallback, AnsweredBy, MachineDetection, Method};

/// How the detection works. What it says can be made wrong.
#[derive(Clone, Copy, Debug)]
pub struct Amd {
    /// What it says whoever has answered; `None` for the truth.
    pub says: Option<AnsweredBy>,
    /// From the answer to the verdict on a person.
    pub human: Duration,
    /// On a machine that is greeting.
    pub machine: Duration,
    /// On a machine whose greeting is over.
    pub message_end: Duration,
    /// On a fax machine.
    pub fax: Duration,
}

impl Default for Amd {
    fn default() -> Self {
        let ms = Duration::from_millis;
        Self { says: None, human: ms(3_600), machine: ms(4_200), message_end: ms(10_500), fax: ms(2_500) }
    }
}

impl Amd {
    /// What is told of whom, and when.
    fn verdict(self, callee: Option<CalleeKind>, wanted: MachineDetection) -> (AnsweredBy, Duration) {
        let (by, after) = match (callee, wanted) {
            (Some(CalleeKind::Fax), _) => (AnsweredBy::Fax, self.fax),
            // The carrier knows no screeners.
            (Some(CalleeKind::Screener), _) | (Some(CalleeKind::Voicemail), MachineDetection::Enable) => {
                (AnsweredBy::MachineStart, self.machine)
            }
            (Some(CalleeKind::Voicemail), MachineDetection::DetectMessageEnd) => (AnsweredBy::MachineEndBeep, self.message_end),
            (None | Some(_), _) => (AnsweredBy::Human, self.human),
        };
        (self.says.unwrap_or(by), after)
    }
}

/// Listens along, if that was asked for. With keys to be sent after the answer there is no detection.
pub(crate) fn detect(shared: &Arc<Shared>, call: &Arc<Call>, callee: &Callee) {
    let request = &call.request;
    let keys = request.other.iter().any(|(name, value)| name == "SendDigits" && !value.is_empty());
    let Some(wanted) = request.machine_detection.filter(|_| !keys) else { return };
    let (by, after) = shared.amd.verdict(callee.kind(), wanted);
    let (shared, call) = (shared.clone(), call.clone());
    tokio::spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(after) => {}
            () = call.hang_up.cancelled() => return,
        }
        if call.status().is_terminal() {
            return;
        }
        call.change(|resource| resource.answered_by = Some(by.as_str().into()));
        let Some(url) = call.request.async_amd_status_callback.clone().filter(|_| call.request.async_amd) else { return };
        let told = AmdCallback {
            call_sid: call.sid.clone(),
            account_sid: shared.account_sid.clone(),
            answered_by: by,
            detection_ms: u32::try_from(after.as_millis()).ok(),
        };
        let method: Method = call.request.async_amd_status_callback_method;
        shared.webhook.tell(&call, &url, method, &told.to_pairs()).await;
    });
}
