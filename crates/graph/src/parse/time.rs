//! Times of day, as "7:00 pm"; for a visit also a part of the day, as "in the morning".

use super::{Found, number_word, pattern};
use jiff::civil::Time;
use regex::Regex;
use std::sync::LazyLock;

const HOUR: &str = r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve";
const EXAMPLE: &str = "Please give me a time such as 7 pm or 19:30.";

/// What an hour without "am" or "pm" means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// One goes out: 1 to 9 are in the afternoon and evening.
    Evening,
    /// One sees a doctor: 8 and 9 are in the morning.
    Office,
    /// It can be either: 8 and 9 are not clear.
    Either,
}

static PART: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)(?:\b(?:sometime|some\s+time|any\s?time|early|late|preferably)\s+)?\b(?:
            (?:in|during)\s+the\s+(?P<the>morning|afternoon|evening) | (?P<any>any\s?time|whenever|all\s+day|any\s+hour)
          | (?P<day>morning|afternoon|evening)s?
        )\b",
    )
});

/// `7`, `7:30 pm`, `half past seven`, `seven thirty`, `noon`, each with an optional part of the day.
static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)
        (?P<before>\b(?:at|around|about|by|from|to|for)\s+(?:about\s+|around\s+)?)?
        \b(?:
            (?P<word>noon|midday|midnight)(?:ish)?
          | (?P<rel>half|quarter|five|ten|twenty|twenty-five|a\s+quarter|\d{{1,2}})[\s-]+(?:minutes\s+)?(?P<dir>past|to|of|till|after|before)\s+(?P<relhour>\d{{1,2}}|{HOUR})
          | (?P<british>half)[\s-]+(?P<britishhour>{HOUR}|\d{{1,2}})
          | (?P<hour>\d{{1,2}}|{HOUR})
            (?: [:.h](?P<min>\d{{2}}) | \s(?P<spacemin>00|15|30|45)\b | [\s-]+(?P<minword>fifteen|twenty|thirty|forty|forty-five|fifty|o'clock|oh\s+five) )?
            (?P<ish>[\s-]?ish)?
          | (?P<compact>[1-9]|1[0-2])(?P<compactmin>[0-5]\d)(?:\s*[ap]\.?m\b\.?)
          | (?P<military>[01]\d|2[0-3])(?P<militarymin>[0-5]\d)(?:\s*(?:h|hrs|hours))
        )
        (?:\s+o'?\s?clock)?
        (?:(?P<half>\s*(?:a\.?\s?m\b\.?|p\.?\s?m\b\.?)|[ap]\b)|\b)
        (?P<part>\s+(?:in\s+the\s+(?:morning|afternoon|evening)|at\s+night|tonight|this\s+evening))?
        "
    ))
});

/// Words that make a span of the time that follows.
static VAGUE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:after|before|between|or|not|not\s+at|past|by|later\s+than|earlier\s+than|until|since|either|anywhere\s+from|from\s+\d+(?:\s?[ap]m)?\s*(?:-|–|to)|\d\s*[-–/])\s*(?:about\s+|around\s+)?(?:at\s+)?$",
    )
});
/// Words that make a span of the time that they follow.
static VAGUE_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^\s*(?: (?:-|–|/|or|and)\s*(?:at\s+)?(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|quarter|noon|later|earlier|after) | or\s+so\s+later | at\s+the\s+(?:latest|earliest) | (?:onwards?|or\s+(?:later|earlier))\b )",
    )
});
/// An answer that is a bare number, with nothing around it that could make it another thing's.
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)^(?:(?:at|about|around|maybe|let's|say|make|it|it's|is|that|for|to|then|ok|okay|yes|no|well|hmm|sure|please|how|what|rather|better|i'd|we'd|like|prefer|actually|just|i|we|said|mean|meant|was|the|should|be|would|time|a|bit|later|earlier)[\s,.]+)*
        (?:\d{{1,2}}|{HOUR}) (?:[\s,.]+(?:please|thanks|then|instead|works?|is|fine|good|would|be|great|ok|perfect|best|better|sharp|or|so|if|possible|for|me|us|thank|you))*[\s.!?]*$"
    ))
});

/// A time inside a sentence; a bare number counts only after "at" or with "pm", "o'clock" and the like.
pub fn find(text: &str) -> Option<Found> {
    find_for(text, Habit::Evening)
}

/// A time inside a sentence, with what an hour without "am" or "pm" means. For an office it can also be a part of the day.
pub fn find_for(text: &str, habit: Habit) -> Option<Found> {
    find_clock(text, habit).or_else(|| if habit == Habit::Evening { None } else { find_part(text) })
}

