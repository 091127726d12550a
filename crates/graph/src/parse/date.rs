//! Days, as "Saturday, November 28".

use super::{Found, pattern};
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use regex::Regex;
use std::sync::LazyLock;

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
/// How far ahead a day may be.
const DAYS_AHEAD_MAX: i32 = 366;
/// A day without a year that has passed is taken for next year's if that is no further away than this.
const DAYS_ROLLED_MAX: i32 = 180;

const MONTH: &str = r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const WEEKDAY: &str = r"monday|tuesday|wednesday|thursday|friday|saturday|sunday";
const WEEKDAY_SHORT: &str = r"mon|tues?|wed|thu(?:rs?)?|fri|sat|sun";
/// Those that are no words of their own.
const WEEKDAY_PLAIN: &str = r"tues?|thu(?:rs?)?|fri|wed";
const FEW: &str = r"\d{1,2}|an?|one|two|three|four|five|six|seven|eight|nine|ten";

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)
        \b(?:(?:on|for)\s+)?(?:the\s+)?
        (?:
            (?P<iso>(?P<isoy>\d{{4}})-(?P<isom>\d{{1,2}})-(?P<isod>\d{{1,2}}))
          | (?:(?P<weekday1>{WEEKDAY}|{WEEKDAY_SHORT})\.?,?\s+(?:the\s+)?)?
            (?: (?P<month1>{MONTH})\.?\s+(?:the\s+)?(?P<day1>\d{{1,2}})(?:st|nd|rd|th)?
              | (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month2>{MONTH}) )\b
            (?:,?\s+(?P<year>\d{{4}}))?
          | (?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})(?:/(?P<slashyear>\d{{4}}|\d{{2}}))?
          | (?P<weeks>(?:{FEW})\s+weeks?)\s+(?:from|after|on)\s+(?P<fromday>{WEEKDAY}|tomorrow|today)
          | (?:next\s+week,?\s+(?:on\s+)?(?P<weekday6>{WEEKDAY})|(?P<weekday7>{WEEKDAY}),?\s+(?:of\s+)?next\s+week)
          | (?P<weekday5>{WEEKDAY})\s+in\s+(?P<inweeks>{FEW})\s+weeks?
          | (?P<weekday4>{WEEKDAY}|{WEEKDAY_PLAIN}),?\s+(?:the\s+)?(?P<dom2>\d{{1,2}})(?:st|nd|rd|th)
          | (?P<after>day\s+after\s+tomorrow)
          | (?P<near>today|tonight|this\s+evening|tomorrow(?:\s+(?:night|evening|morning|afternoon))?)
          | in\s+(?P<in>{FEW})\s+(?P<unit>days?|weeks?) | (?P<inlater>{FEW})\s+(?P<unitlater>days?|weeks?)\s+from\s+(?:now|today)
          | (?P<which>this|next|coming|this\s+coming)\s+(?P<weekday2>{WEEKDAY}|{WEEKDAY_SHORT})
          | (?P<weekday3>{WEEKDAY}|{WEEKDAY_PLAIN})
          | (?P<dom>\d{{1,2}})(?:st|nd|rd|th)
          | (?P<holiday>christmas(?:\s+eve|\s+day)?|new\s+year'?s?(?:\s+eve|\s+day)|valentine'?s(?:\s+day)?|halloween|thanksgiving(?:\s+day)?)
          | (?P<weekend>(?:this\s+|next\s+)?weekend)
        )\b(?:'s\b)?"
    ))
});
static WEEKDAY_ONLY: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)^(?:on )?(?P<day>{WEEKDAY_SHORT})\.?$")));

