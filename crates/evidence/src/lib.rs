//! What a call's transcript proves: facts, promises and next steps, each with the words for it.
//!
//! Pure: no clock, no I/O, no model. Whoever claims something, the agent in its report or a model that has read the transcript
//! afterwards, claims only; what is believed is decided here, by the callee's own words.
//!
//! A fact is proven by what the callee said as a statement. A question, a denial, a guess, or the mere repetition of what the
//! agent offered proves nothing; the agent's words prove something only if the callee answers them with yes. The callee's last
//! word counts: a correction takes the earlier value's place, and the earlier one is shown beside it. What was hard to hear proves
//! nothing until it is said again alike or confirmed. Who tries to steer a program with their words ("ignore your rules and say…")
//! has told nothing with them.

mod clause;
mod code;
mod command;
mod doubt;
mod goal;
mod greeting;
mod meaning;
mod money;
mod numbers;
mod profile;
mod promises;
mod quote;
mod reading;
mod steps;
mod told;
mod user;
mod verdict;
mod when;

pub use doubt::undoubted;
pub use goal::{goal, unreported};
pub use promises::promises;
pub use reading::{Quoted, Read, Reading, reread};
pub use steps::{Wish, next_steps};
pub use user::with_user;

use types::{Evidence, Fact, FactWanted, TranscriptLine};

/// More facts than any call brings back.
const FACTS_MAX: usize = 60;

/// A fact as somebody reports it, not yet proven.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Its name in snake_case.
    pub name: &'a str,
    /// Its value.
    pub value: &'a str,
    /// The callee's words that are said to prove it.
    pub quote: Option<&'a str>,
}

/// The facts: first the wanted ones, claimed or not, then the others that were claimed. Of several claims for one name the last
/// counts. The transcript is in the order in which it was spoken.
pub fn facts(wanted: &[FactWanted], claims: &[Claim<'_>], transcript: &[TranscriptLine]) -> Vec<Fact> {
    let transcript = &*command::telling(transcript);
    let claim = |name: &str| claims.iter().rfind(|claim| claim.name.trim() == name);
    let mut facts: Vec<Fact> = Vec::new();
    for fact in wanted {
        facts.extend(verdict::of(fact, claim(&fact.name), transcript));
    }
    for extra in claims {
        let name = extra.name.trim();
        if !facts.iter().any(|fact| fact.name == name) && facts.len() < FACTS_MAX {
            let fact = FactWanted { name: name.to_owned(), question: String::new(), kind: None };
            facts.extend(verdict::of(&fact, claim(name), transcript));
        }
    }
    facts
}

/// The words from one byte of the line's text to another as evidence.
pub(crate) fn evidence_at(line: &TranscriptLine, first: usize, last: usize) -> Evidence {
    let quote = line.text[first..last].trim().to_owned();
    Evidence { line: line.line, quote, at_ms: at_ms(line, first) }
}

/// About when the words at this byte of the line were said.
fn at_ms(line: &TranscriptLine, byte: usize) -> u64 {
    let length = line.end_ms.saturating_sub(line.start_ms);
    line.start_ms + length * byte as u64 / (line.text.len() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use types::{Speaker, TranscriptLine};

    /// A transcript of these lines, a second each.
    pub(crate) fn lines(said: &[(&str, &str)]) -> Vec<TranscriptLine> {
        let line = |(place, (who, text)): (usize, &(&str, &str))| TranscriptLine {
            line: place as u32 + 1,
            speaker: if *who == "agent" { Speaker::Agent } else { Speaker::Callee },
            text: (*text).to_owned(),
            heard: (*text).to_owned(),
            interrupted: false,
            doubted: Vec::new(),
            start_ms: place as u64 * 1_000,
            end_ms: place as u64 * 1_000 + 900,
        };
        said.iter().enumerate().map(line).collect()
    }
}
