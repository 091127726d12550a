//! A fact that is known and the same fact as it was read again, as one.

use crate::meaning::of_value;
use crate::profile;
use types::{Contradiction, Fact, FactKind, FactWanted, ToldBy};

/// One fact of two. A proof stands above a report; of two proofs the later words count, and the others are shown beside them.
pub(super) fn of(wanted: &FactWanted, known: Option<&Fact>, read: Option<Fact>) -> Option<Fact> {
    let (known, read) = match (known, read) {
        (Some(known), Some(read)) => (known.clone(), read),
        (known, read) => return known.cloned().or(read),
    };
    let differs = !same(wanted, &known.value, &read.value);
    let in_words = profile::kind(wanted) == FactKind::Text;
    Some(match (&known.evidence, &read.evidence) {
        (Some(_), None) => known,
        // Two ways to say it in words are no contradiction.
        (Some(_), Some(_)) if in_words || !differs => known,
        (Some(before), Some(now)) if now.line > before.line => beside(read, ToldBy::Callee, &known),
        (Some(_), Some(_)) => beside(known, ToldBy::Callee, &read),
        (None, Some(_)) if differs && !in_words => beside(read, ToldBy::Report, &known),
        (None, Some(_)) => read,
        (None, None) if differs && !in_words => beside(known, ToldBy::Report, &read),
        (None, None) => known,
    })
}

/// The fact with the other's value among its contradictions.
fn beside(mut fact: Fact, by: ToldBy, other: &Fact) -> Fact {
    if !fact.contradictions.iter().any(|known| known.by == by && known.value == other.value) {
        let evidence = other.evidence.clone().filter(|_| by == ToldBy::Callee);
        fact.contradictions.push(Contradiction { by, value: other.value.clone(), evidence });
    }
    fact
}

fn same(wanted: &FactWanted, one: &str, other: &str) -> bool {
    let kind = profile::kind(wanted);
    match (of_value(kind, one), of_value(kind, other)) {
        (Some(one), Some(other)) => one.meaning.agrees(&other.meaning),
        (None, None) => one.trim().eq_ignore_ascii_case(other.trim()),
        (None | Some(_), _) => false,
    }
}
