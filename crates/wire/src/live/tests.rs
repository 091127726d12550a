use super::*;
use bytes::Bytes;
use serde_json::{Value, json};

#[test]
fn a_session_is_begun_with_what_is_set_and_nothing_else() {
    let session = StartConfig {
        model: "gpt-live-1".into(),
        audio: Some(Audio {
            format: Some(AudioFormat::Pcmu { rate: 8_000 }),
            output: Some(AudioOutput { voice: "marin".into() }),
        }),
        ..StartConfig::default()
    };
    let text = ClientEvent::Start { session: Box::new(session) }.write();
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        json!({"type": "session.start", "session": {"model": "gpt-live-1", "audio": {
            "format": {"type": "audio/pcmu", "rate": 8000}, "output": {"voice": "marin"}}}})
    );
}

#[test]
fn audio_is_written_as_it_is() {
    let audio = Bytes::from_static(&[0xff; 4]);
    assert_eq!(ClientEvent::Append { audio }.write(), r#"{"type":"session.input_audio.append","audio":"/////w=="}"#);
}

#[test]
fn tools_have_their_tags() {
    let delegate = Delegate {
        model: "m".into(),
        tools: vec![Function { name: "end_call".into(), description: "d".into(), parameters: json!({}) }],
        ..Delegate::default()
    };
    let value = serde_json::to_value(Delegation::Responses { responses: Box::new(delegate) }).unwrap();
    assert_eq!((&value["type"], &value["responses"]["tools"][0]["type"]), (&json!("responses"), &json!("function")));
    let output = FunctionOutput { call_id: "c".into(), output: "{}".into() };
    let item: Value = serde_json::from_str(&ClientEvent::ItemCreate { item: output }.write()).unwrap();
    assert_eq!(item["item"], json!({"type": "function_call_output", "call_id": "c", "output": "{}"}));
}

#[test]
fn what_is_received_is_read_leniently() {
    let read = |value: Value| ServerEvent::read(&value.to_string()).unwrap();
    assert_eq!(read(json!({"type": "session.started", "session": null})), ServerEvent::Started);
    let words = read(json!({"type": "session.input_transcript.delta", "delta": "Hi", "start_ms": 5, "end_ms": null, "x": 1}));
    assert_eq!(words, ServerEvent::InputTranscript(Fragment { delta: "Hi".into(), start_ms: 5, end_ms: 0 }));
    let audio = read(json!({"type": "session.output_audio.delta", "delta": "/////w=="}));
    assert_eq!(audio, ServerEvent::Audio(Bytes::from_static(&[0xff; 4])));
    let ServerEvent::Usage(usage) = read(json!({"type": "session.usage.updated", "usage": {"seconds": 7.25}})) else {
        panic!("usage is read")
    };
    assert_eq!(usage.ms(), 7_250);
    assert_eq!(read(json!({"type": "session.dreams"})), ServerEvent::Unknown { kind: "session.dreams".into() });
    assert!(ServerEvent::read("[]").is_err() && ServerEvent::read(r#"{"type":"session.output_audio.delta"}"#).is_err());
}

#[test]
fn the_second_models_calls_and_counts_are_found() {
    let nested = |event: Value| {
        let text = json!({"type": "response.event", "event_id": "e", "event": event}).to_string();
        let ServerEvent::Response(nested) = ServerEvent::read(&text).unwrap() else { panic!("{text}") };
        *nested
    };
    let item = |status: &str| {
        json!({"type": "response.output_item.done", "item": {"type": "function_call", "status": status,
        "call_id": "c", "name": "end_call", "arguments": "{}"}})
    };
    let call = FunctionCall { call_id: "c".into(), name: "end_call".into(), arguments: "{}".into() };
    assert_eq!((nested(item("completed")), nested(item("incomplete"))), (Nested::Call(call), Nested::Other));
    let done = nested(json!({"type": "response.completed", "response": {"usage": {"input_tokens": 9, "output_tokens": 2,
        "input_tokens_details": {"cached_tokens": 4}}}}));
    let usage = types::Usage { input_text_tokens: 9, cached_text_tokens: 4, output_text_tokens: 2, ..types::Usage::default() };
    assert_eq!(done, Nested::Done(usage));
    assert_eq!(nested(json!({"type": "response.in_progress"})), Nested::Other);
}