/// A bare hour behind "to", where something is being moved: "push it back to 9".
static MOVED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:to|until|till|make\s+it)\s+(?P<hour>\d{{1,2}}|{HOUR})\s*(?:$|[,.;!?|]|\s(?:please|instead|on|tomorrow|tonight|today|if|then|thanks)\b)"
    ))
});

static SPAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*,?\s*(?:after|before|between|from|until|except|but|other\s+than|past)\b"));
/// A word for the late part of the day anywhere beside an hour: "Friday evening at 8". A greeting is none.
static EVENING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)(?:day|morrow|\bthis|\bthe)\s+(?:evening|night)\b|\btonight\b|\bdinner\b"));

/// The time to which something is moved, said as a bare hour.
pub fn find_moved(text: &str, habit: Habit) -> Option<Found> {
    let found = MOVED.captures(text)?;
    let hour = found.name("hour")?;
    // "from two nights to three"
    let before = text[..found.get(0)?.start()].split_whitespace().rev().take(3).collect::<Vec<_>>();
    if before.iter().skip(1).any(|word| word.eq_ignore_ascii_case("from")) {
        return None;
    }
    Some(Found { range: hour.range(), value: read_for(hour.as_str(), habit) })
}

fn find_part(text: &str) -> Option<Found> {
    let found = PART.captures_iter(text).find(|found| {
        // "good morning" and "this evening" are no part of a day to be booked; "tomorrow evening" is.
        let before = text[..found.get(0).map_or(0, |m| m.start())].trim_end().to_lowercase();
        !before.ends_with("good")
    })?;
    // "any time after 3"
    if found.name("any").is_some() && found.get(0).is_some_and(|whole| SPAN.is_match(&text[whole.end()..])) {
        return Some(Found { range: found.get(0)?.range(), value: Err(format!("At what time exactly? {EXAMPLE}")) });
    }
    let part = found.name("the").or(found.name("day")).map(|m| m.as_str().to_lowercase());
    let value = part.map_or_else(|| "any time".to_owned(), |part| format!("in the {part}"));
    Some(Found { range: found.get(0)?.range(), value: Ok(value) })
}

fn find_clock(text: &str, habit: Habit) -> Option<Found> {
    for found in CLOCK.captures_iter(text) {
        let Some(whole) = found.get(0) else { continue };
        let before = found.name("before").map(|m| m.as_str().trim().to_lowercase());
        let shaped = ["word", "rel", "british", "min", "half", "part", "minword", "ish", "military", "compact"]
            .iter()
            .any(|name| found.name(name).is_some())
            || whole.as_str().to_lowercase().contains("clock");
        let led =
            before.as_deref().is_some_and(|word| word.starts_with("at") || word.starts_with("around") || word.starts_with("by"));
        // "a table for three tonight" is for three people.
        let people = before.as_deref() == Some("for")
            && ["word", "rel", "min", "half", "minword"].iter().all(|name| found.name(name).is_none())
            && found.name("part").is_some_and(|part| !part.as_str().contains("in the"));
        // "from 7 to 8 pm" is no seven minutes to eight.
        let span = before.as_deref() == Some("from") && found.name("rel").is_some_and(|rel| rel.as_str().parse::<u8>().is_ok());
        let party = text[..whole.start()].trim_end().to_lowercase().ends_with(" of") && !shaped_alone(&found);
        // "by two hours", "in 20 minutes": how long, not when.
        let rest = text[whole.end()..].trim_start().to_lowercase();
        let long = ["hour", "minute", "min ", "mins", "day", "week", "month", "year"].iter().any(|unit| rest.starts_with(unit));
        if people || span || party || long && !shaped_alone(&found) {
            continue;
        }
        // "half 12 inch" and "half two toppings" are no times, and neither is a part of an order.
        if found.name("british").is_some() && !led && before.as_deref() != Some("for") && !text[whole.end()..].trim().is_empty() {
            continue;
        }
        // "7 to 7:30" is no seven minutes to seven, and "4 to 6" no four.
        let spans = found.name("rel").and_then(|rel| rel.as_str().parse::<u8>().ok()).is_some_and(|minutes| {
            let more =
                text[whole.end()..].starts_with([':', '.']) && text[whole.end() + 1..].starts_with(|c: char| c.is_ascii_digit());
            more || ![5, 10, 20, 25].contains(&minutes)
        });
        if spans {
            return Some(Found { range: whole.range(), value: Err(format!("At what time exactly? {EXAMPLE}")) });
        }
        // "after 5", "7 or 8", "between 2 and 4": no one time.
        if (shaped || led) && (VAGUE_BEFORE.is_match(&text[..whole.start()]) || VAGUE_AFTER.is_match(&text[whole.end()..])) {
            return Some(Found { range: whole.range(), value: Err(format!("At what time exactly? {EXAMPLE}")) });
        }
        // "at 12 Elm Street" is a place.
        let place = led && !shaped && text[whole.end()..].trim_start().starts_with(|c: char| c.is_uppercase());
        if (shaped || led) && !place {
            return Some(Found { range: whole.range(), value: meant(&found, text, habit) });
        }
    }
    None
}