/// Words that make another day, or several, of the one that follows.
static VAGUE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:after|before|between|except|but|not|not\s+on|anything\s+but|either|or|or\s+on|last|first|second|third|every|by|until|till|since|than|following|week\s+of|weekend\s+of|weekend\s+after|month\s+of|end\s+of|start\s+of|beginning\s+of|day\s+of|eve\s+of)\s*(?:on\s+|the\s+)?$",
    )
});
/// Words that make another day, or several, of the one that they follow.
static VAGUE_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^\s*(?:,\s*)?(?:
            (?:or|and|through|thru|[–-])\s*(?:on\s+)?(?:the\s+|this\s+|next\s+)?(?:mon|tue|wed|thu|fri|sat|sun|tomorrow|\d{1,2}(?:st|nd|rd|th)\b)
          | or\s+(?:so|later|any|another|whatever|maybe|the\s+day|the\s+next|\w+\s+day)\b
          | after(?:\s+(?:next|that|tomorrow|christmas|thanksgiving|new)|\s*$|\s*[,.;!?])
          | (?:before|week)\s*(?:$|[,.;!?]) | week\s+(?:at|for) | before\s+(?:that|christmas|thanksgiving|new)
          | in\s+(?:\S+\s+(?:weeks?|days?|months?)|january|february|march|april|may|june|july|august|september|october|november|december)\b
          | of\s+next\b | from\s+now\b | \S*\s*(?:\S+\s+){0,3}?otherwise\b | would\s+not\b | won't\b | doesn't\b | isn't\b )",
    )
});

/// A day inside a sentence. `today` is the user's day; `month_first` tells how 11/12 is meant.
pub fn find(text: &str, today: Date, month_first: bool) -> Option<Found> {
    let found = DAY.captures(text)?;
    let mut range = found.get(0)?.range();
    // "the Friday after", "Monday or Tuesday", "not before Friday": some other day, or not one day.
    if VAGUE_BEFORE.is_match(&text[..range.start]) || VAGUE_AFTER.is_match(&text[range.end..]) {
        return Some(Found { range, value: Err(format!("Which day exactly? {}", example(today))) });
    }
    // The part of the day belongs to the time.
    for word in ["tonight", "this evening"] {
        if found.name("near").is_some_and(|near| near.as_str().to_lowercase() == word) {
            range.end = range.start;
        }
    }
    Some(Found { range, value: meant(&found, today, month_first).map(|day| spoken(day, today)) })
}

/// A text that ought to be a day.
pub fn read(text: &str, today: Date, month_first: bool) -> Result<String, String> {
    let text = super::tidy(text);
    if let Some(short) = WEEKDAY_ONLY.captures(&text).and_then(|found| found.name("day")) {
        return coming(short.as_str(), today, false).map(|day| spoken(day, today));
    }
    find(&text, today, month_first)
        .map_or_else(|| Err(format!("I did not find a day there. {}", example(today))), |found| found.value)
}

/// The day that a spoken form stands for, seen from `today`; the error tells why it is none (any more).
pub fn day_of(spoken: &str, today: Date, month_first: bool) -> Result<Date, String> {
    let found = DAY.captures(spoken).ok_or_else(|| format!("I did not find a day there. {}", example(today)))?;
    meant(&found, today, month_first)
}

