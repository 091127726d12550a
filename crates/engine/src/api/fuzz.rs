//! Bodies and addresses that are almost right: nothing panics, and what is taken keeps to its limits.

use super::{body, call_result, chat, decisions, events};
use http::{HeaderMap, HeaderValue};
use odd_input::fuzz;
use types::chat::{ChatRequest, Decision};
use types::{CallResult, NumberedCallEvent};

const CHAT: [&str; 2] = [
    r#"{"message":"order a pizza"}"#,
    r#"{"message":"yes","conversation_id":"c_1","message_id":"m1","voice_choice":{"voice":"cedar","language":"de","model":"gpt-realtime"}}"#,
];
const DECISIONS: [&str; 3] =
    [r#"{"decision":"approve"}"#, r#"{"decision":"cancel"}"#, r#"{"decision":"change","details":{"size":"medium"}}"#];
const RESULTS: [&str; 1] = [
    r#"{"call_sid":"CA1","order_id":"o_1","conversation_id":"c_1","attempt":1,"status":"completed","ended_reason":"agent_hung_up","duration":42,"summary":"Done.","error_message":null,"outcome":{"status":"achieved","facts":[{"name":"total","value":"$21.50","evidence":{"line":1,"quote":"twenty one fifty","at_ms":9000}}]},"transcript":[{"line":0,"speaker":"agent","text":"Hello.","heard":"Hello.","interrupted":false,"start_ms":0,"end_ms":900},{"line":1,"speaker":"callee","text":"Hi.","heard":"Hi.","interrupted":false,"start_ms":1000,"end_ms":1200}],"disclosed_at_ms":2100,"usage":{"input_text_tokens":10},"cost":{"currency":"USD","micros":120000},"turn_latency_ms":[420,380]}"#,
];
const CALL_EVENTS: [&str; 3] = [
    r#"{"n":1,"at_ms":5,"event":{"type":"stage","stage":"ringing"}}"#,
    r#"{"n":2,"at_ms":5,"event":{"type":"caption","line":0,"speaker":"agent","text":"Hello","done":true,"heard":null}}"#,
    r#"{"n":3,"at_ms":5,"event":{"type":"disclosed","at_ms":2100}}"#,
];

fn chats(bytes: &[u8]) {
    let Some(request) = body::parse::<ChatRequest>(bytes).ok().and_then(|request| chat::checked(request).ok()) else { return };
    assert!(!request.message.trim().is_empty() && request.message.chars().count() <= 4_000);
    assert!(request.message_id.is_none_or(|id| (1..=1_000).contains(&id.len())));
}

fn decided(bytes: &[u8]) {
    let decision = body::parse(bytes).ok().and_then(|decided| decisions::checked(decided).ok());
    if let Some(Decision::Change { details }) = decision {
        assert!((1..=40).contains(&details.len()) && details.values().all(|text| text.chars().count() <= 500));
    }
}

/// A result that is taken is told in the chat, stored, and read again.
fn results(bytes: &[u8]) {
    let Ok(result) = body::parse::<CallResult>(bytes) else { return };
    if call_result::check(&result).is_ok() {
        assert!(result.attempt > 0);
        let stored = serde_json::to_string(&result).expect("a result becomes JSON");
        assert_eq!(serde_json::from_str::<CallResult>(&stored).expect("and is read again"), result);
    }
}

fn last_event_ids(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut headers = HeaderMap::new();
    let of_address = events::after(&headers, Some(&text));
    if let Ok(value) = HeaderValue::from_bytes(bytes) {
        headers.insert("last-event-id", value);
        let of_header = events::after(&headers, Some("after=7"));
        assert_eq!(of_header.is_ok(), text.trim().parse::<u64>().is_ok() || headers["last-event-id"].to_str().is_err());
    }
    assert!(of_address.is_err() || text.contains("after=") || of_address == Ok(0));
}

#[test]
fn chat_messages_that_are_almost_right() {
    fuzz(1_500, &CHAT, chats);
}

#[test]
fn decisions_that_are_almost_right() {
    fuzz(1_500, &DECISIONS, decided);
}

#[test]
fn results_that_are_almost_right() {
    fuzz(1_500, &RESULTS, results);
    fuzz(500, &CALL_EVENTS, |bytes| drop(serde_json::from_slice::<NumberedCallEvent>(bytes)));
}

#[test]
fn last_event_ids_that_are_almost_right() {
    fuzz(1_000, &["17", "after=17", "after=17&after=18&x=%31", "18446744073709551615"], last_event_ids);
}
