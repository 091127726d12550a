//! How the conversation ends: what came of it, and what was left open.

use super::super::facts::{Sort, sort};
use super::super::outcome::{Outcome, end_call};
use super::super::words::Sentence;
use super::super::{Line, Reply, ToolCall, asking, phrases, remarks};
use super::{Dialogue, Next};
use types::OutcomeStatus;

impl Dialogue<'_> {
    pub(super) fn status_if_over(&self) -> OutcomeStatus {
        match (self.facts.is_empty(), self.missing().any(|fact| sort(&fact.name) != Sort::Code)) {
            (false, false) => OutcomeStatus::Achieved,
            (false, true) => OutcomeStatus::Partly,
            (true, _) => OutcomeStatus::NotAchieved,
        }
    }

    pub(super) fn give_up(&self, say: String, remark: String) -> Next {
        let mut remarks = vec![remark];
        remarks.extend(self.unanswered());
        let status = if self.facts.is_empty() { OutcomeStatus::NotAchieved } else { OutcomeStatus::Partly };
        Next::End { status, say, remarks }
    }

    /// Questions that we could not answer, for the report.
    pub(super) fn unanswered(&self) -> Vec<String> {
        let mut open = Vec::new();
        let mut callee = "";
        for (at, line) in self.lines.iter().enumerate() {
            match line {
                Line::Callee { text } => callee = text,
                Line::Agent { text, .. } if text.contains(phrases::CANNOT_ANSWER) => {
                    // What they said while they waited is not what they had asked.
                    let asked = asking::unanswered(&self.lines[..at]);
                    open.push(format!("They asked what I could not answer: \"{}\"", asked.as_deref().unwrap_or(callee).trim()));
                }
                Line::Agent { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => {}
            }
        }
        open.dedup();
        open.truncate(3);
        open
    }

    pub(super) fn end(&self, status: OutcomeStatus, say: String, remarks: Vec<String>) -> Reply {
        let outcome = Outcome { status, facts: &self.facts, remarks };
        let report = outcome.report(self.briefing);
        let told = report.arguments.to_string();
        let reported = |line: &Line| match line {
            Line::Called { name, arguments } => *name == report.name && *arguments == told,
            Line::Callee { .. } | Line::Agent { .. } | Line::Told { .. } | Line::Returned { .. } => false,
        };
        let mut tools = vec![end_call()];
        if !self.lines.iter().any(reported) {
            tools.insert(0, report);
        }
        tools.retain(|ToolCall { name, .. }| self.tools.contains(name));
        Reply { say, tools }
    }

    pub(super) fn is_leaving(&self, heard: &[Sentence<'_>]) -> bool {
        heard.last().is_some_and(remarks::says_goodbye) && self.settled().is_some()
    }
}
