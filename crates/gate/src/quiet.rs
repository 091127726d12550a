//! Quiet hours: by the callee's clock, in every time zone that the number may be in.

use crate::{Error, Refusal, Rule, number::Known};
use jiff::{Timestamp, civil::Time, tz::TimeZone};
use std::{fmt, str::FromStr};

/// When nobody is called. The end may be on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// From here on.
    pub start: Time,
    /// Until before here.
    pub end: Time,
}

impl Default for QuietHours {
    /// Ten in the evening to eight in the morning.
    fn default() -> Self {
        Self { start: Time::constant(22, 0, 0, 0), end: Time::constant(8, 0, 0, 0) }
    }
}

impl QuietHours {
    fn holds(self, time: Time) -> bool {
        if self.start <= self.end { (self.start..self.end).contains(&time) } else { time >= self.start || time < self.end }
    }

    /// Refuses a call that may reach somebody at night.
    pub(crate) fn check(self, to: &Known, now: Timestamp) -> Result<(), Refusal> {
        let shown = &to.shown;
        let zones = phonenumber::time_zones_for_number(&to.parsed);
        let mut zones = zones.into_iter().map(|name| TimeZone::get(name).map(|zone| (name, now.to_zoned(zone).time())));
        let night = zones.find_map(|known| match known {
            Ok((name, time)) if self.holds(time) => Some(format!("there it may be {} now ({name})", time.strftime("%H:%M"))),
            Ok(_) => None,
            Err(_) => Some("what time it is there cannot be told".into()),
        });
        match night {
            None => Ok(()),
            Some(night) => Err(Refusal::of(
                Rule::QuietHours,
                format!("{shown} is not called between {self}: {night}; try again later, or change gate.quiet_hours"),
            )),
        }
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {}", self.start.strftime("%H:%M"), self.end.strftime("%H:%M"))
    }
}

impl FromStr for QuietHours {
    type Err = Error;

    /// Reads `22:00-08:00`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Hours(text.to_owned());
        let (start, end) = text.split_once('-').ok_or_else(wrong)?;
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).map_err(|_| wrong());
        let hours = Self { start: time(start)?, end: time(end)? };
        if hours.start == hours.end { Err(wrong()) } else { Ok(hours) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::read;
    use types::PhoneNumber;

    fn at(number: &str, now: &str) -> Result<(), Refusal> {
        let known = read(&PhoneNumber::parse(number).unwrap()).unwrap();
        QuietHours::default().check(&known, now.parse().unwrap())
    }

    #[test]
    fn the_callees_clock_decides() {
        // California: 07:59 and 08:00, 21:59 and 22:00 in November.
        let number = "+14155550100";
        assert!(at(number, "2026-11-21T15:59:00Z").is_err());
        assert!(at(number, "2026-11-21T16:00:00Z").is_ok());
        assert!(at(number, "2026-11-21T05:59:00Z").is_ok());
        let night = at(number, "2026-11-21T06:00:00Z").unwrap_err();
        assert_eq!(night.rule, Rule::QuietHours);
        assert!(night.message.contains("22:00 now (America/Los_Angeles)"), "{night}");
        // In July the clocks stand an hour later.
        assert!(at(number, "2026-07-21T15:00:00Z").is_ok());
    }

    #[test]
    fn a_number_that_may_be_anywhere_is_called_when_it_is_day_everywhere() {
        let number = "+18005550100";
        let zones = phonenumber::time_zones_for_number(&read(&PhoneNumber::parse(number).unwrap()).unwrap().parsed);
        assert!(zones.len() > 1, "{zones:?}");
        // Day in New York and night in California.
        assert!(at(number, "2026-11-21T14:00:00Z").is_err());
        let day = (0..24).filter(|hour| at(number, &format!("2026-11-21T{hour:02}:30:00Z")).is_ok()).count();
        assert!((1..14).contains(&day), "{day} hours of {zones:?}");
    }

    #[test]
    fn spans_are_read_and_shown() {
        let hours: QuietHours = "21:30-07:00".parse().unwrap();
        assert_eq!(hours.to_string(), "21:30 and 07:00");
        let day: QuietHours = "12:00 - 13:00".parse().unwrap();
        assert!(day.holds(Time::constant(12, 30, 0, 0)) && !day.holds(Time::constant(13, 0, 0, 0)));
        for wrong in ["", "22", "25:00-08:00", "08:00-08:00", "22:00-8"] {
            assert!(wrong.parse::<QuietHours>().is_err(), "{wrong}");
        }
    }
}
