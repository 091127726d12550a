use super::*;
use serde_json::{Value, json};

/// A session and everything that it has put out.
struct Line {
    live: Live,
    now: Instant,
    inputs: VecDeque<Input>,
}

impl Line {
    fn new() -> Self {
        Self { live: Live::default(), now: Instant::now(), inputs: VecDeque::new() }
    }

    fn pass(&mut self, ms: u64) {
        self.now += Duration::from_millis(ms);
        while self.live.wake_at().is_some_and(|at| at <= self.now) {
            self.live.on_time(self.now, &mut self.inputs);
        }
    }

    fn get(&mut self, event: Value) {
        self.live.read(&event.to_string(), self.now, &mut self.inputs).unwrap();
    }

    /// 100 ms of the model's audio.
    fn audio(&mut self, amplitude: i16) {
        use base64::Engine as _;
        let audio = base64::engine::general_purpose::STANDARD.encode(wire::g711::encode(&[amplitude; 800]));
        self.get(json!({"type": "session.output_audio.delta", "delta": audio}));
    }

    fn says(&mut self, text: &str) {
        self.get(json!({"type": "session.output_transcript.delta", "event_id": "e", "delta": text, "start_ms": 0, "end_ms": 9}));
    }

    fn callee(&mut self, text: &str, start_ms: u64) {
        let end_ms = start_ms + 300;
        self.get(json!({"type": "session.input_transcript.delta", "event_id": "e", "delta": text, "start_ms": start_ms,
            "end_ms": end_ms}));
    }

    fn send(&mut self, command: VoiceCommand) -> Vec<Value> {
        let written = self.live.write(command, self.now, &mut self.inputs);
        written.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
    }

    /// What has happened since this was last asked, in short.
    fn told(&mut self) -> Vec<String> {
        self.inputs.drain(..).map(|input| short(&input)).collect()
    }
}

