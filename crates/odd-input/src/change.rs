//! One thing that is made wrong.

use proptest::prelude::*;
use serde_json::{Value, json};

/// Text that readers stumble over.
const TEXTS: [&str; 16] = [
    "",
    " ",
    "\0",
    "\u{202e}\u{feff}",
    "١٢٣",
    "１２",
    "½ ℮ ß İ ŉ",
    "👩‍👩‍👧‍👦",
    "-1",
    "1e400",
    "18446744073709551616",
    "0x10",
    "NaN",
    "\\\"'`${}[]{item}<&amp;>",
    "2026-02-30T25:61:61Z",
    "+1 415 555 0100",
];

/// A place and what happens there. Places are shares of the whole, so that they fit any length.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    /// A value of the JSON becomes another one.
    Value { at: u16, what: u8 },
    /// A member of the JSON, or an element, goes.
    Gone { at: u16 },
    /// A text of the JSON, or the text itself, gets something odd in its middle.
    Text { at: u16, what: u8 },
    /// A byte becomes another one.
    Byte { at: u16, to: u8 },
    /// A stretch of bytes goes.
    Cut { at: u16, length: u8 },
    /// A stretch of bytes comes again, so often.
    Again { at: u16, length: u8, times: u8 },
}

impl Arbitrary for Change {
    type Parameters = ();
    type Strategy = BoxedStrategy<Self>;

    fn arbitrary_with((): ()) -> Self::Strategy {
        let (at, small) = (any::<u16>, any::<u8>);
        prop_oneof![
            6 => (at(), small()).prop_map(|(at, what)| Self::Value { at, what }),
            2 => at().prop_map(|at| Self::Gone { at }),
            4 => (at(), small()).prop_map(|(at, what)| Self::Text { at, what }),
            1 => (at(), small()).prop_map(|(at, to)| Self::Byte { at, to }),
            1 => (at(), small()).prop_map(|(at, length)| Self::Cut { at, length }),
            1 => (at(), small(), small()).prop_map(|(at, length, times)| Self::Again { at, length, times }),
        ]
        .boxed()
    }
}

impl Change {
    pub(crate) fn make(self, mut bytes: Vec<u8>) -> Vec<u8> {
        let length = bytes.len();
        let place = |at: u16| usize::from(at) * length / (usize::from(u16::MAX) + 1);
        match self {
            Self::Value { at, what } => in_json(bytes, at, |value| *value = odd(what)),
            Self::Gone { at } => in_json(bytes, at, |value| match value {
                Value::Object(members) => {
                    drop(members.keys().nth(usize::from(at) % members.len().max(1)).cloned().map(|key| members.remove(&key)))
                }
                Value::Array(elements) => drop(elements.pop()),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => *value = Value::Null,
            }),
            Self::Text { at, what } => {
                let odd = TEXTS[usize::from(what) % TEXTS.len()];
                if serde_json::from_slice::<Value>(&bytes).is_ok() {
                    return in_json(bytes, at, |value| {
                        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                        let half = text.chars().count() / 2;
                        *value =
                            text.chars().take(half).chain(odd.chars()).chain(text.chars().skip(half)).collect::<String>().into();
                    });
                }
                bytes.splice(place(at)..place(at), odd.bytes());
                bytes
            }
            Self::Byte { at, to } => {
                if let Some(byte) = bytes.get_mut(place(at)) {
                    *byte = to;
                }
                bytes
            }
            Self::Cut { at, length: most } => {
                let end = (place(at) + usize::from(most)).min(length);
                bytes.drain(place(at)..end);
                bytes
            }
            Self::Again { at, length: most, times } => {
                let end = (place(at) + usize::from(most)).min(length);
                let again = bytes[place(at)..end].repeat(usize::from(times));
                bytes.splice(end..end, again);
                bytes
            }
        }
    }
}

fn odd(what: u8) -> Value {
    let deep = || (0..100).fold(Value::Null, |inner, _| json!([inner]));
    let values = [
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1),
        json!(0.5),
        json!(1e308),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(4_294_967_296_u64),
        json!([]),
        json!({}),
        json!([{}, [], null]),
        json!("x".repeat(20_000)),
        deep(),
        json!((0..2_000).collect::<Vec<_>>()),
    ];
    let texts = TEXTS.map(Value::from);
    values.iter().chain(&texts).nth(usize::from(what) % (values.len() + texts.len())).cloned().unwrap_or_default()
}

/// Changes the value at one place of a JSON text; anything else stays as it is.
fn in_json(bytes: Vec<u8>, at: u16, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) else { return bytes };
    let mut paths = Vec::new();
    collect(&value, String::new(), &mut paths);
    let path = &paths[usize::from(at) % paths.len()];
    if let Some(place) = value.pointer_mut(path) {
        change(place);
    }
    value.to_string().into_bytes()
}

fn collect(value: &Value, path: String, paths: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                collect(member, format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")), paths);
            }
        }
        Value::Array(elements) => {
            for (n, element) in elements.iter().enumerate().take(50) {
                collect(element, format!("{path}/{n}"), paths);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    paths.push(path);
}
