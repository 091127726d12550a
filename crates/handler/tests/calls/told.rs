//! What the user tells a live call: answers, instructions, their own voice.

use crate::support::rig::error;
use crate::support::{Rig, VoiceLink, soon, until};
use bytes::Bytes;
use reqwest::Response;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use types::OrderAccepted;
use wire::media::ToCarrier;
use wire::realtime::ClientEvent;

/// The next item that the model is given, as JSON text.
async fn item(voice: &mut VoiceLink) -> String {
    loop {
        if let ClientEvent::ItemCreate(created) = voice.event().await.expect("the socket is open") {
            return serde_json::to_string(&created.item).unwrap();
        }
    }
}

async fn post(rig: &Rig, path: String, body: Value) -> Response {
    rig.http.post(format!("{}{path}", rig.base)).json(&body).send().await.unwrap()
}

async fn code(answer: Response) -> (u16, String) {
    let (status, body) = error(answer).await;
    (status, body.code)
}

/// Makes the call ask its user whether the pizza is to be thin or thick.
async fn asks_thin_or_thick(rig: &Rig, sid: &str, voice: &mut VoiceLink) {
    voice.heard("Thin or thick crust?");
    voice.asked().await;
    let ask = json!({"question": "Thin or thick crust?", "choices": ["thin", "thick"], "time_limit_s": 60});
    voice.answer("One moment, please.", 200, &[("ask_user", ask)]);
    let events = format!("/calls/{sid}/events");
    until("the question is told", || async {
        crate::watching::first_bytes(rig, &events).await.contains("\"type\":\"question\"").then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_answer_of_the_user_becomes_the_tools_result_once() {
    let rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = order.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    let answer =
        |question: &str, text: &str| post(&rig, format!("/calls/{sid}/answer"), json!({"question_id": question, "text": text}));
    let mut line = rig.carrier.answer(sid).await;
    voice.asked().await;
    voice.answer("Hello, this is an AI assistant calling on behalf of Maria Lopez.", 300, &[]);
    line.mark().await;
    until("the callee has heard who calls", || async {
        crate::watching::first_bytes(&rig, &format!("/calls/{sid}/events")).await.contains("\"disclosed\"").then_some(())
    })
    .await;
    assert_eq!(code(answer("q1", "thin").await).await, (404, "no_question".into()));
    asks_thin_or_thick(&rig, sid, &mut voice).await;

    assert_eq!(code(answer("q1", " ").await).await, (422, "invalid_field".into()));
    assert_eq!(answer("q1", "thin").await.status(), 202);
    let given = item(&mut voice).await;
    assert!(given.contains("function_call_output") && given.contains("thin"), "{given}");
    assert_eq!(voice.asked().await, None, "the model goes on");
    assert_eq!(answer("q1", "thin").await.status(), 202, "a repeat is harmless");
    assert_eq!(code(answer("q1", "thick").await).await, (409, "already_answered".into()));
    line.stop();
    rig.engine.result().await;
    let ended = answer("q1", "thin").await;
    assert_eq!(code(ended).await, (409, "already_ended".into()));
    let nobody = post(&rig, "/calls/unknown/answer".into(), json!({"question_id": "q1", "text": "x"})).await;
    assert_eq!(code(nobody).await, (404, "not_found".into()));
}

#[tokio::test]
async fn what_cannot_be_stored_is_not_acknowledged_and_what_is_outlives_the_handler() {
    let mut rig = Rig::start().await;
    let (order, mut voice, line) = crate::survival::under_way(&rig).await;
    let sid = order.call_sid.as_str();
    asks_thin_or_thick(&rig, sid, &mut voice).await;
    // The store refuses what the user tells, as a broken disk would.
    let outside = rusqlite::Connection::open(rig.config.data_dir.join(handler::store::FILE)).unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON event
        WHEN json_extract(NEW.body, '$.type') IN ('question_closed', 'instruction') BEGIN SELECT RAISE(FAIL, 'refused'); END";
    outside.execute_batch(refuse).unwrap();
    let answer = json!({"question_id": "q1", "text": "thin"});
    let instruction = json!({"text": "ask if they have gluten-free", "instruction_id": "n1"});
    let told = [(format!("/calls/{sid}/answer"), answer), (format!("/calls/{sid}/instruction"), instruction)];
    for (path, body) in &told {
        assert_eq!(post(&rig, path.clone(), body.clone()).await.status(), 503, "{path}");
    }
    outside.execute_batch("DROP TRIGGER refuse").unwrap();
    for (path, body) in &told {
        assert_eq!(post(&rig, path.clone(), body.clone()).await.status(), 202, "{path}");
        assert_eq!(post(&rig, path.clone(), body.clone()).await.status(), 202, "{path}");
    }
    rig.crash();
    drop((voice, line));
    rig.restart().await;
    let mut voice = rig.voice.link().await;
    let document = rig.carrier.redirected(sid).await;
    let _line = rig.carrier.join_as_told(sid, &document).await;
    let (recalled, _) = crate::survival::recalled(&mut voice).await;
    let notes: Vec<&str> = recalled.iter().filter(|(role, _)| role == "system").map(|(_, words)| words.as_str()).collect();
    let answered = types::briefing::user_answered("Thin or thick crust?", "thin");
    let instructed = types::briefing::instruct("ask if they have gluten-free");
    for told in [answered, instructed] {
        assert_eq!(notes.iter().filter(|note| **note == told).count(), 1, "{told}: {notes:?}");
    }
}

#[tokio::test]
async fn an_instruction_reaches_the_model_once() {
    let rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let id = order.order_id.as_str();
    let mut voice = rig.voice.link().await;
    let line = rig.carrier.answer(order.call_sid.as_str()).await;
    let path = format!("/calls/{id}/instruction");
    let body = json!({"text": "ask if they have gluten-free", "instruction_id": "n1"});
    assert_eq!(post(&rig, path.clone(), body.clone()).await.status(), 202);
    assert_eq!(post(&rig, path.clone(), body.clone()).await.status(), 202);
    let given = item(&mut voice).await;
    assert!(given.contains("gluten-free") && given.contains("system"), "{given}");
    let too_long = json!({"text": "x".repeat(501)});
    assert_eq!(code(post(&rig, path.clone(), too_long).await).await, (422, "invalid_field".into()));
    let told = crate::watching::first_bytes(&rig, &format!("/calls/{id}/events")).await;
    assert_eq!(told.matches("\"type\":\"instruction\"").count(), 1, "{told}");
    line.stop();
    rig.engine.result().await;
    assert_eq!(code(post(&rig, path, body).await).await, (409, "already_ended".into()));
}

#[tokio::test]
async fn the_users_voice_reaches_the_callee_until_it_is_handed_back() {
    let rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = order.call_sid.as_str();
    let url = format!("{}/calls/{sid}/voice", rig.base);
    let mut voice = rig.voice.link().await;
    let early = rig.http.post(&url).body("").send().await.unwrap();
    assert_eq!(code(early).await, (409, "not_live".into()));
    let mut line = rig.carrier.answer(sid).await;
    // Now both sides can talk.
    voice.asked().await;

    let (speak, pieces) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    let body = reqwest::Body::wrap_stream(ReceiverStream::new(pieces));
    let speaking = tokio::spawn(rig.http.post(&url).body(body).send());
    let frame = Bytes::from_static(&[0x2a; 160]);
    let heard = async {
        while let Some(told) = line.next().await {
            if matches!(&told, ToCarrier::Media { payload } if payload.iter().all(|byte| *byte == 0x2a)) {
                return;
            }
        }
        panic!("the line is over");
    };
    let talking = async {
        while speak.send(Ok(frame.clone())).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let refused = tokio::select! { () = soon("the user is heard", heard) => false, () = talking => true };
    if refused {
        panic!("the voice is not taken: {:?}", speaking.await.unwrap().unwrap().text().await);
    }
    let second = rig.http.post(&url).body("x").send().await.unwrap();
    assert_eq!(code(second).await, (409, "taken_over".into()));
    drop(speak);
    let handed_back = soon("the call is handed back", speaking).await.unwrap().unwrap();
    assert_eq!(handed_back.status(), 200);
    let events = format!("/calls/{sid}/events");
    until("both turns are in the record", || async {
        let told = crate::watching::first_bytes(&rig, &events).await;
        (told.contains(r#""type":"taken_over","on":true"#) && told.contains(r#""type":"taken_over","on":false"#)).then_some(())
    })
    .await;
    drop(voice);
    line.stop();
}
