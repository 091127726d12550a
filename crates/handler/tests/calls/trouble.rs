//! Calls that do not go as they should.

use crate::support::carrier::TOKEN;
use crate::support::rig::{error, pizza};
use crate::support::{Create, Line, Rig, until};
use std::time::Duration;
use types::{CallStage, Disposition, EndedReason, OrderAccepted};
use wire::rest::{CallStatus, ErrorCode};
use wire::signature::{self, Body};
use wire::twiml::{Document, Verb};

async fn accepted(rig: &Rig, key: &str) -> OrderAccepted {
    rig.order(key).await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_media_socket_needs_the_calls_own_token_once() {
    let rig = Rig::start().await;
    let order = accepted(&rig, "k").await;
    let mut voice = rig.voice.link().await;
    let sid = order.call_sid.as_str();
    let document = rig.carrier.instructions_for(&rig.carrier.call(sid)).await;
    let [Verb::Connect { stream, .. }, ..] = document.0.as_slice() else { panic!("{document:?}") };
    let with = |name: &str, value: &str| {
        let mut parameters = stream.parameters.clone();
        parameters.iter_mut().find(|(n, _)| n == name).unwrap().1 = value.into();
        parameters
    };
    Line::open(&stream.url, sid, &with("token", "guessed")).await.closed().await;
    Line::open(&stream.url, sid, &with("order_id", "o_other")).await.closed().await;
    Line::open(&stream.url, sid, &[]).await.closed().await;
    Line::open(&stream.url, "CA99999999999999999999999999999999", &stream.parameters).await.closed().await;
    let mut line = Line::open(&stream.url, sid, &stream.parameters).await;
    voice.asked().await;
    Line::open(&stream.url, sid, &stream.parameters).await.closed().await;
    assert_eq!(rig.running().media_sockets_refused(), 5);
    voice.answer("Hello, this is an AI assistant.", 100, &[]);
    line.mark().await;
}

#[tokio::test]
async fn what_is_not_signed_for_the_public_address_is_refused() {
    let rig = Rig::start().await;
    let order = accepted(&rig, "k").await;
    let form = [("CallSid", order.call_sid.as_str()), ("CallStatus", "busy")];
    let pairs: Vec<_> = form.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let url = format!("{}/twilio/status/{}", rig.base, order.order_id);
    let elsewhere = signature::sign(TOKEN, "https://other.example.com/twilio/status", Body::Form(&pairs));
    let stolen = signature::sign("other token", &url, Body::Form(&pairs));
    for bad in [elsewhere.as_str(), stolen.as_str(), ""] {
        let answer = rig.http.post(&url).header(signature::HEADER, bad).form(&form).send().await.unwrap();
        let (status, body) = error(answer).await;
        assert_eq!((status, body.code.as_str()), (403, "bad_signature"));
    }
    assert_eq!(rig.view(order.call_sid.as_str()).await.stage, CallStage::Dialling);
    let good = signature::sign(TOKEN, &url, Body::Form(&pairs));
    assert_eq!(rig.http.post(&url).header(signature::HEADER, good).form(&form).send().await.unwrap().status(), 204);
    assert_eq!(rig.engine.result().await.status, Disposition::Busy);
}

#[tokio::test]
async fn any_other_call_for_the_order_is_told_to_hang_up() {
    let rig = Rig::start().await;
    let order = accepted(&rig, "k").await;
    let own = rig.carrier.call(order.call_sid.as_str());
    let mut other = own.clone();
    other.sid = "CA99999999999999999999999999999999".into();
    assert_eq!(rig.carrier.instructions_for(&other).await, Document::hangup());
    assert_ne!(rig.carrier.instructions_for(&own).await, Document::hangup());
    rig.carrier.progress(&own.sid, CallStatus::NoAnswer).await;
    assert_eq!(rig.engine.result().await.status, Disposition::NoAnswer);
    assert_eq!(rig.carrier.instructions_for(&own).await, Document::hangup());
}

#[tokio::test]
async fn without_callbacks_the_end_is_found_by_asking() {
    let rig = Rig::with(|config| config.timing.poll_ringing = Duration::from_millis(50)).await;
    rig.carrier.stop_callbacks();
    let order = accepted(&rig, "k").await;
    rig.carrier.progress(order.call_sid.as_str(), CallStatus::Ringing).await;
    rig.reaches(order.call_sid.as_str(), CallStage::Ringing).await;
    rig.carrier.progress(order.call_sid.as_str(), CallStatus::Busy).await;
    let result = rig.engine.result().await;
    assert_eq!((result.status, result.ended_reason), (Disposition::Busy, EndedReason::NotConnected));
}

#[tokio::test]
async fn a_refusal_is_the_answer_and_nothing_is_reported() {
    let rig = Rig::start().await;
    rig.carrier.script(&[Create::Refuse(ErrorCode::InvalidTo)]);
    let (status, body) = error(rig.order("k").await.unwrap()).await;
    assert_eq!((status, body.code.as_str()), (502, "carrier_refused"));
    assert!(body.message.contains("21211"), "{}", body.message);
    assert_eq!(error(rig.order("k").await.unwrap()).await.1, body);
    assert_eq!(rig.carrier.creates(), 1);
    let view: types::CallView = rig.get("/order/k").await.json().await.unwrap();
    assert_eq!(view.result.unwrap().ended_reason, EndedReason::CarrierRefused);
    assert!(rig.engine.is_quiet().await);
}

#[tokio::test]
async fn too_many_requests_is_asked_again() {
    let rig = Rig::start().await;
    rig.carrier.script(&[Create::Refuse(ErrorCode::TooManyRequests), Create::Refuse(ErrorCode::TooManyRequests)]);
    assert_eq!(rig.order("k").await.unwrap().status(), 200);
    assert_eq!(rig.carrier.creates(), 3);
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_the_call_adopted() {
    let rig = Rig::start().await;
    rig.carrier.script(&[Create::TakeAndFail]);
    let order = accepted(&rig, "k").await;
    assert_eq!(order.call_sid.as_str(), rig.carrier.nth_call(0).await.sid);
    assert_eq!(rig.carrier.creates(), 1);
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_looked_up() {
    let rig = Rig::with(|config| config.timing.carrier_timeout = Duration::from_millis(300)).await;
    rig.carrier.script(&[Create::Slowly]);
    let order = accepted(&rig, "k").await;
    assert_eq!(order.call_sid.as_str(), rig.carrier.nth_call(0).await.sid);
    assert_eq!(rig.carrier.creates(), 1);
}

#[tokio::test]
async fn what_cannot_be_told_is_told_as_unknown_and_not_dialled_again() {
    let rig = Rig::start().await;
    rig.carrier.script(&[Create::Fail]);
    let (status, body) = error(rig.order("k").await.unwrap()).await;
    assert_eq!((status, body.code.as_str()), (504, "dial_unknown"));
    assert_eq!(rig.engine.result().await.status, Disposition::Unknown);
    assert_eq!(error(rig.order("k").await.unwrap()).await.1, body);
    assert_eq!(rig.carrier.creates(), 1);
}

#[tokio::test]
async fn a_call_of_somebody_else_is_not_adopted() {
    let rig = Rig::start().await;
    rig.carrier.script(&[Create::TakeAndFail]);
    let first = accepted(&rig, "a").await;
    rig.carrier.script(&[Create::Fail]);
    assert_eq!(rig.order("b").await.unwrap().status(), 504);
    assert!(!rig.carrier.call(first.call_sid.as_str()).status.is_terminal());
}

#[tokio::test]
async fn a_carrier_that_is_not_there_has_dialled_nothing() {
    // A port that was just given back.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let rig = Rig::with(|config| config.carrier_url = url::Url::parse(&format!("http://{free}")).unwrap()).await;
    let (status, body) = error(rig.order("k").await.unwrap()).await;
    assert_eq!((status, body.code.as_str()), (502, "carrier_refused"));
}

#[tokio::test]
async fn a_model_that_dies_for_good_ends_the_call_with_a_goodbye_of_the_carriers() {
    let rig = Rig::with(|config| config.tuning.outage_max = Duration::from_millis(300)).await;
    let order = accepted(&rig, "k").await;
    let mut voice = rig.voice.link().await;
    let mut line = rig.carrier.answer(order.call_sid.as_str()).await;
    voice.asked().await;
    rig.voice.hold_back(true);
    voice.die();
    let document = rig.carrier.redirected(order.call_sid.as_str()).await;
    let [Verb::Say { text }, Verb::Hangup] = document.0.as_slice() else { panic!("{document:?}") };
    assert!(text.ends_with("Goodbye."), "{text}");
    rig.carrier.progress(order.call_sid.as_str(), CallStatus::Completed).await;
    let result = rig.engine.result().await;
    assert_eq!((result.ended_reason, result.breaks), (EndedReason::VoiceLost, 1));
    line.closed().await;
}

#[tokio::test]
async fn a_hang_up_is_repeated_until_it_is_confirmed() {
    let rig = Rig::with(|config| config.tuning.outage_max = Duration::from_millis(300)).await;
    rig.carrier.fail_hang_ups(3);
    let order = accepted(&rig, "k").await;
    let voice = rig.voice.link().await;
    rig.voice.hold_back(true);
    voice.die();
    rig.carrier.hung_up(order.call_sid.as_str()).await;
    assert_eq!(rig.carrier.hang_ups(), 4);
    assert_eq!(rig.engine.result().await.ended_reason, EndedReason::VoiceLost);
}

#[tokio::test]
async fn a_flood_ends_its_own_call_only() {
    let rig = Rig::start().await;
    let (flooded, quiet) = (accepted(&rig, "a").await, accepted(&rig, "b").await);
    let _voices = (rig.voice.link().await, rig.voice.link().await);
    let line = rig.carrier.answer(flooded.call_sid.as_str()).await;
    let _quiet_line = rig.carrier.answer(quiet.call_sid.as_str()).await;
    for _ in 0..3_000 {
        line.speak(0);
    }
    rig.carrier.hung_up(flooded.call_sid.as_str()).await;
    let result = rig.engine.result().await;
    assert_eq!((&result.order_id, result.ended_reason), (&flooded.order_id, EndedReason::CarrierLost));
    assert_eq!(rig.view(quiet.call_sid.as_str()).await.stage, CallStage::Connected);
}

#[tokio::test]
async fn a_line_that_does_not_come_back_loses_the_call() {
    let rig = Rig::with(|config| config.tuning.stream_wait_max = Duration::from_millis(300)).await;
    let order = accepted(&rig, "k").await;
    let mut voice = rig.voice.link().await;
    let line = rig.carrier.answer(order.call_sid.as_str()).await;
    voice.asked().await;
    drop(line);
    let document = rig.carrier.redirected(order.call_sid.as_str()).await;
    assert!(matches!(document.0[0], Verb::Connect { .. }), "{document:?}");
    let document = rig.carrier.redirected(order.call_sid.as_str()).await;
    assert!(matches!(document.0.as_slice(), [Verb::Say { .. }, Verb::Hangup]), "{document:?}");
    rig.carrier.progress(order.call_sid.as_str(), CallStatus::Completed).await;
    assert_eq!(rig.engine.result().await.ended_reason, EndedReason::CarrierLost);
}

#[tokio::test]
async fn two_orders_are_two_calls() {
    let rig = Rig::start().await;
    let made_up = || async {
        let request = rig.http.post(format!("{}/order", rig.base)).json(&pizza());
        request.send().await.unwrap().json::<OrderAccepted>().await.unwrap()
    };
    let (one, two) = (made_up().await, made_up().await);
    assert_ne!(one.call_sid, two.call_sid);
    assert_eq!(until("both", || async { (rig.running().live_calls() == 2).then_some(2) }).await, 2);
}

#[tokio::test]
async fn a_call_that_was_answered_is_not_denied_because_the_news_of_it_was_lost() {
    let rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    // The carrier asks what to do only once somebody has picked up; its callback is lost.
    rig.carrier.instructions_for(&rig.carrier.call(order.call_sid.as_str())).await;
    rig.reaches(order.call_sid.as_str(), CallStage::Connected).await;
    let hang_up = format!("{}/calls/{}/hangup", rig.base, order.order_id);
    assert_eq!(rig.http.post(hang_up).send().await.unwrap().status(), 202);
    let result = rig.engine.result().await;
    assert_eq!((result.status, result.ended_reason), (Disposition::Completed, EndedReason::UserHungUp));
}
