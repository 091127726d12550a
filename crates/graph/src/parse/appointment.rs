//! What is booked or to be booked: "haircut", "dentist appointment", "dinner reservation".

use super::{pattern, tidy};
use regex::Regex;
use std::sync::LazyLock;

/// Things that are done by appointment.
const SERVICE: &str = r"hair\s?cut|massage|manicure|pedicure|facial|oil\s+change|check-?\s?up|exam|examination|eye\s+test|cleaning|inspection|service|tune-?up|(?:tire|tyre)\s+change|vaccination|shot|blood\s+test|test|consultation|session|fitting|viewing|lesson|interview|x-ray|treatment|repair|physical|tattoo|scan|visit|trim|surgery|root\s+canal|filling|meeting|tour|class";
/// People whom one sees by appointment.
const EXPERT: &str = r"dentist|doctor|gp|vet|hairdresser|barber|physiotherapist|physio|dermatologist|optician|orthodontist|therapist|stylist|pediatrician|gynecologist|lawyer|accountant|mechanic|notary";
/// What a booking is called besides.
const BOOKED: &str = r"reservation|booking|table|appointment";

static SEE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)\bsee\s+(?:an?|the|my|our)\s+(?P<expert>{EXPERT})\b")));
static WITH: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)\bappointment\s+(?:at|with)\s+(?:an?|the|my|our)\s+(?P<expert>{EXPERT})\b")));
static FOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:appointment|slot|time|opening)\s+for\s+(?:an?\s+|the\s+|my\s+)?(?P<what>(?:[\p{{L}}'-]+\s+){{0,2}}?(?:{SERVICE}|appointment))\b"
    ))
});
static DONE: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)\bfor\s+(?:an?|the|my)\s+(?P<what>(?:[\p{{L}}'-]+\s+){{0,2}}?(?:{SERVICE}))\b")));
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:an?|the|my|our|me|us|for|another|schedule|book|arrange|get|make|need|want)\s+(?P<what>(?:[\p{{L}}'-]+\s+){{0,2}}?(?:{SERVICE}|appointment)(?:\s+(?:{SERVICE}|appointment))?(?:\s+and\s+(?:an?\s+)?(?:[\p{{L}}'-]+\s+){{0,2}}?(?:{SERVICE}))?(?:\s+of\s+(?:the|my|an?)\s+[\p{{L}}-]+)?)\b"
    ))
});
static BOOKING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)(?:\b(?P<article>an?|the|my|our|his|her|your)\s+|\|\s*)(?:\|\s*)*(?P<what>(?:[\p{{L}}'-]+\s+){{0,2}}?(?:{SERVICE}|{BOOKED})(?:\s+(?:{SERVICE}|{BOOKED}))?)\b"
    ))
});
static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:cancel|call\s+off|reschedule|postpone|move|push|shift)\s+(?:my|our|the)\s+(?P<what>[\p{L}' -]{3,40}?)(?:\s*(?:[|,;.!?]|$)|\s+(?:on|at|for|from|to|with|under|back|forward|until|please|instead|i|we|that|which|booked|by|in|after|because)\b)",
    )
});
static ARTICLE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:(?:it's|it is|i need|i want|i'd like|to book|book|for|just|an?|the|my|our|some)\s+)+"));
/// A sentence or a list rather than a name for a thing: "my back hurts", "my daughter, she needs glasses".
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i),|\b(?:hurts?|aches?|needs?|wants?|is|are|was|has|have|had|can't|cannot|don't|i|she|he|they|we|private|personal)\b",
    )
});
/// Words that a thing does not begin with, left over from what stands before it.
static LEFT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:an?|the|my|our|me|us|for|in|to|of|get|make|book|next|new|another|please|on|at|with|and|i|can|you|have|had)\s+)+",
    )
});

/// What an appointment is for, inside a sentence that wants one.
pub fn find(text: &str) -> Option<String> {
    if let Some(found) = WITH.captures(text).or_else(|| SEE.captures(text)) {
        // "with my dentist for a cleaning": what is done there says more.
        let done = DONE.captures(text).map(|done| LEFT.replace(done["what"].trim(), "").into_owned());
        return Some(done.filter(|what| !is_vague(what)).unwrap_or_else(|| with_expert(&found["expert"])));
    }
    for shape in [&FOR, &NAMED] {
        for found in shape.captures_iter(text) {
            let what = LEFT.replace(found["what"].trim(), "").into_owned();
            // "a haircut and …": more than is known.
            let more = found.name("what").is_some_and(|m| text[m.end()..].trim_start().to_lowercase().starts_with("and a"));
            if more {
                return None;
            }
            // "my wife a massage"
            let what = [" an ", " a "]
                .iter()
                .find_map(|article| what.split_once(article))
                .filter(|(before, _)| !before.contains(" and"))
                .map_or(what.clone(), |(_, what)| what.to_owned());
            if !is_vague(&what) {
                return Some(what);
            }
        }
    }
    None
}

