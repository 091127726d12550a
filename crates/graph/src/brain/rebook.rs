//! Which day and time is the booked one and which the new one: "move my haircut from Tuesday to Thursday at 4 pm".

use super::extract::Reading;
use crate::{
    parse::{Found, appointment, change, pattern, time, time::Habit},
    template::{Kind, Template},
};
use regex::Regex;
use std::{ops::Range, sync::LazyLock};

/// What a day or time without a word for it is, if nothing is known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    /// The booked one: the task is only being told.
    Old,
    /// The new one: the booking is known.
    New,
}

/// Which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Old,
    New,
}

static TO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:to|until|till)(?:\s+the)?|make\s+it|prefer|rather|instead|new\s+(?:day|date|time)(?:\s+is)?|to\s+the\s+same\s+time(?:\s+on)?)\s*$",
    )
});
static FROM: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bfrom\s*$"));
static FOR: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bfor\s*$"));
static BETTER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*(?:would|will|is|works?)\b[^|.;]*\b(?:better|fine|instead|best|work)|^\s*instead\b"));
/// Where one goes out in the evening.
static EVENING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:table|dinner|restaurant|reservation)\b"));

/// A day or a time in the text.
struct Told {
    range: Range<usize>,
    is_date: bool,
    value: Result<String, String>,
}

/// Takes out what is to become of a booking, what it is, and its days and times, if the template is about one.
pub(crate) fn take(reading: &mut Reading<'_>, template: &Template, first: First) {
    let (Some(old_date), Some(change_slot)) = (template.slot_of(Kind::OldDate), template.slot_of(Kind::Change)) else { return };
    let what = change::find(reading.text());
    let told = days_and_times(reading, template);
    let cancels = what == Some("cancel");
    let mut before: Option<Role> = None;
    let mut seen: Vec<(Role, bool)> = Vec::new();
    for one in &told {
        // "from 7 to 8 tomorrow": the day is the same.
        let same_day =
            one.is_date && told.iter().filter(|other| other.is_date).count() == 1 && seen.len() == 2 && first == First::Old;
        let both = seen.iter().any(|(role, _)| *role == Role::Old) && seen.iter().any(|(role, _)| *role == Role::New);
        let last = if same_day && both { Some(Role::Old) } else { before };
        let role = role(reading.text(), one, last, &seen, first, cancels);
        let slot = match (role, one.is_date) {
            (Role::Old, true) => Some(old_date),
            (Role::Old, false) => template.slot_of(Kind::OldTime),
            (Role::New, true) => template.slot_of(Kind::Date),
            (Role::New, false) => template.slot_of(Kind::NewTime),
        };
        if let Some(slot) = slot {
            reading.note(slot, one.value.clone());
        }
        before = Some(role);
        seen.push((role, one.is_date));
    }
    for one in told.iter().rev().filter(|one| !one.range.is_empty()) {
        reading.cut(one.range.clone());
    }
    let moved = seen.iter().any(|(role, _)| *role == Role::New);
    let new_details = template.slot("new_details").filter(|_| what == Some("change") && !moved);
    let new = new_details.and_then(|slot| Some((slot, change::find_new(reading.text())?)));
    let becomes = match what {
        Some("change") if moved => Some("move"),
        Some("change") if new.is_none() && first == First::Old => None,
        Some(other) => Some(other),
        None => None,
    };
    if let Some((slot, new)) = new {
        reading.note(slot, Ok(new));
    }
    if let Some(becomes) = becomes {
        reading.note(change_slot, Ok(becomes.to_owned()));
    }
    if first == First::Old
        && let Some(slot) = template.slot_of(Kind::Booking)
        && let Some(booking) = appointment::find_booking(reading.text())
    {
        reading.note(slot, Ok(booking));
    }
}

