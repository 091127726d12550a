//! Evaluations: whole calls in virtual time, with real audio, on the simulators.
//!
//! A [`scenario`] says what is ordered, who answers and what the line is like. [`run()`] carries it out: the handler's session
//! core, its wires, the local voice and the callee are the ones of the product, joined without sockets by a clock that jumps
//! from event to event. [`report`] tells what came of it.

mod call;
mod callee;
mod habit;
mod judge;
mod line;
mod measure;
mod pairs;
pub mod report;
mod run;
pub mod scenario;
mod senses;
pub mod shipped;

pub use habit::{Habit, Habits};
pub use judge::Verdict;
pub use pairs::{Pair, pairs, pairs_table};
pub use run::{Report, Setting, run};
pub use scenario::Scenario;
pub use senses::{ASSUMED, Models, Senses};
