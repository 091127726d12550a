//! The callee speaks while the agent does: when the agent stops for it, and when it does not.
//!
//! A nod ends before the moment at which the agent would stop; speech goes on, and is heard to go on by our own ear. Words that
//! are known earlier than that decide earlier.

use crate::overlap::Said;
use crate::{Session, words};
use std::time::Duration;
use tracing::info;
use types::EndedReason;

/// How soon it is listened again when it was not clear.
const LOOK_EVERY: Duration = Duration::from_millis(40);
/// Whoever speaks now has had so much voice in so much time: a single beat of a loud place is nobody.
const NOW: (Duration, Duration) = (Duration::from_millis(60), Duration::from_millis(200));
/// Speech is voice for at least this share of its time, also through noise; what a loud place has of it is less.
const VOICE_SHARE: u32 = 4;

impl Session {
    /// How long speech must last for the agent to stop; `None` when it does not stop for anything. A goodbye needs more than a
    /// short "bye" in return; one over a silence, less; the one at a limit does not yield.
    fn barge_in_guard(&self) -> Option<Duration> {
        let tuning = &self.tuning;
        match self.ending.reason() {
            None if !self.playback.audible() => Some(tuning.answer_yield_min),
            None if self.disclosure.insists() => Some(tuning.disclosure_barge_in_min),
            None => Some(tuning.barge_in_min),
            Some(EndedReason::TimeLimit | EndedReason::CostLimit | EndedReason::HoldLimit | EndedReason::MenuLimit) => None,
            Some(_) if self.ending.undone() >= tuning.goodbyes_undone_max => None,
            Some(EndedReason::Silence) => Some(tuning.barge_in_min),
            Some(_) => Some(tuning.goodbye_barge_in_min),
        }
    }

    /// The same for one speech, by when it began and what is known of its words.
    fn guard_against(&self, item_id: &str, began: Duration) -> Option<Duration> {
        let busy = self.responses.live() || !self.playback.idle() || self.ending.reason().is_some();
        let guard = self.barge_in_guard().filter(|_| busy && self.talking())?;
        Some(if guard != self.tuning.barge_in_min {
            guard
        } else if self.began_together(began) {
            self.tuning.double_talk_min
        } else if self.nods_so_far(item_id) {
            self.tuning.nods_max
        } else {
            guard
        })
    }

    /// When speech that goes on takes the floor from the agent.
    pub(crate) fn barge_in_at(&self) -> Option<Duration> {
        // A menu's own voice does not stop the keys. Voicemail does not interrupt either; a person who does is known by their words.
        if self.keys.sounding() || self.answered.by() == types::AnsweredBy::Voicemail {
            return None;
        }
        let (item_id, noticed) = self.turns.speaking()?;
        let began = self.stream.hearing.began(noticed);
        let guard = self.guard_against(item_id, began)?;
        Some((began + guard).max(self.turns.look_at()))
    }

    pub(crate) fn barge_in(&mut self) {
        let Some((item_id, noticed)) = self.turns.speaking() else { return };
        let began = self.stream.hearing.began(noticed);
        let Some(guard) = self.guard_against(item_id, began) else { return };
        let item_id = item_id.to_owned();
        if self.playback.audible() && !self.hears_speech(began, guard) {
            return self.turns.look_again_at(self.now + LOOK_EVERY);
        }
        self.barge_in_by(&item_id);
    }

    /// The agent stops in mid-word.
    pub(crate) fn barge_in_by(&mut self, item_id: &str) {
        info!(order_id = %self.config.order_id, "the callee interrupts the agent");
        self.ending.undo();
        if self.responses.wanted() == Some(crate::response::Ask::Goodbye) {
            self.responses.want_nothing();
        }
        if self.playback.audible() {
            self.disclosure.cut_off();
            let began = self.turns.speaking().map(|(_, noticed)| self.stream.hearing.began(noticed));
            let together = began.is_some_and(|began| self.began_together(began));
            self.turns.collided(together);
            self.overlap_interrupts(item_id);
        }
        self.interrupt_agent();
    }

    /// Words alone may stop the agent, before or after the moment at which their sound would. A goodbye only stops for somebody
    /// who wants more than to say it, too.
    pub(crate) fn may_be_stopped_by(&self, said: Said, text: &str) -> bool {
        let guard = self.barge_in_guard().is_some() && !self.disclosure.insists();
        let leaving = self.ending.reason().is_some();
        guard && self.talking() && (!leaving || (said == Said::Stop && !words::says_goodbye(text)))
    }

    /// Both began at about the same time: nobody has heard the other out.
    fn began_together(&self, callee_began: Duration) -> bool {
        self.turns.agent_began().is_some_and(|agent| agent.abs_diff(callee_began) < self.tuning.double_talk)
    }

    /// What goes on is a voice, not a noise and not our own voice. A line that carries nothing at all to our ear tells nothing.
    /// What the model's server takes for speech for long enough is speech, if we hear some voice in it: in a loud place its ear
    /// hears speech where there is none.
    fn hears_speech(&self, began: Duration, guard: Duration) -> bool {
        let (heard, lasted) = (self.heard_of(began), self.now.saturating_sub(began));
        let (voice, within) = NOW;
        let goes_on = heard.last_voice.is_some_and(|at| at >= began + guard);
        let speaking = goes_on && self.heard_of(self.now.saturating_sub(within)).voice >= voice;
        let ours = speaking && heard.voice >= guard / 2 && heard.voice * VOICE_SHARE >= lasted;
        let trusted = lasted >= self.tuning.barge_in_trusted.max(guard)
            && heard.voice >= lasted.mul_f32(self.tuning.barge_in_trusted_voice);
        (heard.blind || ours || trusted) && !self.echoes(began, self.now)
    }
}