fn role(text: &str, one: &Told, last: Option<Role>, seen: &[(Role, bool)], first: First, cancels: bool) -> Role {
    if cancels {
        return Role::Old;
    }
    let (before, said, after) = (&text[..one.range.start], &text[one.range.clone()], &text[one.range.end..]);
    // The word for it may be within what was found: "to 8:30 pm".
    let lead = said.split_whitespace().next().unwrap_or_default().to_lowercase();
    if FROM.is_match(before) || lead == "from" {
        return Role::Old;
    }
    if TO.is_match(before) || lead == "to" || BETTER.is_match(after) {
        return Role::New;
    }
    let both = seen.iter().any(|(_, is_date)| *is_date == one.is_date);
    if (FOR.is_match(before) || lead == "for") && last == Some(Role::Old) && both {
        return Role::New;
    }
    match last {
        // "on Thursday at 4 pm" belongs together; a second day is another one.
        Some(role) if !both => role,
        Some(_) => Role::New,
        None => match first {
            First::Old => Role::Old,
            First::New => Role::New,
        },
    }
}

/// "from 7 to 8 pm": two times, of which the second may say for both which half of the day it is.
static FROM_TO: LazyLock<Regex> = LazyLock::new(|| {
    let clock = r"\d{1,2}(?:[:.]\d{2})?|noon|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve";
    pattern(&format!(
        r"(?i)\bfrom\s+(?P<old>(?:{clock})(?P<oldhalf>\s?[ap]\.?m\b\.?)?)\s+(?:to|until|till)\s+(?P<new>(?:{clock})(?P<newhalf>\s?[ap]\.?m\b\.?)?)(?P<after>\s+\p{{L}}+)?"
    ))
});
/// Words after a number that make it no time.
const COUNTED: [&str; 12] =
    ["people", "persons", "guests", "nights", "days", "of", "hours", "seats", "adults", "kids", "tickets", "rooms"];

fn from_to(left: &mut String, habit: Habit) -> Vec<Told> {
    let mut told = Vec::new();
    let Some(found) = FROM_TO.captures(left) else { return told };
    let counted = found.name("after").is_some_and(|after| COUNTED.contains(&after.as_str().trim().to_lowercase().as_str()));
    let (Some(old), Some(new)) = (found.name("old"), found.name("new")) else { return told };
    // "from two nights …" and "from 4 to 6 people" are no times; neither is a bare pair at the end of a change of numbers.
    if counted {
        return told;
    }
    let half = found.name("newhalf").filter(|_| found.name("oldhalf").is_none()).map_or("", |half| half.as_str());
    let read = |text: &str| time::read_for(text, habit);
    let values = [(old.range(), read(&format!("{}{half}", old.as_str()))), (new.range(), read(new.as_str()))];
    for (range, value) in values {
        told.push(Told { range, is_date: false, value });
    }
    for one in &told {
        left.replace_range(one.range.clone(), &"|".repeat(one.range.len()));
    }
    told
}

/// All days and times of the text, in their order.
fn days_and_times(reading: &Reading<'_>, template: &Template) -> Vec<Told> {
    /// More than this nobody says in one message.
    const MOST: usize = 6;
    let habit = if EVENING.is_match(reading.text()) { Habit::Evening } else { Habit::Either };
    let mut left = reading.text().to_owned();
    let mut told = from_to(&mut left, habit);
    let mut look = |left: &mut String, is_date: bool, find: &dyn Fn(&str) -> Option<Found>| {
        for _ in 0..MOST {
            let Some(Found { range, value }) = find(left) else { return };
            if range.is_empty() {
                // "Tonight": the word itself belongs to the time.
                told.push(Told { range, is_date, value });
                return;
            }
            // As long as what it stands for, so that places stay.
            left.replace_range(range.clone(), &"|".repeat(range.len()));
            told.push(Told { range, is_date, value });
        }
    };
    if let Some(slot) = template.slot_of(Kind::OldDate) {
        look(&mut left, true, &|text| slot.kind.find(text, reading.here()));
    }
    look(&mut left, false, &|text| time::find_for(text, habit));
    look(&mut left, false, &|text| time::find_moved(text, habit));
    told.sort_by_key(|one| one.range.start);
    told
}
