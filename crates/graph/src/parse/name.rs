//! Names of people and of businesses.

use super::{Found, pattern, tidy, title_case};
use regex::Regex;
use std::sync::LazyLock;

const PART: &str = r"\p{Lu}[\p{L}'’.-]*";

/// "my name is Maria Lopez", "under the name Maria Lopez": any case, to the end of the words that can be a name.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:my |the )?name(?: is|'s)|name:|under(?: the name)?(?: of)?|in the name of|on behalf of)\s+(?P<name>[\p{L}'’.-]+(?:\s+[\p{L}'’.-]+){0,3}?)(?:\s*[,|;.!?]|\s+(?:and|from|at|for|on|to|with|please|tomorrow|today|tonight|my|i|the|order|call)\b|\s*$)",
    )
});
/// "I'm Maria", "this is Maria Lopez": only as a proper name.
static CALLED: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"\b(?:[Ii]'m|[Ii] am|[Tt]his is)\s+(?P<name>{PART}(?:\s+{PART}){{0,3}})")));
/// "for Maria Lopez": two capital words that are followed by the end of a phrase.
static FOR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"\b[Ff]or\s+(?P<name>{PART}(?:\s+{PART}){{1,3}})(?:\s*[,|;.!?]|\s+(?:from|at|on|to|please)\b|\s*$)"))
});
/// ", name Maria Lopez".
static LABELLED: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?:^|[,.;|]\s*)[Nn]ame:?\s+(?P<name>{PART}(?:\s+{PART}){{0,3}})")));
static ANSWER_LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:well|sure|ok|okay|yes|hi|hello),?\s+)?(?:my name is|my name's|the name is|the name's|name is|it's|it is|i'm|i am|this is|put it under|under(?: the name)?(?: of)?|for|call me|make it|just)\s+",
    )
});
/// Words that no name begins with or consists of.
const NO_NAME: [&str; 70] = [
    "a", "about", "an", "and", "address", "allergic", "at", "book", "busy", "but", "call", "can", "cancel", "change", "craving",
    "delivery", "dinner", "do", "fine", "from", "going", "good", "help", "hello", "here", "hi", "hungry", "i", "in", "is", "it",
    "know", "large", "late", "looking", "lunch", "maybe", "me", "medium", "never", "no", "none", "not", "nothing", "now", "ok",
    "okay", "on", "one", "order", "pickup", "please", "size", "small", "sure", "thanks", "that", "the", "to", "today",
    "tomorrow", "tonight", "trying", "two", "what", "whatever", "who", "why", "yes", "you",
];

/// "from Tony's", "at Luigi's", "call Tony's Pizza".
static BUSINESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?P<lead>[Ff]rom|[Aa]t|[Cc]all|[Rr]ing|[Pp]hone|[Aa]sk|[Tt]ell|[Tt]hank|[Ww]ith|[Dd]oes|(?:hours|menu|prices?|address)\s+of)\s+(?P<name>(?:[Tt]he\s+)?{PART}(?:\s+(?:{PART}|&|and\s+{PART}|(?:of|de|la|del|di)\b)){{0,4}})"
    ))
});
/// "Is Tony's open?", "whether Mike's Garage does oil changes": what is said of it shows that it is a business.
static ASKED_ABOUT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?:[Ii]s|[Ii]f|[Ww]hether)\s+(?P<name>(?:[Tt]he\s+)?{PART}(?:\s+{PART}){{0,3}})\s+(?:open|closed|is\s+open|is\s+closed|makes|sells|does|has|offers|delivers|takes|serves|accepts|closes|opens|repairs|rents)\b"
    ))
});
/// The same in lower case: after "from", or with an apostrophe.
static BUSINESS_LOWER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:from|at|call|ask|tell)\s+(?P<name>(?:the\s+)?(?:[\p{L}&-]+\s+){0,2}?[\p{L}&-]+['’]s(?:\s+(?:pizza|pizzeria|bistro|cafe|café|diner|restaurant|kitchen|grill|bakery|place|bar|house))?)\b|\bfrom\s+(?P<name2>[\p{L}'’&-]+(?:\s+[\p{L}'’&-]+){0,2}?)(?:\s*[,|;.!?]|\s+(?:at|on|for|to|under|please)\b|\s*$)",
    )
});
const NO_BUSINESS: [&str; 36] = [
    "my",
    "me",
    "home",
    "a",
    "an",
    "the",
    "there",
    "here",
    "work",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "noon",
    "midnight",
    "i",
    "them",
    "him",
    "her",
    "it's",
    "that's",
];

/// The user's name inside a sentence.
pub fn find_person(text: &str) -> Option<Found> {
    for shape in [&SAID, &LABELLED, &CALLED, &FOR] {
        let Some(found) = shape.captures(text) else { continue };
        let (Some(whole), Some(name)) = (found.get(0), found.name("name")) else { continue };
        if let Ok(value) = read_person(name.as_str()) {
            return Some(Found { range: whole.start()..name.end(), value: Ok(value) });
        }
    }
    None
}

/// A text that ought to be a person's name.
pub fn read_person(text: &str) -> Result<String, String> {
    let text = tidy(text);
    let name = tidy(&ANSWER_LEAD.replace(&text, ""));
    let name = name.strip_suffix(" please").unwrap_or(&name).trim_end_matches([',', ' ']);
    let lettered = |word: &str| {
        word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '.' | '-')) && word.chars().any(char::is_alphabetic)
    };
    let words: Vec<&str> = name.split(' ').collect();
    let good = (1..=5).contains(&words.len())
        && words.iter().all(|word| lettered(word))
        && words.iter().all(|word| !NO_NAME.contains(&word.to_lowercase().as_str()))
        && name.chars().count() <= 80
        && !text.contains('?');
    if good {
        Ok(title_case(name))
    } else {
        Err("I did not find a name there. Please give me just the name, such as Maria Lopez.".into())
    }
}

