//! Calls that go as they should.

use crate::support::{Create, Rig, soon, until};
use serde_json::json;
use types::{CallStage, Disposition, EndedReason, OrderAccepted, OutcomeStatus, Speaker};
use wire::media::ToCarrier;
use wire::rest::CallStatus;

#[tokio::test]
async fn a_call_from_the_order_to_the_result() {
    let rig = Rig::start().await;
    let posted = rig.order("c_1:2");
    let mut voice = rig.voice.link().await;
    assert_eq!((voice.model.as_str(), voice.authorization.as_deref()), ("gpt-realtime", Some("Bearer sk-local")));
    let briefing = types::Briefing::parse(voice.session.instructions.as_deref().unwrap()).unwrap();
    assert_eq!(briefing.details["size"], "large");
    let accepted: OrderAccepted = posted.await.unwrap().json().await.unwrap();
    let sid = accepted.call_sid.as_str();

    rig.carrier.progress(sid, CallStatus::Ringing).await;
    rig.reaches(sid, CallStage::Ringing).await;
    let mut line = rig.carrier.answer(sid).await;
    rig.reaches(sid, CallStage::Connected).await;
    // The callee is silent, so the agent opens; its words are the briefing's.
    assert_eq!(voice.asked().await, Some(types::briefing::say_exactly(&briefing.opening)));
    voice.answer(&briefing.opening, 600, &[]);
    let Some(ToCarrier::Media { payload }) = line.next().await else { panic!("no audio") };
    assert!(payload.len() <= 800);
    let events = format!("/calls/{sid}/events");
    until("the callee has heard who calls", || async {
        crate::watching::first_bytes(&rig, &events).await.contains("\"disclosed\"").then_some(())
    })
    .await;

    voice.heard("Sure. That will be 25 dollars.");
    assert_eq!(voice.asked().await, None);
    let report = json!({"status": "achieved", "summary": "It is ordered.",
        "facts": [{"name": "total", "value": "25 dollars", "quote": "That will be 25 dollars"}]});
    voice.answer("Thank you very much. Goodbye.", 400, &[("report_outcome", report), ("end_call", json!({}))]);
    rig.carrier.hung_up(sid).await;

    let result = rig.engine.result().await;
    assert_eq!((result.status, result.ended_reason), (Disposition::Completed, EndedReason::AgentHungUp));
    assert_eq!((result.call_sid.as_ref(), result.attempt, result.duration), (Some(&accepted.call_sid), 2, 7));
    assert_eq!(result.outcome.status, OutcomeStatus::Achieved);
    assert!(result.outcome.facts[0].evidence.is_some());
    assert!(result.disclosed_at_ms.is_some());
    let speakers: Vec<_> = result.transcript.iter().map(|line| line.speaker).collect();
    assert_eq!(speakers, [Speaker::Agent, Speaker::Callee, Speaker::Agent]);
    let view = rig.view(sid).await;
    assert_eq!((view.stage, view.result.as_deref()), (CallStage::Ended, Some(&result)));
    voice.closed().await;
    line.closed().await;
    assert_eq!((rig.carrier.creates(), rig.running().media_sockets_refused()), (1, 0));
}

#[tokio::test]
async fn the_stream_may_come_before_the_carrier_has_answered() {
    let rig = Rig::start().await;
    rig.carrier.script(&[Create::Slowly]);
    let posted = rig.order("k");
    let mut voice = rig.voice.link().await;
    let call = rig.carrier.nth_call(0).await;
    let mut line = rig.carrier.answer(&call.sid).await;
    // The webhook proves that the carrier has the call, so the order is answered.
    let accepted: OrderAccepted = posted.await.unwrap().json().await.unwrap();
    assert_eq!(accepted.call_sid.as_str(), call.sid);
    voice.asked().await;
    voice.answer("Hello, this is an AI assistant calling on behalf of Maria Lopez.", 100, &[]);
    line.mark().await;
    rig.carrier.allow();
    line.stop();
    rig.carrier.progress(&call.sid, CallStatus::Completed).await;
    let result = rig.engine.result().await;
    assert_eq!((result.ended_reason, result.status), (EndedReason::CalleeHungUp, Disposition::Completed));
    assert_eq!(rig.carrier.creates(), 1);
    soon("the silent model's socket is closed", voice.closed()).await;
}

#[tokio::test]
async fn the_user_hangs_up() {
    let rig = Rig::start().await;
    let accepted: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = accepted.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    let line = rig.carrier.answer(sid).await;
    voice.asked().await;
    let hang_up = || rig.http.post(format!("{}/calls/{}/hangup", rig.base, accepted.order_id)).send();
    assert_eq!(hang_up().await.unwrap().status(), 202);
    rig.carrier.hung_up(sid).await;
    assert_eq!(rig.engine.result().await.ended_reason, EndedReason::UserHungUp);
    let (status, body) = crate::support::rig::error(hang_up().await.unwrap()).await;
    assert_eq!((status, body.code.as_str()), (409, "already_ended"));
    drop(line);
}

#[tokio::test]
async fn barge_in_clears_what_the_callee_has_not_heard() {
    let rig = Rig::start().await;
    let accepted: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let mut voice = rig.voice.link().await;
    let mut line = rig.carrier.answer(accepted.call_sid.as_str()).await;
    voice.asked().await;
    voice.answer("Hello, this is an AI assistant calling on behalf of Maria Lopez.", 8_000, &[]);
    line.mark().await;
    voice.send(wire::realtime::ServerEvent::SpeechStarted { item_id: "item_c1".into(), audio_start_ms: 0 });
    soon("clear", async { while line.next().await.expect("open") != ToCarrier::Clear {} }).await;
    let truncated = loop {
        if let wire::realtime::ClientEvent::Truncate(truncated) = voice.event().await.unwrap() {
            break truncated;
        }
    };
    assert_eq!(truncated.item_id, "item_a1");
    assert!((1..8_000).contains(&truncated.audio_end_ms), "{}", truncated.audio_end_ms);
}
