//! What the person that the call is made for does meanwhile: answers the agent's questions, or does not, and tells it things.

use super::check::{Fault, between, expression, fault};
use serde::Deserialize;
use types::asking::{CHOICES_MAX, TOLD_CHARS_MAX};

/// How many of a kind there may be.
const LIST_MAX: usize = 20;

/// The person that the call is made for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct User {
    /// Their answers. A question that none of them fits gets no answer.
    pub answers: Vec<Answer>,
    /// What they type although nobody asked.
    pub tells: Vec<Tell>,
}

/// An answer to a question of the agent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// A regular expression that is looked for in the question, in small letters. The first answer that fits is given.
    pub asked: String,
    /// The words …
    pub say: Option<String>,
    /// … or which of the choices that the question offers, from 1.
    pub choice: Option<usize>,
    /// How long after the question, seconds; 5 by default.
    #[serde(default = "after_s")]
    pub after_s: f64,
}

fn after_s() -> f64 {
    5.0
}

/// An instruction.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// Its words.
    pub say: String,
    /// When the agent's n-th turn is over, from 1 …
    pub after_turn: Option<u32>,
    /// … or so long after the answer, seconds.
    pub at_s: Option<f64>,
}

impl User {
    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.answers.len() > LIST_MAX || self.tells.len() > LIST_MAX {
            return fault("user", format!("must have at most {LIST_MAX} of a kind"));
        }
        for (at, answer) in self.answers.iter().enumerate() {
            let field = |name: &str| format!("user.answers[{at}]{name}");
            expression(&field(".asked"), &answer.asked)?;
            between(&field(".after_s"), Some(answer.after_s), 0.0, 600.0)?;
            if answer.say.is_some() == answer.choice.is_some() {
                return fault(&field(""), "must have either say or choice; leave the answer out for a user who does not answer");
            }
            if answer.choice.is_some_and(|choice| !(1..=CHOICES_MAX).contains(&choice)) {
                return fault(&field(".choice"), format!("must be 1 to {CHOICES_MAX}"));
            }
            words(&field(".say"), answer.say.as_deref().unwrap_or("x"))?;
        }
        for (at, tell) in self.tells.iter().enumerate() {
            let field = |name: &str| format!("user.tells[{at}]{name}");
            words(&field(".say"), &tell.say)?;
            between(&field(".at_s"), tell.at_s, 0.0, 3_600.0)?;
            between(&field(".after_turn"), tell.after_turn.map(f64::from), 1.0, 100.0)?;
            if tell.after_turn.is_some() == tell.at_s.is_some() {
                return fault(&field(""), "must have either after_turn or at_s");
            }
        }
        Ok(())
    }
}

fn words(field: &str, text: &str) -> Result<(), Fault> {
    if text.trim().is_empty() || text.chars().count() > TOLD_CHARS_MAX {
        return fault(field, format!("must have 1 to {TOLD_CHARS_MAX} characters"));
    }
    Ok(())
}
