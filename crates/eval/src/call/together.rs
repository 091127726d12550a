//! One call, or several at a time that share a machine, brought to their ends.

use super::desk::Desk;
use super::{CALL_MAX, Call, Came, Error, Surroundings};
use crate::habit::Habit;
use crate::scenario::Scenario;
use std::time::Duration;
use tokio::runtime::Handle;

/// How much later each further call begins: nobody is called at the very same moment.
const APART: Duration = Duration::from_millis(700);

/// Carries a scenario's order out to its one result, and, where others are made beside it, each of them to its own. Blocks while
/// speech is understood and made.
pub(crate) fn run(scenario: &Scenario, around: &Surroundings, runtime: &Handle) -> Result<Vec<Came>, Error> {
    let count = scenario.calls.unwrap_or(1);
    let desk = Desk::new(count, around.habits.has(Habit::ComputesInTheLoop));
    let calls = (0..count).map(|n| {
        let mut call = Call::new(scenario, around, runtime, desk.for_a_call(APART * n));
        // It has its first wishes at once, and cannot be over yet.
        call.go_on_to(APART * n);
        call
    });
    let mut live: Vec<(u32, Call<'_>)> = (0..).zip(calls).collect();
    let mut over = Vec::new();
    while let Some(first) = (0..live.len()).min_by_key(|at| live[*at].1.next_at()) {
        let call = &mut live[first].1;
        let next = call.next_at();
        if next >= CALL_MAX {
            return Err(Error::Endless);
        }
        if call.go_on_to(next) {
            let (number, call) = live.swap_remove(first);
            over.push((number, call.came()));
        }
    }
    over.sort_by_key(|(number, _)| *number);
    Ok(over.into_iter().map(|(_, came)| came).collect())
}
