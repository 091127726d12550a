//! What a task is about, in the words that are left: the thing ordered, the question, the appointment, the errand.

use super::{extract::Reading, vet};
use crate::{
    parse::{appointment, asked, item, pattern},
    template::{Kind, Template},
};
use regex::Regex;
use std::sync::LazyLock;

/// Commas between which something was cut out.
static LEFTOVER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*,(?:\s*(?:,|and\b))*\s*$|\s*,(?:\s*,)+\s*"));
/// Where the errand begins in "call the garage and tell them I'll be late".
static ERRAND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?P<message>(?:tell|let|say|ask|cancel|confirm|reschedule|schedule|book|arrange|make an? |move my|change my|remind|leave a message|pass (?:on|along|a)|give (?:him|her|them) a message|report|thank|request|wish|complain|explain|apologi[sz]e|inform|notify|deliver a message)\b.*)",
    )
});

/// What led to a detail that was cut out at the end: ", they're on".
static LED_TO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:[\s,.;]+(?:they're|they\s+are|he's|she's|it's|you\s+can|reach\s+(?:them|him|her)|on|at|the|their|his|her|number|is|phone|call|and|under|my\s+name))+$",
    )
});
/// What is said to us, not to them.
static POLITE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(?:[\s,.]+(?:please|thanks|thank you|for me|ok|okay))+[.!]*$"));
static VAGUE_ERRAND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:make|arrange) (?:a|an|some) (?:quick |short )?(?:phone )?calls?(?: for me| please)*[?.!]*$")
});

impl Reading<'_> {
    /// Takes what such a task is about out of the words that are left: the thing ordered, the question, the errand.
    pub(crate) fn take_subject(&mut self, template: &Template, triggered: bool) {
        if let Some(slot) = template.slot_of(Kind::Question) {
            let callee = template.slot_of(Kind::Business).and_then(|slot| self.details.get(&slot.name)).cloned();
            let plain = |asked: &String| vet::is_plain(asked, self.text(), callee.is_some());
            match asked::find(self.text(), callee.as_deref()) {
                Some(asked) if plain(&asked) => {
                    if let Ok(question) = slot.kind.read(&asked, self.here()) {
                        self.note(slot, Ok(question));
                    }
                }
                Some(_) => self.doubt_of("I am not sure that I understood what to ask."),
                None => {}
            }
        }
        if let Some(slot) = template.slot_of(Kind::Appointment)
            && let Some(what) = appointment::find(self.text())
        {
            self.note(slot, Ok(what));
        }
        if let Some(slot) = template.slot_of(Kind::Message)
            && let Some(found) = ERRAND.captures(self.text())
        {
            let message = crate::parse::tidy(&LEFTOVER.replace_all(&found["message"].replace('|', " "), ", "));
            let cut = found["message"].trim_end().ends_with('|');
            let message = if cut { crate::parse::tidy(&LED_TO.replace(&message, "")) } else { message };
            let message = crate::parse::tidy(&POLITE.replace(&message, ""));
            let enough = message.split(' ').count() >= 3 && !VAGUE_ERRAND.is_match(&message);
            if enough {
                self.note(slot, slot.kind.read(&message, self.here()));
            }
        }
        if template.slot_of(Kind::Item).is_some() {
            let phrases: Vec<String> = self
                .text()
                .split('|')
                .flat_map(|part| part.split_inclusive([';', '?', '!']))
                .flat_map(|part| part.split(". "))
                .flat_map(|part| part.split([':', '–']))
                .flat_map(|part| part.split(" - "))
                .map(str::to_owned)
                .collect();
            let found: Vec<item::Ordered> = phrases
                .iter()
                .filter(|phrase| triggered || template.hints.iter().any(|hint| super::contains_phrase(phrase, hint)))
                .map(|phrase| item::find(phrase.trim_end_matches(['?', '!', ';', '.'])))
                .collect();
            // Two things in two phrases: which is meant, or both, is not clear.
            let things = found.iter().filter(|ordered| ordered.item.is_some()).count();
            for ordered in found {
                if things < 2 && (ordered.item.is_some() || ordered.size.is_some()) {
                    self.note_ordered(template, ordered);
                }
            }
        }
    }
}