fn meant(found: &regex::Captures<'_>, today: Date, month_first: bool) -> Result<Date, String> {
    let text = |name: &str| found.name(name).map(|m| m.as_str());
    let number = |name: &str| text(name).and_then(|digits| digits.parse::<i16>().ok());
    let ahead = |days: i32| today.checked_add(days.days()).map_err(|_| example(today));
    if let (Some(year), Some(month), Some(day)) = (number("isoy"), number("isom"), number("isod")) {
        return in_time(dated(year, month, day)?, today);
    }
    if let (Some(month), Some(day)) = (text("month1").or(text("month2")), number("day1").or(number("day2"))) {
        let month = MONTHS.iter().position(|name| name[..3].eq_ignore_ascii_case(&month[..3])).map_or(1, |n| n + 1);
        let day = in_year(i16::try_from(month).unwrap_or(1), day, number("year"), today)?;
        return match text("weekday1").and_then(weekday) {
            Some(said) if said != day.weekday() => Err(format!(
                "{} {} is a {}, not a {}.",
                MONTHS[usize::from(day.month().unsigned_abs()) - 1],
                day.day(),
                weekday_name(day.weekday()),
                weekday_name(said)
            )),
            Some(_) | None => Ok(day),
        };
    }
    if let (Some(first), Some(second)) = (number("first"), number("second")) {
        let (month, day) = if month_first && first <= 12 || second > 12 { (first, second) } else { (second, first) };
        return in_year(month, day, number("slashyear").map(|year| if year < 100 { year + 2000 } else { year }), today);
    }
    if let Some(name) = text("holiday") {
        let name = name.to_lowercase();
        let eve = name.ends_with("eve");
        let (month, day) = match name.as_str() {
            holiday if holiday.starts_with("christmas") => (12, if eve { 24 } else { 25 }),
            holiday if holiday.starts_with("new") && eve => (12, 31),
            holiday if holiday.starts_with("new") => (1, 1),
            holiday if holiday.starts_with("valentine") => (2, 14),
            holiday if holiday.starts_with("thanksgiving") => return thanksgiving(today),
            _ => (10, 31),
        };
        return in_year(month, day, None, today);
    }
    if text("after").is_some() {
        return ahead(2);
    }
    if let Some(near) = text("near") {
        return ahead(i32::from(near.to_lowercase().starts_with("tomorrow")));
    }
    if let (Some(weeks), Some(from)) = (text("weeks"), text("fromday")) {
        let days = few(weeks.split(' ').next().unwrap_or_default()) * 7;
        let from = match from.to_lowercase().as_str() {
            "today" => today,
            "tomorrow" => ahead(1)?,
            weekday => coming(weekday, today, false)?,
        };
        return from.checked_add(days.days()).map_err(|_| example(today));
    }
    if let (Some(name), Some(weeks)) = (text("weekday5"), text("inweeks")) {
        // That weekday, in the week that is so many further on.
        let in_week = ahead(few(weeks) * 7)?;
        let monday =
            in_week.checked_sub(i32::from(in_week.weekday().to_monday_zero_offset()).days()).map_err(|_| example(today))?;
        let offset = weekday(name).map_or(0, |day| i32::from(day.to_monday_zero_offset()));
        return monday.checked_add(offset.days()).map_err(|_| example(today));
    }
    if let (Some(count), Some(unit)) = (text("in").or(text("inlater")), text("unit").or(text("unitlater"))) {
        let days = few(count);
        return ahead(if unit.to_lowercase().starts_with("week") { days * 7 } else { days });
    }
    if let (Some(name), Some(day)) = (text("weekday4"), number("dom2")) {
        let date = day_of_month(day, today)?;
        return if weekday(name) == Some(date.weekday()) {
            Ok(date)
        } else {
            Err(format!("The {day}. is a {}. {}", weekday_name(date.weekday()), example(today)))
        };
    }
    if let Some(name) = text("weekday6").or(text("weekday7")) {
        return coming(name, today, true);
    }
    if let Some(name) = text("weekday2") {
        return coming(name, today, text("which").is_some_and(|which| which.eq_ignore_ascii_case("next")));
    }
    if let Some(name) = text("weekday3") {
        return coming(name, today, false);
    }
    if let Some(day) = number("dom") {
        return day_of_month(day, today);
    }
    Err(format!("Please say which day of the weekend, Saturday or Sunday. {}", example(today)))
}

/// A small number, in digits or as a word.
fn few(word: &str) -> i32 {
    match word.to_lowercase().as_str() {
        "a" | "an" => 1,
        other => other.parse().ok().or_else(|| super::number_word(other).and_then(|n| i32::try_from(n).ok())).unwrap_or(1),
    }
}

