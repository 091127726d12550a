//! Counts: people, pieces.

use super::{Found, number_word, pattern};
use regex::Regex;
use std::sync::LazyLock;

/// The largest count that is taken without doubt.
const COUNT_MAX: u32 = 99;
const NUMBER: &str = r"\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty";

static PEOPLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:(?:table|booking|reservation|party|group|family) (?:for|of) ({NUMBER})(?: (?:people|persons|guests|adults))?|(?:for )?(?:a party of |a group of )?({NUMBER})(?: |-)(?:people|persons?|guests|adults|diners|seats|covers|of us|in total|in all)|(?:for|to seat) ({NUMBER}))\b"
    ))
});
static ANSWER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?:just |only |the |make (?:it|that|them) |it's |it is |it'll be |we are |we're |we'll be |we will be |there are |there's |there will be |there'll be |that's |that'd be |for |a party of |party of |a group of |a family of |about |maybe |hmm,? |well,? |oh,? |ok,? |sure,? |wait,? |sorry,? |no,? |actually,? |i think |i'd say |let's say |say |i need |i want |we need |i'd like |i'll take )*({NUMBER}|half a dozen|a half dozen|two dozen|a|an|(?:a )?couple(?: of)?|a dozen|dozen|a pair|thirty|forty|fifty)(?: of)?(?: (?:people|persons|guests|adults|us|them|pieces|portions|orders|pizzas?|please|thanks|in total|altogether|in all|should be enough|is enough|will do|is fine|would be great|should do(?: it)?),?)*(?:, not (?:{NUMBER}))?$"
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
        r"(?i)\b(?:for\s+)?(?P<old>{NUMBER}) (?:adults?|grown-?ups?|people)(?: and|,| plus| \+)? (?P<young>{NUMBER}|an?) (?:kids?|child(?:ren)?|toddlers?|bab(?:y|ies))\b"
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
        r"(?i)\b(?:for (?:(?:me|myself) and my (?:wife|husband|partner|girlfriend|boyfriend|friend|mother|father|mom|mum|dad|son|daughter|sister|brother|boss|colleague|fianc[eé]e?)|my (?:wife|husband|partner|girlfriend|boyfriend|friend|mother|father|mom|mum|dad|son|daughter|sister|brother|boss|colleague|fianc[eé]e?) and (?:me|i|myself)|(?:the )?(?:two|both) of us|a couple)|just the two of us|my (?:wife|husband|partner|girlfriend|boyfriend|friend|mother|father|mom|mum|dad|son|daughter|sister|brother|boss|colleague|fianc[eé]e?) and (?:i|me)\b)",
    )
});

