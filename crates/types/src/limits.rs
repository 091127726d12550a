//! The limits of one call.

use crate::FieldError;
use serde::{Deserialize, Serialize};

/// How long each part of a call may take, in seconds, and what it may cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(default, deny_unknown_fields)]
pub struct CallLimits {
    /// How long it may ring before nobody has answered. 5 to 120.
    #[cfg_attr(feature = "openapi", schema(minimum = 5, maximum = 120))]
    pub answer_timeout_s: u32,
    /// How long both sides may be silent before the agent asks, and then again before it says goodbye. 5 to 120.
    #[cfg_attr(feature = "openapi", schema(minimum = 5, maximum = 120))]
    pub silence_timeout_s: u32,
    /// How long the whole call may last from the answer on. 15 to 3600.
    #[cfg_attr(feature = "openapi", schema(minimum = 15, maximum = 3600))]
    pub call_max_s: u32,
    /// How long the call may be on hold, in all; then the agent says goodbye. At most `call_max_s` counts. 10 to 3600.
    #[cfg_attr(feature = "openapi", schema(minimum = 10, maximum = 3600))]
    pub hold_max_s: u32,
    /// What the call may cost, in millionths of the currency of the call handler's prices; it is ended before. By default as
    /// much as the handler's own limit, or else its estimate, allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000_000_000_u64))]
    #[ts(type = "number", optional)]
    pub cost_max_micros: Option<u64>,
}

/// The most that [`CallLimits::cost_max_micros`] can be; more is a slip of the pen.
const COST_MAX_MICROS: u64 = 1_000_000_000_000;

impl Default for CallLimits {
    fn default() -> Self {
        Self { answer_timeout_s: 30, silence_timeout_s: 15, call_max_s: 300, hold_max_s: 600, cost_max_micros: None }
    }
}

impl CallLimits {
    /// Refuses a limit outside its range, naming the field.
    pub fn check(&self) -> Result<(), FieldError> {
        let within = |field: &str, value: u32, low: u32, high: u32| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(FieldError::new(format!("limits.{field}"), format!("must be {low} to {high} seconds, not {value}")))
            }
        };
        within("answer_timeout_s", self.answer_timeout_s, 5, 120)?;
        within("silence_timeout_s", self.silence_timeout_s, 5, 120)?;
        within("call_max_s", self.call_max_s, 15, 3600)?;
        within("hold_max_s", self.hold_max_s, 10, 3600)?;
        match self.cost_max_micros {
            Some(micros) if !(1..=COST_MAX_MICROS).contains(&micros) => Err(FieldError::new(
                "limits.cost_max_micros",
                format!("must be 1 to {COST_MAX_MICROS} millionths of the currency, not {micros}"),
            )),
            Some(_) | None => Ok(()),
        }
    }
}
