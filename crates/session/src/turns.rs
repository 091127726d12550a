//! Turns of the callee: who has the floor, when an answer is owed, how long it took, how long nobody has spoken.

use crate::Session;
use crate::io::{CarrierCommand, VoiceCommand};
use crate::response::Ask;
use std::time::Duration;
use tracing::info;
use types::EndedReason;

/// The callee's speech under way.
#[derive(Debug)]
struct Speech {
    item_id: String,
    since: Duration,
    stopped_at: Option<Duration>,
}

/// Who speaks, and what follows from it.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    speech: Option<Speech>,
    /// The callee stopped then, and our answer is measured from it.
    answer_since: Option<Duration>,
    /// Too short to be speech, over our own audio; it is answered only if it turns out to have words.
    perhaps_noise: Option<String>,
    last_sound: Duration,
    /// The callee has been heard at all.
    was_heard: bool,
    /// The agent has asked into the silence and has not been answered.
    asked_into_silence: bool,
}

impl Turns {
    /// The callee speaks, or has just spoken and the model has not taken it in yet.
    pub(crate) fn callee_has_floor(&self) -> bool {
        self.speech.is_some()
    }

    /// Since when the callee has been speaking.
    pub(crate) fn speaking_since(&self) -> Option<Duration> {
        self.speech.as_ref().filter(|speech| speech.stopped_at.is_none()).map(|speech| speech.since)
    }

    /// The last moment at which either side was heard, or the stream's beginning.
    pub(crate) fn last_sound(&self) -> Duration {
        self.last_sound
    }

    pub(crate) fn sound(&mut self, now: Duration) {
        self.last_sound = now;
    }

    pub(crate) fn heard_callee(&mut self, now: Duration) {
        self.last_sound = now;
        self.was_heard = true;
        self.asked_into_silence = false;
    }

    /// Whether the callee, or a recording in their place, has been heard at all.
    pub(crate) fn was_heard(&self) -> bool {
        self.was_heard
    }

    /// The agent asks into the silence; whether it had asked before.
    pub(crate) fn asked_again(&mut self) -> bool {
        std::mem::replace(&mut self.asked_into_silence, true)
    }

    /// There will be no answer to the callee's last turn.
    pub(crate) fn answer_fails(&mut self) {
        self.answer_since = None;
    }

    /// The answer's first audio goes out: since when it was waited for.
    pub(crate) fn answer_begins(&mut self) -> Option<Duration> {
        self.answer_since.take()
    }
}

impl Session {
    pub(crate) fn on_speech_started(&mut self, item_id: String, audio_start_ms: u64) {
        if !self.stream.on() || self.turns.speech.as_ref().is_some_and(|speech| speech.item_id == item_id) {
            return;
        }
        let began = self.stream.callee.arrival(self.now, audio_start_ms);
        self.turns.heard_callee(self.now);
        self.keys.callee_heard();
        self.turns.answer_since = None;
        self.transcript.begin_callee(&item_id, self.stream.clock_ms(began));
        self.turns.speech = Some(Speech { item_id, since: self.now, stopped_at: None });
    }

    pub(crate) fn on_speech_stopped(&mut self, item_id: &str, audio_end_ms: u64) {
        let (now, agent_active) = (self.now, self.playback.audible() || self.responses.live());
        let silence_ms = u64::try_from(self.tuning.endpoint_silence.as_millis()).unwrap_or(u64::MAX);
        let ended = self.stream.callee.arrival(now, audio_end_ms.saturating_sub(silence_ms));
        self.transcript.callee_stopped(item_id, self.stream.clock_ms(ended));
        let Some(speech) = self.turns.speech.as_mut().filter(|speech| speech.item_id == item_id) else { return };
        if speech.stopped_at.replace(now).is_some() {
            return;
        }
        if agent_active && now - speech.since < self.tuning.barge_in_min {
            self.turns.perhaps_noise = Some(item_id.to_owned());
        }
        self.turns.heard_callee(now);
        self.turns.answer_since = (!agent_active).then_some(ended);
    }

