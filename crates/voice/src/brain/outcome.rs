//! How it came out: the report, and the last words.

use super::ToolCall;
use super::facts::Told;
use serde_json::json;
use types::{Briefing, OutcomeStatus, details::label};

/// How it came out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome<'a> {
    pub(super) status: OutcomeStatus,
    pub(super) facts: &'a [Told],
    /// Why it did not work, or what was left open; sentences.
    pub(super) remarks: Vec<String>,
}

impl Outcome<'_> {
    /// The call of `report_outcome`.
    pub(super) fn report(&self, briefing: &Briefing) -> ToolCall {
        let status = match self.status {
            OutcomeStatus::Achieved => "achieved",
            OutcomeStatus::Partly => "partly",
            OutcomeStatus::NotAchieved | OutcomeStatus::Unknown => "not_achieved",
        };
        let facts: Vec<_> =
            self.facts.iter().map(|fact| json!({ "name": fact.name, "value": fact.value, "quote": fact.quote })).collect();
        let arguments = json!({ "status": status, "summary": self.summary(briefing), "facts": facts });
        ToolCall { name: "report_outcome".into(), arguments }
    }

    /// What happened, in a few sentences.
    fn summary(&self, briefing: &Briefing) -> String {
        let goal = briefing.goal.trim_end_matches(['.', '!', '?']);
        let begin = match self.status {
            OutcomeStatus::Achieved => "Done",
            OutcomeStatus::Partly => "Partly done",
            OutcomeStatus::NotAchieved | OutcomeStatus::Unknown => "Not done",
        };
        let mut sentences = vec![if goal.is_empty() { format!("{begin}.") } else { format!("{begin}: {goal}.") }];
        sentences.extend(self.facts.iter().map(|fact| format!("{}: {}.", label(&fact.name), fact.value.trim_end_matches('.'))));
        sentences.extend(self.remarks.iter().cloned());
        sentences.join(" ")
    }
}

/// The call of `end_call`.
pub(super) fn end_call() -> ToolCall {
    ToolCall { name: "end_call".into(), arguments: json!({}) }
}

/// The facts said back, so that the callee can correct them; empty for facts in words.
pub(super) fn echo(facts: &[Told]) -> String {
    let value = |name: &str| facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.trim_end_matches('.'));
    match (value("total"), value("ready_time")) {
        (Some(total), Some(ready)) if ready.starts_with(|c: char| c.is_ascii_digit()) && ready.contains("minute") => {
            format!("{total}, ready in {ready}.")
        }
        (Some(total), Some(_) | None) => format!("{total}, all right."),
        (None, _) => String::new(),
    }
}
