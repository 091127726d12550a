//! Which calls a list holds.

use crate::{clock, rest::Refusal};
use jiff::Timestamp;
use wire::rest::{Call, ErrorCode, ListCalls};

/// What a list asks for, with its times read.
pub(crate) struct Filter {
    wanted: ListCalls,
    began: Window,
    ended: Window,
}

impl Filter {
    /// Reads the times; refuses what is none.
    pub(crate) fn new(wanted: ListCalls) -> Result<Self, Refusal> {
        let began = Window::read("StartTime", &wanted.start_time, &wanted.start_time_after, &wanted.start_time_before)?;
        let ended = Window::read("EndTime", &wanted.end_time, &wanted.end_time_after, &wanted.end_time_before)?;
        Ok(Self { wanted, began, ended })
    }

    /// What was asked for.
    pub(crate) fn wanted(&self) -> &ListCalls {
        &self.wanted
    }

    /// Whether the list holds the call.
    pub(crate) fn holds(&self, call: &Call) -> bool {
        let same = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
        let time = |text: &Option<String>| text.as_deref().and_then(clock::read_rfc2822);
        same(&self.wanted.to, &call.to)
            && same(&self.wanted.from, &call.from)
            && same(&self.wanted.parent_call_sid, &call.parent_call_sid)
            && self.wanted.status.is_none_or(|status| status == call.status)
            // A call that was never answered is found by when it was made.
            && self.began.has(time(&call.start_time).or_else(|| time(&call.date_created)))
            && self.ended.has(time(&call.end_time))
    }
}

/// A span of time; both ends are in it, and either may be open.
#[derive(Default)]
struct Window {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Window {
    fn read(name: &str, day: &Option<String>, after: &Option<String>, before: &Option<String>) -> Result<Self, Refusal> {
        let read = |text: &Option<String>, how: fn(&str) -> Option<Timestamp>| {
            let refuse = || Refusal::from(ErrorCode::InvalidParameter.body(Some(&format!("{name} must be a day or a time"))));
            text.as_deref().map(|text| how(text).ok_or_else(refuse)).transpose()
        };
        let of_day = (read(day, clock::first_of_day)?, read(day, clock::last_of_day)?);
        Ok(Self {
            from: read(after, clock::read_from)?.into_iter().chain(of_day.0).max(),
            until: read(before, clock::read_until)?.into_iter().chain(of_day.1).min(),
        })
    }

    fn has(&self, at: Option<Timestamp>) -> bool {
        match at {
            Some(at) => self.from.is_none_or(|from| at >= from) && self.until.is_none_or(|until| at <= until),
            None => self.from.is_none() && self.until.is_none(),
        }
    }
}