/// A business's name inside a sentence, also in lower case where the words around it show that it is one.
pub fn find_business(text: &str) -> Option<Found> {
    find_proper_business(text).or_else(|| find_lower_business(text))
}

/// A business's name inside a sentence, written as a name.
pub fn find_proper_business(text: &str) -> Option<Found> {
    if let Some(name) = ASKED_ABOUT.captures(text).and_then(|found| found.name("name")) {
        // It stays where it is, for the question is about it.
        return Some(Found { range: name.start()..name.start(), value: Ok(business(name.as_str())) });
    }
    for found in BUSINESS.captures_iter(text) {
        let (Some(whole), Some(name)) = (found.get(0), found.name("name")) else { continue };
        let first = name.as_str().split([' ', ',']).next().unwrap_or_default().to_lowercase();
        if NO_BUSINESS.contains(&first.as_str()) && first != "the" {
            continue;
        }
        // "does" belongs to the question, "thank" to the errand, and so do the "opening hours" of a place.
        let range = match found["lead"].to_lowercase().as_str() {
            "does" | "thank" => whole.start()..whole.start(),
            of if of.ends_with("of") => name.start().saturating_sub(" of".len())..whole.end(),
            _ => whole.range(),
        };
        return Some(Found { range, value: Ok(business(name.as_str())) });
    }
    None
}

fn find_lower_business(text: &str) -> Option<Found> {
    for found in BUSINESS_LOWER.captures_iter(text) {
        let (Some(whole), Some(name)) = (found.get(0), found.name("name").or(found.name("name2"))) else { continue };
        let first = name.as_str().split(' ').next().unwrap_or_default().to_lowercase();
        if NO_BUSINESS.contains(&first.as_str()) && first != "the" || name.as_str().chars().any(|c| c.is_ascii_digit()) {
            continue;
        }
        return Some(Found { range: whole.start()..name.end(), value: Ok(business(&title_case(name.as_str()))) });
    }
    None
}

/// A text that ought to be a business's name.
pub fn read_business(text: &str) -> Result<String, String> {
    let name = tidy(text);
    if name.is_empty() || name.chars().count() > 100 || !name.chars().any(char::is_alphabetic) {
        return Err("I need the business's name, such as Tony's Pizza.".into());
    }
    Ok(business(&title_case(&name)))
}

fn business(name: &str) -> String {
    tidy(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_within_a_sentence() {
        for (text, name) in [
            ("a large pizza, for Maria Lopez, from Tony's", Some("Maria Lopez")),
            ("two pizzas, name's John Doe, 12 Elm Street", Some("John Doe")),
            ("my name is maria lopez and I want a pizza", Some("Maria Lopez")),
            ("I'm Maria Lopez", Some("Maria Lopez")),
            ("book it under Maria Lopez at 7", Some("Maria Lopez")),
            ("under the name of Lopez", Some("Lopez")),
            ("a table for 5, 8:15 pm, name Maria Lopez", Some("Maria Lopez")),
            ("I'm hungry", None),
            ("I am looking for a table", None),
            ("a table for Saturday", None),
            ("a pizza for delivery", None),
        ] {
            assert_eq!(find_person(text).and_then(|f| f.value.ok()).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn names_as_answers() {
        for (text, name) in [
            ("Maria Lopez", "Maria Lopez"),
            ("maria lopez", "Maria Lopez"),
            ("It's Maria", "Maria"),
            ("my name is Maria Lopez.", "Maria Lopez"),
            ("call me Maria", "Maria"),
            ("Dr. O'Neill-Smith", "Dr. O'Neill-Smith"),
        ] {
            assert_eq!(read_person(text).as_deref(), Ok(name), "{text}");
            assert_eq!(read_person(name).as_deref(), Ok(name), "read again: {name}");
        }
        for bad in ["what?", "no", "12 Elm Street", "why do you need that", "I don't know"] {
            assert!(read_person(bad).unwrap_err().contains("Maria Lopez"), "{bad}");
        }
    }

    #[test]
    fn businesses_within_a_sentence() {
        for (text, name) in [
            ("order a pizza from Tony's at +1 415 555 0100", Some("Tony's")),
            ("order a pizza from tony's at +1 415 555 0100", Some("Tony's")),
            ("a table at Luigi's for two", Some("Luigi's")),
            ("a table at luigi's for two", Some("Luigi's")),
            ("call Tony's Pizza and ask", Some("Tony's Pizza")),
            ("from The Golden Lion please", Some("The Golden Lion")),
            ("ask Luigi's if they have oat milk", Some("Luigi's")),
            ("from dominos", Some("Dominos")),
            ("pad thai from golden dragon", Some("Golden Dragon")),
            ("is Tony's open on Sunday?", Some("Tony's")),
            ("whether Mike's Garage does oil changes", Some("Mike's Garage")),
            ("whether Maria Lopez is there", None),
            ("the opening hours of Spice Garden", Some("Spice Garden")),
            ("a table at seven", None),
            ("deliver it at home", None),
            ("from Monday on", None),
        ] {
            assert_eq!(find_business(text).and_then(|f| f.value.ok()).as_deref(), name, "{text}");
        }
    }
}
