//! What a template must keep to besides its form.

use super::{Kind, NUMBER_SLOT, Pattern, Template, derived};
use types::CallLimits;

/// The most slots, facts, or words in a list.
const ENTRIES_MAX: usize = 200;
/// What a kind of slot that is read with others of its template needs there as well.
const TOGETHER: [(Kind, &str, Kind, &str); 3] = [
    (Kind::OldTime, "old_time", Kind::OldDate, "old_date"),
    (Kind::Change, "change", Kind::Booking, "booking"),
    (Kind::NewTime, "new_time", Kind::OldDate, "old_date"),
];

impl Template {
    /// Finds what contradicts itself: the key, and what would be right.
    pub(super) fn check(&self) -> Result<(), String> {
        let snake = |name: &str| {
            !name.is_empty()
                && name.len() <= 40
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        if !snake(&self.name) {
            return Err(format!("name must be in snake_case, such as order_food, not {:?}", self.name));
        }
        for (key, text) in [("title", &self.title), ("offer", &self.offer), ("welcome", &self.welcome)] {
            if text.trim().is_empty() || text.chars().count() > 200 {
                return Err(format!("{key} must have 1 to 200 characters"));
            }
        }
        self.check_words()?;
        let number =
            self.slot(NUMBER_SLOT).ok_or_else(|| format!("it needs a slot {NUMBER_SLOT} of kind phone: whom to call"))?;
        if !number.required || number.kind != Kind::Phone || number.only_if.is_some() || number.asked_if.is_some() {
            return Err(format!("slot {NUMBER_SLOT} must be of kind phone and always required"));
        }
        if self.slots.len() > 30 || self.facts.len() > 20 {
            return Err("it can have at most 30 slots and 20 facts".into());
        }
        for (place, slot) in self.slots.iter().enumerate() {
            if !snake(&slot.name) {
                return Err(format!("slot {:?}: its name must be in snake_case, such as party_size", slot.name));
            }
            if slot.question.trim().is_empty() {
                return Err(format!("slot {}: question must not be empty", slot.name));
            }
            if self.slots[..place].iter().any(|earlier| earlier.name == slot.name) {
                return Err(format!("slot {} is there twice", slot.name));
            }
            let conditions = [&slot.only_if, &slot.asked_if].into_iter().flatten().map(|condition| &condition.name);
            if let Some(other) = conditions.chain(&slot.unless_known).find(|other| self.slot(other).is_none()) {
                return Err(format!("slot {} depends on {other}, which is no slot of this template", slot.name));
            }
        }
        for (kind, name, needs, needed) in TOGETHER {
            if let Some(slot) = self.slot_of(kind)
                && self.slot_of(needs).is_none()
            {
                return Err(format!("slot {} of kind {name} needs a slot of kind {needed} beside it", slot.name));
            }
        }
        self.check_patterns()?;
        self.voice.check("voice.").map_err(|error| error.to_string())?;
        self.limits.over(&CallLimits::default()).check().map_err(|error| error.to_string())
    }

    fn check_words(&self) -> Result<(), String> {
        if self.triggers.is_empty() && self.verbs.is_empty() {
            return Err("it needs a trigger, such as triggers = [\"order\"]".into());
        }
        let pairs = self.verbs.iter().flat_map(|pair| [("verbs.verbs", &pair.verbs), ("verbs.nouns", &pair.nouns)]);
        let called = self.slots.iter().map(|slot| ("slots.called", &slot.called));
        for (key, words) in [("triggers", &self.triggers), ("hints", &self.hints)].into_iter().chain(pairs).chain(called) {
            if words.len() > ENTRIES_MAX {
                return Err(format!("{key} can have at most {ENTRIES_MAX} entries"));
            }
            if let Some(word) = words.iter().find(|word| word.trim().is_empty() || word.chars().any(char::is_uppercase)) {
                return Err(format!("{key}: {word:?} must be words in lower case; users may write them in any"));
            }
        }
        Ok(())
    }

    fn check_patterns(&self) -> Result<(), String> {
        let facts = self.facts.iter().map(|fact| ("a fact's question", &fact.question));
        for (key, pattern) in facts.chain([("goal", &self.goal), ("instructions", &self.instructions)]) {
            if let Some(name) = Pattern::names(pattern).into_iter().find(|name| !self.knows(name)) {
                let slots: Vec<&str> = self.slots.iter().map(|slot| slot.name.as_str()).collect();
                return Err(format!("{key}: {{{name}}} is not a slot; the slots are {}", slots.join(", ")));
            }
        }
        Ok(())
    }

    fn knows(&self, name: &str) -> bool {
        self.slot(name).is_some() || derived::NAMES.contains(&name)
    }
}
