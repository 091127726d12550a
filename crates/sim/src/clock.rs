//! Times as the carrier writes them.

/// Now, as `Sat, 21 Nov 2026 09:00:00 +0000`.
pub(crate) fn rfc2822() -> String {
    jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// Reads such a time.
pub(crate) fn read_rfc2822(text: &str) -> Option<jiff::Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

/// Reads a filter's time: a day, or an instant of ISO 8601. A day stands for its first moment, or with `end` for its last.
pub(crate) fn read_filter(text: &str, end: bool) -> Option<jiff::Timestamp> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant);
    }
    let day: jiff::civil::Date = text.parse().ok()?;
    let first = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    Some(if end { first + jiff::SignedDuration::from_secs(24 * 60 * 60 - 1) } else { first })
}
