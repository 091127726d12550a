//! A second reading of the call, by whoever has read the transcript afterwards: believed as far as the callee's words bear it out.

mod merge;
mod stands;

use crate::clause::{Force, clauses, force, has, plain};
use crate::command::telling;
use crate::verdict;
use crate::{Claim, FACTS_MAX, promises::PROMISES_MAX, quote, steps::STEPS_MAX};
use types::{Evidence, Fact, FactWanted, NextStep, Outcome, Promise, Speaker, TranscriptLine};

/// The longest value that is looked at, characters.
const VALUE_MAX: usize = 300;
/// The longest quote, characters.
const QUOTE_MAX: usize = 400;
/// The shortest promise, words: "we will".
const PROMISE_WORDS_MIN: usize = 2;

/// Words, and the line in which they are said to stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quoted {
    /// The transcript line's number.
    pub line: u32,
    /// The words.
    pub quote: String,
}

/// A text, and the words that are said to bear it out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// A fact's value, or what is left to do.
    pub text: String,
    /// The words.
    pub by: Quoted,
}

/// What somebody has read out of a transcript; nothing of it is proven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Facts by their names.
    pub facts: Vec<(String, Read)>,
    /// What either side promised.
    pub promises: Vec<Quoted>,
    /// What either side refused.
    pub refusals: Vec<Quoted>,
    /// What is left for the user to do or to expect.
    pub next_steps: Vec<Read>,
}

/// The outcome with what the reading adds to it. What was proven stays proven; a fact is added as proven only if [`crate::facts`]
/// proves it and its value stands in the callee's words that the reading names. Wanted facts that are not proven are added as
/// unverified, others not at all. A success that was reported and could not be proven is believed if it can be now.
pub fn reread(outcome: &Outcome, reading: &Reading, wanted: &[FactWanted], transcript: &[TranscriptLine]) -> Outcome {
    let transcript = &*telling(transcript);
    let mut read = outcome.clone();
    read.facts = facts(&outcome.facts, reading, wanted, transcript);
    for (words, refused) in
        reading.promises.iter().map(|words| (words, false)).chain(reading.refusals.iter().map(|words| (words, true)))
    {
        let Some(promise) = promise(words, refused, transcript) else { continue };
        if read.promises.len() < PROMISES_MAX && !read.promises.iter().any(|known| overlap(&known.evidence, &promise.evidence)) {
            read.promises.push(promise);
        }
    }
    for step in reading.next_steps.iter().filter_map(|step| next_step(step, transcript)) {
        if read.next_steps.len() < STEPS_MAX && !read.next_steps.iter().any(|known| overlap(&known.evidence, &step.evidence)) {
            read.next_steps.push(step);
        }
    }
    if let Some(reported) = &outcome.reported
        && crate::goal(reported.status, wanted, &read.facts, transcript) == reported.status
    {
        read.status = reported.status;
        read.reported = None;
    }
    read
}

/// In the order of the wanted ones; then what was known besides, and what else was proven.
fn facts(known: &[Fact], reading: &Reading, wanted: &[FactWanted], transcript: &[TranscriptLine]) -> Vec<Fact> {
    let known_as = |name: &str| known.iter().find(|fact| fact.name == name);
    let read_as = |name: &str| reading.facts.iter().rfind(|(read, _)| read.trim() == name).map(|(_, read)| read);
    let is_wanted = |name: &str| wanted.iter().any(|fact| fact.name == name);
    let mut facts: Vec<Fact> = Vec::new();
    for fact in wanted {
        let read = read_as(&fact.name).and_then(|read| proven(fact, read, transcript));
        let read = read.map(|read| if is_anothers(&read, wanted, transcript) { unproven(fact, &read.value) } else { read });
        facts.extend(merge::of(fact, known_as(&fact.name), read));
    }
    facts.extend(known.iter().filter(|fact| !is_wanted(&fact.name)).cloned());
    for (name, _) in &reading.facts {
        let name = name.trim();
        let named = !name.is_empty()
            && name.len() <= 60
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !named || facts.len() >= FACTS_MAX || facts.iter().any(|fact| fact.name == name) {
            continue;
        }
        let fact = FactWanted { name: name.to_owned(), question: String::new(), kind: None };
        let read = read_as(name).and_then(|read| proven(&fact, read, transcript));
        facts.extend(read.filter(|read| read.evidence.is_some()));
    }
    facts
}

/// The fact as it was read, with its proof if it has one. `None` for what is no value.
fn proven(fact: &FactWanted, read: &Read, transcript: &[TranscriptLine]) -> Option<Fact> {
    let value = read.text.trim();
    if value.is_empty() || value.chars().count() > VALUE_MAX {
        return None;
    }
    let unproven = unproven(fact, value);
    let Some((Speaker::Callee, quoted)) = said(&read.by, transcript) else { return Some(unproven) };
    // A price in words that are no price is whatever the line says.
    if !stands::is_of_its_kind(fact, value) {
        return Some(unproven);
    }
    let claim = Claim { name: &fact.name, value, quote: Some(&quoted.quote) };
    let judged = verdict::of(fact, Some(&claim), transcript)?;
    let callees_own = judged.value != value;
    let proven = judged.evidence.is_none() || callees_own || stands::value(fact, value, &quoted, &judged);
    Some(if proven { judged } else { unproven })
}

