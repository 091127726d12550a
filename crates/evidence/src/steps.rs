//! What is left for the user to do or to expect.

use crate::clause::{Force, clauses, force, has};
use crate::command::telling;
use crate::evidence_at;
use types::{Details, Evidence, Fact, NextStep, Promise, Speaker, TranscriptLine};

/// More steps than anybody takes.
pub(crate) const STEPS_MAX: usize = 8;

const CALL_BACK: [&str; 12] = [
    "call you",
    "call them",
    "call back",
    "ring you",
    "ring back",
    "text you",
    "get back to",
    "give you a call",
    "give them a call",
    "reach out",
    "let you know",
    "follow up",
];
const CALL_AGAIN: [&str; 10] = [
    "call again",
    "call us again",
    "call back after",
    "call back in",
    "call back at",
    "call back tomorrow",
    "call us back",
    "try again",
    "try us again",
    "give us a call",
];
const MUST: [&str; 18] = [
    "please bring",
    "bring your",
    "bring a",
    "you need to",
    "youll need to",
    "you will need to",
    "you have to",
    "youll have to",
    "please arrive",
    "arrive ten",
    "arrive fifteen",
    "come ten minutes",
    "please come",
    "make sure to",
    "make sure you",
    "dont forget",
    "please be here",
    "needs to bring",
];

/// What of the task matters for what comes next.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// What the callee was told.
    pub details: &'a Details,
    /// Who was called, as the user names them.
    pub callee_name: Option<&'a str>,
}

/// What is left to do or to expect, each with the words that make it so.
pub fn next_steps(wish: Wish<'_>, facts: &[Fact], promises: &[Promise], transcript: &[TranscriptLine]) -> Vec<NextStep> {
    let transcript = &*telling(transcript);
    let mut steps: Vec<NextStep> = Vec::new();
    steps.extend(fetch(wish, facts));
    let callee = promises.iter().filter(|promise| promise.by == Speaker::Callee);
    for promise in callee.filter(|promise| has(&crate::clause::plain(&promise.evidence.quote), &CALL_BACK)) {
        steps.push(step("They will get back to you", promise.evidence.clone()));
    }
    for line in transcript.iter().filter(|line| line.speaker == Speaker::Callee) {
        let clauses = clauses(&line.text);
        for clause in clauses.iter().filter(|clause| !clause.asked) {
            let said = || force(&line.text, &clauses, clause.start, clause.start) != Force::Asked;
            let evidence = || evidence_at(line, clause.start, clause.end);
            let theirs =
                promises.iter().any(|promise| promise.evidence.line == line.line && promise.evidence.quote == evidence().quote);
            if theirs || !said() {
                continue;
            }
            if has(&clause.plain, &CALL_AGAIN) {
                steps.push(step("Call again", evidence()));
            } else if has(&clause.plain, &MUST) {
                steps.push(step("They ask of you", evidence()));
            }
        }
    }
    steps.extend(unanswered(transcript));
    let mut known: Vec<(String, u32)> = Vec::new();
    steps.retain(|step| {
        let key = (step.text.clone(), step.evidence.line);
        let new = !known.contains(&key);
        known.push(key);
        new
    });
    steps.truncate(STEPS_MAX);
    steps
}

/// "Pick up at 6:40 pm at Tony's", where the time is proven.
fn fetch(wish: Wish<'_>, facts: &[Fact]) -> Option<NextStep> {
    let ready = facts.iter().find(|fact| fact.name == "ready_time")?;
    let evidence = ready.evidence.clone()?;
    let way = wish.details.get("fulfilment")?.to_lowercase();
    let verb = if way.contains("pick") { "Pick up" } else { "Expect the delivery" };
    let value = ready.value.trim_end_matches('.');
    let when = if value.contains(':') || value.ends_with('m') || value.starts_with("noon") {
        format!("at {}", value.strip_prefix("at ").unwrap_or(value))
    } else {
        format!("in {}, counted from the call", value.strip_prefix("in ").unwrap_or(value))
    };
    let place = wish.callee_name.filter(|_| way.contains("pick")).map_or_else(String::new, |name| format!(" at {name}"));
    Some(step(&format!("{verb}{place} {when}"), evidence))
}

/// What the callee asked and the agent had no answer to.
fn unanswered(transcript: &[TranscriptLine]) -> Vec<NextStep> {
    let refuses = |line: &TranscriptLine| {
        let said = crate::clause::plain(&line.heard);
        line.speaker == Speaker::Agent
            && has(&said, &["i cant answer", "i cannot answer", "cant answer that", "i dont know", "i do not know"])
    };
    let asked = |pair: &[TranscriptLine]| {
        let [before, after] = pair else { return None };
        if before.speaker != Speaker::Callee || !refuses(after) {
            return None;
        }
        let clauses = clauses(&before.text);
        let asked: Vec<_> = clauses.iter().filter(|clause| clause.asked).collect();
        let (first, last) = (asked.first()?, asked.last()?);
        Some(step("They asked what I could not answer", evidence_at(before, first.start, last.end)))
    };
    transcript.windows(2).filter_map(asked).collect()
}

fn step(text: &str, evidence: Evidence) -> NextStep {
    NextStep { text: text.to_owned(), evidence }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promises;
    use crate::tests::lines;
    use types::FactWanted;

    #[test]
    fn what_is_left_is_told_with_its_words() {
        let said = lines(&[
            ("agent", "When will it be ready?"),
            ("callee", "It'll be ready at six forty p.m. Please bring your ID. Would you like a drink?"),
            ("agent", "I can't answer that, I will pass it on."),
            ("callee", "Sure, we'll call you back about the garlic bread."),
        ]);
        let wanted = [FactWanted { name: "ready_time".into(), question: "When will it be ready?".into(), kind: None }];
        let facts = crate::facts(&wanted, &[], &said);
        let details = Details::from([("fulfilment".into(), "pickup".into())]);
        let wish = Wish { details: &details, callee_name: Some("Tony's") };
        let told: Vec<String> = next_steps(wish, &facts, &promises(&said), &said).into_iter().map(|step| step.text).collect();
        let want = [
            "Pick up at Tony's at 6:40 pm",
            "They will get back to you",
            "They ask of you",
            "They asked what I could not answer",
        ];
        assert_eq!(told, want);
    }
}
