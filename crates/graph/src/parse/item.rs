//! What is ordered: "two large pepperoni pizzas" into quantity, size and item, and back.

use super::{pattern, tidy, words};
use regex::Regex;
use std::sync::LazyLock;

const COUNT: &str = r"\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|eighteen|twenty|thirty|forty|fifty";

/// What comes before the thing itself.
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:
            (?:please|hi|hello|hey|well|ok|okay|so|and|then|actually|yes|no|maybe|sure|hmm|um|uh|er|oh|alright|i\s+think|i\s+guess|how\s+about|what\s+about|let's\s+see|probably)\b[,!.]?\s*
          | (?:can|could|would|will)\s+you\s+(?:please\s+)?
          | (?:can|could|may)\s+(?:i|we)\s+(?:please\s+)?(?:have|get|order)\s+
          | (?:i|we)(?:'d|\s+would)\s+(?:like|love)\s+(?:to\s+)?(?:have\s+)?
          | (?:i|we)\s+(?:want|need|wish)\s+(?:to\s+)?
          | (?:i|we)(?:'ll|\s+will)\s+(?:have|take)\s+
          | (?:i'm|i\s+am)\s+(?:craving|in\s+the\s+mood\s+for|hungry\s+for)\s+
          | let's\s+(?:get|have|order|do)?\s*
          | (?:give|get|bring|fetch|buy)\s+(?:me|us)\s+
          | (?:order|reorder|get|have|buy|eat|grab|call|make\s+it|place\s+an\s+order\s+(?:of|for))\b\s*
          | (?:me|us)\s+
          | (?:some|just)\s+
          | for\s+(?:me|us)\s+
          | an?\s+order\s+(?:of|for)\s+
        )",
    )
});
static TRAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)[\s,]+(?:please|thanks|thank you|instead|for me|for us|to eat|and|from|at|for|by phone|online|now)$")
});
static QUANTITY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?P<count>{COUNT}|(?:a )?couple(?: of)?|half a dozen|a half dozen|a dozen|dozen|two dozen|a few|an?)(?:\s*x)?\s+(?:of\s+(?:the|those|your)\s+)?(?P<portions>(?:orders?|portions?|pieces?|servings?) of\s+)?"
    ))
});
/// Another counted thing: "and a coke", ", two colas".
static SEVERAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)(?:\band|,|\bplus|\+)\s+(?:{COUNT}|an?|some)\s?x?\s+\S")));
static COUNTED: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)^(?:{COUNT}|an?|some)\s")));
static VAGUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:something|anything)\b.*$|^(?:(?:some|any|good|nice|the|my|a|an|usual|of)\s+)*(?:food|foods|stuff|things?|dinner|lunch|breakfast|meal|takeout|take-out|takeaway|delivery|pickup|order|usual|same|hungry|eat|drink|one|ones|it|them|that|this|to eat|bite)(?:\s+(?:to eat|nice|good|else|today|tonight|now|for dinner|for lunch|delivered))*$",
    )
});
static NO_THING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:i|i'm|i've|we|we're|my|it|it's|is|are|am|do|does|did|what|what's|how|why|who|when|where|can|could|yes|no|not|don't|you|your|they|that's|there|thanks|thank|because|but|if|whether|their|his|her|number|phone)\b",
    )
});
/// "three sodas and fries": a plural and something else.
static COUNTED_AND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve)\s+(?:[\p{L}'-]+\s+){0,4}?[\p{L}'-]+[^s\s]s\s+and\s+\p{L}",
    )
});
/// "four cheese pizza" is one of them.
static COMPOUND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\d{1,2}|two|three|four|five|six|seven)[ -](?:cheese|bean|layer|spice|season|seasons|meat|grain|piece|egg|course)\b",
    )
});
/// Nouns that are plural by themselves.
const PLURAL: [&str; 8] = ["fries", "noodles", "chips", "nachos", "gyros", "hummus", "beans", "greens"];
/// Nouns on -ie, of which the plural keeps it.
const ON_IE: [&str; 8] = ["cookies", "smoothies", "brownies", "pies", "veggies", "hoagies", "blondies", "calzonies"];

/// An order in its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ordered {
    /// How many, in digits.
    pub quantity: Option<String>,
    /// The size.
    pub size: Option<String>,
    /// What.
    pub item: Option<String>,
}

/// How often a size or a count within an item is taken out: "a large pizza, a large one".
const ROUNDS_MAX: usize = 4;

