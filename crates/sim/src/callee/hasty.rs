//! A callee who picks up, talks, and hangs up in the middle of a sentence.

use super::script::{Reply, Script, Slip, Then};

/// Somebody in a hurry.
#[derive(Default)]
pub(crate) struct Hasty;

impl Script for Hasty {
    fn greeting(&mut self) -> Reply {
        Reply::listen("Hello? Corner Hardware.")
    }

    fn hear(&mut self, _said: &str) -> Reply {
        Reply {
            say: "I'm sorry, this is a really bad moment, there is a delivery at the door, and I have to go now, so please call back later today."
                .into(),
            then: Then::BreakOff,
        }
    }

    fn slip(&self) -> Slip {
        Slip::default()
    }
}
