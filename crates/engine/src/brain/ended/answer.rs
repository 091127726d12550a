//! What the model answers about a call, before anything in it is believed.

use chat_model::Answer;
use evidence::{Quoted, Read, Reading};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// How many entries of each list are looked at.
const ENTRIES_MAX: usize = 40;

#[derive(Deserialize)]
struct Told {
    facts: Vec<Value>,
    #[serde(default, deserialize_with = "or_none")]
    promises: Vec<Value>,
    #[serde(default, deserialize_with = "or_none")]
    refusals: Vec<Value>,
    #[serde(default, deserialize_with = "or_none")]
    next_steps: Vec<Value>,
}

fn or_none<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Value>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Reads an answer. Without a list of facts it is nonsense; an entry without its words or its line is left out.
pub(super) fn reading(answer: &Answer) -> Result<Reading, serde_json::Error> {
    let told: Told = answer.json()?;
    let fact = |entry: &Value| Some((text(entry, "name")?, Read { text: text(entry, "value")?, by: quoted(entry)? }));
    let step = |entry: &Value| Some(Read { text: text(entry, "text").unwrap_or_default(), by: quoted(entry)? });
    Ok(Reading {
        facts: told.facts.iter().take(ENTRIES_MAX).filter_map(fact).collect(),
        promises: told.promises.iter().take(ENTRIES_MAX).filter_map(quoted).collect(),
        refusals: told.refusals.iter().take(ENTRIES_MAX).filter_map(quoted).collect(),
        next_steps: told.next_steps.iter().take(ENTRIES_MAX).filter_map(step).collect(),
    })
}

fn quoted(entry: &Value) -> Option<Quoted> {
    let line = match entry.get("line")? {
        Value::Number(number) => u32::try_from(number.as_u64()?).ok()?,
        Value::String(number) => number.trim().parse().ok()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(Quoted { line, quote: text(entry, "quote")? })
}

/// Models write `4` as well as `"4"`.
fn text(entry: &Value, name: &str) -> Option<String> {
    let text = match entry.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}
