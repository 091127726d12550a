//! What the carrier says of who has answered. It listens along, and is late or wrong at times.

use super::check::{Fault, between};
use serde::{Deserialize, Deserializer, de};
use wire::rest::AnsweredBy;

/// One verdict.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarrierSays {
    /// In the carrier's own word: `human`, `machine_start`, `machine_end_beep`, `machine_end_silence`, `machine_end_other`,
    /// `fax`, `unknown`.
    #[serde(deserialize_with = "word")]
    pub answered_by: AnsweredBy,
    /// How long after the answer, seconds.
    pub at_s: f64,
}

impl CarrierSays {
    pub(super) fn check(&self, field: &str) -> Result<(), Fault> {
        between(&format!("{field}.at_s"), Some(self.at_s), 0.0, 600.0)
    }
}

/// In life a word that nobody knows means that it cannot be told; in a file it is a slip of the pen.
fn word<'de, D: Deserializer<'de>>(from: D) -> Result<AnsweredBy, D::Error> {
    let word = String::deserialize(from)?;
    let by = AnsweredBy::parse(&word);
    if by.as_str() == word {
        return Ok(by);
    }
    let known = AnsweredBy::ALL.map(AnsweredBy::as_str).join(", ");
    Err(de::Error::custom(format!("unknown word {word:?}, expected one of {known}")))
}
