//! What is to become of a booking: "cancel", "move" or "change".

use super::pattern;
use regex::Regex;
use std::sync::LazyLock;

static CANCEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:cancel(?:l?ed|l?ing|lation)?|call(?:ed|ing)?\s+(?:it\s+)?off|drop|delete|get\s+rid\s+of)\b")
});
static MOVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:re-?schedul(?:e|ed|ing)|mov(?:e|ed|ing)|postpon(?:e|ed|ing)|delay(?:ed|ing)?|put(?:ting)?\s+off|push(?:ed|ing)?|shift(?:ed|ing)?|bring\b[^|;]{0,60}\bforward|(?:an)?other\s+(?:day|time|date)|(?:later|earlier)|new\s+(?:day|time|date))\b",
    )
});
static CHANGE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:chang(?:e|ed|ing)|alter|updat(?:e|ing)|modify|amend|something\s+else)\b"));
/// What a booking is changed to: "to six people".
static NEW: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:to|for)\s+(?P<new>[^|]{2,200}?)\s*(?:\||$)"));

/// What is to become of it, inside a sentence. A plain "change" may still turn out to be a move.
pub fn find(text: &str) -> Option<&'static str> {
    let first = |shape: &Regex| shape.find(text).map(|found| found.start());
    let found = [(first(&CANCEL), "cancel"), (first(&MOVE), "move"), (first(&CHANGE), "change")];
    found.iter().filter_map(|(at, what)| Some(((*at)?, *what))).min().map(|(_, what)| what)
}

/// A text that ought to say what is to become of a booking.
pub fn read(text: &str) -> Result<String, String> {
    find(text)
        .map(str::to_owned)
        .ok_or_else(|| "I did not understand what should become of it. Please say: cancel it, move it, or change it.".into())
}

/// What it should be changed to, other than another day or time.
pub fn find_new(text: &str) -> Option<String> {
    let after = &text[CHANGE.find(text)?.end()..];
    let new = super::tidy(NEW.captures(after)?.name("new")?.as_str());
    (new.chars().filter(|c| c.is_alphanumeric()).count() >= 2).then_some(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_become_of_a_booking() {
        for (text, what) in [
            ("cancel it", Some("cancel")),
            ("I'd like to cancel", Some("cancel")),
            ("please reschedule it", Some("move")),
            ("bring it forward", Some("move")),
            ("to another day", Some("move")),
            ("change the number of people", Some("change")),
            ("yes", None),
        ] {
            assert_eq!(find(text), what, "{text}");
        }
        for word in ["cancel", "move", "change"] {
            assert_eq!(read(word).as_deref(), Ok(word));
        }
        assert!(read("well").unwrap_err().contains("cancel it"));
        assert_eq!(find_new("change my booking | to six people").as_deref(), Some("six people"));
        assert_eq!(find_new("I'd like to change a reservation"), None);
    }
}
