//! The counts of a run, as it prints them in the end.

use crate::case::Outcome;
use crate::verdict::Promise;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// Everything that is counted.
#[derive(Default)]
pub(crate) struct Table {
    cases: usize,
    calls: usize,
    dialled: usize,
    dialled_most: usize,
    results: usize,
    deaths: u32,
    stops: u32,
    lost: u64,
    endings: BTreeMap<String, usize>,
    faults: BTreeMap<String, Row>,
    broken: BTreeMap<Promise, usize>,
    failed: Vec<u64>,
}

#[derive(Default)]
struct Row {
    cases: usize,
    /// Cases in which it came to it.
    struck: usize,
    calls: usize,
    failed: usize,
}

impl Table {
    pub(crate) fn add(&mut self, outcome: Outcome) {
        self.cases += 1;
        self.calls += outcome.endings.len();
        self.deaths += outcome.deaths;
        self.stops += outcome.stops;
        self.lost += outcome.lost;
        for ending in &outcome.endings {
            self.dialled += ending.dialled;
            self.dialled_most = self.dialled_most.max(ending.dialled);
            self.results += ending.results;
            *self.endings.entry(ending.how.clone()).or_default() += 1;
        }
        let failed = !outcome.breaches.is_empty();
        for (fault, struck) in outcome.case.faults.iter().zip(&outcome.struck) {
            let row = self.faults.entry(fault.kind()).or_default();
            row.cases += 1;
            row.struck += usize::from(*struck);
            row.calls += outcome.endings.len();
            row.failed += usize::from(failed);
        }
        for breach in &outcome.breaches {
            *self.broken.entry(breach.promise).or_default() += 1;
        }
        if failed {
            self.failed.push(outcome.case.number);
        }
    }

    /// Whether every promise was kept.
    pub(crate) fn is_clean(&self) -> bool {
        self.broken.is_empty()
    }

    /// The whole table.
    pub(crate) fn show(&self, seed: u64, took: Duration) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = self.write(&mut text, seed, took);
        text
    }

    fn write(&self, text: &mut String, seed: u64, took: Duration) -> std::fmt::Result {
        writeln!(text, "\n{:<58} {:>6} {:>6} {:>6} {:>7}", "fault", "cases", "struck", "calls", "failed")?;
        for (kind, row) in &self.faults {
            writeln!(text, "{kind:<58} {:>6} {:>6} {:>6} {:>7}", row.cases, row.struck, row.calls, row.failed)?;
        }
        writeln!(text, "\n{:<58} {:>6}", "how the calls ended, as the conversations have it", "calls")?;
        for (how, count) in &self.endings {
            writeln!(text, "{how:<58} {count:>6}")?;
        }
        writeln!(
            text,
            "\n{} cases, {} approved calls, {} dialled at the carrier, {} results, in {} s",
            self.cases,
            self.calls,
            self.dialled,
            self.results,
            took.as_secs(),
        )?;
        writeln!(text, "{} deaths of a program, {} stops, {} requests or answers lost", self.deaths, self.stops, self.lost)?;
        writeln!(text, "{:<58} {:>6}", "calls dialled for one attempt, at most", self.dialled_most)?;
        for (promise, what) in Promise::ALL {
            writeln!(text, "{what:<58} {:>6}", self.broken.get(&promise).copied().unwrap_or(0))?;
        }
        for number in &self.failed {
            writeln!(text, "repeat: cargo xtask chaos --seed {seed} --case {number}")?;
        }
        Ok(())
    }
}
