//! Times of day, waits and days as they are said: "seven thirty", "half an hour", "Saturday the 28th at noon".

use crate::meaning::{Clock, Date, Meaning, Mention};
use crate::numbers::Token;

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const PREPOSITIONS: [&str; 11] = ["at", "by", "around", "until", "till", "before", "after", "from", "for", "to", "past"];
/// What a number counts that stands before it, as an order is read back: "so that's one large pizza".
const COUNTED: [&str; 9] = ["small", "medium", "regular", "large", "extra", "pizza", "portion", "order", "more"];

/// Times of day and waits, in order.
pub(crate) fn times(text: &str, tokens: &[Token]) -> Vec<Mention> {
    let mut found = spans(text, tokens);
    let waits: Vec<(usize, usize)> = found.iter().map(|span| (span.start, span.end)).collect();
    let free = |clock: &Mention| !waits.iter().any(|(start, end)| *start <= clock.start && clock.start < *end);
    found.extend(clocks(text, tokens).into_iter().filter(free));
    found.sort_by_key(|mention| mention.start);
    found
}

/// Waits, in order: "30 to 40 minutes", "an hour and a half".
pub(crate) fn spans(text: &str, tokens: &[Token]) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some((from, to, used)) = span(text, tokens, at) else {
            at += 1;
            continue;
        };
        let (start, end) = (tokens[at].start, tokens[at + used - 1].end);
        at += used;
        // "Forty-five minutes to an hour" is one wait.
        if let Some(last) = found.last_mut()
            && let Meaning::Span(first, _) = last.meaning
            && first < to
            && matches!(text[last.end..start].trim(), "to" | "or" | "-" | "–" | "to an" | "or an")
        {
            (last.meaning, last.end) = (Meaning::Span(first, to), end);
            continue;
        }
        found.push(Mention { meaning: Meaning::Span(from, to), start, end, bare: false });
    }
    found
}

fn unit(token: Option<&Token>) -> Option<u32> {
    match token?.word.as_str() {
        "minute" => Some(1),
        "hour" | "hr" => Some(60),
        "day" => Some(1_440),
        "week" => Some(10_080),
        _ => None,
    }
}

fn number(token: Option<&Token>) -> Option<u32> {
    token.filter(|token| token.number).and_then(|token| token.word.parse().ok()).filter(|value| *value < 1_000)
}

fn span(text: &str, tokens: &[Token], at: usize) -> Option<(u32, u32, usize)> {
    let first = number(tokens.get(at))?;
    if text[tokens[at].end..].starts_with(':') || text[tokens[at].start..].starts_with('$') {
        return None;
    }
    let next = tokens.get(at + 1);
    if let Some(unit) = unit(next) {
        let mut minutes = first * unit;
        let mut used = 2;
        if unit == 60 {
            if tokens.get(at + 2).is_some_and(|token| token.word == "half") {
                (minutes, used) = (minutes + 30, 3);
            } else if let (Some(more), Some(1)) = (number(tokens.get(at + 2)), self::unit(tokens.get(at + 3))) {
                // "An hour to ninety minutes" is a range, "an hour and fifteen minutes" is not.
                (minutes, used) = (minutes + more, 4);
            }
        }
        return Some((minutes, minutes, used));
    }
    let joined = next.filter(|token| matches!(token.word.as_str(), "to" | "or")).map_or(1, |_| 2);
    let second = number(tokens.get(at + joined)).filter(|second| *second > first)?;
    let unit = unit(tokens.get(at + joined + 1))?;
    Some((first * unit, second * unit, joined + 2))
}

/// Times of day, in order.
pub(crate) fn clocks(text: &str, tokens: &[Token]) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match clock(text, tokens, at) {
            Some((mention, used)) => {
                found.push(mention);
                at += used;
            }
            None => at += 1,
        }
    }
    found
}

