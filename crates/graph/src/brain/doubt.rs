//! Whether what was read accounts for what was said. Words that no rule has explained may change everything, as "don't" does:
//! where such are left, or most words are left, it is better to ask than to guess.

use super::extract::Reading;
use crate::{
    parse::number_word,
    template::{Kind, Template},
};

/// Words that say nothing about a task by themselves: they lead up to it, join its parts, or are polite.
const FILLER: &str = "a about above actually able adults afternoon all anniversary brother celebrate celebrating colleagues client kitchen \
    mother father mom dad parents sister visiting guests best better birthday car cat couple daughter dog dozen family feel \
    graduation grateful half husband kid kids live noon parents pm son wife afternoon ahead alright also am an and any anyone \
    anything anyway are around as at awesome be because been big both but by call called calling can cheers chance come comes \
    could coming course day days dear do does else email enough er evening everyone everything fine first for forward free \
    friend friends from get gets give glad go going good great had happen happy has have having he hello help her here hey hi \
    him his hope how hungry i i'd i'll i'm i've idea if in into is it it'll it's its just kind kindly know let let's like \
    likes little long look looking love lovely make makes many matter may maybe me might mind mine month morning most much my \
    myself name name's named near need needs new nice night number of oh ok okay on one ones only open or our out party \
    people per perhaps phone phoning place please possible possibly preferably pretty quick quickly quite rather ready really \
    ring right say see set she should so some somebody someone something somewhere soon sorry spot starving still such sure \
    take thank thanks that that's the their them then there there'd there'll there's they they'd they'll they're thing things \
    think this those through time to today together tomorrow tonight too total town try under up us use usual very via wait \
    want wants was way we we'd we'll we're we've week weekend well were what what's when where which while who will wish with \
    within wonder wondering work would yeah yes yet you you'd your yourself";

/// Words that turn round or take back what stands beside them, or that speak of another kind of call.
const TURNS: &str = "not don't doesn't didn't isn't aren't won't wasn't never nothing none without except unless cancel cancelled canceled cancelling change changed \
    changing move moved reschedule rescheduled postpone already booked reserved ordered confirm confirmed remind reminded tell told ask asked asking whether why \
    refund complain complaint wrong missing message hold holding queue question wondering later earlier more less another same again anymore else except only keep forgot forget late running sick broken lost said saying delay delayed add added extend instead";

/// What is said of a booking that is to be undone, and accounted for there.
const UNDOES: &str = "not don't won't isn't never cancel cancelled canceled cancelling change changed changing move moved moving reschedule rescheduled postpone \
    already booked reserved add added delay delayed extend scrap until able came instead later earlier more another same again anymore else only back keep";

/// What is left of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// The words that nothing accounts for.
    pub(super) words: Vec<String>,
    /// How many there were in the message.
    pub(super) all: usize,
}

impl Left {
    /// So much is left, or such words, that the task may be another one.
    pub(super) fn is_too_much(&self) -> bool {
        /// A short message of which a third is not accounted for, or any in which so many words are.
        const SHARE_MAX: f64 = 0.34;
        const WORDS_MAX: usize = 2;
        let share = if self.all == 0 { 0.0 } else { self.words.len() as f64 / self.all as f64 };
        share > SHARE_MAX || self.words.len() > WORDS_MAX || self.words.iter().any(|word| known(TURNS, word))
    }
}

/// The words of a message that neither the details that were found in it account for, nor the words of its kind of task, nor
/// what people say anyway. A kind with a detail in free words accounts for all.
pub(super) fn left(said: &str, reading: &Reading<'_>, template: &Template) -> Left {
    let all = words(said).count();
    if template.slots.iter().any(|slot| slot.kind.is_free() && slot.required && slot.only_if.is_none()) {
        return Left { words: Vec::new(), all };
    }
    let values: Vec<String> = reading.details.values().flat_map(|value| words(value)).collect();
    let explained = |word: &String| {
        known(FILLER, word)
            || values.iter().any(|value| same(value, word))
            || own(template).any(|own| own.split([' ', '-']).any(|own| same(own, word)))
            || word.chars().all(|c| c.is_ascii_digit())
            || number_word(word).is_some()
    };
    let changes = template.slot_of(Kind::Change).is_some();
    let undoes = |word: &String| changes && known(UNDOES, word);
    Left { words: words(reading.text()).filter(|word| !explained(word) && !undoes(word)).collect(), all }
}

/// The words with which such tasks are spoken of.
fn own(template: &Template) -> impl Iterator<Item = &str> {
    let pairs = template.verbs.iter().flat_map(|pair| pair.verbs.iter().chain(&pair.nouns));
    let called = template.slots.iter().filter(|slot| slot.kind != Kind::Text).flat_map(|slot| &slot.called);
    template.triggers.iter().chain(&template.hints).chain(pairs).chain(called).map(String::as_str)
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(|word| word.trim_matches('\'').to_lowercase())
        .filter(|word| !word.is_empty())
}

fn same(one: &str, other: &str) -> bool {
    let stem = |word: &str| word.strip_suffix("'s").or(word.strip_suffix('s')).unwrap_or(word).to_lowercase();
    stem(one) == stem(other)
}

fn known(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use futures_util::FutureExt;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::built_in().unwrap());

    fn first(text: &str) -> Understanding {
        let (state, locale) = (State::default(), Locale::default());
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let heard = Heard { text, state: &state, templates: &TEMPLATES, locale: &locale, now };
        BuiltIn.understand(&heard).now_or_never().unwrap().unwrap()
    }

    #[test]
    fn what_may_be_another_task_is_asked_about() {
        for text in [
            "don't book a table for two",
            "our party of 6 tonight at Luigi's is now 8",
            "could you tell the salon I need to cancel my appointment",
            "see if they can deliver a large pepperoni pizza",
            "order a taxi for 6 am",
            "I love pizza",
            "call my dad and ask him how he's doing",
            "book us a cab to the airport at 5",
        ] {
            let heard = first(text);
            assert_eq!((heard.intent, heard.kind, heard.details.len()), (Intent::Unclear, None, 0), "{text}");
        }
    }

    #[test]
    fn a_detail_that_is_said_twice_differently_is_asked_for() {
        for (text, slot) in [
            ("book a table for four on Friday or Saturday at 7 pm", "date"),
            ("book a table on Friday, for six people, at 7 pm, no, at 8 pm", "time"),
            ("order a pizza for delivery or pickup", "fulfilment"),
            ("book a table for 4 or 5 tomorrow at 8 pm", "party_size"),
        ] {
            let heard = first(text);
            assert!(!heard.details.contains_key(slot) && heard.problem.is_some(), "{text}: {heard:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

        /// Three words that nobody knows leave nothing of a task whose words have all to be accounted for.
        #[test]
        fn unknown_words_are_not_passed_over(words in prop::collection::vec("[bdfgk][aeiou][vxz][aeiou]q", 3..6)) {
            let words = words.join(" ");
            for start in ["book a table for two", "book a haircut", "order a pizza"] {
                let heard = first(&format!("{start}, {words}"));
                prop_assert!(heard.details.is_empty(), "{start}, {words}: {:?}", heard.details);
            }
        }
    }
}
