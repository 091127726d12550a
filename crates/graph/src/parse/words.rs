//! Details that are one of a few words: sizes, delivery or pickup.

use super::{Found, pattern};
use regex::Regex;
use std::sync::LazyLock;

static SIZE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?P<xl>extra[ -]?large|xl|x-large)|(?P<plain>small|medium|large|regular|personal|family|jumbo|tall|grande|venti)(?:[ -]?sized?)?|(?P<inch>\d{1,2})[ -]?(?:inch(?:es)?|in\.|\x22))",
    )
});
static LIKE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:the )?(?:(?P<big>big(?:gest)?|largest)|(?P<little>little|smallest)|(?P<middle>middle|mid)|(?P<any>any(?: size)?|whatever|whichever|doesn'?t matter|don'?t care|normal|standard|default))(?: one| is fine| you have)?$",
    )
});
static FULFILMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:for |to be |as |by |want it |have it |get it )?(?:(?P<delivery>deliver(?:y|ed)?|bring it|brought|send it|sent)|(?P<pickup>(?:for )?pick(?:ing|ed)?[ -]?(?:it |them )?up|collect(?:ion|ed|ing)?(?: it)?|take[ -]?(?:away|out)|carry[ -]?out|to go))\b",
    )
});

/// A size inside a sentence.
pub fn find_size(text: &str) -> Option<Found> {
    // "a medium rare steak", "my family", "jumbo shrimp": no sizes.
    let found = SIZE.captures_iter(text).find(|found| {
        let plain = found.name("plain").map(|plain| plain.as_str().to_lowercase());
        let after = found.get(0).map_or("", |whole| &text[whole.end()..]).trim_start().to_lowercase();
        let sized = found.get(0).is_some_and(|whole| whole.as_str().to_lowercase().contains("size"));
        match plain.as_deref() {
            Some("family" | "personal") => {
                sized
                    || text.trim().len() == 6
                    || ["pizza", "pan", "portion", "lasagna"].iter().any(|noun| after.starts_with(noun))
            }
            Some("medium") => !["rare", "well", "done", "-rare", "-well", "spic", "hot", "heat", "roast"]
                .iter()
                .any(|word| after.starts_with(word)),
            Some("jumbo") => !["shrimp", "prawn"].iter().any(|word| after.starts_with(word)),
            Some(_) | None => true,
        }
    })?;
    let range = found.get(0)?.range();
    let value = if found.name("xl").is_some() {
        "extra large".to_owned()
    } else if let Some(inches) = found.name("inch") {
        format!("{} inch", inches.as_str())
    } else {
        found.name("plain")?.as_str().to_lowercase()
    };
    Some(Found { range, value: Ok(value) })
}

/// A text that ought to be a size.
pub fn read_size(text: &str) -> Result<String, String> {
    if let Some(found) = find_size(text) {
        return found.value;
    }
    let text = super::tidy(text);
    let Some(found) = LIKE.captures(&text) else {
        return Err("I did not find a size there. Please say small, medium, large, or another size that they have.".into());
    };
    let size = [("big", "large"), ("little", "small"), ("middle", "medium"), ("any", "regular")];
    let meant = size.iter().find(|(name, _)| found.name(name).is_some()).map_or("regular", |(_, size)| size);
    Ok(meant.into())
}

/// Delivery or pickup, inside a sentence.
pub fn find_fulfilment(text: &str) -> Option<Found> {
    let found = FULFILMENT.captures_iter(text).find(|found| {
        let Some(whole) = found.get(0) else { return false };
        let said = whole.as_str().to_lowercase();
        let after = text[whole.end()..].trim_start().to_lowercase();
        let before = text[..whole.start()].trim_end().to_lowercase();
        let last = before.rsplit([' ', ',']).next().unwrap_or_default();
        // "I want to go out", "take out the onions", "no delivery": something else.
        let going = said.ends_with("to go")
            && ["out", "to ", "there", "with", "somewhere", "home"].iter().any(|word| after.starts_with(word));
        let taking = (said.contains("take") || said.contains("collect"))
            && ["the ", "my ", "any "].iter().any(|word| after.starts_with(word));
        let phone = said.contains("pick") && after.starts_with("the phone");
        let denied = ["no", "not", "don't", "without"].contains(&last);
        !(going || taking || phone || denied)
    })?;
    let value = if found.name("delivery").is_some() { "delivery" } else { "pickup" };
    Some(Found { range: found.get(0)?.range(), value: Ok(value.into()) })
}

/// A text that ought to say delivery or pickup.
pub fn read_fulfilment(text: &str) -> Result<String, String> {
    let lower = text.to_lowercase();
    if let Some(found) = find_fulfilment(text) {
        return found.value;
    }
    if ["i'll get it", "i will get it", "i'll come", "i will come", "come by", "myself"].iter().any(|words| lower.contains(words))
    {
        return Ok("pickup".into());
    }
    if ["to my", "to me", "at home", "bring"].iter().any(|words| lower.contains(words)) {
        return Ok("delivery".into());
    }
    Err("I did not understand which of the two. Please say delivery or pickup.".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, size) in [
            ("large", "large"),
            ("a Medium one", "medium"),
            ("extra-large", "extra large"),
            ("XL", "extra large"),
            ("12 inch", "12 inch"),
            ("the biggest", "large"),
            ("family size", "family"),
            ("doesn't matter", "regular"),
        ] {
            assert_eq!(read_size(text).as_deref(), Ok(size), "{text}");
            assert_eq!(read_size(size).as_deref(), Ok(size), "read again: {size}");
        }
        assert!(read_size("purple").unwrap_err().contains("small, medium, large"));
    }

    #[test]
    fn delivery_or_pickup() {
        for (text, way) in [
            ("delivery", "delivery"),
            ("please have it delivered", "delivery"),
            ("deliver it", "delivery"),
            ("pickup", "pickup"),
            ("I'll pick it up", "pickup"),
            ("pick-up", "pickup"),
            ("takeaway", "pickup"),
            ("to go", "pickup"),
            ("I'll collect it", "pickup"),
            ("I'll come by myself", "pickup"),
            ("bring it to my house", "delivery"),
        ] {
            assert_eq!(read_fulfilment(text).as_deref(), Ok(way), "{text}");
        }
        assert!(read_fulfilment("yes").unwrap_err().contains("delivery or pickup"));
    }
}
