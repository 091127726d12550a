//! The user speaks with the callee in the agent's place, and hands back.
//!
//! The agent falls silent at once and the model is asked for nothing; it goes on hearing the callee, so that the transcript goes
//! on. The user's voice goes straight to the carrier; the record has when it was ([`crate::user_voice`]).

use crate::Session;
use crate::io::{CarrierCommand, VoiceCommand};
use crate::response::Ask;
use bytes::Bytes;
use std::time::Duration;
use tracing::info;
use types::{CallEvent, QuestionEnd, briefing};

/// The largest piece of audio that one message to the carrier has, bytes.
const PIECE_BYTES_MAX: usize = 800;

/// The user has the call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TakenOver {
    since: Duration,
    /// The last audio of the user, or the moment of taking over.
    heard_at: Duration,
    /// The user's line broke off then.
    lost_at: Option<Duration>,
}

impl Session {
    /// Whether the user speaks in the agent's place.
    pub fn is_taken_over(&self) -> bool {
        self.taken_over.is_some()
    }

    /// Whether the user can take the call over now: both sides can talk, and nobody has it yet, or who had it is gone.
    pub fn can_be_taken_over(&self) -> bool {
        self.talking() && self.taken_over.is_none_or(|taken| taken.lost_at.is_some())
    }

    pub(crate) fn on_take_over(&mut self) {
        if !self.can_be_taken_over() {
            return;
        }
        if let Some(taken) = &mut self.taken_over {
            (taken.heard_at, taken.lost_at) = (self.now, None);
            return;
        }
        info!(order_id = %self.config.order_id, "the user takes the call over");
        self.close_question(QuestionEnd::TakenOver, None);
        self.interrupt_agent();
        self.responses.want_nothing();
        self.ending.drop();
        self.turns.answer_fails();
        self.taken_over = Some(TakenOver { since: self.now, heard_at: self.now, lost_at: None });
        self.event(CallEvent::TakenOver { on: true });
    }

    /// The user's voice passes to the callee. What has piled up on its way is thrown away, so that nobody talks into the past.
    pub(crate) fn on_user_audio(&mut self, mut audio: Bytes) {
        let talking = self.talking();
        let Some(taken) = self.taken_over.as_mut().filter(|_| talking && !audio.is_empty()) else { return };
        (taken.heard_at, taken.lost_at) = (self.now, None);
        let most = usize::try_from(crate::playback::bytes_in(self.tuning.user_lead_max)).unwrap_or(usize::MAX);
        if audio.len() > most {
            audio = audio.split_off(audio.len() - most);
        }
        let ahead = self.playback.play_end().saturating_sub(self.now);
        if ahead + crate::playback::duration_of(audio.len() as u64) > self.tuning.user_lead_max {
            self.tell_carrier(CarrierCommand::Clear);
            drop(self.playback.cut(self.now));
        }
        while !audio.is_empty() {
            let piece = audio.split_to(audio.len().min(PIECE_BYTES_MAX));
            self.listen_to_user(self.playback.play_end().max(self.now), &piece);
            self.playback.pass(self.now, piece.len() as u64);
            self.tell_carrier(CarrierCommand::Audio(piece));
        }
        self.turns.sound(self.now);
    }

    /// The user's line broke off; it may come back.
    pub(crate) fn on_user_lost(&mut self) {
        let now = self.now;
        if let Some(taken) = &mut self.taken_over {
            taken.lost_at.get_or_insert(now);
        }
    }

    pub(crate) fn on_hand_back(&mut self) {
        self.hand_back(false);
    }

    /// When a user who is gone, or sends nothing any more, is waited for no longer.
    pub(crate) fn user_gone_at(&self) -> Option<Duration> {
        let taken = self.taken_over.filter(|_| self.closing.is_none())?;
        let silent = taken.heard_at + self.tuning.user_silent_max;
        Some(taken.lost_at.map_or(silent, |at| silent.min(at + self.tuning.user_grace)))
    }

    pub(crate) fn user_gone(&mut self) {
        self.hand_back(true);
    }

    fn hand_back(&mut self, lost: bool) {
        let Some(taken) = self.taken_over.take() else { return };
        info!(order_id = %self.config.order_id, lost, "the agent has the call again");
        self.user_is_silent();
        self.event(CallEvent::TakenOver { on: false });
        let text = briefing::hand_back((self.now - taken.since).as_secs(), lost);
        self.tell_voice(VoiceCommand::Note { text });
        self.turns.sound(self.now);
        self.want(Ask::Answer);
    }

    /// A call that is being closed is nobody's any more.
    pub(crate) fn drop_take_over_at_end(&mut self) {
        if self.closing.is_some() && self.taken_over.take().is_some() {
            self.user_is_silent();
            self.event(CallEvent::TakenOver { on: false });
        }
    }
}
