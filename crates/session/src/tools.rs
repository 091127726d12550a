//! The two tools that the model has: `report_outcome` and `end_call`.

use crate::Session;
use crate::io::VoiceCommand;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tracing::{debug, info};
use types::OutcomeStatus;

/// Longer than any honest report.
const ARGUMENTS_BYTES_MAX: usize = 16 * 1024;
const FACTS_MAX: usize = 40;
const SUMMARY_CHARS_MAX: usize = 1_000;
const FACT_CHARS_MAX: usize = 500;

/// What the model says came of the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) status: OutcomeStatus,
    pub(crate) summary: String,
    pub(crate) facts: Vec<ReportedFact>,
}

/// A fact as the model reports it, not yet proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReportedFact {
    pub(crate) name: String,
    #[serde(deserialize_with = "scalar")]
    pub(crate) value: String,
    #[serde(default)]
    pub(crate) quote: Option<String>,
}

/// Why a tool call cannot be carried out; the text is for the model, so that it can do better.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("unknown tool `{0}`; the tools are `report_outcome` and `end_call`")]
    Unknown(String),
    #[error("the arguments are longer than {ARGUMENTS_BYTES_MAX} bytes; be brief")]
    TooLong,
    #[error("the arguments are not what `{tool}` takes: {cause}")]
    Arguments { tool: &'static str, cause: String },
    #[error("`{field}` {problem}")]
    Field { field: String, problem: String },
}

impl Session {
    pub(crate) fn on_tool_call(&mut self, response_id: &str, call_id: String, name: &str, arguments: &str) {
        if !self.call.asked() {
            return;
        }
        self.response_gives(response_id, false);
        self.response_calls_tool(response_id);
        let output = match self.use_tool(response_id, name, arguments) {
            Ok(done) => json!({ "status": done }),
            Err(error) => {
                debug!(order_id = %self.config.order_id, tool = name, "tool call refused");
                json!({ "error": error.to_string() })
            }
        };
        self.tell_voice(VoiceCommand::ToolResult { call_id, output: output.to_string() });
    }

    fn use_tool(&mut self, response_id: &str, name: &str, arguments: &str) -> Result<&'static str, Error> {
        if arguments.len() > ARGUMENTS_BYTES_MAX {
            return Err(Error::TooLong);
        }
        match name {
            "report_outcome" => {
                let report = read_report(arguments)?;
                info!(order_id = %self.config.order_id, status = ?report.status, facts = report.facts.len(), "outcome reported");
                self.report = Some(report);
                Ok("recorded")
            }
            "end_call" => {
                read_nothing(arguments)?;
                if !self.talking() || !self.responses.is_live(response_id) {
                    return Ok("not ended: the callee has begun to speak");
                }
                self.hang_up_wanted();
                Ok("ending once the goodbye has been heard")
            }
            other => Err(Error::Unknown(other.chars().take(60).collect())),
        }
    }
}

#[derive(Deserialize)]
struct Arguments {
    status: Status,
    summary: String,
    #[serde(default)]
    facts: Vec<ReportedFact>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Achieved,
    Partly,
    NotAchieved,
}

fn read_report(arguments: &str) -> Result<Report, Error> {
    let read: Arguments =
        serde_json::from_str(arguments).map_err(|cause| Error::Arguments { tool: "report_outcome", cause: cause.to_string() })?;
    let problem = |field: &str, problem: String| Err(Error::Field { field: field.into(), problem });
    if read.facts.len() > FACTS_MAX {
        return problem("facts", format!("has more than {FACTS_MAX} entries"));
    }
    if read.summary.trim().is_empty() {
        return problem("summary", "is empty; say in one or two sentences what happened".into());
    }
    if read.summary.chars().count() > SUMMARY_CHARS_MAX {
        return problem("summary", format!("is longer than {SUMMARY_CHARS_MAX} characters; one or two sentences are enough"));
    }
    for (index, fact) in read.facts.iter().enumerate() {
        for (field, text, may_be_empty) in
            [("name", Some(&fact.name), false), ("value", Some(&fact.value), false), ("quote", fact.quote.as_ref(), true)]
        {
            let Some(text) = text else { continue };
            if text.trim().is_empty() && !may_be_empty {
                return problem(&format!("facts[{index}].{field}"), "is empty".into());
            }
            if text.chars().count() > FACT_CHARS_MAX {
                return problem(&format!("facts[{index}].{field}"), format!("is longer than {FACT_CHARS_MAX} characters"));
            }
        }
    }
    let status = match read.status {
        Status::Achieved => OutcomeStatus::Achieved,
        Status::Partly => OutcomeStatus::Partly,
        Status::NotAchieved => OutcomeStatus::NotAchieved,
    };
    Ok(Report { status, summary: read.summary.split_whitespace().collect::<Vec<_>>().join(" "), facts: read.facts })
}

/// `end_call` takes an object; what is in it does not matter.
fn read_nothing(arguments: &str) -> Result<(), Error> {
    if arguments.trim().is_empty() {
        return Ok(());
    }
    let read: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(arguments);
    read.map(|_| ()).map_err(|cause| Error::Arguments { tool: "end_call", cause: cause.to_string() })
}

/// Models write `"quantity": 1` as well as `"1"`.
fn scalar<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    use serde_json::Value;
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(yes) => Ok(if yes { "yes" } else { "no" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => Err(serde::de::Error::custom("a fact's value must be text")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_report_is_told_what_is_wrong() {
        let told = |arguments: &str| read_report(arguments).unwrap_err().to_string();
        assert!(told(r#"{"status":"done","summary":"x"}"#).contains("`achieved`, `partly`, `not_achieved`"));
        assert!(told(r#"{"status":"achieved"}"#).contains("missing field `summary`"));
        assert_eq!(told(r#"{"status":"partly","summary":"x","facts":[{"name":"","value":"1"}]}"#), "`facts[0].name` is empty");
        assert!(told(r#"{"status":"partly","summary":"x","facts":[{"name":"a","value":[1]}]}"#).contains("must be text"));
        assert!(told("nonsense").contains("not what `report_outcome` takes"));
    }

    #[test]
    fn a_number_is_a_value_too() {
        let report = read_report(r#"{"status":"achieved","summary":" a\n b ","facts":[{"name":"n","value":4}]}"#).unwrap();
        assert_eq!((report.facts[0].value.as_str(), report.summary.as_str()), ("4", "a b"));
    }
}
