//! The callee's menu: that a machine speaks and not a person, and that one does not go round in it for ever.

use crate::recorded::{self, Sounds};
use crate::response::Ask;
use crate::{Session, words};
use std::collections::BTreeSet;
use std::time::Duration;
use tracing::{info, warn};
use types::EndedReason;

/// Two texts are the same menu when they share so much of their words: no line carries the same words twice.
const LIKENESS_MIN: f64 = 0.6;
/// Heard so often, or answered so often with the same keys, a menu is a circle: the model is told.
const HEARD_ADVISE: u32 = 3;
const SAME_KEYS_ADVISE: usize = 2;
/// After so many times the call is ended.
const HEARD_MAX: u32 = 7;
/// More different menus than any company has.
const MENUS_MAX: usize = 24;
/// A menu pauses between its choices for no longer than this.
const PAUSE_MAX: Duration = Duration::from_millis(1_000);
/// How long the words are awaited when they decide whether a person or a machine has spoken.
const WORDS_MAX: Duration = Duration::from_millis(1_000);
/// People who pick up say less before they let the other one speak.
const GREETING_MAX: Duration = Duration::from_millis(3_500);

/// What is known of the machines on the line.
#[derive(Debug, Default)]
pub(crate) struct Menus {
    /// The last words were a machine's.
    machine: bool,
    known: Vec<Known>,
    /// The one that was heard last.
    last: Option<usize>,
    /// Speech that may be a machine's and whose words have not come: its item, and until when they are awaited.
    awaited: Option<(String, Duration)>,
}

#[derive(Debug)]
struct Known {
    words: BTreeSet<String>,
    heard: u32,
    pressed: Vec<String>,
}

impl Menus {
    /// A menu or a recording is on the line, as far as the words tell.
    pub(crate) fn at_machine(&self) -> bool {
        self.machine
    }

    fn find(&mut self, text: &str) -> Option<usize> {
        let words: BTreeSet<String> = words::plain(text).into_iter().collect();
        let alike = |known: &Known| {
            let shared = known.words.intersection(&words).count() as f64;
            shared >= LIKENESS_MIN * known.words.len().max(words.len()) as f64
        };
        if let Some(place) = self.known.iter().position(alike) {
            return Some(place);
        }
        if self.known.len() >= MENUS_MAX {
            return None;
        }
        self.known.push(Known { words, heard: 0, pressed: Vec::new() });
        Some(self.known.len() - 1)
    }
}

impl Session {
    /// Speech has become an item; `lasted`: how long it was. Whether a menu or a person has spoken is told by its words.
    pub(crate) fn await_words(&mut self, item_id: &str, lasted: Duration) {
        let telling = self.menus.machine || self.hold.on() || (self.disclosure.due() && lasted > GREETING_MAX);
        self.menus.awaited = telling.then(|| (item_id.to_owned(), self.now + WORDS_MAX));
    }

    /// Until when an answer waits although nobody speaks: a menu pauses between its choices, and words may be on their way.
    pub(crate) fn answer_waits_until(&self) -> Option<Duration> {
        let words = self.menus.awaited.as_ref().map(|(_, until)| *until);
        let pause = self.menus.machine.then(|| self.turns.last_sound() + PAUSE_MAX);
        words.max(pause).filter(|at| *at > self.now)
    }

    /// When an answer that waited is to be asked for.
    pub(crate) fn answer_waits_timer(&self) -> Option<Duration> {
        self.answer_waits_until().filter(|_| self.responses.wanted().is_some() && self.talking())
    }

    /// The callee's words are complete: who has spoken, and whether we go round in a circle.
    fn weigh_words(&mut self, item_id: &str, text: &str) -> Sounds {
        if self.menus.awaited.as_ref().is_some_and(|(awaited, _)| awaited == item_id) {
            self.menus.awaited = None;
        }
        let sounds = recorded::sounds(text);
        match sounds {
            Sounds::Menu => {
                self.menus.machine = true;
                self.menu_heard(text);
            }
            Sounds::Recording => self.menus.machine = true,
            Sounds::PleaseHold | Sounds::Nothing => {}
            Sounds::Person => self.menus.machine = false,
        }
        sounds
    }

    /// The callee's words are complete: what follows from who has said them.
    pub(crate) fn heed_words(&mut self, item_id: &str, text: &str) {
        if !self.tuning.tells_machines {
            return;
        }
        // What was heard before the ears were closed is music, as somebody would write it down.
        let sounds = if self.hold.suspended() { Sounds::Nothing } else { self.weigh_words(item_id, text) };
        if self.hold_by_words(sounds) && self.ending.reason().is_none() && !self.answered.is_machine() {
            // A recording wants no answer.
            if self.responses.wanted() == Some(Ask::Answer) {
                self.responses.want_nothing();
            }
            if self.responses.live_without_audio() {
                self.cancel_response();
            }
            self.turns.answer_fails();
        }
    }

    fn menu_heard(&mut self, text: &str) {
        self.menus.last = self.menus.find(text);
        let heard = match self.menus.last.and_then(|place| self.menus.known.get_mut(place)) {
            Some(known) => {
                known.heard += 1;
                known.heard
            }
            None => HEARD_MAX,
        };
        if heard >= HEARD_MAX {
            self.menu_given_up();
        } else if heard >= HEARD_ADVISE {
            info!(order_id = %self.config.order_id, heard, "the same menu again");
            self.tell_aside(&format!(
                "You have heard this menu {heard} times. Do something else now: press 0 for a person, or say \"representative\"."
            ));
        }
    }

    /// These keys were pressed at the menu that was heard last.
    pub(crate) fn menu_was_answered(&mut self, digits: &str) {
        let Some(known) = self.menus.last.and_then(|place| self.menus.known.get_mut(place)) else { return };
        known.pressed.push(digits.to_owned());
        let same = known.pressed.iter().filter(|pressed| *pressed == digits).count();
        if same >= SAME_KEYS_ADVISE {
            self.tell_aside(&format!(
                "You have pressed {digits} at this menu {same} times. If it comes again, press 0 for a person, or say \"representative\"."
            ));
        }
    }

    /// To a machine that is silent nobody says "are you still there?": the model is told and does what it can.
    pub(crate) fn silence_after_keys(&mut self) -> bool {
        let waits = self.keys.unanswered() || self.menus.machine;
        if !waits || self.turns.asked_again() {
            return false;
        }
        self.tell_aside("Nothing has been heard for a while. If a menu waits for you, press a key or say what it asks for.");
        self.want(Ask::Answer);
        true
    }

    fn menu_given_up(&mut self) {
        if self.ending.reason().is_none() && self.closing.is_none() {
            warn!(order_id = %self.config.order_id, "the menu cannot be got past; ending the call");
            self.cancel_response();
            self.say_goodbye(EndedReason::MenuLimit);
        }
    }
}
