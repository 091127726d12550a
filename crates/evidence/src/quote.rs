//! Facts in words: a quote proves them, if the callee said it as a statement and to the point.

use crate::clause::{Force, clauses, force, has, plain};
use crate::greeting::is_introduction;
use crate::numbers::{Token, tokens};
use crate::{Claim, evidence_at};
use types::{Contradiction, Evidence, Fact, FactKind, FactWanted, Speaker, ToldBy, TranscriptLine};

/// A fact in words as it was reported, with the line that proves it.
pub(crate) fn claimed(fact: &FactWanted, claim: &Claim<'_>, transcript: &[TranscriptLine]) -> Fact {
    let value = claim.value.trim();
    let evidence = find(transcript, value, claim.quote).filter(|found| to_the_point(fact, value, found, transcript));
    let taken_back = evidence.as_ref().and_then(|found| taken_back(found, transcript));
    let contradictions = taken_back.iter().map(|later| Contradiction {
        by: ToldBy::Callee,
        value: later.quote.clone(),
        evidence: Some(later.clone()),
    });
    Fact {
        name: fact.name.clone(),
        value: value.to_owned(),
        contradictions: contradictions.collect(),
        evidence: evidence.filter(|_| taken_back.is_none()),
        confirms: None,
    }
}

/// The first statement after the agent's question, word for word.
pub(crate) fn answer(fact: &FactWanted, kind: FactKind, transcript: &[TranscriptLine]) -> Option<Fact> {
    if kind != FactKind::Text {
        return None;
    }
    let wanted = content(&fact.question);
    let mut asked = false;
    for line in transcript {
        match line.speaker {
            Speaker::Agent => {
                let said = content(&line.heard);
                let shared = wanted.iter().filter(|word| said.contains(word)).count();
                asked = line.heard.contains('?') && shared > 0 && shared * 5 >= wanted.len() * 3;
            }
            Speaker::Callee if asked => {
                let clauses = clauses(&line.text);
                let mut sentences = (0..=clauses.last()?.sentence).filter_map(|sentence| {
                    let mut parts = clauses.iter().filter(|clause| clause.sentence == sentence);
                    let first = parts.next()?;
                    let last = parts.next_back().unwrap_or(first);
                    let said = &line.text[first.start..last.end];
                    let tells = !first.asked && !last.asked && !is_filler(said) && !is_introduction(fact, said);
                    tells.then_some((first.start, last.end))
                });
                let Some((start, end)) = sentences.next() else { continue };
                let evidence = evidence_at(line, start, end);
                if taken_back(&evidence, transcript).is_some() {
                    return None;
                }
                let (name, value) = (fact.name.clone(), evidence.quote.clone());
                return Some(Fact { name, value, evidence: Some(evidence), confirms: None, contradictions: Vec::new() });
            }
            Speaker::Callee => {}
        }
    }
    None
}

/// Who is there, or that one has to wait; nothing of what was asked.
fn tells_nothing(fact: &FactWanted, said: &str) -> bool {
    let mut sentences = said.split(['.', '!', '?']).filter(|part| part.chars().any(char::is_alphanumeric));
    sentences.all(|part| is_introduction(fact, part) || is_filler(part))
}

/// Nothing is told by it.
fn is_filler(text: &str) -> bool {
    let plain = plain(text);
    let waits = [
        "let me check",
        "let me see",
        "one moment",
        "hold on",
        "one second",
        "just a second",
        "just a moment",
        "give me",
        "good question",
    ];
    let words = plain.split_whitespace().count();
    has(&plain, &waits) || words == 0 || (words <= 3 && plain.split_whitespace().all(|word| FILLERS.contains(&word)))
}

/// Alone, or a few of them together, they tell nothing; speech models also write them down for noise.
const FILLERS: [&str; 20] = [
    "sure", "okay", "ok", "um", "uh", "hello", "hi", "well", "oh", "of", "course", "you", "the", "a", "and", "so", "thank",
    "thanks", "bye", "goodbye",
];

/// Words that say something: stems of four letters and more.
pub(crate) fn content(text: &str) -> Vec<String> {
    const SMALL: [&str; 15] = [
        "what", "when", "does", "that", "this", "with", "your", "they", "have", "there", "would", "like", "from", "said", "their",
    ];
    let long = |word: &&str| word.chars().count() >= 3 && !SMALL.contains(word);
    plain(text).split_whitespace().filter(long).map(|word| word.chars().take(5).collect()).collect()
}

