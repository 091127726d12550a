//! How a call opens: first the model's session, then the dialling, then the callee's first words, then ours.

use crate::Session;
use crate::io::Output;
use crate::response::Ask;
use crate::trouble::Trouble;
use std::time::Duration;
use tracing::{info, warn};
use types::{Briefing, CallStage, EndedReason, briefing, language};

/// Openings that came to nothing, one after the other, before the model counts as lost.
const EMPTY_OPENERS_MAX: u32 = 3;

/// In English; the opening and the disclosure stand in the briefing.
pub(crate) const ENGLISH: language::Phrases = language::Phrases {
    disclosure: "Hello, this is an AI assistant calling on behalf of {caller}.",
    recorded: ", and this call is recorded",
    nobody: "one of our users",
    still_there: "Hello, are you still there?",
    nobody_heard: "I can't hear you, so I will hang up now. Goodbye.",
    time_is_over: "I am sorry, I have to end the call now. Thank you, and goodbye.",
    goodbye: "Thank you very much for your help. Goodbye.",
    lost_you: "I am sorry, I lost you for a moment.",
    say_again: "Could you say that again, please?",
    one_moment: "One moment, please, I am just checking.",
    still_checking: "I am still checking, one moment please.",
    wait_a_moment: "One moment, please.",
};

/// The model's session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VoiceLink {
    /// Asked for.
    Opening,
    /// Configured and listening.
    Open,
    /// Lost; another one is awaited.
    Lost,
    /// Given up; or given back at the end.
    Gone,
}

/// The words for one response, in place of the briefing; none when the briefing is to be followed.
pub(crate) fn instructions(ask: Ask, known: &Briefing, ending: Option<EndedReason>) -> Option<String> {
    let told = known.language.as_deref().and_then(language::phrases).unwrap_or(&ENGLISH);
    let words = match ask {
        // Both are told aside what is to be done, and may call tools.
        Ask::Answer | Ask::Key => return None,
        Ask::Opening => known.opening.as_str(),
        Ask::Disclosure => known.disclosure(),
        Ask::StillThere => told.still_there,
        Ask::OneMoment => told.one_moment,
        Ask::StillChecking => told.still_checking,
        Ask::PickUp => told.lost_you,
        Ask::Name => known.opening.as_str(),
        Ask::Message => return Some(briefing::say_exactly(&known.message())),
        Ask::Goodbye => match ending {
            Some(EndedReason::Silence) => told.nobody_heard,
            Some(EndedReason::TimeLimit | EndedReason::CostLimit | EndedReason::HoldLimit | EndedReason::MenuLimit) => {
                told.time_is_over
            }
            Some(
                EndedReason::AgentHungUp
                | EndedReason::CalleeHungUp
                | EndedReason::MachineAnswered
                | EndedReason::UserHungUp
                | EndedReason::NotConnected
                | EndedReason::CarrierRefused
                | EndedReason::CarrierLost
                | EndedReason::VoiceLost
                | EndedReason::Shutdown,
            )
            | None => told.goodbye,
        },
    };
    Some(briefing::say_exactly(words))
}

impl Session {
    pub(crate) fn begin(&mut self) {
        self.outputs.push_back(Output::OpenVoice { provider: self.troubles.provider, beside: false });
        self.reach(CallStage::Queued);
    }

    pub(crate) fn on_voice_ready(&mut self) {
        if self.closing.is_some() {
            return;
        }
        match self.voice {
            VoiceLink::Opening => {}
            VoiceLink::Lost => return self.voice_is_back(),
            VoiceLink::Open | VoiceLink::Gone => return,
        }
        self.voice = VoiceLink::Open;
        self.voice_begins();
        info!(order_id = %self.config.order_id, "the model's session is open");
        if self.call.asked() {
            self.recall_after_resume();
            self.bring_back();
            self.recall_questions();
        } else {
            self.dial();
        }
        self.recall_instructions();
    }

    pub(crate) fn on_voice_lost(&mut self, trouble: Trouble, message: String) {
        if self.closing.is_some() {
            self.voice = VoiceLink::Gone;
            return;
        }
        match self.voice {
            VoiceLink::Gone => {}
            VoiceLink::Lost => self.reopening_failed(trouble, message),
            VoiceLink::Opening if !self.call.asked() => self.first_voice_lost(message),
            VoiceLink::Opening | VoiceLink::Open => self.lose_voice(trouble, message),
        }
    }

    /// Nothing has been dialled: the other model is tried, if there is one.
    fn first_voice_lost(&mut self, message: String) {
        warn!(order_id = %self.config.order_id, cause = %message, "the model's session is lost");
        if self.take_second_voice() {
            return;
        }
        self.voice = VoiceLink::Gone;
        self.nothing_was_dialled(EndedReason::VoiceLost, format!("the realtime model could not be reached: {message}"));
    }

    pub(crate) fn voice_overdue_at(&self) -> Option<Duration> {
        let waiting = self.voice == VoiceLink::Opening && self.closing.is_none();
        waiting.then(|| self.survival.resumed_at().max(self.voice_asked_at()) + self.tuning.voice_open_max)
    }

    pub(crate) fn voice_overdue(&mut self) {
        self.outputs.push_back(Output::CloseVoice);
        self.on_voice_lost(Trouble::Connection, "its session did not open in time".to_owned());
    }

    /// When the agent speaks first because the callee is silent. The callee's first turn comes before that. Silence on hold,
    /// after a recording, is no reason to speak.
    pub(crate) fn opener_at(&self) -> Option<Duration> {
        let quiet = self.responses.idle() && self.responses.wanted().is_none() && self.playback.idle();
        let due = self.disclosure.due() && self.ending.reason().is_none();
        let waits = self.config.briefing.waits_on_hold() && self.turns.was_heard();
        let holding = waits
            || self.menus.at_machine()
            || self.keys.busy()
            || self.keys.unanswered()
            || self.hold.on()
            || self.hold.hears_music()
            || self.answered.is_machine();
        (due && quiet && !holding && !self.is_taken_over() && self.talking() && !self.turns.callee_has_floor())
            .then(|| self.turns.last_sound() + self.tuning.opener_silence)
    }

    pub(crate) fn opener_due(&mut self) {
        if let Some(ask) = self.disclosure_first(Ask::StillThere) {
            self.want(ask);
        }
    }

    /// A response ended without a word. If it should have opened the call it is asked for again, but not for ever.
    pub(crate) fn opener_stayed_empty(&mut self, ask: Ask) {
        if ask == Ask::Message {
            return self.message_stayed_empty();
        }
        if !matches!(ask, Ask::Opening | Ask::Disclosure) {
            return;
        }
        self.turns.sound(self.now);
        if self.disclosure.stayed_empty() >= EMPTY_OPENERS_MAX {
            self.close(EndedReason::VoiceLost, Some("the realtime model did not say the opening".to_owned()));
        }
    }
}
