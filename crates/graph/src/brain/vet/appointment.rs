//! Whether what an appointment is for was read as a whole.

use crate::{brain::contains_phrase, template::Template};

/// More words than this are no name for what is done there.
const WORDS_MAX: usize = 6;

/// Whether nothing else that is done by appointment is said: "a manicure for me and a pedicure for my sister".
pub(super) fn is_one(said: &str, what: &str, template: &Template) -> bool {
    let rest = said.to_lowercase().replacen(&what.to_lowercase(), " ", 1);
    let mut nouns = template.verbs.iter().take(1).flat_map(|pair| &pair.nouns);
    let general =
        ["appointment", "slot", "session", "visit", "check", "service", "test", "consultation", "class", "meeting", "treatment"];
    let other = nouns.any(|noun| {
        !general.contains(&noun.as_str()) && contains_phrase(&rest, noun) && !what.contains(noun.as_str()) && !is_expert(noun)
    });
    what.split(' ').count() <= WORDS_MAX && !other
}

/// Somebody whom one sees there: "a cleaning with my dentist".
fn is_expert(noun: &str) -> bool {
    noun.ends_with("ist")
        || noun.ends_with("er")
        || noun.ends_with("or")
        || noun.ends_with("ian")
        || ["vet", "physio"].contains(&noun)
}
