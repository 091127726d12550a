//! On hold: the model hears nothing, which stops its cost, until somebody speaks; then it hears them from a moment before.
//!
//! Held is who was told so (by the model, by a recording, by a person who asks to wait) or who hears music for a while. What is on
//! the line is listened to here, without the model.

use crate::Session;
use crate::io::VoiceCommand;
use crate::playback::{bytes_in, duration_of};
use crate::recorded::Sounds;
use crate::response::Ask;
use bytes::Bytes;
use sounds::g711::SILENCE;
use sounds::line::{LOOK_MS, Listener, Sound};
use std::collections::VecDeque;
use std::time::Duration;
use tracing::info;
use types::{CallEvent, EndedReason};

mod announced;
use announced::Announced;

/// Music for so long is hold music; what plays while somebody walks past a radio is shorter.
const MUSIC_MIN: Duration = Duration::from_millis(3_000);
/// Known to be on hold, and nobody has spoken for so long: the model's hearing is suspended.
const QUIET_MIN: Duration = Duration::from_millis(2_000);
/// Speech for so long, without music, wakes the model; where no music has been heard, less is enough: a person has only stepped aside.
const SPEECH_MIN: Duration = Duration::from_millis(500);
const SPEECH_MIN_ASIDE: Duration = Duration::from_millis(250);
/// What the model hears of the time before it was woken.
const LEAD: Duration = Duration::from_millis(1_500);
/// Woken, and nothing that was said came of it: it was a noise.
const UNHEARD_MAX: Duration = Duration::from_secs(5);
/// After a shorter hold it is the same person.
const SAME_PERSON: Duration = Duration::from_secs(10);
/// Silence that ends what the model's server takes for speech when its hearing is suspended.
const CLOSING_SILENCE: Duration = Duration::from_millis(1_200);
const NEW_PERSON: &str = " It may be somebody new: say who you are and what you want if they cannot know it.";
/// Audio goes to the model in pieces of so many bytes, 100 ms.
const PIECE: usize = 800;

/// Whether one waits, and for what.
#[derive(Debug, Default)]
pub(crate) struct Hold {
    listener: Listener,
    /// Since when.
    since: Option<Duration>,
    /// The model hears nothing.
    suspended: bool,
    /// It was woken then, and it is not known yet by whom.
    woken_at: Option<Duration>,
    /// Music was heard in this hold.
    music_heard: bool,
    /// Without a break, as far as the listener tells; in [`LOOK_MS`].
    music: u64,
    speech: u64,
    /// The last moment with speech.
    last_speech: Duration,
    /// The audio before now.
    lead: VecDeque<Bytes>,
    lead_bytes: u64,
    announced: Announced,
    /// Earlier holds of this call.
    held: Duration,
}

impl Hold {
    pub(crate) fn on(&self) -> bool {
        self.since.is_some()
    }

    /// Nobody is there to be spoken to, and nobody has been woken.
    pub(crate) fn waiting(&self) -> bool {
        self.since.is_some() && self.woken_at.is_none()
    }

    /// Music plays, perhaps not for long.
    pub(crate) fn hears_music(&self) -> bool {
        Duration::from_millis(self.music * LOOK_MS) >= MUSIC_MIN / 3
    }

    /// Everything so far.
    pub(crate) fn held(&self, now: Duration) -> Duration {
        self.held + self.since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }

    /// What the model would hear is kept from it.
    pub(crate) fn suspended(&self) -> bool {
        self.suspended
    }

    /// Holds of this call that are over.
    pub(crate) fn over(&self) -> Duration {
        self.held
    }

    /// What an earlier process has counted.
    pub(crate) fn remember(&mut self, held: Duration) {
        self.held = held;
    }

    fn keep(&mut self, audio: &Bytes) {
        self.lead_bytes += audio.len() as u64;
        self.lead.push_back(audio.clone());
        while let Some(first) = self.lead.front().filter(|first| self.lead_bytes - first.len() as u64 >= bytes_in(LEAD)) {
            self.lead_bytes -= first.len() as u64;
            self.lead.pop_front();
        }
    }
}

impl Session {
    /// Listens to the callee's audio. Whether the model hears it, too.
    pub(crate) fn overhear(&mut self, audio: &Bytes) -> bool {
        if !self.tuning.tells_machines {
            return true;
        }
        let sounds = self.hold.listener.hear(audio);
        for sound in sounds {
            self.notice(sound);
        }
        if self.hold.on() {
            self.hold.announced.follow(audio);
        }
        if self.hold.suspended {
            self.hold.keep(audio);
        }
        if self.hold.suspended && self.somebody_speaks() {
            self.wake();
            // The lead ends with this audio.
            return false;
        }
        !self.hold.suspended
    }

    fn notice(&mut self, sound: Sound) {
        let hold = &mut self.hold;
        match sound {
            Sound::Music => (hold.music, hold.speech) = (hold.music + 1, 0),
            Sound::Speech => {
                if hold.music > 0 {
                    hold.announced.begin();
                }
                (hold.speech, hold.music) = (hold.speech + 1, 0);
                hold.last_speech = self.now;
            }
            // A word's pause is shorter than what is judged at once.
            Sound::Silence | Sound::Tone => (hold.speech, hold.music) = (0, hold.music.saturating_sub(1)),
        }
        let music = Duration::from_millis(hold.music * LOOK_MS) >= MUSIC_MIN;
        if music {
            hold.music_heard |= hold.since.is_some();
            // Nobody answered after all: the music has come back.
            hold.woken_at = None;
        }
        let unheard = self.hold.woken_at.is_some_and(|at| self.now.saturating_sub(at) >= UNHEARD_MAX);
        if unheard && !self.turns.callee_has_floor() && self.responses.wanted().is_none() {
            self.hold.woken_at = None;
        }
        if music && self.may_hold() && self.hold.since.is_none() {
            self.begin_hold("music");
            self.hold.music_heard = true;
        }
        let quiet = self.now.saturating_sub(self.hold.last_speech) >= QUIET_MIN;
        if self.hold.waiting()
            && !self.hold.suspended
            && (music || quiet)
            && self.may_hold()
            && (music || !self.turns.callee_has_floor())
        {
            self.suspend();
        }
    }

