//! What the configuration sets.

use crate::{QuietHours, number};
use types::PhoneNumber;

/// The most that a limit may be set to; more is a slip of the pen.
const LIMIT_MAX: u32 = 100_000;
/// The same of money, in millionths.
const COST_MAX: u64 = 1_000_000_000_000;

/// The rules that the configuration sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The countries that may be called, ISO 3166-1 alpha-2. At least one.
    pub countries: Vec<String>,
    /// When nobody is called, by the callee's clock; `None` for never.
    pub quiet_hours: Option<QuietHours>,
    /// How often one number may be called within 24 hours.
    pub calls_per_number_and_day: u32,
    /// How many calls may be made for one user within 24 hours.
    pub calls_per_user_and_day: u32,
    /// How many calls may be made within 24 hours.
    pub calls_per_day: u32,
    /// How many minutes they may last together, each counted at its limit beforehand.
    pub minutes_per_day: u32,
    /// What one call may cost, in millionths of the currency of the prices; `None` for no limit.
    pub cost_per_call_micros: Option<u64>,
    /// What calls may cost together within 24 hours, each counted beforehand at the most that it can cost.
    pub cost_per_day_micros: Option<u64>,
}

/// A rule that cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No such country.
    #[error("{0:?} is no country; write two letters of ISO 3166-1, as in US or DE")]
    Country(String),
    /// Nothing could be called.
    #[error("no country is allowed; name at least one, as in [\"US\"]")]
    NoCountry,
    /// Not a time span.
    #[error("{0:?} is no time span; write it as in 22:00-08:00, or off")]
    Hours(String),
    /// Out of range.
    #[error("{name} must be 1 to {LIMIT_MAX}, not {value}")]
    Limit {
        /// Which one.
        name: &'static str,
        /// What it is.
        value: u32,
    },
    /// No amount that calls could be made for.
    #[error("{name} must be more than nothing and at most 1000000")]
    Cost {
        /// Which one.
        name: &'static str,
    },
}

impl Rules {
    /// What holds without a word in the configuration, for calls from this region: only its country, not from ten in the
    /// evening to eight in the morning, and few enough calls that a mistake stays small.
    pub fn from_region(region: &str) -> Self {
        Self {
            countries: vec![region.to_owned()],
            quiet_hours: Some(QuietHours::default()),
            calls_per_number_and_day: 5,
            calls_per_user_and_day: 50,
            calls_per_day: 50,
            minutes_per_day: 180,
            cost_per_call_micros: None,
            cost_per_day_micros: None,
        }
    }

    /// The region that a number belongs to; `None` if it is not a number that can be called.
    pub fn region_of(number: &PhoneNumber) -> Option<&'static str> {
        number::read(number).ok()?.regions.first().copied()
    }

    /// Rules for a simulated carrier, where nobody is woken and nothing is paid: only the numbers that are never called.
    pub fn simulated() -> Self {
        Self {
            quiet_hours: None,
            calls_per_number_and_day: LIMIT_MAX,
            calls_per_user_and_day: LIMIT_MAX,
            calls_per_day: LIMIT_MAX,
            minutes_per_day: LIMIT_MAX,
            ..Self::from_region("US")
        }
    }

    /// Refuses rules that cannot be kept.
    ///
    /// # Errors
    /// The first of them.
    pub fn check(&self) -> Result<(), Error> {
        if self.countries.is_empty() {
            return Err(Error::NoCountry);
        }
        if let Some(wrong) = self.countries.iter().find(|region| phonenumber::country_code_for_region(region).is_none()) {
            return Err(Error::Country(wrong.clone()));
        }
        let limits = [
            ("calls_per_number_and_day", self.calls_per_number_and_day),
            ("calls_per_user_and_day", self.calls_per_user_and_day),
            ("calls_per_day", self.calls_per_day),
            ("minutes_per_day", self.minutes_per_day),
        ];
        if let Some((name, value)) = limits.into_iter().find(|(_, value)| !(1..=LIMIT_MAX).contains(value)) {
            return Err(Error::Limit { name, value });
        }
        let amounts = [("cost_per_call", self.cost_per_call_micros), ("cost_per_day", self.cost_per_day_micros)];
        match amounts.into_iter().find(|(_, amount)| amount.is_some_and(|micros| !(1..=COST_MAX).contains(&micros))) {
            Some((name, _)) => Err(Error::Cost { name }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_of_a_number() {
        let region = |number: &str| Rules::region_of(&PhoneNumber::parse(number).unwrap());
        assert_eq!((region("+14155550199"), region("+493023125000"), region("+19995550100")), (Some("US"), Some("DE"), None));
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
        let rules = Rules::from_region("US");
        assert_eq!(rules.check(), Ok(()));
        let with = |countries: &[&str]| Rules { countries: countries.iter().map(|c| (*c).into()).collect(), ..rules.clone() };
        assert_eq!(with(&[]).check(), Err(Error::NoCountry));
        assert_eq!(with(&["US", "Germany"]).check(), Err(Error::Country("Germany".into())));
        let none = Rules { calls_per_day: 0, ..rules };
        assert_eq!(none.check(), Err(Error::Limit { name: "calls_per_day", value: 0 }));
    }
}
