//! `POST /order` and what can be asked about orders.

use crate::support::rig::{error, pizza};
use crate::support::{FakeVoice, Rig};
use serde_json::json;
use types::{CallView, ErrorBody, OrderAccepted};

#[tokio::test]
async fn a_wrong_body_is_refused_and_the_field_named() {
    let rig = Rig::start().await;
    let with = |field: &str, value: serde_json::Value| {
        let mut order = pizza();
        order[field] = value;
        order
    };
    let mut without = pizza();
    without.as_object_mut().unwrap().remove("final_instructions");
    for (order, field) in [
        (without, "final_instructions"),
        (with("target_phone_number", json!("4155550100")), "target_phone_number"),
        (with("final_instructions", json!(" ")), "final_instructions"),
        (with("limits", json!({"call_max_s": "long"})), "limits.call_max_s"),
        (with("limits", json!({"call_max_s": 5})), "limits.call_max_s"),
        (with("facts_wanted", json!([{"name": "total"}])), "facts_wanted[0].question"),
    ] {
        let (status, body) = error(rig.post_order("k", &order).send().await.unwrap()).await;
        assert_eq!((status, body.field.as_deref()), (422, Some(field)), "{}", body.message);
    }
    let broken = rig.http.post(format!("{}/order", rig.base)).body("{").send().await.unwrap();
    assert_eq!(broken.status(), 422);
    let (status, body) = error(rig.post_order("no spaces", &pizza()).send().await.unwrap()).await;
    assert_eq!((status, body.field.as_deref()), (422, Some("Idempotency-Key")));
    let (status, body) = error(rig.post_order("k", &with("goal", json!("x".repeat(70_000)))).send().await.unwrap()).await;
    assert_eq!((status, body.code.as_str()), (413, "body_too_large"));
    assert_eq!(rig.carrier.creates(), 0);
}

#[tokio::test]
async fn the_same_key_is_the_same_call() {
    let rig = Rig::start().await;
    let first = rig.order("c_1:2").await.unwrap();
    assert_eq!(first.status(), 200);
    let accepted: OrderAccepted = first.json().await.unwrap();
    assert_eq!(accepted.status, "Call initiated");
    let again: OrderAccepted = rig.order("c_1:2").await.unwrap().json().await.unwrap();
    assert_eq!(again, accepted);
    let mut other = pizza();
    other["user_name"] = json!("Somebody Else");
    let (status, body) = error(rig.post_order("c_1:2", &other).send().await.unwrap()).await;
    assert_eq!((status, body.code.as_str()), (422, "idempotency_key_reused"));
    assert_eq!(rig.carrier.creates(), 1);

    let view: CallView = rig.get("/order/c_1:2").await.json().await.unwrap();
    assert_eq!((&view.order_id, view.call_sid.as_ref()), (&accepted.order_id, Some(&accepted.call_sid)));
    assert_eq!(rig.view(accepted.call_sid.as_str()).await.order_id, accepted.order_id);
    let body: ErrorBody = rig.get("/order/other").await.json().await.unwrap();
    assert_eq!(body.code, "not_found");
    assert_eq!(rig.get("/calls/other").await.status(), 404);
}

#[tokio::test]
async fn the_same_key_in_flight_waits_for_the_one_answer() {
    let rig = Rig::start().await;
    rig.carrier.script(&[crate::support::Create::Slowly]);
    let posts = [rig.order("k"), rig.order("k"), rig.order("k")];
    rig.carrier.nth_call(0).await;
    assert!(posts.iter().all(|post| !post.is_finished()));
    rig.carrier.allow();
    let mut answers = Vec::new();
    for post in posts {
        answers.push(post.await.unwrap().json::<OrderAccepted>().await.unwrap());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(rig.carrier.creates(), 1);
}

#[tokio::test]
async fn the_carrier_is_asked_with_the_orders_limits() {
    let rig = Rig::start().await;
    let mut order = pizza();
    order["limits"] = json!({"answer_timeout_s": 20, "call_max_s": 60});
    assert_eq!(rig.post_order("k", &order).send().await.unwrap().status(), 200);
    let form = rig.carrier.nth_call(0).await.form;
    assert_eq!((form.to.as_str(), form.from.as_str()), ("+14155550100", "+14155550199"));
    assert_eq!((form.timeout_s, form.time_limit_s), (Some(20), Some(90)));
    assert_eq!(form.status_callback_event.len(), 4);
}

#[tokio::test]
async fn without_the_token_nothing_is_told() {
    let rig = Rig::with(|config| config.api_token = Some("secret".into())).await;
    for (token, status) in [(None, 401), (Some("wrong"), 401), (Some("secret"), 404)] {
        let mut request = rig.http.get(format!("{}/calls/x", rig.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        assert_eq!(request.send().await.unwrap().status(), status, "{token:?}");
    }
    assert_eq!(rig.get("/").await.text().await.unwrap(), r#"{"status":"running"}"#);
}

#[tokio::test]
async fn a_full_house_is_busy_and_every_slot_comes_back() {
    let rig = Rig::with(|config| config.max_concurrent_calls = 1).await;
    let first: OrderAccepted = rig.order("a").await.unwrap().json().await.unwrap();
    let (status, body) = error(rig.order("b").await.unwrap()).await;
    assert_eq!((status, body.code.as_str()), (503, "busy"));
    rig.carrier.progress(first.call_sid.as_str(), wire::rest::CallStatus::Busy).await;
    assert_eq!(rig.engine.result().await.order_id, first.order_id);
    crate::support::until("the slot is free", || async { (rig.order("b").await.unwrap().status() == 200).then_some(()) }).await;
}

#[tokio::test]
async fn a_model_that_is_not_there_is_told_and_nothing_is_dialled() {
    let rig = Rig::with_voice(FakeVoice::refusing, |_| {}).await;
    let (status, body) = error(rig.order("k").await.unwrap()).await;
    assert_eq!((status, body.code.as_str()), (502, "voice_unavailable"));
    assert!(body.message.contains("no such voice"), "{}", body.message);
    assert_eq!(error(rig.order("k").await.unwrap()).await.1, body);
    assert_eq!(rig.carrier.creates(), 0);
    assert!(rig.engine.is_quiet().await);
}