fn clock(text: &str, tokens: &[Token], at: usize) -> Option<(Mention, usize)> {
    let token = tokens.get(at).filter(|token| token.number)?;
    let hour = token.word.parse::<u16>().ok().filter(|hour| (1..=12).contains(hour))?;
    if text[token.start..].starts_with('$') || text[token.start..token.end].to_lowercase().contains("dollar") {
        return None;
    }
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let word_before = before.map_or("", |token| token.word.as_str());
    // "28, 7" of a date is a day.
    if MONTHS.contains(&word_before) || ordinal(text, token) {
        return None;
    }
    let (mut minute, mut used, mut end, mut firm) = (0, 1, token.end, false);
    if let Some(digits) =
        text[token.end..].strip_prefix(':').and_then(|rest| rest.get(..2)).and_then(|two| two.parse::<u16>().ok())
    {
        end = token.end + 3;
        used = tokens[at..].iter().take_while(|other| other.start < end).count();
        (minute, firm) = (digits, true);
    } else if let Some((spoken, more, to)) = spoken_minutes(text, tokens, at) {
        (minute, used, end) = (spoken, 1 + more, to);
    }
    if minute > 59 {
        return None;
    }
    let (mut hour, mut start) = (hour, token.start);
    if used == 1 && matches!(word_before, "past" | "to" | "after") {
        let part = at.checked_sub(2).and_then(|at| tokens.get(at));
        let shift = part.and_then(|part| match part.word.as_str() {
            "half" => Some(30),
            "quarter" => Some(15),
            _ => None,
        });
        if let (Some(shift), Some(part)) = (shift, part) {
            (start, firm) = (part.start, true);
            if word_before == "to" {
                (hour, minute) = (if hour == 1 { 12 } else { hour - 1 }, 60 - shift);
            } else {
                minute = shift;
            }
        }
    }
    let mut pm = None;
    if let Some(half) = tokens.get(at + used).filter(|next| matches!(next.word.as_str(), "am" | "pm")) {
        (pm, firm, used, end) = (Some(half.word == "pm"), true, used + 1, half.end.max(end));
    }
    let rest = text[end..].to_lowercase();
    let rest = rest.trim_start_matches([' ', '.']);
    if rest.starts_with("o'clock") || rest.starts_with("oclock") || rest.starts_with("o’clock") {
        firm = true;
    }
    if pm.is_none() {
        let part = rest.trim_start_matches("o'clock").trim_start();
        pm = if part.starts_with("in the morning") {
            Some(false)
        } else if ["in the evening", "in the afternoon", "tonight", "at night"].iter().any(|words| part.starts_with(words)) {
            Some(true)
        } else {
            None
        };
    }
    let next_unit = tokens.get(at + used).is_some_and(|next| {
        unit(Some(next)).is_some()
            || matches!(next.word.as_str(), "people" | "person" | "percent" | "guest" | "th" | "of" | "adult")
            || COUNTED.contains(&next.word.as_str())
    });
    let placed = PREPOSITIONS.contains(&raw_word_before(text, start).as_str()) || used > 1;
    if !firm && next_unit {
        return None;
    }
    // Another number right beside it belongs to neither: they are digits of something.
    let beside = |before: usize, after: usize| text[before..after].trim().is_empty();
    let lonely = !tokens.get(at + used).is_some_and(|next| next.number && beside(end, next.start))
        && !before.is_some_and(|before| before.number && beside(before.end, token.start));
    if !firm && !lonely {
        return None;
    }
    let meaning = Meaning::Clock(Clock { minute: (hour % 12) * 60 + minute, pm });
    Some((Mention { meaning, start, end, bare: !firm && !placed }, used))
}

/// "thirty" after "seven", "oh five" after "seven".
fn spoken_minutes(text: &str, tokens: &[Token], at: usize) -> Option<(u16, usize, usize)> {
    let token = tokens.get(at + 1).filter(|token| token.number)?;
    let close = text[tokens[at].end..token.start].chars().all(|c| c.is_whitespace() || c == '-');
    let (value, used, end): (u16, _, _) = match (token.word.as_str(), tokens.get(at + 2).filter(|next| next.number)) {
        ("0", Some(next)) if next.word.len() == 1 => (next.word.parse().ok()?, 2, next.end),
        (word, _) => (word.parse().ok().filter(|value| (10..60).contains(value))?, 1, token.end),
    };
    (close && unit(tokens.get(at + 1 + used)).is_none()).then_some((value, used, end))
}

