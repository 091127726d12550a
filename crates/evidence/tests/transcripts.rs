//! Short transcripts with what must be read out of them. No wrong fact may be told as verified; how many of the right ones are
//! found is printed (`cargo test -p evidence --test transcripts -- --nocapture`).

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use types::{FactWanted, Speaker, TranscriptLine};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    call: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    name: String,
    /// What the wanted `answer` asks.
    question: Option<String>,
    /// `a: …` is the agent, `c: …` the callee; `a~heard: …` is the agent of whom only the first part was heard.
    lines: Vec<String>,
    /// What the model reported, and with which words.
    #[serde(default)]
    claims: BTreeMap<String, String>,
    #[serde(default)]
    quotes: BTreeMap<String, String>,
    /// Every fact that must be verified; no other may be.
    facts: BTreeMap<String, String>,
    /// The other values that must be shown.
    #[serde(default)]
    contradictions: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    must_not: BTreeMap<String, String>,
    /// What is told in words that only somebody who understands them takes for the fact.
    #[serde(default)]
    may: BTreeMap<String, String>,
}

fn line(place: usize, text: &str) -> TranscriptLine {
    let (who, text) = text.split_once(": ").unwrap();
    let (speaker, heard) = match who.split_once('~') {
        Some((_, heard)) => (Speaker::Agent, heard),
        None if who == "a" => (Speaker::Agent, text),
        None => (Speaker::Callee, text),
    };
    let start_ms = place as u64 * 4_000;
    TranscriptLine {
        line: place as u32 + 1,
        speaker,
        text: text.into(),
        heard: heard.into(),
        interrupted: heard != text,
        doubted: Vec::new(),
        start_ms,
        end_ms: start_ms + 3_000,
    }
}

fn wanted(call: &Call) -> Vec<FactWanted> {
    let fact = |name: &str, question: &str| FactWanted { name: name.into(), question: question.into(), kind: None };
    match &call.question {
        Some(question) => vec![fact("answer", question)],
        None => vec![
            fact("total", "What is the total?"),
            fact("ready_time", "When will it be ready?"),
            fact("booked_time", "For which day and time is it booked?"),
            fact("confirmation_number", "Is there a confirmation number?"),
        ],
    }
}

fn calls() -> Vec<Call> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path| toml::from_str::<File>(&std::fs::read_to_string(path).unwrap()).unwrap().call;
    files.into_iter().flat_map(read).collect()
}

#[test]
fn no_wrong_fact_is_verified_and_the_right_ones_are_found() {
    let (mut count, mut expected, mut found, mut verified, mut problems) = (0, 0, 0, 0, Vec::new());
    for call in calls() {
        count += 1;
        let lines: Vec<TranscriptLine> = call.lines.iter().enumerate().map(|(place, text)| line(place, text)).collect();
        let claims: Vec<evidence::Claim<'_>> = call
            .claims
            .iter()
            .map(|(name, value)| evidence::Claim { name, value, quote: call.quotes.get(name).map(String::as_str) })
            .collect();
        let facts = evidence::facts(&wanted(&call), &claims, &lines);
        expected += call.facts.len();
        for fact in &facts {
            let Some(proof) = &fact.evidence else { continue };
            verified += 1;
            let said = lines.iter().find(|line| line.line == proof.line).unwrap();
            assert!(said.speaker == Speaker::Callee && said.text.contains(&proof.quote), "{}: {proof:?}", call.name);
            assert!((said.start_ms..=said.end_ms).contains(&proof.at_ms), "{}: {proof:?}", call.name);
            let right = call.facts.get(&fact.name).is_some_and(|want| *want == fact.value);
            if right {
                found += 1;
            } else {
                problems.push(format!("WRONG {}: {} = {} ({})", call.name, fact.name, fact.value, proof.quote));
            }
            if call.must_not.get(&fact.name) == Some(&fact.value) {
                problems.push(format!("FORBIDDEN {}: {} = {}", call.name, fact.name, fact.value));
            }
        }
        for (name, want) in &call.facts {
            if !facts.iter().any(|fact| fact.name == *name && fact.evidence.is_some()) {
                problems.push(format!("missed {}: {name} = {want}", call.name));
            }
        }
        for (name, others) in &call.contradictions {
            let told: Vec<&str> = facts
                .iter()
                .filter(|fact| fact.name == *name)
                .flat_map(|fact| fact.contradictions.iter().map(|other| other.value.as_str()))
                .collect();
            if told != *others {
                problems.push(format!("contradictions of {}: {told:?}, not {others:?}", call.name));
            }
        }
    }
    let share = |part: usize, whole: usize| 100 * part / whole.max(1);
    println!("{count} calls, {expected} facts: precision {} %, recall {} %", share(found, verified), share(found, expected));
    assert!(count >= 60, "{count}");
    assert_eq!((found, verified), (expected, found), "\n{}", problems.join("\n"));
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Whoever reads the transcripts again claims every few words of the callee's for every wanted fact, with the line for them.
#[test]
fn a_reading_that_claims_everything_proves_nothing_wrong() {
    let (mut claimed, mut taken, mut problems) = (0, 0, Vec::new());
    for call in calls() {
        let lines: Vec<TranscriptLine> = call.lines.iter().enumerate().map(|(place, text)| line(place, text)).collect();
        let wanted = wanted(&call);
        let outcome = types::Outcome { facts: evidence::facts(&wanted, &[], &lines), ..types::Outcome::default() };
        for fact in wanted.iter().filter(|fact| fact.name != "answer") {
            for said in lines.iter().filter(|line| line.speaker == Speaker::Callee) {
                let words: Vec<&str> = said.text.split_whitespace().collect();
                let few = (1..=4).flat_map(|length| words.windows(length)).map(|few| few.join(" "));
                for value in few {
                    claimed += 1;
                    let by = evidence::Quoted { line: said.line, quote: said.text.clone() };
                    let read = evidence::Read { text: value.clone(), by };
                    let reading = evidence::Reading { facts: vec![(fact.name.clone(), read)], ..evidence::Reading::default() };
                    let read = evidence::reread(&outcome, &reading, &wanted, &lines);
                    let Some(proven) = read.facts.iter().find(|known| known.name == fact.name && known.evidence.is_some()) else {
                        continue;
                    };
                    taken += 1;
                    let before = outcome.facts.iter().any(|known| known == proven);
                    let right = [call.facts.get(&fact.name), call.may.get(&fact.name)].into_iter().flatten().any(|want| {
                        // The same value in other words: what is proven of it alone is what was wanted.
                        *want == proven.value || same(fact, want, &proven.value)
                    });
                    if !before && !right {
                        problems.push(format!("{}: {} = {:?} by {:?}", call.name, fact.name, proven.value, said.text));
                    }
                }
            }
        }
    }
    problems.dedup();
    println!("{claimed} claims, {taken} times a fact is proven, {} wrong", problems.len());
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Two ways of writing one value: a callee who says the one proves the other.
fn same(fact: &FactWanted, one: &str, other: &str) -> bool {
    let said = |text: &str| vec![line(0, &format!("a: {}", fact.question)), line(1, &format!("c: It's {text}."))];
    let claim = evidence::Claim { name: &fact.name, value: one, quote: None };
    let facts = evidence::facts(std::slice::from_ref(fact), &[claim], &said(other));
    facts.iter().any(|known| known.value == one && known.evidence.is_some())
}
