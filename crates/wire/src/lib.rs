//! Codecs of the outside protocols. What is received is read leniently, what is sent is written strictly.
//!
//! *Architecture invariant:* the names of Twilio's and OpenAI's wire appear in this crate only; the rest of the system works
//! with its types. Nothing here does I/O or reads a clock.

mod json;
pub mod live;
pub mod media;
pub mod realtime;
pub mod rest;
pub mod signature;
pub mod twiml;

pub use sounds::{dtmf, g711};
