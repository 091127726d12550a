//! Sessions without sockets and without models: events in, events out, the work done by hand.

use super::{Effect, Session};
use crate::brain::{Line, Reply, ToolCall, Turn};
use crate::work::{Done, Job};
use bytes::Bytes;
use serde_json::{Value, json};
use std::collections::VecDeque;
use uuid::Uuid;

/// A session, what it has sent, and the work that it waits for.
struct Rig {
    session: Session,
    sent: Vec<Value>,
    jobs: VecDeque<Job>,
}

impl Rig {
    fn new() -> Self {
        let session = Session::new(Uuid::nil(), "ringback-local".into(), 1_800_000_000);
        let mut rig = Self { session, sent: Vec::new(), jobs: VecDeque::new() };
        rig.collect();
        assert_eq!(rig.kinds(), ["session.created"]);
        rig.sent.clear();
        rig
    }

    /// Turns are ended by the client, audio is µ-law.
    fn manual() -> Self {
        let mut rig = Self::new();
        rig.send(json!({"type": "session.update", "session": {"type": "realtime", "instructions": "Be nice.", "audio": {
            "input": {"format": {"type": "audio/pcmu"}, "turn_detection": null, "transcription": {"model": "whisper-1"}},
            "output": {"format": {"type": "audio/pcmu"}}},
            "tools": [{"type": "function", "name": "end_call", "parameters": {"type": "object", "properties": {}}}]}}));
        assert_eq!(rig.take_kinds(), ["session.updated"]);
        rig
    }

    fn send(&mut self, event: Value) {
        self.session.receive(&event.to_string());
        self.collect();
    }

    fn collect(&mut self) {
        for effect in self.session.take_effects() {
            match effect {
                Effect::Send(event) => {
                    let text = self.session.write(&event);
                    self.sent.push(serde_json::from_str(&text).unwrap());
                }
                Effect::Do(job) => self.jobs.push_back(job),
            }
        }
    }

    fn kinds(&self) -> Vec<&str> {
        self.sent.iter().map(|event| event["type"].as_str().unwrap()).collect()
    }

    fn take_kinds(&mut self) -> Vec<String> {
        self.take().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }

