//! What tells that a value belongs to a fact: the words around it.

use crate::clause::{has, plain};
use types::{FactKind, FactWanted};

/// How a fact is recognised.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    pub(crate) kind: FactKind,
    /// Words that tell that it is this fact.
    cues: Vec<String>,
    /// Words that tell that a value of its kind is another fact.
    contrary: &'static [&'static str],
    /// Nothing else is likely to be of its kind.
    pub(crate) loose: bool,
}

const TOTAL: [&str; 17] = [
    "total",
    "totals",
    "grand total",
    "comes to",
    "come to",
    "comes out to",
    "altogether",
    "you owe",
    "in all",
    "that will be",
    "thatll be",
    "your order is",
    "due",
    "it will be $",
    "all together",
    "the bill is",
    "amounts to",
];
const NOT_TOTAL: [&str; 38] = [
    "subtotal",
    "sub total",
    "fee",
    "fees",
    "tip",
    "deposit",
    "minimum",
    "each",
    "apiece",
    "per",
    "a slice",
    "extra",
    "upcharge",
    "discount",
    "off",
    "coupon",
    "change for",
    "plus tax",
    "before tax",
    "without",
    "was",
    "were",
    "a piece",
    "additional",
    "charge for",
    "cash only over",
    "gift card",
    "save",
    "tax is",
    "tax of",
    "half price",
    "a drink",
    "more",
    "instead of",
    "regularly",
    "the drink",
    "cheaper",
    "over",
];
/// Words in which a contrary one means nothing: what is part of a total when it is named with it.
const INCLUDED: [&str; 14] = [
    "i have you",
    "we have you",
    "including tax",
    "with tax",
    "tax included",
    "with delivery",
    "with the delivery fee",
    "including delivery",
    "including the delivery fee",
    "with the tip",
    "including tip",
    "with the tax",
    "after the discount",
    "with the discount",
];
const READY: [&str; 20] = [
    "ready",
    "done",
    "be there",
    "deliver",
    "delivered",
    "delivery",
    "arrive",
    "arrives",
    "pick up",
    "pickup",
    "pick it up",
    "take about",
    "takes about",
    "take",
    "takes",
    "wait",
    "come by",
    "come get",
    "come and get",
    "out to you",
];
const NOT_READY: [&str; 33] = [
    "booked",
    "reserved",
    "reservation",
    "appointment",
    "table",
    "scheduled",
    "you down",
    "moved",
    "close",
    "closes",
    "closed",
    "open",
    "opens",
    "ago",
    "since",
    "hold",
    "moment",
    "give me",
    "one minute",
    "just a minute",
    "with you in",
    "last",
    "every",
    "reheat",
    "oven at",
    "oven for",
    "lunch",
    "kitchen",
    "break",
    "back in",
    "call back",
    "call you back",
    "a minute",
];
const BOOKED: [&str; 30] = [
    "booked",
    "all set",
    "set for",
    "set",
    "confirmed",
    "confirm",
    "you down",
    "reserved",
    "reservation",
    "scheduled",
    "schedule",
    "see you",
    "got you",
    "have you",
    "moved",
    "you in for",
    "is yours",
    "appointment",
    "your table",
    "done",
    "booking",
    "rescheduled",
    "put you",
    "expecting you",
    "book you",
    "marked",
    "penciled",
    "its for",
    "you are in",
    "youre in",
];
const NOT_BOOKED: [&str; 26] = [
    "available",
    "availability",
    "open",
    "opens",
    "close",
    "closes",
    "until",
    "full",
    "offer",
    "could",
    "how about",
    "earliest",
    "nothing",
    "taken",
    "call",
    "next opening",
    "can do",
    "we have",
    "i have",
    "theres",
    "there is",
    "arrive",
    "minutes before",
    "was",
    "old",
    "cancel by",
];
const CODE: [&str; 12] = [
    "confirmation",
    "reference",
    "reservation number",
    "booking number",
    "order number",
    "code",
    "ticket",
    "number is",
    "number for",
    "case number",
    "your number",
    "confirmation number",
];
const NOT_CODE: [&str; 19] = [
    "phone",
    "telephone",
    "call us",
    "call me",
    "extension",
    "room",
    "suite",
    "street",
    "avenue",
    "zip",
    "card",
    "minutes",
    "dollars",
    "fax",
    "reach us",
    "table number",
    "our number",
    "call back",
    "oclock",
];

