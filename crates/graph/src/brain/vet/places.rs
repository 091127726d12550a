//! Whose an address is, and of which of several names one was taken.

use super::super::extract::Reading;
use crate::{
    parse::pattern,
    template::{Kind, Template},
};
use regex::Regex;
use std::sync::LazyLock;

/// The place of the one who is called: "from Tony's at", "pickup from".
static THEIRS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:from|at)\s+(?:[\p{L}'&-]+\s+){1,4}?at\s*$|\b(?:from|at)\s*$|\b(?:pick(?:ing)?\s*-?up|collect)\s+(?:it\s+)?(?:from|at)\s+$",
    )
});
/// An odd number before the one that was read: "9 1/2".
static HALF: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d\s*[-/]?\s*$"));
/// Another name behind one: "Tony's or Luigi's".
static OTHER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(?:,\s*)?(?:or|and|not)\s+(?:the\s+|The\s+)?\p{Lu}"));
/// A name that leads to something else than whom to call: "with Tony's special sauce", ", ring Miller".
static LED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bwith\s+$|[,;.]\s*(?:ring|buzz|tell)\s+$"));

/// Takes back addresses and names that may be somebody else's.
pub(super) fn vet(said: &str, template: &Template, reading: &mut Reading<'_>) {
    let known = |kind, reading: &Reading<'_>| {
        template.slot_of(kind).and_then(|slot| reading.details.get(&slot.name)).map(|value| value.to_lowercase())
    };
    let around = |value: &str| {
        let at = said.to_lowercase().find(value)?;
        Some((said.get(..at)?, said.get(at + value.len()..)?))
    };
    if let Some(address) = known(Kind::Address, reading) {
        let pickup = known(Kind::Fulfilment, reading).is_some_and(|how| how == "pickup");
        let theirs = around(&address).is_some_and(|(before, _)| THEIRS.is_match(before) || HALF.is_match(before));
        if pickup || theirs {
            reading.take_back(template, |kind| kind == Kind::Address, "I am not sure whose address that is.");
        }
    }
    if let Some(name) = known(Kind::Business, reading) {
        let unsure = around(&name).is_some_and(|(before, after)| {
            OTHER.is_match(after) || template.slot_of(Kind::Item).is_some() && LED.is_match(before)
        });
        if unsure {
            reading.take_back(template, |kind| kind == Kind::Business, "I am not sure whom to call.");
        }
    }
    if let Some(name) = known(Kind::Person, reading)
        && around(&name).is_some_and(|(_, after)| OTHER.is_match(after) && after.trim_start().starts_with("or"))
    {
        reading.take_back(template, |kind| kind == Kind::Person, "I am not sure which name you mean.");
    }
}
