//! Calls that outlive the handler that began them.

use crate::support::carrier::Line;
use crate::support::voice::VoiceLink;
use crate::support::{Rig, until};
use serde_json::json;
use std::time::Duration;
use types::{CallStage, Disposition, EndedReason, OrderAccepted, OutcomeStatus, Speaker};
use wire::realtime::ClientEvent;
use wire::rest::CallStatus;
use wire::twiml::{Document, Verb};

const OPENING: &str = "Hello, this is an AI assistant calling on behalf of Maria Lopez.";

/// A call in which the opening was heard and the callee has said something.
pub(crate) async fn under_way(rig: &Rig) -> (OrderAccepted, VoiceLink, Line) {
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = order.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    let mut line = rig.carrier.answer(sid).await;
    voice.asked().await;
    voice.answer(OPENING, 600, &[]);
    line.mark().await;
    stored(rig, sid, "\"disclosed\"").await;
    voice.heard("Sure, what would you like?");
    voice.asked().await;
    stored(rig, sid, "what would you like").await;
    (order, voice, line)
}

async fn stored(rig: &Rig, sid: &str, what: &str) {
    let events = format!("/calls/{sid}/events");
    until("it is durable", || async { crate::watching::first_bytes(rig, &events).await.contains(what).then_some(()) }).await;
}

/// What the model is told before it is asked for anything: roles and words.
pub(crate) async fn recalled(voice: &mut VoiceLink) -> (Vec<(String, String)>, Option<String>) {
    let mut told = Vec::new();
    loop {
        let event = voice.event().await.expect("the socket is open");
        if let ClientEvent::ResponseCreate { response } = event {
            return (told, response.and_then(|response| response.instructions));
        }
        let ClientEvent::ItemCreate(create) = event else { panic!("{event:?}") };
        told.push((create.item.role.clone().unwrap(), create.item.words()));
    }
}

#[tokio::test]
async fn a_killed_handlers_call_goes_on_to_a_good_result() {
    let mut rig = Rig::start().await;
    let (order, first, line) = under_way(&rig).await;
    let sid = order.call_sid.as_str();
    rig.crash();
    drop((first, line));
    rig.restart().await;
    let mut voice = rig.voice.link().await;
    let document = rig.carrier.redirected(sid).await;
    let mut line = rig.carrier.join_as_told(sid, &document).await;
    let (told, asked) = recalled(&mut voice).await;
    assert_eq!(told[0], ("assistant".into(), OPENING.into()));
    assert_eq!(told[1], ("user".into(), "Sure, what would you like?".into()));
    assert!(told[2].0 == "system" && told[2].1.contains("do not introduce yourself again"), "{told:?}");
    assert!(asked.unwrap().contains("I lost you for a moment. Could you say that again"), "it must excuse itself");
    voice.answer("I am sorry, I lost you for a moment. Could you say that again, please?", 300, &[]);
    line.mark().await;
    stored(&rig, sid, "I lost you").await;
    voice.heard("That will be 25 dollars.");
    voice.asked().await;
    let report = json!({"status": "achieved", "summary": "It is ordered.",
        "facts": [{"name": "total", "value": "25 dollars", "quote": "That will be 25 dollars"}]});
    voice.answer("Thank you very much. Goodbye.", 300, &[("report_outcome", report), ("end_call", json!({}))]);
    rig.carrier.hung_up(sid).await;
    let result = rig.engine.result().await;
    assert_eq!((result.status, result.ended_reason), (Disposition::Completed, EndedReason::AgentHungUp));
    assert_eq!((result.outcome.status, result.duration, result.attempt), (OutcomeStatus::Achieved, 7, 2));
    assert!(result.outcome.facts[0].evidence.is_some() && result.disclosed_at_ms.is_some());
    assert!(result.summary.contains("taken up again"), "{}", result.summary);
    let said: Vec<_> = result.transcript.iter().map(|line| (line.speaker, line.text.as_str())).collect();
    assert_eq!(said[0], (Speaker::Agent, OPENING));
    assert_eq!(said[1], (Speaker::Callee, "Sure, what would you like?"));
    assert_eq!(said.len(), 5, "{said:?}");
    assert_eq!(rig.view(sid).await.stage, CallStage::Ended);
    rig.crash();
    rig.restart().await;
    assert!(rig.engine.has_only(&result).await, "one result");
    assert_eq!(rig.carrier.creates(), 1, "one call");
}

