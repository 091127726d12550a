//! The task graph from outside: whole conversations, and what must hold in all of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![allow(clippy::wildcard_enum_match_arm, reason = "tests look for one kind of event")]

mod calls;
mod conversations;
mod cost;
mod fuzz;
mod gate;
mod interleave;
mod kinds;
mod properties;
mod reread;
mod retry;
mod told;
mod world;

/// So many random cases, or as many as `PROPTEST_CASES` says.
pub(crate) fn cases(usual: u32) -> proptest::test_runner::Config {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let default = proptest::test_runner::Config::default();
    proptest::test_runner::Config { cases: if asked { default.cases } else { usual }, ..default }
}
