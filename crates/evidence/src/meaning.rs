//! What a value means, whichever way it is written or said, so that two of them can be compared.

use crate::numbers::tokens;
use crate::{code, money, when};
use types::FactKind;

/// What a value means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// In cents.
    Money(u64),
    /// A time of day.
    Clock(Clock),
    /// From this long to this long, minutes.
    Span(u32, u32),
    /// A day, a time of day, or both.
    Date(Date),
    /// Capital letters and digits.
    Code(String),
    /// How many.
    Count(u64),
}

/// A time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clock {
    /// On the dial of twelve hours: 0 to 719.
    pub(crate) minute: u16,
    /// Whether it is after noon, when that was said.
    pub(crate) pm: Option<bool>,
}

/// Every part that was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Date {
    /// Monday is 0.
    pub(crate) weekday: Option<u8>,
    /// Month and day, from 1.
    pub(crate) day: Option<(u8, u8)>,
    /// Days from now: tomorrow is 1.
    pub(crate) ahead: Option<u8>,
    pub(crate) clock: Option<Clock>,
}

/// A value, and where it lies in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mention {
    pub(crate) meaning: Meaning,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Nothing in its form tells that it is of this kind: "eighteen fifty".
    pub(crate) bare: bool,
}

impl Clock {
    /// The same time, as far as both tell whether it is after noon.
    pub(crate) fn agrees(self, other: Self) -> bool {
        self.minute == other.minute && (self.pm.is_none() || other.pm.is_none() || self.pm == other.pm)
    }

    fn told(self) -> String {
        let hour = if self.minute / 60 == 0 { 12 } else { self.minute / 60 };
        let half = self.pm.map_or("", |pm| if pm { " pm" } else { " am" });
        format!("{hour}:{:02}{half}", self.minute % 60)
    }
}

impl Meaning {
    /// They can be held against each other: a time of day says nothing against a number of minutes.
    pub(crate) fn comparable(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// They mean the same, as far as both tell it.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Clock(one), Self::Clock(two)) => one.agrees(*two),
            (Self::Date(one), Self::Date(two)) => one.parts_against(two) == 0 && one.parts_shared(two) > 0,
            (one, two) => one == two,
        }
    }

    /// As a person would write it; `said` are the words in which it was said.
    pub(crate) fn told(&self, said: &str) -> String {
        match self {
            Self::Money(cents) if cents.is_multiple_of(100) => format!("${}", cents / 100),
            Self::Money(cents) => format!("${}.{:02}", cents / 100, cents % 100),
            Self::Clock(clock) => clock.told(),
            Self::Span(from, to) => span_told(*from, *to),
            Self::Date(_) => said.trim().to_owned(),
            Self::Code(code) => code.clone(),
            Self::Count(count) => count.to_string(),
        }
    }
}

fn span_told(from: u32, to: u32) -> String {
    let whole = |unit: u32| from.is_multiple_of(unit) && to.is_multiple_of(unit);
    let (unit, name) = match (whole(60), whole(1_440)) {
        (true, true) => (1_440, "day"),
        (true, false) => (60, "hour"),
        (false, _) => (1, "minute"),
    };
    let plural = if to / unit == 1 { "" } else { "s" };
    if from == to {
        format!("{} {name}{plural}", from / unit)
    } else {
        format!("{} to {} {name}{plural}", from / unit, to / unit)
    }
}

impl Date {
    fn parts(&self, other: &Self) -> [Option<bool>; 4] {
        [
            self.weekday.zip(other.weekday).map(|(one, two)| one == two),
            self.day.zip(other.day).map(|(one, two)| one == two),
            self.ahead.zip(other.ahead).map(|(one, two)| one == two),
            self.clock.zip(other.clock).map(|(one, two)| one.agrees(two)),
        ]
    }

    /// How many parts both tell and tell alike.
    pub(crate) fn parts_shared(&self, other: &Self) -> usize {
        self.parts(other).iter().filter(|part| **part == Some(true)).count()
    }

    /// How many parts both tell and tell otherwise.
    pub(crate) fn parts_against(&self, other: &Self) -> usize {
        self.parts(other).iter().filter(|part| **part == Some(false)).count()
    }

    /// How many parts it tells.
    pub(crate) fn parts_told(&self) -> usize {
        [self.weekday.is_some(), self.day.is_some(), self.ahead.is_some(), self.clock.is_some()]
            .iter()
            .filter(|part| **part)
            .count()
    }
}

/// Every value of this kind in the text, in order.
pub(crate) fn mentions(kind: FactKind, text: &str) -> Vec<Mention> {
    let tokens = tokens(text);
    match kind {
        FactKind::Money => money::read(text, &tokens),
        FactKind::Time => when::times(text, &tokens),
        FactKind::Duration => when::spans(text, &tokens),
        FactKind::Date => when::dates(text, &tokens),
        FactKind::Code => code::read(text),
        FactKind::Count => counts(text, &tokens),
        FactKind::Text => Vec::new(),
    }
}

/// The one meaning of a value as it was reported. `None` if it has none of this kind, or several.
pub(crate) fn of_value(kind: FactKind, value: &str) -> Option<Mention> {
    let mut found = mentions(kind, value);
    // "4821" alone is a code, as it is a count.
    let first = found.pop()?;
    found.iter().all(|other| other.meaning.comparable(&first.meaning) && other.meaning == first.meaning).then_some(first)
}

fn counts(text: &str, tokens: &[crate::numbers::Token]) -> Vec<Mention> {
    let spans = when::times(text, tokens);
    let taken = |start: usize| spans.iter().any(|span| !span.bare && span.start <= start && start < span.end);
    let number =
        |token: &&crate::numbers::Token| token.number && !taken(token.start) && !text[token.start..token.end].contains('$');
    let read = |token: &crate::numbers::Token| {
        let meaning = Meaning::Count(token.word.parse().ok()?);
        Some(Mention { meaning, start: token.start, end: token.end, bare: true })
    };
    tokens.iter().filter(number).filter_map(read).collect()
}