/// What has been booked, inside a sentence that wants it changed.
pub fn find_booking(text: &str) -> Option<String> {
    let mut named = BOOKING.captures_iter(text).filter_map(|found| {
        let what = LEFT.replace(found["what"].trim(), "").into_owned();
        // "a booking" names nothing; "my booking" is the one that there is.
        let vague = found.name("article").is_some_and(|article| article.as_str().to_lowercase().starts_with('a'))
            && matches!(what.to_lowercase().as_str(), "booking" | "appointment");
        (!vague).then_some(what)
    });
    named.next().or_else(|| {
        let what = tidy(CHANGED.captures(text)?.name("what")?.as_str());
        let thing = what.chars().filter(|c| c.is_alphabetic()).count() >= 3;
        thing.then_some(what)
    })
}

/// A text that ought to say what an appointment is for.
pub fn read(text: &str) -> Result<String, String> {
    let wrong = || "I did not find there what the appointment is for. For example: a haircut, or a check-up.".to_owned();
    if let Some(found) = SEE.captures(text) {
        return Ok(with_expert(&found["expert"]));
    }
    let what = named(text).ok_or_else(wrong)?;
    if is_vague(&what) { Err(wrong()) } else { Ok(what) }
}

/// A text that ought to say what has been booked.
pub fn read_booking(text: &str) -> Result<String, String> {
    named(text).ok_or_else(|| "I did not find there what is booked. For example: a table, or a dentist appointment.".into())
}

fn named(text: &str) -> Option<String> {
    let text = tidy(text);
    let what = tidy(&ARTICLE.replace(&text, ""));
    let lower = what.to_lowercase();
    let none =
        ["yes", "no", "it", "that", "this", "nothing", "something", "i don't know", "don't know", "not sure", "none", "one"];
    let good = what.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && what.chars().count() <= 120
        && !text.contains('?')
        && !["on ", "at ", "for ", "not ", "from ", "to ", "under ", "in "].iter().any(|start| lower.starts_with(start))
        && !none.contains(&lower.as_str())
        && !SENTENCE.is_match(&what);
    good.then_some(what)
}

fn with_expert(expert: &str) -> String {
    match expert.to_lowercase().as_str() {
        "doctor" | "gp" => "doctor's appointment".into(),
        other => format!("{other} appointment"),
    }
}

fn is_vague(what: &str) -> bool {
    let lower = what.to_lowercase();
    ["appointment", "slot", "time", "visit", "an appointment", "service", "session", "meeting", "class", "test"]
        .contains(&lower.as_str())
}

/// With an article, to be said in a sentence: "a haircut".
pub fn with_article(what: &str) -> String {
    let lower = what.to_lowercase();
    if ["my ", "the ", "a ", "an "].iter().any(|start| lower.starts_with(start)) || lower.ends_with('s') && !lower.ends_with("ss")
    {
        return what.to_owned();
    }
    let article = if lower.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appointments_within_a_sentence() {
        for (text, what) in [
            ("make an appointment for a haircut |", Some("haircut")),
            ("book a dentist appointment |", Some("dentist appointment")),
            ("I need to see a doctor", Some("doctor's appointment")),
            ("an appointment with the vet", Some("vet appointment")),
            ("book me in for a deep tissue massage", Some("deep tissue massage")),
            ("schedule an oil change |", Some("oil change")),
            ("book a viewing of the apartment", Some("viewing of the apartment")),
            ("book an appointment", None),
        ] {
            assert_eq!(find(text).as_deref(), what, "{text}");
        }
    }

    #[test]
    fn bookings_within_a_sentence() {
        for (text, what) in [
            ("cancel my dentist appointment |", Some("dentist appointment")),
            ("reschedule the | appointment", Some("appointment")),
            ("move our dinner reservation |", Some("dinner reservation")),
            ("cancel the yoga retreat on |", Some("yoga retreat")),
            ("I need to cancel a booking", None),
        ] {
            assert_eq!(find_booking(text).as_deref(), what, "{text}");
        }
    }

    #[test]
    fn answers() {
        for (text, what) in [("a root canal", "root canal"), ("I need a haircut", "haircut"), ("eye exam", "eye exam")] {
            assert_eq!(read(text).as_deref(), Ok(what));
            assert_eq!(read(what).as_deref(), Ok(what));
        }
        assert!(read("an appointment").unwrap_err().contains("haircut"));
        assert_eq!(read_booking("my table").as_deref(), Ok("table"));
        assert!(read_booking("no").is_err());
        assert_eq!((with_article("oil change"), with_article("haircut")), ("an oil change".into(), "a haircut".into()));
    }
}
