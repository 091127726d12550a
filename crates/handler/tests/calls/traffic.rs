//! What whole calls send to the carrier and to the model, against their own schemas. Every rig's traffic is checked when it
//! goes; these calls see to it that each kind of message is among it.

use crate::support::carrier::ACCOUNT;
use crate::support::contracts::Contracts;
use crate::support::tape::Asked;
use crate::support::{Create, Rig, soon};
use serde_json::json;
use std::time::Duration;
use types::{CallStage, OrderAccepted};
use wire::media::ToCarrier;
use wire::realtime::{ClientEvent, ServerEvent};
use wire::rest::CallStatus;

const CREATE: &str = "POST Calls.json";
const FETCH: &str = "GET Calls/{Sid}";
const UPDATE: &str = "POST Calls/{Sid}";

fn skipped(test: &str) {
    eprintln!("SKIPPED {test}: RINGBACK_CONTRACTS does not name the folder of the providers' contracts");
}

/// Says so when what was sent in a call cannot be checked. The check itself is made when the rig goes.
fn said_when_skipped(test: &str) {
    if Contracts::get().is_none() {
        skipped(test);
    }
}

#[track_caller]
fn has(seen: &[String], wanted: &[&str]) {
    for wanted in wanted {
        assert!(seen.iter().any(|seen| seen == wanted), "no {wanted} in {seen:?}");
    }
}

