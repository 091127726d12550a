//! A client that says almost what it should: the session answers each message with events that are JSON, and never panics.

use super::{Effect, Session};
use odd_input::fuzz;
use uuid::Uuid;

const CLIENT: [&str; 8] = [
    r#"{"type":"session.update","event_id":"e","session":{"type":"realtime","instructions":"Be nice.","audio":{"input":{"format":{"type":"audio/pcmu"},"turn_detection":{"type":"server_vad","threshold":0.5,"prefix_padding_ms":300,"silence_duration_ms":500,"create_response":true},"transcription":{"model":"whisper-1"}},"output":{"format":{"type":"audio/pcm","rate":24000},"voice":"marin","speed":1.0}},"tools":[{"type":"function","name":"end_call","parameters":{"type":"object","properties":{}}}]}}"#,
    r#"{"type":"input_audio_buffer.append","audio":"fn5+fn5+fn5+fn5+"}"#,
    r#"{"type":"input_audio_buffer.commit"}"#,
    r#"{"type":"input_audio_buffer.clear"}"#,
    r#"{"type":"conversation.item.create","previous_item_id":null,"item":{"id":"i1","type":"message","role":"user","content":[{"type":"input_text","text":"Hello"}]}}"#,
    r#"{"type":"conversation.item.truncate","item_id":"i1","content_index":0,"audio_end_ms":100}"#,
    r#"{"type":"response.create","response":{"instructions":"Say hello.","output_modalities":["audio"]}}"#,
    r#"{"type":"response.cancel","response_id":"r1"}"#,
];

fn session(bytes: &[u8]) {
    let mut session = Session::new(Uuid::nil(), "ringback-local".into(), 1_800_000_000);
    let odd = String::from_utf8_lossy(bytes);
    for text in CLIENT.into_iter().chain([&*odd, &*odd]).chain(CLIENT) {
        session.receive(text);
        let effects = session.take_effects();
        assert!(effects.len() < 1_000, "{} effects of one message", effects.len());
        for effect in effects {
            if let Effect::Send(event) = effect {
                let written = session.write(&event);
                serde_json::from_str::<serde_json::Value>(&written).expect("what is sent is JSON");
            }
        }
    }
}

#[test]
fn client_events_that_are_almost_right() {
    fuzz(500, &CLIENT, session);
}
