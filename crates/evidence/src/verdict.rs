//! What is believed of a fact: the callee's last word, held against what the agent reported.

use crate::doubt::unless_doubted;
use crate::meaning::{Date, Meaning, of_value};
use crate::numbers::tokens;
use crate::profile::Profile;
use crate::told::{self, Told};
use crate::{Claim, quote};
use types::{Contradiction, Fact, FactWanted, ToldBy, TranscriptLine};

/// The fact as far as the transcript proves it. `None` if nothing was claimed and nothing can be read.
pub(crate) fn of(fact: &FactWanted, claim: Option<&Claim<'_>>, transcript: &[TranscriptLine]) -> Option<Fact> {
    let profile = Profile::of(fact);
    let told = told::of(&profile, transcript);
    let found = match claim {
        None => unclaimed(fact, &profile, &told, transcript),
        Some(claim) => Some(claimed(fact, &profile, &told, claim, transcript)),
    };
    found.map(|found| unless_doubted(found, profile.kind, &fact.question, transcript))
}

fn unclaimed(fact: &FactWanted, profile: &Profile, told: &[Told], transcript: &[TranscriptLine]) -> Option<Fact> {
    let relevant = relevant(told, None);
    let Some(last) = standing(&relevant).filter(|last| last.grade == 2) else {
        return quote::answer(fact, profile.kind, transcript);
    };
    Some(by_callee(fact, last, &relevant, None))
}

fn claimed(fact: &FactWanted, profile: &Profile, told: &[Told], claim: &Claim<'_>, transcript: &[TranscriptLine]) -> Fact {
    let unproven = |contradictions: Vec<Contradiction>| Fact {
        name: fact.name.clone(),
        value: claim.value.trim().to_owned(),
        evidence: None,
        confirms: None,
        contradictions,
    };
    let Some(meant) = of_value(profile.kind, claim.value).map(|mention| mention.meaning) else {
        if !told.is_empty() && profile.kind != types::FactKind::Text {
            return unproven(callees(&relevant(told, None), None));
        }
        return quote::claimed(fact, claim, transcript);
    };
    let relevant_told = relevant(told, Some(&meant));
    let Some(last) = standing(&relevant_told) else {
        let others = relevant(told, None);
        // They told it in another way: a wait instead of a time of day.
        return match standing(&others).filter(|last| last.grade == 2 && relevant_told.is_empty()) {
            Some(last) => by_callee(fact, last, &others, Some(claim)),
            None if told.is_empty() && profile.loose => quote::claimed(fact, claim, transcript),
            None => unproven(callees(&relevant_told, Some(&meant))),
        };
    };
    if let Meaning::Date(wanted) = &meant {
        return dated(fact, claim, wanted, &relevant_told).unwrap_or_else(|| match last.grade {
            2 if last.meaning_date().is_some_and(|date| date.parts_against(wanted) > 0) => {
                by_callee(fact, last, &relevant_told, Some(claim))
            }
            _ => unproven(callees(&relevant_told, Some(&meant))),
        });
    }
    if last.meaning.agrees(&meant) && numbers_said(claim.value, &meant, last) {
        let value = claim.value.trim().to_owned();
        return Fact { value, ..by_callee(fact, &narrowed(last, claim, transcript), &relevant_told, None) };
    }
    if last.meaning.agrees(&meant) || last.grade < 2 {
        return unproven(callees(&relevant_told, Some(&meant)));
    }
    by_callee(fact, last, &relevant_told, Some(claim))
}

/// What was told of the fact that can be held against the meaning; the surest of it.
fn relevant<'a>(told: &'a [Told], meant: Option<&Meaning>) -> Vec<&'a Told> {
    let meant = meant.or_else(|| told.iter().rfind(|told| told.grade == 2).or(told.last()).map(|told| &told.meaning));
    let comparable: Vec<&Told> = told.iter().filter(|told| meant.is_none_or(|meant| told.meaning.comparable(meant))).collect();
    let best = comparable.iter().map(|told| told.grade).max().unwrap_or(0);
    comparable.into_iter().filter(|told| told.grade == best).collect()
}

/// The last word, if it stands: not taken back, and not one of two.
fn standing<'a>(relevant: &[&'a Told]) -> Option<&'a Told> {
    let last = relevant.iter().rfind(|told| !told.withdrawn)?;
    let by_line = |told: &&&Told| told.evidence.line == last.evidence.line && !told.withdrawn;
    let apart = relevant.iter().filter(by_line).any(|told| told.ambiguous);
    // Nothing but guesses: two different values of which neither is surely this fact.
    let guesses = last.grade < 2 && relevant.iter().any(|told| !told.withdrawn && !told.meaning.agrees(&last.meaning));
    (!apart && !guesses).then_some(last)
}

