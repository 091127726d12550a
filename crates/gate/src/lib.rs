//! The gate that every call passes before it is dialled: numbers that are never called whatever the configuration, and rules
//! that the configuration sets. It fails closed: what it does not know, it refuses.
//!
//! Pure: what has happened ([`Record`]) and the time are arguments. The engine asks it when a plan is made, so that the user
//! hears of a refusal early; the handler asks it again with its own record, in the transaction that stores the order.

mod asked_not_to;
mod money;
mod number;
mod quiet;
mod refusal;
mod rules;

pub use asked_not_to::asks_not_to_be_called;
pub use quiet::QuietHours;
pub use refusal::{Refusal, Rule};
pub use rules::{Error, Rules};

use jiff::{SignedDuration, Timestamp};
use types::{CostEstimate, PhoneNumber};

/// How far ahead a time is looked for at which somebody may be called.
const LOOKS_AHEAD: SignedDuration = SignedDuration::from_hours(48);
/// In which steps, seconds.
const STEP_S: i64 = 600;

/// What has happened so far that the rules look at. The day is the 24 hours before now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Whoever has this number does not want to be called.
    pub do_not_call: bool,
    /// Calls to this number in the last day, dialled or about to be.
    pub to_number: u32,
    /// Calls for this user in the last day.
    pub of_user: u32,
    /// Calls to any number in the last day.
    pub to_all: u32,
    /// How long they lasted together, with live ones counted at their limit. Seconds.
    pub seconds: u64,
    /// What they cost together, with live ones, and those whose cost is not known, counted at the most that they can cost.
    /// In millionths of the currency.
    pub cost_micros: u64,
}

/// A call that somebody wants to make.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who is called.
    pub to: &'a PhoneNumber,
    /// How long it may last, seconds.
    pub call_max_s: u32,
    /// What it is expected to cost; `None` if that cannot be told.
    pub estimate: Option<&'a CostEstimate>,
    /// Whether whoever asks has set a limit on its cost.
    pub cost_limited: bool,
}

/// The rules of one installation.
#[derive(Clone, Debug)]
pub struct Gate {
    rules: Rules,
}

impl Gate {
    /// A gate with these rules.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub fn new(rules: Rules) -> Result<Self, Error> {
        rules.check()?;
        Ok(Self { rules })
    }

    /// The gate of a simulated carrier: see [`Rules::simulated`].
    pub fn simulated() -> Self {
        Self { rules: Rules::simulated() }
    }

    /// Whether the number may be called at this time, as far as that can be told without a record of earlier calls.
    ///
    /// # Errors
    /// The first rule that forbids it.
    pub fn admits(&self, to: &PhoneNumber, now: Timestamp) -> Result<(), Refusal> {
        let known = number::read(to)?;
        number::check_country(&known, &self.rules.countries)?;
        match &self.rules.quiet_hours {
            Some(hours) => hours.check(&known, now),
            None => Ok(()),
        }
    }

    /// When the number may be called at the earliest from this time on, as far as that can be told without a record.
    ///
    /// # Errors
    /// The first rule that forbids it at any hour.
    pub fn earliest(&self, to: &PhoneNumber, from: Timestamp) -> Result<Timestamp, Refusal> {
        let mut at = from;
        loop {
            match self.admits(to, at) {
                Ok(()) => return Ok(at),
                Err(refusal) if refusal.rule == Rule::QuietHours && at.duration_since(from) < LOOKS_AHEAD => {
                    // On the ten minutes, as quiet hours usually end.
                    let later = (at.as_second().div_euclid(STEP_S) + 1) * STEP_S;
                    at = Timestamp::from_second(later).map_err(|_| refusal)?;
                }
                Err(refusal) => return Err(refusal),
            }
        }
    }

    /// The most that any call may cost, in millionths of the currency.
    pub fn cost_per_call_micros(&self) -> Option<u64> {
        self.rules.cost_per_call_micros
    }

    /// Whether there is a limit on money, so that no call is made whose cost cannot be told.
    pub fn limits_cost(&self) -> bool {
        self.rules.cost_per_call_micros.is_some() || self.rules.cost_per_day_micros.is_some()
    }

    /// Whether a call may be made for its cost, as far as that can be told without a record of earlier calls.
    ///
    /// # Errors
    /// The first rule that forbids it.
    pub fn admits_cost(&self, asked: Asked<'_>) -> Result<(), Refusal> {
        money::check(&self.rules, asked, Record::default())
    }

    /// Whether a call may be made now.
    ///
    /// # Errors
    /// The first rule that forbids it.
    pub fn admits_call(&self, asked: Asked<'_>, record: Record, now: Timestamp) -> Result<(), Refusal> {
        let Asked { to, call_max_s, .. } = asked;
        if record.do_not_call {
            return Err(Refusal::of(
                Rule::DoNotCall,
                format!(
                    "{to} is on the do-not-call list: whoever has it asked not to be called. It can be taken off with DELETE /do-not-call/{to} of the call handler"
                ),
            ));
        }
        self.admits(to, now)?;
        let rules = &self.rules;
        if record.to_number >= rules.calls_per_number_and_day {
            return Err(Refusal::of(
                Rule::CallsPerNumber,
                format!(
                    "{to} was called {} in the last 24 hours, which is the limit for one number; try again later, or raise gate.calls_per_number_and_day",
                    times(record.to_number)
                ),
            ));
        }
        if record.of_user >= rules.calls_per_user_and_day {
            return Err(Refusal::of(
                Rule::CallsPerUser,
                format!(
                    "{} calls were made for this user in the last 24 hours, which is the limit for one; try again later, or raise gate.calls_per_user_and_day",
                    record.of_user
                ),
            ));
        }
        if record.to_all >= rules.calls_per_day {
            return Err(Refusal::of(
                Rule::CallsPerDay,
                format!(
                    "{} calls were made in the last 24 hours, which is the limit; try again later, or raise gate.calls_per_day",
                    record.to_all
                ),
            ));
        }
        let minutes = (record.seconds + u64::from(call_max_s)).div_ceil(60);
        if minutes > u64::from(rules.minutes_per_day) {
            return Err(Refusal::of(
                Rule::MinutesPerDay,
                format!(
                    "with this call, calls could last {minutes} minutes within 24 hours, and the limit is {}; try again later, shorten the call, or raise gate.minutes_per_day",
                    rules.minutes_per_day
                ),
            ));
        }
        money::check(rules, asked, record)
    }
}

