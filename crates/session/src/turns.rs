//! Turns of the callee: who has the floor, when an answer is owed, how long it took, how long nobody has spoken.

use crate::io::{CarrierCommand, VoiceCommand};
use crate::response::Ask;
use crate::{Session, fragments, overlap, words};
use std::time::Duration;
use tracing::info;
use types::EndedReason;

/// Both have begun at the same time so often that it makes no difference any more.
const COLLISIONS_MAX: u32 = 3;
/// A voice that the model's server does not take for speech keeps a line from being silent for so many silences.
const VOICES_MAX: u32 = 3;

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
    /// Speech over our own, and sounds that may be no speech.
    pub(crate) overlaps: overlap::Overlaps,
    /// Whether speech under way is one is asked again then.
    look_at: Duration,
    /// The agent's words that are being heard began then.
    agent_began: Option<Duration>,
    /// How often both have begun at the same time, one time after the other.
    collisions: u32,
    /// The last speech.
    last_item: Option<String>,
    /// The callee's last words ended then, as far as is known.
    last_ended: Duration,
    /// An answer does not begin before.
    answer_at: Option<Duration>,
    /// The callee asked for a moment.
    patient: bool,
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

    /// The speech under way, and when it was noticed.
    pub(crate) fn speaking(&self) -> Option<(&str, Duration)> {
        let speech = self.speech.as_ref().filter(|speech| speech.stopped_at.is_none())?;
        Some((&speech.item_id, speech.since))
    }

    /// It is not listened for a barge-in before.
    pub(crate) fn look_at(&self) -> Duration {
        self.look_at
    }

    pub(crate) fn look_again_at(&mut self, at: Duration) {
        self.look_at = at;
    }

    /// No speech has begun after this one.
    pub(crate) fn is_last(&self, item_id: &str) -> bool {
        self.last_item.as_deref() == Some(item_id)
    }

    /// The agent's words are heard from then on.
    pub(crate) fn agent_begins(&mut self, at: Duration) {
        self.agent_began = Some(at);
    }

    pub(crate) fn agent_began(&self) -> Option<Duration> {
        self.agent_began
    }

    /// The agent was stopped; whether because both had begun at the same time.
    pub(crate) fn collided(&mut self, together: bool) {
        self.collisions = if together { self.collisions + 1 } else { 0 };
    }

    /// The agent was heard out.
    pub(crate) fn agent_was_heard(&mut self) {
        self.collisions = 0;
    }

    /// What was taken for the callee was nobody.
    pub(crate) fn nobody_was_heard(&mut self, before: (bool, bool)) {
        (self.was_heard, self.asked_into_silence) = before;
    }

    /// An answer waits until then.
    pub(crate) fn answer_at(&self) -> Option<Duration> {
        self.answer_at
    }

    pub(crate) fn hold_answer_until(&mut self, at: Duration) {
        self.answer_at = self.answer_at.max(Some(at));
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

    /// What is being said is nobody's who could be answered.
    pub(crate) fn forget_speech(&mut self) {
        self.speech = None;
        self.answer_since = None;
    }

    /// There will be no answer to the callee's last turn.
    pub(crate) fn answer_fails(&mut self) {
        self.answer_since = None;
    }

    /// The model that heard the callee's speech is gone; whether they were speaking.
    pub(crate) fn model_is_gone(&mut self) -> bool {
        self.overlaps = overlap::Overlaps::default();
        self.answer_at = None;
        self.speech.take().is_some()
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
        self.turn_has_come();
        let began = self.stream.callee.arrival(self.now, audio_start_ms);
        if self.hold.suspended() {
            // A late word of the model's server on what it heard before.
            return self.transcript.begin_callee(&item_id, self.stream.clock_ms(began));
        }
        let before = (self.turns.was_heard, self.turns.asked_into_silence);
        self.overlap_begins(&item_id, self.stream.hearing.began(self.now), before);
        self.answered.callee_begins();
        self.turns.heard_callee(self.now);
        self.keys.callee_heard();
        self.turns.answer_since = None;
        self.turns.answer_at = None;
        self.turns.patient = false;
        self.turns.look_at = self.now;
        self.turns.last_item = Some(item_id.clone());
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
        let length = now - speech.since;
        self.answered.callee_spoke(length);
        self.turns.heard_callee(now);
        self.turns.answer_since = (!agent_active).then_some(ended);
        self.turns.last_ended = ended;
        self.overlap_stops(item_id, ended);
    }

    pub(crate) fn on_speech_committed(&mut self, item_id: String, previous: Option<&str>) {
        if !self.stream.on() || self.closing.is_some() {
            return;
        }
        let now_ms = self.stream.clock_ms(self.now);
        self.turn_has_come();
        self.transcript.commit_callee(&item_id, previous, now_ms);
        let speech = self.turns.speech.take_if(|speech| speech.item_id == item_id);
        let lasted = speech.as_ref().map_or(Duration::ZERO, |speech| self.now.saturating_sub(speech.since));
        // What a menu was saying when a key was pressed is answered by the key.
        let answered = speech.is_some_and(|speech| self.keys.came_before(speech.since)) && self.menus.at_machine();
        if answered || self.keys.busy() || self.hold.suspended() {
            return;
        }
        if self.ending.reason().is_some() {
            return;
        }
        if self.is_taken_over() {
            self.turns.answer_fails();
            return;
        }
        // At voicemail the beep itself may be taken for speech.
        if self.answered.leaves_message() || !self.overlap_is_answered(&item_id) {
            return;
        }
        if !self.transcript.text_of(&item_id).chars().any(char::is_alphanumeric) {
            self.await_words(&item_id, lasted);
        }
        // A fragment was being answered and the rest has come: the whole is answered instead.
        if self.responses.live_without_audio() {
            self.cancel_response();
        }
        self.turns.last_item = Some(item_id.clone());
        self.wait_after_collisions();
        self.wait_for_the_rest(&item_id);
        self.want(Ask::Answer);
    }

    pub(crate) fn on_callee_text(&mut self, item_id: &str, text: &str, done: bool) {
        let now_ms = self.stream.clock_ms(self.now);
        if let Some(caption) = self.transcript.callee_text(item_id, text, done, now_ms) {
            self.event(caption);
            if done {
                self.heed_words(item_id, text);
            }
        }
        if let Some(began_ms) = self.transcript.callee_began_ms(item_id) {
            let began = self.stream.started_at().unwrap_or_default() + Duration::from_millis(began_ms);
            self.on_callee_words(text, began, done);
        }
        self.overlap_words(item_id, done);
        self.wait_for_the_rest(item_id);
        if done && self.turns.is_last(item_id) {
            self.turns.patient = fragments::asks_for_a_moment(self.transcript.text_of(item_id));
        }
    }

    /// An answer that is held back is wanted at that moment.
    pub(crate) fn answer_held_at(&self) -> Option<Duration> {
        self.turns.answer_at
    }

    pub(crate) fn answer_is_free(&mut self) {
        self.turns.answer_at = None;
    }

    /// The answer that is owed or under way is not given after all. Only what nobody has heard of can be taken back.
    pub(crate) fn take_answer_back(&mut self) {
        if self.responses.live_without_audio() {
            self.cancel_response();
        }
        if self.responses.wanted() == Some(Ask::Answer) {
            self.responses.want_nothing();
        }
    }

    /// The callee has not finished, by their words: what would be answered now is only a part. Words that are known too late,
    /// when the answer is on the line, change nothing.
    fn wait_for_the_rest(&mut self, item_id: &str) {
        let pending = self.responses.live_without_audio() || self.responses.wanted() == Some(Ask::Answer);
        let fresh = self.turns.is_last(item_id) && self.turns.speech.is_none() && self.ending.reason().is_none();
        if !fresh || !fragments::is_unfinished(self.transcript.text_of(item_id)) {
            return;
        }
        let until = self.turns.last_ended + self.tuning.fragment_wait;
        if until <= self.now {
            return;
        }
        self.turns.hold_answer_until(until);
        if pending && self.responses.live_without_audio() {
            self.cancel_response();
            self.want(Ask::Answer);
        }
    }

    /// Who has begun at the same time as the other waits longer the next time, so that they do not do it again.
    fn wait_after_collisions(&mut self) {
        let times = self.turns.collisions.saturating_sub(1).min(COLLISIONS_MAX);
        if times > 0 {
            self.turns.hold_answer_until(self.turns.last_ended + self.tuning.double_talk_wait * times);
        }
    }

    /// Speech that stopped and never became an item gives the floor back.
    pub(crate) fn commit_overdue_at(&self) -> Option<Duration> {
        self.turns.speech.as_ref().and_then(|speech| speech.stopped_at).map(|at| at + self.tuning.commit_max)
    }

    pub(crate) fn commit_overdue(&mut self) {
        let speech = self.turns.speech.take();
        self.turns.answer_since = None;
        if let Some(speech) = speech {
            self.overlap_came_to_nothing(&speech.item_id);
        }
    }

    /// When nobody has spoken for too long.
    pub(crate) fn silence_at(&self) -> Option<Duration> {
        let limit = Duration::from_secs(u64::from(self.config.limits.silence_timeout_s));
        // Somebody who asked for a moment has it, and a line on which a voice is heard is not silent, whatever it says.
        let limit = if self.turns.patient { limit.max(self.tuning.patience) } else { limit };
        let talking = self.stream.hearing.talking_at().unwrap_or(Duration::ZERO);
        let last_sound = self.turns.last_sound.max(talking.min(self.turns.last_sound + limit * VOICES_MAX));
        (self.nobody_speaks() && !self.asking.is_open()).then(|| last_sound + limit)
    }

    /// Both sides could speak, and neither does or is about to. Never while the user speaks in the agent's place.
    pub(crate) fn nobody_speaks(&self) -> bool {
        let quiet = self.responses.idle() && self.responses.wanted().is_none() && self.playback.idle();
        let waiting = self.talking() && self.ending.reason().is_none() && !self.turns.callee_has_floor();
        quiet && waiting && !self.is_taken_over() && !self.hold.on() && !self.answered.is_machine()
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
        self.stream.hearing.cut(self.now);
        for cut in self.playback.cut(self.now) {
            if cut.item.is_tones {
                self.keys_failed("they were cut off");
                continue;
            }
            let whole = cut.item.audio_done && cut.heard == cut.item.queued && !cut.item.broken;
            if cut.item.foreign && !whole && cut.item.line.is_some() {
                let heard = words::share(&cut.item.text, cut.heard, cut.item.whole()).to_owned();
                self.recall_cut(&cut.item.text, &heard);
            } else if cut.item.queued > 0 && !whole && !cut.item.foreign {
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
