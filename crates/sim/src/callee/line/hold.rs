//! What a line plays before anybody answers: an announcement, music, the announcement's reminder, music …

use super::super::music::music;
use super::{Job, Line, Spoken, TICK_MS, Tick};
use std::collections::VecDeque;
use std::time::Duration;
use types::Speaker;
use wire::g711::SILENCE;
use wire::media::FRAME_BYTES;

const WELCOME: &str = "Thank you for calling Pacific Telephone. All of our agents are busy right now. Please stay on the line.";
const REMINDER: &str = "Your call is important to us. Please stay on the line, and somebody will be with you shortly.";
/// Music between two announcements.
const MUSIC_MS: u64 = 5_000;
/// Music shorter than this is left out.
const MUSIC_MS_MIN: u64 = 2_000;
/// Between announcement, music and person.
const GAP_MS: u64 = 1_000;
/// Nobody is kept on hold for longer.
const HOLD_MAX: Duration = Duration::from_secs(600);

/// A line on which nobody has answered yet.
pub(super) struct Hold {
    ends_ms: u64,
    announces_next: bool,
    announced: bool,
    /// The announcement whose audio is being made.
    waits: Option<&'static str>,
    audio: VecDeque<u8>,
    line: Option<usize>,
}

impl Hold {
    /// The hold behind a menu: it begins with music.
    pub(super) fn after_menu(now_ms: u64, time: Duration) -> Self {
        let hold = Self::new(time);
        Self { ends_ms: now_ms + hold.ends_ms, announces_next: false, announced: true, ..hold }
    }

    pub(super) fn new(time: Duration) -> Self {
        let ends_ms = u64::try_from(time.min(HOLD_MAX).as_millis()).unwrap_or(0);
        Self { ends_ms, announces_next: true, announced: false, waits: None, audio: VecDeque::new(), line: None }
    }

    /// The audio, and a gap after it.
    fn play(&mut self, audio: Vec<u8>) {
        self.audio = audio.into();
        self.audio.extend(std::iter::repeat_n(SILENCE, usize::try_from(GAP_MS).unwrap_or(0) * 8));
    }
}

impl Line {
    /// 20 ms on hold. A recording does not listen: what the agent says meanwhile is noted and not answered.
    pub(super) fn hold_tick(&mut self) -> Tick {
        let mut tick = Tick { frame: [SILENCE; FRAME_BYTES], begins: false, ends: false, hangs_up: false, digit: None };
        self.unanswered = None;
        let now = self.clock_ms;
        let Some(hold) = &mut self.hold else { return tick };
        if hold.audio.is_empty() && hold.waits.is_none() {
            let left = hold.ends_ms.saturating_sub(now);
            if hold.announced && left < MUSIC_MS_MIN {
                self.hold = None;
                let greeting = self.script.greeting();
                self.say(greeting);
                return tick;
            }
            hold.line = None;
            if hold.announces_next {
                let text = if hold.announced { REMINDER } else { WELCOME };
                (hold.waits, hold.announced, hold.announces_next) = (Some(text), true, false);
                self.mind.begin(Job::Say { text: text.into(), voice: speech::Voice::Bright }, self.done_tx.clone());
                return tick;
            }
            hold.play(music(left.min(MUSIC_MS)));
            hold.announces_next = true;
        }
        let taken = hold.audio.len().min(FRAME_BYTES);
        for (to, from) in tick.frame.iter_mut().zip(hold.audio.drain(..taken)) {
            *to = from;
        }
        let gap = usize::try_from(GAP_MS).unwrap_or(0) * 8;
        if let Some(line) = hold.line.and_then(|line| self.lines.get_mut(line)).filter(|_| hold.audio.len() >= gap) {
            line.end_ms = now;
        }
        tick
    }

    /// A machine's words begin with the next tick.
    pub(super) fn keep_callee(&mut self, text: String) -> Option<usize> {
        let start_ms = self.clock_ms + TICK_MS;
        self.keep(Spoken { speaker: Speaker::Callee, text, start_ms, end_ms: start_ms, interrupted: false })
    }

    /// The announcement's audio has come.
    pub(super) fn announce(&mut self, audio: Vec<u8>) {
        let Some(text) = self.hold.as_mut().and_then(|hold| hold.waits.take()) else { return };
        let line = self.keep_callee(text.into());
        if let Some(hold) = &mut self.hold {
            hold.line = line;
            hold.play(audio);
        }
    }
}
