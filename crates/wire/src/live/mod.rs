//! OpenAI's Live protocol: the events of a phone bridge, both ways.
//!
//! The model listens and speaks at the same time: no event begins, ends or cancels an answer or a turn. What it shares with
//! the Realtime protocol is the form of an event: a JSON object with a `type`.

mod client;
mod server;

pub use client::{
    Audio, AudioFormat, AudioOutput, ClientEvent, Delegate, Delegation, Function, FunctionOutput, StartConfig, write_append,
};
pub use server::{Fragment, FunctionCall, Nested, ServerEvent, SessionUsage};

pub use crate::realtime::Error;

#[cfg(test)]
mod tests;
