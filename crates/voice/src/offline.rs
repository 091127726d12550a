//! The server without its sockets: a session as the state machine that it is, for whoever has a clock of their own.
//!
//! Text messages of the client go into [`Session::receive`]; [`Session::take_effects`] tells what is to be sent and what is to
//! be done; what came of a [`Job`] goes into [`Session::done`]. What is done meanwhile, and how long it takes, is the caller's.

pub use crate::audio::Format;
pub use crate::session::{Effect, Session};
pub use crate::work::{Done, Job};
