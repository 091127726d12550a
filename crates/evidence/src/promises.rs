//! What was promised, and what the agent refused: few forms of words, each of which means nothing else.

use crate::clause::{Clause, Force, clauses, force, has};
use crate::command::telling;
use crate::evidence_at;
use types::{Promise, Speaker, TranscriptLine};

/// More promises than a call has.
pub(crate) const PROMISES_MAX: usize = 12;

const WHO: [&str; 16] = [
    "well",
    "we will",
    "ill",
    "i will",
    "theyll",
    "they will",
    "shell",
    "she will",
    "hell",
    "he will",
    "someone will",
    "somebody will",
    "im going to",
    "were going to",
    "our driver will",
    "the driver will",
];
const DEEDS: [&str; 36] = [
    "call you",
    "call them",
    "call back",
    "call her",
    "call him",
    "ring you",
    "ring back",
    "text you",
    "text them",
    "email",
    "send",
    "deliver",
    "hold",
    "keep",
    "have it",
    "have that",
    "have your",
    "get back",
    "let you know",
    "let them know",
    "put",
    "save",
    "bring",
    "be there",
    "refund",
    "charge",
    "leave",
    "make sure",
    "set it aside",
    "set aside",
    "give you a call",
    "give them a call",
    "reach out",
    "follow up",
    "take care",
    "waive",
];
const IT_WILL: [&str; 8] = [
    "itll be ready",
    "it will be ready",
    "be ready in",
    "be ready at",
    "be ready by",
    "itll be there",
    "it will be there",
    "youll get",
];
const AGENT_DEEDS: [&str; 14] = [
    "pass it on",
    "pass that on",
    "pass this on",
    "pick it up",
    "pay on",
    "pay when",
    "pay at",
    "be there",
    "call back",
    "call again",
    "let them know",
    "let her know",
    "let him know",
    "tell them",
];
const REFUSALS: [&str; 12] = [
    "i cant answer",
    "i cannot answer",
    "i cant give",
    "i cannot give",
    "i cant tell you",
    "i cannot tell you",
    "im not able to",
    "i am not able to",
    "i cant share",
    "i cannot share",
    "im not allowed",
    "i am not allowed",
];

/// What either side promised, or the agent refused, in the order in which it was said. The same words count once.
pub fn promises(transcript: &[TranscriptLine]) -> Vec<Promise> {
    let mut found: Vec<Promise> = Vec::new();
    for line in telling(transcript).iter() {
        let said = match line.speaker {
            Speaker::Agent => TranscriptLine { text: line.heard.clone(), ..line.clone() },
            Speaker::Callee => line.clone(),
        };
        let clauses = clauses(&said.text);
        for clause in &clauses {
            let Some(refused) = kind(line.speaker, &said.text, &clauses, clause) else { continue };
            let evidence = evidence_at(&said, clause.start, clause.end);
            let known = found
                .iter()
                .any(|promise| promise.by == line.speaker && promise.evidence.quote.eq_ignore_ascii_case(&evidence.quote));
            if !known && found.len() < PROMISES_MAX {
                found.push(Promise { by: line.speaker, refused, evidence });
            }
        }
    }
    found
}

/// Whether the clause is a promise (`false`) or a refusal (`true`).
fn kind(speaker: Speaker, text: &str, all: &[Clause], clause: &Clause) -> Option<bool> {
    if clause.asked {
        return None;
    }
    let refusals: &[&str] = match speaker {
        Speaker::Agent => &REFUSALS,
        Speaker::Callee => &[],
    };
    if has(&clause.plain, refusals) {
        return Some(true);
    }
    let deeds: &[&str] = match speaker {
        Speaker::Agent => &AGENT_DEEDS,
        Speaker::Callee => &DEEDS,
    };
    let promised = has(&clause.plain, &WHO) && has(&clause.plain, deeds) || speaker == Speaker::Agent && pays(&clause.plain);
    let will_be = speaker == Speaker::Callee && has(&clause.plain, &IT_WILL);
    // The deed is what must not be denied: "we won't hold it".
    let said = force(text, all, clause.end, clause.end) == Force::Said;
    ((promised || will_be) && said).then_some(false)
}

/// "Maria will pay on pickup", whoever Maria is.
fn pays(plain: &str) -> bool {
    has(plain, &["will pay on", "will pay when", "will pick it up", "will pay at"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::lines;

    #[test]
    fn promises_and_refusals_are_found_with_their_words() {
        let said = lines(&[
            ("agent", "Can you hold a table?"),
            ("callee", "Sure, we'll hold it for fifteen minutes. Will you call us back?"),
            ("agent", "I can't give you a card number. I will pass it on."),
            ("callee", "Okay. If you want we'll send a menu. Someone will call you back tomorrow."),
            ("callee", "We won't deliver there."),
        ]);
        let told: Vec<(Speaker, bool, String)> =
            promises(&said).into_iter().map(|promise| (promise.by, promise.refused, promise.evidence.quote)).collect();
        let want = [
            (Speaker::Callee, false, "we'll hold it for fifteen minutes"),
            (Speaker::Agent, true, "I can't give you a card number"),
            (Speaker::Agent, false, "I will pass it on"),
            (Speaker::Callee, false, "Someone will call you back tomorrow"),
        ];
        assert_eq!(told, want.map(|(by, refused, quote)| (by, refused, quote.to_owned())));
    }
}
