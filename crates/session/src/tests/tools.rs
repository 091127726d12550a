//! Tool calls: what the model reports, and what is believed of it.

use super::rig::{Rig, ms, says};
use types::{Disposition, OutcomeStatus};

fn report(status: &str, summary: &str) -> String {
    format!(r#"{{"status":"{status}","summary":"{summary}"}}"#)
}

#[test]
fn wrong_arguments_are_answered_with_what_is_wrong() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("").with("report_outcome", r#"{"status":"won","summary":"x"}"#).with("fly", "{}"));
    rig.callee_says(ms(100), ms(1_000), "Done.");
    rig.run_until_quiet();
    let told = rig.tool_results();
    assert!(told[0].contains("`achieved`, `partly`, `not_achieved`"), "{}", told[0]);
    assert!(told[1].contains("unknown tool `fly`"), "{}", told[1]);
    assert_eq!(rig.asked().len(), 3, "the model gets its turn to do better");
}

#[test]
fn arguments_without_end_are_refused() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("").with("report_outcome", &report("achieved", &"x".repeat(20_000))));
    rig.callee_says(ms(100), ms(1_000), "Done.");
    rig.run_until_quiet();
    assert!(rig.tool_results()[0].contains("longer than 16384 bytes"));
}

#[test]
fn the_last_report_counts() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Thanks.").with("report_outcome", &report("partly", "First.")));
    rig.replies.push_back(says("Goodbye.").with("report_outcome", &report("achieved", "Second.")).with("end_call", "{}"));
    rig.callee_says(ms(100), ms(1_000), "We have it.");
    rig.run_until_quiet();
    assert_eq!(rig.asked().len(), 2, "it had said something; the callee is next");
    rig.callee_says(ms(100), ms(1_000), "And it's ready.");
    let result = rig.run_to_end();
    assert_eq!((result.outcome.status, result.summary.as_str()), (OutcomeStatus::Achieved, "Second."));
}

#[test]
fn success_with_a_callee_who_said_nothing_is_not_believed() {
    let mut rig = Rig::answered();
    rig.replies.push_back(says("Hello, this is an AI assistant calling on behalf of Maria Lopez."));
    rig.run(ms(2_600));
    rig.run_until_quiet();
    rig.replies.push_back(says("Goodbye.").with("report_outcome", &report("achieved", "It is ordered.")).with("end_call", "{}"));
    let result = rig.run_to_end();
    assert_eq!((result.status, result.outcome.status), (Disposition::Completed, OutcomeStatus::Unknown));
    assert!(!result.summary.contains("ordered"), "{}", result.summary);
    assert_eq!(result.outcome.reported, None);
}

#[test]
fn success_with_facts_that_nobody_told_is_not_believed() {
    let mut rig = Rig::opened();
    let report = r#"{"status":"achieved","summary":"It is ordered for $12.","facts":[{"name":"total","value":"$12","quote":"twelve dollars"}]}"#;
    rig.replies.push_back(says("Thanks, goodbye.").with("report_outcome", report).with("end_call", "{}"));
    rig.callee_says(ms(100), ms(1_000), "Okay, sure.");
    let result = rig.run_to_end();
    assert_eq!((result.status, result.outcome.status), (Disposition::Completed, OutcomeStatus::Unknown));
    assert!(result.outcome.facts[0].evidence.is_none() && !result.summary.contains("ordered"), "{}", result.summary);
    let reported = result.outcome.reported.expect("it is kept, for whoever can prove it");
    assert_eq!((reported.status, reported.summary.as_str()), (OutcomeStatus::Achieved, "It is ordered for $12."));
}

#[test]
fn tool_calls_in_a_circle_come_to_an_end() {
    let mut rig = Rig::opened();
    for _ in 0..20 {
        rig.replies.push_back(says("").with("nonsense", "{}"));
    }
    rig.callee_says(ms(100), ms(1_000), "Done.");
    rig.run_until_quiet();
    assert_eq!(rig.asked().len(), 2 + 5);
}
