//! Counts: people, pieces.

use super::{Found, number_word, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// The largest count that is taken without doubt.
const COUNT_MAX: u32 = 99;
const NUMBER: &str = r"\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty";

static PEOPLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:(?:table|booking|reservation|party|group) (?:for|of) ({NUMBER})(?: (?:people|persons|guests|adults))?|(?:for )?(?:a party of |a group of )?({NUMBER}) (?:people|persons|guests|adults|diners|seats|of us)|for ({NUMBER}))\b"
    ))
});
static ANSWER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?:just |only |the |make (?:it|that|them) |it's |it is |we are |we're |there are |there will be |for |a party of |party of |about |maybe )*({NUMBER}|a|an|a couple|a couple of|a dozen|a pair)(?: of)?(?: (?:people|persons|guests|adults|us|them|pieces|portions|orders|pizzas?|please|thanks|in total|altogether))*$"
    ))
});
static ALONE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:it's |it is )?(?:just|only) (?:me|myself)$|^(?:me|myself)(?: alone)?$"));
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:just )?(?:me|i) and my (?:wife|husband|partner|girlfriend|boyfriend|friend|mother|father|mom|dad|son|daughter)|my (?:wife|husband|partner|girlfriend|boyfriend|friend) and (?:me|i)|(?:the )?two of us|both of us)$",
    )
});

/// "two adults and three kids"
static OLD_AND_YOUNG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:for\s+)?(?P<old>{NUMBER}) (?:adults?|grown-?ups?|people)(?: and|,| plus) (?P<young>{NUMBER}|an?) (?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies))\b"
    ))
});
/// "with three friends": they and the user.
static WITH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\bwith (?:my )?(?P<others>{NUMBER}) (?:other )?(?:friends|colleagues|others|guests|other people|family members)\b"
    ))
});

static PAIR_INSIDE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bfor (?:me and my (?:wife|husband|partner|girlfriend|boyfriend|friend|mother|father|mom|dad|son|daughter)|(?:the )?two of us|both of us)\b",
    )
});

/// How many people, said within a sentence: "a table for two", "4 people".
pub fn find_people(text: &str) -> Option<Found> {
    let number =
        |word: &str| word.parse().ok().or_else(|| number_word(word)).or((word.to_lowercase().starts_with('a')).then_some(1));
    if let Some(found) = OLD_AND_YOUNG.captures(text)
        && let (Some(whole), Some(old), Some(young)) = (found.get(0), number(&found["old"]), number(&found["young"]))
    {
        return Some(Found { range: whole.range(), value: in_range(old.saturating_add(young)) });
    }
    if let Some(found) = WITH.captures(text)
        && let (Some(whole), Some(others)) = (found.get(0), number(&found["others"]))
    {
        return Some(Found { range: whole.range(), value: in_range(others.saturating_add(1)) });
    }
    for found in PEOPLE.captures_iter(text) {
        let (Some(whole), Some(number)) = (found.get(0), found.iter().skip(1).flatten().next()) else { continue };
        // "for 7 pm", "for 7:30" and "for 12 Elm Street" are no party.
        let bare = whole.end() == number.end();
        let after = text[whole.end()..].trim_start();
        let time_follows =
            ["pm", "am", "p.m", "a.m", "o'clock", "minutes", "hours", "days"].iter().any(|w| after.to_lowercase().starts_with(w));
        if bare
            && (time_follows
                || text[whole.end()..].starts_with([':', '.'])
                    && text[whole.end() + 1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            continue;
        }
        return Some(Found { range: whole.range(), value: counted(number.as_str()) });
    }
    PAIR_INSIDE.find(text).map(|found| Found { range: found.range(), value: Ok("2".into()) })
}

/// A text that ought to be a count: "2", "two", "just me", "a couple".
pub fn read(text: &str) -> Result<String, String> {
    let text = super::tidy(text);
    if ALONE.is_match(&text) {
        return Ok("1".into());
    }
    if PAIR.is_match(&text) {
        return Ok("2".into());
    }
    let said = ANSWER.captures(&text).and_then(|found| found.get(1));
    match said {
        Some(number) => counted(number.as_str()),
        None => {
            number_word(&text).map_or_else(|| Err("I did not find a number there. Just say 2, for example.".into()), in_range)
        }
    }
}

fn counted(word: &str) -> Result<String, String> {
    let number = match word.to_lowercase().as_str() {
        "a" | "an" => Some(1),
        "a couple" | "a couple of" | "a pair" => Some(2),
        "a dozen" => Some(12),
        other => other.parse().ok().or_else(|| number_word(other)),
    };
    number.map_or_else(|| Err("I did not find a number there. Just say 2, for example.".into()), in_range)
}

fn in_range(number: u32) -> Result<String, String> {
    match number {
        0 => Err("It must be at least 1. Just say 2, for example.".into()),
        1..=COUNT_MAX => Ok(number.to_string()),
        _ => Err(format!("{number} is more than I can ask for in one call; {COUNT_MAX} is the most.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_answers() {
        for (text, count) in [
            ("2", "2"),
            ("two", "2"),
            ("for four", "4"),
            ("4 people", "4"),
            ("a party of six", "6"),
            ("just me", "1"),
            ("me and my wife", "2"),
            ("a couple", "2"),
            ("just one please", "1"),
            ("there will be 12 of us", "12"),
            ("twenty-five", "25"),
            ("make it two", "2"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(count), "{text}");
        }
        for bad in ["many", "0", "300", "yes", ""] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn people_within_a_sentence() {
        for (text, count) in [
            ("book a table for two at Luigi's", Some("2")),
            ("a table at Luigi's for 4 on Saturday", Some("4")),
            ("we are 5 people", Some("5")),
            ("a table for me and my wife tomorrow", Some("2")),
            ("a table for two adults and two kids", Some("4")),
            ("dinner with three friends", Some("4")),
            ("a table for 7:30", None),
            ("something for 7 pm", None),
        ] {
            assert_eq!(find_people(text).and_then(|f| f.value.ok()).as_deref(), count, "{text}");
        }
    }
}
