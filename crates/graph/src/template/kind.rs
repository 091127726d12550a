//! How a detail is read.

use crate::parse::time::Habit;
use crate::{
    locale::Here,
    parse::{Found, address, appointment, change, contact, count, date, item, money, name, phone, question, time, words},
};
use serde::Deserialize;

/// The longest free text that is taken as a detail, in characters.
const TEXT_MAX: usize = 480;

/// How a detail is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Any words.
    Text,
    /// Something that is ordered.
    Item,
    /// A size.
    Size,
    /// A number of people or things.
    Count,
    /// Delivery or pickup.
    Fulfilment,
    /// A street address.
    Address,
    /// A person's name.
    Person,
    /// A business's name.
    Business,
    /// A telephone number.
    Phone,
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A time for a visit: an hour in opening hours, or a part of the day.
    VisitTime,
    /// The day of something that is booked already.
    OldDate,
    /// The time of something that is booked already.
    OldTime,
    /// The time to which something is moved.
    NewTime,
    /// What an appointment is for.
    Appointment,
    /// What is booked already.
    Booking,
    /// What is to become of a booking: cancel, move or change.
    Change,
    /// Whom to wait for on the line.
    Contact,
    /// The most that may be spent.
    Money,
    /// A question to the callee.
    Question,
    /// What is to be said or asked.
    Message,
}

impl Kind {
    /// Whether any words will do, so that nothing else may be looked for in them.
    pub fn is_free(self) -> bool {
        matches!(self, Self::Text | Self::Question | Self::Message)
    }

    /// Reads the whole text as such a detail; the error is a sentence for the user.
    pub fn read(self, text: &str, here: Here<'_>) -> Result<String, String> {
        match self {
            Self::Text | Self::Message => free(text),
            Self::Item => item::read(text).and_then(|item| free(&item)),
            Self::Size => words::read_size(text),
            Self::Count => count::read(text),
            Self::Fulfilment => words::read_fulfilment(text),
            Self::Address => address::read(text),
            Self::Person => name::read_person(text),
            Self::Business => name::read_business(text),
            Self::Phone => phone::read(text, &here.locale.region).map(|number| number.as_str().to_owned()),
            Self::Date | Self::OldDate => date::read(text, here.today(), here.month_first()),
            Self::Time => time::read(text),
            Self::VisitTime => time::read_for(text, Habit::Office),
            Self::OldTime | Self::NewTime => time::read_for(text, Habit::Either),
            Self::Appointment => appointment::read(text),
            Self::Booking => appointment::read_booking(text),
            Self::Change => change::read(text),
            Self::Contact => contact::read(text),
            Self::Money => money::read(text, &here.locale.region),
            Self::Question => question::read(text).and_then(|question| free(&question)),
        }
    }

    /// Looks for such a detail inside a sentence. `None` also for kinds that do not show themselves there.
    pub fn find(self, text: &str, here: Here<'_>) -> Option<Found> {
        match self {
            Self::Size => words::find_size(text),
            Self::Count => count::find_people(text),
            Self::Fulfilment => words::find_fulfilment(text),
            Self::Address => address::find(text),
            Self::Person => name::find_person(text),
            Self::Business => name::find_business(text),
            Self::Phone => phone::find(text, &here.locale.region),
            Self::Date | Self::OldDate => date::find(text, here.today(), here.month_first()),
            Self::Time => time::find(text),
            Self::VisitTime => time::find_for(text, Habit::Office),
            Self::OldTime | Self::NewTime => time::find_for(text, Habit::Either),
            Self::Contact => contact::find(text),
            Self::Money => money::find(text, &here.locale.region),
            Self::Text | Self::Item | Self::Appointment | Self::Booking | Self::Change | Self::Question | Self::Message => None,
        }
    }
}

fn free(text: &str) -> Result<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        Err("I need a few words there.".into())
    } else if text.chars().count() > TEXT_MAX {
        Err(format!("That is longer than I can pass on in a call. Please say it in at most {TEXT_MAX} characters."))
    } else {
        Ok(text)
    }
}
