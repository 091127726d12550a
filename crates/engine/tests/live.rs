//! Events as they happen: the conversation's own, and a live call's through the engine.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use bytes::Bytes;
use common::{Engine, ORDER, SOON, config, result, text};
use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use reqwest::StatusCode;
use serde_json::{Value, json};
use types::{
    CallEvent, CallStage, NumberedCallEvent, Speaker,
    chat::{ConversationEvent, NumberedConversationEvent},
};

fn stage(stage: CallStage) -> CallEvent {
    CallEvent::Stage { stage }
}

fn stages(events: &[NumberedConversationEvent]) -> Vec<CallStage> {
    let stage = |event: &NumberedConversationEvent| match &event.event {
        ConversationEvent::Call { call } => Some(call.stage),
        ConversationEvent::Message { .. }
        | ConversationEvent::Title { .. }
        | ConversationEvent::Node { .. }
        | ConversationEvent::Plan { .. }
        | ConversationEvent::PlanClosed { .. }
        | ConversationEvent::CallEnded { .. }
        | ConversationEvent::Question { .. }
        | ConversationEvent::QuestionClosed { .. }
        | ConversationEvent::NextTry { .. } => None,
    };
    events.iter().filter_map(stage).collect()
}

#[tokio::test]
async fn a_stream_resumes_at_any_number_without_gap_or_repetition_while_things_go_on() {
    let (engine, _handler, _folder) = Engine::fresh().await;
    let c = engine.called().await;
    let mut live = engine.events(&c, 0).await;
    let mut seen = vec![live.next().await.unwrap()];

    // Somebody chats while streams are opened, broken off after a few events, and resumed.
    let talk = async {
        for n in 0..10 {
            engine.say(Some(&c), &format!("hello {n}")).await;
        }
        engine.post("/call_result", &result(&c)).await;
    };
    let ended = |event: &NumberedConversationEvent| matches!(event.event, ConversationEvent::CallEnded { .. });
    let follow = async {
        while !ended(seen.last().unwrap()) {
            let mut part = engine.events(&c, seen.last().unwrap().n).await;
            for _ in 0..3 {
                seen.push(tokio::time::timeout(SOON, part.next()).await.unwrap().unwrap());
                if ended(seen.last().unwrap()) {
                    break;
                }
            }
        }
    };
    tokio::join!(talk, follow);
    let numbers: Vec<u64> = seen.iter().map(|event| event.n).collect();
    assert_eq!(numbers, (1..=seen.len() as u64).collect::<Vec<_>>());
    // The stream that was never broken off tells the same.
    while seen.len() > 1 && live.next().await.unwrap() != *seen.last().unwrap() {}

    // The number can also stand in the address, and the header wins.
    let url = format!("{}/conversations/{c}/events?after={}", engine.url, seen.len() - 1);
    let first = |response: reqwest::Response| async { response.bytes_stream().eventsource().next().await.unwrap().unwrap().id };
    let by_address = first(engine.client.get(&url).send().await.unwrap()).await;
    assert_eq!(by_address, seen.len().to_string());
    let by_header = first(engine.client.get(&url).header("last-event-id", "1").send().await.unwrap()).await;
    assert_eq!(by_header, "2");
    let wrong = engine.get(&format!("/conversations/{c}/events?after=x")).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_stages_of_a_call_become_durable_even_when_the_stream_breaks() {
    let (engine, handler, folder) = Engine::fresh().await;
    let c = engine.called().await;
    handler.tell(stage(CallStage::Dialling));
    handler.tell(stage(CallStage::Ringing));
    engine.until(&c, |view| view["call_status"] == "ringing").await;
    handler.cut();
    // It comes back with the last number it has, and goes on.
    handler.tell(stage(CallStage::Connected));
    engine.until(&c, |view| view["call_status"] == "connected").await;
    let resumed = handler.fake.resumed.lock().unwrap().clone();
    assert_eq!(resumed, [None, Some("2".into())]);
    engine.crash().await;

    // After a restart a live call is followed again; what is heard twice counts once.
    let engine = Engine::start(config(folder.path(), &handler)).await;
    let sent = json!({"message": "hello?", "conversation_id": c});
    assert_eq!(engine.post("/chat", &sent).await.0, StatusCode::OK);
    engine.post("/call_result", &result(&c)).await;
    let view = engine.until(&c, |view| view["node"] == "report_result").await;
    let last = view["calls"][0]["result"]["order_id"].clone();
    assert_eq!(last, ORDER);
    let mut all = engine.events(&c, 0).await;
    let mut events = Vec::new();
    loop {
        let event = all.next().await.unwrap();
        let ended = matches!(event.event, ConversationEvent::CallEnded { .. });
        events.push(event);
        if ended {
            break;
        }
    }
    let mut told = stages(&events);
    told.dedup();
    assert!(told.ends_with(&[CallStage::Ringing, CallStage::Connected]), "{told:?}");
    assert!(told.is_sorted(), "never back: {told:?}");
}

#[tokio::test]
async fn captions_are_handed_through_as_they_come() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let c = engine.called().await;
    let caption = |text: &str| {
        let (line, speaker, doubted) = (1, Speaker::Callee, Vec::new());
        CallEvent::Caption { line, speaker, text: text.into(), done: false, heard: None, doubted }
    };
    let path = format!("/conversations/{c}/calls/1/events");
    let response = engine.get(&path).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let mut events = response.bytes_stream().eventsource();
    // Each is read before the next one is told: nothing waits for a buffer to fill.
    for (n, words) in ["Tony's", "Tony's pizza", "Tony's pizza, hello?"].into_iter().enumerate() {
        handler.tell(caption(words));
        let event = tokio::time::timeout(SOON, events.next()).await.unwrap().unwrap().unwrap();
        let told: NumberedCallEvent = serde_json::from_str(&event.data).unwrap();
        assert_eq!((told.n, told.event), (n as u64 + 1, caption(words)));
    }
    let resumed = engine.client.get(format!("{}{path}", engine.url)).header("last-event-id", "2").send().await.unwrap();
    assert_eq!(resumed.bytes_stream().eventsource().next().await.unwrap().unwrap().id, "3");
}

#[tokio::test]
async fn audio_is_handed_through_as_it_comes() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let c = engine.called().await;
    let path = format!("/conversations/{c}/calls/1/audio");
    let quiet = engine.get(&path).await;
    assert_eq!(quiet.status(), StatusCode::CONFLICT);
    assert_eq!(quiet.json::<Value>().await.unwrap()["code"], "not_live", "in the handler's words");

    let line = handler.audio();
    let mut heard = engine.get(&path).await;
    assert_eq!(heard.headers()["content-type"], "application/octet-stream");
    for n in 0..5_u8 {
        line.send(Bytes::from(vec![n; 320])).unwrap();
        let chunk = tokio::time::timeout(SOON, heard.chunk()).await.unwrap().unwrap().unwrap();
        assert_eq!(chunk, vec![n; 320]);
    }
    drop(line);
    assert_eq!(heard.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn hanging_up_reaches_the_handler() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let (planned, _) = engine.planned().await;
    let (status, _) = engine.post(&format!("/conversations/{planned}/calls/1/hangup"), &json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "nothing was called yet");
    let c = engine.called().await;
    let (status, view) = engine.post(&format!("/conversations/{c}/calls/1/hangup"), &json!({})).await;
    assert_eq!((status, text(&view["order_id"])), (StatusCode::ACCEPTED, ORDER.to_owned()));
    assert_eq!(*handler.fake.hangups.lock().unwrap(), [ORDER]);
    let (status, _) = engine.post(&format!("/conversations/{c}/calls/2/hangup"), &json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
