//! A model that lives and does not answer: its server has too many requests, or fails. A short wait is waited for; a longer one,
//! or a second failure, is met as a lost session is.

use super::Trouble;
use crate::Session;
use crate::response::Ask;
use std::time::Duration;
use tracing::info;
use types::{TroubleKind, TroubleMet};

/// So long is waited for when the server does not say how long.
const USUAL_WAIT: Duration = Duration::from_secs(1);
/// How often in a row the server may be waited for.
const WAITS_MAX: u32 = 2;

/// An answer that is held back until the server takes requests again.
#[derive(Debug, Default)]
pub(crate) struct Busy {
    /// Since when, and until when.
    held: Option<(Duration, Duration)>,
    waits: u32,
}

impl Session {
    /// The model's server complains of something that concerns the whole session, not one command of ours.
    pub(crate) fn on_voice_trouble(&mut self, trouble: Trouble, message: String) {
        self.troubles.complaint = Some(trouble);
        self.responses.note_error(message.clone());
        if self.closing.is_some() {
            return;
        }
        match trouble {
            Trouble::Refused | Trouble::Expired | Trouble::Connection if self.call.asked() => self.lose_voice(trouble, message),
            Trouble::Server | Trouble::Busy { .. } => self.response_refused(),
            Trouble::Refused | Trouble::Expired | Trouble::Connection => {}
        }
    }

    /// Whether the failure of an answer is one to wait for a moment; then it is wanted again already.
    pub(crate) fn waits_for_server(&mut self, ask: Ask) -> bool {
        let Some(Trouble::Busy { wait }) = self.troubles.complaint else { return false };
        let wait = wait.unwrap_or(USUAL_WAIT);
        let other = self.troubles.usable(self.troubles.provider.other(), self.config.second_voice);
        let longest = if other { self.tuning.busy_wait_max } else { self.tuning.outage_max };
        if wait > longest || self.troubles.busy.waits >= WAITS_MAX {
            return false;
        }
        info!(order_id = %self.config.order_id, wait_ms = wait.as_millis(), "the model's server is busy; waiting");
        self.troubles.complaint = None;
        self.troubles.busy.waits += 1;
        let since = self.troubles.busy.held.map_or(self.now, |(since, _)| since);
        self.troubles.busy.held = Some((since, self.now + wait));
        self.want(ask);
        true
    }

    /// It is, and it was waited for long enough or would be.
    pub(crate) fn server_is_busy(&self) -> bool {
        matches!(self.troubles.complaint, Some(Trouble::Busy { .. }))
    }

    /// What an answer's failures are blamed on.
    pub(crate) fn blamed(&mut self) -> Trouble {
        self.troubles.complaint.take().unwrap_or(Trouble::Server)
    }

    /// No answer is asked for now.
    pub(crate) fn held_back(&self) -> bool {
        self.troubles.busy.held.is_some_and(|(_, until)| until > self.now)
    }

    /// Since when an answer is held back.
    pub(super) fn held_back_since(&self) -> Option<Duration> {
        self.troubles.busy.held.map(|(since, _)| since)
    }

    pub(crate) fn hold_back_over_at(&self) -> Option<Duration> {
        self.troubles.busy.held.filter(|_| self.talking()).map(|(_, until)| until)
    }

    pub(crate) fn hold_back_over(&mut self) {
        if let Some((since, _)) = self.troubles.busy.held.take() {
            self.tell_trouble(TroubleKind::VoiceBusy, TroubleMet::Waited, self.now.saturating_sub(since));
        }
    }

    /// The model answers.
    pub(crate) fn server_answers(&mut self) {
        self.troubles.busy.waits = 0;
        self.troubles.complaint = None;
    }

    pub(super) fn forget_complaints(&mut self) {
        self.troubles.busy = Busy::default();
        self.troubles.complaint = None;
    }
}
