//! `report_outcome`: what the model says came of the call, not yet proven.

use super::Error;
use serde::{Deserialize, Serialize};
use types::OutcomeStatus;

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

impl ReportedFact {
    /// As what has to be proven.
    pub(crate) fn claim(&self) -> evidence::Claim<'_> {
        evidence::Claim { name: &self.name, value: &self.value, quote: self.quote.as_deref() }
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

pub(super) fn read(arguments: &str) -> Result<Report, Error> {
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
        let told = |arguments: &str| read(arguments).unwrap_err().to_string();
        assert!(told(r#"{"status":"done","summary":"x"}"#).contains("`achieved`, `partly`, `not_achieved`"));
        assert!(told(r#"{"status":"achieved"}"#).contains("missing field `summary`"));
        assert_eq!(told(r#"{"status":"partly","summary":"x","facts":[{"name":"","value":"1"}]}"#), "`facts[0].name` is empty");
        assert!(told(r#"{"status":"partly","summary":"x","facts":[{"name":"a","value":[1]}]}"#).contains("must be text"));
        assert!(told("nonsense").contains("not what `report_outcome` takes"));
    }

    #[test]
    fn a_number_is_a_value_too() {
        let report = read(r#"{"status":"achieved","summary":" a\n b ","facts":[{"name":"n","value":4}]}"#).unwrap();
        assert_eq!((report.facts[0].value.as_str(), report.summary.as_str()), ("4", "a b"));
    }
}
