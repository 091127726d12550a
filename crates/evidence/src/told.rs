//! What the callee told of a fact, in the order in which it was told.

use crate::clause::{Clause, Force, clauses, force, has, plain};
use crate::evidence_at;
use crate::meaning::{Meaning, Mention, mentions};
use crate::profile::Profile;
use types::{Evidence, FactKind, Speaker, TranscriptLine};

/// A value that the callee told.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) meaning: Meaning,
    /// The words of the value alone.
    pub(crate) words: String,
    pub(crate) evidence: Evidence,
    /// The agent's words that it says yes to.
    pub(crate) confirms: Option<Evidence>,
    /// 2: the words around it tell that it is this fact. 1: nothing speaks against it.
    pub(crate) grade: u8,
    /// Another value stands beside it, and neither takes the other back.
    pub(crate) ambiguous: bool,
    /// It was taken back in the same breath, or denied later.
    pub(crate) withdrawn: bool,
    pub(crate) line: usize,
}

/// What the callee says first when they agree.
const YES: [&str; 24] = [
    "yes",
    "yeah",
    "yep",
    "yup",
    "correct",
    "right",
    "exactly",
    "thats right",
    "that is right",
    "thats correct",
    "that is correct",
    "sure",
    "you got it",
    "perfect",
    "absolutely",
    "uh huh",
    "mm hm",
    "of course",
    "indeed",
    "thats it",
    "yes maam",
    "yes sir",
    "sounds right",
    "that is it",
];
const SETTLED: [&str; 14] = [
    "youre all set",
    "you are all set",
    "all set",
    "booked",
    "its done",
    "confirmed",
    "youre set",
    "see you then",
    "you are booked",
    "youre booked",
    "consider it done",
    "got you down",
    "you are set",
    "reserved",
];
const PRONOUNS: [&str; 16] = [
    "its",
    "it is",
    "thats",
    "that is",
    "itll be",
    "it will be",
    "thatll be",
    "that will be",
    "youre",
    "you are",
    "it should be",
    "that would be",
    "itd be",
    "we are at",
    "it would be",
    "were looking at",
];
const FILLERS: [&str; 22] = [
    "um",
    "uh",
    "so",
    "okay",
    "ok",
    "well",
    "about",
    "around",
    "yes",
    "no",
    "sorry",
    "actually",
    "even",
    "sure",
    "and",
    "approximately",
    "the",
    "in",
    "at",
    "alright",
    "roughly",
    "maam",
];

/// Everything that the callee told of the fact.
pub(crate) fn of(profile: &Profile, transcript: &[TranscriptLine]) -> Vec<Told> {
    let mut told: Vec<Told> = Vec::new();
    let mut agent: Option<&TranscriptLine> = None;
    for (place, line) in transcript.iter().enumerate() {
        match line.speaker {
            // What was not heard was not agreed to.
            Speaker::Agent if line.heard.trim().is_empty() => {}
            Speaker::Agent => agent = Some(line),
            Speaker::Callee => {
                read_back(profile, agent, line, place, &mut told);
                read(profile, agent, line, place, &mut told);
                agent = agent.filter(|_| plain(&line.text).trim().is_empty());
            }
        }
    }
    told
}

fn read(profile: &Profile, agent: Option<&TranscriptLine>, line: &TranscriptLine, place: usize, told: &mut Vec<Told>) {
    let clauses = clauses(&line.text);
    let asked_for = agent.is_some_and(|agent| asks(profile, &agent.heard));
    let before = told.len();
    for mention in mentions(profile.kind, &line.text) {
        let Some(at) = clauses.iter().rposition(|clause| clause.start <= mention.start) else { continue };
        match force(&line.text, &clauses, mention.start, mention.end) {
            Force::Asked | Force::Supposed => continue,
            Force::Denied => {
                for known in told.iter_mut().filter(|known| known.meaning.agrees(&mention.meaning)) {
                    known.withdrawn = true;
                }
                continue;
            }
            Force::Said => {}
        }
        if agent.is_some_and(|agent| echoes(profile, agent, &line.text, &mention)) {
            continue;
        }
        let corrects = clauses[..=at].iter().any(|clause| clause.corrects);
        // A correction is of what it corrects, however short it is.
        let corrected = told.iter().filter(|known| known.meaning.comparable(&mention.meaning)).map(|known| known.grade).max();
        let corrected = corrected.filter(|_| corrects && !profile.contrary(&clauses[at].plain)).unwrap_or(0);
        let grade = grade(profile, &line.text, &clauses, at, &mention, asked_for).max(corrected);
        if grade == 0 {
            continue;
        }
        let corrected_here = |from: usize| clauses.iter().take(at + 1).any(|clause| clause.corrects && clause.end >= from);
        let mut ambiguous = false;
        for known in told[before..].iter_mut().filter(|known| {
            known.line == place && known.meaning.comparable(&mention.meaning) && !known.meaning.agrees(&mention.meaning)
        }) {
            if corrected_here(known.evidence_end(line)) {
                known.withdrawn = true;
            } else if known.grade == grade && profile.kind != FactKind::Count {
                known.ambiguous = true;
                ambiguous = true;
            }
        }
        let clause = &clauses[at];
        let (from, to) = (clause.start.min(mention.start), clause.end.max(mention.end));
        told.push(Told {
            meaning: mention.meaning,
            words: line.text[mention.start..mention.end].to_owned(),
            evidence: evidence_at(line, from, to),
            confirms: None,
            grade,
            ambiguous,
            withdrawn: false,
            line: place,
        });
    }
}

