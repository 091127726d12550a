//! The task graph from outside: whole conversations, and what must hold in all of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![allow(clippy::wildcard_enum_match_arm, reason = "tests look for one kind of event")]

mod conversations;
mod gate;
mod kinds;
mod properties;
mod world;
