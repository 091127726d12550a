//! Understanding what the user says.

#[cfg(test)]
mod any_words;
mod begin;
mod built_in;
mod correct;
mod doubt;
mod extract;
mod own_number;
mod phrase;
mod rebook;
pub mod score;
mod signs;
mod subject;
#[cfg(test)]
mod tests;
mod vet;

pub use built_in::BuiltIn;

use crate::{locale::Locale, task::State, template::Templates};
use async_trait::async_trait;
use jiff::Timestamp;
use std::fmt::Debug;
use types::Details;

/// Turns a user's words into what they mean for the task. It decides nothing: what it returns is checked, and only the
/// graph moves.
#[async_trait]
pub trait Brain: Debug + Send + Sync {
    /// What the words mean where the conversation stands now.
    async fn understand(&self, heard: &Heard<'_>) -> Result<Understanding, Error>;
}

/// Something the user has said, with all that helps to understand it.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// Their words.
    pub text: &'a str,
    /// The conversation so far, without these words; `state.node` is where it stands and `state.asked` what was asked last.
    pub state: &'a State,
    /// The kinds of tasks and what each needs.
    pub templates: &'a Templates,
    /// Where the user is.
    pub locale: &'a Locale,
    /// The time.
    pub now: Timestamp,
}

/// What some words mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Understanding {
    /// What the user wants to be done.
    pub intent: Intent,
    /// The kind of task that they begin (or turn to), a template's name.
    pub kind: Option<String>,
    /// The details that they told or changed, by name; `target_phone_number` and `callee_name` are names too.
    pub details: Details,
    /// A sentence that says why something they said cannot be used, and what would be right.
    pub problem: Option<String>,
}

/// What the user wants to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Intent {
    /// They tell something about the task, or change it.
    Tell,
    /// Yes, with nothing changed.
    Yes,
    /// No.
    No,
    /// Leave it: "never mind".
    CallOff,
    /// Call once more.
    Again,
    /// End the live call.
    HangUp,
    /// A greeting, or a question what can be done here.
    Help,
    /// Nothing more: "thanks".
    Thanks,
    /// It cannot be told.
    #[default]
    Unclear,
}

/// Why nothing was understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Whoever does the understanding did not answer; asking again may help.
    #[error("{message}")]
    Unavailable {
        /// What stood in the way.
        message: String,
    },
}

/// Where a phrase stands in a text as whole words, whatever the case.
pub(crate) fn find_phrase(text: &str, phrase: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    lower.match_indices(phrase).map(|(at, _)| at).find(|at| {
        let word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '\'');
        !word(lower[..*at].chars().next_back()) && !word(lower[at + phrase.len()..].chars().next())
    })
}

/// Whether a phrase stands in a text as whole words, whatever the case.
pub(crate) fn contains_phrase(text: &str, phrase: &str) -> bool {
    find_phrase(text, phrase).is_some()
}
