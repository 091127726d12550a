//! Everything that comes over a wire, almost right: nothing panics, nothing takes long, and what was understood is written so that
//! it is understood again.

use odd_input::fuzz;
use wire::media::{FromCarrier, Start, ToCarrier};
use wire::rest::{Call, CallPage, CreateCall, ErrorBody, ListCalls, StatusCallback, UpdateCall};
use wire::{dtmf, g711, live, realtime, signature, twiml};

const FROM_CARRIER: [&str; 6] = [
    r#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#,
    r#"{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ1","callSid":"CA1","tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"token":"t","order":"o_1"}},"streamSid":"MZ1"}"#,
    r#"{"event":"media","sequenceNumber":"4","media":{"track":"inbound","chunk":"2","timestamp":"20","payload":"fn5+fn5+fg=="},"streamSid":"MZ1"}"#,
    r#"{"event":"dtmf","streamSid":"MZ1","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"1"}}"#,
    r#"{"event":"mark","sequenceNumber":"6","streamSid":"MZ1","mark":{"name":"m1"}}"#,
    r#"{"event":"stop","sequenceNumber":"7","streamSid":"MZ1","stop":{"accountSid":"AC1","callSid":"CA1"}}"#,
];
const TO_CARRIER: [&str; 3] = [
    r#"{"event":"media","streamSid":"MZ1","media":{"payload":"fn5+fn5+fg=="}}"#,
    r#"{"event":"mark","streamSid":"MZ1","mark":{"name":"m1"}}"#,
    r#"{"event":"clear","streamSid":"MZ1"}"#,
];
const REALTIME_CLIENT: [&str; 5] = [
    r#"{"type":"session.update","event_id":"e","session":{"type":"realtime","instructions":"Be nice.","audio":{"input":{"format":{"type":"audio/pcmu"},"turn_detection":{"type":"server_vad","threshold":0.5,"prefix_padding_ms":300,"silence_duration_ms":500,"create_response":false},"transcription":{"model":"whisper-1"}},"output":{"format":{"type":"audio/pcmu"},"voice":"marin","speed":1.0}},"tools":[{"type":"function","name":"end_call","parameters":{}}],"tool_choice":"auto","max_output_tokens":"inf","truncation":"auto"}}"#,
    r#"{"type":"input_audio_buffer.append","audio":"fn5+fg=="}"#,
    r#"{"type":"conversation.item.create","previous_item_id":null,"item":{"type":"function_call_output","call_id":"c","output":"{}"}}"#,
    r#"{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":100}"#,
    r#"{"type":"response.create","response":{"instructions":"Say hello.","output_modalities":["audio"],"tool_choice":"none"}}"#,
];
const LIVE_SERVER: [&str; 6] = [
    r#"{"type":"session.started","event_id":"e","session":{"id":"s"}}"#,
    r#"{"type":"session.output_audio.delta","event_id":"e","delta":"fn5+fg=="}"#,
    r#"{"type":"session.output_transcript.delta","event_id":"e","delta":"Hello","item_id":"i","start_ms":0,"end_ms":100}"#,
    r#"{"type":"session.usage.updated","event_id":"e","usage":{"seconds":1.5}}"#,
    r#"{"type":"response.event","event_id":"e","event":{"type":"response.done","response":{"id":"r","output":[{"type":"function_call","call_id":"c","name":"end_call","arguments":"{}"}],"usage":{"input_tokens":1}}}}"#,
    r#"{"type":"error","event_id":"e","error":{"type":"invalid_request_error","code":null,"message":"No."}}"#,
];
const TWIML: [&str; 3] = [
    r#"<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="wss://calls.example.com/media"><Parameter name="token" value="t"/></Stream></Connect></Response>"#,
    "<Response><Say>Goodbye &amp; thank you.</Say><Pause length=\"1\"/><Hangup/></Response>",
    "<Response><Redirect method=\"POST\">https://calls.example.com/twiml/o_1</Redirect></Response>",
];
const REST: [&str; 3] = [
    r#"{"sid":"CA1","account_sid":"AC1","to":"+14155550100","from":"+14155550199","status":"completed","duration":"42","date_created":"Sat, 21 Nov 2026 12:00:00 +0000","direction":"outbound-api","price":null,"uri":"/2010-04-01/Accounts/AC1/Calls/CA1.json"}"#,
    r#"{"calls":[{"sid":"CA1","status":"ringing","to":"+14155550100"}],"page":0,"page_size":50,"next_page_uri":null}"#,
    r#"{"code":20003,"message":"Authenticate","more_info":"https://www.twilio.com/docs/errors/20003","status":401}"#,
];
const FORMS: [&str; 4] = [
    "CallSid=CA1&CallStatus=completed&CallDuration=42&SequenceNumber=3&Timestamp=Sat%2C+21+Nov+2026+12%3A00%3A00+%2B0000&To=%2B14155550100&From=%2B14155550199&Direction=outbound-api",
    "To=%2B14155550100&From=%2B14155550199&Url=https%3A%2F%2Fcalls.example.com%2Ftwiml&Method=POST&StatusCallback=https%3A%2F%2Fcalls.example.com%2Fstatus&StatusCallbackEvent=initiated&StatusCallbackEvent=completed&Timeout=30&TimeLimit=300",
    "Status=completed",
    "To=%2B14155550100&StartTime%3E=2026-11-21&Status=busy&PageSize=50&Page=0",
];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a form says; enough of the encoding for a test, with the rest left as it is.
fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    let decoded = |part: &str| {
        let mut out = Vec::new();
        let mut rest = part.as_bytes();
        while let [first, tail @ ..] = rest {
            let hex = tail
                .get(..2)
                .filter(|_| *first == b'%')
                .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
            out.push(hex.unwrap_or(if *first == b'+' { b' ' } else { *first }));
            rest = if hex.is_some() { &tail[2..] } else { tail };
        }
        text(&out)
    };
    let pair =
        |part: &str| part.split_once('=').map_or_else(|| (decoded(part), String::new()), |(k, v)| (decoded(k), decoded(v)));
    text(bytes).split('&').map(pair).collect()
}

