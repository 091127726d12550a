//! The table for people.

use super::{Sum, sum};
use crate::run::Report;
use std::fmt::Write as _;

/// The heading over [`row`]s.
const HEAD: &str =
    "scenario                            met  facts   turn ms   p95    barge-ins  goodbye  AI at   cost     call    wall";

/// One scenario in one line, and a line for each thing that did not come out as it must.
pub fn row(report: &Report) -> String {
    if let Some(reason) = &report.skipped {
        return format!("{:<35} skipped: {reason}", report.name);
    }
    let verdict = &report.verdict;
    let wanted = verdict.facts_right + verdict.facts_missing + verdict.facts_wrong;
    let facts = if wanted == 0 { "–".to_owned() } else { format!("{}/{wanted}", verdict.facts_right) };
    let ms = |ms: Option<u64>| ms.map_or_else(|| "–".to_owned(), |ms| ms.to_string());
    let stops = format!("{}/{}/{}", report.barge_ins, report.missed_barge_ins, report.false_barge_ins);
    let goodbye = match verdict.goodbye_heard {
        Some(true) => "heard",
        Some(false) => "CUT",
        None => "–",
    };
    let disclosed = report.disclosed_at_ms.map_or_else(|| "–".to_owned(), |ms| format!("{:.1} s", ms as f64 / 1_000.0));
    let cost = report.cost_micros.map_or_else(|| "–".to_owned(), |micros| format!("${:.3}", micros as f64 / 1e6));
    let mut text = format!(
        "{:<35} {:<4} {:<7} {:<9} {:<6} {:<10} {:<8} {:<7} {:<8} {:<7} {:.1} s",
        report.name,
        if report.met { "yes" } else { "NO" },
        facts,
        ms(report.turn_latency_median_ms),
        ms(report.turn_latency_p95_ms),
        stops,
        goodbye,
        disclosed,
        cost,
        format!("{} s", report.call_s),
        report.wall_s,
    );
    for fault in &verdict.faults {
        // Writing to a text cannot fail.
        let _ = write!(text, "\n    {fault}");
    }
    text
}

/// All of them and their sum.
pub fn table(reports: &[Report], wall_s: f64) -> String {
    let rows: Vec<String> = reports.iter().map(row).collect();
    let Sum { scenarios, met, skipped, facts_right, facts_missing, facts_wrong, facts_wrong_verified, .. } = sum(reports);
    let Sum { turn_latency_median_ms, turn_latency_p95_ms, barge_ins, missed_barge_ins, false_barge_ins, .. } = sum(reports);
    let Sum { goodbyes_cut, cost_micros, virtual_s, .. } = sum(reports);
    let ms = |ms: Option<u64>| ms.map_or_else(|| "–".to_owned(), |ms| format!("{ms} ms"));
    let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
    format!(
        "{HEAD}\n{}\n\n\
        {met} of {scenarios} scenarios met{skipped}; facts: {facts_right} right, {facts_missing} missing, {facts_wrong} wrong, \
        {facts_wrong_verified} of them shown as proven\n\
        turn latency: median {}, p95 {}; barge-ins: {barge_ins} taken, {missed_barge_ins} missed, {false_barge_ins} false; \
        goodbyes cut: {goodbyes_cut}\n\
        cost at published prices, estimated: ${:.2}; {virtual_s:.0} s of calls in {wall_s:.0} s\n\
        assumed, so that a run can be repeated: {}\n\
        barge-ins: taken/missed/false; turn ms: callee stops → our first audio at the carrier, median\n",
        rows.join("\n"),
        ms(turn_latency_median_ms),
        ms(turn_latency_p95_ms),
        cost_micros as f64 / 1e6,
        crate::ASSUMED,
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;

    #[test]
    fn a_row_tells_the_figures_and_what_went_wrong() {
        let good = row(&report("an-order", &[]));
        for part in ["an-order", "yes", "2/2", "500", "600", "1/0/0", "heard", "2.1 s", "$0.041", "62 s"] {
            assert!(good.contains(part), "{part}: {good}");
        }
        let bad = row(&report("x", &["the outcome is unknown"]));
        assert!(bad.contains(" NO ") && bad.ends_with("\n    the outcome is unknown"), "{bad}");
        let skipped = Report { met: false, skipped: Some("no model".into()), ..report("c", &[]) };
        assert!(row(&skipped).starts_with("c ") && row(&skipped).ends_with(" skipped: no model"), "{}", row(&skipped));
        assert!(table(&[report("a", &[]), skipped], 3.0).contains("1 of 2 scenarios met, 1 skipped; facts: "));
        let all = table(&[report("a", &[]), report("b", &["no"])], 3.0);
        assert!(all.contains("1 of 2 scenarios met; facts: 4 right") && all.contains("135 s of calls in 3 s"), "{all}");
    }
}
