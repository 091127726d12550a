//! A company's menu: two levels of choices, answered with keys in the caller's audio; then hold music, then a person.

use super::super::CalleeKind;
use super::hold::Hold;
use super::{Job, Line, TICK_MS, Tick};
use std::collections::VecDeque;
use std::time::Duration;
use wire::dtmf::Detector;
use wire::g711::{self, SILENCE};
use wire::media::FRAME_BYTES;

/// From the end of the choices until they are told again.
const TIMEOUT_MS: u64 = 6_000;
/// So often they are told to somebody who presses nothing; then the machine hangs up.
const TIMES_MAX: u32 = 5;
/// How long one holds after the last choice.
const HOLD: Duration = Duration::from_secs(12);
/// Keys that are written down.
const KEYS_MAX: usize = 40;
const INVALID: &str = "Sorry, that is not a valid option.";

/// A level of the menu: what is said, and where each key leads.
struct Level {
    says: &'static str,
    leads: &'static [(char, Where)],
}

/// Where a key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    /// To another level.
    Level(usize),
    /// On hold, and then to a person.
    Person,
}

const LEVELS: [Level; 3] = [
    Level {
        says: "Thank you for calling Northwind Supply. For orders, press 1. For support, press 2. To speak to a person, press 0.",
        leads: &[('1', Where::Level(1)), ('2', Where::Level(2)), ('0', Where::Person)],
    },
    Level {
        says: "For a new order, press 1. For the status of an order, press 2. To speak to a person, press 0.",
        leads: &[('1', Where::Person), ('2', Where::Person), ('0', Where::Person)],
    },
    Level {
        says: "For billing, press 1. For technical support, press 2. To speak to a person, press 0.",
        leads: &[('1', Where::Person), ('2', Where::Person), ('0', Where::Person)],
    },
];

/// A menu that has not been got past yet.
pub(super) struct Menu {
    level: usize,
    detector: Detector,
    keys: String,
    /// What is to be said next, once its audio is made and the words before it are over.
    next: Option<String>,
    waits: Option<String>,
    audio: VecDeque<u8>,
    line: Option<usize>,
    silent_ms: u64,
    told: u32,
}

impl Menu {
    pub(super) fn new() -> Self {
        Self {
            level: 0,
            detector: Detector::new(),
            keys: String::new(),
            next: Some(LEVELS[0].says.to_owned()),
            waits: None,
            audio: VecDeque::new(),
            line: None,
            silent_ms: 0,
            told: 0,
        }
    }

    /// The keys that were pressed, in their order.
    pub(super) fn keys(&self) -> &str {
        &self.keys
    }

    /// A key: it stops what is being said. Whether it leads to a person.
    fn press(&mut self, key: char) -> bool {
        if self.keys.len() < KEYS_MAX {
            self.keys.push(key);
        }
        self.audio.clear();
        (self.silent_ms, self.told) = (0, 0);
        match LEVELS[self.level].leads.iter().find(|(known, _)| *known == key) {
            Some((_, Where::Person)) => return true,
            Some((_, Where::Level(level))) => {
                self.level = *level;
                self.next = Some(LEVELS[self.level].says.to_owned());
            }
            None => self.next = Some(format!("{INVALID} {}", LEVELS[self.level].says)),
        }
        false
    }
}

impl CalleeKind {
    /// Whether a menu comes before the person.
    pub(super) fn menu(self) -> Option<Menu> {
        (self == Self::Menu).then(Menu::new)
    }
}

impl Line {
    /// 20 ms in a menu. It listens for keys only, also while it speaks.
    pub(super) fn menu_tick(&mut self, heard: &[u8]) -> Tick {
        let mut tick = Tick { frame: [SILENCE; FRAME_BYTES], begins: false, ends: false, hangs_up: false, digit: None };
        self.unanswered = None;
        let (now, voice) = (self.clock_ms, self.voice);
        let Some(menu) = &mut self.menu else { return tick };
        for key in menu.detector.push(&g711::decode(heard)) {
            if menu.press(key) {
                self.keys = menu.keys().to_owned();
                self.menu = None;
                self.hold = Some(Hold::after_menu(now, HOLD));
                return tick;
            }
        }
        self.keys = menu.keys().to_owned();
        if menu.audio.is_empty() && menu.waits.is_none() {
            menu.line = None;
            if let Some(text) = menu.next.take() {
                menu.told += 1;
                menu.waits = Some(text.clone());
                self.mind.begin(Job::Say { text, voice }, self.done_tx.clone());
                return tick;
            }
            menu.silent_ms += TICK_MS;
            if menu.silent_ms >= TIMEOUT_MS {
                menu.silent_ms = 0;
                tick.hangs_up = menu.told >= TIMES_MAX;
                menu.next = (!tick.hangs_up).then(|| LEVELS[menu.level].says.to_owned());
            }
        }
        let taken = menu.audio.len().min(FRAME_BYTES);
        for (to, from) in tick.frame.iter_mut().zip(menu.audio.drain(..taken)) {
            *to = from;
        }
        if let Some(line) = menu.line.and_then(|line| self.lines.get_mut(line)).filter(|_| taken > 0) {
            line.end_ms = now;
        }
        tick
    }

    /// The audio of what the menu says has come. A key that was pressed meanwhile has made it stale.
    pub(super) fn menu_says(&mut self, audio: Vec<u8>) {
        let Some(text) = self.menu.as_mut().and_then(|menu| menu.waits.take()) else { return };
        if self.menu.as_ref().is_some_and(|menu| menu.next.is_some()) {
            return;
        }
        let line = self.keep_callee(text);
        if let Some(menu) = &mut self.menu {
            (menu.audio, menu.line) = (audio.into(), line);
        }
    }
}
