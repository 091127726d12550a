//! At voicemail: silent until the beep, or until the greeting is over; then the message, to its last mark; then the hang-up.

use super::greeting::Words;
use crate::Session;
use crate::playback::Item;
use crate::response::Ask;
use crate::words;
use std::time::Duration;
use tracing::{info, warn};
use types::{AnsweredBy, EndedReason, OnVoicemail};

/// After so much silence a greeting is over for which no beep comes.
const SILENCE: Duration = Duration::from_millis(2_500);
/// The same if the carrier says that it is over.
const SILENCE_TOLD: Duration = Duration::from_millis(700);
/// The longest greeting that is waited for.
const GREETING_MAX: Duration = Duration::from_secs(60);
/// How long the model may take to begin the message.
const BEGIN_MAX: Duration = Duration::from_secs(12);
/// How often the message is begun.
const TRIES_MAX: u32 = 2;
/// Share of the message's words that must have been said, in their order.
const LIKENESS_MIN: f64 = 0.7;
/// After the carrier alone took somebody for a machine, words this late are somebody's who talks.
const AFTER_VERDICT: Duration = Duration::from_millis(300);

/// How far the message is.
#[derive(Debug, Default)]
pub(crate) struct Voicemail {
    begun_at: Option<Duration>,
    /// It was begun after a beep.
    after_beep: bool,
    tries: u32,
    full: bool,
    left: bool,
    /// Whoever is there was talked to although the carrier says that it is a machine.
    doubted: bool,
}

impl Voicemail {
    pub(super) fn speaks(&self) -> bool {
        self.begun_at.is_some()
    }

    pub(super) fn left(&self) -> bool {
        self.left
    }

    pub(super) fn full(&self) -> bool {
        self.full
    }

    pub(super) fn is_full(&mut self) {
        self.full = true;
    }

    pub(super) fn remember(&mut self, left: bool) {
        self.left = left;
    }
}

impl Session {
    fn at_voicemail(&self) -> bool {
        self.answered.by() == AnsweredBy::Voicemail
            && self.closing.is_none()
            && self.ending.reason().is_none()
            && !self.is_taken_over()
    }

    /// When the greeting is over, or is not waited for any longer.
    pub(crate) fn message_at(&self) -> Option<Duration> {
        if !self.at_voicemail() || !self.talking() || self.answered.voicemail.speaks() {
            return None;
        }
        // Who is to be hung up on because of a beep alone has the time to talk.
        let hangs_up = self.config.briefing.on_machine.voicemail == OnVoicemail::HangUp;
        if let Some(beep) = self.answered.beep_at.filter(|_| !hangs_up) {
            return Some(beep);
        }
        let longest = self.answered.since + GREETING_MAX;
        let silence = if self.answered.greeting_over { SILENCE_TOLD } else { SILENCE };
        if self.turns.callee_has_floor() { Some(longest) } else { Some((self.turns.last_sound() + silence).min(longest)) }
    }

    pub(crate) fn message_due(&mut self) {
        if self.doubts_carrier() {
            return self.ask_whether_machine();
        }
        let endless = self.answered.beep_at.is_none() && self.turns.callee_has_floor();
        if endless || self.config.briefing.on_machine.voicemail == OnVoicemail::HangUp {
            return self.close(EndedReason::MachineAnswered, None);
        }
        info!(order_id = %self.config.order_id, beep = self.answered.beep_at.is_some(), "leaving a message");
        self.begin_message();
    }

    /// Nobody is hung up on for the carrier's word alone: who is there and is no machine answers the opening.
    fn doubts_carrier(&self) -> bool {
        let hangs_up = self.config.briefing.on_machine.voicemail == OnVoicemail::HangUp;
        hangs_up && !self.answered.certain && self.answered.beep_at.is_none() && !self.answered.voicemail.doubted
    }

    fn ask_whether_machine(&mut self) {
        info!(order_id = %self.config.order_id, "only the carrier says that it is a machine");
        self.answered.voicemail.doubted = true;
        self.answered_by(AnsweredBy::Unknown);
        self.disclosure.again();
        self.want(Ask::Opening);
    }

    fn begin_message(&mut self) {
        if self.answered.voicemail.tries >= TRIES_MAX {
            warn!(order_id = %self.config.order_id, "the message could not be left");
            return self.close(EndedReason::MachineAnswered, None);
        }
        self.answered.voicemail.tries += 1;
        self.answered.voicemail.begun_at = Some(self.now);
        self.answered.voicemail.after_beep = self.answered.beep_at.is_some();
        self.want(Ask::Message);
    }

    /// The beep comes although the greeting seemed to be over: what was said before it is lost.
    pub(super) fn beep_over_message(&mut self) {
        if self.answered.voicemail.speaks() && !self.answered.voicemail.after_beep {
            self.interrupt_agent();
            self.answered.voicemail.tries = 0;
            self.begin_message();
        }
    }

    /// When a message that the model does not say is given up.
    pub(crate) fn message_overdue_at(&self) -> Option<Duration> {
        let waits = self.at_voicemail() && !self.playback.audible();
        self.answered.voicemail.begun_at.filter(|_| waits).map(|at| at + BEGIN_MAX)
    }

    pub(crate) fn message_overdue(&mut self) {
        self.close(EndedReason::MachineAnswered, None);
    }

    /// The model had nothing to say.
    pub(crate) fn message_stayed_empty(&mut self) {
        if self.answered.leaves_message() {
            self.begin_message();
        }
    }

    /// Something was said to its end; `proven`: a mark says so.
    pub(crate) fn message_after(&mut self, item: &Item, proven: bool) {
        if !self.at_voicemail() || !self.answered.voicemail.speaks() || !self.playback.idle() {
            return;
        }
        let wanted = words::plain(&self.config.briefing.message());
        let (said, _) = words::in_order(&wanted, &words::plain_with_ends(&item.text));
        if (said as f64) < LIKENESS_MIN * wanted.len() as f64 {
            warn!(order_id = %self.config.order_id, "the model said something else than the message");
            return self.begin_message();
        }
        self.answered.voicemail.left = proven;
        self.close(EndedReason::MachineAnswered, None);
    }

    /// Words on the line after it was taken for voicemail: more of the greeting, or a person.
    pub(super) fn after_greeting(&mut self, words: Words, text: &str, began: Duration, done: bool) {
        let fresh = began >= self.answered.since + AFTER_VERDICT;
        match words {
            Words::MailboxFull => {
                self.answered.voicemail.is_full();
                self.voicemail_answers(true);
            }
            Words::Screening if !self.answered.voicemail.speaks() => self.screener_answers(text, done),
            Words::LeaveMessage | Words::Screening => self.voicemail_answers(true),
            // The carrier alone was wrong. What nobody but a person says counts whenever it began.
            Words::Person if fresh || done && !self.answered.certain => self.a_person_is_there(),
            Words::Other | Words::PleaseWait | Words::Rejected if fresh && done && !self.answered.certain => {
                self.a_person_is_there();
            }
            Words::Unavailable | Words::Rejected | Words::PleaseWait | Words::Person | Words::Other => {}
        }
    }
}
