//! What the desks that expect somebody have in common: how a day is said, and what a booking is told with.

use super::script::Fields;

/// A confirmation number of four digits, not beginning with 0; each desk mixes the call's seed with a factor of its own.
pub(crate) fn confirmation(seed: u64, factor: u64) -> u64 {
    1_000 + seed.wrapping_mul(factor) % 9_000
}

/// What stands before a day: "on Saturday", but "tomorrow".
pub(crate) fn before(date: &str) -> &'static str {
    if date.starts_with("to") || date.starts_with("next") { "" } else { "on " }
}

/// The facts of a booking; the number is told digit by digit.
pub(crate) fn settle(fields: &Fields, confirmation: u64) -> Fields {
    let get = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let digits: Vec<String> = confirmation.to_string().chars().map(String::from).collect();
    [
        ("booked_time".to_owned(), format!("{} at {}", get("date"), get("time"))),
        ("confirmation_number".to_owned(), digits.join(" ")),
    ]
    .into()
}

/// The sentence that tells them.
pub(crate) fn tell(facts: &Fields) -> String {
    format!("You're booked for {}. Your confirmation number is {}.", facts["booked_time"], facts["confirmation_number"])
}