fn short(input: &Input) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "only some inputs come from the model")]
    match input {
        Input::SpeechStarted { item_id, audio_start_ms } => format!("speech {item_id} at {audio_start_ms}"),
        Input::SpeechStopped { item_id, audio_end_ms } => format!("silence {item_id} at {audio_end_ms}"),
        Input::SpeechCommitted { item_id, .. } => format!("committed {item_id}"),
        Input::CalleeText { text, done, .. } => format!("callee {text:?} {done}"),
        Input::ResponseStarted { response_id } => format!("begin {response_id}"),
        Input::AgentAudio { response_id, audio, .. } => format!("audio {response_id} {}", audio.len()),
        Input::AgentAudioDone { .. } => "audio done".into(),
        Input::AgentTextDelta { delta, .. } => format!("text {delta:?}"),
        Input::ToolCall { response_id, name, .. } => format!("tool {name} in {response_id}"),
        Input::ResponseEnded { response_id, status, .. } => format!("end {response_id} {status:?}"),
        Input::VoiceError { code, .. } => format!("error {}", code.as_deref().unwrap_or("")),
        Input::Counted(usage) => format!("counted {} ms", usage.session_ms),
        Input::VoiceLost { message, .. } => format!("lost: {message}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_begins_with_sound_and_ends_with_a_pause() {
    let mut line = Line::new();
    line.says("Hel");
    line.audio(0);
    assert_eq!(line.told(), [""; 0]);
    line.audio(8_000);
    line.says("lo.");
    assert_eq!(line.told(), ["begin live_answer_1", "text \"Hel\"", "audio live_answer_1 800", "text \"lo.\""]);
    (0..7).for_each(|_| line.audio(0));
    assert_eq!(line.told(), ["audio live_answer_1 800"; 7]);
    line.audio(0);
    assert_eq!(line.told(), ["audio live_answer_1 800", "audio done", "end live_answer_1 Completed"]);
    line.audio(0);
    assert_eq!(line.told(), [""; 0]);
}

#[test]
fn an_answer_also_ends_when_nothing_more_comes() {
    let mut line = Line::new();
    line.audio(8_000);
    line.pass(799);
    assert_eq!(line.told(), ["begin live_answer_1", "audio live_answer_1 800"]);
    line.pass(1);
    assert_eq!(line.told(), ["audio done", "end live_answer_1 Completed"]);
    assert_eq!(line.live.wake_at(), None);
}

#[test]
fn the_callees_turn_ends_with_the_models_or_after_a_while() {
    let mut line = Line::new();
    line.callee("We ha", 1_000);
    line.callee("ve it.", 1_300);
    assert_eq!(line.told(), ["speech live_callee_1 at 1000", "callee \"We ha\" false", "callee \"We have it.\" false"]);
    line.audio(8_000);
    let over = ["silence live_callee_1 at 1600", "committed live_callee_1", "callee \"We have it.\" true"];
    assert_eq!(line.told(), [&over[..], &["begin live_answer_2", "audio live_answer_2 800"]].concat());
    line.pass(800);
    line.callee("Bye", 9_000);
    line.told();
    line.pass(1_200);
    assert_eq!(line.told(), ["silence live_callee_3 at 9300", "committed live_callee_3", "callee \"Bye\" true"]);
}

#[test]
fn what_is_cancelled_is_thrown_away_until_the_next_pause() {
    let mut line = Line::new();
    line.audio(8_000);
    line.told();
    assert!(line.send(VoiceCommand::CancelResponse { response_id: "live_answer_1".into() }).is_empty());
    assert_eq!(line.told(), ["end live_answer_1 Cancelled"]);
    line.audio(8_000);
    line.says("and so on");
    line.pass(800);
    assert_eq!(line.told(), [""; 0]);
    line.audio(8_000);
    assert_eq!(line.told(), ["begin live_answer_2", "audio live_answer_2 800"]);
    line.send(VoiceCommand::CancelResponse { response_id: "live_answer_1".into() });
    assert_eq!(line.told(), ["error response_cancel_not_active"]);
    let cut = VoiceCommand::Truncate { item_id: "live_agent_2".into(), content_index: 0, audio_end_ms: 10 };
    assert!(line.send(cut).is_empty());
}

#[test]
fn words_are_given_as_commentary_and_an_answer_is_asked_for_only_if_none_comes() {
    let mut line = Line::new();
    let words = line.send(VoiceCommand::CreateResponse { instructions: Some("Say hello.".into()) });
    assert_eq!(words, [json!({"type": "session.commentary.append", "delegation_id": null, "content": "Say hello."})]);
    let answer = || VoiceCommand::CreateResponse { instructions: None };
    assert!(line.send(answer()).is_empty());
    assert_eq!(line.send(answer())[0]["type"], "session.instructions.append");
    line.audio(8_000);
    assert!(line.send(answer()).is_empty());
}

#[test]
fn tools_are_called_by_the_second_model() {
    let mut line = Line::new();
    let call = |name: &str| {
        json!({"type": "response.event", "event_id": "e", "delegation_id": "d", "event": {
        "type": "response.output_item.done", "item": {"type": "function_call", "status": "completed", "call_id": "c",
        "name": name, "arguments": "{}"}}})
    };
    line.get(call("report_outcome"));
    assert_eq!(line.told(), ["begin live_tools_1", "tool report_outcome in live_tools_1", "end live_tools_1 Completed"]);
    let result = line.send(VoiceCommand::ToolResult { call_id: "c".into(), output: "{}".into() });
    assert_eq!(result[0]["item"], json!({"type": "function_call_output", "call_id": "c", "output": "{}"}));
    assert_eq!(result[1], json!({"type": "response.create"}));
    line.audio(8_000);
    line.told();
    line.get(call("end_call"));
    assert_eq!(line.told(), ["tool end_call in live_answer_2"]);
}

#[test]
fn time_is_told_once_and_the_end_is_a_loss() {
    let mut line = Line::new();
    let usage = |seconds: u32| json!({"type": "session.usage.updated", "event_id": "e", "usage": {"seconds": seconds}});
    line.get(usage(15));
    line.get(usage(15));
    line.get(usage(31));
    assert_eq!(line.told(), ["counted 15000 ms", "counted 16000 ms"]);
    line.get(json!({"type": "session.closed", "reason": "expired", "usage": {"seconds": 32}}));
    assert_eq!(line.told(), ["counted 1000 ms", "lost: it closed the session (expired)"]);
    line.get(json!({"type": "session.dreams"}));
    assert_eq!(line.live.unknown(), 1);
}

#[test]
fn the_set_up_waits_for_the_session() {
    let mut live = Live::default();
    assert_eq!(live.set_up(r#"{"type":"info","event_id":"e","code":"c","message":"m"}"#), SetUp::Waiting);
    assert_eq!(live.set_up(r#"{"type":"session.started","event_id":"e","session":{}}"#), SetUp::Ready);
    let refused = live.set_up(r#"{"type":"error","event_id":"e","error":{"type":"t","code":"c","message":"no such voice"}}"#);
    assert_eq!(refused, SetUp::Refused(session::Trouble::Refused, "no such voice".into()));
}
