//! Who has answered: what the carrier says, what is heard on the line, what the callee's words tell and how they come, in one
//! verdict. Nothing waits for it: until a machine is proven the call goes on as with a person, and a wrong verdict is taken back
//! when a person talks.

mod greeting;
mod press;
mod screener;
mod voicemail;

use crate::Session;
use crate::io::CarrierVerdict;
use crate::response::Ask;
use greeting::Words;
use sounds::tones::{Listener, Tone};
use std::time::Duration;
use tracing::info;
use types::{AnsweredBy, CallEvent, Disposition, EndedReason, OnScreener, OnVoicemail};

/// Nobody greets so long without a pause who does not read it out.
const MONOLOGUE: Duration = Duration::from_secs(4);
/// A beep after less speech than this may be anything: a recorder's, a till's.
const SPEECH_BEFORE_BEEP: Duration = Duration::from_secs(3);
/// Somebody who has talked in turn so often is no machine; what only a person says counts twice.
const TURNS_OF_PEOPLE: u32 = 2;
/// How long tones are listened for, bytes: two minutes.
const LISTENED_MAX: u64 = 120 * 8_000;

/// What is known of who has answered, and what is done about it.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    by: AnsweredBy,
    since: Duration,
    /// More than the carrier says so.
    certain: bool,
    listener: Listener,
    listened: u64,
    /// The last beep, if nobody has spoken since.
    beep_at: Option<Duration>,
    /// The carrier says that the greeting is over.
    greeting_over: bool,
    carrier_says_machine: bool,
    words_of_absence: bool,
    /// How long the callee has spoken before there was a verdict, and the longest of it without a pause.
    spoke: Duration,
    longest: Duration,
    /// What the callee has said after we had spoken: machines do not wait for that.
    turns: u32,
    we_were_heard_at: Option<Duration>,
    voicemail: voicemail::Voicemail,
    screener: screener::Screener,
}

impl Answered {
    pub(crate) fn by(&self) -> AnsweredBy {
        self.by
    }

    pub(crate) fn message_left(&self) -> bool {
        self.voicemail.left()
    }

    /// What an earlier part of the call has found out.
    pub(crate) fn remember(&mut self, by: AnsweredBy, message_left: bool, now: Duration) {
        (self.by, self.since, self.certain) = (by, now, true);
        self.voicemail.remember(message_left);
    }

    /// Nobody is there to talk to, so the model's part of the call rests.
    pub(crate) fn is_machine(&self) -> bool {
        matches!(self.by, AnsweredBy::Voicemail | AnsweredBy::Screener | AnsweredBy::Fax)
    }

    /// What is not said to whoever has answered.
    pub(crate) fn mutes(&self, ask: Ask) -> bool {
        match (self.by, ask) {
            (AnsweredBy::Human | AnsweredBy::Unknown, _) | (_, Ask::Goodbye) => false,
            (AnsweredBy::Voicemail, Ask::Message) => false,
            (AnsweredBy::Screener, Ask::Opening | Ask::Name | Ask::Key) => false,
            (AnsweredBy::Voicemail | AnsweredBy::Screener | AnsweredBy::Fax, _) => true,
        }
    }

    /// The message is said whoever makes a sound.
    pub(crate) fn leaves_message(&self) -> bool {
        self.by == AnsweredBy::Voicemail && self.voicemail.speaks()
    }

    /// The callee has spoken so long without a pause.
    pub(crate) fn callee_spoke(&mut self, length: Duration) {
        self.spoke += length;
        self.longest = self.longest.max(length);
    }

    /// The callee begins to speak: a beep before it was not the one after the greeting.
    pub(crate) fn callee_begins(&mut self) {
        if !self.voicemail.speaks() {
            self.beep_at = None;
        }
    }

    fn people_are_proven(&self) -> bool {
        self.turns >= TURNS_OF_PEOPLE
    }

    /// A sentence on a call that a machine answered.
    pub(crate) fn in_a_sentence(&self) -> Option<&'static str> {
        match self.by {
            AnsweredBy::Voicemail if self.voicemail.left() => Some("Voicemail answered, and a message was left."),
            AnsweredBy::Voicemail if self.voicemail.full() => Some("Voicemail answered, but its mailbox takes no message."),
            AnsweredBy::Voicemail => Some("Voicemail answered; no message was left."),
            AnsweredBy::Screener => Some("A call screener answered, and nobody came to the phone."),
            AnsweredBy::Fax => Some("A fax machine answered."),
            AnsweredBy::Human | AnsweredBy::Unknown => None,
        }
    }

    /// How the call went, after the carrier's word.
    pub(crate) fn disposition(&self, told: Disposition) -> Disposition {
        if self.by == AnsweredBy::Voicemail && told == Disposition::Completed { Disposition::Voicemail } else { told }
    }
}

