//! A live call holds one of the permits, and gives it back however it ends.

use crate::support::rig::{error, pizza};
use crate::support::{Create, Rig, until};
use serde_json::json;
use std::time::Duration;
use types::{Disposition, OrderAccepted};
use wire::rest::CallStatus;

/// A handler with one permit.
async fn rig() -> Rig {
    Rig::with(|config| {
        config.max_concurrent_calls = 1;
        config.timing.reconcile_window = Duration::from_millis(100);
        // What breaks stays broken.
        (config.tuning.reopenings_max, config.tuning.resumes_max) = (0, 0);
    })
    .await
}

/// Sends an order until there is a permit for it; gives its answer's status and body.
async fn placed(rig: &Rig, key: &str) -> (u16, serde_json::Value) {
    until(&format!("the permit before {key} is given back"), || async {
        let answer = rig.order(key).await.unwrap();
        let status = answer.status().as_u16();
        let body: serde_json::Value = answer.json().await.unwrap();
        (body["code"] != "busy").then_some((status, body))
    })
    .await
}

async fn accepted(rig: &Rig, key: &str) -> OrderAccepted {
    let (status, body) = placed(rig, key).await;
    assert_eq!(status, 200, "{key}: {body}");
    serde_json::from_value(body).unwrap()
}

/// Nobody else gets in while this call is live.
async fn full(rig: &Rig) {
    let (status, body) = error(rig.order("one-too-many").await.unwrap()).await;
    assert_eq!((status, body.code.as_str()), (503, "busy"));
}

#[tokio::test]
async fn every_end_of_a_call_gives_its_permit_back() {
    let rig = rig().await;
    for (key, status) in [
        ("busy", CallStatus::Busy),
        ("no answer", CallStatus::NoAnswer),
        ("failed", CallStatus::Failed),
        ("canceled", CallStatus::Canceled),
    ] {
        let key = key.replace(' ', "-");
        let order = accepted(&rig, &key).await;
        full(&rig).await;
        rig.carrier.progress(order.call_sid.as_str(), status).await;
        rig.engine.result().await;
        // The same order again is the same call, and takes no permit.
        assert_eq!(rig.order(&key).await.unwrap().status(), 200);
    }

    rig.carrier.script(&[Create::Refuse(wire::rest::ErrorCode::InvalidTo)]);
    assert_eq!(placed(&rig, "refused").await.0, 502);

    rig.carrier.script(&[Create::Fail]);
    let (status, body) = placed(&rig, "unknown").await;
    assert_eq!((status, &body["code"]), (504, &json!("dial_unknown")));
    assert_eq!(rig.engine.result().await.status, Disposition::Unknown);

    let mut number = pizza();
    number["target_phone_number"] = json!("+19005550100");
    let answer = until("the permit before the gate's refusal is given back", || async {
        let answer = rig.post_order("gate", &number).send().await.unwrap();
        (answer.status() != 503).then_some(answer)
    });
    assert_eq!(answer.await.status(), 403);
    number["limits"] = json!({"call_max_s": 1});
    assert_eq!(rig.post_order("wrong", &number).send().await.unwrap().status(), 422);
    // Nobody has opened those calls' model sessions in the meantime.
    for _ in 0..5 {
        drop(rig.voice.link().await);
    }

    let hung_up = accepted(&rig, "user").await;
    rig.http.post(format!("{}/calls/{}/hangup", rig.base, hung_up.order_id)).send().await.unwrap();
    rig.engine.result().await;
    accepted(&rig, "last").await;
    full(&rig).await;
}

#[tokio::test]
async fn an_answered_call_gives_its_permit_back_whichever_socket_breaks() {
    let rig = rig().await;
    for end in ["stop", "line", "model", "callee"] {
        let order = accepted(&rig, end).await;
        let sid = order.call_sid.as_str();
        let mut voice = rig.voice.link().await;
        let line = rig.carrier.answer(sid).await;
        voice.asked().await;
        full(&rig).await;
        match end {
            "stop" => line.stop(),
            "line" => drop(line),
            "model" => voice.die(),
            _ => rig.carrier.progress(sid, CallStatus::Completed).await,
        }
        rig.engine.result().await;
    }
    accepted(&rig, "last").await;
}

#[tokio::test]
async fn an_order_that_nobody_waits_for_any_more_still_gives_its_permit_back() {
    let rig = rig().await;
    rig.carrier.script(&[Create::Slowly]);
    let waiting = rig.order("left");
    let call = rig.carrier.nth_call(0).await;
    waiting.abort();
    full(&rig).await;
    rig.carrier.allow();
    until("the call is known", || async { (rig.get(&format!("/calls/{}", call.sid)).await.status() == 200).then_some(()) }).await;
    rig.carrier.progress(&call.sid, CallStatus::Busy).await;
    rig.engine.result().await;
    accepted(&rig, "last").await;
}

#[tokio::test]
async fn of_many_orders_at_once_no_more_are_taken_than_there_are_permits() {
    let rig = Rig::with(|config| config.max_concurrent_calls = 2).await;
    let asked: Vec<_> = (0..8).map(|n| rig.order(&format!("at-once-{n}"))).collect();
    let mut taken = Vec::new();
    for answer in asked {
        let answer = answer.await.unwrap();
        match answer.status().as_u16() {
            200 => taken.push(answer.json::<OrderAccepted>().await.unwrap()),
            status => assert_eq!((status, error(answer).await.1.code.as_str()), (503, "busy")),
        }
    }
    assert_eq!((taken.len(), rig.carrier.creates()), (2, 2));
    for order in &taken {
        rig.carrier.progress(order.call_sid.as_str(), CallStatus::Busy).await;
        rig.engine.result().await;
    }
}
