//! Orders and whole calls over real sockets on the loopback.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod answered;
mod document;
mod late;
mod memory;
mod models;
mod money;
mod orders;
mod outages;
mod outbox;
mod permits;
mod recordings;
mod recovery;
mod rules;
mod support;
mod survival;
mod talk;
mod told;
mod traffic;
mod trouble;
mod watching;
