//! Recordings through the engine: heard in parts, deleted by themselves, and deleted with their conversation.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Answer, Engine, FakeHandler, ORDER, result};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

const SOUND: &[u8] = b"RIFF0123456789";

/// A conversation whose call has ended and was recorded, if it was.
async fn ended(engine: &Engine, handler: &FakeHandler, recorded: bool) -> String {
    let c = engine.called().await;
    let mut told = result(&c);
    if recorded {
        handler.records(SOUND);
        told["recording"] = json!({"seconds": 42, "channels": 2, "bytes": SOUND.len(), "stopped": null});
    }
    assert_eq!(engine.post("/call_result", &told).await.0, StatusCode::OK);
    engine.until(&c, |view| view["node"] == "report_result").await;
    c
}

fn path(conversation: &str) -> String {
    format!("/conversations/{conversation}/calls/1/recording")
}

async fn part(engine: &Engine, conversation: &str, range: &str) -> Response {
    let url = format!("{}{}", engine.url, path(conversation));
    engine.client.get(url).header("range", range).send().await.unwrap()
}

async fn delete(engine: &Engine, path: &str) -> (StatusCode, Value) {
    let answer = engine.client.delete(format!("{}{path}", engine.url)).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or(Value::Null))
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_recording_is_handed_through_whole_and_in_parts() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let c = ended(&engine, &handler, true).await;
    let whole = engine.get(&path(&c)).await;
    assert_eq!((whole.status(), header(&whole, "content-type")), (StatusCode::OK, "audio/wav"));
    assert_eq!((header(&whole, "accept-ranges"), header(&whole, "content-length")), ("bytes", "14"));
    assert_eq!(header(&whole, "cache-control"), "no-store", "what was said is kept by no cache");
    assert_eq!(whole.bytes().await.unwrap(), SOUND);
    let some = part(&engine, &c, "bytes=4-7").await;
    assert_eq!((some.status(), header(&some, "content-range")), (StatusCode::PARTIAL_CONTENT, "bytes 4-7/14"));
    assert_eq!(some.bytes().await.unwrap(), "0123");
    let beyond = part(&engine, &c, "bytes=4-99").await;
    assert_eq!((beyond.status(), header(&beyond, "content-range")), (StatusCode::RANGE_NOT_SATISFIABLE, "bytes */14"));
    let asked = ["whole", "bytes=4-7", "bytes=4-99"].map(|range| format!("GET {ORDER} {range}"));
    assert_eq!(handler.recording_asked(), asked);
}

#[tokio::test]
async fn what_was_not_recorded_or_never_called_is_not_found() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let c = ended(&engine, &handler, false).await;
    let none = engine.get(&path(&c)).await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND);
    assert_eq!(none.json::<Value>().await.unwrap()["code"], "no_recording");
    handler.recording_asked();
    for path in
        [format!("/conversations/{c}/calls/2/recording"), format!("/conversations/{c}/calls/x/recording"), path("c_unknown")]
    {
        let answer = engine.get(&path).await;
        assert_eq!(
            (answer.status(), answer.json::<Value>().await.unwrap()["code"].as_str()),
            (StatusCode::NOT_FOUND, Some("not_found"))
        );
        assert_eq!(delete(&engine, &path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(handler.recording_asked(), [""; 0], "the call handler is not asked for what nobody has");
}

#[tokio::test]
async fn a_recording_is_deleted_and_its_call_stays() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let c = ended(&engine, &handler, true).await;
    for _ in 0..2 {
        assert_eq!(delete(&engine, &path(&c)).await, (StatusCode::NO_CONTENT, Value::Null));
    }
    assert_eq!(engine.get(&path(&c)).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(engine.view(&c).await["calls"][0]["result"]["recording"]["seconds"], 42);
    let asked = [format!("DELETE {ORDER}"), format!("DELETE {ORDER}"), format!("GET {ORDER} whole")];
    assert_eq!(handler.recording_asked(), asked);
}

#[tokio::test]
async fn the_recording_of_a_live_call_is_not_deleted() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let c = engine.called().await;
    handler.records(SOUND);
    handler.recording_trouble(Some((409, "call_live")));
    let (status, told) = delete(&engine, &path(&c)).await;
    assert_eq!((status, told["code"].as_str()), (StatusCode::CONFLICT, Some("call_live")));
    let (status, told) = delete(&engine, &format!("/conversations/{c}")).await;
    assert_eq!((status, told["code"].as_str()), (StatusCode::CONFLICT, Some("call_live")));
    assert_eq!(handler.recording_asked(), [format!("DELETE {ORDER}")], "nothing is deleted with a conversation that stays");
}

#[tokio::test]
async fn an_order_that_was_refused_has_no_recording() {
    let (engine, handler, _folder) = Engine::fresh().await;
    handler.answer(Answer::Error(502, "carrier_refused", "the carrier does not call this number"));
    let (c, plan) = engine.planned().await;
    engine.decide(&c, &plan, &json!({"decision": "approve"})).await;
    engine.until(&c, |view| view["node"] == "report_result").await;
    let answer = engine.get(&path(&c)).await;
    assert_eq!(
        (answer.status(), answer.json::<Value>().await.unwrap()["code"].as_str()),
        (StatusCode::CONFLICT, Some("not_live"))
    );
    assert_eq!(delete(&engine, &path(&c)).await.0, StatusCode::CONFLICT);
    assert_eq!(delete(&engine, &format!("/conversations/{c}")).await.0, StatusCode::NO_CONTENT);
    assert_eq!(handler.recording_asked(), [""; 0]);
}

#[tokio::test]
async fn a_conversation_is_deleted_with_its_recording_or_not_at_all() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let c = ended(&engine, &handler, true).await;
    let conversation = format!("/conversations/{c}");
    handler.recording_trouble(Some((500, "recording_unreadable")));
    let (status, told) = delete(&engine, &conversation).await;
    assert_eq!((status, told["code"].as_str()), (StatusCode::BAD_GATEWAY, Some("recording_kept")));
    assert_eq!(engine.get(&conversation).await.status(), StatusCode::OK, "it stays as long as its recording does");
    handler.recording_trouble(None);
    assert_eq!(delete(&engine, &conversation).await.0, StatusCode::NO_CONTENT);
    assert_eq!(engine.get(&conversation).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(handler.recording_asked(), [format!("DELETE {ORDER}"), format!("DELETE {ORDER}")]);
    assert_eq!(engine.get(&path(&c)).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_conversation_goes_although_the_handler_has_forgotten_its_order_or_nothing_was_recorded() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let c = ended(&engine, &handler, true).await;
    handler.recording_trouble(Some((404, "not_found")));
    assert_eq!(delete(&engine, &format!("/conversations/{c}")).await.0, StatusCode::NO_CONTENT);
    assert_eq!(handler.recording_asked(), [format!("DELETE {ORDER}")]);
    let c = ended(&engine, &handler, false).await;
    assert_eq!(delete(&engine, &format!("/conversations/{c}")).await.0, StatusCode::NO_CONTENT);
    assert_eq!(handler.recording_asked(), [""; 0], "there is nothing to delete");
}