#[tokio::test]
async fn the_carrier_is_told_to_come_back_when_the_stream_ends_before_the_call() {
    let rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let call = rig.carrier.call(order.call_sid.as_str());
    let document = rig.carrier.instructions_for(&call).await;
    let [Verb::Connect { .. }, Verb::Pause { .. }, Verb::Say { text }, Verb::Pause { length_s: 30 }, Verb::Redirect { url }] =
        document.0.as_slice()
    else {
        panic!("{document:?}")
    };
    assert_eq!((text.as_str(), Some(url)), ("One moment, please.", call.form.url.as_ref()));
    let _voice = rig.voice.link().await;
    let _line = rig.carrier.join_as_told(&call.sid, &document).await;
    let again = until("the stream is the call's", || async {
        Some(rig.carrier.instructions_for(&call).await).filter(|document| *document == Document::hangup())
    });
    again.await;
}

#[tokio::test]
async fn without_a_way_back_a_stream_that_ends_ends_the_call() {
    let rig = Rig::with(|config| config.timing.comeback_window = Duration::ZERO).await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let document = rig.carrier.instructions_for(&rig.carrier.call(order.call_sid.as_str())).await;
    assert!(matches!(document.0.as_slice(), [Verb::Connect { .. }]), "{document:?}");
}

#[tokio::test]
async fn a_call_that_comes_by_itself_waits_for_its_model_and_is_connected_when_it_cannot_be_fetched() {
    let mut rig = Rig::start().await;
    let (order, first, line) = under_way(&rig).await;
    let sid = order.call_sid.as_str();
    rig.crash();
    drop((first, line));
    rig.carrier.fail_redirects(1);
    rig.voice.hold_back(true);
    rig.restart().await;
    let call = rig.carrier.call(sid);
    let document = rig.carrier.instructions_for(&call).await;
    assert!(matches!(document.0.as_slice(), [Verb::Pause { .. }, Verb::Redirect { .. }]), "{document:?}");
    rig.voice.hold_back(false);
    let mut voice = rig.voice.link().await;
    let document = until("the call may come by itself", || async {
        Some(rig.carrier.instructions_for(&call).await).filter(|document| matches!(document.0[0], Verb::Connect { .. }))
    })
    .await;
    let _line = rig.carrier.join_as_told(sid, &document).await;
    let (told, asked) = recalled(&mut voice).await;
    assert_eq!((told.len(), asked.unwrap().contains("I lost you")), (3, true));
}

#[tokio::test]
async fn a_call_whose_model_does_not_open_is_ended_politely_and_reported() {
    let mut rig = Rig::with(|config| config.tuning.voice_open_max = Duration::from_millis(500)).await;
    let (order, first, line) = under_way(&rig).await;
    let sid = order.call_sid.as_str();
    rig.crash();
    drop((first, line));
    rig.voice.hold_back(true);
    rig.restart().await;
    let document = rig.carrier.redirected(sid).await;
    let [Verb::Say { text }, Verb::Hangup] = document.0.as_slice() else { panic!("{document:?}") };
    assert!(text.ends_with("Goodbye."), "{text}");
    rig.carrier.progress(sid, CallStatus::Completed).await;
    let result = rig.engine.result().await;
    assert_eq!((result.status, result.ended_reason), (Disposition::Completed, EndedReason::VoiceLost));
    assert_eq!((result.transcript.len(), result.duration), (2, 7));
    assert!(result.disclosed_at_ms.is_some() && result.error_message.is_some());
}

