//! A model that says almost what it should, in both dialects: nothing panics, neither in the dialect nor in the call.

use super::dialect::{Dialect, SetUp};
use super::{live::Live, realtime::Realtime};
use odd_input::fuzz;
use session::{Config, Input, Session};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;
use types::{Briefing, CallLimits, CallSid, OrderId};

const REALTIME: [&str; 12] = [
    r#"{"type":"session.updated","event_id":"e","session":{"type":"realtime","id":"s","model":"m"}}"#,
    r#"{"type":"input_audio_buffer.speech_started","event_id":"e","item_id":"c1","audio_start_ms":1000}"#,
    r#"{"type":"input_audio_buffer.speech_stopped","event_id":"e","item_id":"c1","audio_end_ms":2000}"#,
    r#"{"type":"input_audio_buffer.committed","event_id":"e","previous_item_id":null,"item_id":"c1"}"#,
    r#"{"type":"conversation.item.input_audio_transcription.delta","event_id":"e","item_id":"c1","content_index":0,"delta":"Hel"}"#,
    r#"{"type":"conversation.item.input_audio_transcription.completed","event_id":"e","item_id":"c1","content_index":0,"transcript":"Hello?","usage":{"type":"duration","seconds":1.5}}"#,
    r#"{"type":"response.created","event_id":"e","response":{"id":"r1","status":"in_progress","output":[]}}"#,
    r#"{"type":"response.output_audio.delta","event_id":"e","response_id":"r1","item_id":"i1","output_index":0,"content_index":0,"delta":"fn5+fn5+fg=="}"#,
    r#"{"type":"response.output_audio_transcript.delta","event_id":"e","response_id":"r1","item_id":"i1","output_index":0,"content_index":0,"delta":"Hello"}"#,
    r#"{"type":"response.output_item.done","event_id":"e","response_id":"r1","output_index":0,"item":{"id":"i2","type":"function_call","status":"completed","call_id":"c","name":"report_outcome","arguments":"{\"status\":\"achieved\"}"}}"#,
    r#"{"type":"response.done","event_id":"e","response":{"id":"r1","status":"completed","output":[],"usage":{"total_tokens":10,"input_tokens":4,"output_tokens":6,"input_token_details":{"text_tokens":4,"cached_tokens":9},"output_token_details":{"audio_tokens":6}}}}"#,
    r#"{"type":"error","event_id":"e","error":{"type":"invalid_request_error","code":"response_cancel_not_active","message":"No.","event_id":null}}"#,
];
const LIVE: [&str; 7] = [
    r#"{"type":"session.started","event_id":"e","session":{"id":"s"}}"#,
    r#"{"type":"session.output_audio.delta","event_id":"e","delta":"fn5+fn5+fg=="}"#,
    r#"{"type":"session.output_transcript.delta","event_id":"e","delta":"Hello","start_ms":0,"end_ms":100}"#,
    r#"{"type":"session.input_transcript.delta","event_id":"e","delta":"Hi","start_ms":0,"end_ms":100}"#,
    r#"{"type":"session.usage.updated","event_id":"e","usage":{"seconds":1.5}}"#,
    r#"{"type":"response.event","event_id":"e","event":{"type":"response.output_item.done","item":{"type":"function_call","call_id":"c","name":"end_call","arguments":"{}","status":"completed"}}}"#,
    r#"{"type":"session.closed","event_id":"e","reason":"expired"}"#,
];

/// A call that has been answered, with a model that says these lines.
fn call(dialect: &mut dyn Dialect, bytes: &[u8], usual: &[&str]) {
    let odd = String::from_utf8_lossy(bytes);
    assert_ne!(matches!(dialect.set_up(&odd), SetUp::Ready), matches!(dialect.set_up(&odd), SetUp::Waiting | SetUp::Refused(..)));
    let briefing = Briefing { opening: "Hello, this is an AI assistant.".into(), ..Briefing::default() };
    let limits = CallLimits::default();
    let mut session = Session::new(Config {
        order_id: OrderId::new("o_1"),
        conversation_id: None,
        attempt: 1,
        briefing,
        limits,
        second_voice: true,
    });
    let (begin, mut ms) = (Instant::now(), 0);
    let mut inputs = VecDeque::from([Input::VoiceReady, Input::Dialled { call_sid: CallSid::new("CA1") }, Input::StreamStarted]);
    for line in usual.iter().copied().chain([&*odd]).chain(usual.iter().copied()) {
        while let Some(input) = inputs.pop_front() {
            session.handle(Duration::from_millis(ms), input);
            let mut outputs = 0;
            while let Some(output) = session.poll_output() {
                outputs += 1;
                if let session::Output::Voice(command) = output {
                    let now = begin + Duration::from_millis(ms);
                    drop(dialect.write(command, now, &mut inputs));
                }
            }
            assert!(outputs < 1_000, "one input makes {outputs} outputs");
        }
        ms += 100;
        drop(dialect.read(line, begin + Duration::from_millis(ms), &mut inputs));
        assert!(inputs.len() < 1_000, "one message makes {} inputs", inputs.len());
    }
}

#[test]
fn realtime_messages_that_are_almost_right() {
    fuzz(1_500, &REALTIME, |bytes| call(&mut Realtime::default(), bytes, &REALTIME));
}

#[test]
fn live_messages_that_are_almost_right() {
    fuzz(1_500, &LIVE, |bytes| call(&mut Live::default(), bytes, &LIVE));
}