/// Whether an hour shows by itself that it is one: "7:30", "7 pm", "noon".
fn shaped_alone(found: &regex::Captures<'_>) -> bool {
    ["word", "rel", "british", "min", "half", "minword", "ish", "military", "compact"]
        .iter()
        .any(|name| found.name(name).is_some())
}

/// A text that ought to be a time of day: "7", "half past seven in the evening".
pub fn read(text: &str) -> Result<String, String> {
    read_for(text, Habit::Evening)
}

/// A text that ought to be a time, with what an hour without "am" or "pm" means.
pub fn read_for(text: &str, habit: Habit) -> Result<String, String> {
    let text = super::tidy(text).to_lowercase();
    if let Some(found) = find_for(&text, habit) {
        return found.value;
    }
    match CLOCK.captures(&text) {
        Some(found)
            if BARE.is_match(&text) || found.name("before").is_none() && found.get(0).is_some_and(|m| m.len() == text.len()) =>
        {
            meant(&found, &text, habit)
        }
        Some(_) | None => Err(format!("I did not find a time there. {EXAMPLE}")),
    }
}

/// The time of day that a spoken form stands for.
pub fn clock_time(spoken: &str) -> Option<Time> {
    let found = CLOCK.captures(spoken)?;
    time_of(&found, spoken, Habit::Evening).ok()
}

fn meant(found: &regex::Captures<'_>, text: &str, habit: Habit) -> Result<String, String> {
    time_of(found, text, habit).map(spoken)
}

fn time_of(found: &regex::Captures<'_>, text: &str, habit: Habit) -> Result<Time, String> {
    let wrong = || format!("There is no such time. {EXAMPLE}");
    let number = |name: &str| -> Option<i8> {
        let word = found.name(name)?.as_str();
        word.parse().ok().or_else(|| number_word(word).and_then(|n| i8::try_from(n).ok()))
    };
    if let Some(word) = found.name("word") {
        let hour = if word.as_str().eq_ignore_ascii_case("midnight") { 0 } else { 12 };
        return Time::new(hour, 0, 0, 0).map_err(|_| wrong());
    }
    if let (Some(hour), Some(minute)) = (number("military"), number("militarymin")) {
        return Time::new(hour, minute, 0, 0).map_err(|_| wrong());
    }
    if let (Some(hour), Some(minute)) = (number("compact"), number("compactmin")) {
        let late = found.get(0).is_some_and(|whole| whole.as_str().to_lowercase().contains('p'));
        return Time::new(hour % 12 + if late { 12 } else { 0 }, minute, 0, 0).map_err(|_| wrong());
    }
    let (mut hour, mut minute) = match found.name("rel").or(found.name("british")) {
        Some(rel) => {
            let words = rel.as_str().to_lowercase();
            let minutes = if words.contains("half") {
                30
            } else if words.contains("quarter") {
                15
            } else {
                number("rel").ok_or_else(wrong)?
            };
            let hour = number("relhour").or_else(|| number("britishhour")).ok_or_else(wrong)?;
            let back = found
                .name("dir")
                .is_some_and(|dir| matches!(dir.as_str().to_lowercase().as_str(), "to" | "of" | "till" | "before"));
            if back { ((hour + 23) % 24, 60 - minutes) } else { (hour, minutes) }
        }
        None => (number("hour").ok_or_else(wrong)?, number("min").or_else(|| number("spacemin")).unwrap_or(0)),
    };
    if let Some(word) = found.name("minword") {
        minute = match word.as_str().to_lowercase().as_str() {
            "fifteen" => 15,
            "twenty" => 20,
            "forty" => 40,
            "fifty" => 50,
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
    let late =
        EVENING.is_match(&lower) && !lower.contains("morning") && half.is_none() && part.is_none() && !early(found, &lower);
    let evening = half.as_deref().is_some_and(|h| h.starts_with('p')) || part.is_some() && !morning || late && hour < 12;
    if (morning || evening) && hour > 12 && half.is_some() {
        return Err(wrong());
    }
    hour = match hour {
        12 if morning => 0,
        12 if part.as_deref() == Some("at night") => 0,
        1..=11 if evening => hour + 12,
        8 | 9 if habit == Habit::Either && !morning && !early(found, &lower) => {
            return Err(format!("Is that {hour} in the morning or in the evening? Please say {hour} am or {hour} pm."));
        }
        8 | 9 if habit == Habit::Office => hour,
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
mod tests;
