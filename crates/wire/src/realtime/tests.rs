use super::*;
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};

fn bridge_session() -> SessionConfig {
    SessionConfig {
        output_modalities: Some(vec![Modality::Audio]),
        instructions: Some("Say \"hello\".".into()),
        audio: Some(AudioConfig {
            input: Some(AudioInput {
                format: Some(AudioFormat::Pcmu {}),
                transcription: Some(Some(Transcriber { model: Some("whisper-1".into()), ..Transcriber::default() })),
                noise_reduction: Some(None),
                turn_detection: Some(Some(TurnDetection::ServerVad {
                    threshold: Some(0.5),
                    prefix_padding_ms: Some(300),
                    silence_duration_ms: Some(500),
                    create_response: Some(false),
                    interrupt_response: Some(false),
                    idle_timeout_ms: None,
                })),
            }),
            output: Some(AudioOutput {
                format: Some(AudioFormat::Pcmu {}),
                voice: Some(Voice::Named("marin".into())),
                speed: None,
            }),
        }),
        tools: Some(vec![Tool::Function(Function {
            name: "end_call".into(),
            description: Some("Hang up".into()),
            parameters: Some(json!({"type": "object", "properties": {}})),
            ..Function::default()
        })]),
        tool_choice: Some(ToolChoice::Mode(ToolChoiceMode::Auto)),
        max_output_tokens: Some(MaxTokens::Unlimited(Inf::Inf)),
        ..SessionConfig::default()
    }
}

pub(crate) fn client_events() -> Vec<ClientEvent> {
    vec![
        ClientEvent::SessionUpdate { session: Box::new(bridge_session()) },
        ClientEvent::Append { audio: Bytes::from_static(&[0xff; 160]) },
        ClientEvent::Commit {},
        ClientEvent::Clear {},
        ClientEvent::ItemCreate(Box::new(ItemCreate {
            previous_item_id: None,
            item: Item::message(None, "system", vec![Part::input_text("The callee pressed 1.")]),
        })),
        ClientEvent::ItemCreate(Box::new(ItemCreate {
            previous_item_id: Some("item_1".into()),
            item: Item::function_call_output("call_1", "{\"ok\":true}"),
        })),
        ClientEvent::Truncate(Truncate { item_id: "item_1".into(), content_index: 0, audio_end_ms: 1150 }),
        ClientEvent::ItemDelete { item_id: "item_1".into() },
        ClientEvent::ResponseCreate { response: None },
        ClientEvent::ResponseCreate {
            response: Some(Box::new(ResponseParams { instructions: Some("Greet.".into()), ..ResponseParams::default() })),
        },
        ClientEvent::ResponseCancel { response_id: None },
        ClientEvent::ResponseCancel { response_id: Some("resp_1".into()) },
    ]
}

fn content() -> Content {
    Content { response_id: "resp_1".into(), item_id: "item_1".into(), output_index: 0, content_index: 0 }
}

