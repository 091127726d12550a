//! Whether words that were taken out of a sentence stand alone in it, or belong to more words beside them.

use crate::parse::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// What joins words to those before them: "a shave and a haircut", "an oil change and tire rotation".
static JOINED_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:\band|\bor|\bplus|&|\+|\bnot|\bno|\bwithout)\s+(?:(?:an?|the|some|my)\s+)?$"));
static JOINED_AFTER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*(?:(?:,\s*)?(?:and|or|plus|&|\+)\s+(?P<next>\S+)|of\s|(?P<with>with)\s)"));
/// What follows "and" in another clause: "a haircut and tell them …".
const CLAUSES: &str = "i i'd i'll i'm we we'd we'll you it they he she my our have get make ask tell call send bring book deliver have please can \
    could would pick say let that's the their under for at on in to charge pay use put leave name number phone make";

/// Words of a span of time, of which a reader of days knows nothing: "a week today", "the day after".
pub(super) static SPAN_OF_TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:weeks?|fortnights?|months?|days|weekend|eve)\s*\|+|\|\s*(?:week|fortnight|month|days?|eve|before|or)\b")
});
/// Something is to be sooner, or its new day has a date.
pub(super) static SOONER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:forward|earlier|sooner|up|bring|today|tonight|tomorrow|\d{1,2}(?:st|nd|rd|th)|\d{1,2}/\d{1,2}|(?:jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)\p{L}*\.?\s+\d{1,2})\b",
    )
});
/// A street rather than a day: "the one on 5th".
pub(super) static ON_STREET: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bon\s+\d{1,2}(?:st|nd|rd|th)\s*(?:[,.;!?]|$|\s(?:at|for|with|street|avenue|and)\b)"));
/// Several days: "December 2 to 4".
pub(super) static DAYS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)\p{L}*\.?\s+\d{1,2}(?:st|nd|rd|th)?\s*(?:to|-|–|through|until|till|and)\s*(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?\b",
    )
});
/// Something is moved, and a day follows "for".
pub(super) static MOVED_FOR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:re-?book|re-?schedul)\p{L}*\b[^.;!?]*\bfor\b"));
/// So many several times.
pub(super) static EACH: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\beach\b|\b(?:two|three|four|\d+)\s+(?:separate\s+)?(?:tables|reservations|bookings)\b"));
/// A number that may be of people or an hour.
pub(super) static MAKE_IT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:make|change)\s+(?:it|that|them)\s+(?:to\s+|for\s+)?(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\b(?:\s*[.!?,]|\s+(?:please|instead|and)|\s*$)",
    )
});
/// Words with which something else begins behind a thing.
const BOUNDARY: &str = "on at for from to with under back forward until till please instead i we that which booked by in after before because and but \
    or if tomorrow tonight today next this it it's the my our an a of is was has needs has is so then as due name monday tuesday \
    wednesday thursday friday saturday sunday november december january february later earlier up down right can could would \
    appointment booking reservation slot session lesson class thanks thank over off";

/// Whether a phrase ends where it does: at the end of a part of the sentence, or before a word with which another begins.
pub(super) fn ends(said: &str, phrase: &str) -> bool {
    let (text, phrase) = (said.to_lowercase(), phrase.to_lowercase());
    if ["week", "today", "tomorrow", "next", "month"].iter().any(|word| phrase.split(' ').any(|other| other == *word)) {
        return false;
    }
    let Some(at) = text.find(&phrase) else { return true };
    let after = &text[at + phrase.len()..];
    if !after.starts_with(char::is_whitespace) {
        return !after.starts_with(|c: char| c.is_alphanumeric() || c == '\'' || c == '-');
    }
    let next = after.split_whitespace().next().unwrap_or_default();
    let word = next.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'');
    word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) || BOUNDARY.split_whitespace().any(|known| known == word)
}

/// With which a name goes on: "Dr. Kim's office".
const PLACES: &str = "office clinic practice surgery bakery shop store restaurant cafe place bar grill kitchen garage salon studio spa school church \
    hotel pharmacy house diner pizza pizzeria market center centre gym bank branch company department team";

/// Whether a name goes on with a word in small letters.
pub(super) fn goes_on(said: &str, name: &str) -> bool {
    let (text, name) = (said.to_lowercase(), name.to_lowercase());
    let Some(at) = text.find(&name) else { return false };
    let next = said[at.min(said.len())..]
        .get(name.len()..)
        .filter(|rest| rest.starts_with(' '))
        .and_then(|rest| rest.split_whitespace().next());
    let word = next.unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric());
    PLACES.split_whitespace().any(|place| place == word)
}

/// What is said with "with" behind a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum With {
    /// A part of the thing: "a pizza with ham".
    Belongs,
    /// Somebody else: "a consultation with Dr. Stone".
    Apart,
}

/// Whether the words around a phrase show that it is the whole of what is meant. A phrase that does not stand in the text as
/// it is was put together from parts, and is judged by its reader.
pub(super) fn stands_alone(said: &str, phrase: &str, with: With) -> bool {
    let (text, phrase) = (said.to_lowercase(), phrase.to_lowercase());
    let Some(at) = text.find(&phrase) else { return true };
    let (before, after) = (&text[..at], &text[at + phrase.len()..]);
    // A plural's ending.
    let after = after.strip_prefix("es").or(after.strip_prefix('s')).unwrap_or(after);
    let more = JOINED_AFTER.captures(after).is_some_and(|found| {
        if found.name("with").is_some() {
            return with == With::Belongs;
        }
        found.name("next").is_none_or(|next| {
            let next = next.as_str().trim_matches(|c: char| !c.is_alphanumeric() && c != '\'');
            !CLAUSES.split_whitespace().any(|clause| clause == next)
        })
    });
    !more && !JOINED_BEFORE.is_match(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_to_more_does_not_stand_alone() {
        for (said, phrase, alone) in [
            ("book a haircut for Friday", "haircut", true),
            ("book a haircut and tell them I'm late", "haircut", true),
            ("book a shave and a haircut", "haircut", false),
            ("an oil change and tire rotation on Monday", "oil change", false),
            ("two pizzas with ham", "pizza", false),
            ("a pizza", "two pizzas", true),
        ] {
            assert_eq!(stands_alone(said, phrase, With::Belongs), alone, "{said}");
        }
        assert!(stands_alone("a consultation with Dr. Stone", "consultation", With::Apart));
    }
}
