//! Signs in a message that tell kinds of tasks apart.

use crate::parse::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// "ask them to send it", "ask for a table": no question.
pub(super) static ASK_TO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bask\s+(?:(?P<whom>(?:[\p{L}.'’&-]+\s+){1,4}?)to\s|(?P<who>(?:[\p{L}.'’&-]+\s+){0,4}?)for\s+(?:an?|some|the\s+next|another|more|two|three|four|five|six|\d+)\s)",
    )
});

/// Who is no business: whether they are asked or told something is not clear.
pub(super) static KIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bask(?:ing)?\s+(?:him|her|(?:my\s+|our\s+)?(?:mom|mum|mother|dad|father|wife|husband|sister|brother|friend|son|daughter|boss|neighbou?rs?|aunt|uncle|grandma|grandpa|cousin|roommate|colleague|girlfriend|boyfriend|partner|landlord|teacher|parents))\b",
    )
});

/// Something that is booked already.
pub(super) static OWNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?P<verb>\b(?:book|schedule|arrange)\s+)?\b(?:my|our)\s+(?:[\p{L}'-]+\s+){0,2}?(?:booking|reservation|appointment|table)\b|\b(?:my|our)\s+(?:\p{L}+day\b|party\s+of)|\bbooked\b|\balready\s+have\b|\b(?:is|has|was|did|where's|where|when|about|with)\s+(?:my|our|the)\s+(?:\p{L}+\s+){0,2}?(?:order|delivery)\b",
    )
});

/// What is ordered but not eaten.
pub(super) static NO_FOOD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:taxi|cab|uber|lyft|ride|limo|flowers?|bouquet|roses|tickets?|prescription|medicine|refill|medication|checks|lenses|toner|furniture|parts|tires?|shirts?|shoes|clothes|laptop|parcel|package)\b",
    )
});

pub(super) static WAITS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?P<no>\b(?:can't|cannot|don't|was|were|been)\s+)?\bwait(?:ing)?\s+(?:for|until|till|on\s+(?:the\s+)?(?:hold|line)|in\s+(?:the\s+|a\s+)?(?:queue|line))\b",
    )
});

/// Where a question follows the asking.
pub(super) static QUESTION_WORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:if|whether|what|when|how|where|which|why|who|do\s+they|are\s+they|is\s+there|can\s+(?:i|we|they)|about)\b")
});

/// What a message says that is to be passed on, and what yet is done by a call of another kind.
pub(super) static WANTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:want|need|have|has|(?:would|'d)\s+like|going|wish)\s+to\s+(?:please\s+)?(?:cancel|move|change|re-?schedule|postpone|book|reserve|order|make\s+an?\s)|\b(?:need|want|(?:would|'d)\s+like)\s+an?\s+(?:table|appointment|reservation)",
    )
});

/// Who is to be called, before what is to be said to them.
pub(super) static CALLS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:call|phone|ring|dial|contact|give)\b"));

/// Somebody with a name is told something. "Tell me" is meant for us.
pub(super) static TELLS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?:[Tt]ell|[Ii]nform|[Nn]otify|[Rr]emind|[Ll]et)\s+\p{Lu}\p{L}+"));

/// Errands whatever they are about.
pub(super) static PASSED_ON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:confirm|double[- ]check|remind|thank|wish|leave\s+(?:a|him|her|them)|pass\s+(?:on|along|a)|report|complain)\b",
    )
});

pub(super) static SOUGHT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:please|can\s+you|could\s+you|would\s+you)\s+)*(?:see|check|find\s+out)\s+(?:if|whether)\s+(?:there(?:'s|\s+is)|they\s+have)\s+(?:an?|any)\s+(?:table|appointment|slot|opening)\b",
    )
});

pub(super) static ABLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:see|check)\s+(?:if|whether)\s+(?:(?:they|[\p{L}.' ]+?)\s+(?:can|could|would|will|might)\b|\p{L}[^?]*?\b(?:can|could|would|will)\s+(?:see|fit|take|squeeze|seat)\s+(?:me|us)\b|(?:they|[\p{L}.' ]+?)\s+(?:has|have)\s+(?:anything|something|availability|space|room)\s+(?:for|on|at|tonight|tomorrow)\b|[^?]*?\b(?:has|have)\s+(?:an?|any)\s+(?:\p{L}+\s+){0,2}?(?:table|appointment|slot|opening|room)\b)",
    )
});