fn unproven(fact: &FactWanted, value: &str) -> Fact {
    Fact { name: fact.name.clone(), value: value.to_owned(), evidence: None, confirms: None, contradictions: Vec::new() }
}

/// The same words tell another wanted fact by the rules alone, and not this one: "ready at seven" is no booking.
fn is_anothers(read: &Fact, wanted: &[FactWanted], transcript: &[TranscriptLine]) -> bool {
    let Some(proof) = &read.evidence else { return false };
    let told_by_them = |fact: &FactWanted| {
        let told = verdict::of(fact, None, transcript);
        told.and_then(|told| told.evidence).is_some_and(|known| overlap(&known, proof))
    };
    let (own, others): (Vec<_>, Vec<_>) = wanted.iter().partition(|fact| fact.name == read.name);
    !own.into_iter().any(told_by_them) && others.into_iter().any(told_by_them)
}

/// Who said the quoted words, and where; `None` if they do not stand in that line.
fn said(words: &Quoted, transcript: &[TranscriptLine]) -> Option<(Speaker, Evidence)> {
    if words.quote.trim().is_empty() || words.quote.chars().count() > QUOTE_MAX {
        return None;
    }
    let line = transcript.iter().find(|line| line.line == words.line)?;
    Some((line.speaker, quote::within(&audible(line), &words.quote)?))
}

/// The line as it was heard.
fn audible(line: &TranscriptLine) -> TranscriptLine {
    match line.speaker {
        Speaker::Agent => TranscriptLine { text: line.heard.clone(), ..line.clone() },
        Speaker::Callee => line.clone(),
    }
}

/// With what force the words were said where they stand.
fn force_of(words: &Evidence, transcript: &[TranscriptLine]) -> Option<Force> {
    let line = audible(transcript.iter().find(|line| line.line == words.line)?);
    let start = line.text.find(&words.quote)?;
    Some(force(&line.text, &clauses(&line.text), start, start + words.quote.len()))
}

/// The quoted words as a promise or a refusal: said as a statement, and in words with which one promises or refuses.
fn promise(words: &Quoted, refused: bool, transcript: &[TranscriptLine]) -> Option<Promise> {
    const PROMISING: [&str; 24] = [
        "will",
        "ill",
        "well",
        "theyll",
        "itll",
        "shell",
        "hell",
        "youll",
        "going to",
        "gonna",
        "promise",
        "guarantee",
        "can",
        "shall",
        "well be",
        "have it",
        "make sure",
        "be ready",
        "call you",
        "let you",
        "hold it",
        "no problem",
        "of course",
        "happy to",
    ];
    const REFUSING: [&str; 20] = [
        "cant", "cannot", "wont", "dont", "doesnt", "not", "unable", "no", "never", "only", "couldnt", "isnt", "arent", "refuse",
        "sorry", "afraid", "against", "nothing", "none", "must not",
    ];
    let (by, evidence) = said(words, transcript)?;
    let spoken = plain(&evidence.quote);
    let stated = match force_of(&evidence, transcript)? {
        Force::Said => true,
        Force::Denied => refused,
        Force::Asked | Force::Supposed => false,
    };
    let marked =
        if refused { has(&spoken, &REFUSING) } else { has(&spoken, &PROMISING) && !has(&spoken, &["not", "cant", "wont"]) };
    let long = spoken.split_whitespace().count() > PROMISE_WORDS_MIN;
    (stated && marked && long).then_some(Promise { by, refused, evidence })
}

/// What is left to do, in the reading's words if they stand in what was said, else in those that were said.
fn next_step(step: &Read, transcript: &[TranscriptLine]) -> Option<NextStep> {
    let (_, evidence) = said(&step.by, transcript)?;
    let stated = matches!(force_of(&evidence, transcript)?, Force::Said | Force::Denied);
    let text = step.text.trim();
    let own = !text.is_empty() && text.chars().count() <= VALUE_MAX && stands::words(text, &evidence.quote);
    let text = if own { text } else { evidence.quote.as_str() };
    stated.then(|| NextStep { text: text.trim_end_matches('.').to_owned(), evidence: evidence.clone() })
}

/// The same words, or some of them.
fn overlap(one: &Evidence, other: &Evidence) -> bool {
    let (first, second) = (plain(&one.quote), plain(&other.quote));
    one.line == other.line && (first.contains(second.trim()) || second.contains(first.trim()))
}

#[cfg(test)]
mod tests;
