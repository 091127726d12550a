//! Those who are called: what they do on the telephone, and what they say.

mod appointments;
mod booking;
mod changes;
mod clerk;
mod hasty;
mod in_words;
mod line;
mod mind;
mod music;
mod person;
mod pizzeria;
mod reservations;
mod respelling;
mod screener;
mod script;
mod shop;
mod support_agent;
mod visit;
mod voicemail;
mod when;
mod words;

pub use in_words::InWords;
pub use line::{Line, Spoken, Tick};
pub(crate) use mind::Models;
pub use mind::{Done, Hum, Job, Mind};
pub use music::music;
pub(crate) use person::Person;
pub use script::{Fields, Reply, Script, Slip, Then};

use clerk::Clerk;
use speech::Voice;
use tokio_util::sync::CancellationToken;

/// What happens when a number is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    /// Somebody picks up.
    Picks(CalleeKind),
    /// It rings on the phone page in the browser.
    Browser,
    /// It is busy.
    Busy,
    /// It rings.
    Nobody,
    /// It cannot be connected.
    Fails,
}

/// Who picks up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CalleeKind {
    /// Takes an order.
    Pizzeria,
    /// Takes an order and asks what no order tells.
    StoneOven,
    /// Reserves a table.
    Booking,
    /// Answers a question.
    Shop,
    /// Books an appointment.
    Appointments,
    /// Cancels, moves or changes a booking.
    Changes,
    /// Lets the caller hold; then a person answers a question or takes a message.
    Hold,
    /// A menu of keys; then as [`CalleeKind::Hold`].
    Menu,
    /// Hangs up in the middle.
    Hasty,
    /// Records a message.
    Voicemail,
    /// Asks who is calling before a person answers a question or takes a message.
    Screener,
    /// Whistles.
    Fax,
}

impl CalleeKind {
    fn script(self, seed: u64) -> Box<dyn Script> {
        match self {
            Self::Pizzeria => Box::new(Clerk::new(pizzeria::Pizzeria::new(seed))),
            Self::StoneOven => Box::new(Clerk::new(pizzeria::Pizzeria::of_stone_oven(seed))),
            Self::Booking => Box::new(reservations::Reservations::new(seed)),
            Self::Shop => Box::new(shop::Shop::default()),
            Self::Appointments => Box::new(Clerk::new(appointments::AppointmentDesk::new(seed))),
            Self::Changes => Box::new(Clerk::new(changes::ChangeDesk::new("Maple House"))),
            Self::Hold => Box::new(support_agent::SupportAgent::default()),
            Self::Menu => Box::new(support_agent::SupportAgent::of_northwind()),
            Self::Hasty => Box::new(hasty::Hasty),
            Self::Voicemail => Box::new(voicemail::Voicemail::default()),
            Self::Screener => Box::new(screener::Screener::new(seed)),
            Self::Fax => Box::new(voicemail::Fax),
        }
    }

    fn voice(self) -> Voice {
        match self {
            Self::Pizzeria | Self::Changes | Self::Hold | Self::Hasty | Self::Voicemail | Self::Fax => Voice::Deep,
            Self::StoneOven | Self::Booking | Self::Shop | Self::Appointments | Self::Menu | Self::Screener => Voice::Bright,
        }
    }

    /// Whether announcements and music come before the person.
    fn holds(self) -> bool {
        self == Self::Hold
    }
}

/// Who has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AnsweredBy {
    /// One of the simulator's callees, who listens and keeps a slip.
    SimulatedCallee,
    /// A person on the phone page; what they say is not known here.
    Browser,
}

/// Whoever is on the callee's side of a call.
pub(crate) enum Callee {
    /// Somebody of ours.
    Simulated(Box<Line>),
    /// Somebody real.
    Person(Person),
}

impl Callee {
    pub(crate) fn answered_by(&self) -> AnsweredBy {
        match self {
            Self::Simulated(_) => AnsweredBy::SimulatedCallee,
            Self::Person(_) => AnsweredBy::Browser,
        }
    }

    /// Which of ours it is; nobody knows that of a person.
    pub(crate) fn kind(&self) -> Option<CalleeKind> {
        match self {
            Self::Simulated(line) => line.kind(),
            Self::Person(_) => None,
        }
    }

    /// 20 ms of the call: they hear a frame and give one.
    pub(crate) fn tick(&mut self, heard: &[u8]) -> Tick {
        match self {
            Self::Simulated(line) => line.tick(heard),
            Self::Person(person) => person.tick(heard),
        }
    }

    /// The caller has hung up.
    pub(crate) async fn hear_out(&mut self) {
        match self {
            Self::Simulated(line) => line.hear_out().await,
            Self::Person(_) => {}
        }
    }

    /// What has been written down; nobody knows that of a person.
    pub(crate) fn slip(&self) -> Option<Slip> {
        match self {
            Self::Simulated(line) => Some(line.slip()),
            Self::Person(_) => None,
        }
    }

    /// What has been said; empty for a person.
    pub(crate) fn lines(&self) -> Vec<Spoken> {
        match self {
            Self::Simulated(line) => line.lines(),
            Self::Person(_) => Vec::new(),
        }
    }

    /// Cancelled when they have left the call, whatever the call is doing then.
    pub(crate) fn gone(&self) -> CancellationToken {
        match self {
            // Ours leave in a tick only.
            Self::Simulated(_) => CancellationToken::new(),
            Self::Person(person) => person.gone(),
        }
    }
}