impl Session {
    /// The carrier has listened, too. It may say so more than once, late, and wrongly.
    pub(crate) fn on_carrier_verdict(&mut self, verdict: CarrierVerdict) {
        if self.closing.is_some() || !self.call.asked() || self.is_taken_over() || !self.tuning.tells_machines {
            return;
        }
        info!(order_id = %self.config.order_id, ?verdict, "the carrier says who has answered");
        match verdict {
            CarrierVerdict::Human if self.answered.by == AnsweredBy::Unknown => self.answered_by(AnsweredBy::Human),
            CarrierVerdict::Human | CarrierVerdict::Unknown => {}
            CarrierVerdict::Fax if self.answered.turns == 0 => self.fax_answers(),
            CarrierVerdict::Machine if self.answered.turns == 0 => self.carrier_says_machine(),
            CarrierVerdict::MachineBeeped => {
                self.answered.greeting_over = true;
                if !self.turns.callee_has_floor() {
                    self.answered.beep_at.get_or_insert(self.now);
                }
                self.carrier_says_machine();
            }
            CarrierVerdict::MachineEnded if self.answered.turns == 0 => {
                self.answered.greeting_over = true;
                self.carrier_says_machine();
            }
            // They have talked in turn.
            CarrierVerdict::Fax | CarrierVerdict::Machine | CarrierVerdict::MachineEnded => {}
        }
    }

    fn carrier_says_machine(&mut self) {
        self.answered.carrier_says_machine = true;
        match self.answered.by {
            AnsweredBy::Unknown | AnsweredBy::Human if !self.answered.people_are_proven() => {
                let certain = self.answered.words_of_absence || self.longest_speech() >= MONOLOGUE;
                self.voicemail_answers(certain);
            }
            AnsweredBy::Unknown | AnsweredBy::Human | AnsweredBy::Voicemail | AnsweredBy::Screener | AnsweredBy::Fax => {}
        }
    }

    /// Listens to the line for tones.
    pub(crate) fn listen_for_tones(&mut self, audio: &[u8]) {
        let heard_enough = self.answered.people_are_proven() || self.answered.listened > LISTENED_MAX;
        if heard_enough || self.is_taken_over() || !self.tuning.tells_machines {
            return;
        }
        self.answered.listened += audio.len() as u64;
        for tone in self.answered.listener.push(audio) {
            match tone {
                Tone::Fax => self.fax_answers(),
                Tone::Beep { hz, length_ms } => {
                    info!(order_id = %self.config.order_id, hz, length_ms, "a beep");
                    self.on_beep();
                }
            }
        }
    }

    fn on_beep(&mut self) {
        self.answered.beep_at = Some(self.now);
        let speech = self.answered.spoke + self.turns.speaking().map_or(Duration::ZERO, |(_, since)| self.now - since);
        match self.answered.by {
            AnsweredBy::Voicemail => {
                self.answered.certain = true;
                self.beep_over_message();
            }
            // What beeps after the question for a name records the name.
            AnsweredBy::Screener | AnsweredBy::Fax => {}
            AnsweredBy::Unknown | AnsweredBy::Human => {
                let more = self.answered.words_of_absence || self.answered.carrier_says_machine;
                let alone = self.answered.turns == 0 && speech >= SPEECH_BEFORE_BEEP;
                if alone || more && !self.answered.people_are_proven() {
                    self.voicemail_answers(more);
                }
            }
        }
    }

