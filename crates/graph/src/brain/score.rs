//! How well a brain understands: phrasings with what ought to be understood, and the share that is.

use super::{Brain, Error, Heard, Understanding};
use crate::{
    locale::Locale,
    task::State,
    template::{Template, Templates},
};
use indexmap::IndexMap;
use jiff::Timestamp;
use serde::Deserialize;
use std::fmt;
use types::{Details, chat::Node};

/// The phrasings that the built-in brain is developed on.
const DEVELOPMENT: &str = include_str!("../../phrasings/development.toml");
/// The phrasings that it is measured by, and that nobody looks at who works on it; their header tells.
const HELD_OUT: &str = include_str!("../../phrasings/held_out.toml");
/// The share of wrong understanding from which on a brain is not to be used.
pub const WRONG_LIMIT: f64 = 0.02;

/// Some words, with what ought to be understood.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrasing {
    /// The words.
    pub say: String,
    /// The kind of task that they begin, if they begin one.
    pub kind: Option<String>,
    /// What they tell, by name.
    #[serde(default)]
    pub details: IndexMap<String, Accepted>,
    /// The kind of task that is under way.
    pub task: Option<String>,
    /// What was asked for last; with `task` and without this, a plan waits for a yes.
    pub asked: Option<String>,
}

/// Values that are equally right.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Accepted {
    /// The only one.
    One(String),
    /// Any of these.
    Any(Vec<String>),
}

/// Why phrasings cannot be read; nothing of them is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is no phrasing: say, kind, details, task and asked are its keys")]
pub struct Unreadable {
    /// The line of the file, from 1.
    pub line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    phrasings: Vec<Phrasing>,
}

/// What became of a phrasing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// All of it was understood, and nothing else.
    Understood,
    /// Something the task needs was not understood; the user is asked for it.
    AskedAgain,
    /// Something optional was not understood; only the plan shows that it is missing.
    Dropped,
    /// Something was understood that was not said.
    Wrong,
}

/// A phrasing that was not wholly understood.
#[derive(Clone, Debug)]
pub struct Miss {
    /// What became of it.
    pub mark: Mark,
    /// The words.
    pub say: String,
    /// What was missing or wrong.
    pub what: Vec<String>,
}

/// How well a brain understands.
#[derive(Clone, Debug, Default)]
pub struct Score {
    /// How many phrasings there were.
    pub all: usize,
    /// Those that were not wholly understood, the worst last.
    pub misses: Vec<Miss>,
}

/// Phrasings from a file's text.
pub fn read(text: &str) -> Result<Vec<Phrasing>, Unreadable> {
    toml::from_str::<File>(text).map(|file| file.phrasings).map_err(|error| {
        // The reader's own message quotes the line, and a phrasing that is measured by is not to be seen.
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        Unreadable { line: text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1 }
    })
}

/// The phrasings that the built-in brain is developed on; every miss may be looked at.
pub fn development() -> Result<Vec<Phrasing>, Unreadable> {
    read(DEVELOPMENT)
}

/// The phrasings that it is measured by; only the totals are to be looked at.
pub fn held_out() -> Result<Vec<Phrasing>, Unreadable> {
    read(HELD_OUT)
}

/// Lets a brain hear phrasings, at noon (UTC) of Saturday, November 21, 2026, in the United States.
pub async fn score(brain: &dyn Brain, templates: &Templates, phrasings: &[Phrasing]) -> Result<Score, Error> {
    let locale = Locale::default();
    // 2026-11-21T12:00:00Z.
    let now = Timestamp::from_second(1_795_262_400).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut score = Score { all: phrasings.len(), misses: Vec::new() };
    for phrasing in phrasings {
        let state = phrasing.state();
        let heard = Heard { text: &phrasing.say, state: &state, templates, locale: &locale, now };
        let understood = brain.understand(&heard).await?;
        let (mark, what) = phrasing.compare(&understood, templates);
        if mark != Mark::Understood {
            score.misses.push(Miss { mark, say: phrasing.say.clone(), what });
        }
    }
    score.misses.sort_by_key(|miss| miss.mark);
    Ok(score)
}

impl Phrasing {
    fn state(&self) -> State {
        let node = match (&self.task, &self.asked) {
            (None, _) => Node::AnalyzeTask,
            (Some(_), Some(_)) => Node::AskForDetails,
            (Some(_), None) => Node::ConfirmTask,
        };
        State { node, task_kind: self.task.clone(), asked: self.asked.clone(), ..State::default() }
    }

