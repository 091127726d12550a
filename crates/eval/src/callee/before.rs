//! What is heard before a person answers: recordings, music, tones, menus.

use super::recorder::Recorder;
use crate::line::{FRAME, SPEECH_RMS};
use crate::scenario::{Callee, Menu, Segment};
use crate::senses::Senses;
use indexmap::IndexMap;
use sim::offline::{Spoken, music};
use sounds::g711;
use speech::Voice;
use std::collections::VecDeque;
use std::f32::consts::TAU;
use std::sync::Arc;
use std::time::Duration;
use types::Speaker;

/// Where a key leads that reaches a person, or the end of the call.
const PERSON: &str = "person";
const HANG_UP: &str = "hang_up";
/// After a recorded voice, milliseconds.
const GAP_MS: usize = 400;
/// From the key that leads to a person to that person.
const CONNECTS_MS: usize = 800;
/// The tone of an answering machine.
const BEEP_HZ: f32 = 1_000.0;
/// The tone of a fax machine that answers.
const FAX_HZ: f32 = 2_100.0;

/// What 20 ms bring.
pub(super) enum Step {
    Sounds(Box<[f32; FRAME]>),
    Person,
    HangsUp,
}

pub(super) struct Before {
    segments: VecDeque<Segment>,
    menus: IndexMap<String, Menu>,
    senses: Arc<dyn Senses>,
    audio: VecDeque<f32>,
    menu: Option<AtMenu>,
    recorder: Option<Recorder>,
}

/// A menu that waits for a key.
struct AtMenu {
    name: String,
    prompts: u32,
    key_until: Option<Duration>,
}

impl Before {
    pub(super) fn new(callee: &Callee, senses: Arc<dyn Senses>) -> Self {
        Self {
            segments: callee.before.iter().cloned().collect(),
            menus: callee.menus.clone(),
            senses,
            audio: VecDeque::new(),
            menu: None,
            recorder: None,
        }
    }

    /// 20 ms, in which this and these keys were heard.
    pub(super) fn tick(&mut self, now: Duration, heard: &[u8], keys: &[char], lines: &mut Vec<Spoken>) -> Step {
        if let Some(recorder) = &mut self.recorder {
            recorder.record(heard, lines);
        }
        for key in keys {
            if let Some(step) = self.press(*key, now, lines) {
                return step;
            }
        }
        if self.audio.is_empty()
            && let Some(step) = self.go_on(now, lines)
        {
            return step;
        }
        let mut frame = Box::new([0.0; FRAME]);
        let taken = self.audio.len().min(FRAME);
        frame.iter_mut().zip(self.audio.drain(..taken)).for_each(|(to, from)| *to = from);
        Step::Sounds(frame)
    }

    /// The caller has hung up.
    pub(super) fn finish(&mut self, lines: &mut Vec<Spoken>) {
        if let Some(recorder) = &mut self.recorder {
            recorder.finish(lines);
        }
    }

    /// What comes when nothing sounds.
    fn go_on(&mut self, now: Duration, lines: &mut Vec<Spoken>) -> Option<Step> {
        if let Some(mut at) = self.menu.take() {
            let menu = self.menus.get(&at.name)?.clone();
            let until = *at.key_until.get_or_insert(now + Duration::from_secs_f64(menu.wait_s));
            if now >= until {
                if at.prompts >= menu.prompts_max {
                    return Some(Step::HangsUp);
                }
                at.prompts += 1;
                at.key_until = None;
                self.say(&menu.prompt, now, lines);
            }
            self.menu = Some(at);
            return None;
        }
        let tone = |hz: f32, ms: usize| -> VecDeque<f32> {
            (0..ms * 8).map(|n| SPEECH_RMS * 1.4 * (TAU * hz * n as f32 / 8_000.0).sin()).collect()
        };
        let ms = |s: f64| (s * 1_000.0) as usize;
        match self.segments.pop_front() {
            None => return Some(Step::Person),
            Some(Segment::HangUp(true)) => return Some(Step::HangsUp),
            Some(Segment::HangUp(false)) => {}
            Some(Segment::Say(words)) => self.say(&words, now, lines),
            Some(Segment::MusicS(s)) => {
                self.audio = music(ms(s) as u64).into_iter().map(|byte| f32::from(g711::decode_sample(byte))).collect();
            }
            Some(Segment::SilenceS(s)) => self.audio = std::iter::repeat_n(0.0, ms(s) * 8).collect(),
            Some(Segment::BeepMs(ms)) => self.audio = tone(BEEP_HZ, ms as usize),
            Some(Segment::FaxS(s)) => self.audio = tone(FAX_HZ, ms(s)),
            Some(Segment::RecordS(s)) => {
                self.audio = std::iter::repeat_n(0.0, ms(s) * 8).collect();
                self.recorder = Some(Recorder::new(now, Arc::clone(&self.senses)));
                self.segments = [Segment::HangUp(true)].into();
            }
            Some(Segment::Menu(name)) => self.enter(name, now, lines),
        }
        None
    }

    fn enter(&mut self, name: String, now: Duration, lines: &mut Vec<Spoken>) {
        self.audio.clear();
        if let Some(prompt) = self.menus.get(&name).map(|menu| menu.prompt.clone()) {
            self.say(&prompt, now, lines);
            self.menu = Some(AtMenu { name, prompts: 1, key_until: None });
        }
    }

    /// A key stops the prompt, as it does on real menus.
    fn press(&mut self, key: char, now: Duration, lines: &mut Vec<Spoken>) -> Option<Step> {
        let at = self.menu.as_mut()?;
        let menu = self.menus.get(&at.name)?.clone();
        match menu.keys.get(&key.to_string()).map(String::as_str) {
            Some(PERSON) => {
                self.menu = None;
                self.audio = std::iter::repeat_n(0.0, CONNECTS_MS * 8).collect();
                None
            }
            Some(HANG_UP) => Some(Step::HangsUp),
            Some(next) => {
                self.enter(next.to_owned(), now, lines);
                None
            }
            None => {
                at.key_until = None;
                self.audio.clear();
                self.say(&menu.invalid, now, lines);
                // The prompt comes again after it.
                if let Some(at) = &mut self.menu {
                    at.key_until = Some(now);
                }
                None
            }
        }
    }

    fn say(&mut self, words: &str, now: Duration, lines: &mut Vec<Spoken>) {
        let samples = self.senses.say(words, Voice::Bright.into()).unwrap_or_default();
        let start_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let end_ms = start_ms + samples.len() as u64 / 8;
        lines.push(Spoken { speaker: Speaker::Callee, text: words.into(), start_ms, end_ms, interrupted: false });
        self.audio = samples.iter().map(|sample| f32::from(*sample)).chain(std::iter::repeat_n(0.0, GAP_MS * 8)).collect();
    }
}
