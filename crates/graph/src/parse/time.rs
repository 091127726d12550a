//! Times of day, as "7:00 pm".

use super::{Found, number_word, pattern};
use jiff::civil::Time;
use regex::Regex;
use std::sync::LazyLock;

const HOUR: &str = r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve";
const EXAMPLE: &str = "Please give me a time such as 7 pm or 19:30.";

/// `7`, `7:30 pm`, `half past seven`, `seven thirty`, `noon`, each with an optional part of the day.
static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)
        (?P<before>\b(?:at|around|about|by|from|to|for)\s+(?:about\s+|around\s+)?)?
        \b(?:
            (?P<word>noon|midday|midnight)
          | (?P<rel>half|quarter|five|ten|twenty|twenty-five|a\s+quarter|\d{{1,2}})\s+(?:minutes\s+)?(?P<dir>past|to|after|before)\s+(?P<relhour>\d{{1,2}}|{HOUR})
          | (?P<hour>\d{{1,2}}|{HOUR})
            (?: [:.h](?P<min>\d{{2}}) | \s+(?P<minword>fifteen|thirty|forty-five|o'clock|oh\s+five) )?
        )
        (?:\s+o'?\s?clock)?
        (?:(?P<half>\s*(?:a\.?\s?m\b\.?|p\.?\s?m\b\.?))|\b)
        (?P<part>\s+(?:in\s+the\s+(?:morning|afternoon|evening)|at\s+night|tonight|this\s+evening))?
        "
    ))
});

/// A time inside a sentence; a bare number counts only after "at" or with "pm", "o'clock" and the like.
pub fn find(text: &str) -> Option<Found> {
    for found in CLOCK.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        let before = found.name("before").map(|m| m.as_str().trim().to_lowercase());
        let shaped = ["word", "rel", "min", "half", "part", "minword"].iter().any(|name| found.name(name).is_some())
            || whole.as_str().to_lowercase().contains("clock");
        let led =
            before.as_deref().is_some_and(|word| word.starts_with("at") || word.starts_with("around") || word.starts_with("by"));
        // "at 12 Elm Street" is a place.
        let place = led && !shaped && text[whole.end()..].trim_start().starts_with(|c: char| c.is_uppercase());
        if (shaped || led) && !place {
            return Some(Found { range: whole.range(), value: meant(&found, text) });
        }
    }
    None
}

/// A text that ought to be a time of day: "7", "half past seven in the evening".
pub fn read(text: &str) -> Result<String, String> {
    let text = super::tidy(text).to_lowercase();
    if let Some(found) = find(&text) {
        return found.value;
    }
    match CLOCK.captures(&text) {
        Some(found) => meant(&found, &text),
        None => Err(format!("I did not find a time there. {EXAMPLE}")),
    }
}

/// The time of day that a spoken form stands for.
pub fn clock_time(spoken: &str) -> Option<Time> {
    let found = CLOCK.captures(spoken)?;
    time_of(&found, spoken).ok()
}

fn meant(found: &regex::Captures<'_>, text: &str) -> Result<String, String> {
    time_of(found, text).map(spoken)
}

