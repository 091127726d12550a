//! Whether a call came out as it must have.

mod words;

use crate::call::Came;
use crate::measure::quantile;
use crate::scenario::{Expect, Scenario};
use regex::Regex;
use serde::Serialize;
use std::collections::BTreeMap;
use types::{CallResult, EndedReason, Speaker};
use words::same;

/// The text of an expectation that means what this callee really told.
const TOLD: &str = "=told";

/// How one call is judged.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verdict {
    /// What did not come out as it must have, in sentences; none: the scenario is met.
    pub faults: Vec<String>,
    /// How many facts that were wanted came back right.
    pub facts_right: u32,
    /// How many did not come back.
    pub facts_missing: u32,
    /// How many came back wrong.
    pub facts_wrong: u32,
    /// Of those, how many with evidence: a wrong fact that is shown as proven.
    pub facts_wrong_verified: u32,
    /// Whether the agent's goodbye was heard in full; `None` where it was not the agent that hung up.
    pub goodbye_heard: Option<bool>,
}

/// Holds what came against what was expected.
pub(crate) fn judge(scenario: &Scenario, came: &Came) -> Verdict {
    let (expect, result) = (&scenario.expect, &came.result);
    let mut verdict = Verdict { goodbye_heard: goodbye_heard(came), ..Verdict::default() };
    judge_facts(expect, came, &mut verdict);
    let mut faults = std::mem::take(&mut verdict.faults);
    let mut must = |holds: bool, fault: String| {
        if !holds {
            faults.push(fault);
        }
    };
    must(expect.status.allows(&result.outcome.status), format!("the outcome is {}", name(&result.outcome.status)));
    must(expect.disposition.allows(&result.status), format!("the disposition is {}", name(&result.status)));
    must(expect.ended.allows(&result.ended_reason), format!("the call ended because {}", name(&result.ended_reason)));
    must(expect.answered_by.allows(&result.answered_by), format!("answered by: {}", name(&result.answered_by)));
    if let Some(left) = expect.message_left {
        must(left == result.message_left, format!("a message was left: {}", result.message_left));
    }
    for (name, value) in &expect.slip {
        let found = came.slip.fields.get(name).map_or("nothing", String::as_str);
        must(same(found, value), format!("the callee wrote {name}: {found}, not {value}"));
    }
    let told = said_by(came, Speaker::Agent);
    for wanted in &expect.told {
        must(found(wanted, &told), format!("the callee was not told {wanted:?}"));
    }
    for unwanted in &expect.not_told {
        must(!found(unwanted, &told), format!("the callee was told {unwanted:?}"));
    }
    if let Some(wanted) = &expect.asked {
        let asked = came.asked.join("\n").to_lowercase();
        must(!wanted.is_empty() || came.asked.is_empty(), format!("the user was asked {:?}", came.asked));
        for wanted in wanted {
            must(found(wanted, &asked), format!("the user was not asked {wanted:?}"));
        }
    }
    for wanted in &expect.summary {
        must(same(&result.summary, wanted), format!("the summary has no {wanted:?}: {}", result.summary));
    }
    if let Some(keys) = &expect.keys {
        must(*keys == came.pressed, format!("the keys {:?} reached the line, not {keys:?}", came.pressed));
    }
    if let Some(disclosed) = expect.disclosed {
        must(disclosed == result.disclosed_at_ms.is_some(), format!("disclosed at: {:?} ms", result.disclosed_at_ms));
    }
    if let Some(latest) = expect.disclosed_by_s {
        let in_time = result.disclosed_at_ms.is_some_and(|at_ms| at_ms as f64 <= latest * 1_000.0);
        must(in_time, format!("disclosed at: {:?} ms, later than {latest} s", result.disclosed_at_ms));
    }
    must(verdict.goodbye_heard != Some(false), "the agent hung up before its goodbye was heard".into());
    let measures = &came.measures;
    let stops = measures.false_barge_ins;
    must(stops <= expect.false_barge_ins_max, format!("the agent stopped {stops} times for nothing"));
    let missed = measures.missed_barge_ins;
    must(missed <= expect.missed_barge_ins_max, format!("the agent talked on {missed} times although it was interrupted"));
    if let Some(latest) = expect.speaks_by_s {
        let spoke_s = came.spoke_after().map(|after| after.as_secs_f64());
        let told = spoke_s.map_or_else(|| "never".to_owned(), |s| format!("after {s:.1} s"));
        must(spoke_s.is_some_and(|s| s <= latest), format!("the agent was first heard {told}, later than {latest} s"));
    }
    let gaps_ms = measures.gaps_ms;
    must(gaps_ms <= expect.gaps_ms_max, format!("the agent's words had gaps of {gaps_ms} ms in all"));
    if let Some(most) = expect.talked_over_ms_max {
        let over_ms = measures.talked_over_ms;
        must(over_ms <= most, format!("the agent talked into the callee's turns for {over_ms} ms, more than {most}"));
    }
    if let (Some(most), Some(p95_ms)) = (expect.turn_latency_p95_ms_max, quantile(&measures.turn_latency_ms, 0.95)) {
        must(p95_ms <= most, format!("the slowest turns were waited for {p95_ms} ms, more than {most}"));
    }
    if let Some(most) = expect.answers_in_a_row_max {
        let row = answers_in_a_row(result);
        must(row <= most, format!("the agent answered {row} times in a row, more than {most}"));
    }
    if let Some(most) = expect.call_max_s {
        must(f64::from(result.duration) <= most, format!("the call took {} s, more than {most}", result.duration));
    }
    let in_order = result.transcript.is_sorted_by_key(|line| line.start_ms);
    must(in_order, "the transcript is not in the order in which the lines began".into());
    for fault in &came.faults {
        must(false, fault.clone());
    }
    must(measures.carrier_errors.is_empty(), format!("the carrier complains: {:?}", measures.carrier_errors));
    verdict.faults = faults;
    verdict
}