    fn compare(&self, understood: &Understanding, templates: &Templates) -> (Mark, Vec<String>) {
        let (mut mark, mut what) = (Mark::Understood, Vec::new());
        let mut note = |as_bad_as: Mark, problem: String| {
            mark = mark.max(as_bad_as);
            what.push(problem);
        };
        match (&self.kind, &understood.kind) {
            (Some(kind), None) => note(Mark::AskedAgain, format!("took it for no task, not for {kind}")),
            (expected, Some(kind)) if expected.as_ref() != Some(kind) => {
                note(Mark::Wrong, format!("took it for {kind}, not for {}", expected.as_deref().unwrap_or("no task")));
            }
            (_, _) => {}
        }
        let template = self.kind.as_ref().or(self.task.as_ref()).and_then(|kind| templates.get(kind));
        for (name, value) in &understood.details {
            match self.details.get(name) {
                Some(accepted) if accepted.holds(value) => {}
                // An empty value is asked for.
                _ if value.is_empty() => note(Mark::AskedAgain, format!("forgot {name}")),
                Some(accepted) => note(Mark::Wrong, format!("{name}: understood {value:?}, not {accepted}")),
                None => note(Mark::Wrong, format!("{name}: understood {value:?}, which was not said")),
            }
        }
        for (name, accepted) in self.details.iter().filter(|(name, _)| !understood.details.contains_key(*name)) {
            let noticed =
                understood.problem.is_some() || understood.details.is_empty() || needed(template, name, &understood.details);
            let mark = if noticed { Mark::AskedAgain } else { Mark::Dropped };
            note(mark, format!("{name}: missed {accepted}"));
        }
        (mark, what)
    }
}

/// Whether the user would be asked for the detail.
fn needed(template: Option<&Template>, name: &str, known: &Details) -> bool {
    template.is_none_or(|template| template.needed(known).any(|slot| slot.name == name))
}

impl Accepted {
    fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Any(values) => values,
        }
    }

    /// Whether a value is right; case, punctuation at the end and a leading article do not matter.
    fn holds(&self, value: &str) -> bool {
        self.values().iter().any(|accepted| plain(accepted) == plain(value))
    }
}

impl fmt::Display for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted: Vec<String> = self.values().iter().map(|value| format!("{value:?}")).collect();
        f.write_str(&quoted.join(" or "))
    }
}

fn plain(text: &str) -> String {
    let lower = text.trim().trim_end_matches(['.', '!', '?']).to_lowercase();
    ["a ", "an ", "the "].iter().find_map(|article| lower.strip_prefix(article)).unwrap_or(&lower).to_owned()
}

impl Score {
    /// How many phrasings ended so.
    pub fn count(&self, mark: Mark) -> usize {
        match mark {
            Mark::Understood => self.all - self.misses.len(),
            Mark::AskedAgain | Mark::Dropped | Mark::Wrong => self.misses.iter().filter(|miss| miss.mark == mark).count(),
        }
    }

    /// The share of all phrasings that ended so, 0 to 1.
    pub fn share(&self, mark: Mark) -> f64 {
        if self.all == 0 { 0.0 } else { self.count(mark) as f64 / self.all as f64 }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Understood => "understood",
            Self::AskedAgain => "asked again",
            Self::Dropped => "dropped",
            Self::Wrong => "wrong",
        })
    }
}

/// A score's totals alone, for phrasings whose misses are not to be seen.
#[derive(Clone, Copy, Debug)]
pub struct Totals<'a>(&'a Score);

impl Score {
    /// The totals alone.
    pub fn totals(&self) -> Totals<'_> {
        Totals(self)
    }
}

impl fmt::Display for Totals<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "phrasings    {}", self.0.all)?;
        for mark in [Mark::Understood, Mark::AskedAgain, Mark::Dropped, Mark::Wrong] {
            writeln!(f, "{mark:<12} {} ({:.1} %)", self.0.count(mark), self.0.share(mark) * 100.0)?;
        }
        Ok(())
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for miss in &self.misses {
            writeln!(f, "{:<12} {}\n             {}", miss.mark, miss.say, miss.what.join("\n             "))?;
        }
        self.totals().fmt(f)
    }
}

#[cfg(test)]
mod tests;