fn time_of(found: &regex::Captures<'_>, text: &str) -> Result<Time, String> {
    let wrong = || format!("There is no such time. {EXAMPLE}");
    let number = |name: &str| -> Option<i8> {
        let word = found.name(name)?.as_str();
        word.parse().ok().or_else(|| number_word(word).and_then(|n| i8::try_from(n).ok()))
    };
    if let Some(word) = found.name("word") {
        let hour = if word.as_str().eq_ignore_ascii_case("midnight") { 0 } else { 12 };
        return Time::new(hour, 0, 0, 0).map_err(|_| wrong());
    }
    let (mut hour, mut minute) = match found.name("rel") {
        Some(rel) => {
            let words = rel.as_str().to_lowercase();
            let minutes = if words.contains("half") {
                30
            } else if words.contains("quarter") {
                15
            } else {
                number("rel").ok_or_else(wrong)?
            };
            let hour = number("relhour").ok_or_else(wrong)?;
            let back = found.name("dir").is_some_and(|dir| matches!(dir.as_str().to_lowercase().as_str(), "to" | "before"));
            if back { ((hour + 23) % 24, 60 - minutes) } else { (hour, minutes) }
        }
        None => (number("hour").ok_or_else(wrong)?, number("min").unwrap_or(0)),
    };
    if let Some(word) = found.name("minword") {
        minute = match word.as_str().to_lowercase().as_str() {
            "fifteen" => 15,
            "thirty" => 30,
            "forty-five" => 45,
            "o'clock" => 0,
            _ => 5,
        };
    }
    let lower = text.to_lowercase();
    let half = found.name("half").map(|m| m.as_str().trim().to_lowercase());
    let part = found.name("part").map(|m| m.as_str().trim().to_lowercase());
    let morning = half.as_deref().is_some_and(|h| h.starts_with('a')) || part.as_deref().is_some_and(|p| p.contains("morning"));
    let evening = half.as_deref().is_some_and(|h| h.starts_with('p')) || part.is_some() && !morning;
    if (morning || evening) && hour > 12 && half.is_some() {
        return Err(wrong());
    }
    hour = match hour {
        12 if morning => 0,
        12 if part.as_deref() == Some("at night") => 0,
        1..=11 if evening => hour + 12,
        // Without a word for it: what a person means who speaks of a table or a visit.
        1..=9 if !morning && !early(found, &lower) => hour + 12,
        other => other,
    };
    Time::new(hour, minute, 0, 0).map_err(|_| wrong())
}

/// Whether the hour is meant as written: "09:00", "breakfast at 8".
fn early(found: &regex::Captures<'_>, lower: &str) -> bool {
    found.name("hour").is_some_and(|hour| hour.as_str().len() == 2 && hour.as_str().starts_with('0'))
        || ["breakfast", "brunch", "morning"].iter().any(|word| lower.contains(word))
}

fn spoken(time: Time) -> String {
    let hour = match time.hour() % 12 {
        0 => 12,
        other => other,
    };
    format!("{hour}:{:02} {}", time.minute(), if time.hour() < 12 { "am" } else { "pm" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_say_them() {
        for (text, time) in [
            ("7", "7:00 pm"),
            ("7pm", "7:00 pm"),
            ("7 p.m.", "7:00 pm"),
            ("19:30", "7:30 pm"),
            ("half past seven", "7:30 pm"),
            ("quarter to eight", "7:45 pm"),
            ("a quarter past 6", "6:15 pm"),
            ("ten to eight", "7:50 pm"),
            ("at seven in the evening", "7:00 pm"),
            ("seven thirty", "7:30 pm"),
            ("seven o'clock", "7:00 pm"),
            ("noon", "12:00 pm"),
            ("midnight", "12:00 am"),
            ("12", "12:00 pm"),
            ("10", "10:00 am"),
            ("9 in the morning", "9:00 am"),
            ("09:15", "9:15 am"),
            ("8.30 pm", "8:30 pm"),
            ("around 8", "8:00 pm"),
            ("8am", "8:00 am"),
            ("11 at night", "11:00 pm"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(time), "{text}");
            assert_eq!(read(time).as_deref(), Ok(time), "read again: {time}");
        }
        for bad in ["later", "25:00", "7:75", "19 pm", "yes"] {
            assert!(read(bad).unwrap_err().contains("7 pm"), "{bad}");
        }
    }

    #[test]
    fn a_time_inside_a_sentence_shows_itself() {
        for (text, time) in [
            ("a table for 4 on Saturday at 7pm", Some("7:00 pm")),
            ("a table for 4 at eight", Some("8:00 pm")),
            ("for two at half past seven, please", Some("7:30 pm")),
            ("a table for 4", None),
            ("at 12 Elm Street", None),
            ("two pizzas", None),
        ] {
            assert_eq!(find(text).and_then(|f| f.value.ok()).as_deref(), time, "{text}");
        }
    }
}
