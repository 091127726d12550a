//! Days and times of day in what was said.

use super::words;
use types::number_words::ORDINALS;

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// The day in the words, as a person writes it: `Saturday, November 28`, `Saturday`, `November 28`, `tomorrow`.
pub(super) fn date(plain: &str) -> Option<String> {
    let words: Vec<&str> = plain.split(' ').collect();
    let weekday = WEEKDAYS.iter().find(|day| words.iter().any(|word| word.trim_end_matches("'s") == day.to_lowercase()));
    let month_day = words.iter().enumerate().find_map(|(at, word)| {
        let month = MONTHS.iter().find(|month| month.to_lowercase() == *word)?;
        // "November 28th", "November the 28th", "28th of November".
        let after = words.get(at + 1..).unwrap_or_default();
        let after = if after.first() == Some(&"the") { &after[1..] } else { after };
        let before = &words[..at];
        let before = if before.last() == Some(&"of") { &before[..before.len() - 1] } else { before };
        // Before the month it can be one word or two: "28", "20 eighth".
        let two = &before[before.len().saturating_sub(2)..];
        let one = &before[before.len().saturating_sub(1)..];
        let day = day_of_month(after).or_else(|| two_words(two)).or_else(|| day_of_month(one))?;
        Some(format!("{month} {day}"))
    });
    match (weekday, month_day) {
        (Some(weekday), Some(day)) => Some(format!("{weekday}, {day}")),
        (None, Some(day)) => Some(day),
        (Some(weekday), None) => {
            let next = words::has(plain, &format!("next {}", weekday.to_lowercase()));
            Some(if next { format!("next {weekday}") } else { (*weekday).to_owned() })
        }
        (None, None) => {
            let day = ["today", "tonight", "tomorrow"].into_iter().find(|day| words.contains(day))?;
            Some(if day == "tonight" { "today".into() } else { day.into() })
        }
    }
}

fn ordinal(word: &str) -> Option<u32> {
    ORDINALS.iter().position(|o| *o == word).and_then(|at| u32::try_from(at + 1).ok())
}

/// "20 eighth".
fn two_words(words: &[&str]) -> Option<u32> {
    let [tens, unit] = words.get(..2)? else { return None };
    let tens = tens.parse::<u32>().ok().filter(|n| *n == 20 || *n == 30)?;
    ordinal(unit).filter(|n| *n < 10).map(|unit| tens + unit)
}

/// A day of the month at the start of the words: `28`, `28th`, "twentieth", "20 eighth".
fn day_of_month(words: &[&str]) -> Option<u32> {
    let first = *words.first()?;
    if let Some(day) = two_words(words) {
        return Some(day);
    }
    if first == "thirtieth" {
        return Some(30);
    }
    let digits = first.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    digits.parse().ok().or_else(|| ordinal(first)).filter(|day| (1..=31).contains(day))
}

/// The time of day in the words, as a person writes it: `7:00 pm`. Without "am" or "pm" it is an evening's, as a restaurant's
/// clerk hears it. `asked` says that the clerk has just asked, so that a bare number will do.
pub(super) fn time(plain: &str, asked: bool) -> Option<String> {
    time_from(plain, asked, 12)
}

/// The same in opening hours: without "am" or "pm" 8 to 11 are in the morning.
pub(super) fn visit_time(plain: &str, asked: bool) -> Option<String> {
    time_from(plain, asked, 8)
}

