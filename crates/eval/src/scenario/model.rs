//! A callee who is played by a language model.

use super::check::{Fault, between, fault};
use serde::Deserialize;

/// The longest persona, characters.
const PERSONA_MAX: usize = 4_000;

/// Who is played, and how much of the model's work the call may take.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Who it is, what they know, what they want, how they talk.
    pub persona: String,
    /// How often they answer before they hang up; 30 by default.
    #[serde(default = "turns_max")]
    pub turns_max: u32,
    /// The longest answer, in tokens; 1,000 by default, since what some models think counts as well.
    #[serde(default = "tokens_max")]
    pub tokens_max: u32,
    /// How long the model may take for all answers of the call, real seconds; 120 by default.
    #[serde(default = "takes_max_s")]
    pub takes_max_s: f64,
}

fn turns_max() -> u32 {
    30
}

fn tokens_max() -> u32 {
    1_000
}

fn takes_max_s() -> f64 {
    120.0
}

impl Model {
    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.persona.trim().is_empty() || self.persona.chars().count() > PERSONA_MAX {
            return fault("callee.model.persona", format!("must have 1 to {PERSONA_MAX} characters"));
        }
        between("callee.model.turns_max", Some(f64::from(self.turns_max)), 1.0, 100.0)?;
        between("callee.model.tokens_max", Some(f64::from(self.tokens_max)), 16.0, 8_000.0)?;
        between("callee.model.takes_max_s", Some(self.takes_max_s), 1.0, 3_600.0)
    }
}
