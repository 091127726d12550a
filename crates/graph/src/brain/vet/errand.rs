//! Whether what sounds like an errand is perhaps a call of another kind.

use crate::parse::{change, pattern, words};
use regex::Regex;
use std::sync::LazyLock;

/// Something is to be undone or altered.
static ALTERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:cancel|re-?schedul|postpon|call\s+off|mov(?:e|ing)|push|shift|instead|swap|rebook|will\s+be\s+\d|now\s+\d)\p{L}*\b",
    )
});
/// Something that is booked.
static BOOKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:table|reservation|booking|party|appointment|appt|lesson|class|session|alignment|tour)s?\b")
});
/// Whatever is to be done for the user, and not said to somebody.
static FOR_US: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:(?:please|can|could|would|will|you)[\s,]+)*(?:remind|tell|wake|text|email|call|give|let)\s+(?:me|us)\b")
});
/// Something is to be brought.
static BROUGHT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:send|bring|deliver)\s+(?:(?:over|round|us|me|up)\s+)*(?:an?|two|three|four|five|six|\d+|some)\b")
});

/// Who speaks, behind what is to be said; or more than one thing to be said.
static MORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:it's|it\s+is|this\s+is|that's|comes|call(?:ing)?|message)\s+from\b|\b(?:this\s+is|my\s+name|on\s+behalf)\b|[?;|]|\p{L}{4,}[.!]\s+\S",
    )
});

/// Something is wanted: "tell Pizza Roma I want a margherita".
static ORDERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:want|need|like|order|have|get)\s+(?P<what>(?:an?|some|two|three|four|five|six|\d+)\s+(?:\p{L}+\s*){1,3})")
});

/// A name behind it, as under a letter; or an end at which something is missing.
static CUT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[Ll]et\s+.{1,40}\s+know$|,\s*(?:from\s+)?\p{Lu}\p{L}+(?:\s+\p{Lu}\p{L}+)*$|\b(?:to|that|me|us|and|or|at|on|for|with|the|a|an|my|is|are|from|call|number)$",
    )
});

/// Whether the words are one thing to be said, and all of it.
pub(super) fn is_whole(instructions: &str) -> bool {
    !MORE.is_match(instructions) && !CUT.is_match(instructions) && !instructions.contains(" ,")
}

/// Somebody, whoever it is, is to be reached first.
static REACHED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:get|reach|find)\s+(?:me\s+)?(?:an?|some)\s*(?:real\s+|actual\s+|live\s+)?(?:person|human|agent|representative|operator|one|body)\b",
    )
});

/// Somebody is to be waited for.
static HELD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:on\s+hold|hold\s+(?:the\s+line|music|for)|in\s+(?:the\s+|a\s+)?(?:queue|line))\b"));

/// Whether somebody, whoever it is, is to be reached before anything is said.
pub(in super::super) fn is_reached_first(text: &str) -> bool {
    REACHED.is_match(text)
}

/// Whether the words may be a change of a booking, an order, or nothing to be said by phone.
pub(in super::super) fn is_other_call(text: &str) -> bool {
    let alters = ALTERS.is_match(text) && (BOOKED.is_match(text) || !change::is_no_booking(text));
    let orders = ORDERS.captures_iter(text).any(|found| super::dish::has_food(&found["what"]));
    alters
        || orders
        || REACHED.is_match(text)
        || HELD.is_match(text)
        || FOR_US.is_match(text)
        || BROUGHT.is_match(text)
        || words::find_size(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errands_and_other_calls() {
        for other in [
            "tell them to cancel my wheel alignment",
            "ask Tony's to send over a large pepperoni",
            "remind me to buy milk",
            "tell Harbor View that our party will be 8 instead of 6",
        ] {
            assert!(is_other_call(other), "{other}");
        }
        for errand in
            ["tell my landlord that the heating is broken", "cancel my newspaper subscription", "remind Anna to bring the keys"]
        {
            assert!(!is_other_call(errand), "{errand}");
        }
    }
}