/// The next day with that number.
fn day_of_month(day: i16, today: Date) -> Result<Date, String> {
    match dated(today.year(), i16::from(today.month()), day) {
        Ok(date) if date >= today => Ok(date),
        Ok(_) | Err(_) => {
            let next = today.first_of_month().checked_add(1.month()).map_err(|_| example(today))?;
            dated(next.year(), i16::from(next.month()), day)
        }
    }
}

/// The fourth Thursday of November.
fn thanksgiving(today: Date) -> Result<Date, String> {
    let of = |year: i16| {
        let first = dated(year, 11, 1)?;
        first.nth_weekday_of_month(4, Weekday::Thursday).map_err(|_| example(today))
    };
    let this = of(today.year())?;
    if this >= today { Ok(this) } else { in_time(of(today.year() + 1)?, today) }
}

/// The coming day of that name: after today, or, with `next`, in the week that begins on the next Monday.
fn coming(name: &str, today: Date, next: bool) -> Result<Date, String> {
    let day = weekday(name).ok_or_else(|| example(today))?;
    let offset =
        |from: Date, to: Weekday| i32::from(to.to_monday_zero_offset()) - i32::from(from.weekday().to_monday_zero_offset());
    let days = if next {
        7 + offset(today, day)
    } else {
        match offset(today, day) {
            days if days > 0 => days,
            days => days + 7,
        }
    };
    today.checked_add(days.days()).map_err(|_| example(today))
}

fn in_year(month: i16, day: i16, year: Option<i16>, today: Date) -> Result<Date, String> {
    if let Some(year) = year {
        return in_time(dated(year, month, day)?, today);
    }
    let this = dated(today.year(), month, day);
    let next = dated(today.year() + 1, month, day);
    match (this, next) {
        (Ok(date), _) if date >= today => in_time(date, today),
        (_, Ok(date)) if date >= today && days_between(today, date) <= DAYS_ROLLED_MAX => Ok(date),
        (Ok(date), _) => Err(format!(
            "{} {} has already passed this year. {}",
            MONTHS[usize::from(date.month().unsigned_abs()) - 1],
            date.day(),
            example(today)
        )),
        (Err(problem), _) => Err(problem),
    }
}

fn in_time(date: Date, today: Date) -> Result<Date, String> {
    let days = days_between(today, date);
    if days < 0 {
        Err(format!("{} has already passed. {}", spoken(date, today), example(today)))
    } else if days > DAYS_AHEAD_MAX {
        Err(format!("{} is more than a year away. {}", spoken(date, today), example(today)))
    } else {
        Ok(date)
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

fn dated(year: i16, month: i16, day: i16) -> Result<Date, String> {
    let wrong = || "There is no such day in the calendar.".to_owned();
    let (month, day) = (i8::try_from(month).map_err(|_| wrong())?, i8::try_from(day).map_err(|_| wrong())?);
    Date::new(year, month, day).map_err(|_| wrong())
}

fn weekday(name: &str) -> Option<Weekday> {
    let at = WEEKDAYS.iter().position(|day| name.len() >= 3 && day[..3].eq_ignore_ascii_case(&name[..3]))?;
    Weekday::from_monday_zero_offset(i8::try_from(at).ok()?).ok()
}

fn weekday_name(day: Weekday) -> &'static str {
    WEEKDAYS[usize::from(day.to_monday_zero_offset().unsigned_abs())]
}

fn spoken(day: Date, today: Date) -> String {
    let month = MONTHS[usize::from(day.month().unsigned_abs()) - 1];
    let year = if day.year() == today.year() { String::new() } else { format!(", {}", day.year()) };
    format!("{}, {month} {}{year}", weekday_name(day.weekday()), day.day())
}

fn example(today: Date) -> String {
    let day = today.checked_add(7.days()).unwrap_or(today);
    format!("For example: tomorrow, on Saturday, or {} {}.", MONTHS[usize::from(day.month().unsigned_abs()) - 1], day.day())
}

#[cfg(test)]
mod tests;
