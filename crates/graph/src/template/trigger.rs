//! How a message shows which kind of task it begins.

use super::{Template, Templates};
use crate::brain::{contains_phrase, find_phrase};
use serde::Deserialize;

/// How far a noun may stand from its verb, in bytes: "book us, if you can, a quiet table".
const REACH: usize = 60;

/// Words with which another clause begins.
const CLAUSE: [&str; 11] = ["to", "if", "whether", "how", "know", "ask", "tell", "that", "book", "order", "reserve"];

/// Words that begin a task as a pair: "cancel … reservation".
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verbs {
    /// The first word of the pair: any of these.
    pub verbs: Vec<String>,
    /// The second, in the same sentence: any of these, in the singular.
    pub nouns: Vec<String>,
}

/// Where a template's words stand in a text: the earlier the better, and at the same place the longer.
pub(crate) type Place = (usize, std::cmp::Reverse<usize>);

impl Templates {
    /// The kind of task that a text begins by its triggers, with where they stand; `fits` says whether a place will do.
    pub(crate) fn begun_by(&self, text: &str, fits: impl Fn(usize) -> bool) -> Option<&Template> {
        let best = self.iter().filter_map(|template| Some((template.place(text, &fits)?, template)));
        best.min_by_key(|(place, _)| *place).map(|(_, template)| template)
    }

    /// A place that is longer than this is a verb's with its noun.
    pub(crate) const PAIR: usize = REACH;

    /// The kinds of tasks that some word in the text speaks for, if there is nothing better.
    pub(crate) fn hinted_by(&self, text: &str) -> impl Iterator<Item = &Template> {
        self.iter().filter(move |template| {
            let said = |hint: &String| contains_phrase(text, hint) || contains_phrase(text, &format!("{hint}s"));
            template.hints.iter().any(said)
        })
    }
}

impl Template {
    /// Where its words stand in a text.
    pub(crate) fn place(&self, text: &str, fits: &impl Fn(usize) -> bool) -> Option<Place> {
        let triggers = self.triggers.iter().filter_map(|trigger| Some((find_phrase(text, trigger)?, trigger.len())));
        let pairs = self.verbs.iter().flat_map(|pair| pair.places(text));
        triggers.chain(pairs).filter(|(at, _)| fits(*at)).map(|(at, length)| (at, std::cmp::Reverse(length))).min()
    }
}

impl Verbs {
    fn places(&self, text: &str) -> impl Iterator<Item = (usize, usize)> {
        self.verbs.iter().filter_map(|verb| {
            let at = find_phrase(text, verb)?;
            let after = &text[at + verb.len()..];
            let sentence = after.find(['.', ';', '?', '!']).map_or(after, |end| &after[..end]);
            // "I want to know if …", "I'd like to cancel …": another verb has the noun.
            let end = CLAUSE.iter().filter_map(|word| find_phrase(sentence, word)).min();
            let sentence = end.map_or(sentence, |end| &sentence[..end]);
            let noun = self.nouns.iter().filter(|noun| {
                let place = find_phrase(sentence, noun).or_else(|| find_phrase(sentence, &format!("{noun}s")));
                place.is_some_and(|place| place <= REACH)
            });
            // A pair says more than any single phrase at the same place.
            noun.map(String::len).max().map(|noun| (at, verb.len() + noun + REACH))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noun_decides_what_is_booked() {
        let templates = Templates::built_in().unwrap();
        let kind = |text: &str| templates.begun_by(text, |_| true).map(|template| template.name.as_str());
        for (text, name) in [
            ("book a table for two", Some("book_table")),
            ("book a quiet little table by the window", Some("book_table")),
            ("book me a haircut", Some("book_appointment")),
            ("cancel my haircut", Some("change_booking")),
            ("I'd like to cancel a reservation", Some("change_booking")),
            ("I want to know if they do oil changes", Some("ask_business")),
            ("cancel my subscription", Some("errand")),
            ("stay on hold and ask for a refund", Some("wait_on_hold")),
            ("good morning", None),
        ] {
            assert_eq!(kind(text), name, "{text}");
        }
    }
}
