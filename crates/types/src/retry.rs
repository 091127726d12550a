//! Trying again without asking again: what the user agrees to with the plan.

use crate::FieldError;
use serde::{Deserialize, Serialize};

/// The most tries besides the first call.
const TIMES_MAX: u32 = 10;
/// The least and the most time between two calls, seconds.
const EVERY_S: std::ops::RangeInclusive<u32> = 60..=24 * 3_600;

/// How a call that reaches nobody is repeated without asking again. Every try is a call of its own, and passes every rule anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct RetryPolicy {
    /// How often at most, besides the first call. 1 to 10.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 10))]
    pub times: u32,
    /// Seconds from the end of one call to the next. 60 to 86,400.
    #[cfg_attr(feature = "openapi", schema(minimum = 60, maximum = 86_400))]
    pub every_s: u32,
}

impl RetryPolicy {
    /// Refuses what is too often, or not at all, naming the field.
    pub fn check(&self) -> Result<(), FieldError> {
        if !(1..=TIMES_MAX).contains(&self.times) {
            return Err(FieldError::new("retry.times", format!("must be 1 to {TIMES_MAX} times, not {}", self.times)));
        }
        if !EVERY_S.contains(&self.every_s) {
            return Err(FieldError::new("retry.every", "must be 1 minute to 24 hours"));
        }
        Ok(())
    }

    /// `If nobody answers, I try up to 2 more times, 10 minutes apart.`
    pub fn in_a_sentence(&self) -> String {
        let apart = span(self.every_s);
        match self.times {
            1 => format!("If nobody answers, I try once more, {apart} later."),
            times => format!("If nobody answers, I try up to {times} more times, {apart} apart."),
        }
    }
}

/// `10 minutes`, `an hour`, `90 seconds`.
fn span(seconds: u32) -> String {
    match (seconds / 3_600, seconds % 3_600 / 60, seconds % 60) {
        (0, 1, 0) => "a minute".into(),
        (0, minutes, 0) => format!("{minutes} minutes"),
        (1, 0, 0) => "an hour".into(),
        (hours, 0, 0) => format!("{hours} hours"),
        (_, _, 0) => format!("{} minutes", seconds / 60),
        (_, _, _) => format!("{seconds} seconds"),
    }
}

/// A try that waits for its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct NextTry {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// How many tries are left, with this one.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub left: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_told_in_a_sentence() {
        for (times, every_s, words) in [
            (2, 600, "If nobody answers, I try up to 2 more times, 10 minutes apart."),
            (1, 3_600, "If nobody answers, I try once more, an hour later."),
            (3, 90, "If nobody answers, I try up to 3 more times, 90 seconds apart."),
            (3, 5_400, "If nobody answers, I try up to 3 more times, 90 minutes apart."),
            (10, 86_400, "If nobody answers, I try up to 10 more times, 24 hours apart."),
        ] {
            let policy = RetryPolicy { times, every_s };
            assert_eq!((policy.check(), policy.in_a_sentence().as_str()), (Ok(()), words));
        }
    }

    #[test]
    fn a_policy_has_its_limits() {
        for (times, every_s, field) in
            [(0, 600, "retry.times"), (11, 600, "retry.times"), (1, 59, "retry.every"), (1, 86_401, "retry.every")]
        {
            assert_eq!(RetryPolicy { times, every_s }.check().unwrap_err().field, field);
        }
    }
}
