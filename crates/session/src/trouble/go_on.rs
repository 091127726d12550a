//! The call goes on with a fresh session of the model: what is dropped with the old one, and what the new one is told and asked.

use super::Outage;
use super::swap::Swap;
use crate::callee_clock::CalleeClock;
use crate::opening::VoiceLink;
use crate::response::Ask;
use crate::{Session, words};
use std::time::Duration;
use tracing::info;
use types::TroubleMet;

/// From the callee's sound to the turn that a fresh session makes of it.
const TURN_WAIT: Duration = Duration::from_secs(3);
/// Who has waited so long is owed a word about it.
const LONG_WAIT: Duration = Duration::from_secs(2);

const SWAPPED: &str = "This is the same call, and what is written above has been said in it. The callee has noticed nothing. Go on \
     where it is.";
const LOST: &str = "Your connection to the line broke off here for a moment and is back. What is written above has been said and \
     heard, and nothing else. Go on where you were; do not begin again.";
const BROKE_OFF: &str = " Your last words broke off where they end above. Begin with a very short apology and say the rest, without \
     repeating what was heard.";
const WAITED: &str = " The callee has been waiting for your answer: begin with a very short apology.";

impl Session {
    /// Another session of the model is open.
    pub(crate) fn voice_is_back(&mut self) {
        let Some(outage) = self.troubles.outage.take() else { return };
        self.troubles.reopened += 1;
        let gap = self.now.saturating_sub(outage.since);
        let met = if outage.before == self.troubles.provider { TroubleMet::Reconnected } else { TroubleMet::OtherVoice };
        info!(order_id = %self.config.order_id, gap_ms = gap.as_millis(), tries = outage.tries, "the model's session is open again");
        self.tell_trouble(outage.what, met, gap);
        self.go_on(Some(outage));
    }

    /// What the model was at: what is to be asked for again, and whether it broke off in the middle of its words. Its audio that
    /// has come is played on.
    pub(super) fn drop_response(&mut self) -> (Option<Ask>, bool) {
        let asked = self.responses.start_afresh();
        let left = self.playback.orphan();
        if let Some(name) = left.mark {
            self.tell_carrier(crate::CarrierCommand::Mark { name });
        }
        self.tell_broken_lines();
        let Some(ask) = asked else { return (None, left.broken) };
        let ask = if left.broken {
            match ask {
                Ask::Opening | Ask::Disclosure | Ask::Goodbye | Ask::Name | Ask::Key | Ask::Message => Some(ask),
                Ask::StillThere | Ask::StillChecking | Ask::OneMoment | Ask::Answer | Ask::PickUp
                    if self.ending.reason().is_some() =>
                {
                    Some(Ask::Goodbye)
                }
                Ask::StillThere | Ask::StillChecking | Ask::OneMoment | Ask::Answer | Ask::PickUp => Some(Ask::PickUp),
            }
        } else if let Some(said) = left.whole {
            // Only that it wanted to hang up may be missing.
            (self.ending.reason().is_none() && words::says_goodbye(&said)).then_some(Ask::Answer)
        } else if self.ending.reason().is_some() && ask != Ask::Goodbye {
            self.goodbye_if_none_was_said(ask);
            None
        } else {
            Some(ask)
        };
        (ask, left.broken)
    }

    /// The callee's turn under way goes with the session. Whether its words are not known: then they are heard again.
    pub(super) fn drop_turn(&mut self) -> bool {
        let speaking = self.turns.model_is_gone();
        let (captions, unknown) = self.transcript.forget_items();
        for caption in captions {
            self.event(caption);
        }
        speaking || unknown
    }

    /// Tells the fresh session what was said, lets it hear what it must still understand, and asks for what is owed.
    pub(super) fn go_on(&mut self, lost: Option<Outage>) {
        self.voice = VoiceLink::Open;
        self.troubles.swap = Swap::begun(self.now);
        self.forget_complaints();
        self.wait_is_over();
        if lost.is_none() {
            self.drop_response();
            self.drop_turn();
        }
        self.stream.callee = CalleeClock::default();
        self.recall(&self.note_for(lost.as_ref()));
        self.asking.session_is_another();
        self.recall_questions();
        self.recall_instructions();
        if self.comes_back_by_us() {
            self.bring_back();
        }
        if self.stream.on() {
            self.replay();
        } else {
            self.forget_replay();
        }
        self.turns.sound(self.now);
        let Some(outage) = lost else { return };
        let first_of_all = |ask: &Ask| matches!(ask, Ask::Opening | Ask::Disclosure | Ask::Goodbye);
        if let Some(ask) = outage.ask.filter(|ask| !outage.unheard || first_of_all(ask)) {
            self.want(ask);
        } else if outage.unheard && self.stream.on() {
            self.troubles.turn_due = Some(self.now + TURN_WAIT);
        }
    }

    fn note_for(&self, lost: Option<&Outage>) -> String {
        let Some(outage) = lost else { return SWAPPED.to_owned() };
        let waited = outage.owed && self.now.saturating_sub(outage.since) >= LONG_WAIT;
        let more = if outage.broke_off {
            BROKE_OFF
        } else if waited {
            WAITED
        } else {
            ""
        };
        format!("{LOST}{more}")
    }

    /// The fresh session heard the callee's last sound and made nothing of it: they are asked to say it again.
    pub(crate) fn turn_due_at(&self) -> Option<Duration> {
        self.troubles.turn_due.filter(|_| self.talking())
    }

    pub(crate) fn turn_is_due(&mut self) {
        self.troubles.turn_due = None;
        let silent = self.responses.idle() && self.responses.wanted().is_none() && self.ending.reason().is_none();
        if silent && !self.turns.callee_has_floor() {
            self.want(Ask::PickUp);
        }
    }

    /// The callee's sound has become a turn.
    pub(crate) fn turn_has_come(&mut self) {
        self.troubles.turn_due = None;
    }
}
