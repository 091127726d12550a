//! At a call screener: it is told who calls and why, then the person is waited for.

use super::greeting::Words;
use super::press;
use crate::Session;
use crate::response::Ask;
use std::time::Duration;
use tracing::info;
use types::{AnsweredBy, EndedReason, briefing};

/// How long the person is waited for.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// How often the screener is answered.
const ANSWERS_MAX: u32 = 3;
/// How often a key is pressed for it.
const KEYS_MAX: u32 = 3;

/// What was done about the screener.
#[derive(Debug, Default)]
pub(crate) struct Screener {
    answers: u32,
    keys: u32,
    /// Our name was heard to its end, or our key.
    heard_at: Option<Duration>,
}

impl Screener {
    pub(super) fn begin(&mut self) {
        (self.answers, self.heard_at) = (1, None);
    }

    pub(super) fn heard(&mut self, now: Duration) {
        self.heard_at = Some(now);
    }
}

impl Session {
    /// Words after the screener's question: it asks again, lets us wait, refuses, hands on to voicemail; or a person speaks.
    pub(super) fn after_screening(&mut self, words: Words, text: &str, began: Duration, done: bool) {
        let heard = self.answered.screener.heard_at.is_some_and(|at| began >= at);
        let cut_off = self.answered.screener.heard_at.is_none();
        match words {
            Words::MailboxFull => {
                self.answered.voicemail.is_full();
                self.voicemail_answers(true);
            }
            Words::LeaveMessage => self.voicemail_answers(true),
            Words::Rejected if heard => {
                info!(order_id = %self.config.order_id, "the screener refuses the call");
                self.close(EndedReason::MachineAnswered, None);
            }
            // Before or after our name: only then it puts us through.
            Words::Screening | Words::PleaseWait | Words::Unavailable | Words::Person | Words::Other
                if press::wants_key(text) =>
            {
                self.press_for_screener(done);
            }
            // It asks once in several pieces; only after an answer, or over one, it asks anew.
            Words::Screening if done && (heard || cut_off) && !self.responses.live() && self.playback.idle() => {
                self.tell_name_again()
            }
            Words::Person | Words::Other if heard && done => self.a_person_is_there(),
            Words::Screening | Words::Rejected | Words::Unavailable | Words::PleaseWait | Words::Person | Words::Other => {}
        }
    }

    /// The model presses the key that the words name, once they are complete.
    pub(super) fn press_for_screener(&mut self, done: bool) {
        if !done || self.keys.busy() || self.responses.wanted() == Some(Ask::Key) {
            return;
        }
        if self.answered.screener.keys >= KEYS_MAX {
            return self.close(EndedReason::MachineAnswered, None);
        }
        self.answered.screener.keys += 1;
        if self.responses.live_without_audio() {
            self.cancel_response();
        }
        self.tell_aside(&briefing::press_to_connect());
        self.want(Ask::Key);
    }

    /// Keys have been played to their end: whoever speaks now may be the person.
    pub(crate) fn screener_heard_keys(&mut self) {
        if self.answered.by() == AnsweredBy::Screener {
            self.answered.screener.heard(self.now);
        }
    }

    fn tell_name_again(&mut self) {
        if self.answered.screener.answers >= ANSWERS_MAX {
            return self.close(EndedReason::MachineAnswered, None);
        }
        if self.responses.wanted().is_none() {
            self.answered.screener.answers += 1;
            self.want(Ask::Name);
        }
    }

    /// When the person is not waited for any longer.
    pub(crate) fn screener_overdue_at(&self) -> Option<Duration> {
        let waits = self.answered.by() == AnsweredBy::Screener && self.closing.is_none() && !self.is_taken_over();
        waits.then(|| self.answered.since.max(self.answered.screener.heard_at.unwrap_or_default()) + WAIT_MAX)
    }

    pub(crate) fn screener_overdue(&mut self) {
        self.close(EndedReason::MachineAnswered, None);
    }
}