const SMALL: [&str; 40] = [
    "what", "when", "which", "where", "who", "how", "will", "does", "that", "there", "this", "with", "your", "they", "have",
    "many", "much", "for", "the", "is", "are", "it", "be", "a", "an", "of", "to", "do", "you", "and", "or", "in", "at", "on",
    "long", "any", "can", "number", "did", "take",
];

/// The kind of a fact that says none: what its name tells.
pub(crate) fn kind(fact: &FactWanted) -> FactKind {
    let parts = |words: &[&str]| words.iter().any(|word| fact.name.contains(word));
    fact.kind.unwrap_or_else(|| {
        if parts(&["total", "price", "cost", "fee", "amount", "deposit"]) {
            FactKind::Money
        } else if parts(&["ready", "pickup_time", "delivery_time", "closing_time", "opening_time", "arrival"]) {
            FactKind::Time
        } else if parts(&["booked", "appointment", "new_time", "confirmed_time", "date", "day"]) {
            FactKind::Date
        } else if parts(&["duration", "how_long", "wait"]) {
            FactKind::Duration
        } else if parts(&["confirmation", "reference", "order_number", "booking_number", "ticket", "code"]) {
            FactKind::Code
        } else if parts(&["quantity", "count", "party", "people", "guests", "seats", "how_many"]) {
            FactKind::Count
        } else {
            FactKind::Text
        }
    })
}

impl Profile {
    pub(crate) fn of(fact: &FactWanted) -> Self {
        let kind = kind(fact);
        let own = format!("{} {}", fact.name.replace('_', " "), fact.question);
        let mut cues: Vec<String> =
            plain(&own).split_whitespace().filter(|word| word.len() > 2 && !SMALL.contains(word)).map(str::to_owned).collect();
        let named = |words: &[&str]| words.iter().any(|word| fact.name.contains(word));
        let (more, contrary): (&[&str], &'static [&'static str]) = match kind {
            FactKind::Money if named(&["total", "price", "cost", "amount"]) => (&TOTAL, &NOT_TOTAL),
            FactKind::Time if named(&["ready", "pickup", "delivery", "arrival"]) => (&READY, &NOT_READY),
            FactKind::Date => (&BOOKED, &NOT_BOOKED),
            FactKind::Code => (&CODE, &NOT_CODE),
            FactKind::Money | FactKind::Time | FactKind::Duration | FactKind::Count | FactKind::Text => (&[], &[]),
        };
        if kind == FactKind::Date || kind == FactKind::Code {
            cues.clear();
        }
        let loose = contrary.is_empty();
        cues.extend(more.iter().map(|cue| (*cue).to_owned()));
        Self { kind, cues, contrary, loose }
    }

    /// The words tell that it is this fact.
    pub(crate) fn cued(&self, plain: &str) -> bool {
        self.cues.iter().any(|cue| has(plain, &[cue]))
    }

    /// The words tell that it is another fact.
    pub(crate) fn contrary(&self, plain: &str) -> bool {
        let mut rest = plain.to_owned();
        for part in INCLUDED {
            rest = rest.replace(&format!(" {part} "), "  ");
        }
        self.contrary.iter().any(|word| has(&rest, &[word]) && !self.cues.iter().any(|cue| cue == word))
    }

    /// What an agent asks when it wants to know this.
    pub(crate) fn asked_in(&self, plain: &str) -> bool {
        let usual: &[&str] = match self.kind {
            FactKind::Money => &["how much"],
            FactKind::Time | FactKind::Duration => &["how long", "when will", "what time"],
            FactKind::Date => &["what time", "which day", "when"],
            FactKind::Code => &["confirmation", "reference", "number"],
            FactKind::Count => &["how many"],
            FactKind::Text => &[],
        };
        self.cued(plain) || has(plain, usual)
    }
}
