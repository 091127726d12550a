//! What a fresh session of the model is told of a call that is under way.

use crate::Session;
use crate::io::{Recalled, VoiceCommand};
use types::Speaker;

/// More than any model needs to go on; the earliest lines are left out.
const LINES_MAX: usize = 200;
const BROKE_OFF: &str = "The line broke off here for a moment and has come back. The callee has heard what is written above and nothing \
     else, and what they said meanwhile was lost. If your own last words broke off, begin with a very short apology and \
     say the rest. Go on where you were.";
const KNOWN: &str = " They know already who is calling: do not introduce yourself again.";
const REPORTED: &str = " You have reported the outcome already; report it again only if it changes.";

impl Session {
    /// The same for a call that another process began.
    pub(crate) fn recall_after_resume(&mut self) {
        self.recall(BROKE_OFF);
    }

    /// Tells the model what was said and heard before its session began. What is queued or on the line counts as heard: if it
    /// is cut off, the model is told.
    pub(crate) fn recall(&mut self, note: &str) {
        let lines = self.transcript.lines(self.stream.clock_ms(self.now));
        let heard = lines.into_iter().filter(|line| !line.heard.trim().is_empty());
        let mut lines: Vec<Recalled> = heard.map(|line| Recalled { speaker: line.speaker, text: line.heard }).collect();
        let waiting = self.playback.items().filter(|item| item.line.is_none() && !item.text.trim().is_empty());
        lines.extend(waiting.map(|item| Recalled { speaker: Speaker::Agent, text: item.text.clone() }));
        lines.drain(..lines.len().saturating_sub(LINES_MAX));
        if lines.is_empty() {
            return;
        }
        let known = if self.disclosure.heard_at_ms().is_some() { KNOWN } else { "" };
        let reported = self.report.as_ref().map(|report| format!("{REPORTED} It was: {}", report.summary)).unwrap_or_default();
        self.tell_voice(VoiceCommand::Recall { lines, note: format!("{note}{known}{reported}") });
    }

    /// The line to the callee was interrupted, the model's session was not.
    pub(crate) fn recall_break(&mut self) {
        self.tell_voice(VoiceCommand::Recall { lines: Vec::new(), note: BROKE_OFF.to_owned() });
    }

    /// Of a line that an earlier session made not all was heard.
    pub(crate) fn recall_cut(&mut self, said: &str, heard: &str) {
        let heard = if heard.is_empty() { "nothing" } else { heard };
        let note = format!("The callee has cut you off. Of your line \"{said}\" they have heard only: {heard}");
        self.tell_voice(VoiceCommand::Recall { lines: Vec::new(), note });
    }
}

impl Session {
    /// Tells the model something that was not said on the line. It is not asked to answer.
    pub(crate) fn tell_aside(&mut self, note: &str) {
        self.tell_voice(VoiceCommand::Recall { lines: Vec::new(), note: note.to_owned() });
    }
}