/// Most of what the value says is in the callee's line, in the agent's words before it, or in the question; and both say yes, or
/// both say no.
fn to_the_point(fact: &FactWanted, value: &str, found: &Evidence, transcript: &[TranscriptLine]) -> bool {
    let Some(place) = transcript.iter().position(|line| line.line == found.line) else { return false };
    let before = transcript[..place].iter().rfind(|line| line.speaker == Speaker::Agent).map_or("", |line| line.heard.as_str());
    let about = [content(&transcript[place].text), content(before), content(&fact.question)].concat();
    let said = content(value);
    let shared = said.iter().filter(|word| about.contains(word)).count();
    let no = |text: &str| {
        has(&plain(text), &["no", "not", "dont", "doesnt", "cant", "cannot", "isnt", "arent", "wont", "never", "nope", "none"])
    };
    let yes = |text: &str| has(&plain(text), &["yes", "yeah", "yep", "sure", "of course", "we do", "certainly", "absolutely"]);
    let (says_no, says_yes) = (no(value), yes(value) && !no(value));
    let line = &transcript[place].text;
    let against = if says_no { !no(line) && yes(line) } else { says_yes && no(&found.quote) && !yes(&found.quote) };
    !against && 2 * shared >= said.len() && !tells_nothing(fact, &found.quote)
}

/// A later line of the callee that takes it back: "Sorry, actually we don't."
fn taken_back(found: &Evidence, transcript: &[TranscriptLine]) -> Option<Evidence> {
    let topic = content(&found.quote);
    let denies =
        |text: &str| has(&plain(text), &["not", "dont", "cant", "isnt", "arent", "we are out", "were out", "no longer", "wrong"]);
    transcript.iter().filter(|line| line.speaker == Speaker::Callee && line.line > found.line).find_map(|line| {
        let clauses = clauses(&line.text);
        let first = clauses.iter().find(|clause| clause.corrects && !clause.asked)?;
        let rest = &line.text[first.start..];
        let same = content(rest).iter().any(|word| topic.contains(word));
        (same || denies(rest)).then(|| evidence_at(line, first.start, line.text.trim_end().len()))
    })
}

/// The quoted words in this line.
pub(crate) fn within(line: &TranscriptLine, quote: &str) -> Option<Evidence> {
    let (first, last) = place_of(&tokens(quote), &tokens(&line.text))?;
    Some(evidence_at(line, first, last))
}

/// Where the callee said it. A quote proves a fact when it is in a callee's line together with every number of the value; the
/// value itself proves it when it was said and the rest of the line is what was quoted, or nothing was quoted. The agent's
/// own words prove nothing, nor do a question, a denial and a guess. Of several lines the last is taken.
pub(crate) fn find(lines: &[TranscriptLine], value: &str, quote: Option<&str>) -> Option<Evidence> {
    let (value, quote) = (tokens(value), tokens(quote.unwrap_or_default()));
    let callee = lines.iter().filter(|line| line.speaker == Speaker::Callee);
    let mut best: Option<(u32, Evidence)> = None;
    for line in callee {
        let said = tokens(&line.text);
        let Some((rank, first, last)) = proof(&said, &value, &quote) else { continue };
        let clauses = clauses(&line.text);
        let stated = match force(&line.text, &clauses, first, last) {
            Force::Said => true,
            // "We don't have any" is what was said; a number in it is not.
            Force::Denied => rank >= 2,
            Force::Asked | Force::Supposed => false,
        };
        if stated && best.as_ref().is_none_or(|(known, _)| *known <= rank) {
            best = Some((rank, evidence_at(line, first, last)));
        }
    }
    best.map(|(_, evidence)| evidence)
}

/// How good a proof the line is, and from which byte to which the words lie.
fn proof(said: &[Token], value: &[Token], quote: &[Token]) -> Option<(u32, usize, usize)> {
    let quoted = place_of(quote, said);
    let valued = place_of(value, said).or_else(|| spelled(value, said));
    let numbers = value.iter().filter(|token| token.number);
    let numbers_said = valued.is_some() || numbers.clone().all(|number| said.iter().any(|token| token.word == number.word));
    match (quoted, valued) {
        (Some((first, last)), Some(_)) => Some((3, first, last)),
        (Some((first, last)), None) if numbers_said => Some((2, first, last)),
        (None, Some((first, last))) if telling(value) && alike(quote, said) => Some((1, first, last)),
        (Some(_) | None, _) => None,
    }
}

/// Where the words lie in a row.
fn place_of(wanted: &[Token], said: &[Token]) -> Option<(usize, usize)> {
    if wanted.is_empty() {
        return None;
    }
    let place = said.windows(wanted.len()).position(|row| row.iter().zip(wanted).all(|(a, b)| a.word == b.word))?;
    Some((said[place].start, said[place + wanted.len() - 1].end))
}

/// A code that was spelled out: `AB12` as "A B one two", `4821` as "forty-eight twenty-one".
fn spelled(wanted: &[Token], said: &[Token]) -> Option<(usize, usize)> {
    let code: String = wanted.iter().map(|token| token.word.as_str()).collect();
    if code.len() < 3 || !wanted.iter().any(|token| token.number) {
        return None;
    }
    for first in 0..said.len() {
        let mut rest = code.as_str();
        for token in said[first..].iter().take_while(|token| token.number || token.word.len() == 1) {
            let Some(after) = rest.strip_prefix(token.word.as_str()) else { break };
            rest = after;
            if rest.is_empty() {
                return Some((said[first].start, token.end));
            }
        }
    }
    None
}