async fn accepted(rig: &Rig, key: &str) -> OrderAccepted {
    rig.order(key).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_good_call() {
    let rig = Rig::start().await;
    let order = accepted(&rig, "good").await;
    let sid = order.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    rig.carrier.progress(sid, CallStatus::Ringing).await;
    let mut line = rig.carrier.answer(sid).await;
    voice.asked().await;
    voice.answer("Hello, this is an AI assistant calling on behalf of Maria Lopez.", 300, &[]);
    line.mark().await;
    line.speak(16_000);
    voice.heard("Sure. That will be 25 dollars. Anything else?");
    voice.asked().await;
    // A report alone, so that the tool's answer is given back and the model goes on.
    let report = json!({"status": "achieved", "summary": "It is ordered.",
        "facts": [{"name": "total", "value": "25 dollars", "quote": "That will be 25 dollars"}]});
    voice.answer("", 0, &[("report_outcome", report)]);
    voice.asked().await;
    voice.answer("Thank you very much. Goodbye.", 300, &[("end_call", json!({}))]);
    rig.carrier.hung_up(sid).await;
    rig.engine.result().await;
    voice.closed().await;
    has(&rig.tape.requests(), &[CREATE, UPDATE]);
    let model = ["session.update", "input_audio_buffer.append", "response.create", "conversation.item.create"];
    has(&rig.tape.model_events(), &model);
    has(&rig.tape.media_messages(), &["media", "mark"]);
    said_when_skipped("a_good_call");
}

#[tokio::test]
async fn barge_in() {
    let rig = Rig::start().await;
    let order = accepted(&rig, "barge-in").await;
    let mut voice = rig.voice.link().await;
    let mut line = rig.carrier.answer(order.call_sid.as_str()).await;
    voice.asked().await;
    voice.answer("Hello, this is an AI assistant calling on behalf of Maria Lopez.", 8_000, &[]);
    line.mark().await;
    voice.send(ServerEvent::SpeechStarted { item_id: "item_c1".into(), audio_start_ms: 0 });
    soon("clear", async { while line.next().await.expect("open") != ToCarrier::Clear {} }).await;
    while !matches!(voice.event().await.expect("open"), ClientEvent::Truncate(_)) {}
    has(&rig.tape.model_events(), &["conversation.item.truncate"]);
    has(&rig.tape.media_messages(), &["clear"]);
    said_when_skipped("barge_in");
}

#[tokio::test]
async fn barge_in_while_the_model_still_answers() {
    let rig = Rig::start().await;
    let order = accepted(&rig, "cancel").await;
    let mut voice = rig.voice.link().await;
    let mut line = rig.carrier.answer(order.call_sid.as_str()).await;
    voice.asked().await;
    voice.begin("Hello, this is an AI assistant calling", 8_000);
    line.mark().await;
    voice.send(ServerEvent::SpeechStarted { item_id: "item_c1".into(), audio_start_ms: 0 });
    while !matches!(voice.event().await.expect("open"), ClientEvent::ResponseCancel { .. }) {}
    has(&rig.tape.model_events(), &["response.cancel"]);
    said_when_skipped("barge_in_while_the_model_still_answers");
}

#[tokio::test]
async fn the_user_hangs_up() {
    let rig = Rig::start().await;
    let order = accepted(&rig, "hang-up").await;
    let mut voice = rig.voice.link().await;
    let _line = rig.carrier.answer(order.call_sid.as_str()).await;
    voice.asked().await;
    let answer = rig.http.post(format!("{}/calls/{}/hangup", rig.base, order.order_id)).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    rig.carrier.hung_up(order.call_sid.as_str()).await;
    rig.engine.result().await;
    has(&rig.tape.requests(), &[UPDATE]);
    said_when_skipped("the_user_hangs_up");
}

#[tokio::test]
async fn busy_found_out_by_asking() {
    let rig = Rig::with(|config| config.timing.poll_ringing = Duration::from_millis(50)).await;
    rig.carrier.stop_callbacks();
    let order = accepted(&rig, "busy").await;
    rig.carrier.progress(order.call_sid.as_str(), CallStatus::Ringing).await;
    rig.reaches(order.call_sid.as_str(), CallStage::Ringing).await;
    rig.carrier.progress(order.call_sid.as_str(), CallStatus::Busy).await;
    rig.engine.result().await;
    has(&rig.tape.requests(), &[CREATE, FETCH]);
    said_when_skipped("busy_found_out_by_asking");
}

#[tokio::test]
async fn a_dial_that_must_be_looked_up() {
    let rig = Rig::start().await;
    rig.carrier.script(&[Create::TakeAndFail]);
    let order = accepted(&rig, "ambiguous").await;
    assert_eq!(rig.carrier.creates(), 1);
    has(&rig.tape.requests(), &[CREATE, "GET Calls.json", "GET Calls/Events.json"]);
    rig.carrier.progress(order.call_sid.as_str(), CallStatus::NoAnswer).await;
    rig.engine.result().await;
    said_when_skipped("a_dial_that_must_be_looked_up");
}

#[test]
fn what_the_schemas_do_not_allow_is_found() {
    let Some(contracts) = Contracts::get() else { return skipped("what_the_schemas_do_not_allow_is_found") };
    let found = |look: &dyn Fn()| std::panic::catch_unwind(std::panic::AssertUnwindSafe(look)).is_err();
    let form = |body: &str| Asked {
        method: "POST".into(),
        path: format!("/2010-04-01/Accounts/{ACCOUNT}/Calls.json"),
        query: String::new(),
        content_type: "application/x-www-form-urlencoded".into(),
        body: format!("To=%2B14155550100&From=%2B14155550199&{body}"),
    };
    contracts.request(&form("StatusCallbackEvent=ringing&StatusCallbackEvent=answered&Timeout=30"));
    for bad in ["TimeoutS=30", "Timeout=soon", "To=%2B14155550100", "Method=PUT", "StatusCallbackEvent[]=ringing"] {
        assert!(found(&|| contracts.request(&form(bad))), "{bad}");
    }
    let listed = |query: &str| Asked { method: "GET".into(), query: query.into(), body: String::new(), ..form("") };
    contracts.request(&listed("To=%2B14155550100&StartTime%3E=2026-11-28"));
    assert!(found(&|| contracts.request(&listed("StartTimeAfter=2026-11-28"))));
    assert!(found(&|| contracts.model_event(r#"{"type": "response.create", "modalities": ["audio"]}"#)));
    assert!(found(&|| contracts.media_message(r#"{"event": "clear"}"#)));
}
