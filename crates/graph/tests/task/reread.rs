//! A call is read again after it has ended, once, before anything of its result is shown.

use crate::world::{Chat, graph, result, view};
use async_trait::async_trait;
use evidence::{Quoted, Read, Reading};
use futures_util::FutureExt;
use graph::reader::{EndedCall, Reader};
use graph::runtime::{Body, Envelope, Graph, Next, Offer, Run, Step};
use graph::task::{Input, TaskGraph};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use types::chat::{ConversationEvent, Node};
use types::{CallResult, CallStage, OutcomeStatus};

/// Longer than the watchdog is patient.
const LONG: Duration = Duration::from_secs(20 * 60);

/// Tells the same of every call, and keeps what it was shown.
#[derive(Debug)]
struct Script {
    reading: Option<Reading>,
    shown: Mutex<Vec<(Vec<String>, Vec<String>)>>,
}

#[async_trait]
impl Reader for Script {
    async fn read(&self, call: &EndedCall<'_>) -> Option<Reading> {
        let names = call.facts_wanted.iter().map(|fact| fact.name.clone()).collect();
        let said = call.transcript.iter().map(|line| format!("{}: {}", line.line, line.heard)).collect();
        self.shown.lock().unwrap().push((names, said));
        self.reading.clone()
    }
}

impl Script {
    fn times(&self) -> usize {
        self.shown.lock().unwrap().len()
    }
}

fn reader(facts: &[(&str, &str, u32, &str)]) -> Arc<Script> {
    let fact = |(name, text, line, quote): &(&str, &str, u32, &str)| {
        ((*name).to_owned(), Read { text: (*text).into(), by: Quoted { line: *line, quote: (*quote).into() } })
    };
    let reading = Reading { facts: facts.iter().map(fact).collect(), ..Reading::default() };
    Arc::new(Script { reading: Some(reading), shown: Mutex::default() })
}

/// A call of which the rules have proven nothing, so that the agent's report was not believed.
fn unproven(attempt: u32) -> CallResult {
    let mut told = result(attempt, "completed", "unknown", "The agent ended the call after 42 s.");
    let line = |(place, (who, text)): (usize, &(&str, &str))| {
        json!({"line": place + 1, "speaker": who, "text": text, "heard": text, "interrupted": false,
            "start_ms": place * 1_000, "end_ms": place * 1_000 + 900})
    };
    let said =
        [("agent", "One large pizza, please."), ("callee", "Sure. It's $18.50 for you."), ("agent", "Thank you, goodbye.")];
    told.transcript = serde_json::from_value(said.iter().enumerate().map(line).collect()).unwrap();
    told.outcome = serde_json::from_value(json!({
        "status": "unknown", "facts": [{"name": "total", "value": "$80.50", "evidence": null}],
        "reported": {"status": "achieved", "summary": "It is ordered."}
    }))
    .unwrap();
    told
}

/// What the callee said of the price, read right.
const RIGHT: (&str, &str, u32, &str) = ("total", "$18.50", 2, "It's $18.50 for you");

fn called(reader: &Arc<Script>) -> Chat {
    Chat::called().read_by(reader.clone())
}

#[test]
fn what_the_reading_proves_is_in_the_one_result_that_is_shown() {
    let reader = reader(&[RIGHT, ("ready_time", "20 minutes", 2, "ready in twenty minutes")]);
    let mut chat = called(&reader);
    let told = chat.result(unproven(1));
    let [(1, shown)] = &chat.ended()[..] else { panic!("one result, not {:?}", chat.ended()) };
    let facts: Vec<_> = shown.outcome.facts.iter().map(|fact| (fact.value.as_str(), fact.evidence.is_some())).collect();
    assert_eq!(facts, [("$18.50", true), ("20 minutes", false)]);
    assert_eq!(shown.outcome.facts[0].contradictions[0].value, "$80.50", "what the agent had understood is shown beside it");
    assert!(told.contains("Total: $18.50 (they said: \"It's $18.50 for you\")"), "{told}");
    assert!(told.contains("20 minutes (unverified"), "{told}");
    assert!(shown.read_again && !unproven(1).read_again, "it is told who has judged");
    assert_eq!(chat.state().calls[0].result.as_deref(), Some(shown));
    assert_eq!((chat.node(), chat.state().ended, reader.times()), (Node::ReportResult, None, 1));
    let (names, said) = reader.shown.lock().unwrap()[0].clone();
    assert_eq!((names, said[1].as_str()), (vec!["total".into(), "ready_time".into()], "2: Sure. It's $18.50 for you."));
    assert_eq!((chat.result(unproven(1)).as_str(), reader.times()), ("", 1), "the same result again is not read again");
}

