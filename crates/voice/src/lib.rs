//! A local server of the Realtime WebSocket protocol: a client cannot tell it from the real one, but it needs no key.
//!
//! One socket is one [`session`]: a state machine without I/O that takes client events and finished work, and puts out server
//! events and work to be done. [`socket`] is its shell. What is said is decided by a [`brain`].

mod audio;
pub mod brain;
pub mod offline;
mod server;
mod session;
mod socket;
mod work;

pub use server::{Config, Error, Running, start};