fn times(count: u32) -> String {
    match count {
        1 => "once".into(),
        2 => "twice".into(),
        more => format!("{more} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBER: &str = "+14155550100";
    /// Noon in California.
    const NOON: &str = "2026-11-21T20:00:00Z";

    fn gate() -> Gate {
        Gate::new(Rules {
            calls_per_number_and_day: 2,
            calls_per_user_and_day: 3,
            calls_per_day: 5,
            minutes_per_day: 10,
            ..Rules::from_region("US")
        })
        .unwrap()
    }

    fn asked(record: Record) -> Result<(), Rule> {
        let to = PhoneNumber::parse(NUMBER).unwrap();
        let asked = Asked { to: &to, call_max_s: 300, estimate: None, cost_limited: false };
        gate().admits_call(asked, record, NOON.parse().unwrap()).map_err(|refusal| refusal.rule)
    }

    #[test]
    fn a_first_call_is_admitted() {
        assert_eq!(asked(Record::default()), Ok(()));
    }

    #[test]
    fn the_earliest_time_is_the_end_of_the_night() {
        let to = PhoneNumber::parse(NUMBER).unwrap();
        let earliest = |from: &str| gate().earliest(&to, from.parse().unwrap()).map(|at| at.to_string());
        assert_eq!(earliest(NOON), Ok(NOON.to_owned()));
        // From 22:03 to 8:00 in California.
        assert_eq!(earliest("2026-11-22T06:03:00Z"), Ok("2026-11-22T16:00:00Z".to_owned()));
        let never = PhoneNumber::parse("+19005550100").unwrap();
        assert_eq!(gate().earliest(&never, NOON.parse().unwrap()).unwrap_err().rule, Rule::Costly);
    }

    #[test]
    fn every_limit_stands_at_its_number() {
        let record = Record::default();
        assert_eq!(asked(Record { do_not_call: true, ..record }), Err(Rule::DoNotCall));
        assert_eq!(asked(Record { to_number: 1, ..record }), Ok(()));
        assert_eq!(asked(Record { to_number: 2, ..record }), Err(Rule::CallsPerNumber));
        assert_eq!(asked(Record { of_user: 2, ..record }), Ok(()));
        assert_eq!(asked(Record { of_user: 3, ..record }), Err(Rule::CallsPerUser));
        assert_eq!(asked(Record { to_all: 4, ..record }), Ok(()));
        assert_eq!(asked(Record { to_all: 5, ..record }), Err(Rule::CallsPerDay));
        assert_eq!(asked(Record { seconds: 300, ..record }), Ok(()), "the limit itself may be reached");
        assert_eq!(asked(Record { seconds: 301, ..record }), Err(Rule::MinutesPerDay));
    }

    #[test]
    fn a_refusal_says_what_can_be_done() {
        let to = PhoneNumber::parse(NUMBER).unwrap();
        let record = Record { to_number: 2, ..Record::default() };
        let asked = Asked { to: &to, call_max_s: 300, estimate: None, cost_limited: false };
        let refusal = gate().admits_call(asked, record, NOON.parse().unwrap()).unwrap_err();
        assert!(refusal.message.contains("called twice") && refusal.message.contains("gate.calls_per_number_and_day"));
    }
}