#[test]
fn a_success_is_told_once_its_facts_are_proven_and_not_before() {
    let mut proven = unproven(1);
    proven.outcome.facts.clear();
    let mut chat = called(&reader(&[RIGHT]));
    let told = chat.result(proven.clone());
    assert!(told.starts_with("Task completed: it is ordered."), "{told}");
    assert_eq!(chat.state().call_outcome_status, Some(OutcomeStatus::Achieved));
    for lie in [
        ("total", "$18.50", 2, "the total is eighteen fifty"),
        ("total", "$18.50", 1, "One large pizza"),
        ("total", "$5", 2, RIGHT.3),
    ] {
        let mut chat = called(&reader(&[lie]));
        let told = chat.result(proven.clone());
        assert!(told.starts_with("Task not confirmed: ") && told.contains("unverified"), "{lie:?}: {told}");
        assert_eq!(chat.state().call_outcome_status, Some(OutcomeStatus::Unknown));
    }
}

#[test]
fn a_reading_that_fails_costs_nothing() {
    let silent = Arc::new(Script { reading: None, shown: Mutex::default() });
    let mut chat = called(&silent);
    let told = chat.result(unproven(1));
    assert_eq!(chat.ended(), [(1, unproven(1))]);
    assert_eq!((told, silent.times()), (Chat::called().result(unproven(1)), 1), "as without anybody who reads");
}

#[test]
fn a_call_in_which_nobody_spoke_is_not_read() {
    let reader = reader(&[RIGHT]);
    let mut mute = unproven(1);
    mute.transcript.remove(1);
    for ended in [
        mute,
        result(1, "busy", "not_achieved", "The line was busy."),
        CallResult { status: types::Disposition::Voicemail, ..unproven(1) },
    ] {
        let mut chat = called(&reader);
        chat.result(ended.clone());
        assert_eq!(chat.ended(), [(1, ended)]);
    }
    assert_eq!(reader.times(), 0);
}

#[test]
fn results_that_come_by_other_ways_are_read_too() {
    let by_watchdog = reader(&[RIGHT]);
    let mut chat = called(&by_watchdog);
    chat.calls.knows(1, Ok(view(1, CallStage::Ended, Some(unproven(1)))));
    chat.pass(LONG);
    assert_eq!(chat.ended()[0].1.outcome.facts[0].value, "$18.50");
    let late = reader(&[RIGHT]);
    let mut chat = called(&late);
    assert!(chat.pass(LONG).contains("can't tell whether the phone rang"));
    let news = chat.result(unproven(1));
    assert!(news.contains("heard after all") && news.contains("$18.50 (they said"), "{news}");
    assert_eq!(chat.state().calls[0].result.as_ref().unwrap().outcome.facts[0].value, "$18.50");
    chat.result(unproven(1));
    assert_eq!((chat.ended().len(), by_watchdog.times(), late.times()), (1, 1, 1));
}

/// The program dies between the two steps, and while it reads.
#[test]
fn a_result_is_safe_before_it_is_read_and_a_reading_that_was_kept_is_never_made_again() {
    let (reader, calls) = (reader(&[RIGHT]), Chat::called());
    let graph = graph(calls.calls.clone()).with_reader(reader.clone());
    let mut run: Run<TaskGraph> = serde_json::from_str(calls.stored()).unwrap();
    let envelope = Envelope { id: "result".into(), body: Body::Input(Input::Result { result: Box::new(unproven(1)) }) };
    assert_eq!(run.offer(envelope.clone()), Offer::Accepted);
    let step = |run: &Run<TaskGraph>| -> Step<TaskGraph> {
        let task = run.ready(calls.now).expect("a step is due");
        graph.step(task).now_or_never().expect("the core never waits").unwrap()
    };
    let taken = step(&run);
    assert_eq!((taken.next.clone(), taken.events.len(), reader.times()), (Next::Goto(Node::AwaitResult), 0, 0));
    run.apply(taken);
    let mut run: Run<TaskGraph> = serde_json::from_str(&serde_json::to_string(&run).unwrap()).unwrap();
    assert_eq!(run.offer(envelope), Offer::Duplicate, "the handler need not send it again");
    // Read, and dead before it was kept: nobody has seen anything, so it is read once more.
    let lost = step(&run);
    let kept = step(&run);
    assert_eq!(lost.events, kept.events);
    assert!(matches!(&kept.events[0], ConversationEvent::CallEnded { result, .. } if result.outcome.facts[0].value == "$18.50"));
    run.apply(kept);
    let run: Run<TaskGraph> = serde_json::from_str(&serde_json::to_string(&run).unwrap()).unwrap();
    assert_eq!((step(&run).state.calls[0].result.is_some(), reader.times()), (true, 2), "reporting it reads nothing");
}
