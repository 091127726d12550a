//! The codecs against the providers' own schemas and vectors, which stand outside the repository: the folder is named by
//! `RINGBACK_CONTRACTS`. Without it these tests say so and pass; the fixtures inside the crate cover every message too.

#![expect(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test may panic, and the rest of a JSON value is nothing to it"
)]

use serde_json::Value;
use std::path::PathBuf;
use wire::media::{FromCarrier, Start, ToCarrier};
use wire::realtime::{ClientEvent, ServerEvent};
use wire::rest::{CallStatus, CallbackEvent, CreateCall, ErrorCode, StatusCallback, UpdateCall};
use wire::signature::{Algorithm, Body, sign_with, verify_with};
use wire::twiml::{Document, Verb};

fn contracts(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("RINGBACK_CONTRACTS").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("SKIPPED {test}: RINGBACK_CONTRACTS does not name the folder of the providers' contracts");
    }
    folder
}

fn json(folder: &std::path::Path, name: &str) -> Value {
    let text = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn lines(folder: &std::path::Path, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.lines().filter(|l| !l.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The schema at `pointer` of a document, with the document's definitions.
fn schema(document: &Value, pointer: &str) -> jsonschema::Validator {
    let mut schema = document.clone();
    let root = schema.as_object_mut().unwrap();
    root.retain(|key, _| key == "$defs" || key == "$schema");
    let chosen = document.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}")).clone();
    root.insert("allOf".into(), Value::Array(vec![chosen]));
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn matches(validator: &jsonschema::Validator, text: &str) {
    let value: Value = serde_json::from_str(text).unwrap();
    if let Some(error) = validator.iter_errors(&value).next() {
        panic!("{error}\nat {}\nin {text}", error.instance_path());
    }
}

#[test]
fn every_signature_vector() {
    let Some(folder) = contracts("every_signature_vector") else { return };
    let vectors = json(&folder, "twilio/signature-vectors.json");
    let mut count = 0;
    for case in vectors["cases"].as_array().unwrap() {
        let text = |name: &str| case[name].as_str().unwrap();
        let pairs: Vec<(String, String)> = match &case["params"] {
            Value::Object(map) => map.iter().map(|(n, v)| (n.clone(), v.as_str().unwrap().to_owned())).collect(),
            Value::Array(list) => {
                list.iter().map(|p| (p[0].as_str().unwrap().to_owned(), p[1].as_str().unwrap().to_owned())).collect()
            }
            _ => Vec::new(),
        };
        let body = match (&case["body"], case["content_type"].as_str()) {
            (Value::String(raw), _) => Body::Raw(raw.as_bytes()),
            (_, Some("application/x-www-form-urlencoded")) => Body::Form(&pairs),
            _ => Body::None,
        };
        let algorithm = match case["algorithm"].as_str() {
            Some("HMAC_SHA256") => Algorithm::HmacSha256,
            _ => Algorithm::HmacSha1,
        };
        let valid = verify_with(algorithm, text("auth_token"), text("url"), body, text("signature")).is_ok();
        // What makes the library raise an error must be refused.
        assert_eq!(valid, case["valid"] == Value::Bool(true), "{}", text("name"));
        if case["valid"] == Value::Bool(true) && !text("name").contains("port") {
            assert_eq!(sign_with(algorithm, text("auth_token"), text("url"), body), text("signature"), "{}", text("name"));
        }
        count += 1;
    }
    assert!(count >= 25, "only {count} vectors");
}

#[test]
fn media_streams_messages() {
    let Some(folder) = contracts("media_streams_messages") else { return };
    let document = json(&folder, "twilio/media-streams.schema.json");
    let from = schema(&document, "/twilio_to_server");
    let to = schema(&document, "/server_to_twilio");
    let stream = Start {
        stream_sid: format!("MZ{}", "2".repeat(32)),
        call_sid: format!("CA{}", "1".repeat(32)),
        account_sid: format!("AC{}", "a".repeat(32)),
        ..Start::default()
    };
    for file in ["twilio/media-streams.examples.jsonl", "twilio/media-streams.recorded-openai-agents.jsonl"] {
        for line in lines(&folder, file) {
            let text = line["message"].to_string();
            if text.contains("\"<") {
                continue; // A payload that was replaced by its length when it was recorded.
            }
            if line["direction"] == "twilio_to_server" {
                let message = FromCarrier::read(&text).unwrap();
                assert!(!matches!(message, FromCarrier::Unknown { .. }), "{text}");
                matches(&from, &message.write(&stream, 2));
            } else {
                let sid = line["message"]["streamSid"].as_str().unwrap();
                let message = ToCarrier::read(&text, sid).unwrap();
                assert_eq!(serde_json::from_str::<Value>(&message.write(sid)).unwrap(), line["message"]);
                matches(&to, &message.write(sid));
            }
        }
    }
}

#[test]
fn realtime_client_events() {
    let Some(folder) = contracts("realtime_client_events") else { return };
    let document = json(&folder, "openai/realtime-client-events.strict.schema.json");
    let strict = schema(&document, "/$defs/RealtimeClientEvent");
    for line in lines(&folder, "openai/realtime-client.valid.jsonl") {
        let text = line["event"].to_string();
        let received = ClientEvent::read(&text).unwrap_or_else(|error| panic!("{error:?}: {text}"));
        assert!(!matches!(received.event, ClientEvent::Unknown { .. }), "{text}");
        let written = received.event.write(received.event_id.as_deref());
        matches(&strict, &written);
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), line["event"], "nothing is lost and nothing is added");
    }
    for line in lines(&folder, "openai/realtime-client.invalid.jsonl") {
        let text = line["event"].to_string();
        let taken = matches!(ClientEvent::read(&text), Ok(received) if !matches!(received.event, ClientEvent::Unknown { .. }));
        assert!(!taken, "{}: {text}", line["why"]);
    }
}

#[test]
fn realtime_server_events() {
    let Some(folder) = contracts("realtime_server_events") else { return };
    let document = json(&folder, "openai/realtime-events.schema.json");
    let published = schema(&document, "/server_event");
    let mut known = 0;
    for line in lines(&folder, "openai/realtime-server.examples.jsonl") {
        let text = line["event"].to_string();
        let event = ServerEvent::read(&text).unwrap_or_else(|error| panic!("{error:?}: {text}"));
        if matches!(event, ServerEvent::Unknown { .. }) {
            continue;
        }
        known += 1;
        // An example that breaks the schema by itself may come out as broken as it went in.
        if line["matches_published_schema"] == true {
            matches(&published, &event.write("event_1"));
        }
    }
    assert!(known >= 25, "only {known} known events");
}

#[test]
fn what_the_voice_server_writes_matches_the_published_schema() {
    let Some(folder) = contracts("what_the_voice_server_writes") else { return };
    let document = json(&folder, "openai/realtime-events.schema.json");
    let published = schema(&document, "/server_event");
    for text in include_str!("fixtures/server_events.jsonl").lines() {
        let event = ServerEvent::read(text).unwrap();
        assert!(!matches!(event, ServerEvent::Unknown { .. }), "{text}");
        matches(&published, &event.write("event_1"));
    }
}

#[test]
fn live_client_events() {
    use wire::live::{Audio, AudioFormat, AudioOutput, ClientEvent, Delegate, Delegation, Function, FunctionOutput, StartConfig};
    let Some(folder) = contracts("live_client_events") else { return };
    let document = json(&folder, "openai/live-events.schema.json");
    let published = schema(&document, "/$defs/client_event");
    let audio =
        Some(Audio { format: Some(AudioFormat::Pcmu { rate: 8_000 }), output: Some(AudioOutput { voice: "marin".into() }) });
    let least = StartConfig { model: "gpt-live-1".into(), instructions: Some("Be brief.".into()), audio, delegation: None };
    let tools = vec![Function { name: "end_call".into(), description: "Hang up.".into(), parameters: serde_json::json!({}) }];
    let delegate = Delegate { model: "m".into(), instructions: Some("x".into()), parallel_tool_calls: false, tools };
    let delegation = Some(Delegation::Responses { responses: Box::new(delegate) });
    let content = "Greet the callee.".to_owned();
    let events = [
        ClientEvent::Start { session: Box::new(least.clone()) },
        ClientEvent::Append { audio: bytes::Bytes::from_static(&[0xff; 4]) },
        ClientEvent::Commentary { delegation_id: None, content: content.clone() },
        ClientEvent::Close {},
        ClientEvent::Start { session: Box::new(StartConfig { delegation, ..least }) },
        ClientEvent::Instructions { delegation_id: None, content },
        ClientEvent::ItemCreate { item: FunctionOutput { call_id: "c".into(), output: "{}".into() } },
        ClientEvent::ResponseCreate {},
    ];
    for event in &events {
        matches(&published, &event.write());
    }
    // The first four are the examples.
    let examples = lines(&folder, "openai/live-client.valid.jsonl");
    assert_eq!(examples.len(), 4);
    for (event, example) in events.iter().zip(&examples) {
        assert_eq!(serde_json::from_str::<Value>(&event.write()).unwrap(), example["event"]);
    }
}

#[test]
fn live_server_events() {
    use wire::live::ServerEvent;
    let Some(folder) = contracts("live_server_events") else { return };
    let document = json(&folder, "openai/live-events.schema.json");
    // Every event of the service is known by its type, so that only what is newer counts as unknown.
    let mut known = 0;
    for (name, definition) in document["$defs"].as_object().unwrap() {
        let Some(kind) = definition["properties"]["type"]["const"].as_str() else { continue };
        let received = name.starts_with("server.") && (kind.starts_with("session.") || kind.starts_with("response.event"));
        // Fixtures, decisions and telephone legs are never asked for.
        if !received || kind.contains("fixture") {
            continue;
        }
        let example = serde_json::json!({"type": kind, "event_id": "e", "delta": "", "event": {}});
        let event = ServerEvent::read(&example.to_string()).unwrap_or_else(|error| panic!("{error:?}: {kind}"));
        assert!(!matches!(event, ServerEvent::Unknown { .. }), "{kind}");
        known += 1;
    }
    assert!(known >= 12, "only {known} known events");
}

#[test]
fn twiml_examples() {
    let Some(folder) = contracts("twiml_examples") else { return };
    for case in json(&folder, "twilio/twiml.examples.json")["cases"].as_array().unwrap() {
        let document = Document::read(case["twiml"].as_str().unwrap()).unwrap();
        let Verb::Connect { stream, .. } = &document.0[0] else { panic!("{document:?}") };
        assert_eq!(stream.url, case["url"].as_str().unwrap());
        let parameters: serde_json::Map<String, Value> =
            stream.parameters.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        assert_eq!(Value::Object(parameters), case["parameters"]);
        assert_eq!(Document::read(&document.write()).unwrap(), document);
    }
}

#[test]
fn error_codes() {
    let Some(folder) = contracts("error_codes") else { return };
    let table = json(&folder, "twilio/errors.json");
    for group in ["call_create", "call_update", "during_call"] {
        for entry in table[group].as_array().unwrap() {
            let code = ErrorCode::of(entry["code"].as_u64().unwrap()).unwrap_or_else(|| panic!("{entry}"));
            assert_eq!(code.title(), entry["title"]);
            assert_eq!(u64::from(code.http()), entry["http"].as_u64().unwrap_or(0), "{entry}");
        }
    }
}

#[test]
fn status_callbacks() {
    let Some(folder) = contracts("status_callbacks") else { return };
    for line in lines(&folder, "twilio/callbacks.examples.jsonl") {
        let pairs: Vec<(String, String)> =
            line["params"].as_object().unwrap().iter().map(|(n, v)| (n.clone(), v.as_str().unwrap().to_owned())).collect();
        let callback = StatusCallback::from_pairs(&pairs);
        assert_eq!(callback.call_sid, line["params"]["CallSid"]);
        if line["kind"] == "status" {
            assert_ne!(callback.call_status, CallStatus::Unknown);
            let (mut written, mut expected) = (callback.to_pairs(), pairs);
            written.sort();
            expected.sort();
            assert_eq!(written, expected);
        }
    }
}

#[test]
fn rest_forms_and_resources() {
    let Some(folder) = contracts("rest_forms_and_resources") else { return };
    let document = json(&folder, "twilio/calls-strict.openapi.json");
    let properties = |path: &str| {
        let pointer = "/post/requestBody/content/application~1x-www-form-urlencoded/schema/properties";
        document["paths"][path].pointer(pointer).unwrap().as_object().unwrap().clone()
    };
    let create = properties("/2010-04-01/Accounts/{AccountSid}/Calls.json");
    let update = properties("/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json");
    let call = CreateCall {
        to: "+14155550100".into(),
        from: "+14155550199".into(),
        url: Some("https://a.example/twiml".into()),
        status_callback: Some("https://a.example/status".into()),
        status_callback_event: vec![CallbackEvent::Completed],
        timeout_s: Some(30),
        time_limit_s: Some(300),
        ..CreateCall::default()
    };
    for (name, _) in call.to_pairs() {
        assert!(create.contains_key(&name), "{name}");
    }
    // Every documented field is known to the reader, with a value of its kind.
    for (name, kind) in &create {
        let value = match (name.as_str(), kind["type"].as_str()) {
            ("StatusCallbackEvent", _) => "completed",
            ("MachineDetection", _) => "Enable",
            (_, Some("integer")) => "5",
            (_, Some("boolean")) => "true",
            (name, _) if name.ends_with("Method") => "POST",
            _ => "x",
        };
        let mut pairs = call.to_pairs();
        pairs.push((name.clone(), value.to_owned()));
        CreateCall::from_pairs(pairs).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
    for (name, _) in UpdateCall::hang_up().to_pairs() {
        assert!(update.contains_key(&name), "{name}");
    }
    let resource = document["components"]["schemas"]["api.v2010.account.call"]["properties"].as_object().unwrap();
    let ours = wire::rest::Call::outbound(
        &format!("AC{}", "a".repeat(32)),
        &format!("CA{}", "1".repeat(32)),
        "+14155550100",
        "+14155550199",
    );
    let ours = serde_json::to_value(ours).unwrap();
    let names = |map: &serde_json::Map<String, Value>| {
        let mut names: Vec<String> = map.keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(names(ours.as_object().unwrap()), names(resource));
}