    fn take(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.sent)
    }

    /// The code of the one event that was sent, which must be an error.
    #[track_caller]
    fn refusal(&mut self) -> String {
        let sent = self.take();
        let [error] = &sent[..] else { panic!("{sent:?}") };
        assert_eq!((&error["type"], &error["error"]["type"]), (&json!("error"), &json!("invalid_request_error")));
        error["error"]["code"].as_str().unwrap().to_owned()
    }

    /// The callee says something, and it is understood.
    fn callee(&mut self, words: &str) {
        self.send(json!({"type": "input_audio_buffer.append", "audio": base64(&[0x20; 8_000])}));
        self.send(json!({"type": "input_audio_buffer.commit"}));
        let Some(Job::Transcribe { number, .. }) = self.jobs.pop_front() else { panic!("nothing is transcribed") };
        self.done(Done::Transcribed { number, heard: Ok(words.into()) });
    }

    fn done(&mut self, done: Done) {
        self.session.done(done);
        self.collect();
    }

    /// The brain has been asked; it answers so. Gives what it was asked.
    fn think(&mut self, say: &str, tools: &[&str]) -> Turn {
        let Some(Job::Think { number, turn }) = self.jobs.pop_front() else { panic!("nobody thinks") };
        let tools = tools.iter().map(|name| ToolCall { name: (*name).into(), arguments: json!({}) }).collect();
        self.done(Done::Thought { number, reply: Reply { say: say.into(), tools } });
        *turn
    }

    /// The mouth has been given a sentence; it takes so long to say. Gives the sentence.
    fn speak(&mut self, ms: usize) -> String {
        let Some(Job::Speak { number, text, .. }) = self.jobs.pop_front() else { panic!("nothing is said") };
        self.done(Done::Spoken { number, audio: Ok(Bytes::from(vec![0x20; ms * 8])) });
        text
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn an_answer_comes_in_the_order_of_the_protocol() {
    let mut rig = Rig::manual();
    rig.send(json!({"type": "response.create"}));
    rig.think("Thank you. Goodbye.", &["end_call"]);
    assert_eq!(rig.speak(700), "Thank you.");
    assert_eq!(rig.speak(200), "Goodbye.");
    let sent = rig.take();
    let kinds: Vec<&str> = sent.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "response.created",
            "response.output_item.added",
            "conversation.item.added",
            "response.content_part.added",
            "response.output_audio_transcript.delta",
            "response.output_audio.delta",
            "response.output_audio.delta",
            "response.output_audio.delta",
            "response.output_audio_transcript.delta",
            "response.output_audio.delta",
            "response.output_audio.done",
            "response.output_audio_transcript.done",
            "response.content_part.done",
            "response.output_item.done",
            "conversation.item.done",
            "response.output_item.added",
            "conversation.item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.output_item.done",
            "conversation.item.done",
            "response.done",
        ]
    );
    let done = &sent.last().unwrap()["response"];
    assert_eq!(done["status"], "completed");
    assert_eq!(done["output"][0]["content"][0]["transcript"], "Thank you. Goodbye.");
    assert_eq!((&done["output"][1]["name"], &done["output"][1]["status"]), (&json!("end_call"), &json!("completed")));
    assert_eq!(done["usage"]["output_token_details"]["audio_tokens"], 18);
    assert_eq!(sent[11]["transcript"], "Thank you. Goodbye.");
    let ids: std::collections::BTreeSet<&str> = sent.iter().map(|event| event["event_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), sent.len());
}

#[test]
fn an_answer_waits_for_the_callees_words() {
    let mut rig = Rig::manual();
    rig.send(json!({"type": "input_audio_buffer.append", "audio": base64(&[0x20; 8_000])}));
    rig.send(json!({"type": "input_audio_buffer.commit"}));
    rig.send(json!({"type": "response.create"}));
    let Some(Job::Transcribe { number, samples }) = rig.jobs.pop_front() else { panic!() };
    assert!(samples.len() == 8_000 && rig.jobs.is_empty());
    rig.done(Done::Transcribed { number, heard: Ok("What size?".into()) });
    let turn = rig.think("", &[]);
    assert_eq!(turn.lines, [Line::Callee { text: "What size?".into() }]);
    assert_eq!((turn.instructions.as_str(), turn.tools), ("Be nice.", vec!["end_call".to_owned()]));
    assert_eq!(
        rig.take_kinds(),
        [
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
            "response.created",
            "conversation.item.input_audio_transcription.delta",
            "conversation.item.input_audio_transcription.completed",
            "response.done",
        ]
    );
}

#[test]
fn nothing_to_say_is_a_completed_answer_without_output() {
    let mut rig = Rig::manual();
    rig.callee("Sure.");
    rig.send(json!({"type": "response.create"}));
    rig.think("", &[]);
    let sent = rig.take();
    let done = &sent.last().unwrap()["response"];
    assert_eq!((&done["status"], &done["output"]), (&json!("completed"), &json!([])));
}

#[test]
fn there_is_one_answer_at_a_time() {
    let mut rig = Rig::manual();
    rig.send(json!({"type": "response.cancel", "event_id": "mine"}));
    assert_eq!(rig.sent[0]["error"]["event_id"], "mine");
    assert_eq!(rig.refusal(), "response_cancel_not_active");
    rig.send(json!({"type": "response.create"}));
    rig.take();
    rig.send(json!({"type": "response.create"}));
    assert_eq!(rig.refusal(), "conversation_already_has_active_response");
    rig.send(json!({"type": "response.cancel", "response_id": "another"}));
    assert_eq!(rig.refusal(), "response_cancel_not_active");
}

#[test]
fn a_cancelled_answer_ends_where_it_is() {
    let mut rig = Rig::manual();
    rig.send(json!({"type": "response.create"}));
    rig.think("One. Two.", &["end_call"]);
    rig.speak(300);
    rig.take();
    rig.send(json!({"type": "response.cancel"}));
    let sent = rig.take();
    let done = &sent.last().unwrap()["response"];
    assert_eq!((&done["status"], &done["status_details"]["reason"]), (&json!("cancelled"), &json!("client_cancelled")));
    assert_eq!(done["output"][0]["status"], "incomplete");
    assert_eq!(done["output"][0]["content"][0]["transcript"], "One.");
    // What was still in the mouth comes too late.
    rig.speak(300);
    assert_eq!(rig.kinds(), Vec::<&str>::new());
    rig.send(json!({"type": "response.create"}));
    let turn = rig.think("", &[]);
    assert_eq!(turn.lines, [Line::Agent { text: "One.".into(), cut: true }]);
}

#[test]
fn what_was_not_heard_is_forgotten() {
    let mut rig = Rig::manual();
    rig.send(json!({"type": "response.create"}));
    rig.think("One two three four. Five six.", &[]);
    rig.speak(1_000);
    rig.speak(500);
    let item_id = rig.take()[1]["item"]["id"].as_str().unwrap().to_owned();
    let truncate =
        |ms: u64, id: &str| json!({"type": "conversation.item.truncate", "item_id": id, "content_index": 0, "audio_end_ms": ms});
    rig.send(truncate(1_501, &item_id));
    assert_eq!(rig.refusal(), "invalid_value");
    rig.send(truncate(10, "nobody"));
    assert_eq!(rig.refusal(), "item_not_found");
    rig.send(truncate(1_250, &item_id));
    assert_eq!(rig.take_kinds(), ["conversation.item.truncated"]);
    rig.send(truncate(500, &item_id));
    rig.send(truncate(501, &item_id));
    assert_eq!(rig.take_kinds(), ["conversation.item.truncated", "error"]);
    rig.send(json!({"type": "conversation.item.retrieve", "item_id": item_id}));
    let item = rig.take().remove(0)["item"].clone();
    assert_eq!((&item["id"], &item["status"]), (&json!(item_id), &json!("incomplete")));
    assert_eq!(item["content"][0]["transcript"], "One two");
    rig.send(json!({"type": "response.create"}));
    let turn = rig.think("", &[]);
    assert_eq!(turn.lines, [Line::Agent { text: "One two".into(), cut: true }]);
}

#[test]
fn wrong_events_are_refused_and_the_session_goes_on() {
    let mut rig = Rig::new();
    for (text, code) in [
        ("no json", "invalid_event"),
        (r#"{"type": "response.audio.play", "event_id": "e1"}"#, "invalid_value"),
        (r#"{"type": "input_audio_buffer.append"}"#, "invalid_event"),
        (r#"{"type": "session.update", "session": {"type": "realtime", "voice": "alloy"}}"#, "invalid_event"),
        (r#"{"type": "session.update", "session": {"type": "realtime", "model": "other"}}"#, "cannot_update_model"),
        (
            r#"{"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcma"}}}}}"#,
            "invalid_value",
        ),
        (
            r#"{"type": "session.update", "session": {"type": "realtime", "output_modalities": ["audio", "text"]}}"#,
            "invalid_value",
        ),
        (
            r#"{"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad", "threshold": 2.0}}}}}"#,
            "invalid_value",
        ),
        (r#"{"type": "conversation.item.create", "item": {"type": "mcp_call"}}"#, "invalid_value"),
        (r#"{"type": "conversation.item.delete", "item_id": "nobody"}"#, "item_not_found"),
        (r#"{"type": "conversation.item.retrieve", "item_id": "nobody"}"#, "item_not_found"),
        (r#"{"type": "input_audio_buffer.commit"}"#, "input_audio_buffer_commit_empty"),
        (r#"{"type": "response.create", "response": {"input": []}}"#, "invalid_value"),
    ] {
        rig.session.receive(text);
        rig.collect();
        assert_eq!(rig.refusal(), code, "{text}");
    }
    rig.session.refuse_binary();
    rig.collect();
    assert_eq!(rig.refusal(), "invalid_event");
    rig.send(json!({"type": "input_audio_buffer.clear"}));
    assert_eq!(rig.take_kinds(), ["input_audio_buffer.cleared"]);
}

#[test]
fn the_voice_cannot_be_changed_after_the_first_audio() {
    let mut rig = Rig::manual();
    let voice =
        |name: &str| json!({"type": "session.update", "session": {"type": "realtime", "audio": {"output": {"voice": name}}}});
    rig.send(voice("cedar"));
    assert_eq!(rig.take_kinds(), ["session.updated"]);
    rig.send(json!({"type": "response.create"}));
    rig.think("Hello.", &[]);
    assert!(matches!(rig.jobs.front(), Some(Job::Speak { voice: speech::Voice::Deep, .. })));
    rig.speak(100);
    rig.take();
    rig.send(voice("marin"));
    assert_eq!(rig.refusal(), "cannot_update_voice");
    rig.send(voice("cedar"));
    assert_eq!(rig.take_kinds(), ["session.updated"]);
}

#[test]
fn items_are_put_where_the_client_wants_them() {
    let mut rig = Rig::manual();
    let message = |id: &str, after: Option<&str>| {
        let part = json!({"type": "input_text", "text": id});
        let mut event =
            json!({"type": "conversation.item.create", "item": {"type": "message", "id": id, "role": "user", "content": [part]}});
        if let Some(after) = after {
            event["previous_item_id"] = json!(after);
        }
        event
    };
    rig.send(message("b", None));
    rig.send(message("d", None));
    rig.send(message("c", Some("b")));
    rig.send(message("a", Some("root")));
    assert_eq!(rig.sent[4]["previous_item_id"], "b");
    assert_eq!(rig.sent[6]["previous_item_id"], Value::Null);
    rig.take();
    rig.send(message("a", None));
    assert_eq!(rig.refusal(), "item_already_exists");
    rig.send(json!({"type": "conversation.item.delete", "item_id": "b"}));
    rig.send(
        json!({"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "x", "output": "{}"}}),
    );
    rig.send(json!({"type": "response.create", "response": {"instructions": "Now this.", "tool_choice": "none"}}));
    let turn = rig.think("", &[]);
    let callee = |text: &str| Line::Callee { text: text.into() };
    assert_eq!(turn.lines, [callee("a"), callee("c"), callee("d"), Line::Returned { output: "{}".into() }]);
    assert_eq!((turn.only_now.as_deref(), turn.tools.len()), (Some("Now this."), 0));
}

#[test]
fn an_answer_in_text_or_outside_the_conversation() {
    let mut rig = Rig::manual();
    rig.send(json!({"type": "response.create", "response": {"output_modalities": ["text"], "conversation": "none"}}));
    rig.think("One. Two.", &[]);
    assert_eq!(
        rig.take_kinds(),
        [
            "response.created",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.done",
        ]
    );
    rig.send(json!({"type": "response.create"}));
    assert!(rig.think("", &[]).lines.is_empty());
}

#[test]
fn a_mouth_that_breaks_fails_the_answer_only() {
    let mut rig = Rig::manual();
    rig.send(json!({"type": "response.create"}));
    rig.think("One. Two.", &[]);
    rig.speak(100);
    let Some(Job::Speak { number, .. }) = rig.jobs.pop_front() else { panic!() };
    rig.done(Done::Spoken { number, audio: Err("it broke".into()) });
    let sent = rig.take();
    let done = &sent.last().unwrap()["response"];
    assert_eq!((&done["status"], &done["status_details"]["error"]["code"]), (&json!("failed"), &json!("speech_failed")));
    rig.send(json!({"type": "response.create"}));
    assert_eq!(rig.kinds(), ["response.created"]);
}

#[test]
fn ears_that_break_are_told_and_nothing_waits_for_them() {
    let mut rig = Rig::manual();
    rig.send(json!({"type": "input_audio_buffer.append", "audio": base64(&[0x20; 8_000])}));
    rig.send(json!({"type": "input_audio_buffer.commit"}));
    let Some(Job::Transcribe { number, .. }) = rig.jobs.pop_front() else { panic!() };
    rig.done(Done::Transcribed { number, heard: Err("it broke".into()) });
    assert_eq!(rig.take_kinds().last().unwrap(), "conversation.item.input_audio_transcription.failed");
    rig.send(json!({"type": "response.create"}));
    assert!(rig.think("", &[]).lines.is_empty());
}
