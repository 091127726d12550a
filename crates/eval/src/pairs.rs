//! Each scenario that names habits, with each of them and without: whether it shows what it is there for.

use crate::habit::{Habit, Habits};
use crate::run::{Report, Setting, run};
use crate::scenario::Scenario;
use serde::Serialize;
use std::fmt::Write as _;

/// How many faults of a call are told.
const FAULTS_TOLD: usize = 2;

/// One scenario and one habit.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    /// The habit.
    pub habit: Habit,
    /// What came of the scenario with it.
    pub naive: Report,
    /// And without.
    pub ours: Report,
}

impl Pair {
    /// Whether the scenario fails with the habit, and only with it.
    pub fn shows(&self) -> bool {
        let was_run = self.naive.skipped.is_none() && self.ours.skipped.is_none();
        was_run && self.ours.met && !self.naive.met
    }
}

/// Runs every scenario that names habits, with each of them and without; in the order of the habits. `each` is told of every call.
pub async fn pairs(scenarios: Vec<Scenario>, setting: Setting, each: impl Fn(&Report)) -> Vec<Pair> {
    let scenarios: Vec<Scenario> = scenarios.into_iter().filter(|scenario| !scenario.fails_with.is_empty()).collect();
    let ours = run(scenarios.clone(), Setting { habits: Habits::default(), ..setting.clone() }, &each).await;
    let mut pairs = Vec::new();
    for habit in Habit::ALL {
        let shown: Vec<usize> = (0..scenarios.len()).filter(|at| scenarios[*at].fails_with.contains(&habit)).collect();
        let with: Vec<Scenario> = shown.iter().map(|at| scenarios[*at].clone()).collect();
        let naive = run(with, Setting { habits: Habits::of(&[habit]), ..setting.clone() }, &each).await;
        pairs.extend(shown.iter().zip(naive).map(|(at, naive)| Pair { habit, naive, ours: ours[*at].clone() }));
    }
    pairs
}

/// A table for people and for documents.
pub fn pairs_table(pairs: &[Pair]) -> String {
    let mut text = "| what callers meet | habit | scenario | with it | without |\n|---|---|---|---|---|\n".to_owned();
    for pair in pairs {
        let (habit, name) = (pair.habit.name(), &pair.ours.name);
        let (naive, ours) = (told(&pair.naive), told(&pair.ours));
        // Writing to a text cannot fail.
        let _ = writeln!(text, "| {} | `{habit}` | `{name}` | {naive} | {ours} |", pair.habit.symptom());
    }
    let shown = pairs.iter().filter(|pair| pair.shows()).count();
    let _ = writeln!(text, "\n{shown} of {} pairs: not met with the habit, met without", pairs.len());
    text
}

/// What came of a call, in a cell.
fn told(report: &Report) -> String {
    if let Some(why) = &report.skipped {
        return format!("skipped: {why}");
    }
    let faults = &report.verdict.faults;
    let slowest = report.turn_latency_p95_ms.map_or_else(String::new, |ms| format!(", turns within {ms} ms"));
    let more = faults.len().saturating_sub(FAULTS_TOLD);
    let text = match faults.as_slice() {
        [] => format!("met: {} s{slowest}", report.call_s),
        [..] => faults.iter().take(FAULTS_TOLD).cloned().collect::<Vec<_>>().join("; "),
    };
    let text = text.replace('|', "/");
    if more == 0 { text } else { format!("{text}; {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::report;

    #[test]
    fn a_pair_shows_something_only_if_the_habit_alone_is_at_fault() {
        let pair = |naive: &[&str], ours: &[&str]| Pair {
            habit: Habit::HangsUpOnceMade,
            naive: report("a", naive),
            ours: report("a", ours),
        };
        assert!(pair(&["it hung up"], &[]).shows());
        assert!(!pair(&[], &[]).shows() && !pair(&["x"], &["x"]).shows() && !pair(&[], &["x"]).shows());
        let skipped = Report { met: false, skipped: Some("no model".into()), ..report("a", &[]) };
        assert!(!Pair { naive: skipped, ..pair(&[], &[]) }.shows());
        let table = pairs_table(&[pair(&["it hung up", "b|c", "d"], &[]), pair(&[], &[])]);
        let row = "| it hangs up before its goodbye is heard | `hangs-up-once-made` | `a` | it hung up; b/c; 1 more | met: 62 s, turns \
            within 600 ms |\n";
        assert!(table.contains(row) && table.ends_with("\n1 of 2 pairs: not met with the habit, met without\n"), "{table}");
    }
}