/// Takes an order apart. Finds nothing in words that name nothing to be ordered.
pub fn split(text: &str) -> Ordered {
    let mut ordered = split_once(text);
    for _ in 0..ROUNDS_MAX {
        let Some(item) = ordered.item.as_deref() else { break };
        // What is no thing when it is read by itself was none ("the order my name is").
        let again = split_once(item).item;
        if ordered.item == again {
            break;
        }
        ordered.item = again;
    }
    ordered
}

fn split_once(text: &str) -> Ordered {
    let text = strip(text);
    let size = words::find_size(&text);
    // Two sizes belong to two things.
    let size = size.filter(|found| {
        let rest = format!("{} {}", &text[..found.range.start], &text[found.range.end..]);
        words::find_size(&rest).is_none_or(|other| other.value == found.value)
    });
    if SEVERAL.is_match(&text) || COUNTED_AND.is_match(&text) {
        let item = thing(&text);
        let size = size.and_then(|found| found.value.ok());
        return Ordered { quantity: item.as_ref().map(|_| "1".into()), size, item };
    }
    let without = match &size {
        Some(found) => tidy(&format!("{} {}", &text[..found.range.start], &text[found.range.end..])),
        None => text,
    };
    let compound = COMPOUND.is_match(&without) && !without.ends_with('s');
    let counted = QUANTITY.captures(&format!("{without} ")).filter(|_| !compound).map(|found| {
        let end = found.get(0).map_or(0, |whole| whole.end()).min(without.len());
        (super::count::read(&found["count"]).ok(), end, found.name("portions").is_some())
    });
    let (quantity, from, portions) = counted.unwrap_or((None, 0, false));
    // "two orders of wings" are wings.
    let several = quantity.as_deref().is_some_and(|count| count != "1") && !portions;
    let item = thing(&without[from..]).map(|item| if several { singular(&item) } else { item });
    let size = size.and_then(|found| found.value.ok());
    Ordered { quantity, size, item }
}

/// A text that ought to name something to be ordered.
pub fn read(text: &str) -> Result<String, String> {
    // "three tacos" keeps its count only where it is part of a longer list.
    split(text).item.ok_or_else(|| "I did not find there what to order. For example: a large pepperoni pizza.".into())
}

/// The order as one phrase: "a large pepperoni pizza", "2 large pepperoni pizzas".
pub fn line(quantity: &str, size: Option<&str>, item: &str) -> String {
    let size = size.filter(|size| !item.to_lowercase().contains(&size.to_lowercase()));
    if COUNTED.is_match(item) {
        return match size {
            Some(size) => format!("{item}, {size}"),
            None => item.to_owned(),
        };
    }
    let size = size.map(|size| format!("{size} ")).unwrap_or_default();
    if quantity != "1" {
        return format!("{quantity} {size}{}", plural(item));
    }
    let first = format!("{size}{item}").chars().next().map(|c| c.to_ascii_lowercase());
    let head = head(item);
    if head.ends_with('s') && !head.ends_with("ss") {
        return format!("{size}{item}");
    }
    let article = if first.is_some_and(|c| "aeiou".contains(c)) { "an" } else { "a" };
    format!("{article} {size}{item}")
}

fn strip(text: &str) -> String {
    let mut text = tidy(text);
    loop {
        let shorter = LEAD.replace(&text, "").into_owned();
        let shorter = tidy(&TRAIL.replace(&shorter, ""));
        if shorter == text {
            return text;
        }
        text = shorter;
    }
}

/// Words that are no part of what is ordered: where one is left, it is not clear what the thing is.
const NO_PART: &str = "i i'd i'll i'm we we'd we'll we're you you'd they they'll it me my us our your he she him her them their this \
    that these those somebody someone order ordering orders get getting want wants need needs like have having call \
    phone send bring pay is are be was were do does did can could would will should let make book ask tell say \
    please deliver delivered delivery pickup collect come go going know think try cost costs to from at by until \
    into under about around than tonight today tomorrow now later soon pm am o'clock what when where which who how \
    why not don't if because but or so for number name address hungry starving instead thanks again also then";

/// What may follow a comma and still belong to the thing.
static ADDED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*(?:no|extra|with|without|plus|light|well|hold|not|and|half|very|medium|rare)\b"));

/// Whether words can name a thing: no verb, no other detail is left among them.
fn is_clean(item: &str) -> bool {
    /// More than this is a sentence. A list of things has more.
    const WORDS_MAX: usize = 8;
    const LIST_MAX: usize = 20;
    let words: Vec<String> =
        item.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let most = if SEVERAL.is_match(item) || item.contains(',') { LIST_MAX } else { WORDS_MAX };
    let commas = SEVERAL.is_match(item) || item.split(',').skip(1).all(|part| ADDED.is_match(part));
    words.len() <= most
        && commas
        && !item.contains(['?', ':', '"', '|', '!', '(', ';', '–'])
        && !words.iter().any(|word| NO_PART.split(' ').any(|known| known == word.as_str()))
}

