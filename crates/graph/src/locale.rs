//! Where the user is: what turns "tomorrow" into a day and local digits into a number.

use jiff::tz::TimeZone;

/// The user's time zone and telephone region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    /// What "tomorrow" and "at seven" refer to.
    pub time_zone: TimeZone,
    /// The region of numbers that are given without a country code, ISO 3166-1 alpha-2: `US`.
    pub region: String,
}

impl Default for Locale {
    fn default() -> Self {
        Self { time_zone: TimeZone::UTC, region: "US".into() }
    }
}
