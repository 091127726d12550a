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

/// The phrasings that the built-in brain is measured by.
const HELD_OUT: &str = include_str!("../../phrasings.toml");
/// Phrasings that hardly anything was tuned on; their header tells.
const FRESH: &str = include_str!("../../phrasings_fresh.toml");
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

/// The phrasings that the built-in brain is measured by.
pub fn held_out() -> Result<Vec<Phrasing>, toml::de::Error> {
    toml::from_str::<File>(HELD_OUT).map(|file| file.phrasings)
}

/// Phrasings that were written after the brain's rules; their header tells what was mended because of them.
pub fn fresh() -> Result<Vec<Phrasing>, toml::de::Error> {
    toml::from_str::<File>(FRESH).map(|file| file.phrasings)
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

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for miss in &self.misses {
            writeln!(f, "{:<12} {}\n             {}", miss.mark, miss.say, miss.what.join("\n             "))?;
        }
        writeln!(f, "phrasings    {}", self.all)?;
        for mark in [Mark::Understood, Mark::AskedAgain, Mark::Dropped, Mark::Wrong] {
            writeln!(f, "{mark:<12} {} ({:.1} %)", self.count(mark), self.share(mark) * 100.0)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brain::{BuiltIn, Intent};
    use futures_util::FutureExt;

    fn phrasing(text: &str) -> Phrasing {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn what_was_not_said_is_worse_than_what_was_missed() {
        let templates = Templates::built_in().unwrap();
        let wish = phrasing("say = 'x'\nkind = 'order_food'\ndetails = { item = ['the pizza', 'pie'], callback_number = '1' }");
        let mark = |kind: &str, details: &[(&str, &str)]| {
            let details = details.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let kind = (!kind.is_empty()).then(|| kind.to_owned());
            let understood = Understanding { intent: Intent::Tell, kind, details, problem: None };
            wish.compare(&understood, &templates).0
        };
        assert_eq!(mark("order_food", &[("item", "Pizza"), ("callback_number", "1")]), Mark::Understood);
        assert_eq!(mark("order_food", &[("item", "pie")]), Mark::Dropped);
        assert_eq!(mark("order_food", &[("callback_number", "1")]), Mark::AskedAgain);
        assert_eq!(mark("", &[]), Mark::AskedAgain);
        assert_eq!(mark("order_food", &[("item", "pasta"), ("callback_number", "1")]), Mark::Wrong);
        assert_eq!(mark("order_food", &[("item", "pie"), ("callback_number", "1"), ("size", "large")]), Mark::Wrong);
        assert_eq!(mark("book_table", &[]), Mark::Wrong);
    }

    #[test]
    fn there_are_enough_phrasings_and_the_clock_is_right() {
        assert!(held_out().unwrap().len() >= 150 && fresh().unwrap().len() >= 40);
        assert_eq!(Timestamp::from_second(1_795_262_400).unwrap().to_string(), "2026-11-21T12:00:00Z");
    }

    #[test]
    fn hardly_anything_is_understood_wrongly() {
        let (templates, phrasings) = (Templates::built_in().unwrap(), held_out().unwrap());
        let score = score(&BuiltIn, &templates, &phrasings).now_or_never().unwrap().unwrap();
        assert!(score.share(Mark::Wrong) < WRONG_LIMIT, "{score}");
    }

    #[test]
    fn an_empty_list_has_a_score() {
        let templates = Templates::built_in().unwrap();
        let score = score(&BuiltIn, &templates, &[]).now_or_never().unwrap().unwrap();
        assert_eq!((score.all, score.share(Mark::Wrong)), (0, 0.0));
    }
}