pub(crate) fn server_events() -> Vec<ServerEvent> {
    let item = Item::message(Some("item_1".into()), "assistant", vec![Part::output_audio("Hello.")]).with_status("completed");
    let call = Item::function_call(Some("item_2".into()), "call_1", "end_call", "{}").with_status("completed");
    let mut done = Response::new("resp_1");
    done.status = ResponseStatus::Cancelled;
    done.status_details =
        Some(StatusDetails { kind: Some("cancelled".into()), reason: Some("client_cancelled".into()), error: None });
    done.output = vec![item.clone(), call.clone()];
    done.usage = Some(TokenUsage { total_tokens: 3, input_tokens: 1, output_tokens: 2, ..TokenUsage::default() });
    let placed = || Box::new(ItemPlaced { previous_item_id: None, item: item.clone() });
    let output = |item: &Item| Box::new(OutputItem { response_id: "resp_1".into(), output_index: 0, item: item.clone() });
    let part = ContentPart { content: content(), part: Part::audio("Hello.") };
    let delta = Delta { content: content(), delta: "Hel".into() };
    vec![
        ServerEvent::SessionCreated {
            session: Box::new(Session {
                id: "sess_1".into(),
                model: Some("m".into()),
                expires_at: Some(5),
                ..Session::default()
            }),
        },
        ServerEvent::SessionUpdated { session: Box::new(Session { id: "sess_1".into(), ..Session::default() }) },
        ServerEvent::Error {
            error: ApiError { kind: "invalid_request_error".into(), message: "No.".into(), ..ApiError::default() },
        },
        ServerEvent::SpeechStarted { item_id: "item_1".into(), audio_start_ms: 1000 },
        ServerEvent::SpeechStopped { item_id: "item_1".into(), audio_end_ms: 2000 },
        ServerEvent::Committed { previous_item_id: Some("item_0".into()), item_id: "item_1".into() },
        ServerEvent::Cleared {},
        ServerEvent::TimeoutTriggered(Segment { audio_start_ms: 1, audio_end_ms: 2, item_id: "item_1".into() }),
        ServerEvent::ItemAdded(placed()),
        ServerEvent::ItemDone(placed()),
        ServerEvent::ItemTruncated { item_id: "item_1".into(), content_index: 0, audio_end_ms: 7 },
        ServerEvent::ItemDeleted { item_id: "item_1".into() },
        ServerEvent::TranscriptionDelta { item_id: "item_1".into(), content_index: 0, delta: "Hel".into() },
        ServerEvent::TranscriptionCompleted(Transcription {
            item_id: "item_1".into(),
            transcript: "Hello.".into(),
            ..Transcription::default()
        }),
        ServerEvent::TranscriptionCompleted(Transcription {
            item_id: "item_1".into(),
            transcript: "Hello.".into(),
            logprobs: vec![LogProb { token: "Hello.".into(), logprob: -0.25, bytes: b"Hello.".to_vec() }],
            ..Transcription::default()
        }),
        ServerEvent::TranscriptionFailed(TranscriptionFailed {
            item_id: "item_1".into(),
            content_index: 0,
            error: ApiError { kind: "transcription_error".into(), message: "No.".into(), ..ApiError::default() },
        }),
        ServerEvent::ResponseCreated { response: Box::new(Response::new("resp_1")) },
        ServerEvent::ResponseDone { response: Box::new(done) },
        ServerEvent::OutputItemAdded(output(&item)),
        ServerEvent::OutputItemDone(output(&call)),
        ServerEvent::ContentPartAdded(part.clone()),
        ServerEvent::ContentPartDone(part),
        ServerEvent::AudioDelta(AudioDelta {
            response_id: "resp_1".into(),
            item_id: "item_1".into(),
            output_index: 0,
            content_index: 0,
            delta: Bytes::from_static(&[1, 2, 3]),
        }),
        ServerEvent::AudioDone(content()),
        ServerEvent::TranscriptDelta(delta.clone()),
        ServerEvent::TranscriptDone { content: content(), transcript: "Hello.".into() },
        ServerEvent::TextDelta(delta),
        ServerEvent::TextDone { content: content(), text: "Hello.".into() },
        ServerEvent::ArgumentsDelta {
            response_id: "resp_1".into(),
            item_id: "item_2".into(),
            output_index: 1,
            call_id: "call_1".into(),
            delta: "{".into(),
        },
        ServerEvent::ArgumentsDone(ArgumentsDone { name: "end_call".into(), arguments: "{}".into(), ..ArgumentsDone::default() }),
        ServerEvent::RateLimitsUpdated {
            rate_limits: vec![RateLimit { name: "tokens".into(), limit: 9, remaining: 8, reset_seconds: 1.5 }],
        },
    ]
}

#[test]
fn every_client_event_is_read_back() {
    for event in client_events() {
        for id in [None, Some("ev_1")] {
            let received = ClientEvent::read(&event.write(id)).unwrap();
            assert_eq!((received.event_id.as_deref(), received.event), (id, event.clone()));
        }
    }
    let unknown = ClientEvent::read(r#"{"type":"response.audio.play"}"#).unwrap().event;
    assert_eq!(unknown, ClientEvent::Unknown { kind: "response.audio.play".into() });
}

#[test]
fn every_server_event_is_read_back() {
    for event in server_events() {
        let written = event.write("event_1");
        let value: Value = serde_json::from_str(&written).unwrap();
        assert_eq!(value["event_id"], "event_1");
        assert_eq!(ServerEvent::read(&written).unwrap(), event, "{written}");
    }
    let unknown = ServerEvent::read(r#"{"type":"mcp_list_tools.completed","event_id":"e"}"#).unwrap();
    assert_eq!(unknown, ServerEvent::Unknown { kind: "mcp_list_tools.completed".into() });
}

#[test]
fn what_is_not_set_is_not_written() {
    assert_eq!(ClientEvent::ResponseCreate { response: None }.write(None), r#"{"type":"response.create"}"#);
    let off = ClientEvent::SessionUpdate {
        session: Box::new(SessionConfig {
            audio: Some(AudioConfig {
                input: Some(AudioInput { turn_detection: Some(None), ..AudioInput::default() }),
                output: None,
            }),
            ..SessionConfig::default()
        }),
    };
    let written = off.write(None);
    assert_eq!(written, r#"{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}}"#);
    assert_eq!(ClientEvent::read(&written).unwrap().event, off);
}

#[test]
fn a_session_of_the_beta_is_refused_as_the_live_api_does() {
    for session in [
        json!({"type": "realtime", "voice": "alloy"}),
        json!({"type": "realtime", "input_audio_format": "g711_ulaw"}),
        json!({"instructions": "x"}),
        json!({"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm", "rate": 16000}}}}),
        json!({"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad", "eagerness": "low"}}}}),
        json!({"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 1000}}}}),
    ] {
        let text = json!({"type": "session.update", "event_id": "e1", "session": session}).to_string();
        let Err(Error::Shape { event_id, .. }) = ClientEvent::read(&text) else { panic!("taken: {text}") };
        assert_eq!(event_id.as_deref(), Some("e1"));
    }
}

