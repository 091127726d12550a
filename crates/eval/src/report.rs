//! What came of a run, for people and for programs.

mod junit;
mod table;
mod wav;

pub use junit::junit;
pub use table::{row, table};
pub use wav::wav;

use crate::measure::quantile;
use crate::run::Report;
use serde::Serialize;

/// A run in figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sum {
    /// How many scenarios were run.
    pub scenarios: usize,
    /// How many were met.
    pub met: usize,
    /// How many were not run, for want of something that they need.
    pub skipped: usize,
    /// Facts that came back right, were missing, were wrong, and were wrong although shown as proven.
    pub facts_right: u32,
    /// See above.
    pub facts_missing: u32,
    /// See above.
    pub facts_wrong: u32,
    /// See above.
    pub facts_wrong_verified: u32,
    /// Over all turns of all calls, milliseconds.
    pub turn_latency_median_ms: Option<u64>,
    /// See above.
    pub turn_latency_p95_ms: Option<u64>,
    /// How often an agent stopped for words of the callee.
    pub barge_ins: u32,
    /// How often for nothing.
    pub false_barge_ins: u32,
    /// How often it talked on although it was interrupted.
    pub missed_barge_ins: u32,
    /// How many calls were cut by the agent before its goodbye was heard.
    pub goodbyes_cut: u32,
    /// What all calls would have cost, millionths of a US dollar.
    pub cost_micros: u64,
    /// Virtual time of all calls, seconds.
    pub virtual_s: f64,
}

/// The sum of the reports.
pub fn sum(reports: &[Report]) -> Sum {
    let count = |of: fn(&Report) -> u32| reports.iter().map(of).sum();
    let latency: Vec<u64> = reports.iter().flat_map(|report| report.turn_latency_ms.iter().copied()).collect();
    Sum {
        scenarios: reports.len(),
        met: reports.iter().filter(|report| report.met).count(),
        skipped: reports.iter().filter(|report| report.skipped.is_some()).count(),
        facts_right: count(|report| report.verdict.facts_right),
        facts_missing: count(|report| report.verdict.facts_missing),
        facts_wrong: count(|report| report.verdict.facts_wrong),
        facts_wrong_verified: count(|report| report.verdict.facts_wrong_verified),
        turn_latency_median_ms: quantile(&latency, 0.5),
        turn_latency_p95_ms: quantile(&latency, 0.95),
        barge_ins: count(|report| report.barge_ins),
        false_barge_ins: count(|report| report.false_barge_ins),
        missed_barge_ins: count(|report| report.missed_barge_ins),
        goodbyes_cut: count(|report| u32::from(report.verdict.goodbye_heard == Some(false))),
        cost_micros: reports.iter().filter_map(|report| report.cost_micros).sum(),
        virtual_s: reports.iter().map(|report| report.virtual_s).sum(),
    }
}

/// Everything as JSON: `{"sum": …, "assumed": …, "scenarios": […]}`.
pub fn json(reports: &[Report]) -> String {
    let all = serde_json::json!({"sum": sum(reports), "assumed": crate::ASSUMED, "scenarios": reports});
    format!("{all:#}\n")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::judge::Verdict;

    pub(crate) fn report(name: &str, faults: &[&str]) -> Report {
        let faults: Vec<String> = faults.iter().map(|fault| (*fault).to_owned()).collect();
        Report {
            name: name.into(),
            shows: "a <symptom>".into(),
            met: faults.is_empty(),
            skipped: None,
            verdict: Verdict { faults, facts_right: 2, goodbye_heard: Some(true), ..Verdict::default() },
            status: "achieved".into(),
            disposition: "completed".into(),
            ended_reason: "agent_hung_up".into(),
            turn_latency_ms: vec![400, 600, 500],
            turn_latency_median_ms: Some(500),
            turn_latency_p95_ms: Some(600),
            barge_ins: 1,
            false_barge_ins: 0,
            missed_barge_ins: 0,
            talked_over_ms: 0,
            gaps_ms: 0,
            disclosed_at_ms: Some(2_100),
            cost_micros: Some(41_000),
            call_s: 62,
            virtual_s: 67.5,
            wall_s: 1.25,
            result: None,
            callee: Vec::new(),
            audio: None,
        }
    }

    #[test]
    fn figures_are_summed_up_over_all_turns() {
        let sum = sum(&[report("a", &[]), report("b", &["the outcome is unknown"])]);
        assert_eq!((sum.scenarios, sum.met, sum.facts_right, sum.turn_latency_median_ms), (2, 1, 4, Some(500)));
        assert_eq!((sum.cost_micros, sum.goodbyes_cut), (82_000, 0));
        let json: serde_json::Value = serde_json::from_str(&json(&[report("a", &[])])).unwrap();
        assert_eq!(json["sum"]["met"], 1);
        assert_eq!(json["scenarios"][0]["name"], "a");
        assert_eq!(json["scenarios"][0]["facts_right"], 2);
    }
}