/// A wish, or a thing that is named by itself. "I love pizza" is neither.
pub(super) static WISH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)\b(?:want|wants|wanted|need|needs|craving|fancy|hungry|starving|please|get|order|book|make|set|find|bring|send|let's|let\s+us|(?:'d|would)\s+(?:like|love|kill)|feel\s+like|mood\s+for|could\s+use
          |(?:can|could|may)\s+(?:i|we)|deliver(?:y|ed)?|pick\s?up|take-?\s?(?:away|out)|to\s+go)\b",
    )
});

pub(super) static STATES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:i|i'm|i've|we|we've|he|she|they|it|my|our|this|that|you|your)\b|\b(?:is|was|are|were|had|loved|hate|ate|went)\b",
    )
});

/// Something else is to be done by the call.
pub(super) static DOING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:book|reserve|order|schedule|cancel|reschedule|postpone|appointment|reservation|table)\b")
});

pub(super) static CALLED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:please\s+|can\s+you\s+|could\s+you\s+)?(?:call|phone|ring|dial|give)\b"));

/// A call is asked for by itself. "My phone is broken" asks for none.
pub(super) static CALLING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:please|can|could|would|you|hi|hello|hey|just|now|ok|okay|i|need|want|like|to|i'd|someone)[\s,]+)*(?:call|phone|ring|dial|give)\b|\b(?:to|phone)\s+(?:call|phone|ring)\b|\bmessage\b|\b(?:call|phone|ring)\s+(?:them|him|her|my|the|\d|\+|\()",
    )
});

/// A request in the form of a question.
pub(super) static MAY_GET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:hi|hello|hey|please|and|so)[,!]?\s+)*(?:can|could|may|might)\s+(?:i|we)\s+(?:please\s+|just\s+)*(?:get|have|order)\b",
    )
});
pub(super) static MAY_WE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:hi|hello|hey|please|and|so)[,!]?\s+)*(?:is\s+it\s+possible|would\s+it\s+be\s+possible|is\s+there\s+any\s+(?:chance|way)|do\s+you\s+(?:think|mind)|are\s+you\s+able|will\s+you)\b",
    )
});

pub(super) static DIRECT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:is|are|do|does|did|has|have|what|when|where|which|how|who|why)\b"));

/// Words with which a table is spoken of even without one: "book bistro nine … 2 people".
pub(super) static SEATS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:book|reserve|booking|reservations?)\b"));

pub(super) static MEAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:dinner|lunch|brunch|breakfast|table|restaurant)\b"));

pub(super) static SEAT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:seats?|booth|terrace|patio|spot|eat|dine|dining|reservations?|booking|party\s+of)\b"));

/// What is booked elsewhere.
pub(super) static OTHER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:hotel|motel|flights?|taxi|cab|ride|uber|limo|rental|tickets?|cinema|court|train|bus|airbnb|campsite|tee\s+time|rooms?\s+for\s+\S+\s+nights?|nights?)\b",
    )
});

/// A question by its first two words: about somebody who is not here, or about us.
pub(super) static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[Ii]s|[Aa]re|[Dd]oes|[Dd]id|[Hh]as|[Ww]as|[Ww]ere)\s+(?:the|they|there|that|this|a|my|\p{Lu})|^[Dd]o\s+(?:they|you\s+(?:like|know|want|sell|eat))\b",
    )
});

/// What has been: "I was on hold for an hour".
pub(super) static BEEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:was|were|been|spent|kept\s+me|put\s+me|putting\s+me|keeps?\s+me)\b[^.;!?]{0,30}\b(?:on\s+hold|waiting|queue)\b",
    )
});

/// A question about what somebody did who has no name: "what did they say".
pub(super) static PAST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:what|why|when|how|where|who)?\s*did\s+(?:they|he|she|it|you)\b"));

/// Somebody is asked to find something out: "ask the shop to check if they have it".
pub(super) static ASK_TO_ASK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bask\b[^.;!?]*?\bto\s+(?:please\s+)?(?:check|see|find\s+out|look|tell|let|confirm)\b[^.;!?]*\b(?:if|whether|what|when|how|where|which)\b",
    )
});

/// Nothing is to be undone: "don't cancel my table".
pub(super) static KEPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:don't|do\s+not|never|not\s+to|without)\s+(?:\p{L}+\s+)?(?:cancel|mov|chang|reschedul|postpon|push)\p{L}*")
});

/// Somebody with a name is asked for: "ask for Mr. Dale".
pub(super) static ASK_FOR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[Aa]sk(?:ing)?\s+for\s+\p{Lu}"));