#[test]
fn server_events_are_read_with_nulls_gaps_and_unknown_fields() {
    let read = |text: &str| ServerEvent::read(text).unwrap();
    let ServerEvent::ResponseDone { response } = read(
        r#"{"response":{"id":"r","status":"paused","usage":{"input_token_details":null,"total_tokens":null},"output":null,"x":1},"type":"response.done"}"#,
    ) else {
        panic!()
    };
    assert_eq!(response.status, ResponseStatus::Unknown);
    let ServerEvent::AudioDelta(delta) = read(r#"{"type":"response.output_audio.delta","delta":"/w","item_id":null}"#) else {
        panic!()
    };
    assert_eq!(&delta.delta[..], [0xff]);
    let ServerEvent::SpeechStarted { audio_start_ms, .. } =
        read(r#"{"type":"input_audio_buffer.speech_started","audio_start_ms":12.7,"item_id":"i"}"#)
    else {
        panic!()
    };
    assert_eq!(audio_start_ms, 12);
    assert!(
        matches!(read(r#"{"type":"session.created","session":{"id":"s","audio":{"input":{"new":1}}}}"#), ServerEvent::SessionCreated { session } if session.id == "s")
    );
    assert!(ServerEvent::read(r#"{"event_id":"e"}"#).is_err());
}

proptest! {
    #[test]
    fn nothing_makes_the_readers_panic(text in "\\PC{0,200}") {
        let _ = ServerEvent::read(&text);
        let _ = ClientEvent::read(&text);
    }

    #[test]
    fn no_wrong_field_makes_them_panic(n in 0..30usize, m in 0..12usize, key in 0..12usize, value in "null|5|-1|\"a\"|\\[\\]|\\{\\}|1e99|true") {
        for written in [server_events()[n].write("e"), client_events()[m].write(None)] {
            let mut event: Value = serde_json::from_str(&written).unwrap();
            if let Some((_, field)) = event.as_object_mut().unwrap().iter_mut().nth(key) {
                *field = serde_json::from_str(&value).unwrap();
            }
            let _ = ServerEvent::read(&event.to_string());
            let _ = ClientEvent::read(&event.to_string());
        }
    }
}

/// The same lines are checked against the published schema by `tests/contracts.rs`.
#[test]
fn the_fixture_holds_what_is_written_of_every_server_event() {
    let written: Vec<String> = server_events().iter().map(|event| event.write("event_1")).collect();
    let fixture = include_str!("../../tests/fixtures/server_events.jsonl");
    assert_eq!(fixture.lines().collect::<Vec<_>>(), written);
}

#[test]
fn what_was_cached_is_told_by_kind_or_was_the_beginning() {
    let read = |details: Value| serde_json::from_value::<TokenUsage>(json!({"input_token_details": details})).unwrap().usage();
    let told = read(json!({"text_tokens": 10, "audio_tokens": 20, "cached_tokens": 12,
        "cached_tokens_details": {"text_tokens": 4, "audio_tokens": 8}}));
    assert_eq!((told.cached_text_tokens, told.cached_audio_tokens), (4, 8));
    let guessed = read(json!({"text_tokens": 10, "audio_tokens": 20, "cached_tokens": 12, "cached_tokens_details": null}));
    assert_eq!((guessed.cached_text_tokens, guessed.cached_audio_tokens), (10, 2));
    let absurd = read(json!({"text_tokens": 1, "audio_tokens": 1, "cached_tokens": 99}));
    assert_eq!((absurd.cached_text_tokens, absurd.cached_audio_tokens), (1, 1));
}

#[test]
fn a_transcription_is_paid_by_tokens_or_by_time() {
    let read = |usage: Value| {
        let event = json!({"type": "conversation.item.input_audio_transcription.completed", "item_id": "i", "usage": usage});
        let ServerEvent::TranscriptionCompleted(words) = ServerEvent::read(&event.to_string()).unwrap() else {
            panic!("{event}")
        };
        words.usage.usage()
    };
    let tokens =
        read(json!({"type": "tokens", "input_tokens": 14, "input_token_details": {"text_tokens": 4, "audio_tokens": 10},
        "output_tokens": 5, "total_tokens": 19}));
    assert_eq!((tokens.transcription_text_tokens, tokens.transcription_audio_tokens), (4, 10));
    assert_eq!(tokens.transcription_output_tokens, 5);
    assert_eq!(read(json!({"type": "tokens", "input_tokens": 14, "output_tokens": 5})).transcription_audio_tokens, 14);
    assert_eq!(read(json!({"type": "duration", "seconds": 1.2346})).transcription_ms, 1_235);
    for other in [json!(null), json!({"type": "pages"}), json!({"type": "duration", "seconds": -4})] {
        assert_eq!(read(other.clone()), types::Usage::default(), "{other}");
    }
}