/// "me and four colleagues": they and the user.
static COMPANY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:me|myself|i) (?:and|plus) (?:my )?(?P<others>{NUMBER}) (?:other )?(?:friends?|colleagues?|others|guests?|more|other people|coworkers?|co-workers?|clients?|relatives?)\b"
    ))
});
static JUST_ME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:just|only) (?:for )?(?:me|myself)\b(?: alone)?|\bfor (?:me|myself) alone\b|\btable for (?:one|myself)\b")
});
static BOOKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:tables?|reservations?|bookings?|dinner|lunch|brunch|breakfast|seats?|booth|reserve|book|something|somewhere|spot|room)\s*$",
    )
});
static SPAN_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?:\bor|\bto|\bnot|\bthan|\bleast|\bmost|\band|\bplus|\d\s?[-–]|\bbetween|\bmore|\bextra|\binstead of)\s*$")
});
static SPAN_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:or (?:\d|one|two|three|four|five|six|seven|eight|nine|ten|so|maybe|more)|[-–] ?\d|to \d+ (?:people|of us|guests)|plus\b|and (?:a|an|one|two|three|\d) (?:bab|kid|child|toddler|infant|dog)|(?:,|maybe) (?:maybe|possibly|or|no)\b)",
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
        if MORE.is_match(&text[whole.end()..]) {
            return Some(unsure(whole.range()));
        }
        return Some(Found { range: whole.range(), value: in_range(others.saturating_add(1)) });
    }
    if let Some(found) = COMPANY.captures(text)
        && let (Some(whole), Some(others)) = (found.get(0), number(&found["others"]))
    {
        if MORE.is_match(&text[whole.end()..]) {
            return Some(unsure(whole.range()));
        }
        return Some(Found { range: whole.range(), value: in_range(others.saturating_add(1)) });
    }
    for found in PEOPLE.captures_iter(text) {
        let (Some(whole), Some(number)) = (found.get(0), found.iter().skip(1).flatten().next()) else { continue };
        // "for 7 pm", "for 7:30" and "for 12 Elm Street" are no party.
        let bare = whole.end() == number.end();
        let after = text[whole.end()..].trim_start();
        let time_follows = [
            "pm", "am", "p.m", "a.m", "o'clock", "minutes", "hours", "hour", "days", "nights", "night", "weeks", "of my",
            "of our", "thing", "reason",
        ]
        .iter()
        .any(|w| after.to_lowercase().starts_with(w));
        if bare
            && (time_follows
                || text[whole.end()..].starts_with([':', '.'])
                    && text[whole.end() + 1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            continue;
        }
        // "four or five people", "6 to 8 of us", "two people plus a baby", "for six, no, seven": not yet a number.
        if SPAN_BEFORE.is_match(&text[..number.start()]) || SPAN_AFTER.is_match(&text[whole.end()..]) {
            return Some(unsure(whole.range()));
        }
        // "two couples", "4 girls and 3 boys", "twenty five", "2+2": another number than the one that was found.
        if bare && !ends_number(&text[whole.end()..]) {
            return Some(unsure(whole.range()));
        }
        // "under Novak for 7 tomorrow": the number, or the time.
        let led = BOOKED.is_match(&text[..whole.start()]);
        let hour = bare && matches!(counted(number.as_str()).as_deref(), Ok("5" | "6" | "7" | "8" | "9"));
        if hour && !led && whole.as_str().to_lowercase().starts_with("for ") && super::time::find(text).is_none() {
            return Some(Found {
                range: whole.range(),
                value: Err(format!("Is {} the number of people, or the time?", number.as_str())),
            });
        }
        return Some(Found { range: whole.range(), value: counted(number.as_str()) });
    }
    if let Some(found) = JUST_ME.find(text) {
        let more = MORE.is_match(&text[found.end()..]);
        return Some(if more { unsure(found.range()) } else { Found { range: found.range(), value: Ok("1".into()) } });
    }
    let found = PAIR_INSIDE.find(text)?;
    // "my wife, my son and me"
    let more = MORE.is_match(&text[found.end()..]) || LISTED.is_match(&text[..found.start()]);
    Some(if more { unsure(found.range()) } else { Found { range: found.range(), value: Ok("2".into()) } })
}

/// Somebody else is coming, too.
static MORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^\s*(?:,\s*)?(?:and|plus|&|\+|with)\s+(?:my|our|an?|one|two|three|\d|the|his|her|some)\b|^\s*,\s*(?:my|our)\b")
});
static LISTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:my|our|for)\s+\p{L}+\s*,\s*$|\band\s*$"));
/// What may follow a number of people.
static FOLLOWS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:\s*(?:$|[,.;:!?|()–-])|\s+(?:$|at|on|in|for|to|by|from|with|under|and|or|but|if|near|around|about|tonight|today|tomorrow|this|next|please|pls|thanks|tmrw|later|instead|rather|only|early|late|there|somewhere|seated|over|starting|ideally|preferably|say|just|also
          |as|who|that|because|since|so|via|name|named|can|could|is|it|we|i|you|my|our|the|a|an|outside|inside|outdoors|indoors|half|quarter|noon|sat|sun|mon|tue|wed|thu|fri|\p{L}+day|nov|dec|jan|\p{L}+ber|january|february
          |lunch|dinner|brunch|breakfast|all|total|altogether|maybe|perhaps|possibly|not|no|around|\d|\|)(?:\b|\s|$)|\s+(?-i:\p{Lu}))",
    )
});

fn ends_number(after: &str) -> bool {
    FOLLOWS.is_match(after)
}

fn unsure(range: std::ops::Range<usize>) -> Found {
    Found { range, value: Err("How many people is that in all? Just say 4, for example.".into()) }
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
        "a couple" | "a couple of" | "couple" | "couple of" | "a pair" => Some(2),
        "half a dozen" | "a half dozen" => Some(6),
        "a dozen" | "dozen" => Some(12),
        "two dozen" => Some(24),
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
            ("hmm, three should be enough", "3"),
            ("we'll be seven, not five", "7"),
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
            ("me and four colleagues want a table", Some("5")),
            ("there will be eleven of us", Some("11")),
            ("a table at The Copper Pot, just me", Some("1")),
            ("a table for four or five", None),
            ("we are 6 to 8 people", None),
            ("a table for 7:30", None),
            ("something for 7 pm", None),
        ] {
            assert_eq!(find_people(text).and_then(|f| f.value.ok()).as_deref(), count, "{text}");
        }
    }
}
