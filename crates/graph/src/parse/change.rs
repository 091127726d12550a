//! What is to become of a booking: "cancel", "move" or "change".

use super::pattern;
use regex::Regex;
use std::sync::LazyLock;

static CANCEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:cancel(?:l?ed|l?ing|lation)?|call(?:ed|ing)?\s+(?:it\s+)?off|drop|scrap|(?:don't|no\s+longer|won't)\s+(?:be\s+)?need(?:ing)?|delete|get\s+rid\s+of)\b",
    )
});
static MOVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:re-?schedul(?:e|ed|ing)|mov(?:e|ed|ing)|postpon(?:e|ed|ing)|delay(?:ed|ing)?|put(?:ting)?\s+off|push(?:ed|ing)?|shift(?:ed|ing)?|swap(?:ped|ping)?|switch(?:ed|ing)?|bring\b[^|;]{0,60}\bforward|(?:an)?other\s+(?:day|time|date)|new\s+(?:day|time|date))\b",
    )
});
static LATER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:later|earlier)\b"));
static CHANGE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:chang(?:e|ed|ing)|alter|updat(?:e|ing)|modify|amend|something\s+else|add(?:ing)?)\b"));
/// What a booking is changed to: "to six people".
static NEW: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:to|for)\s+(?P<new>[^|]{2,200}?)\s*(?:\||$)"));

/// Words that undo or alter what is booked.
const ALTER: &str = r"cancel(?:l?ed|l?ing|lation)?|call(?:ing)?\s+off|scrap|re-?schedul(?:e|ed|ing)|postpon(?:e|ed|ing)|push(?:ed|ing)?|mov(?:e|ed|ing)|shift(?:ed|ing)?|bring(?:ing)?\s+(?:forward|up)|delay(?:ed|ing)?|put(?:ting)?\s+off|re-?book|chang(?:e|ed|ing)|alter|modify|amend|updat(?:e|ing)|switch|swap|bump|extend";
/// What is booked.
const BOOKED: &str = r"reservations?|bookings?|table|appointments?|appt|class|lesson|session|room|interview|retreat|tasting|rental|visit|slot|viewing|fitting|meeting|tour|haircut|hair\s+cut|trim|massage|manicure|pedicure|facial|oil\s+change|check-?\s?up|exam|eye\s+test|cleaning|inspection|vaccination|shot|consultation|treatment|tune-?up|tuning|tires?|physical|tattoo|scan|x-ray|therapy|dentist|doctor|vet|physio|hairdresser|barber|dinner|lunch|brunch|seats|stay|party|training|workout|coaching|course|repair|service|wax|court|tee\s+time|dinner\s+plans";

/// "cancel my dentist appointment", "my appointment has to be moved", "I can't make it to my haircut".
static ALTERED: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"(?:[\p{L}\d':.&-]+\s+)";
    pattern(&format!(
        r"(?ix)
          \b(?:{ALTER})\s+(?:up\s+|back\s+)?(?P<between>{words}{{0,6}}?)(?:{BOOKED})\b
        | \bbring(?:ing)?\s+{words}{{0,6}}?(?:{BOOKED})\b[^.;!?]*?\s(?:forward|up)\b
        | \b(?:{BOOKED})\b[^.;!?]*?\b(?:be|been|is|get|got|gets|was|have|has|need|needs)\s+(?:to\s+be\s+|to\s+get\s+)?(?:cancell?ed|moved|rescheduled|postponed|pushed|shifted|changed|called\s+off)\b
        | \b(?:have|has|had|got|made|booked|is|there's|reservation|booking|appointment|table|session|lesson|class)\b[^?]*?\b(?:{BOOKED})?\b[^?]*?\b(?:change|move|cancel|reschedule|push|shift|switch|postpone|make|bring|put)\s+(?:it|that|this|them)\b
        | \b(?:can't|cannot|can\s+not|won't|unable\s+to|not\s+able\s+to|not\s+going\s+to|couldn't)\s+(?:be\s+able\s+to\s+)?(?:make|come|attend|keep|be\s+at|get\s+to|go)\b[^.;!?]*?\b(?:{BOOKED})\b
        | \b(?:don't|no\s+longer|not|won't)\s+(?:be\s+)?need(?:ing)?\s+(?:the|my|our|that)\s+{words}{{0,4}}?(?:{BOOKED})\b
        | \bmake\s+(?:my|our)\s+{words}{{0,4}}?(?:{BOOKED})\b[^.;!?]*\b(?:later|earlier)\b
        | \badd(?:ing)?\s+{words}{{1,5}}?to\s+(?:my|our|the|tonight's|tomorrow's)\s+{words}{{0,4}}?(?:{BOOKED})\b"
    ))
});
/// "call off the wine tasting on December 12": by its day a thing shows that it is booked.
static UNDONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:cancel|call\s+off|re-?schedule|postpone|scrap)\s+(?:my|our|the|that|this|tonight's|tomorrow's|\p{L}+day's)\s+[^.;!?]*?\b(?:on|for|at|from|to|until|tomorrow|tonight|today|next|this)\b|\b(?:cancel|call\s+off|re-?schedule|postpone|move|push)\s+(?:my|our)\s+\d",
    )
});
/// What is stopped rather than cancelled with a day, and orders.
static NOT_BOOKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:subscription|membership|order|contract|account|card|policy|insurance|plan|delivery|payment|newspaper|check|cheque|shipment|pizza|phone|internet|cable|credit)\b",
    )
});

