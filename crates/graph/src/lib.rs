//! Core: the durable graph runtime and the task graph. Knows no socket, no clock and no async runtime; whoever drives it
//! gives the time and carries out the waiting.

pub mod brain;
pub mod locale;
pub mod parse;
pub mod reader;
pub mod runtime;
pub mod task;
pub mod template;
