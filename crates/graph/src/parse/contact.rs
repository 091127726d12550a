//! Whom to wait for on hold: "someone in billing", "a human", "Dr. Weber".

use super::{Found, pattern, tidy};
use regex::Regex;
use std::sync::LazyLock;

/// What ends the words for a person.
const END: &str = r"(?:\s*(?:[|,;.!?]|$)|\s+(?:answers?|picks?|comes?|is|are|gets|has|can|will|who|takes?|at|and|then|on|for|with|from\s+my|to)\b)";

static WAITED_FOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:hold|holding|wait|waiting|queue|line|phone)\b[^|.;!?]{{0,25}}?\b(?:for\s+(?:me|us|him|her)\s+)?(?:for|until|till)\s+(?P<who>[^|,;.!?]{{2,60}}?(?:\s+(?:in|from|of)\s+[^|,;.!?]{{2,40}}?)?){END}"
    ))
});
static SPOKEN_TO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:get\s+me|speak\s+(?:to|with)|talk\s+(?:to|with)|reach|get\s+hold\s+of)\s+(?P<who>(?:an?|the|some(?:one|body)|any(?:one|body))\b[^|,;.!?]{{0,60}}?){END}"
    ))
});
/// A title's dot ends no name.
static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:hold|holding|wait|waiting|queue|line|for|until|till)\s+(?:for\s+|until\s+|till\s+)?(?P<who>(?:Dr|Mr|Mrs|Ms|Prof)\.?\s+\p{Lu}[\p{L}'-]+)",
    )
});
const NOBODY: [&str; 14] = ["me", "us", "my", "him", "her", "them", "it", "that", "this", "as", "long", "they", "he", "she"];
/// "wait for ten minutes"
const TIMES: [&str; 6] = ["minutes", "minute", "hours", "hour", "ages", "while"];
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:wait\s+)?(?:for|until|with|to)|i\s+(?:want|need)|it's|it\s+is|just|(?:you|i|we)\s+(?:get|reach|have|can\s+speak\s+to|can\s+talk\s+to))\s+",
    )
});

static POLITE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[\s,]+(?:please|thanks|thank\s+you|will\s+do|is\s+fine|would\s+be\s+great)[.!]*$"));

/// Whom to wait for, inside a sentence.
pub fn find(text: &str) -> Option<Found> {
    for shape in [&TITLE, &WAITED_FOR, &SPOKEN_TO] {
        for found in shape.captures_iter(text) {
            let who = found.name("who")?;
            let first = who.as_str().split(' ').next().unwrap_or_default().to_lowercase();
            let last = who.as_str().rsplit(' ').next().unwrap_or_default().to_lowercase();
            if NOBODY.contains(&first.as_str()) || TIMES.contains(&last.as_str()) {
                continue;
            }
            let speaker =
                |value: &str| ["i ", "we ", "you ", "they "].iter().any(|start| value.to_lowercase().starts_with(start));
            if let Ok(value) = read(who.as_str())
                && !speaker(&value)
            {
                return Some(Found { range: who.range(), value: Ok(value) });
            }
        }
    }
    None
}

/// A text that ought to say whom to wait for.
pub fn read(text: &str) -> Result<String, String> {
    let mut words = tidy(&POLITE.replace(&tidy(text), ""));
    loop {
        let shorter = tidy(&LEAD.replace(&words, ""));
        if shorter == words {
            break;
        }
        words = shorter;
    }
    let lower = words.to_lowercase();
    // "until 6 and …", "for a table": an hour, or a thing.
    let thing = ["table", "order", "room", "seat", "slot", "appointment", "reservation", "food", "pizza", "delivery", "turn"]
        .iter()
        .any(|thing| lower.ends_with(thing));
    if thing || words.contains(|c: char| c.is_ascii_digit()) || lower.ends_with(" and") {
        return Err("I need to know for whom I should wait. For example: a real person, or someone in billing.".into());
    }
    let vague = [
        "yes",
        "no",
        "i don't know",
        "don't know",
        "what",
        "why",
        "ok",
        "okay",
        "doesn't matter",
        "doesn't matter who",
        "whatever",
    ]
    .contains(&lower.as_str());
    if vague || words.contains('?') || words.chars().filter(|c| c.is_alphabetic()).count() < 2 || words.chars().count() > 120 {
        return Err("I need to know for whom I should wait. For example: a real person, or someone in billing.".into());
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_to_wait_for() {
        for (text, who) in [
            ("wait on hold for a human at my bank and ask", Some("a human")),
            ("hold the line until someone in billing answers", Some("someone in billing")),
            ("stay on hold until an agent picks up", Some("an agent")),
            ("stay on hold until you get a person", Some("a person")),
            ("hold for Dr. Weber and ask", Some("Dr. Weber")),
            ("hold the line for me till an advisor is free", Some("an advisor")),
            ("stay on the phone until the pharmacist is there", Some("the pharmacist")),
            ("I want to speak to a manager", Some("a manager")),
            ("sit on hold for me with the insurance company", None),
            ("wait on hold for ten minutes", None),
            ("wait on hold at the bank", None),
        ] {
            assert_eq!(find(text).and_then(|found| found.value.ok()).as_deref(), who, "{text}");
        }
    }

    #[test]
    fn people_as_answers() {
        for (text, who) in [("for a real person", "a real person"), ("someone in billing", "someone in billing")] {
            assert_eq!(read(text).as_deref(), Ok(who));
            assert_eq!(read(who).as_deref(), Ok(who));
        }
        assert!(read("no").unwrap_err().contains("someone in billing"));
    }
}
