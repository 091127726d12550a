//! What is done if a machine answers: what the user says of it, and what a plan says.

use super::{State, turn::Turn};
use crate::parse::{machine, retry};
use types::{OnMachine, OnVoicemail};

/// What the user has said of it in this message.
#[derive(Clone, Debug, Default)]
pub(super) struct MachineSaid {
    said: bool,
    changed: bool,
}

impl MachineSaid {
    /// Reads the message, and keeps a wish for the plans from now on.
    pub(super) fn hear(state: &mut State, text: &str) -> Self {
        let Some(found) = machine::find(text, state.task_kind.is_some()) else { return Self::default() };
        let changed = state.machine_wish.as_ref() != Some(&found.wish);
        state.machine_wish = Some(found.wish);
        Self { said: true, changed }
    }

    pub(super) fn is_said(&self) -> bool {
        self.said
    }

    pub(super) fn is_changed(&self) -> bool {
        self.changed
    }

    /// What else is said.
    pub(super) fn rest(&self, text: &str) -> String {
        let found = if self.said { machine::find(text, true) } else { None };
        found.map_or_else(|| text.to_owned(), |found| retry::without(text, &retry::Said { range: found.range, wish: Ok(None) }))
    }
}

/// What holds for a plan made now. Who is to be tried again is not left a message, unless that was said.
pub(super) fn policy(turn: &Turn<'_>) -> OnMachine {
    let tried_again = super::retry::policy(turn).is_some();
    let voicemail = if tried_again { OnVoicemail::HangUp } else { OnVoicemail::default() };
    turn.state.machine_wish.clone().unwrap_or(OnMachine { voicemail, ..OnMachine::default() })
}
