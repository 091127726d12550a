//! The simulator without its sockets: a callee who is driven by ticks of 20 ms, and what the carrier has been sent and has not
//! played yet, for whoever has a clock of their own.

pub use crate::callee::{Done, Fields, Hum, Job, Line, Mind, Reply, Script, Slip, Spoken, Then, Tick, music};
pub use crate::playback::{Overflow, Playback};

use crate::callee::Answers;
use crate::numbers::look_up;
use std::sync::Arc;
use std::time::Duration;

/// What happens when a number is called.
pub enum Called {
    /// Somebody picks up.
    Picks(Box<Line>),
    /// It is busy.
    Busy,
    /// It rings for ever.
    Nobody,
    /// It cannot be connected.
    Fails,
}

/// Calls a number of the simulator, in E.164 form. The seed decides prices and numbers; `hold` is how long one is kept on hold
/// where one is. `None` for numbers that nobody here can answer.
pub fn call(number: &str, seed: u64, hold: Duration, mind: Arc<dyn Mind>) -> Option<Called> {
    match look_up(number, false).ok()? {
        Answers::Picks(kind) => Some(Called::Picks(Box::new(Line::new(kind, seed, hold, mind)))),
        Answers::Busy => Some(Called::Busy),
        Answers::Nobody => Some(Called::Nobody),
        Answers::Fails => Some(Called::Fails),
        Answers::Browser => None,
    }
}
