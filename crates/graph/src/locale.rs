//! Where the user is: what turns "tomorrow" into a day and local digits into a number.

use jiff::{Timestamp, Zoned, civil::Date, tz::TimeZone};

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

/// A place at a time.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// Where.
    pub locale: &'a Locale,
    /// When.
    pub now: Timestamp,
}

impl Here<'_> {
    /// The time as the user's clock shows it.
    pub fn clock(&self) -> Zoned {
        self.now.to_zoned(self.locale.time_zone.clone())
    }

    /// The user's day.
    pub fn today(&self) -> Date {
        self.clock().date()
    }

    /// Whether 11/12 is November 12 here.
    pub fn month_first(&self) -> bool {
        ["US", "CA", "PH"].contains(&self.locale.region.as_str())
    }
}
