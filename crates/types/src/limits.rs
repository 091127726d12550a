//! The limits of one call.

use crate::FieldError;
use serde::{Deserialize, Serialize};

/// How long each part of a call may take. All in seconds.
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
}

impl Default for CallLimits {
    fn default() -> Self {
        Self { answer_timeout_s: 30, silence_timeout_s: 15, call_max_s: 300 }
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
        within("call_max_s", self.call_max_s, 15, 3600)
    }
}