fn judge_facts(expect: &Expect, came: &Came, verdict: &mut Verdict) {
    let mut truth: BTreeMap<&str, &str> = came.slip.facts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for (name, wanted) in &expect.facts {
        let found = came.result.outcome.facts.iter().find(|fact| fact.name == *name);
        let forbidden = wanted.strip_prefix('!');
        let wanted = match wanted.as_str() {
            TOLD => truth.get(name.as_str()).copied().unwrap_or_default(),
            wanted => wanted,
        };
        truth.insert(name, wanted);
        match found {
            None if forbidden.is_some() => {}
            None => {
                verdict.facts_missing += 1;
                verdict.faults.push(format!("the fact {name} is missing"));
            }
            Some(fact) if forbidden.map_or(same(&fact.value, wanted), |forbidden| !same(&fact.value, forbidden)) => {
                verdict.facts_right += 1;
            }
            Some(fact) => {
                verdict.facts_wrong += 1;
                verdict.facts_wrong_verified += u32::from(fact.evidence.is_some());
                let proven = if fact.evidence.is_some() { ", and it is shown as proven" } else { "" };
                verdict.faults.push(format!("the fact {name} is {:?} instead of {wanted:?}{proven}", fact.value));
            }
        }
    }
}

fn found(expression: &str, text: &str) -> bool {
    Regex::new(expression).is_ok_and(|expression| expression.is_match(text))
}

/// What one side said, as the callee's side knows it, in small letters.
fn said_by(came: &Came, speaker: Speaker) -> String {
    let lines = came.callee.iter().filter(|line| line.speaker == speaker);
    lines.map(|line| line.text.to_lowercase()).collect::<Vec<_>>().join("\n")
}

/// How many lines of the agent's, none of them cut off, came one after the other.
fn answers_in_a_row(result: &CallResult) -> u32 {
    let (mut row, mut most) = (0, 0);
    for line in &result.transcript {
        row = match line.speaker {
            Speaker::Agent if line.interrupted => row,
            Speaker::Agent => row + 1,
            Speaker::Callee => 0,
        };
        most = most.max(row);
    }
    most
}

fn goodbye_heard(came: &Came) -> Option<bool> {
    let cut = came.measures.cut_at_hang_up?;
    // A handler that hangs up behind its session's back makes it believe that the callee did.
    if !matches!(came.result.ended_reason, EndedReason::AgentHungUp | EndedReason::CalleeHungUp) {
        return None;
    }
    let last = came.result.transcript.iter().rev().find(|line| line.speaker == Speaker::Agent);
    Some(!cut && last.is_some_and(|line| !line.interrupted))
}

/// As it stands in a scenario file.
pub(crate) fn name<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