/// Words between a verb and a noun with which something else begins.
const BREAKS: [&str; 14] = ["i", "i'd", "we", "we'd", "want", "like", "need", "book", "order", "get", "of", "plans", "and", "if"];

/// Whether a text speaks of what is stopped without being booked: a subscription, an order.
pub fn is_no_booking(text: &str) -> bool {
    NOT_BOOKED.is_match(text)
}

/// Where a text begins to undo or alter something that is booked.
pub fn find_altered(text: &str) -> Option<usize> {
    let breaks =
        |found: &regex::Match<'_>| found.as_str().split_whitespace().any(|word| BREAKS.contains(&word.to_lowercase().as_str()));
    let undone = || UNDONE.find(text).filter(|found| !breaks(found) && !NOT_BOOKED.is_match(&text[found.range()]));
    // "change of plans, I'd like a table": what is altered is not the table.
    let other = |found: &regex::Captures<'_>| {
        found
            .name("between")
            .is_some_and(|between| between.as_str().split_whitespace().any(|word| BREAKS.contains(&word.to_lowercase().as_str())))
    };
    let altered = ALTERED.captures_iter(text).filter(|found| !other(found)).filter_map(|found| found.get(0));
    let mut altered = altered.filter(|found| !NOT_BOOKED.is_match(&text[found.range()]));
    altered.next().or_else(undone).map(|found| found.start())
}

/// "add two more people to our booking"
static MORE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\badd(?:ing)?\s+(?P<more>[^|.;!?]{2,80}?)\s+to\s+(?:my|our|the|that|this|it)\b"));

static PARTIAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bfrom\b[^|]*\bto\b(?:[^|pg]|p[^e]|g[^u])*(?:\||$)|\b(?:chang\p{L}+|update|alter|modify)\s+(?:the|our|my)\s+\p{L}+\s+(?:on|of|in|for)\b",
    )
});

/// What is to become of it, inside a sentence. A plain "change" may still turn out to be a move.
pub fn find(text: &str) -> Option<&'static str> {
    let first = |shape: &Regex| shape.find(text).map(|found| found.start());
    let found = [(first(&CANCEL), "cancel"), (first(&MOVE), "move"), (first(&CHANGE), "change")];
    // "cancel it or move it", "don't cancel, just move it": which is not clear.
    if found[0].0.is_some() && found[1].0.is_some() {
        return None;
    }
    if found.iter().all(|(at, _)| at.is_none()) && LATER.is_match(text) {
        return Some("move");
    }
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
    if let Some(found) = MORE.captures(text) {
        return Some(super::tidy(&found["more"]));
    }
    // "from two nights to three", "the name on it to Smith": the words behind "to" do not say it all.
    if PARTIAL.is_match(text) {
        return None;
    }
    let new = super::tidy(NEW.captures(after)?.name("new")?.as_str());
    // "to 5 people and |": there was more.
    let cut = [" and", " or", " at", " on", " for"].iter().any(|end| new.ends_with(end));
    (!cut && new.chars().filter(|c| c.is_alphanumeric()).count() >= 2).then_some(new)
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
