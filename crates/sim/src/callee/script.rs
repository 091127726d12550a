//! What every callee is made of: words in, words out, and a slip of paper.

use indexmap::IndexMap;

/// The details of a slip, by the names that the whole system uses.
pub type Fields = IndexMap<String, String>;

/// What a callee has written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Slip {
    /// The kind of task: `order_food`, `book_table`, `ask_business`.
    pub kind: String,
    /// What was understood, by name.
    pub fields: Fields,
    /// What the callee told the caller: `total`, `ready_time`, `confirmation_number` …
    pub facts: Fields,
    /// Whether the caller has confirmed it.
    pub confirmed: bool,
}

/// What a callee does after listening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The words; none to keep silent.
    pub say: String,
    /// What comes after them.
    pub then: Then,
}

/// What a callee does after speaking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Listens.
    Listen,
    /// Listens for a goodbye, and hangs up after a short silence.
    AwaitGoodbye,
    /// Hangs up.
    HangUp,
    /// Hangs up in the middle of the words.
    BreakOff,
    /// Beeps after the words, if there are any, and records.
    Record,
    /// Lets the caller wait a little and then goes on with [`Script::connected`].
    Connect,
    /// Sends the tone of a fax machine in place of words.
    Fax,
}

impl Reply {
    /// Says this and listens.
    pub fn listen(say: impl Into<String>) -> Self {
        Self { say: say.into(), then: Then::Listen }
    }

    /// Says this and hangs up.
    pub fn hang_up(say: impl Into<String>) -> Self {
        Self { say: say.into(), then: Then::HangUp }
    }
}

/// How a callee behaves.
pub trait Script: Send {
    /// The first words.
    fn greeting(&mut self) -> Reply;
    /// What the caller has said, as it was understood; empty if nothing could be.
    fn hear(&mut self, said: &str) -> Reply;
    /// After [`Then::Connect`]: the first words of whoever is there now.
    fn connected(&mut self) -> Reply {
        Reply::listen("Hello?")
    }
    /// What has been written down.
    fn slip(&self) -> Slip;
}
