//! The protocol over a real socket, with speech that is really spoken and understood.

mod support;

use serde_json::{Value, json};
use std::time::Duration;
use support::{Client, SPEECH, handler_turns, pizza, server};
use types::briefing::say_exactly;
use wire::g711;

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().expect("a type")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pizza_is_ordered_by_voice() {
    let Some(server) = server(|_| {}).await else { return };
    let mut client = Client::connect(&server, "ringback-local").await;
    let briefing = pizza();
    client.configure(&briefing.render(), handler_turns()).await;

    client.seen.clear();
    client.callee_says("Tony's Pizza, what can I get you?").await;
    client.until("conversation.item.input_audio_transcription.completed").await;
    let before: Vec<&str> = kinds(&client.seen);
    assert_eq!(
        before,
        [
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            "conversation.item.input_audio_transcription.delta",
            "conversation.item.input_audio_transcription.completed",
        ]
    );
    let heard = client.seen.last().expect("seven events")["transcript"].as_str().expect("words").to_lowercase();
    assert!(heard.contains("pizza") && heard.contains("get you"), "{heard}");

    let opening = client.answer(Some(json!({"instructions": say_exactly(&briefing.opening)}))).await;
    assert_eq!(opening.words, briefing.opening);
    let seconds = opening.audio.len() as f64 / 8_000.0;
    assert!((4.0..15.0).contains(&seconds), "the opening takes {seconds} s");
    let speech = SPEECH.as_ref().expect("there is a server");
    let heard = speech.transcribe(&g711::decode(&opening.audio)).expect("it is speech").to_lowercase();
    assert!(heard.contains("on behalf of laura") && heard.contains("pepperoni pizza"), "{heard}");

    for (said, answer) in [
        ("Okay. What size would you like, small, medium or large?", "Large, please."),
        ("Is that for pickup or delivery?", "For delivery, please."),
        ("What's the address for the delivery?", "The address is 742 Evergreen Terrace."),
        ("And what name should I put on the order?", "The name is Laura Bennett."),
        ("So that's one medium pepperoni pizza for delivery, is that right?", "No, the size is large."),
        ("So that's one large pepperoni pizza for delivery to 742 Evergreen Terrace, is that right?", "Yes, that's right."),
    ] {
        client.callee_says(said).await;
        client.until("input_audio_buffer.committed").await;
        let got = client.answer(None).await;
        assert_eq!((got.words.as_str(), got.status.as_str(), got.calls.len()), (answer, "completed", 0), "to: {said}");
    }

    client.callee_says("Your total is $22.50, and it will be ready in 25 minutes. Goodbye!").await;
    // The ear may cut it in two at the full stop; the answer is to the whole.
    client.until("input_audio_buffer.committed").await;
    let last = loop {
        let got = client.answer(None).await;
        if !got.calls.is_empty() {
            break got;
        }
        client.until("input_audio_buffer.committed").await;
    };
    assert_eq!(last.words, "$22.50, ready in 25 minutes. Thank you very much. Goodbye.");
    let (name, report) = &last.calls[0];
    assert_eq!(
        (name.as_str(), report["status"].as_str(), last.calls[1].0.as_str()),
        ("report_outcome", Some("achieved"), "end_call")
    );
    assert_eq!(report["facts"][0]["value"], "$22.50");
    assert_eq!(report["facts"][1]["value"], "25 minutes");
    server.drain(Duration::from_millis(10)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn speech_interrupts_an_answer_that_the_server_gives_of_itself() {
    let Some(server) = server(|_| {}).await else { return };
    let mut client = Client::connect(&server, "ringback-local").await;
    let mut turns = handler_turns();
    turns["create_response"] = json!(true);
    turns["interrupt_response"] = json!(true);
    client.configure(&pizza().render(), turns).await;
    client.callee_says("Hello, how can I help you?").await;
    let opening = client.read_answer().await;
    assert_eq!(opening.words, pizza().opening);

    // It was all generated, but only the first second was heard.
    client.send(json!({"type": "response.cancel", "event_id": "late"})).await;
    let error = client.until("error").await;
    assert_eq!((&error["error"]["code"], &error["error"]["event_id"]), (&json!("response_cancel_not_active"), &json!("late")));
    let truncate = |ms: u64| json!({"type": "conversation.item.truncate", "item_id": opening.item_id, "content_index": 0, "audio_end_ms": ms});
    client.send(truncate(60_000)).await;
    assert_eq!(client.until("error").await["error"]["code"], "invalid_value");
    client.send(truncate(1_000)).await;
    client.until("conversation.item.truncated").await;
    // The disclosure was not heard, so it is said again.
    client.callee_says("Sorry, who is this?").await;
    assert_eq!(client.read_answer().await.words, pizza().opening);
    server.drain(Duration::from_millis(10)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_calls_at_once_do_not_disturb_each_other() {
    let Some(server) = server(|_| {}).await else { return };
    let calls = (0..4).map(|_| async {
        let mut client = Client::connect(&server, "ringback-local").await;
        client.configure(&pizza().render(), handler_turns()).await;
        client.answer(Some(json!({"instructions": say_exactly(&pizza().opening)}))).await;
        client.callee_says("What size would you like?").await;
        client.until("input_audio_buffer.committed").await;
        client.answer(None).await.words
    });
    assert_eq!(futures_util::future::join_all(calls).await, ["Large, please."; 4]);
    server.drain(Duration::from_millis(10)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn audio_of_24_khz_is_understood_and_given() {
    let Some(server) = server(|_| {}).await else { return };
    let mut client = Client::connect(&server, "gpt-realtime").await;
    // The defaults: audio/pcm both ways, the server answers of itself.
    client.send(json!({"type": "session.update", "session": {"type": "realtime", "instructions": pizza().render()}})).await;
    client.until("session.updated").await;
    let speech = SPEECH.clone().expect("there is a server");
    let said = speech.say_24k("Hello, how can I help you?", speech::Voice::Bright).expect("it can be said");
    let samples = said.into_iter().chain(std::iter::repeat_n(0, 24_000));
    let bytes: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    for piece in bytes.chunks(4_801) {
        client.append(piece).await;
    }
    let answer = client.read_answer().await;
    assert_eq!(answer.words, pizza().opening);
    let samples: Vec<i16> = answer.audio.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let heard = speech.transcribe(&speech::Resampler::whole(3, 1, &samples)).expect("it is speech").to_lowercase();
    assert!(heard.contains("on behalf of laura"), "{heard}");
    server.drain(Duration::from_millis(10)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ends_at_its_longest_time_and_an_idle_one_before() {
    let Some(server) = server(|config| config.session_max = Duration::from_millis(300)).await else { return };
    let mut client = Client::connect(&server, "ringback-local").await;
    assert_eq!(client.next().await["error"]["code"], "session_expired");
    assert_eq!(client.try_next().await, None);
    server.drain(Duration::from_secs(5)).await;

    let Some(server) = support::server(|config| config.idle_max = Duration::from_millis(300)).await else { return };
    let mut client = Client::connect(&server, "ringback-local").await;
    assert_eq!(client.try_next().await, None);
    server.drain(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn either_sides_goodbye_is_answered() {
    let Some(server) = server(|config| config.session_max = Duration::from_millis(300)).await else { return };
    let mut client = Client::connect(&server, "ringback-local").await;
    assert_eq!(client.say_goodbye().await, Some(1000));

    // Audio that nobody reads any more must not cost the client the last event and the reason.
    let mut client = Client::connect(&server, "ringback-local").await;
    let frame = [g711::SILENCE; 160];
    let error = loop {
        client.append(&frame).await;
        if let Some(event) = client.next_now().await {
            break event;
        }
    };
    assert_eq!(error["error"]["code"], "session_expired");
    let _ = client.try_append(&frame).await;
    assert_eq!(client.goodbye().await, Some(1001));
    server.drain(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_model_that_dies_breaks_off_after_its_first_answer() {
    let Some(server) = server(|_| {}).await else { return };
    let mut client = Client::connect(&server, "ringback-local-dies").await;
    client.configure(&pizza().render(), handler_turns()).await;
    let answer = client.answer(Some(json!({"instructions": say_exactly("Hello.")}))).await;
    assert_eq!(answer.words, "Hello.");
    assert_eq!(client.try_next().await, None);
    server.drain(Duration::from_secs(5)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_sessions_are_refused_and_draining_ends_the_open_ones() {
    let Some(server) = server(|config| config.sessions_max = 1).await else { return };
    let mut client = Client::connect(&server, "ringback-local").await;
    let second = tokio_tungstenite::connect_async(server.url()).await;
    let Err(tokio_tungstenite::tungstenite::Error::Http(refused)) = second else { panic!("{second:?}") };
    assert_eq!(refused.status(), 503);
    let body: Value = serde_json::from_slice(refused.body().as_deref().unwrap_or_default()).expect("JSON");
    assert_eq!(body["code"], "busy");

    client.send(json!({"type": "no.such.event", "event_id": "e"})).await;
    assert_eq!(client.until("error").await["error"]["event_id"], "e");
    server.drain(Duration::from_millis(50)).await;
    assert_eq!(client.try_next().await, None);
}