/// Where what is ordered may begin: behind a word that orders it.
static ORDERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)\b(?:order(?:ing)?(?:\s+(?:of|for))?|get(?:ting)?|grab(?:bing)?|buy(?:ing)?|wants?|need|like|love|craving|crave|have|having|take|send|bring|deliver|do|fancy|kill\s+for|mood\s+for|arrange\s+for|fetch|for\s+dinner|for\s+lunch|pick\s+up|reorder|eat)
        (?:\s+(?:me|us|him|her|them|myself|in|out|up|over|some|just|please|for|a\s+bit\s+of|from\s+\|))*[\s:,]+",
    )
});
/// What follows the thing and is no part of it.
static AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)(?:^|[\s,]+)(?:
            (?:and\s+)?(?:we'll|i'll|we|i|my|they|it|please|can\s+you|could\s+you|have\s+it|get\s+it|bring\s+it|that's|thanks|thank)\b
          | to\s+be\b | (?:right\s+)?now\b | tonight\b | today\b | tomorrow\b | again\b | asap\b | as\s+soon\b | delivered\b | sent\b | brought\b
          | for\s+(?:tonight|today|tomorrow|dinner|lunch|breakfast|brunch|me|us|my|our|the|a|an|\d+|two|three|four|five|six|seven|eight|ten|everyone|mon|tue|wed|thu|fri|sat|sun|pick)
          | (?:from|at|by|around|if|when|so|because|under|on\s+(?:mon|tue|wed|thu|fri|sat|sun))\b
        ).*$",
    )
});

/// What is ordered, within a phrase that may say more: behind a word that orders it, and before what comes after it.
pub fn find(phrase: &str) -> Ordered {
    let trimmed = |text: &str| AFTER.replace(text, "").into_owned();
    let mut starts: Vec<usize> = vec![0];
    starts.extend(ORDERS.find_iter(phrase).map(|found| found.end()));
    // The nearer to the thing, the less stands before it.
    // "a wrap for my daughter and a sandwich for me": what was cut off behind the first thing names another one.
    let parts = starts.iter().rev().map(|start| {
        let (whole, kept) = (&phrase[*start..], trimmed(&phrase[*start..]));
        let more = SEVERAL.is_match(&whole[kept.len().min(whole.len())..]) && !SEVERAL.is_match(&kept);
        if more { Ordered::default() } else { split(&kept) }
    });
    let (mut best, mut size) = (Ordered::default(), None);
    for ordered in parts {
        if ordered.item.is_some() {
            best = ordered;
            break;
        }
        size = size.or(ordered.size);
    }
    best.size = best.size.or(size);
    best
}

fn thing(text: &str) -> Option<String> {
    let item = strip(text);
    let item = item.strip_prefix("the ").unwrap_or(&item);
    let good = item.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && item.chars().count() <= 300
        && !VAGUE.is_match(item)
        && !NO_THING.is_match(item)
        && is_clean(item);
    good.then(|| item.to_owned())
}

/// The words before "with …", of which the last one has the number.
fn head(item: &str) -> &str {
    let end = [" of ", " with ", " without ", " on ", " in ", ", ", " and "].iter().filter_map(|word| item.find(word)).min();
    &item[..end.unwrap_or(item.len())]
}

fn plural(item: &str) -> String {
    let head = head(item);
    let ending = if head.ends_with('s') {
        ""
    } else if ["ch", "sh", "x"].iter().any(|end| head.ends_with(end)) {
        "es"
    } else {
        "s"
    };
    format!("{head}{ending}{}", &item[head.len()..])
}

fn singular(item: &str) -> String {
    let head = head(item);
    let last = head.rsplit(' ').next().unwrap_or(head).to_lowercase();
    let known = PLURAL.contains(&last.as_str()) || last.ends_with("ss") || !last.ends_with('s');
    let (cut, ending) = if known {
        (0, "")
    } else if last.ends_with("ies") && !ON_IE.contains(&last.as_str()) {
        (3, "y")
    } else if ["ches", "shes", "xes", "atoes"].iter().any(|end| last.ends_with(end)) && last != "quiches" {
        (2, "")
    } else {
        (1, "")
    };
    format!("{}{ending}{}", &head[..head.len() - cut], &item[head.len()..])
}

#[cfg(test)]
mod tests;
