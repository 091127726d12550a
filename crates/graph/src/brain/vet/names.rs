//! Names that were said, and that nothing accounts for.

use super::super::extract::Reading;
use crate::{
    parse::pattern,
    template::{Kind, Template},
};
use regex::Regex;
use std::sync::LazyLock;

/// Capital words that are nobody's name.
const NO_NAME: &str = "i i'm i'd i'll i've monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays \
    saturdays sundays january february march april may june july august september october november december christmas eve \
    thanksgiving easter halloween new year year's day spanish english french german italian chinese japanese korean arabic \
    wifi wi-fi pm am tv ok";

/// Who is told something, at the start of what is to be said.
static TOLD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[Tt]ell|[Ll]et|[Tt]hank|[Rr]emind|[Aa]sk|[Ii]nform|[Nn]otify|[Ww]ish|(?:[Aa]pologi[sz]e|[Cc]omplain|[Ss]peak|[Tt]alk|[Ww]rite|[Rr]eport\b.*)\s+to)\s+(?P<name>(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+\p{Lu}[\p{L}'-]+|\p{Lu}[\p{L}'-]+(?:\s+\p{Lu}[\p{L}'-]+)+)",
    )
});

/// Where or with whom something is: "my reservation at Fern".
static PLACED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:at|with|from)\s+(?:the\s+|The\s+)?(?P<name>\p{Lu}[\p{L}'-]+)"));

/// The words with a capital, other than at the start of a sentence, that no detail holds.
pub(super) fn unexplained(said: &str, reading: &Reading<'_>) -> Vec<String> {
    let values: Vec<String> = reading.details.values().map(|value| value.to_lowercase()).collect();
    let mut start = true;
    let mut names = Vec::new();
    for word in said.split_whitespace() {
        let plain = word.trim_matches(|c: char| !c.is_alphanumeric());
        let plain = plain.strip_suffix("'s").unwrap_or(plain);
        let lower = plain.to_lowercase();
        let capital = plain.chars().next().is_some_and(char::is_uppercase);
        if capital && !start && !is_no_name(&lower) && !values.iter().any(|value| value.contains(&lower)) {
            names.push(plain.to_owned());
        }
        start = word.ends_with(['.', '!', '?', ':']) && word.chars().count() > 4;
    }
    names
}

/// Whether what is to be said names somebody who may be the one to be called, while nobody is known.
pub(super) fn is_called(template: &Template, reading: &Reading<'_>) -> bool {
    let read = |kind| template.slot_of(kind).and_then(|slot| reading.details.get(&slot.name));
    let named = |said: &String| {
        let place = PLACED.captures(said).is_some_and(|found| !is_no_name(&found["name"].to_lowercase()));
        place || TOLD.is_match(said)
    };
    read(Kind::Business).is_none() && read(Kind::Message).is_some_and(named)
}

/// Whether a word has its capital for another reason than that it is a name.
pub(super) fn is_no_name(lower: &str) -> bool {
    NO_NAME.split_whitespace().any(|known| known == lower)
}
