//! What the JSON codecs share: numbers that may come as text, nulls that mean "not there", base64 without copies in between.

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose::STANDARD};
use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::ser::Serializer;
use std::borrow::Cow;
use std::fmt;

/// Base64 as others send it: padding or not, loose last bits or not.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// Text that is borrowed from the message where it holds no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// Decodes base64 leniently; `None` if it is no base64 at all.
pub(crate) fn base64_lenient(text: &str) -> Option<Bytes> {
    LENIENT.decode(text).ok().map(Bytes::from)
}

/// Decodes base64 as the standard has it; `None` otherwise.
pub(crate) fn base64_strict(text: &str) -> Option<Bytes> {
    STANDARD.decode(text).ok().map(Bytes::from)
}

/// Appends base64 to a message that is being written.
pub(crate) fn push_base64(out: &mut String, bytes: &[u8]) {
    STANDARD.encode_string(bytes, out);
}

/// Appends a JSON string, quotes included.
pub(crate) fn push_string(out: &mut String, text: &str) {
    use fmt::Write as _;
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// For `serialize_with`: bytes as base64, straight into the output.
pub(crate) fn as_base64<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&base64::display::Base64Display::new(bytes, &STANDARD))
}

/// For `deserialize_with`: base64 as bytes, leniently.
pub(crate) fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let text = Text::deserialize(deserializer)?;
    base64_lenient(&text.0).ok_or_else(|| D::Error::custom("not base64"))
}

/// For `deserialize_with`: null means the type's default.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// For `deserialize_with` on `Option<Option<T>>`: null is `Some(None)`; a missing field stays `None` by `default`.
pub(crate) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// For `deserialize_with`: a count that may come as an integer, a float, a text of digits, or null (0).
pub(crate) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(maybe_count(deserializer)?.unwrap_or(0))
}

/// For `deserialize_with`: as [`count`], with null told apart.
pub(crate) fn maybe_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    struct Count;
    impl<'de> Visitor<'de> for Count {
        type Value = Option<u64>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a count, as a number or as text")
        }
        fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
            Ok(Some(value))
        }
        fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
            Ok(Some(u64::try_from(value).unwrap_or(0)))
        }
        fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
            // `as` saturates, and takes NaN for 0.
            Ok(Some(value as u64))
        }
        fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Self::Value, E> {
            match value.trim() {
                "" => Ok(None),
                text => text.parse().map(Some).map_err(|_| E::custom("a count must be digits")),
            }
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_written_string_is_read_back(text in "\\PC*|[\\x00-\\x7f]*") {
            let mut out = String::new();
            push_string(&mut out, &text);
            prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn base64_with_or_without_padding() {
        assert_eq!(base64_lenient("/////w==").unwrap(), base64_lenient("/////w").unwrap());
        assert_eq!(base64_strict("/////w"), None);
        assert_eq!(base64_lenient("no base64!"), None);
    }
}