    /// Nothing of ours is going on that the model's ears are needed for.
    fn may_hold(&self) -> bool {
        let quiet = self.responses.idle() && self.playback.idle() && !self.keys.busy();
        quiet && self.talking() && self.ending.reason().is_none()
    }

    fn somebody_speaks(&self) -> bool {
        let min = if self.hold.music_heard { SPEECH_MIN } else { SPEECH_MIN_ASIDE };
        Duration::from_millis(self.hold.speech * LOOK_MS) >= min && !self.hold.announced.is_repeat()
    }

    /// One waits from now on. `why`: for the log.
    pub(crate) fn begin_hold(&mut self, why: &'static str) {
        // At a screener it is waited otherwise.
        if self.answered.is_machine() {
            return;
        }
        if self.hold.since.is_some() || !self.stream.on() || self.ending.reason().is_some() || self.closing.is_some() {
            self.hold.woken_at = None;
            return;
        }
        info!(order_id = %self.config.order_id, why, "on hold");
        (self.hold.since, self.hold.woken_at, self.hold.music_heard) = (Some(self.now), None, false);
        self.event(CallEvent::Hold { on: true, since_ms: self.stream.clock_ms(self.now) });
    }

    fn suspend(&mut self) {
        self.hold.suspended = true;
        self.hold.lead.clear();
        self.hold.lead_bytes = 0;
        self.hold.announced.begin();
        // What the server takes for speech ends here, as far as it can hear; nothing of it is answered.
        let silence = Bytes::from_static(&[SILENCE; PIECE]);
        for _ in 0..CLOSING_SILENCE.as_millis() / 100 {
            self.stream.callee.append(self.now, silence.len());
            self.tell_voice(VoiceCommand::AppendAudio(silence.clone()));
        }
        self.turns.forget_speech();
        if self.responses.wanted() == Some(Ask::Answer) || self.responses.wanted() == Some(Ask::StillThere) {
            self.responses.want_nothing();
        }
    }

    /// Somebody speaks: the model hears them from the beginning.
    fn wake(&mut self) {
        info!(order_id = %self.config.order_id, "speech on hold; the model listens again");
        self.hold.suspended = false;
        self.hold.woken_at = Some(self.now);
        self.turns.sound(self.now);
        let lead = std::mem::take(&mut self.hold.lead);
        let mut left = std::mem::take(&mut self.hold.lead_bytes);
        let whole: Vec<u8> = lead.iter().flatten().copied().collect();
        for piece in whole.chunks(PIECE) {
            left = left.saturating_sub(piece.len() as u64);
            self.stream.callee.append(self.now.saturating_sub(duration_of(left)), piece.len());
            self.tell_voice(VoiceCommand::AppendAudio(Bytes::copy_from_slice(piece)));
        }
    }

    /// The callee's words: whether they put us on hold, keep us there, or end it. True if they want no answer.
    pub(crate) fn hold_by_words(&mut self, sounds: Sounds) -> bool {
        match sounds {
            Sounds::Recording => {
                if self.hold.woken_at.is_some() {
                    self.hold.announced.learn();
                }
                self.begin_hold("a recording");
                self.hold.woken_at = None;
                true
            }
            Sounds::PleaseHold => {
                self.begin_hold("asked to wait");
                false
            }
            Sounds::Person | Sounds::Menu => {
                self.end_hold();
                false
            }
            Sounds::Nothing => self.hold.waiting(),
        }
    }

    /// Somebody is there. The model is told how long it took.
    pub(crate) fn end_hold(&mut self) {
        let Some(since) = self.hold.since.take() else { return };
        let lasted = self.now.saturating_sub(since);
        self.hold.held += lasted;
        if self.hold.suspended {
            self.wake();
        }
        self.hold.woken_at = None;
        info!(order_id = %self.config.order_id, held_s = lasted.as_secs(), "not on hold any more");
        self.event(CallEvent::Hold { on: false, since_ms: self.stream.clock_ms(since) });
        if self.talking() && self.ending.reason().is_none() {
            let (minutes, seconds) = (lasted.as_secs() / 60, lasted.as_secs() % 60);
            let who = if lasted < SAME_PERSON { "" } else { NEW_PERSON };
            self.tell_aside(&format!("You were on hold for {minutes} min {seconds} s. A person speaks to you now.{who}"));
        }
    }

    /// When the holding has lasted for as long as it may.
    pub(crate) fn hold_limit_at(&self) -> Option<Duration> {
        let limit = Duration::from_secs(self.config.limits.hold_max_s.min(self.config.limits.call_max_s).into());
        let since = self.hold.since.filter(|_| self.talking() && self.ending.reason().is_none())?;
        Some(since + limit.saturating_sub(self.hold.held))
    }

    pub(crate) fn hold_limit_reached(&mut self) {
        info!(order_id = %self.config.order_id, "on hold for as long as it may be");
        self.cancel_response();
        self.say_goodbye(EndedReason::HoldLimit);
        self.end_hold();
    }
}
