//! An answer, put together from its pieces.

use crate::{Error, error::Said};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The most functions that one answer may call.
const CALLS_MAX: usize = 32;

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The words; those of a structured answer are JSON, if the model kept to it.
    pub text: String,
    /// What it calls, in order.
    pub calls: Vec<FunctionCall>,
}

/// A call of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionCall {
    /// What its result is sent back under.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// Its arguments: a JSON object as text, if the model kept to it.
    pub arguments: String,
}

impl Answer {
    /// The words as JSON. Fences and words around the object are forgiven.
    pub fn json<T: for<'de> Deserialize<'de>>(&self) -> Result<T, serde_json::Error> {
        let text = match (self.text.find('{'), self.text.rfind('}')) {
            (Some(start), Some(end)) if start < end => &self.text[start..=end],
            (_, _) => self.text.as_str(),
        };
        serde_json::from_str(text)
    }
}

/// A piece of a streamed answer, or all of one that is not streamed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Chunk {
    #[serde(deserialize_with = "or_default")]
    choices: Vec<Choice>,
    error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    index: u64,
    #[serde(alias = "message", deserialize_with = "or_default")]
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Delta {
    content: Option<Value>,
    refusal: Option<String>,
    #[serde(alias = "reasoning")]
    reasoning_content: Option<Value>,
    #[serde(deserialize_with = "or_default")]
    tool_calls: Vec<CallPiece>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CallPiece {
    index: Option<usize>,
    id: Option<String>,
    #[serde(deserialize_with = "or_default")]
    function: FunctionPiece,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FunctionPiece {
    name: Option<String>,
    arguments: Option<Value>,
}

/// `null` is as good as nothing.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// An answer while it comes in.
#[derive(Debug, Default)]
pub(crate) struct Coming {
    answer: Answer,
    refusal: String,
    finished: Option<String>,
    began: bool,
}

impl Coming {
    /// Whether anything of substance has come; a model's thoughts count.
    pub(crate) fn began(&self) -> bool {
        self.began
    }

    /// Whether the model has said that it is done.
    pub(crate) fn finished(&self) -> bool {
        self.finished.is_some()
    }

    /// Takes a piece, as JSON.
    pub(crate) fn take(&mut self, json: &str) -> Result<(), Error> {
        let chunk: Chunk =
            serde_json::from_str(json).map_err(|error| Error::Unreadable { what: format!("a piece of it: {error}") })?;
        if let Some(error) = chunk.error.filter(|error| !error.is_null()) {
            return Err(Error::Failed { status: 200, message: Said::of(&error, None).message });
        }
        for choice in chunk.choices.into_iter().filter(|choice| choice.index == 0) {
            let Delta { content, refusal, reasoning_content, tool_calls } = choice.delta;
            let before = self.answer.text.len();
            append(&mut self.answer.text, content);
            self.refusal += &refusal.unwrap_or_default();
            let thinks = reasoning_content.is_some_and(|thought| thought.as_str().is_some_and(|thought| !thought.is_empty()));
            self.began |= self.answer.text.len() > before || !self.refusal.is_empty() || !tool_calls.is_empty() || thinks;
            for piece in tool_calls {
                self.take_call(piece)?;
            }
            self.finished = choice.finish_reason.filter(|reason| !reason.is_empty()).or(self.finished.take());
        }
        Ok(())
    }

    fn take_call(&mut self, piece: CallPiece) -> Result<(), Error> {
        let calls = &mut self.answer.calls;
        let CallPiece { index, id, function } = piece;
        let id = id.filter(|id| !id.is_empty());
        // Some servers leave the index out and send each call whole.
        let place = match (index, &id) {
            (Some(index), _) => index,
            (None, Some(id)) => calls.iter().position(|call| call.id == *id).unwrap_or(calls.len()),
            (None, None) if function.name.is_some() => calls.len(),
            (None, None) => calls.len().saturating_sub(1),
        };
        if place >= CALLS_MAX {
            return Err(Error::Unreadable { what: format!("it calls more than {CALLS_MAX} functions") });
        }
        if place >= calls.len() {
            calls.resize(place + 1, FunctionCall::default());
        }
        let call = &mut calls[place];
        call.id = id.unwrap_or(std::mem::take(&mut call.id));
        call.name += &function.name.unwrap_or_default();
        append(&mut call.arguments, function.arguments);
        Ok(())
    }

    /// The answer, if it is one.
    pub(crate) fn end(mut self) -> Result<Answer, Error> {
        match self.finished.as_deref() {
            Some("length") => return Err(Error::Cut),
            Some("content_filter") => return Err(Error::Filtered),
            // A new reason for the end is no reason to throw the answer away.
            Some(_) => {}
            None => return Err(Error::Broken { source: None }),
        }
        if !self.refusal.trim().is_empty() {
            return Err(Error::Declined { words: self.refusal });
        }
        self.answer.calls.retain(|call| !call.name.is_empty());
        for (place, call) in self.answer.calls.iter_mut().enumerate() {
            if call.id.is_empty() {
                call.id = format!("call_{place}");
            }
        }
        Ok(self.answer)
    }
}

/// Text is sent as a string, as parts with a `text`, or (arguments) as the object itself.
fn append(text: &mut String, value: Option<Value>) {
    match value {
        None | Some(Value::Null) => {}
        Some(Value::String(piece)) => *text += &piece,
        Some(Value::Array(parts)) => {
            for part in parts {
                *text += part.get("text").and_then(Value::as_str).unwrap_or_default();
            }
        }
        Some(object @ (Value::Object(_) | Value::Bool(_) | Value::Number(_))) => *text += &object.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn put_together(pieces: &[Value]) -> Result<Answer, Error> {
        let mut coming = Coming::default();
        for piece in pieces {
            coming.take(&piece.to_string())?;
        }
        coming.end()
    }

    fn delta(delta: Value) -> Value {
        json!({ "id": "x", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
    }

    fn end(reason: &str) -> Value {
        json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] })
    }

    #[test]
    fn words_in_every_form_that_servers_use() {
        for pieces in [
            vec![delta(json!({ "role": "assistant", "content": "" })), delta(json!({ "content": "Hi" })), end("stop")],
            vec![delta(json!({ "content": [{ "type": "text", "text": "H" }, { "type": "text", "text": "i" }] })), end("eos")],
            vec![
                json!({ "choices": [{ "message": { "content": "Hi", "refusal": null, "tool_calls": null }, "finish_reason": "stop" }] }),
            ],
            vec![
                json!({ "choices": null }),
                delta(json!({ "content": "Hi", "new": 1 })),
                end("stop"),
                json!({ "usage": {}, "choices": [] }),
            ],
        ] {
            assert_eq!(put_together(&pieces).unwrap(), Answer { text: "Hi".into(), calls: Vec::new() });
        }
    }

    #[test]
    fn calls_in_pieces_and_whole() {
        let call = |id: &str, name: &str, arguments: &str| FunctionCall {
            id: id.into(),
            name: name.into(),
            arguments: arguments.into(),
        };
        let pieces = [
            delta(json!({ "tool_calls": [{ "index": 0, "id": "a", "function": { "name": "one", "arguments": "" } }] })),
            delta(json!({ "tool_calls": [{ "index": 0, "function": { "arguments": "{\"x\"" } }] })),
            delta(
                json!({ "tool_calls": [{ "index": 0, "function": { "arguments": ":1}" } }, { "index": 1, "id": "b", "function": { "name": "two" } }] }),
            ),
            end("tool_calls"),
        ];
        assert_eq!(put_together(&pieces).unwrap().calls, [call("a", "one", "{\"x\":1}"), call("b", "two", "")]);
        let whole = [
            delta(json!({ "tool_calls": [{ "function": { "name": "one", "arguments": { "x": 1 } } }] })),
            delta(json!({ "tool_calls": [{ "function": { "name": "two", "arguments": {} } }] })),
            end("stop"),
        ];
        assert_eq!(put_together(&whole).unwrap().calls, [call("call_0", "one", "{\"x\":1}"), call("call_1", "two", "{}")]);
        let far = delta(json!({ "tool_calls": [{ "index": 4_000_000, "function": { "name": "one" } }] }));
        assert!(matches!(put_together(&[far]), Err(Error::Unreadable { .. })));
    }

    #[test]
    fn what_is_no_answer_is_told_as_such() {
        let word = || delta(json!({ "content": "Hi" }));
        assert!(matches!(put_together(&[word(), end("length")]), Err(Error::Cut)));
        assert!(matches!(put_together(&[word(), end("content_filter")]), Err(Error::Filtered)));
        assert!(matches!(put_together(&[word()]), Err(Error::Broken { .. })));
        let declined = put_together(&[delta(json!({ "refusal": "I " })), delta(json!({ "refusal": "won't" })), end("stop")]);
        assert!(matches!(declined, Err(Error::Declined { words }) if words == "I won't"));
        let failed = put_together(&[word(), json!({ "error": { "message": "out of memory" } })]);
        assert!(matches!(failed, Err(Error::Failed { status: 200, message }) if message == "out of memory"));
        assert!(matches!(Coming::default().take("{\"choices\": 3}"), Err(Error::Unreadable { .. })));
    }

    #[test]
    fn json_is_found_in_its_fences() {
        let read = |text: &str| Answer { text: text.into(), calls: Vec::new() }.json::<Value>().ok();
        for text in ["{\"a\":1}", "```json\n{\"a\":1}\n```", "Here: {\"a\":1}."] {
            assert_eq!(read(text), Some(json!({ "a": 1 })), "{text}");
        }
        assert_eq!((read("no"), read("}{")), (None, None));
    }
}
