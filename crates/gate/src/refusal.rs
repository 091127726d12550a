//! A refusal, with the rule that made it.

use serde::Serialize;

/// The rules, by the names that the audit log has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Not a number that anybody can have.
    Invalid,
    /// An emergency number or another short one. Never, whatever the configuration.
    Short,
    /// Premium-rate, shared-cost, and others whose price nobody can tell beforehand. Never, whatever the configuration.
    Costly,
    /// A satellite or other network that belongs to no country. Never, whatever the configuration.
    NoCountry,
    /// A country that is not allowed.
    Country,
    /// Whoever has the number asked not to be called.
    DoNotCall,
    /// It is night where the callee may be.
    QuietHours,
    /// Too many calls to one number in a day.
    CallsPerNumber,
    /// Too many calls for one user in a day.
    CallsPerUser,
    /// Too many calls in a day.
    CallsPerDay,
    /// Too many minutes in a day.
    MinutesPerDay,
    /// There is a limit on money, and what the call may cost cannot be told.
    CostUnknown,
    /// A call may cost less than a minute of it does.
    CostPerCall,
    /// Too much money in a day.
    CostPerDay,
}

impl Rule {
    /// Its name, as it is written in answers and in the audit log: `quiet_hours`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Short => "short",
            Self::Costly => "costly",
            Self::NoCountry => "no_country",
            Self::Country => "country",
            Self::DoNotCall => "do_not_call",
            Self::QuietHours => "quiet_hours",
            Self::CallsPerNumber => "calls_per_number",
            Self::CallsPerUser => "calls_per_user",
            Self::CallsPerDay => "calls_per_day",
            Self::MinutesPerDay => "minutes_per_day",
            Self::CostUnknown => "cost_unknown",
            Self::CostPerCall => "cost_per_call",
            Self::CostPerDay => "cost_per_day",
        }
    }

    /// Whether it is about the number itself, so that only another number helps.
    pub fn is_final(self) -> bool {
        match self {
            Self::Invalid | Self::Short | Self::Costly | Self::NoCountry | Self::Country | Self::DoNotCall => true,
            Self::QuietHours
            | Self::CallsPerNumber
            | Self::CallsPerUser
            | Self::CallsPerDay
            | Self::MinutesPerDay
            | Self::CostUnknown
            | Self::CostPerCall
            | Self::CostPerDay => false,
        }
    }
}

/// Why a call is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// A sentence without its full stop: which rule it is and how it can be changed, if it can.
    pub message: String,
}

impl Refusal {
    pub(crate) fn of(rule: Rule, message: String) -> Self {
        Self { rule, message }
    }
}
