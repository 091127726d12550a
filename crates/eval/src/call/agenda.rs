//! What happens at a time of its own in a call.

use session::Input;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::time::Duration;

/// Something that happens at a time of its own.
pub(crate) enum Event {
    /// The session is told this.
    Told(Input),
    /// The callee picks up.
    Answered,
    /// 20 ms of the media stream.
    Frame,
    /// A message arrives at the carrier.
    AtCarrier(String),
    /// A message of the carrier arrives at the handler.
    OfCarrier(String),
    /// The carrier has been asked to hang up.
    HangUp,
    /// The model's socket is open, the n-th.
    ModelOpen(u32),
    /// A message arrives at the n-th model.
    AtModel(u32, String),
    /// A message of the n-th model arrives at the handler.
    OfModel(u32, String),
    /// The n-th model has done its work.
    ModelDone(u32, voice::offline::Done),
    /// The model's socket breaks off.
    ModelLost,
}

impl Event {
    /// Whether the handler's loop must be free for it.
    pub(super) fn is_handlers(&self) -> bool {
        match self {
            Self::Told(_) | Self::OfCarrier(_) | Self::OfModel(..) | Self::ModelLost => true,
            Self::Answered
            | Self::Frame
            | Self::AtCarrier(_)
            | Self::HangUp
            | Self::ModelOpen(_)
            | Self::AtModel(..)
            | Self::ModelDone(..) => false,
        }
    }
}

/// Events by time, and by their order where the time is the same.
#[derive(Default)]
pub(crate) struct Agenda {
    due: BinaryHeap<Reverse<Due>>,
    number: u64,
}

struct Due {
    at: Duration,
    number: u64,
    event: Event,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl Agenda {
    pub(crate) fn add(&mut self, at: Duration, event: Event) {
        self.number += 1;
        self.due.push(Reverse(Due { at, number: self.number, event }));
    }

    pub(super) fn next_at(&self) -> Option<Duration> {
        self.due.peek().map(|due| due.0.at)
    }

    pub(super) fn take(&mut self, now: Duration) -> Option<Event> {
        self.next_at().filter(|at| *at <= now)?;
        self.due.pop().map(|due| due.0.event)
    }
}