/// `morning_from` is the first hour that is in the morning when nothing is said of it.
fn time_from(plain: &str, asked: bool, morning_from: u32) -> Option<String> {
    let clock = |hour, minute, half: &str| clock(hour, minute, half, morning_from);
    let words: Vec<&str> = plain.split(' ').collect();
    if words::has_any(plain, &["noon", "midday"]) {
        return Some("12:00 pm".into());
    }
    let at = |i: usize| words.get(i).copied().unwrap_or_default();
    for i in 0..words.len() {
        let number = |word: &str| word.parse::<u32>().ok();
        // "half past 7", "quarter to 8".
        if at(i + 1) == "past" || at(i + 1) == "to" {
            let minutes = match at(i) {
                "half" => Some(30),
                "quarter" => Some(15),
                word => number(word).filter(|n| (1..30).contains(n) && at(i + 1) == "past"),
            };
            if let (Some(minutes), Some(hour)) = (minutes, number(at(i + 2)).filter(|h| (1..=12).contains(h))) {
                let total = if at(i + 1) == "past" { hour * 60 + minutes } else { hour * 60 - minutes };
                return clock(total / 60, total % 60, at(i + 3));
            }
        }
        let (hour, minute, next) = match hour_and_minute(at(i)) {
            Some((hour, Some(minute))) => (hour, minute, i + 1),
            Some((hour, None)) => match at(i + 1) {
                // "7 30 pm", "7 oh 5".
                "oh" | "o" => (hour, number(at(i + 2)).unwrap_or(0), i + 3),
                word => match number(word).filter(|m| word.len() == 2 && *m < 60) {
                    Some(minute) => (hour, minute, i + 2),
                    None => (hour, 0, i + 1),
                },
            },
            None => continue,
        };
        let half = at(next);
        let marked = ["am", "pm", "oclock"].contains(&half) || at(i).contains(':') || (half == "in" && at(next + 1) == "the");
        let introduced = i > 0 && ["at", "around", "about", "by"].contains(&at(i - 1));
        if marked || introduced || asked {
            return clock(
                hour,
                minute,
                if half == "in" {
                    at(next + 2)
                } else if half == "oclock" {
                    at(next + 1)
                } else {
                    half
                },
            );
        }
    }
    None
}

/// `7`, `7:30`, `19:30`, `730`, `7pm`.
fn hour_and_minute(word: &str) -> Option<(u32, Option<u32>)> {
    let word = word.trim_end_matches("pm").trim_end_matches("am");
    let (hour, minute) = match word.split_once([':', '.']) {
        Some((hour, minute)) => (hour.parse().ok()?, Some(minute.parse().ok()?)),
        None => match (word.parse::<u32>().ok()?, word.len()) {
            (n, 3 | 4) => (n / 100, Some(n % 100)),
            (n, _) => (n, None),
        },
    };
    (hour < 24 && minute.is_none_or(|minute: u32| minute < 60)).then_some((hour, minute))
}

fn clock(hour: u32, minute: u32, half: &str, morning_from: u32) -> Option<String> {
    let (hour, half) = match (hour, half) {
        (13..=23, _) => (hour - 12, "pm"),
        (0, _) => (12, "am"),
        (1..=12, "am" | "morning") => (hour, "am"),
        (1..=12, "pm" | "afternoon" | "evening") => (hour, "pm"),
        (1..=11, _) if hour >= morning_from => (hour, "am"),
        (1..=12, _) => (hour, "pm"),
        _ => return None,
    };
    Some(format!("{hour}:{minute:02} {half}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        for (said, meant) in [
            ("On Saturday, November 28th.", "Saturday, November 28"),
            ("Saturday November twenty-eighth at seven", "Saturday, November 28"),
            ("the third of December", "December 3"),
            ("the twenty first of May", "May 21"),
            ("December 5", "December 5"),
            ("tomorrow evening", "tomorrow"),
            ("tonight please", "today"),
            ("next Friday", "next Friday"),
            ("on Friday", "Friday"),
        ] {
            assert_eq!(date(&words::plain(said)).as_deref(), Some(meant), "{said}");
        }
        assert_eq!(date("a table for 4"), None);
    }

    #[test]
    fn times() {
        for (said, meant) in [
            ("at 7 p.m.", "7:00 pm"),
            ("at seven thirty pm", "7:30 pm"),
            ("at 7:30", "7:30 pm"),
            ("730 pm", "7:30 pm"),
            ("at half past seven", "7:30 pm"),
            ("quarter to eight", "7:45 pm"),
            ("seven o'clock", "7:00 pm"),
            ("at 11 am", "11:00 am"),
            ("19:30", "7:30 pm"),
            ("noon", "12:00 pm"),
            ("at seven in the evening", "7:00 pm"),
            ("Saturday November 28 at 7:00 PM for four", "7:00 pm"),
        ] {
            assert_eq!(time(&words::plain(said), false).as_deref(), Some(meant), "{said}");
        }
        for (said, meant) in
            [("at nine", "9:00 am"), ("at 11:30", "11:30 am"), ("at nine p.m.", "9:00 pm"), ("at two", "2:00 pm")]
        {
            assert_eq!(visit_time(&words::plain(said), false).as_deref(), Some(meant), "{said}");
        }
        assert_eq!(time("7", true).as_deref(), Some("7:00 pm"));
        assert_eq!(time("a table for 4", false), None);
    }
}
