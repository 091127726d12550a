//! Changes to what is known: "change the size to medium", "the address is 14 Oak Avenue", "make it two".

use super::extract::Reading;
use crate::{
    parse::{item, pattern, tidy},
    template::{Kind, NUMBER_SLOT, Template},
};
use regex::Regex;
use std::sync::LazyLock;

static WRONG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:wrong|incorrect|not\s+(?:right|correct)|mistaken)\b[\s,.;-]*(?:(?:it's|it\s+is|it\s+should\s+be|should\s+be|the\s+right\s+one\s+is|use)\s+)?",
    )
});
/// What is not meant: "not large, medium", "five people, not four", "4:30 instead of 4".
static DENIED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:no|sorry|wait|oh|actually),?\s+)*not\s+[^,|;]+[,;]\s*|[\s,;]+(?:and\s+|but\s+)?not\s+[^,|;?]+$|\s+(?:instead\s+of|rather\s+than)\s+[^,|;?]+",
    )
});

/// The text without what it says is not meant.
pub(crate) fn without_denied(text: &str) -> String {
    DENIED.replace_all(text, " ").trim().to_owned()
}

static CHANGE_IT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)\b(?:make\s+(?:it|that|them)|(?:change|switch|set|move)\s+(?:it\s+|that\s+|them\s+)?to|i\s+meant|i\s+mean|let's\s+(?:say|do|make\s+it)|rather|actually|use|i'd\s+prefer|i\s+prefer|i'd\s+rather\s+have|i\s+want|i'd\s+like|(?:what|how)\s+about)\s+
        (?P<value>[^|;]+?)(?:\s+(?:instead|please|rather|then)\b|[.!?]?\s*$|\s*\||;|,?\s+and\s+(?:the|my|change|make)\b)",
    )
});
static INSTEAD: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:(?:no|sorry|oh|wait|but|actually|yes),?\s+)*(?P<value>[^|;,]+?)\s+instead\b"));
static REPLY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:(?:no|sorry|oh|wait|but|yes|ok),?\s+)+(?P<value>[^|;]+?)[.!]?$"));
static COUNTED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:\d{1,2}|an?|one|two|three|four|five|six|seven|eight|nine|ten|some|the)\s"));
static ADDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[,.;|]\s*|\b(?:and|but|also|please|yes|ok|sure|can you|could you)\s+)(?P<value>(?:add|ask (?:them )?(?:for|to)|tell them|make sure|without|with extra|with no|no (?:onions?|garlic|cheese|meat|olives|mushrooms|ice|sugar|nuts|sauce|salt|milk)|i'm allergic|i am allergic|we have an? allerg)\b[^|]*)$",
    )
});

/// Reads every "change the size to medium" of a text and takes it out.
pub(crate) fn labelled(reading: &mut Reading<'_>, template: &Template) {
    // As many as a message can sensibly have.
    for _ in 0..8 {
        if !(told(reading, template) || forgotten(reading, template)) {
            return;
        }
    }
}

fn told(reading: &mut Reading<'_>, template: &Template) -> bool {
    let Some((slot, start, value_start, value)) = template.labels().told.captures_iter(reading.text()).find_map(|found| {
        let slot = template.slot_called(&found["label"])?;
        let value = found.name("value")?;
        // The user's own number is not the one to be called.
        let own = found.name("whose").is_some_and(|whose| whose.as_str().eq_ignore_ascii_case("my"));
        (slot.name != NUMBER_SLOT || !own)
            .then(|| (slot, found.get(0).map_or(0, |m| m.start()), value.start(), value.as_str().to_owned()))
    }) else {
        return false;
    };
    // "the address is wrong, it's 15 Elm Street"
    let wrong = WRONG.find(&value).map_or(0, |found| found.end());
    let (value_start, value) = (value_start + wrong, value[wrong..].to_owned());
    if value.is_empty() {
        reading.note(slot, Ok(String::new()));
        reading.cut(start..value_start);
        return true;
    }
    let shorter = value.split([',', '.']).next().unwrap_or_default();
    let here = reading.here();
    // A name ends at its comma: "the restaurant is La Paloma, 415 555 0137".
    let value = if matches!(slot.kind, Kind::Business | Kind::Person) { shorter.to_owned() } else { value.clone() };
    let inside = slot.kind.find(&value, here).filter(|found| found.range.start < 4);
    let (result, length) = match inside {
        Some(found) => (found.value, found.range.end),
        None => match (slot.kind.read(&value, here), slot.kind.read(shorter, here)) {
            (Ok(read), _) => (Ok(read), value.len()),
            (Err(_), Ok(read)) => (Ok(read), shorter.len()),
            (Err(problem), Err(_)) => (Err(problem), value.len()),
        },
    };
    reading.note(slot, result);
    reading.cut(start..value_start + length);
    true
}

/// "change the size": what is known of it goes, so that it is asked for.
fn forgotten(reading: &mut Reading<'_>, template: &Template) -> bool {
    let found = template.labels().forgotten.captures(reading.text());
    let Some((slot, range)) = found.and_then(|found| Some((template.slot_called(&found["label"])?, found.get(0)?.range())))
    else {
        return false;
    };
    reading.note(slot, Ok(String::new()));
    reading.cut(range);
    true
}

/// Reads "make it two", "a small one instead", "no, at 8". To be called when nothing else was found in the text.
pub(crate) fn unlabelled(reading: &mut Reading<'_>, template: &Template) {
    let text = tidy(reading.text());
    let value =
        [&CHANGE_IT, &INSTEAD, &REPLY].iter().find_map(|shape| Some(shape.captures(&text)?.name("value")?.as_str().to_owned()));
    if let Some(value) = value {
        let bare = tidy(&value);
        for kind in [Kind::Size, Kind::Fulfilment, Kind::Count, Kind::Date, Kind::Time, Kind::VisitTime, Kind::NewTime] {
            let Some(slot) = template.slot_of(kind) else { continue };
            if let Ok(read) = kind.read(&bare, reading.here())
                && bare.split(' ').count() <= 6
            {
                reading.note(slot, Ok(read));
                return;
            }
        }
        // "make it spicy" and "but wait" name no thing.
        let named = COUNTED.is_match(&bare) || template.hints.iter().any(|hint| super::contains_phrase(&bare, hint));
        if template.slot_of(Kind::Item).is_some() && named {
            let ordered = item::split(&bare);
            if ordered.item.is_some() {
                reading.note_ordered(template, ordered);
            }
        }
    }
}

/// Reads "and add extra cheese" at the end of a text and takes it out.
pub(crate) fn added(reading: &mut Reading<'_>, template: &Template) {
    let Some(slot) = template.slot("special_requests") else { return };
    let found =
        ADDED.captures(reading.text()).and_then(|found| Some((found.get(0)?.range(), found.name("value")?.as_str().to_owned())));
    let Some((range, value)) = found else { return };
    match slot.kind.read(&tidy(&value), reading.here()) {
        Ok(request) => reading.added = Some(request),
        Err(problem) => reading.problem = Some(problem),
    }
    reading.cut(range);
}
