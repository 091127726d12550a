//! The media stream: real time, marks, clear, errors. The callees hum.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::time::{Duration, Instant};
use support::{Stream, caller, connect, simulator};
use wire::media::{FromCarrier, ToCarrier};

/// A call to the clerk that has just been joined to its stream.
async fn joined() -> (sim::Running, support::Client, support::Caller, Stream) {
    let (sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    client.create(&caller.create("+14155550100")).await;
    let stream = caller.stream().await;
    (sim, client, caller, stream)
}

/// A sound that can be heard but is no voice.
fn tone(ms: usize) -> Vec<u8> {
    wire::g711::encode(&wire::dtmf::tone('5', u32::try_from(ms).unwrap()).unwrap())
}

fn marks(messages: &[FromCarrier]) -> Vec<&str> {
    messages
        .iter()
        .filter_map(|message| if let FromCarrier::Mark { name } = message { Some(name.as_str()) } else { None })
        .collect()
}

#[tokio::test]
async fn audio_comes_every_20_ms_numbered_and_in_order() {
    let (_sim, _client, _caller, mut stream) = joined().await;
    let begun = Instant::now();
    let mut heard = false;
    for n in 1..=100 {
        let Some(FromCarrier::Media(media)) = stream.read().await else { panic!("no media") };
        assert_eq!((media.payload.len(), media.chunk, media.timestamp_ms), (160, n, (n - 1) * 20));
        heard |= wire::g711::loudness(&media.payload) > 1_000.0;
    }
    let took = begun.elapsed();
    assert!((1_900..2_600).contains(&took.as_millis()), "{took:?}");
    assert!(heard, "the callee greets");
}

#[tokio::test]
async fn a_mark_comes_back_when_the_audio_before_it_has_been_played() {
    let (_sim, client, _caller, mut stream) = joined().await;
    let begun = Instant::now();
    stream.mark("at once").await;
    stream.audio(tone(1_000)).await;
    stream.mark("after a second").await;
    stream.audio(tone(500)).await;
    stream.mark("after one and a half").await;
    stream.until_mark("at once").await;
    assert!(begun.elapsed() < Duration::from_millis(200), "{:?}", begun.elapsed());
    let seen = stream.until_mark("after a second").await;
    assert!((1_000..1_400).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    assert!(seen.len() >= 45, "the callee's audio goes on meanwhile");
    stream.until_mark("after one and a half").await;
    assert!((1_500..1_900).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    let callee = client.callee(&stream.start.call_sid).await;
    assert_eq!((&callee["marks_echoed"], &callee["marks_cleared"]), (&3.into(), &0.into()));
}

#[tokio::test]
async fn clear_empties_the_buffer_and_gives_every_mark_back() {
    let (_sim, client, _caller, mut stream) = joined().await;
    stream.audio(tone(5_000)).await;
    stream.mark("a").await;
    stream.audio(tone(5_000)).await;
    stream.mark("b").await;
    let begun = Instant::now();
    stream.send(ToCarrier::Clear).await;
    // What is sent after it is played after it: at once.
    stream.audio(tone(100)).await;
    stream.mark("c").await;
    let seen = stream.until_mark("c").await;
    assert_eq!(marks(&seen), ["a", "b", "c"]);
    assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
    let callee = client.callee(&stream.start.call_sid).await;
    assert_eq!((&callee["clears"], &callee["marks_cleared"], &callee["marks_echoed"]), (&1.into(), &2.into(), &1.into()));
}

#[tokio::test]
async fn wrong_messages_and_too_much_audio_are_noted_with_the_carriers_codes() {
    let (_sim, client, _caller, mut stream) = joined().await;
    stream.text("{".into()).await;
    stream.text(r#"{"event":"mark","streamSid":"MZ0","mark":{"name":"x"}}"#.into()).await;
    for _ in 0..5 {
        stream.audio(vec![0xff; 30_000]).await;
    }
    // More than two minutes in all.
    for _ in 0..40 {
        stream.audio(vec![0xff; 30_000]).await;
    }
    stream.send(ToCarrier::Clear).await;
    stream.mark("end").await;
    stream.until_mark("end").await;
    let errors = client.callee(&stream.start.call_sid).await["errors"].to_string();
    for code in ["31950", "31951", "31930"] {
        assert!(errors.contains(code), "{errors}");
    }
}

#[tokio::test]
async fn the_answer_to_the_callee_is_timed() {
    let (_sim, client, mut caller, mut stream) = joined().await;
    // The hummed greeting ends; silence for 300 ms; then we are heard.
    let (mut voiced, mut silent) = (0, 0);
    while voiced < 10 || silent < 15 {
        let Some(FromCarrier::Media(media)) = stream.read().await else { panic!("no media") };
        match wire::g711::loudness(&media.payload) > 300.0 {
            true => (voiced, silent) = (voiced + 1, 0),
            false => silent += 1,
        }
    }
    stream.audio(tone(200)).await;
    stream.mark("said").await;
    stream.until_mark("said").await;
    let latencies = client.callee(&stream.start.call_sid).await["turn_latency_ms"].clone();
    let [latency] = latencies.as_array().unwrap().as_slice() else { panic!("{latencies}") };
    assert!((250..700).contains(&latency.as_u64().unwrap()), "{latency}");
    drop(stream);
    caller.life().await;
}

#[tokio::test]
async fn a_line_with_hold_announces_and_then_a_person_answers() {
    let (_sim, client) = simulator(|config| config.timing.hold = Duration::ZERO).await;
    let mut caller = caller(connect, 0).await;
    let call = client.create(&caller.create("+14155550105")).await;
    let mut stream = caller.stream().await;
    let (heard_ms, lines) = loop {
        let Some(FromCarrier::Media(media)) = stream.read().await else { panic!("no media") };
        let heard_ms = media.timestamp_ms;
        assert!(heard_ms < 20_000, "nobody answers");
        let due = heard_ms % 500 == 0;
        let callee = if due { client.callee(&call.sid).await } else { serde_json::Value::Null };
        if let Some(lines) = callee["lines"].as_array().filter(|lines| lines.len() > 1) {
            break (heard_ms, lines.clone());
        }
    };
    assert!(heard_ms > 5_000, "the announcement comes first");
    assert!(lines[0]["text"].as_str().unwrap().ends_with("Please stay on the line."), "{lines:?}");
    assert_eq!(lines[1]["text"], "Thank you for holding, this is Dana. How can I help you?");
}
