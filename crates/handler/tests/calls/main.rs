//! Orders and whole calls over real sockets on the loopback.

mod orders;
mod outbox;
mod recovery;
mod support;
mod talk;
mod trouble;
mod watching;
