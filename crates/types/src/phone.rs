//! Phone numbers in E.164 form.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A number in E.164 form: a plus, then 7 to 15 digits, the first not zero. Whether it exists or may be dialled is not
/// decided here. Source of the form: ITU-T E.164.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(pattern = r"^\+[1-9][0-9]{6,14}$", example = "+14155550100"))]
#[serde(transparent)]
#[ts(as = "String", export, export_to = "api.ts")]
pub struct PhoneNumber(String);

/// Why a text is not an E.164 number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It does not begin with a plus.
    #[error("the number must begin with + and the country code, as in +14155550100")]
    NoPlus,
    /// It has a character other than digits, or a zero after the plus, or the wrong length.
    #[error("the number must be + followed by 7 to 15 digits, as in +14155550100")]
    NotDigits,
}

impl PhoneNumber {
    /// Reads an E.164 number. Spaces, hyphens, dots and brackets between the digits are dropped.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let compact: String = text.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '\u{a0}')).collect();
        let digits = compact.strip_prefix('+').ok_or(Error::NoPlus)?;
        let good = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if good { Ok(Self(compact)) } else { Err(Error::NotDigits) }
    }

    /// The number in full, `+14155550100`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number for logs: its last four digits only, `…0100`.
    pub fn shortened(&self) -> String {
        format!("…{}", &self.0[self.0.len() - 4..])
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shortened, so that a number never reaches a log by way of `{:?}`.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({})", self.shortened())
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_with_and_without_separators() {
        assert_eq!(PhoneNumber::parse("+1 (415) 555-0100").unwrap().as_str(), "+14155550100");
        assert_eq!(PhoneNumber::parse("+14155550100").unwrap().shortened(), "…0100");
    }

    #[test]
    fn refuses_what_is_not_e164() {
        assert_eq!(PhoneNumber::parse("4155550100"), Err(Error::NoPlus));
        for bad in ["+", "+123", "+0123456789", "+1415555O100", "+1234567890123456", "+é4155550100"] {
            assert_eq!(PhoneNumber::parse(bad), Err(Error::NotDigits), "{bad}");
        }
    }

    #[test]
    fn debug_never_shows_the_number() {
        assert_eq!(format!("{:?}", PhoneNumber::parse("+14155550100").unwrap()), "PhoneNumber(…0100)");
    }
}
