//! What a fresh session of the model is told of a call that is under way.

use crate::Session;
use crate::io::{Recalled, VoiceCommand};

/// More than any model needs to go on; the earliest lines are left out.
const LINES_MAX: usize = 200;
const BROKE_OFF: &str = "The line broke off here for a moment and has come back. The callee has heard what is written above and nothing \
     else, and what they said meanwhile was lost. Go on where you were.";
const KNOWN: &str = " They know already who is calling: do not introduce yourself again.";
const REPORTED: &str = " You have reported the outcome already; report it again only if it changes.";

impl Session {
    /// Tells the model what was said and heard before its session began.
    pub(crate) fn recall(&mut self) {
        let lines = self.transcript.lines(self.stream.clock_ms(self.now));
        let heard = lines.into_iter().filter(|line| !line.heard.trim().is_empty());
        let mut lines: Vec<Recalled> = heard.map(|line| Recalled { speaker: line.speaker, text: line.heard }).collect();
        lines.drain(..lines.len().saturating_sub(LINES_MAX));
        if lines.is_empty() {
            return;
        }
        let known = if self.disclosure.heard_at_ms().is_some() { KNOWN } else { "" };
        let reported = if self.report.is_some() { REPORTED } else { "" };
        self.tell_voice(VoiceCommand::Recall { lines, note: format!("{BROKE_OFF}{known}{reported}") });
    }
}

impl Session {
    /// Tells the model something that was not said on the line. It is not asked to answer.
    pub(crate) fn tell_aside(&mut self, note: &str) {
        self.tell_voice(VoiceCommand::Recall { lines: Vec::new(), note: note.to_owned() });
    }
}