impl Told {
    /// Where its words end in the line.
    fn evidence_end(&self, line: &TranscriptLine) -> usize {
        line.text.find(&self.evidence.quote).map_or(0, |at| at + self.evidence.quote.len())
    }
}

/// How surely a value is of this fact, by the words around it: 2, 1, or 0 for not at all.
fn grade(profile: &Profile, text: &str, clauses: &[Clause], at: usize, mention: &Mention, asked_for: bool) -> u8 {
    let clause = &clauses[at];
    if profile.contrary(&clause.plain) || follows_from(text, mention.start) {
        return 0;
    }
    let before = clauses[..at].iter().rev().take_while(|other| other.sentence == clause.sentence);
    let cued_before = before
        .clone()
        .any(|other| profile.cued(&other.plain) && mentions(profile.kind, &text[other.start..other.end]).is_empty());
    if profile.cued(&clause.plain) || cued_before {
        return 2;
    }
    if asked_for {
        return 2;
    }
    let words =
        plain(&text[clause.start..mention.start.max(clause.start)]) + &plain(&text[mention.end.min(clause.end)..clause.end]);
    let short = words.split_whitespace().filter(|word| !FILLERS.contains(word)).count() <= 1;
    let pronoun = has(&clause.plain, &PRONOUNS);
    match profile.kind {
        // Numbers stand for many things.
        FactKind::Code | FactKind::Count => 0,
        FactKind::Money | FactKind::Time | FactKind::Duration | FactKind::Date | FactKind::Text if mention.bare => 0,
        FactKind::Money | FactKind::Time | FactKind::Duration | FactKind::Date | FactKind::Text => {
            u8::from(short || pronoun || profile.loose)
        }
    }
}

/// "Moved from Friday at three": the old value.
fn follows_from(text: &str, start: usize) -> bool {
    let before = plain(&text[..start]);
    before.ends_with(" from ") || before.ends_with(" instead of ")
}

/// The agent's last sentence asks for the fact.
fn asks(profile: &Profile, said: &str) -> bool {
    let clauses = clauses(said);
    let asked = |clause: &&Clause| clause.asked;
    clauses.iter().filter(asked).any(|clause| profile.asked_in(&clause.plain) && !profile.contrary(&clause.plain))
}

/// The callee only repeats what the agent offered.
fn echoes(profile: &Profile, agent: &TranscriptLine, text: &str, mention: &Mention) -> bool {
    let rest = plain(&text[..mention.start]) + &plain(&text[mention.end..]);
    let alone = rest.split_whitespace().all(|word| ["at", "okay", "ok", "um", "uh", "so", "the", "and", "for"].contains(&word));
    alone && mentions(profile.kind, &agent.heard).iter().any(|offered| offered.meaning.agrees(&mention.meaning))
}

/// The agent said the value back, and the callee's first word is yes.
fn read_back(profile: &Profile, agent: Option<&TranscriptLine>, line: &TranscriptLine, place: usize, told: &mut Vec<Told>) {
    let Some(agent) = agent else { return };
    let answer = clauses(&line.text);
    let Some(first) = answer.first() else { return };
    let yes = YES.iter().any(|word| {
        let bare = first.plain.trim();
        bare == *word || bare.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '))
    });
    let settles = profile.kind == FactKind::Date && answer.iter().any(|clause| has(&clause.plain, &SETTLED));
    let doubts = line.text.contains('?')
        || answer.iter().any(|clause| clause.asked || clause.corrects || has(&clause.plain, &["but", "not", "except"]));
    let own = mentions(profile.kind, &line.text);
    if !(yes || settles) || doubts {
        return;
    }
    let said = clauses(&agent.heard);
    let Some(last) = said.last() else { return };
    let tag = has(
        &last.plain,
        &["is that right", "is that correct", "right", "correct", "did i get that", "is that it", "okay", "yes", "have i got"],
    );
    let offered: Vec<Mention> = mentions(profile.kind, &agent.heard)
        .into_iter()
        .filter(|mention| {
            said.iter().rfind(|clause| clause.start <= mention.start).is_some_and(|clause| {
                let cued = said.iter().filter(|other| other.sentence == clause.sentence).any(|other| profile.cued(&other.plain));
                let answered = clause.sentence == last.sentence || (tag && last.sentence == clause.sentence + 1);
                // A yes to the last of several questions says nothing of the first.
                let asked = clause.asked || tag || settles;
                let fits = cued || profile.kind == FactKind::Date || profile.loose;
                answered && asked && fits && !profile.contrary(&clause.plain) && !has(&clause.plain, &["not", "or"])
            })
        })
        .collect();
    for offer in &offered {
        let rivals =
            offered.iter().any(|other| other.meaning.comparable(&offer.meaning) && !other.meaning.agrees(&offer.meaning));
        let differs = own.iter().any(|other| other.meaning.comparable(&offer.meaning) && !other.meaning.agrees(&offer.meaning));
        if rivals || differs {
            continue;
        }
        let heard = TranscriptLine { text: agent.heard.clone(), ..agent.clone() };
        told.push(Told {
            meaning: offer.meaning.clone(),
            words: heard.text[offer.start..offer.end].to_owned(),
            evidence: evidence_at(line, answer[0].start, answer.last().map_or(answer[0].end, |clause| clause.end)),
            confirms: Some(evidence_at(&heard, offer.start, offer.end)),
            grade: 2,
            ambiguous: false,
            withdrawn: false,
            line: place,
        });
    }
}
