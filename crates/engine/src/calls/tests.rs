//! Each answer that a handler, or something in its place, can give, and what is made of it.

use super::*;
use axum::{Json, Router, response::IntoResponse, routing::any};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A server that answers everything alike, and a client of it.
async fn answering(status: u16, body: Value) -> Handler {
    let answer = move || {
        let status = StatusCode::from_u16(status).unwrap();
        let body = body.clone();
        async move {
            match body {
                Value::String(text) => (status, text).into_response(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    (status, Json(body)).into_response()
                }
            }
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, Router::new().fallback(any(answer))).into_future());
    client(&format!("http://{addr}/"), Duration::from_secs(10))
}

fn client(base: &str, timeout: Duration) -> Handler {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Handler::new(base.parse().unwrap(), None, timeout).unwrap()
}

fn key() -> IdempotencyKey {
    IdempotencyKey::parse("c_1:1").unwrap()
}

async fn place(handler: &Handler) -> Result<OrderAccepted, PlaceError> {
    let order = json!({"target_phone_number": "+14155550100", "final_instructions": "Order a pizza."});
    handler.place_order(&serde_json::from_value(order).unwrap(), &key()).await
}

fn said(code: &str) -> Value {
    json!({"code": code, "message": "its words", "field": "limits"})
}

#[tokio::test]
async fn a_refusal_is_final_only_if_the_handler_itself_says_so() {
    let accepted = json!({"status": "Call initiated", "call_sid": "CA1", "order_id": "o_1"});
    assert_eq!(place(&answering(200, accepted).await).await.unwrap().order_id.as_str(), "o_1");

    for (status, code) in [(422, "invalid_field"), (502, "carrier_refused"), (502, "voice_unavailable"), (401, "no_token")] {
        let refused = place(&answering(status, said(code)).await).await.unwrap_err();
        let field = Some("limits".to_owned());
        assert_eq!(refused, PlaceError::Refused { code: code.into(), message: "its words".into(), field });
    }
    for (status, code) in [(503, "draining"), (503, "busy"), (429, "busy")] {
        let later = place(&answering(status, said(code)).await).await.unwrap_err();
        assert_eq!(later, PlaceError::Unavailable { message: "its words".into() });
    }
    for (status, body) in [
        (504, said("dial_unknown")),
        (500, said("internal")),
        // A proxy's words are not the handler's: it may have got the order all the same.
        (502, json!("<html>Bad Gateway</html>")),
        (503, json!("<html>Service Unavailable</html>")),
        (200, json!("<html>Welcome</html>")),
        (200, json!({"status": "Call initiated"})),
    ] {
        let unclear = place(&answering(status, body).await).await.unwrap_err();
        assert!(matches!(unclear, PlaceError::Unclear { .. }), "{status}: {unclear:?}");
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent_and_without_an_answer_it_is_not_known() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    // It is taken, and nobody answers.
    let silent = place(&client(&url, Duration::from_millis(100))).await.unwrap_err();
    assert!(matches!(silent, PlaceError::Unclear { .. }), "{silent:?}");
    drop(listener);
    let nobody = place(&client(&url, Duration::from_secs(10))).await.unwrap_err();
    let PlaceError::Unavailable { message } = nobody else { panic!("{nobody:?}") };
    assert!(message.contains("cannot be reached; nothing was dialled"), "{message}");
}

#[tokio::test]
async fn an_order_was_never_taken_only_if_the_handler_itself_says_so() {
    assert_eq!(answering(404, said("not_found")).await.order_status(&key()).await, Ok(None));
    for (status, body) in [(404, json!("nginx")), (404, said("no_route")), (500, said("internal")), (200, json!({}))] {
        assert!(answering(status, body.clone()).await.order_status(&key()).await.is_err(), "{status} {body}");
    }
    let view = json!({
        "order_id": "o_1", "call_sid": null, "target_phone_number": "+14155550100", "stage": "ringing", "result": null
    });
    let known = answering(200, view).await.order_status(&key()).await.unwrap().unwrap();
    assert_eq!(known.stage, types::CallStage::Ringing);
}

#[tokio::test]
async fn hanging_up_twice_is_told_apart_from_failing() {
    let order_id = OrderId::new("o/1");
    assert_eq!(answering(202, json!({})).await.hang_up(&order_id).await, Ok(()));
    assert_eq!(answering(409, said("already_ended")).await.hang_up(&order_id).await, Err(HangUpError::AlreadyEnded));
    let failed = answering(404, said("not_found")).await.hang_up(&order_id).await.unwrap_err();
    assert_eq!(failed, HangUpError::Unavailable { message: "its words".into() });
}

#[test]
fn ids_are_put_into_the_path_whole_and_the_base_may_have_one() {
    let handler = client("http://127.0.0.1:1/base/", Duration::from_secs(1));
    assert_eq!(handler.order_url(), "http://127.0.0.1:1/base/order");
    assert_eq!(handler.url(&["calls", "../a?b/c", "events"]).path(), "/base/calls/..%2Fa%3Fb%2Fc/events");
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let endless = answering(200, json!("x".repeat(ANSWER_MAX + 1))).await;
    let unclear = place(&endless).await.unwrap_err();
    assert!(matches!(unclear, PlaceError::Unclear { .. }), "{unclear:?}");
}
