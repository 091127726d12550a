//! Finding details in a message: each kind in turn, and what is found is cut out, so that nothing is taken for two things.

use super::{correct, rebook};
use crate::{
    locale::Here,
    parse::{Found, item, name, pattern},
    template::{Kind, NUMBER_SLOT, Slot, Template},
};
use regex::Regex;
use std::{ops::Range, sync::LazyLock};
use types::Details;

/// In which order kinds are looked for: those with the plainest shape first.
const ORDER: [Kind; 12] = [
    Kind::Phone,
    Kind::Contact,
    Kind::Address,
    Kind::Money,
    Kind::Date,
    Kind::Time,
    Kind::VisitTime,
    Kind::Count,
    Kind::Person,
    Kind::Business,
    Kind::Fulfilment,
    Kind::Size,
];

static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:special requests?|notes?|please note|extra instructions?)\s*(?::|is|are|that)\s*(?P<value>[^|]+)$")
});
/// What is said to us around a wish: "yes, no nuts please".
static POLITE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:(?:yes|yeah|yep|sure|ok|okay|oh)[,.\s]+)+(?:please[,.\s]+)?|[,\s]+(?:please|thanks|thank you)[.!]*$")
});
/// What is said to us behind a thing: "seven people please", "a supervisor instead".
static ASIDE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(?:[,\s]+(?:please|pls|instead|thanks|thank\s+you))+[.!]*$"));
/// What somebody is told from: "it's from Igor Lasky" names the one who speaks.
static FROM: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^from\b"));
static CALL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:call|ring|phone)\b"));
/// A message while it is read.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    text: String,
    here: Here<'a>,
    /// What was found. An empty value means that the user wants to give another one.
    pub(crate) details: Details,
    /// A wish in the user's own words that comes on top of earlier ones.
    pub(crate) added: Option<String>,
    /// Why something that was found cannot be used.
    pub(crate) problem: Option<String>,
    /// The details of which something was said that cannot be used: no later word on them counts.
    refused: Vec<String>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(text: &str, here: Here<'a>) -> Self {
        Self { text: text.replace('|', ","), here, details: Details::new(), added: None, problem: None, refused: Vec::new() }
    }

    /// What has not been taken yet; a bar stands where something was cut out.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn here(&self) -> Here<'a> {
        self.here
    }

    pub(crate) fn found_nothing(&self) -> bool {
        self.details.is_empty() && self.added.is_none() && self.problem.is_none()
    }

    /// Keeps what was read for a slot. The first word on a slot counts.
    pub(crate) fn note(&mut self, slot: &Slot, value: Result<String, String>) {
        match value {
            Ok(_) if self.refused.contains(&slot.name) => {}
            Ok(value) => {
                let wish = matches!(
                    slot.kind,
                    Kind::Text | Kind::Contact | Kind::Change | Kind::Booking | Kind::Appointment | Kind::Item
                );
                let value = if wish { ASIDE.replace(&value, "").into_owned() } else { value };
                self.details.entry(slot.name.clone()).or_insert(value);
            }
            Err(problem) => {
                self.problem.get_or_insert(problem);
                self.refused.push(slot.name.clone());
            }
        }
    }

    /// Keeps a sentence that says what was not understood, unless there is one.
    pub(crate) fn doubt_of(&mut self, what: &str) {
        self.problem.get_or_insert_with(|| what.to_owned());
    }

    /// Takes back what was read for these kinds of details, with a sentence that says why, so that it is asked for.
    pub(crate) fn take_back(&mut self, template: &Template, of: impl Fn(Kind) -> bool, why: &str) {
        for slot in template.slots.iter().filter(|slot| of(slot.kind)) {
            if self.details.shift_remove(&slot.name).is_some() {
                self.refused.push(slot.name.clone());
                self.problem.get_or_insert_with(|| why.to_owned());
            }
        }
    }

    /// Takes back what was read for a slot if the text says it once more and otherwise: which is meant has to be asked.
    fn doubt(&mut self, slot: &Slot) {
        let once = matches!(
            slot.kind,
            Kind::Date
                | Kind::Time
                | Kind::VisitTime
                | Kind::Count
                | Kind::Phone
                | Kind::Money
                | Kind::Address
                | Kind::Fulfilment
        );
        let Some(value) = self.details.get(&slot.name).filter(|_| once).cloned() else { return };
        let Some(Found { value: Ok(other), range }) = slot.kind.find(&self.text, self.here) else { return };
        // "on Thursday morning at 10": a part of the day and an hour within it.
        let part = |value: &str| value.starts_with("in the ") || value == "any time";
        if range.is_empty() || other == value || part(&value) || part(&other) {
            return;
        }
        self.details.shift_remove(&slot.name);
        self.refused.push(slot.name.clone());
        self.problem.get_or_insert(format!("You said both {value} and {other}. {}", slot.question));
        self.cut(range);
    }

    pub(crate) fn note_ordered(&mut self, template: &Template, ordered: item::Ordered) {
        for (kind, value) in [(Kind::Item, ordered.item), (Kind::Size, ordered.size), (Kind::Count, ordered.quantity)] {
            if let (Some(slot), Some(value)) = (template.slot_of(kind), value) {
                self.note(slot, Ok(value));
            }
        }
    }

    pub(crate) fn cut(&mut self, range: Range<usize>) {
        self.text.replace_range(range, " | ");
    }

    /// Takes one kind out of the text, if it shows itself there.
    pub(crate) fn take(&mut self, slot: &Slot) -> bool {
        let Some(found) = slot.kind.find(&self.text, self.here) else { return false };
        self.keep(slot, found);
        true
    }

    fn keep(&mut self, slot: &Slot, found: Found) {
        self.note(slot, found.value);
        // What stays where it is belongs to something else as well.
        if !found.range.is_empty() {
            self.cut(found.range);
        }
    }

    /// Takes everything that shows itself by its shape or by a word before it.
    pub(crate) fn take_marked(&mut self, template: &Template) {
        self.take_own_number(template);
        if let Some(slot) = template.slot("special_requests")
            && let Some(found) = REQUEST.captures(&self.text)
            && let (Some(whole), Some(value)) = (found.get(0), found.name("value"))
        {
            let (range, read) = (whole.range(), slot.kind.read(&crate::parse::tidy(value.as_str()), self.here));
            self.note(slot, read);
            self.cut(range);
        }
        for kind in ORDER {
            // The number of pizzas shows itself only beside the pizza.
            let slot = if kind == Kind::Phone {
                template.slot(NUMBER_SLOT)
            } else if kind == Kind::Count && template.slot_of(Kind::Item).is_some()
                || kind == Kind::Date && template.slot_of(Kind::OldDate).is_some()
            {
                None
            } else {
                template.slot_of(kind)
            };
            if let Some(slot) = slot
                && !self.details.contains_key(&slot.name)
            {
                // In words that are to be passed on, "the neighbour's" is not whom we call.
                if kind == Kind::Business && template.slot_of(Kind::Message).is_some() {
                    let found = name::find_proper_business(&self.text);
                    if found.as_ref().is_some_and(|found| FROM.is_match(&self.text[found.range.clone()])) {
                        self.doubt_of("I am not sure whom to call.");
                    } else if let Some(mut found) = found {
                        // A single first name may be a person's, and is told anyway.
                        let person = matches!(&found.value, Ok(name) if !name.contains([' ', '\'', '.', '&']));
                        // Whom something is told belongs to the words; whom to call does not.
                        if !CALL.is_match(&self.text[found.range.clone()]) {
                            found.range.end = found.range.start;
                        }
                        if person && !found.range.is_empty() {
                            self.cut(found.range);
                        } else if !person {
                            self.keep(slot, found);
                        }
                    }
                } else if kind == Kind::Business && template.slot_of(Kind::Change).is_some() {
                    // "from inside to the terrace": small words behind "from" are what is changed.
                    if let Some(found) = name::find_proper_business(&self.text) {
                        if FROM.is_match(&self.text[found.range.clone()]) {
                            self.doubt_of("I am not sure whom to call.");
                        } else {
                            self.keep(slot, found);
                        }
                    }
                } else if kind == Kind::Business && template.slot_of(Kind::Question).is_some() {
                    // The question may be about them, and is read with their name.
                    if let Some(Found { value, .. }) = name::find_business(&self.text) {
                        self.note(slot, value);
                    }
                } else if self.take(slot) {
                    self.doubt(slot);
                }
            }
        }
    }
}