/// The callee's word as the fact. `report`: what the agent reported, where that differs.
fn by_callee(fact: &FactWanted, last: &Told, relevant: &[&Told], report: Option<&Claim<'_>>) -> Fact {
    let mut contradictions = callees(relevant, Some(&last.meaning));
    if let Some(claim) = report {
        contradictions.push(Contradiction { by: ToldBy::Report, value: claim.value.trim().to_owned(), evidence: None });
    }
    Fact {
        name: fact.name.clone(),
        value: last.meaning.told(&last.words),
        evidence: Some(last.evidence.clone()),
        confirms: last.confirms.clone(),
        contradictions,
    }
}

/// The other values that the callee told, each once.
fn callees(relevant: &[&Told], but: Option<&Meaning>) -> Vec<Contradiction> {
    let mut found: Vec<(&Meaning, Contradiction)> = Vec::new();
    for told in relevant.iter().filter(|told| told.confirms.is_none()) {
        let known = found.iter().any(|(meaning, _)| meaning.agrees(&told.meaning));
        let against = match (but, &told.meaning) {
            (Some(Meaning::Date(but)), Meaning::Date(date)) => date.parts_against(but) > 0,
            (Some(but), meaning) => !meaning.agrees(but),
            (None, _) => true,
        };
        if against && !known {
            let (value, evidence) = (told.meaning.told(&told.words), Some(told.evidence.clone()));
            found.push((&told.meaning, Contradiction { by: ToldBy::Callee, value, evidence }));
        }
    }
    found.into_iter().map(|(_, contradiction)| contradiction).collect()
}

/// Day and time may be told in several lines: each part counts as it was told last.
fn dated(fact: &FactWanted, claim: &Claim<'_>, wanted: &Date, relevant: &[&Told]) -> Option<Fact> {
    let standing: Vec<(&Told, &Date)> = relevant
        .iter()
        .filter(|told| !told.withdrawn && !told.ambiguous)
        .filter_map(|told| Some((*told, told.meaning_date()?)))
        .collect();
    let mut known = Date::default();
    for (_, date) in &standing {
        if date.weekday.is_some() || date.day.is_some() || date.ahead.is_some() {
            let moved = date.parts_against(&known) > 0;
            known.weekday = date.weekday.or(known.weekday.filter(|_| !moved));
            known.day = date.day.or(known.day.filter(|_| !moved));
            known.ahead = date.ahead.or(known.ahead.filter(|_| !moved));
        }
        known.clock = date.clock.or(known.clock);
    }
    let complete = known.parts_shared(wanted) == wanted.parts_told();
    let (best, _) = standing.iter().max_by_key(|(_, date)| date.parts_shared(wanted)).filter(|_| complete)?;
    let value = claim.value.trim().to_owned();
    Some(Fact { value, ..by_callee(fact, best, relevant, None) })
}

impl Told {
    fn meaning_date(&self) -> Option<&Date> {
        match &self.meaning {
            Meaning::Date(date) => Some(date),
            Meaning::Money(_) | Meaning::Clock(_) | Meaning::Span(..) | Meaning::Code(_) | Meaning::Count(_) => None,
        }
    }
}

/// Every number that the value has beside its meaning was said, too: "$22.50 for 3 pizzas".
fn numbers_said(value: &str, meant: &Meaning, told: &Told) -> bool {
    let said = tokens(&told.evidence.quote);
    let confirmed = told.confirms.as_ref().map(|evidence| tokens(&evidence.quote)).unwrap_or_default();
    let alone = match meant {
        Meaning::Money(_) | Meaning::Clock(_) | Meaning::Span(..) | Meaning::Date(_) | Meaning::Code(_) | Meaning::Count(_) => {
            tokens(value).iter().filter(|token| token.number).count() <= 3 && !value.contains(char::is_alphabetic)
        }
    };
    let plain = matches!(meant, Meaning::Code(_)) || alone || of_value_alone(value);
    plain
        || tokens(value)
            .iter()
            .filter(|token| token.number)
            .all(|token| said.iter().chain(&confirmed).any(|other| other.number && other.word == token.word))
}

/// The value has no number but those of its meaning: at most two, as in "18 50" and "30 to 40 minutes".
fn of_value_alone(value: &str) -> bool {
    let words = tokens(value);
    words.iter().filter(|token| token.number).count() <= 2 && words.len() <= 4
}

/// The words that the agent quoted, where they are in the same line and contain the value; else the clause.
fn narrowed(last: &Told, claim: &Claim<'_>, transcript: &[TranscriptLine]) -> Told {
    let line = transcript.iter().find(|line| line.line == last.evidence.line);
    let quoted = line.and_then(|line| quote::within(line, claim.quote?)).filter(|quoted| quoted.quote.contains(&last.words));
    match quoted.filter(|_| last.confirms.is_none()) {
        Some(evidence) => Told { evidence, ..last.clone() },
        None => last.clone(),
    }
}
