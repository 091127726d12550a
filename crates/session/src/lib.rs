//! Core: one live call as a state machine, and the ledger of what its callee has heard.
//!
//! No clock, no tokio, no sockets: time is an argument, everything that happens outside is an [`Input`], everything that
//! should happen outside is an [`Output`]. One [`Session::handle`], then drain [`Session::poll_output`] until it is empty,
//! then sleep until [`Session::wake_at`] or the next input.

pub mod io;

pub use io::{CallProgress, CarrierCommand, Config, HangUpBy, Input, Output, ResponseStatus, VoiceCommand};