/// A value that says something by itself; "no" is in too many sentences.
fn telling(value: &[Token]) -> bool {
    value.len() >= 2 || value.iter().any(|token| token.number || token.word.len() >= 4)
}

/// The line is about what was quoted: half of the quote's words are in it.
fn alike(quote: &[Token], said: &[Token]) -> bool {
    let shared = quote.iter().filter(|wanted| said.iter().any(|token| token.word == wanted.word)).count();
    2 * shared >= quote.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32, speaker: Speaker, text: &str) -> TranscriptLine {
        let start_ms = u64::from(number) * 1_000;
        TranscriptLine {
            line: number,
            speaker,
            text: text.into(),
            heard: text.into(),
            interrupted: false,
            doubted: Vec::new(),
            start_ms,
            end_ms: start_ms + 900,
        }
    }

    fn by_callee(text: &str, value: &str, quote: &str) -> Option<String> {
        find(&[line(1, Speaker::Callee, text)], value, Some(quote).filter(|q| !q.is_empty())).map(|evidence| evidence.quote)
    }

    #[test]
    fn what_only_the_agent_said_is_not_proven() {
        let agent = [line(1, Speaker::Agent, "So that is $18.50?"), line(2, Speaker::Callee, "Uh huh.")];
        assert_eq!(find(&agent, "$18.50", Some("that is $18.50")), None);
    }

    #[test]
    fn numbers_match_as_digits_and_as_words() {
        for (said, value) in [
            ("Your total is eighteen fifty.", "$18.50"),
            ("That'll be eighteen dollars and fifty cents.", "$18.50"),
            ("It comes to $18.50 with tax.", "18.50"),
            ("About twenty-five minutes.", "25 minutes"),
            ("Twenty five minutes or so", "25 minutes"),
            ("We have you down for seven p.m. on Saturday", "7:00 pm"),
            ("November twenty eighth works", "November 28"),
            ("one hundred and five people", "105"),
            ("Ready in half an hour", "30 minutes"),
            ("Your confirmation is four eight two one", "4821"),
            ("It's R B forty-eight twenty-one", "RB4821"),
            ("five five five oh one hundred", "5550100"),
        ] {
            assert!(by_callee(said, value, "").is_some(), "{said} ≠ {value}");
        }
    }

    #[test]
    fn other_numbers_do_not_match() {
        for (said, value, quote) in [
            ("Your total is eighteen fifteen.", "$18.50", "Your total is"),
            ("About twenty minutes.", "25 minutes", "about twenty minutes"),
            ("Ready in 25 minutes", "$25", "the total is $25"),
            ("Sure, no problem.", "no", ""),
            ("Number 14821", "4821", ""),
        ] {
            assert_eq!(by_callee(said, value, quote), None, "{said} = {value}");
        }
    }

    #[test]
    fn a_quote_proves_a_value_without_numbers() {
        let quote = by_callee("Yes, of course we do.", "yes, they have oat milk", "yes of course we do");
        assert_eq!(quote.as_deref(), Some("Yes, of course we do"));
    }

    #[test]
    fn the_last_line_that_says_it_is_named_with_its_moment() {
        let lines = [
            line(1, Speaker::Callee, "Twenty dollars. No wait."),
            line(3, Speaker::Callee, "Okay, the total is twenty dollars."),
        ];
        let found = find(&lines, "$20", Some("total is twenty dollars")).unwrap();
        assert_eq!((found.line, found.quote.as_str()), (3, "total is twenty dollars"));
        assert!((3_200..3_400).contains(&found.at_ms), "{}", found.at_ms);
    }

    #[test]
    fn what_is_written_down_for_noise_is_no_answer() {
        let fact = FactWanted { name: "answer".into(), question: "Why was I charged twice?".into(), kind: None };
        let said = [line(1, Speaker::Agent, "Why was I charged twice?"), line(2, Speaker::Callee, "You")];
        let claim = Claim { name: "answer", value: "You", quote: Some("You") };
        assert!(claimed(&fact, &claim, &said).evidence.is_none());
        assert_eq!(answer(&fact, FactKind::Text, &said), None);
    }

    #[test]
    fn who_says_who_they_are_has_answered_nothing() {
        let fact = FactWanted { name: "answer".into(), question: "When are you open?".into(), kind: None };
        let said = [
            line(1, Speaker::Agent, "Hello, I would like to know: when are you open?"),
            line(2, Speaker::Callee, "Hi, this is Anna from Corner Books."),
        ];
        let claim = Claim { name: "answer", value: "Hi, this is Anna from Corner Books.", quote: None };
        assert!(claimed(&fact, &claim, &said).evidence.is_none());
        assert_eq!(answer(&fact, FactKind::Text, &said), None);
    }
}
