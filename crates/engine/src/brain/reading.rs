//! What the model answers, before anything in it is believed.

use super::question::INTENTS;
use chat_model::Answer;
use graph::brain::Intent;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};
use types::Details;

/// The model's reading of a message.
#[derive(Debug, Deserialize)]
pub(super) struct Reading {
    #[serde(rename = "intent", deserialize_with = "meaning")]
    pub(super) meaning: Meaning,
    #[serde(default)]
    pub(super) kind: Option<String>,
    #[serde(default, deserialize_with = "names")]
    pub(super) forget: Vec<String>,
    #[serde(default, deserialize_with = "values")]
    pub(super) details: Details,
}

/// What the user wants: an intent of the graph, or an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Intent(Intent),
    Why,
}

impl Reading {
    /// Reads an answer. Values that are no texts or numbers are left out; an intent that does not exist makes all of it nonsense.
    pub(super) fn of(answer: &Answer) -> Result<Self, serde_json::Error> {
        answer.json()
    }
}

fn meaning<'de, D: Deserializer<'de>>(from: D) -> Result<Meaning, D::Error> {
    let name = String::deserialize(from)?.to_lowercase().replace([' ', '-'], "_");
    let intent = match name.as_str() {
        "tell" => Intent::Tell,
        "yes" => Intent::Yes,
        "no" => Intent::No,
        "call_off" => Intent::CallOff,
        "again" => Intent::Again,
        "hang_up" => Intent::HangUp,
        "help" => Intent::Help,
        "thanks" => Intent::Thanks,
        "unclear" => Intent::Unclear,
        "why" => return Ok(Meaning::Why),
        _ => return Err(D::Error::custom(format!("the intent must be one of {:?}", INTENTS.map(|(name, _)| name)))),
    };
    Ok(Meaning::Intent(intent))
}

fn names<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let names = Option::<Vec<Value>>::deserialize(from)?.unwrap_or_default();
    Ok(names.into_iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
}

fn values<'de, D: Deserializer<'de>>(from: D) -> Result<Details, D::Error> {
    let text = |value: Value| match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let values = Option::<Map<String, Value>>::deserialize(from)?.unwrap_or_default();
    Ok(values.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect())
}
