//! Event streams and listening in.

use crate::support::{Rig, soon, until};
use eventsource_stream::Eventsource as _;
use futures_util::StreamExt as _;
use std::time::Duration;
use types::{CallEvent, CallStage, NumberedCallEvent, OrderAccepted};
use wire::rest::CallStatus;

/// What a stream says at first.
pub(crate) async fn first_bytes(rig: &Rig, path: &str) -> String {
    let mut stream = rig.get(path).await.bytes_stream();
    let mut text = String::new();
    while let Ok(Some(Ok(bytes))) = tokio::time::timeout(Duration::from_millis(100), stream.next()).await {
        text += &String::from_utf8_lossy(&bytes);
    }
    text
}

/// The whole stream, to its end: SSE id and event.
async fn events(rig: &Rig, id: &str, after: Option<u64>) -> Vec<(String, NumberedCallEvent)> {
    let mut request = rig.http.get(format!("{}/calls/{id}/events", rig.base));
    if let Some(after) = after {
        request = request.header("Last-Event-ID", after.to_string());
    }
    let stream = request.send().await.unwrap().bytes_stream().eventsource();
    let read = stream.map(|event| {
        let event = event.unwrap();
        (event.id, serde_json::from_str(&event.data).unwrap())
    });
    soon("the stream ends", read.collect()).await
}

#[tokio::test]
async fn the_events_of_a_call_can_be_read_live_and_resumed() {
    let rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = order.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    let watching = events(&rig, sid, None);
    let calling = async {
        let mut line = rig.carrier.answer(sid).await;
        voice.asked().await;
        voice.answer("Hello, this is an AI assistant calling on behalf of Maria Lopez.", 300, &[]);
        line.mark().await;
        line.stop();
        rig.carrier.progress(sid, CallStatus::Completed).await;
        rig.engine.result().await
    };
    let (live, result) = tokio::join!(watching, calling);
    let durable: Vec<_> = live.iter().filter(|(_, event)| !matches!(event.event, CallEvent::Level { .. })).collect();
    let numbers: Vec<_> = durable.iter().map(|(_, event)| event.n).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    let stages: Vec<_> = durable
        .iter()
        .filter_map(|(_, event)| if let CallEvent::Stage { stage } = event.event { Some(stage) } else { None })
        .collect();
    use CallStage::{Connected, Dialling, Ended, Queued, Ringing};
    assert_eq!(stages, [Queued, Dialling, Ringing, Connected, Ended]);
    assert_eq!(durable.last().unwrap().1.event, CallEvent::Ended { result: Box::new(result) });

    let stored: Vec<_> = events(&rig, sid, None).await;
    assert_eq!(stored.iter().collect::<Vec<_>>(), durable);
    assert_eq!(events(&rig, order.order_id.as_str(), Some(3)).await, stored[3..]);
    assert_eq!(rig.get("/calls/unknown/events").await.status(), 404);
}

#[tokio::test]
async fn levels_are_shown_but_not_kept() {
    let rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = order.call_sid.as_str();
    let _voice = rig.voice.link().await;
    let line = rig.carrier.answer(sid).await;
    let speaking = async {
        loop {
            line.speak(16_000);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let watching = async {
        let url = format!("{}/calls/{sid}/events", rig.base);
        let mut stream = rig.http.get(url).send().await.unwrap().bytes_stream().eventsource();
        loop {
            let event = stream.next().await.unwrap().unwrap();
            let numbered: NumberedCallEvent = serde_json::from_str(&event.data).unwrap();
            if let CallEvent::Level { callee, agent } = numbered.event
                && callee == 100
            {
                return (agent, numbered.n > 0);
            }
        }
    };
    let level = tokio::select! { level = soon("a level", watching) => level, () = speaking => unreachable!("speaks for ever") };
    assert_eq!(level, (0, true));
    line.stop();
    rig.carrier.progress(sid, CallStatus::Completed).await;
    assert!(events(&rig, sid, None).await.iter().all(|(_, event)| !matches!(event.event, CallEvent::Level { .. })));
}

#[tokio::test]
async fn a_listener_hears_both_sides_as_they_are_heard() {
    let rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = order.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    let mut line = rig.carrier.answer(sid).await;
    let answer = rig.get(&format!("/calls/{sid}/audio")).await;
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    let mut audio = answer.bytes_stream();
    voice.asked().await;
    voice.answer("Hello, this is an AI assistant.", 1_000, &[]);
    line.mark().await;
    line.speak(16_000);
    let (callee, agent) = (wire::g711::encode_sample(16_000), wire::g711::encode_sample(8_000));
    let mut heard = (false, false);
    soon("both sides", async {
        let mut bytes = Vec::new();
        while heard != (true, true) {
            bytes.extend(audio.next().await.expect("the call is live").unwrap());
            for both in bytes.chunks_exact(2) {
                heard = (heard.0 || both[0] == callee, heard.1 || both[1] == agent);
            }
        }
    })
    .await;
    line.stop();
    rig.carrier.progress(sid, CallStatus::Completed).await;
    soon("the audio ends with the call", async { while audio.next().await.is_some() {} }).await;
    let gone = until("it is not live any more", || async {
        Some(rig.get(&format!("/calls/{sid}/audio")).await.status()).filter(|status| *status == 409)
    });
    gone.await;
}