fn ordinal(text: &str, token: &Token) -> bool {
    let words = text[token.start..token.end].to_lowercase();
    ["st", "nd", "rd", "th", "first", "second", "third", "fth"].iter().any(|end| words.ends_with(end))
}

fn raw_word_before(text: &str, at: usize) -> String {
    text[..at].split(|c: char| !c.is_alphanumeric()).rfind(|word| !word.is_empty()).unwrap_or_default().to_lowercase()
}

/// Days with or without a time of day; each time of day is taken with the last day before it in the line.
pub(crate) fn dates(text: &str, tokens: &[Token]) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    let clocks = clocks(text, tokens);
    let mut parts: Vec<Mention> = days(text, tokens);
    let in_day = |at: usize, days: &[Mention]| days.iter().any(|day| day.start <= at && at < day.end);
    let free: Vec<Mention> = clocks.into_iter().filter(|clock| !in_day(clock.start, &parts)).collect();
    parts.extend(free);
    parts.sort_by_key(|part| part.start);
    for part in parts {
        let date = match &part.meaning {
            Meaning::Clock(clock) => Date { clock: Some(*clock), ..Date::default() },
            Meaning::Date(date) => date.clone(),
            Meaning::Money(_) | Meaning::Span(..) | Meaning::Code(_) | Meaning::Count(_) => continue,
        };
        if let Some(last) = found.last_mut()
            && let Meaning::Date(known) = &last.meaning
            && let Some(both) = together(known, &date)
            && text[last.end..part.start].len() <= 24
            && !text[last.end..part.start].contains(['.', '?', '!', ';'])
        {
            (last.meaning, last.end, last.bare) = (Meaning::Date(both), part.end, last.bare && part.bare);
            continue;
        }
        found.push(Mention { meaning: Meaning::Date(date), ..part });
    }
    found
}

/// Both, if they tell different parts.
fn together(one: &Date, two: &Date) -> Option<Date> {
    let apart = (one.weekday.is_none() || two.weekday.is_none())
        && (one.day.is_none() || two.day.is_none())
        && (one.ahead.is_none() || two.ahead.is_none())
        && (one.clock.is_none() || two.clock.is_none());
    apart.then(|| Date {
        weekday: one.weekday.or(two.weekday),
        day: one.day.or(two.day),
        ahead: one.ahead.or(two.ahead),
        clock: one.clock.or(two.clock),
    })
}

fn days(text: &str, tokens: &[Token]) -> Vec<Mention> {
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let place = |names: &[&str]| names.iter().position(|name| *name == token.word).and_then(|place| u8::try_from(place).ok());
        let (mut start, mut end) = (token.start, token.end);
        let mut date = Date { weekday: place(&WEEKDAYS), ..Date::default() };
        date.ahead = match token.word.as_str() {
            "today" | "tonight" => Some(0),
            "tomorrow" => Some(1),
            _ => None,
        };
        if let Some(month) = place(&MONTHS) {
            let day_of = |token: Option<&Token>| {
                token
                    .filter(|token| token.number)
                    .and_then(|token| token.word.parse::<u8>().ok())
                    .filter(|day| (1..=31).contains(day))
            };
            let of = at.checked_sub(1).and_then(|before| tokens.get(before)).filter(|before| before.word == "of");
            let before = at.checked_sub(2).and_then(|before| tokens.get(before)).filter(|_| of.is_some());
            if let Some(day) = day_of(tokens.get(at + 1)) {
                (date.day, end) = (Some((month + 1, day)), tokens[at + 1].end);
            } else if let (Some(day), Some(before)) = (day_of(before), before) {
                (date.day, start) = (Some((month + 1, day)), before.start);
            }
        }
        if date != Date::default() {
            let suffix = text[end..].get(..2).is_some_and(|two| ["st", "nd", "rd", "th"].contains(&two));
            found.push(Mention { meaning: Meaning::Date(date), start, end: end + if suffix { 2 } else { 0 }, bare: false });
        }
    }
    found
}
