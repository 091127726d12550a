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

static TO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:to|until|till|make\s+it|prefer|rather|instead|new\s+(?:day|date|time)(?:\s+is)?)\s*$"));
static FROM: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bfrom\s*$"));
static FOR: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bfor\s*$"));
static BETTER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*(?:would|will|is|works?)\b[^|.;]*\b(?:better|fine|instead|best|work)|^\s*instead\b"));
/// Where one goes out in the evening.
static EVENING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:table|dinner|restaurant)\b"));

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
    let mut last: Option<Role> = None;
    let mut seen: Vec<(Role, bool)> = Vec::new();
    for one in &told {
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
        last = Some(role);
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

/// All days and times of the text, in their order.
fn days_and_times(reading: &Reading<'_>, template: &Template) -> Vec<Told> {
    /// More than this nobody says in one message.
    const MOST: usize = 6;
    let habit = if EVENING.is_match(reading.text()) { Habit::Evening } else { Habit::Either };
    let mut left = reading.text().to_owned();
    let mut told = Vec::new();
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
    told.sort_by_key(|one| one.range.start);
    told
}
