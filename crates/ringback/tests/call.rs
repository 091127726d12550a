//! `ringback call`, as a person or a script runs it, against the real engine, handler and carrier simulator.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[cfg(unix)]
mod terminal;

mod support;

use serde_json::Value;
use support::{Ran, Rig, WITHIN, done, ringback, run};
use tokio::io::{AsyncBufReadExt as _, BufReader};

const PIZZA: &str = "order a large pepperoni pizza for pickup";
const WHOLE: [&str; 4] = ["--detail", "quantity=1", "--name", "Maria Lopez"];

fn order<'a>(number: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [number, PIZZA].into_iter().chain(WHOLE).chain(more.iter().copied()).collect()
}

async fn unanswered(number: &str, status: &str) {
    let rig = Rig::start().await;
    let choice = ["--voice", "cedar", "--model", "gpt-realtime-2.1", "--language", "de"];
    let ran = run(rig.call(&order(number, &[&["--yes", "--json"], &choice[..]].concat()))).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    let lines = ran.lines();
    let (result, events) = lines.split_last().unwrap();
    assert_eq!((&result["status"], &result["duration"]), (&status.into(), &0.into()), "{result}");
    let plan = events.iter().find(|line| line["event"]["type"] == "plan").unwrap();
    assert_eq!(plan["event"]["plan"]["target_phone_number"], number);
    assert_eq!(plan["event"]["plan"]["details"]["user_name"], "Maria Lopez");
    let chosen = serde_json::json!({"voice": "cedar", "model": "gpt-realtime-2.1", "language": "de"});
    assert_eq!(plan["event"]["plan"]["voice_choice"], chosen);
    assert!(events.iter().any(|line| line["stream"] == "call" && line["event"]["type"] == "ended"), "{ran:?}");
    assert_eq!(rig.dialled().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_line_is_not_connected() {
    unanswered("+14155550110", "busy").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers() {
    unanswered("+14155550111", "no-answer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_line_is_not_connected() {
    unanswered("+14155550112", "failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_words_the_plan_is_shown_and_the_outcome_told() {
    let rig = Rig::start().await;
    let ran = run(rig.call(&order("(415) 555-0110", &["--yes", "--detail", "special_requests=no onions"]))).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    for said in [
        "+1 415 555 0110",
        "Quantity: 1",
        "Special requests: no onions",
        "Total: What is the total?",
        "Not connected: the line was busy",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    assert!(!ran.out.contains('\u{1b}'), "no cursor tricks where there is no cursor");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_details_are_named_and_nothing_is_dialled() {
    let rig = Rig::start().await;
    let ran = run(rig.call(&["+14155550110", "book a table", "--detail", "time=7 pm", "--yes", "--json"])).await;
    assert_eq!(ran.code, 2, "{ran:?}");
    let lines = ran.lines();
    assert_eq!((lines.len(), &lines[0]["code"]), (1, &"details_missing".into()));
    assert_eq!(lines[0]["missing"], serde_json::json!(["party_size", "date", "user_name"]));
    let message = lines[0]["message"].as_str().unwrap();
    assert!(message.contains("--detail party_size=…") && message.contains("--name …"), "{message}");
    assert_eq!((rig.dialled().await, rig.conversations().await.len()), (0, 0), "nothing is left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_yes_nothing_is_dialled() {
    let rig = Rig::start().await;
    let ran = run(rig.call(&order("+14155550110", &[]))).await;
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.out.contains("nothing has been dialled yet") && ran.err.contains("--yes"), "{ran:?}");
    assert_eq!(rig.dialled().await, 0);
    assert_eq!(rig.conversations().await[0]["node"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_before_anything_happens() {
    let rig = Rig::start().await;
    let usage = async |arguments: &[&str], said: &str| {
        let ran = run(rig.call(arguments)).await;
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    };
    usage(&["911", PIZZA, "--yes"], "emergency").await;
    usage(&["+14155550110", PIZZA, "--yes", "--language", "german!"], "--language must be a language tag").await;
    usage(&["+1 415 555 010", PIZZA, "--yes"], "too short").await;
    usage(&["+14155550110"], "<TASK>").await;
    usage(&order("+14155550110", &["--yes", "--detail", "size"]), "size=large").await;
    usage(&order("+14155550110", &["--yes", "--detail", "colour=red"]), "no detail colour").await;
    usage(&order("+14155550110", &["--yes", "--detail", "delivery_address=12 Elm Street"]), "does not belong").await;
    usage(&["+14155550110", "make me happy", "--yes"], "I can order food").await;
    usage(&order("+14155550110", &["--yes", "--simulated"]), "not simulated").await;
    assert_eq!(rig.dialled().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_wins_over_what_was_understood() {
    let rig = Rig::start().await;
    let more = [
        "--yes",
        "--json",
        "--detail",
        "size=small",
        "--detail",
        "fulfilment=delivery",
        "--detail",
        "delivery_address=12 Elm Street",
    ];
    let ran = run(rig.call(&order("+14155550110", &more))).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    let lines = ran.lines();
    let last = lines.iter().rfind(|line| line["event"]["type"] == "plan").unwrap();
    let details = &last["event"]["plan"]["details"];
    assert_eq!((&details["size"], &details["delivery_address"]), (&"small".into(), &"12 Elm Street".into()), "{details}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_is_not_there_is_ringbacks_own_failure() {
    let nobody = support::base(support::free());
    let ran = run(ringback("call", &order("+14155550110", &["--yes", "--engine", nobody.as_str()]))).await;
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.err.contains("cannot be reached"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_engine_and_without_keys_it_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let addr = support::free().to_string();
    let ran = run(ringback(
        "call",
        &order("+14155550110", &["--yes", "--engine-addr", &addr, "--data", folder.path().to_str().unwrap()]),
    ))
    .await;
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("TWILIO_ACCOUNT_SID") && ran.err.contains("--simulated"), "{}", ran.err);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_hangs_up_and_waits_for_the_result() {
    let rig = Rig::start().await;
    let mut child = rig.call(&order("+14155550111", &["--yes", "--json"])).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = Value::Null;
    tokio::time::timeout(WITHIN, async {
        while let Some(line) = lines.next_line().await.unwrap() {
            last = serde_json::from_str(&line).unwrap();
            if last["event"]["stage"] == "ringing" {
                terminal::interrupt(&child);
            }
        }
    })
    .await
    .expect("the call ends");
    let ran: Ran = done(child).await;
    assert_eq!(ran.code, 3, "{ran:?}");
    assert_eq!((&last["status"], &last["ended_reason"]), (&"canceled".into(), &"user_hung_up".into()), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_simulated_call_brings_its_facts() {
    if let Err(error) = speech::Speech::load(&speech::default_models_dir(), 1) {
        eprintln!("SKIPPED: {error}; cargo xtask models gets the models");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let addr = support::free().to_string();
    let more = ["--yes", "--json", "--simulated", "--engine-addr", &addr, "--data", folder.path().to_str().unwrap()];
    let mut command = ringback("call", &order("+14155550100", &more));
    if let Some(models) = std::env::var_os("RINGBACK_MODELS") {
        command.env("RINGBACK_MODELS", models);
    }
    let ran = tokio::time::timeout(WITHIN * 3, command.output()).await.expect("the call ends").unwrap();
    let (out, err) = (String::from_utf8(ran.stdout).unwrap(), String::from_utf8_lossy(&ran.stderr).into_owned());
    assert_eq!(ran.status.code(), Some(0), "{out}\n{err}");
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let captions = lines.iter().filter(|line| line["event"]["type"] == "caption" && line["event"]["done"] == true);
    assert!(captions.clone().any(|line| line["event"]["speaker"] == "agent"));
    assert!(captions.clone().any(|line| line["event"]["speaker"] == "callee"));
    let result = lines.last().unwrap();
    assert_eq!(result["outcome"]["status"], "achieved", "{result}");
    let facts = result["outcome"]["facts"].as_array().unwrap();
    assert!(facts.iter().any(|fact| fact["name"] == "total" && fact["evidence"].is_object()), "{result}");
}