fn media_stream(bytes: &[u8]) {
    let stream = Start {
        stream_sid: "MZ1".into(),
        call_sid: "CA1".into(),
        account_sid: "AC1".into(),
        custom_parameters: Default::default(),
    };
    if let Ok(message) = FromCarrier::read(&text(bytes)) {
        let again = FromCarrier::read(&message.write(&stream, 3)).expect("what is written can be read");
        // A start names its own stream, and what is unknown has no form of its own.
        if !matches!(message, FromCarrier::Start(_) | FromCarrier::Unknown { .. }) {
            assert!(again == message || matches!(message, FromCarrier::Stop { .. }), "{message:?} {again:?}");
        }
    }
    if let Ok(message) = ToCarrier::read(&text(bytes), "MZ1") {
        assert_eq!(ToCarrier::read(&message.write("MZ1"), "MZ1").expect("what is written can be read"), message);
    }
}

fn realtime_events(bytes: &[u8]) {
    let text = text(bytes);
    if let Ok(event) = realtime::ServerEvent::read(&text) {
        let written = event.write("e");
        let again = realtime::ServerEvent::read(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
        assert_eq!(again.write("e"), written);
    }
    if let Ok(received) = realtime::ClientEvent::read(&text) {
        let written = received.event.write(received.event_id.as_deref());
        let again = realtime::ClientEvent::read(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
        assert_eq!(again.event.write(again.event_id.as_deref()), written);
    }
}

fn twiml(bytes: &[u8]) {
    if let Ok(document) = twiml::Document::read(&text(bytes)) {
        let written = document.write();
        let again = twiml::Document::read(&written).unwrap_or_else(|error| panic!("{error}: {written}"));
        assert_eq!(again.write(), written);
    }
}

fn rest(bytes: &[u8]) {
    if let Ok(call) = serde_json::from_slice::<Call>(bytes) {
        let _ = (call.duration_s(), call.status.is_terminal());
        let written = serde_json::to_string(&call).expect("a call is written");
        serde_json::from_str::<Call>(&written).expect("what is written can be read");
    }
    let _ = (serde_json::from_slice::<CallPage>(bytes).is_ok(), serde_json::from_slice::<ErrorBody>(bytes).is_ok());
}

fn forms(bytes: &[u8]) {
    let pairs = pairs(bytes);
    let told = StatusCallback::from_pairs(&pairs);
    assert_eq!(StatusCallback::from_pairs(&told.to_pairs()).to_pairs(), told.to_pairs());
    if let Ok(create) = CreateCall::from_pairs(pairs.clone()) {
        let again = CreateCall::from_pairs(create.to_pairs()).expect("what is written can be read");
        assert_eq!(again.to_pairs(), create.to_pairs());
    }
    if let Ok(update) = UpdateCall::from_pairs(pairs.clone()) {
        let again = UpdateCall::from_pairs(update.to_pairs()).expect("what is written can be read");
        assert_eq!(again.to_pairs(), update.to_pairs());
    }
    if let Ok(list) = ListCalls::from_pairs(pairs) {
        let again = ListCalls::from_pairs(list.to_pairs()).expect("what is written can be read");
        assert_eq!(again.to_pairs(), list.to_pairs());
    }
}

/// What nobody signed is not let through, whatever the address, the form and the signature are.
fn signatures(bytes: &[u8]) {
    let (url, form) = (text(bytes), pairs(bytes));
    for body in [signature::Body::Form(&form), signature::Body::Raw(bytes)] {
        assert!(signature::verify("token", &url, body, &url).is_err());
    }
    let signed = signature::sign("token", &url, signature::Body::Form(&form));
    assert_eq!(signature::verify("token", &url, signature::Body::Form(&form), &signed), Ok(()));
    assert!(signature::verify("another", &url, signature::Body::Form(&form), &signed).is_err());
}

fn audio(bytes: &[u8]) {
    let samples = g711::decode(bytes);
    assert_eq!(samples.len(), bytes.len());
    assert_eq!(g711::decode(&g711::encode(&samples)), samples, "µ-law of what was µ-law is the same sound");
    assert!(g711::loudness(bytes).is_finite());
    let mut detector = dtmf::Detector::new();
    let keys: usize = samples.chunks(37).map(|some| detector.push(some).len()).sum();
    assert!(keys <= samples.len() / 100 + 1);
    if let Some(tones) = dtmf::encode(&text(bytes)) {
        assert!(tones.len() <= 100 * 8 * 100 * (bytes.len() + 1));
    }
}

#[test]
fn media_stream_messages() {
    fuzz(2_000, &FROM_CARRIER, media_stream);
    fuzz(1_000, &TO_CARRIER, media_stream);
}

#[test]
fn realtime_events_of_both_sides() {
    let server: Vec<&str> = include_str!("fixtures/server_events.jsonl").lines().collect();
    fuzz(3_000, &server, realtime_events);
    fuzz(1_500, &REALTIME_CLIENT, realtime_events);
}

#[test]
fn live_events() {
    fuzz(1_500, &LIVE_SERVER, |bytes| drop(live::ServerEvent::read(&text(bytes))));
}

#[test]
fn twiml_documents() {
    fuzz(2_000, &TWIML, twiml);
}

#[test]
fn rest_answers_and_forms() {
    fuzz(1_500, &REST, rest);
    fuzz(2_000, &FORMS, forms);
}

#[test]
fn signatures_of_anything() {
    fuzz(1_500, &FORMS, signatures);
}

#[test]
fn telephone_audio() {
    fuzz(1_000, &["fn5+fn5+fg==", "123#*0", "~~~~~~~~"], audio);
}
