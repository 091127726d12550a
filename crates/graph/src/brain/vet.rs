//! A second look at what was read out of a message, by other signs than those by which it was found: the words of a dish, the
//! build of a question, the words on either side. What does not stand it is not taken but asked for, since a question costs
//! the user less than an order of the wrong thing.

mod appointment;
mod dish;
mod errand;
mod names;
mod places;
mod question;
mod span;

use super::{doubt, extract::Reading};
use crate::{
    parse::{count, date, pattern},
    template::{Kind, Template},
};
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

pub(super) use dish::has_food;
pub(super) use errand::{is_other_call, is_reached_first};
pub(super) use question::is_plain;

/// The user takes back or corrects what stands before: "order one pizza. No, make that two".
static CORRECTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[,.;:!?–-]\s*(?:(?:oh|or|and|but|hmm|well|um|uh)[\s,]+)*(?:no\s*[,.!;]|no\s+(?:make|wait|sorry|actually|i|we)\b|(?:nope|wait|actually|scratch|sorry|oops|rather|correction|make\s+(?:it|that|them))\b)|\bscratch\s+that\b|\bi\s+mean(?:t)?\b",
    )
});
/// One is weighed against another: which is meant must be asked.
static COMPARED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:than|rather)\b"));

/// Some of several that are known to the user.
static ONE_OF: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:one|two|three|some|any|\d+)\s+of\s+(?:those|these|the|your|their)\b"));

fn reading_has(template: &Template, kind: Kind, reading: &Reading<'_>) -> bool {
    template.slot_of(kind).is_some_and(|slot| reading.details.contains_key(&slot.name))
}

/// Whether nothing in the words is said of food, and something else is ordered: "order a new phone charger".
pub(super) fn is_no_food(said: &str, template: &Template, reading: &Reading<'_>) -> bool {
    let item = template.slot_of(Kind::Item).and_then(|slot| reading.details.get(&slot.name));
    dish::is_served(template) && item.is_some_and(|item| !dish::is_dish(item)) && !dish::has_food(said)
}

fn day(template: &Template, kind: Kind, reading: &Reading<'_>) -> Option<Date> {
    let here = reading.here();
    let said = reading.details.get(&template.slot_of(kind)?.name)?;
    date::day_of(said, here.today(), here.month_first()).ok()
}

