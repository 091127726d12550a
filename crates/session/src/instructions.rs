//! The user tells the agent something in mid-call. It is carried out at the next turn, and never over the callee.

use crate::Session;
use crate::io::VoiceCommand;
use crate::response::Ask;
use std::time::Duration;
use tracing::info;
use types::asking::TOLD_CHARS_MAX;
use types::{CallEvent, briefing};

/// Instructions that one call takes.
const INSTRUCTIONS_MAX: usize = 20;

/// What the user has told the agent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Instructions {
    /// Their names and words, in order.
    taken: Vec<(String, String)>,
    /// The latest of them has not been followed by an answer of the model yet; told at this time.
    waits_since: Option<Duration>,
}

impl Instructions {
    /// Notes an event of the record.
    pub(crate) fn note(&mut self, id: &str, text: &str) {
        self.taken.push((id.to_owned(), text.to_owned()));
    }

    /// The model is asked to speak as it likes: it knows all of them.
    pub(crate) fn followed(&mut self) {
        self.waits_since = None;
    }
}

impl Session {
    /// Whether an instruction with this name has come already.
    pub fn has_instruction(&self, id: &str) -> bool {
        self.instructions.taken.iter().any(|(taken, _)| taken == id)
    }

    /// Whether the call takes another instruction.
    pub fn takes_instructions(&self) -> bool {
        self.closing.is_none() && !self.ended && self.instructions.taken.len() < INSTRUCTIONS_MAX
    }

    pub(crate) fn on_instruction(&mut self, id: String, text: &str) {
        let text: String = text.trim().chars().take(TOLD_CHARS_MAX).collect();
        if text.is_empty() || self.has_instruction(&id) || !self.takes_instructions() {
            return;
        }
        info!(order_id = %self.config.order_id, instruction = id, "the user instructs the agent");
        self.event(CallEvent::Instruction { id: id.clone(), text: text.clone() });
        self.tell_voice(VoiceCommand::Note { text: briefing::instruct(&text) });
        self.instructions.taken.push((id, text));
        self.instructions.waits_since = Some(self.now);
    }

    /// When the agent carries an instruction out although the callee has said nothing that wants an answer. Before it has been
    /// said who is calling nothing else is, and over a goodbye neither.
    pub(crate) fn instruction_due_at(&self) -> Option<Duration> {
        let since = self.instructions.waits_since.filter(|_| self.nobody_speaks() && !self.disclosure.due())?;
        Some(since.max(self.turns.last_sound()) + self.tuning.instruction_pause)
    }

    pub(crate) fn instruction_due(&mut self) {
        self.instructions.followed();
        self.want(Ask::Answer);
    }

    /// What a session of the model that has just opened must know of them.
    pub(crate) fn recall_instructions(&mut self) {
        let notes: Vec<String> = self.instructions.taken.iter().map(|(_, text)| briefing::instruct(text)).collect();
        for text in notes {
            self.tell_voice(VoiceCommand::Note { text });
        }
    }
}