    pub(crate) fn on_speech_committed(&mut self, item_id: String) {
        if !self.stream.on() || self.closing.is_some() {
            return;
        }
        let now_ms = self.stream.clock_ms(self.now);
        self.transcript.begin_callee(&item_id, now_ms);
        let speech = self.turns.speech.take_if(|speech| speech.item_id == item_id);
        let lasted = speech.as_ref().map_or(Duration::ZERO, |speech| self.now.saturating_sub(speech.since));
        // What a menu was saying when a key was pressed is answered by the key.
        let answered = speech.is_some_and(|speech| self.keys.came_before(speech.since)) && self.menus.at_machine();
        if answered || self.keys.busy() {
            return;
        }
        if self.ending.reason().is_some() {
            return;
        }
        if self.turns.perhaps_noise.as_ref() == Some(&item_id) && !self.transcript.has_words(&item_id) {
            return;
        }
        self.turns.perhaps_noise = None;
        if !self.transcript.has_words(&item_id) {
            self.await_words(&item_id, lasted);
        }
        // A fragment was being answered and the rest has come: the whole is answered instead.
        if self.responses.live_without_audio() {
            self.cancel_response();
        }
        self.want(Ask::Answer);
    }

    pub(crate) fn on_callee_text(&mut self, item_id: &str, text: &str, done: bool) {
        let now_ms = self.stream.clock_ms(self.now);
        if let Some(caption) = self.transcript.callee_text(item_id, text, done, now_ms) {
            self.event(caption);
            if done {
                self.weigh_words(item_id, text);
            }
        }
        let noise = self.turns.perhaps_noise.as_deref() == Some(item_id);
        if noise && self.transcript.has_words(item_id) && !self.turns.callee_has_floor() {
            self.turns.perhaps_noise = None;
            if self.closing.is_none() && self.ending.reason().is_none() {
                self.want(Ask::Answer);
            }
        }
    }

    /// Speech that stopped and never became an item gives the floor back.
    pub(crate) fn commit_overdue_at(&self) -> Option<Duration> {
        self.turns.speech.as_ref().and_then(|speech| speech.stopped_at).map(|at| at + self.tuning.commit_max)
    }

    pub(crate) fn commit_overdue(&mut self) {
        self.turns.speech = None;
        self.turns.answer_since = None;
    }

    /// When nobody has spoken for too long.
    pub(crate) fn silence_at(&self) -> Option<Duration> {
        let quiet = self.responses.idle() && self.responses.wanted().is_none() && self.playback.idle();
        let waiting = self.talking() && self.ending.reason().is_none() && !self.turns.callee_has_floor();
        let limit = Duration::from_secs(u64::from(self.config.limits.silence_timeout_s));
        (quiet && waiting).then(|| self.turns.last_sound + limit)
    }

    pub(crate) fn silence_due(&mut self) {
        self.turns.sound(self.now);
        if self.silence_after_keys() {
            return;
        }
        if self.turns.asked_into_silence {
            info!(order_id = %self.config.order_id, "nobody speaks; saying goodbye");
            self.say_goodbye(EndedReason::Silence);
        } else {
            self.turns.asked_into_silence = true;
            self.want(Ask::StillThere);
        }
    }

    /// Stops the agent in mid-word: what is at the carrier, what is queued, what the model still makes. The model forgets what
    /// was not heard; the transcript keeps both.
    pub(crate) fn interrupt_agent(&mut self) {
        if self.playback.needs_clear(self.now) {
            self.tell_carrier(CarrierCommand::Clear);
        }
        self.cancel_response();
        for cut in self.playback.cut(self.now) {
            if cut.item.is_tones {
                self.keys_failed("they were cut off");
                continue;
            }
            let whole = cut.item.audio_done && cut.heard == cut.item.queued;
            if cut.item.queued > 0 && !whole {
                let audio_end_ms = cut.heard / 8;
                let (item_id, content_index) = (cut.item.item_id.clone(), cut.item.content_index);
                self.tell_voice(VoiceCommand::Truncate { item_id, content_index, audio_end_ms });
            }
            let now_ms = self.stream.clock_ms(self.now);
            if let Some(caption) = self.transcript.agent_cut(&cut, whole, now_ms) {
                self.event(caption);
            }
        }
        self.turns.sound(self.now);
    }
}