/// Takes back what does not stand a second look, in the first message of a task.
pub(super) fn vet(said: &str, template: &Template, reading: &mut Reading<'_>) {
    if CORRECTED.is_match(said) {
        let corrected = |kind| matches!(kind, Kind::Count | Kind::Size | Kind::Date | Kind::Time | Kind::VisitTime | Kind::Item);
        reading.take_back(template, corrected, "You corrected yourself, so let me ask to be sure.");
    }
    if COMPARED.is_match(said) && template.slot_of(Kind::Change).is_some() {
        let compared = |kind| matches!(kind, Kind::OldDate | Kind::OldTime | Kind::Date | Kind::NewTime | Kind::Time);
        reading.take_back(template, compared, "I am not sure which day and time is the new one.");
    }
    if let Some(item) = template.slot_of(Kind::Item).and_then(|slot| reading.details.get(&slot.name))
        && !((dish::is_dish(item) || !dish::is_served(template)) && span::stands_alone(said, item, span::With::Belongs))
    {
        let ordered = |kind| matches!(kind, Kind::Item | Kind::Count | Kind::Size);
        reading.take_back(template, ordered, "I am not sure what exactly to order.");
    }
    // "Two medium pizzas and a salad": of which the size is said. "One of those pies": what those are is not known.
    if let Some(item) = template.slot_of(Kind::Item).and_then(|slot| reading.details.get(&slot.name)) {
        if item.to_lowercase().contains(" and ") && reading_has(template, Kind::Size, reading) {
            reading.take_back(template, |kind| kind == Kind::Size, "I am not sure what is to have that size.");
        } else if ONE_OF.is_match(said) {
            reading.take_back(template, |kind| matches!(kind, Kind::Item | Kind::Count), "I am not sure what exactly to order.");
        }
    }
    if let Some(slot) = template.slot_of(Kind::Appointment)
        && let Some(what) = reading.details.get(&slot.name)
        && (!span::stands_alone(said, what, span::With::Apart)
            || !span::ends(said, what)
            || !appointment::is_one(said, what, template))
    {
        reading.take_back(template, |kind| kind == Kind::Appointment, "I am not sure what the appointment is for.");
    }
    if let Some(slot) = template.slot_of(Kind::Booking)
        && let Some(what) = reading.details.get(&slot.name)
        && !span::ends(said, what)
    {
        reading.take_back(template, |kind| kind == Kind::Booking, "I am not sure what is booked.");
    }
    // "at Sweet Nothings bakery", "Dr. Kim's office": the name goes on.
    if let Some(slot) = template.slot_of(Kind::Business)
        && reading.details.get(&slot.name).is_some_and(|name| span::goes_on(said, name))
    {
        reading.take_back(template, |kind| kind == Kind::Business, "I am not sure whom to call.");
    }
    if template.slot_of(Kind::Change).is_some() {
        // "December 2 to 4" is no time; "make it six" may be people.
        if span::DAYS.is_match(said) {
            let when = |kind| matches!(kind, Kind::OldDate | Kind::OldTime | Kind::Date | Kind::NewTime);
            reading.take_back(template, when, "I am not sure which days you mean.");
        }
        if span::MAKE_IT.is_match(said) && count::find_people(said).is_some() {
            let what = |kind| matches!(kind, Kind::NewTime | Kind::Change);
            reading.take_back(template, what, "Is that the number of people, or the time?");
        }
    }
    // "rebook my blood test for the 8th": the day that it has, or that it is to have.
    if span::MOVED_FOR.is_match(said)
        && let Some(old) = template.slot_of(Kind::OldDate)
        && reading.details.contains_key(&old.name) != reading.details.contains_key("date")
    {
        let when = |kind| matches!(kind, Kind::OldDate | Kind::OldTime | Kind::Date | Kind::NewTime);
        reading.take_back(template, when, "Is that the day that is booked now, or the new one?");
    }
    // "from Saturday to Monday": the Monday before, or the one after.
    if let (Some(old), Some(new)) = (day(template, Kind::OldDate, reading), day(template, Kind::Date, reading))
        && template.slot_of(Kind::OldDate).is_some()
        && new < old
        && !span::SOONER.is_match(said)
    {
        reading.take_back(template, |kind| kind == Kind::Date, "Is the new day before or after the one that is booked now?");
    }
    // "two tables for ten people each", and who is seen there rather than who is called.
    if span::EACH.is_match(said) {
        reading.take_back(template, |kind| kind == Kind::Count, "How many is that in all?");
    }
    let seen = template.slot_of(Kind::Appointment).and(template.slot_of(Kind::Business));
    if seen
        .and_then(|slot| reading.details.get(&slot.name))
        .is_some_and(|name| ["Mr", "Ms"].iter().any(|title| name.starts_with(title)))
    {
        reading.take_back(template, |kind| kind == Kind::Business, "I am not sure whom to call.");
    }
    if let Some(slot) = template.slot_of(Kind::Message)
        && reading.details.get(&slot.name).is_some_and(|said| !errand::is_whole(said))
    {
        reading.take_back(template, |kind| kind == Kind::Message, "I am not sure what exactly I should say.");
    }
    // Words of the user's own, of which the end was taken for something else.
    for slot in template.slots.iter().filter(|slot| matches!(slot.kind, Kind::Text | Kind::Message)) {
        if reading.details.get(&slot.name).is_some_and(|words| !span::ends(said, words)) {
            reading.take_back(template, |kind| kind == slot.kind, "I am not sure that I understood all of that.");
        }
    }
    if span::SPAN_OF_TIME.is_match(reading.text()) || span::ON_STREET.is_match(said) {
        let when = |kind| matches!(kind, Kind::Date | Kind::OldDate);
        reading.take_back(template, when, "I am not sure which day you mean.");
    }
    places::vet(said, template, reading);
    if names::is_called(template, reading) {
        reading.doubt_of("I am not sure whom to call.");
    }
    let mut left = doubt::left(said, reading, template).words;
    left.extend(names::unexplained(said, reading));
    if !left.is_empty() {
        // They may belong to what was read in words of the user's own.
        let ordered = template.slot_of(Kind::Item).is_some();
        let free = |kind| {
            matches!(kind, Kind::Item | Kind::Appointment | Kind::Booking) || ordered && matches!(kind, Kind::Count | Kind::Size)
        };
        let unknown = format!("I did not understand \"{}\".", left.join(" "));
        reading.take_back(template, free, &unknown);
        reading.doubt_of(&unknown);
    }
}
