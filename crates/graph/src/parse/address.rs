//! Street addresses, kept as the user writes them.

use super::{Found, pattern, tidy, title_case};
use regex::Regex;
use std::sync::LazyLock;

/// What follows a street address and is no part of it.
const AFTER: &str = r"(?:\s*[|;.!?]|,?\s+(?:from|for|at|on|under|by|and|with|the number|their number|please|instead|now|tomorrow|today|tonight)\b|,\s*(?:the|we|we'll|we're|i'll|they|can|could|would|under|my name|name|i'm|i am|it's|call|phone|\+|thanks|thank)|\s+\+|\s*$)";
const STREET: &str = r"(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|place|pl|way|square|sq|terrace|close|crescent|highway|hwy|parkway|pkwy|circle|cir|row|walk|quay|alley|plaza|broadway)";

static STREET_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)(?:\b(?:to|at|on|is)\s+(?:my (?:place|home|house|flat|apartment) (?:at|on|in)\s+)?)?(?P<address>\d{{1,5}}[a-z]?(?:[-/]\d{{1,4}})?\s+(?:[\p{{L}}0-9'.-]+\s+){{0,4}}?{STREET}\b\.?(?:\s+(?-i:[NSEW][EW]?)\b\.?)?(?P<more>(?:,?\s+(?:apt|apartment|unit|suite|flat|floor|fl|#)\.?\s*#?[\w-]+|,\s*\d+(?:st|nd|rd|th)? floor)?(?:,\s*[\p{{L}}][\p{{L}} .'-]*?(?:\s+\d{{5}})?){{0,3}}?)){AFTER}"
    ))
});
static NO_HOUSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\d+\S*\s+(?:(?:[\p{L}]+\s+){0,2}?(?:at|for|pm|am|people|and|tonight|tomorrow|delivery|delivered|pickup)|to|of|[\p{L}]+\s+to)\s+(?:(?:to|at|on|@)\s+)*",
    )
});
static LED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:(?:deliver(?:y|ed)?|bring|send)(?: it| them| this)? to|(?:(?:my|the|delivery|our) )*address (?:is|should be|to|:)|address:|(?:i|we) live (?:at|on|in))\s+(?P<address>[^|;!?]*?){AFTER}"
    ))
});

/// An address inside a sentence: by a street's name and number, or after "deliver to" and the like.
pub fn find(text: &str) -> Option<Found> {
    for shape in [&STREET_ADDRESS, &LED] {
        // "at 8 to 12 Elm Street": the first number is none of a house.
        let led = |found: &regex::Captures<'_>| {
            NO_HOUSE.find(&found["address"]).map(|lead| found.name("address").map_or(0, |a| a.start()) + lead.end())
        };
        let mut from = 0;
        while let Some(end) = shape.captures(&text[from..]).and_then(|found| led(&found)).filter(|end| *end > 0) {
            from += end;
        }
        let Some(found) = shape.captures_at(text, from) else { continue };
        let (Some(whole), Some(address)) = (found.get(0), found.name("address")) else { continue };
        let kept = without_clause(address.as_str());
        if let Ok(value) = read(kept) {
            return Some(Found { range: whole.start()..address.start() + kept.len(), value: Ok(value) });
        }
    }
    None
}

/// The address without a clause behind it: ", the office will pay".
fn without_clause(address: &str) -> &str {
    const CLAUSE: &str = "i i'm i'll we we'll you they it it's my our your the will can could is are be please and or to for at from on by with call ask pay name number order want \
         need have get pizza ring knock buzz leave use come press dial gate code doorbell";
    const TOWN_WORDS_MAX: usize = 4;
    // Who writes the street with a capital writes the town with one.
    let capital = |part: &str| part.trim_start().starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let named = address.split(',').next().is_some_and(|street| street.chars().any(char::is_uppercase));
    let within = |part: &str| {
        let first = part.split_whitespace().next().unwrap_or_default().to_lowercase();
        ["apt", "apt.", "apartment", "unit", "suite", "flat", "floor", "fl", "room", "second", "third", "ground", "top", "first"]
            .contains(&first.as_str())
    };
    let mut end = 0;
    for (place, part) in address.split(',').enumerate() {
        let words: Vec<String> = part.split_whitespace().map(str::to_lowercase).collect();
        let clause =
            words.len() > TOWN_WORDS_MAX || words.iter().any(|word| CLAUSE.split_whitespace().any(|known| known == word));
        if place > 0 && (clause || named && !capital(part) && !within(part)) {
            return &address[..end - 1];
        }
        end += part.len() + 1;
    }
    address
}

/// A text that ought to be an address.
pub fn read(text: &str) -> Result<String, String> {
    let mut text = tidy(text);
    for lead in [
        "my address is ",
        "the address is ",
        "address is ",
        "it's ",
        "it is ",
        "to ",
        "at ",
        "deliver to ",
        "i live at ",
        "deliver it to ",
    ] {
        if text.to_lowercase().starts_with(lead) && text.is_char_boundary(lead.len()) {
            text = text[lead.len()..].to_owned();
        }
    }
    let text = tidy(&text);
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let number = text.chars().any(|c| c.is_ascii_digit());
    if letters < 3 || !number || text.split(' ').count() < 2 {
        return Err("I need a street with a house number, such as 12 Elm Street, Springfield.".into());
    }
    if text.chars().count() > 200 {
        return Err("That is too long for an address. Please give me the street, the number and the town, such as 12 Elm Street, Springfield.".into());
    }
    Ok(title_case(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_within_a_sentence() {
        for (text, address) in [
            ("deliver it to 12 Elm Street, for Maria Lopez, from Tony's", Some("12 Elm Street")),
            ("to 14 oak avenue please", Some("14 Oak Avenue")),
            ("a pizza to 12 Elm St from Tony's", Some("12 Elm St")),
            ("the address is 14 Oak Avenue, Apt 4B, Springfield", Some("14 Oak Avenue, Apt 4B, Springfield")),
            ("my address is 7 Rosewood Mews", Some("7 Rosewood Mews")),
            ("deliver to 12 Elm Street, Springfield 62704", Some("12 Elm Street, Springfield 62704")),
            ("send it to 7 Park Road instead", Some("7 Park Road")),
            ("deliver to 12 Elm Street, the office will pay up to 50 dollars", Some("12 Elm Street")),
            ("for delivery tonight at 8 to 42 Wallaby Way", Some("42 Wallaby Way")),
            ("deliver it to my place", None),
            ("two pizzas from Tony's", None),
        ] {
            assert_eq!(find(text).and_then(|f| f.value.ok()).as_deref(), address, "{text}");
        }
    }

    #[test]
    fn addresses_as_answers() {
        for (text, address) in [
            ("12 Elm Street", "12 Elm Street"),
            ("it's 12 elm street.", "12 Elm Street"),
            ("Rosewood Cottage 3, Mill Lane", "Rosewood Cottage 3, Mill Lane"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(address), "{text}");
        }
        for bad in ["home", "my place", "12", "Elm Street"] {
            assert!(read(bad).unwrap_err().contains("12 Elm Street"), "{bad}");
        }
    }
}