#[tokio::test]
async fn a_phone_that_rings_when_the_handler_is_killed_is_talked_to_by_the_next() {
    let mut rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = order.call_sid.as_str();
    let _first = rig.voice.link().await;
    rig.carrier.progress(sid, CallStatus::Ringing).await;
    rig.reaches(sid, CallStage::Ringing).await;
    rig.crash();
    rig.restart().await;
    let mut voice = rig.voice.link_of_the_next().await;
    let call = rig.carrier.call(sid);
    rig.carrier.stop_callbacks();
    rig.carrier.progress(sid, CallStatus::InProgress).await;
    let document = until("the call is connected", || async {
        Some(rig.carrier.instructions_for(&call).await).filter(|document| matches!(document.0[0], Verb::Connect { .. }))
    })
    .await;
    let mut line = rig.carrier.join_as_told(sid, &document).await;
    assert!(voice.asked().await.unwrap().contains("AI assistant"));
    voice.answer(OPENING, 300, &[]);
    line.mark().await;
    line.stop();
    rig.carrier.progress(sid, CallStatus::Completed).await;
    let result = rig.engine.result().await;
    assert_eq!((result.status, result.ended_reason), (Disposition::Completed, EndedReason::CalleeHungUp));
    assert_eq!((rig.carrier.creates(), result.transcript.len()), (1, 1));
}

#[tokio::test]
async fn a_call_that_was_taken_up_twice_is_ended_at_the_third_crash() {
    let mut rig = Rig::start().await;
    let (order, first, line) = under_way(&rig).await;
    let sid = order.call_sid.as_str();
    drop((first, line));
    for _ in 0..2 {
        rig.crash();
        rig.restart().await;
        let mut voice = rig.voice.link().await;
        let document = rig.carrier.redirected(sid).await;
        let _line = rig.carrier.join_as_told(sid, &document).await;
        voice.asked().await;
    }
    rig.crash();
    rig.restart().await;
    let document = rig.carrier.redirected(sid).await;
    assert!(matches!(document.0.as_slice(), [Verb::Say { .. }, Verb::Hangup]), "{document:?}");
    rig.carrier.progress(sid, CallStatus::Completed).await;
    let result = rig.engine.result().await;
    assert_eq!(result.ended_reason, EndedReason::Shutdown);
    assert!(result.error_message.unwrap().contains("too often"));
}

#[tokio::test]
async fn a_stopped_handler_hands_its_call_to_the_one_that_waits() {
    let mut rig = Rig::with(|config| config.takeover_wait = Duration::from_secs(15)).await;
    let (order, mut first, mut line) = under_way(&rig).await;
    let sid = order.call_sid.as_str();
    let stopped = rig.stop_for_the_next().await;
    first.closed().await;
    line.closed().await;
    stopped.await;
    assert_eq!(rig.carrier.hang_ups(), 0, "the call was not ended");
    let mut voice = rig.voice.link().await;
    let document = rig.carrier.redirected(sid).await;
    let mut line = rig.carrier.join_as_told(sid, &document).await;
    let (told, asked) = recalled(&mut voice).await;
    assert_eq!((told.len(), asked.unwrap().contains("I lost you")), (3, true));
    voice.answer("I am sorry, I lost you for a moment. Goodbye.", 200, &[("end_call", json!({}))]);
    line.mark().await;
    rig.carrier.hung_up(sid).await;
    let result = rig.engine.result().await;
    assert_eq!((result.status, result.ended_reason), (Disposition::Completed, EndedReason::AgentHungUp));
    assert!(rig.engine.is_quiet().await);
}

#[tokio::test]
async fn a_stop_that_is_told_to_leaves_calls_to_the_next_start() {
    let mut rig = Rig::with(|config| config.hand_over = true).await;
    let (order, _first, _line) = under_way(&rig).await;
    rig.drain(Duration::from_secs(60)).await;
    assert!(rig.engine.is_quiet().await && rig.carrier.hang_ups() == 0);
    rig.restart().await;
    let _voice = rig.voice.link().await;
    rig.carrier.redirected(order.call_sid.as_str()).await;
}

#[tokio::test]
async fn an_order_that_is_not_dialled_yet_is_not_handed_over_half_done() {
    let mut rig = Rig::with(|config| {
        config.hand_over = true;
        config.timing.shutdown_window = Duration::from_millis(300);
    })
    .await;
    rig.voice.hold_back(true);
    let posted = rig.order("k");
    until("the order is taken", || async { (rig.running().live_calls() == 1).then_some(()) }).await;
    rig.drain(Duration::ZERO).await;
    let (status, body) = crate::support::rig::error(posted.await.unwrap()).await;
    assert_eq!((status, body.code.as_str(), rig.carrier.creates()), (502, "not_dialled", 0));
}
