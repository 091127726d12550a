//! The model's socket, or the carrier's, is lost in the middle of a call, and the call goes on.

use crate::support::{FakeVoice, Rig, until};
use crate::survival::{recalled, under_way};
use handler::Voice;
use serde_json::json;
use std::time::Duration;
use types::{Disposition, EndedReason, OrderAccepted};
use wire::realtime::{Response as Answer, ResponseStatus, ServerEvent, StatusDetails, StatusError};
use wire::twiml::Verb;

async fn told(rig: &Rig, sid: &str, what: &str) {
    let events = format!("/calls/{sid}/events");
    until("it is told", || async { crate::watching::first_bytes(rig, &events).await.contains(what).then_some(()) }).await;
}

#[tokio::test]
async fn a_lost_model_is_replaced_and_told_what_was_heard() {
    let rig = Rig::start().await;
    let (order, first, _line) = under_way(&rig).await;
    let sid = order.call_sid.as_str();
    // It was asked to answer, and dies.
    first.die();
    let mut voice = rig.voice.link().await;
    let (lines, asked) = recalled(&mut voice).await;
    let words: Vec<_> = lines.iter().map(|(role, text)| (role.as_str(), text.as_str())).collect();
    assert_eq!(words[0], ("assistant", "Hello, this is an AI assistant calling on behalf of Maria Lopez."));
    assert_eq!((words[1], words[2].0, asked), (("user", "Sure, what would you like?"), "system", None));
    // The names of the first session are given again by the second.
    voice.answer("Pepperoni please. Goodbye.", 300, &[("end_call", json!({}))]);
    rig.carrier.hung_up(sid).await;
    let result = rig.engine.result().await;
    assert_eq!((result.status, result.ended_reason, result.breaks), (Disposition::Completed, EndedReason::AgentHungUp, 1));
    assert_eq!((result.transcript.len(), result.voices.len()), (3, 1));
    told(&rig, sid, r#""type":"trouble","what":"voice_lost","met":"reconnected""#).await;
}

#[tokio::test]
async fn late_events_of_a_session_that_was_given_up_are_dropped() {
    let rig = Rig::with(|config| config.tuning.reopen_max = Duration::from_millis(200)).await;
    let (_order, first, _line) = under_way(&rig).await;
    rig.voice.hold_back(true);
    first.die();
    tokio::time::timeout(Duration::from_millis(400), std::future::pending::<()>()).await.unwrap_err();
    rig.voice.hold_back(false);
    let mut links = vec![rig.voice.link().await];
    // Of several that were asked for, one is asked to answer.
    while let Ok(link) = tokio::time::timeout(Duration::from_millis(500), rig.voice.link()).await {
        links.push(link);
    }
    let mut asked = 0;
    for link in &mut links {
        asked += u32::from(tokio::time::timeout(Duration::from_millis(300), link.asked()).await.is_ok());
    }
    assert_eq!(asked, 1, "of {} sessions", links.len());
}

#[tokio::test]
async fn the_second_voice_goes_on_where_the_first_has_no_quota() {
    let rig = Rig::with(|_| {}).await;
    drop(rig);
    let second = FakeVoice::start(crate::support::Tape::default()).await;
    let addr = second.addr;
    let rig = Rig::with(|config| {
        let url = url::Url::parse(&format!("http://{addr}/v1/realtime")).unwrap();
        config.second_voice =
            Some(Voice { url, model: "other-model".into(), api_key: "sk-other".into(), ..config.voice.clone() });
    })
    .await;
    let (order, mut first, _line) = under_way(&rig).await;
    let error =
        StatusError { kind: Some("invalid_request_error".into()), code: Some("insufficient_quota".into()), message: None };
    let details = StatusDetails { kind: Some("failed".into()), reason: None, error: Some(error) };
    let failed = Answer { status: ResponseStatus::Failed, status_details: Some(details), ..Answer::new("resp_9") };
    first.send(ServerEvent::ResponseCreated { response: Box::new(Answer::new("resp_9")) });
    first.send(ServerEvent::ResponseDone { response: Box::new(failed) });
    let mut voice = second.link().await;
    assert_eq!((voice.model.as_str(), voice.authorization.as_deref()), ("other-model", Some("Bearer sk-other")));
    first.closed().await;
    let (lines, _) = recalled(&mut voice).await;
    assert_eq!(lines.len(), 3);
    voice.answer("Pepperoni please. Goodbye.", 300, &[("end_call", json!({}))]);
    rig.carrier.hung_up(order.call_sid.as_str()).await;
    let result = rig.engine.result().await;
    assert_eq!(
        (result.ended_reason, result.voices),
        (EndedReason::AgentHungUp, vec!["gpt-realtime".into(), "other-model".into()])
    );
}

#[tokio::test]
async fn a_lost_line_is_brought_back_with_a_fresh_token() {
    let rig = Rig::start().await;
    let (order, mut voice, line) = under_way(&rig).await;
    let sid = order.call_sid.as_str();
    voice.answer("One large pepperoni pizza, please.", 2_000, &[]);
    // Its first sound is on the line.
    told(&rig, sid, "pepperoni pizza").await;
    drop(line);
    let document = rig.carrier.redirected(sid).await;
    let mut line = rig.carrier.join_as_told(sid, &document).await;
    let asked = voice.asked().await.unwrap();
    assert!(asked.contains("I lost you for a moment. One large pepperoni pizza, please."), "{asked}");
    voice.answer("I am sorry, I lost you for a moment. Goodbye.", 200, &[("end_call", json!({}))]);
    line.mark().await;
    rig.carrier.hung_up(sid).await;
    let result = rig.engine.result().await;
    assert_eq!((result.status, result.ended_reason, result.breaks), (Disposition::Completed, EndedReason::AgentHungUp, 1));
    assert_eq!(rig.running().media_sockets_refused(), 0);
    told(&rig, sid, r#""what":"stream_lost","met":"brought_back""#).await;
}

#[tokio::test]
async fn a_session_near_its_end_is_swapped_for_another_without_a_word() {
    let rig = Rig::with(|config| {
        config.tuning.session_min = Duration::ZERO;
        config.tuning.session_max = Duration::from_millis(1_500);
    })
    .await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = order.call_sid.as_str();
    let mut first = rig.voice.link().await;
    let mut line = rig.carrier.answer(sid).await;
    first.asked().await;
    first.answer("Hello, this is an AI assistant calling on behalf of Maria Lopez.", 600, &[]);
    line.mark().await;
    let mut second = rig.voice.link().await;
    first.closed().await;
    let told = second.event().await.unwrap();
    assert!(format!("{told:?}").contains("AI assistant"), "{told:?}");
    second.heard("What would you like?");
    second.asked().await;
    second.answer("Goodbye.", 200, &[("end_call", json!({}))]);
    rig.carrier.hung_up(sid).await;
    let result = rig.engine.result().await;
    assert_eq!((result.ended_reason, result.breaks, result.transcript.len()), (EndedReason::AgentHungUp, 0, 3));
}

#[tokio::test]
async fn the_words_for_a_wait_are_said_beforehand_once_and_heard_when_no_model_is_there() {
    let mut rig = Rig::with(|config| {
        config.fillers = true;
        config.tuning.filler_after = Duration::from_millis(100);
    })
    .await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = order.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    let mut beside = rig.voice.link().await;
    assert!(beside.asked().await.unwrap().contains("One moment, please."));
    beside.answer("One moment, please.", 700, &[]);
    beside.closed().await;
    let mut line = rig.carrier.answer(sid).await;
    voice.asked().await;
    voice.answer("Hello, this is an AI assistant calling on behalf of Maria Lopez.", 600, &[]);
    line.mark().await;
    told(&rig, sid, "\"disclosed\"").await;
    voice.heard("What would you like?");
    voice.asked().await;
    rig.voice.hold_back(true);
    voice.die();
    told(&rig, sid, "One moment, please.").await;
    rig.voice.hold_back(false);
    let mut voice = rig.voice.link().await;
    recalled(&mut voice).await;
    // The next start finds the words in a file.
    rig.crash();
    rig.restart().await;
    let _next = rig.voice.link().await;
    let more = tokio::time::timeout(Duration::from_millis(500), rig.voice.link()).await;
    assert!(more.is_err(), "they were said again");
}

#[tokio::test]
async fn the_token_of_a_lost_line_opens_nothing() {
    let rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = order.call_sid.as_str();
    let _voice = rig.voice.link().await;
    let first = rig.carrier.instructions_for(&rig.carrier.call(sid)).await;
    let line = rig.carrier.join_as_told(sid, &first).await;
    // Only a call that is in progress can be redirected.
    rig.carrier.progress(sid, wire::rest::CallStatus::InProgress).await;
    rig.reaches(sid, types::CallStage::Connected).await;
    drop(line);
    let again = rig.carrier.redirected(sid).await;
    rig.carrier.join_as_told(sid, &first).await.closed().await;
    let [Verb::Connect { stream, .. }, ..] = again.0.as_slice() else { panic!("{again:?}") };
    let [Verb::Connect { stream: before, .. }, ..] = first.0.as_slice() else { panic!("{first:?}") };
    assert_ne!(stream.parameters, before.parameters);
}
