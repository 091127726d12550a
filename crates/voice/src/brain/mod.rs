//! What decides what is said: a trait, the make that needs no key, and one over a language model.
//!
//! The built-in brain is a form that talks. Every word that it tells comes from the briefing; what it cannot find there it does
//! not answer. Each turn is decided anew from all that was said before, so an interruption or a retry cannot confuse it.

mod asking;
mod asks;
mod budget;
mod built_in;
mod caller;
mod compare;
mod dialogue;
mod facts;
mod hold;
mod instructed;
mod menu;
mod model;
mod outcome;
mod phrases;
mod remarks;
#[cfg(test)]
mod tests;
mod words;

pub use built_in::BuiltIn;
pub use model::{LIMITS, Model, spoken};

use async_trait::async_trait;
use serde_json::Value;
use wire::realtime::Function;

/// Decides what is said. It has no memory of its own: everything is in the turn.
#[async_trait]
pub trait Brain: Send + Sync {
    /// The answer to what has been said so far. Nothing to say and no tool to call is an answer too: it lets the callee go on.
    async fn reply(&self, turn: &Turn) -> Reply;
}

/// A moment at which an answer is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// The session's instructions; those of a telephone call are a rendered [`types::Briefing`].
    pub instructions: String,
    /// Instructions for this one answer, in place of the session's.
    pub only_now: Option<String>,
    /// What has been said and done so far, in order.
    pub lines: Vec<Line>,
    /// What of the callee's words was hard to hear.
    pub doubts: Vec<Doubt>,
    /// The functions that may be called.
    pub tools: Vec<String>,
    /// What the client has told of them and of others.
    pub functions: Vec<Function>,
}

/// Words of the callee's that were hard to hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// All that was said in one breath, as it stands in [`Line::Callee`].
    pub text: String,
    /// The words of it.
    pub words: Vec<String>,
}

/// One thing that was said or done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The callee said this, as far as it was understood.
    Callee {
        /// The words.
        text: String,
    },
    /// We said this.
    Agent {
        /// The words, as far as they were heard.
        text: String,
        /// Whether we were cut off.
        cut: bool,
    },
    /// The client told this aside.
    Told {
        /// The words.
        text: String,
    },
    /// We called a function.
    Called {
        /// Its name.
        name: String,
        /// Its arguments, a JSON object as text.
        arguments: String,
    },
    /// The function gave this.
    Returned {
        /// Any text.
        output: String,
    },
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// What is said; may be empty.
    pub say: String,
    /// What is called, after the words.
    pub tools: Vec<ToolCall>,
}

/// A call of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// Its name.
    pub name: String,
    /// Its arguments, a JSON object.
    pub arguments: Value,
}
