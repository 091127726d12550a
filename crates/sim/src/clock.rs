//! Times as the carrier writes and reads them.

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

/// Now, as `Sat, 21 Nov 2026 09:00:00 +0000`.
pub(crate) fn rfc2822() -> String {
    Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// Reads such a time.
pub(crate) fn read_rfc2822(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

/// Reads where a filter's time begins: an instant of ISO 8601, or a day's first moment.
pub(crate) fn read_from(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| first_of_day(text))
}

/// Reads where a filter's time ends: an instant of ISO 8601, or a day's last second.
pub(crate) fn read_until(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| last_of_day(text))
}

/// The first moment, in UTC, of a day or of the day that an instant is in: the carrier's own client sends a day as its midnight.
pub(crate) fn first_of_day(text: &str) -> Option<Timestamp> {
    let day: Date = match text.parse::<Timestamp>() {
        Ok(instant) => instant.to_zoned(TimeZone::UTC).date(),
        Err(_) => text.parse().ok()?,
    };
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The last second of the same day.
pub(crate) fn last_of_day(text: &str) -> Option<Timestamp> {
    first_of_day(text)?.checked_add(SignedDuration::from_secs(24 * 60 * 60 - 1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_and_any_hour_of_it_are_the_same_day() {
        for text in ["2026-11-21", "2026-11-21T00:00:00Z", "2026-11-21T16:37:14Z", "2026-11-22T01:00:00+05:00"] {
            assert_eq!(first_of_day(text), "2026-11-21T00:00:00Z".parse().ok(), "{text}");
            assert_eq!(last_of_day(text), "2026-11-21T23:59:59Z".parse().ok(), "{text}");
        }
        assert_eq!(read_from("2026-11-21T16:37:14Z"), "2026-11-21T16:37:14Z".parse().ok());
        assert_eq!(read_until("2026-11-21"), "2026-11-21T23:59:59Z".parse().ok());
        assert_eq!((read_from("today"), read_until("21/11/2026"), last_of_day("")), (None, None, None));
    }
}
