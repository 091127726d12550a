//! Those who are called: what they do on the telephone, and what they say.

mod booking;
mod clerk;
mod hasty;
mod line;
mod mind;
mod pizzeria;
mod shop;
mod when;
mod words;

pub use clerk::Slip;
pub(crate) use line::Line;
pub use line::Spoken;
pub(crate) use mind::{Hum, Mind, Models};

use clerk::{Clerk, Script};
use speech::Voice;

/// What happens when a number is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    /// Somebody picks up.
    Picks(CalleeKind),
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
    /// Reserves a table.
    Booking,
    /// Answers a question.
    Shop,
    /// Hangs up in the middle.
    Hasty,
}

impl CalleeKind {
    fn script(self, seed: u64) -> Box<dyn Script> {
        match self {
            Self::Pizzeria => Box::new(Clerk::new(pizzeria::Pizzeria::new(seed))),
            Self::Booking => Box::new(Clerk::new(booking::BookingDesk::new(seed))),
            Self::Shop => Box::new(shop::Shop::default()),
            Self::Hasty => Box::new(hasty::Hasty),
        }
    }

    fn voice(self) -> Voice {
        match self {
            Self::Pizzeria | Self::Hasty => Voice::Deep,
            Self::Booking | Self::Shop => Voice::Bright,
        }
    }
}