    /// The callee's words; more of them may follow. `began` is when they began.
    pub(crate) fn on_callee_words(&mut self, text: &str, began: Duration, done: bool) {
        if self.closing.is_some() || text.is_empty() || self.is_taken_over() || !self.tuning.tells_machines {
            return;
        }
        let words = greeting::read(text);
        // Machines do not wait until we have spoken.
        let in_turn = self.answered.we_were_heard_at.is_some_and(|at| began >= at);
        match (self.answered.by, words) {
            (AnsweredBy::Fax, _) => {}
            (AnsweredBy::Screener, _) => self.after_screening(words, text, began, done),
            (AnsweredBy::Voicemail, _) => self.after_greeting(words, text, began, done),
            (AnsweredBy::Unknown | AnsweredBy::Human, _) if self.answered.people_are_proven() => {}
            (_, Words::MailboxFull) => {
                self.answered.voicemail.is_full();
                self.voicemail_answers(true);
            }
            (_, Words::Screening) => self.screener_answers(text, done),
            (_, Words::LeaveMessage) => self.voicemail_answers(true),
            (AnsweredBy::Unknown, Words::Unavailable) => self.on_words_of_absence(),
            (_, Words::Unavailable | Words::Rejected | Words::PleaseWait | Words::Person | Words::Other) if in_turn && done => {
                self.answered.turns += if words == Words::Person { TURNS_OF_PEOPLE } else { 1 };
                if self.answered.by == AnsweredBy::Unknown {
                    self.answered_by(AnsweredBy::Human);
                }
            }
            (_, Words::Unavailable | Words::Rejected | Words::PleaseWait | Words::Person | Words::Other) => {}
        }
    }

    /// People say "you've reached …", too; nobody says it for seconds, or with a beep.
    fn on_words_of_absence(&mut self) {
        self.answered.words_of_absence = true;
        if self.answered.beep_at.is_some() || self.answered.carrier_says_machine {
            self.voicemail_answers(true);
        }
    }

    fn longest_speech(&self) -> Duration {
        let under_way = self.turns.speaking().map_or(Duration::ZERO, |(_, since)| self.now - since);
        self.answered.longest.max(under_way)
    }

    /// We were heard to the end of a line.
    pub(crate) fn we_were_heard(&mut self) {
        self.answered.we_were_heard_at.get_or_insert(self.now);
        if self.answered.by == AnsweredBy::Screener {
            self.answered.screener.heard(self.now);
        }
    }

    pub(crate) fn answered_by(&mut self, by: AnsweredBy) {
        if self.answered.by != by {
            info!(order_id = %self.config.order_id, ?by, "who has answered");
            (self.answered.by, self.answered.since) = (by, self.now);
            self.event(CallEvent::AnsweredBy { by });
        }
    }

    fn fax_answers(&mut self) {
        if self.closing.is_none() && self.stream.on() {
            self.answered_by(AnsweredBy::Fax);
            self.close(EndedReason::MachineAnswered, None);
        }
    }

    fn voicemail_answers(&mut self, certain: bool) {
        if self.closing.is_some() {
            return;
        }
        self.answered.certain |= certain;
        self.answered_by(AnsweredBy::Voicemail);
        self.rest();
        let hangs_up = self.config.briefing.on_machine.voicemail == OnVoicemail::HangUp || self.answered.voicemail.full();
        if self.answered.certain && hangs_up {
            self.close(EndedReason::MachineAnswered, None);
        }
    }

    fn screener_answers(&mut self, text: &str, done: bool) {
        // The opening, if it is under way, is just what was asked for.
        let answering = self.responses.live() || !self.playback.idle();
        self.answered_by(AnsweredBy::Screener);
        self.answered.screener.begin();
        if self.config.briefing.on_machine.screener == OnScreener::HangUp {
            return self.close(EndedReason::MachineAnswered, None);
        }
        self.responses.want_nothing();
        if press::wants_key(text) {
            self.press_for_screener(done);
        } else if !answering {
            self.want(Ask::Name);
        }
    }

    /// What the agent says, and wants to say, was meant for a person.
    fn rest(&mut self) {
        let ours = match self.ending.reason() {
            None | Some(EndedReason::AgentHungUp | EndedReason::Silence) => true,
            Some(
                EndedReason::TimeLimit
                | EndedReason::CostLimit
                | EndedReason::HoldLimit
                | EndedReason::MenuLimit
                | EndedReason::MachineAnswered
                | EndedReason::CalleeHungUp
                | EndedReason::UserHungUp
                | EndedReason::NotConnected
                | EndedReason::CarrierRefused
                | EndedReason::CarrierLost
                | EndedReason::VoiceLost
                | EndedReason::Shutdown,
            ) => false,
        };
        if ours {
            self.ending.drop();
            self.interrupt_agent();
            self.responses.want_nothing();
        }
    }

    /// A person is there after all: they are talked to from the beginning.
    fn a_person_is_there(&mut self) {
        info!(order_id = %self.config.order_id, "a person is there");
        self.answered_by(AnsweredBy::Human);
        self.answered.turns = TURNS_OF_PEOPLE;
        self.interrupt_agent();
        self.responses.want_nothing();
        self.disclosure.again();
        self.want(Ask::Opening);
    }
}
