//! What is ordered: "two large pepperoni pizzas" into quantity, size and item, and back.

use super::{pattern, tidy, words};
use regex::Regex;
use std::sync::LazyLock;

const COUNT: &str = r"\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve";

/// What comes before the thing itself.
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:
            (?:please|hi|hello|hey|well|ok|okay|so|and|then|actually|yes|no|maybe|sure)\b[,!.]?\s*
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
        r"(?i)^(?P<count>{COUNT}|a couple(?: of)?|a dozen|an?)(?:\s*x)?\s+(?:(?:orders?|portions?|pieces?|servings?) of\s+)?"
    ))
});
/// Another counted thing: "and a coke", ", two colas".
static SEVERAL: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)(?:\band|,|\bplus)\s+(?:{COUNT}|an?|some)\s+\S")));
static COUNTED: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)^(?:{COUNT}|an?|some)\s")));
static VAGUE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:some|any|good|nice|the|my|a|an|usual|of)\s+)*(?:something|anything|food|foods|stuff|things?|dinner|lunch|breakfast|meal|takeout|take-out|takeaway|delivery|pickup|order|usual|same|hungry|eat|drink|one|ones|it|them|that|this|to eat|bite)(?:\s+(?:to eat|nice|good|else|today|tonight|now|for dinner|for lunch|delivered))*$",
    )
});
static NO_THING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:i|i'm|i've|we|we're|my|it|it's|is|are|am|do|does|did|what|what's|how|why|who|when|where|can|could|yes|no|not|don't|you|your|they|that's|there|thanks|thank|because|but|if|whether|their|his|her|number|phone)\b",
    )
});
/// Nouns that are plural by themselves.
const PLURAL: [&str; 14] = [
    "fries",
    "wings",
    "nuggets",
    "noodles",
    "chips",
    "rings",
    "ribs",
    "dumplings",
    "nachos",
    "gyros",
    "hummus",
    "beans",
    "greens",
    "eggs",
];

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
    if SEVERAL.is_match(&text) {
        let item = thing(&text);
        let size = size.and_then(|found| found.value.ok());
        return Ordered { quantity: item.as_ref().map(|_| "1".into()), size, item };
    }
    let without = match &size {
        Some(found) => tidy(&format!("{} {}", &text[..found.range.start], &text[found.range.end..])),
        None => text,
    };
    let counted = QUANTITY.captures(&format!("{without} ")).map(|found| {
        let end = found.get(0).map_or(0, |whole| whole.end()).min(without.len());
        (super::count::read(&found["count"]).ok(), end)
    });
    let (quantity, from) = counted.unwrap_or((None, 0));
    let several = quantity.as_deref().is_some_and(|count| count != "1");
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

fn thing(text: &str) -> Option<String> {
    let item = strip(text);
    let item = item.strip_prefix("the ").unwrap_or(&item);
    let good = item.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && item.chars().count() <= 300
        && !VAGUE.is_match(item)
        && !NO_THING.is_match(item);
    good.then(|| item.to_owned())
}

/// The words before "with …", of which the last one has the number.
fn head(item: &str) -> &str {
    let end = [" with ", " without ", " on ", " in ", ", ", " and "].iter().filter_map(|word| item.find(word)).min();
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
    let cut = if PLURAL.contains(&last.as_str()) || last.ends_with("ss") || last.ends_with("ies") || !last.ends_with('s') {
        0
    } else if ["ches", "shes", "xes"].iter().any(|end| last.ends_with(end)) {
        2
    } else {
        1
    };
    format!("{}{}", &head[..head.len() - cut], &item[head.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_taken_apart() {
        for (text, quantity, size, item) in [
            ("order a large pepperoni pizza", "1", "large", "pepperoni pizza"),
            ("I'd like two large pepperoni pizzas, please", "2", "large", "pepperoni pizza"),
            ("a margherita", "1", "", "margherita"),
            ("pepperoni pizza", "", "", "pepperoni pizza"),
            ("can you get me a 12 inch ham pizza with extra cheese", "1", "12 inch", "ham pizza with extra cheese"),
            ("three chicken sandwiches", "3", "", "chicken sandwich"),
            ("I want some fries", "", "", "fries"),
            ("two large pizzas and a coke", "1", "large", "two large pizzas and a coke"),
            ("4 x spring rolls", "4", "", "spring roll"),
            ("medium", "", "medium", ""),
            ("two", "2", "", ""),
            ("order food", "", "", ""),
            ("I'm hungry", "", "", ""),
            ("something to eat", "", "", ""),
            ("order", "", "", ""),
            ("yes", "", "", ""),
        ] {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            assert_eq!(split(text), Ordered { quantity: some(quantity), size: some(size), item: some(item) }, "{text}");
        }
    }

    #[test]
    fn orders_are_put_together() {
        for (quantity, size, item, line) in [
            ("1", Some("large"), "pepperoni pizza", "a large pepperoni pizza"),
            ("2", Some("large"), "pepperoni pizza", "2 large pepperoni pizzas"),
            ("1", None, "omelette", "an omelette"),
            ("1", Some("large"), "fries", "large fries"),
            ("3", None, "chicken sandwich", "3 chicken sandwiches"),
            ("2", None, "ham pizza with extra cheese", "2 ham pizzas with extra cheese"),
            ("1", Some("large"), "two large pizzas and a coke", "two large pizzas and a coke"),
        ] {
            assert_eq!(super::line(quantity, size, item), line);
        }
    }
}