/// Reads the first message of a task, or one that turns to another task.
pub(crate) fn opening<'a>(text: &str, template: &Template, triggered: bool, here: Here<'a>) -> Reading<'a> {
    let mut reading = Reading::new(text, here);
    if !template.slots.iter().any(|slot| slot.kind.is_free() && slot.required) {
        correct::labelled(&mut reading, template);
    }
    rebook::take(&mut reading, template, rebook::First::Old);
    let size = template.slot_of(Kind::Size).map(|slot| slot.name.clone());
    reading.take_marked_but(template, size.as_deref());
    reading.take_subject(template, triggered);
    reading
}

impl Reading<'_> {
    /// Like [`Reading::take_marked`], leaving one slot's words where they are.
    fn take_marked_but(&mut self, template: &Template, left: Option<&str>) {
        let mut without = template.clone();
        without.slots.retain(|slot| Some(slot.name.as_str()) != left);
        self.take_marked(&without);
    }
}

/// Reads the answer to a question.
pub(crate) fn answer<'a>(text: &str, template: &Template, asked: &Slot, here: Here<'a>) -> Reading<'a> {
    let mut reading = Reading::new(text, here);
    if asked.kind.is_free() {
        if asked.kind == Kind::Text && super::phrase::is_nothing(text) {
            return reading;
        }
        let nothing = asked.required && super::phrase::is_nothing(text);
        if super::phrase::is_unsure(text) || nothing {
            reading.doubt_of("Take your time.");
            return reading;
        }
        // Only a number shows itself beyond doubt beside free words.
        if let Some(slot) = template.slot(NUMBER_SLOT) {
            reading.take(slot);
        }
        let rest = crate::parse::tidy(&reading.text().replace('|', " "));
        let rest = if asked.kind == Kind::Text { crate::parse::tidy(&POLITE.replace_all(&rest, "")) } else { rest };
        let read = asked.kind.read(&rest, here);
        if read.is_ok() || reading.details.is_empty() {
            reading.note(asked, read);
        }
        return reading;
    }
    if asked.kind == Kind::Item {
        correct::labelled(&mut reading, template);
        reading.take_marked_but(template, template.slot_of(Kind::Size).map(|slot| slot.name.as_str()));
        reading.take_subject(template, true);
        // "The same as always" names nothing.
        let named = |item: &String| !crate::parse::lexicon::is_speech(item);
        if !reading.details.get(&asked.name).is_none_or(named) {
            reading.take_back(template, |kind| kind == asked.kind, "I did not find there what to order.");
        }
        if reading.found_nothing() {
            reading.note(asked, asked.kind.read(text, here));
        }
        return reading;
    }
    correct::labelled(&mut reading, template);
    if !reading.details.contains_key(&asked.name) {
        reading.take(asked);
    }
    let first =
        if matches!(asked.kind, Kind::OldDate | Kind::OldTime | Kind::Booking) { rebook::First::Old } else { rebook::First::New };
    rebook::take(&mut reading, template, first);
    reading.take_marked(template);
    if !reading.details.contains_key(&asked.name) && reading.problem.is_none() {
        let rest = crate::parse::tidy(&reading.text().replace('|', " "));
        let read = asked.kind.read(if reading.details.is_empty() { text } else { &rest }, here);
        if read.is_ok() || reading.details.is_empty() {
            if read.is_err() {
                correct::unlabelled(&mut reading, template);
            }
            if reading.found_nothing() || read.is_ok() {
                reading.note(asked, read);
            }
        }
    }
    reading
}

/// Reads a change to a plan or to a task that is over.
pub(crate) fn change<'a>(text: &str, template: &Template, here: Here<'a>) -> Reading<'a> {
    // Where nothing is left without what is denied, the denial itself is said: "not too spicy".
    let meant = correct::without_denied(text);
    if meant != text {
        let reading = changed(&meant, template, here);
        if !reading.found_nothing() {
            return reading;
        }
    }
    changed(text, template, here)
}

fn changed<'a>(text: &str, template: &Template, here: Here<'a>) -> Reading<'a> {
    let mut reading = Reading::new(text, here);
    correct::labelled(&mut reading, template);
    correct::added(&mut reading, template);
    rebook::take(&mut reading, template, rebook::First::New);
    reading.take_marked(template);
    if reading.details.is_empty() && reading.problem.is_none() {
        correct::unlabelled(&mut reading, template);
    }
    reading
}
