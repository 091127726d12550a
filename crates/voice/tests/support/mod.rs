//! A client of the local voice, as the call handler is one; and a callee who is synthesised.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use speech::{Speech, Voice};
use std::sync::LazyLock;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, protocol::CloseFrame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use types::{Briefing, Order};
use voice::{Config, Running};
use wire::g711;

/// How long anything may take, on a machine that does other things as well.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// The models, loaded once for all tests. Without them the tests fail, unless `RINGBACK_NO_MODELS=1` says that this is meant.
pub(crate) static SPEECH: LazyLock<Option<Speech>> = LazyLock::new(|| {
    let dir = speech::default_models_dir();
    match Speech::load(&dir, 2) {
        Ok(speech) => Some(speech),
        Err(speech::Error::Missing { .. }) if std::env::var("RINGBACK_NO_MODELS").is_ok_and(|set| set == "1") => {
            eprintln!("SKIPPED: no models in {}, and RINGBACK_NO_MODELS=1", dir.display());
            None
        }
        Err(error) => panic!("{error}\n(set RINGBACK_NO_MODELS=1 to skip the tests that need the models)"),
    }
});

/// The schema of the server's events, if `RINGBACK_CONTRACTS` names the folder that has it.
static SCHEMA: LazyLock<Option<jsonschema::Validator>> = LazyLock::new(|| {
    let Some(dir) = std::env::var_os("RINGBACK_CONTRACTS") else {
        eprintln!("SKIPPED: events are not held against the published schema, RINGBACK_CONTRACTS is not set");
        return None;
    };
    let path = std::path::Path::new(&dir).join("openai/realtime-events.schema.json");
    let mut schema: Value = serde_json::from_slice(&std::fs::read(path).expect("the schema can be read")).expect("it is JSON");
    let server = schema["$defs"].get("RealtimeServerEvent").is_some();
    assert!(server, "the schema tells server events");
    schema["$ref"] = json!("#/$defs/RealtimeServerEvent");
    for key in ["oneOf", "anyOf"] {
        schema.as_object_mut().expect("an object").remove(key);
    }
    // The schema wants words; the service itself says null until it has them, and its clients count on that.
    let item = &mut schema["$defs"]["RealtimeConversationItemMessageUser"]["properties"]["content"]["items"]["properties"];
    item["transcript"]["type"] = json!(["string", "null"]);
    Some(jsonschema::validator_for(&schema).expect("the schema is one"))
});

/// A server on a free port of the loopback, with the changes.
pub(crate) async fn server(change: impl FnOnce(&mut Config)) -> Option<Running> {
    let speech = tokio::task::spawn_blocking(|| SPEECH.clone()).await.expect("loading does not panic")?;
    let mut config = Config::new(([127, 0, 0, 1], 0).into(), speech);
    change(&mut config);
    Some(voice::start(config).await.expect("a free port"))
}

/// One socket.
pub(crate) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Every event so far.
    pub(crate) seen: Vec<Value>,
}

impl Client {
    pub(crate) async fn connect(server: &Running, model: &str) -> Self {
        let url = format!("{}?model={model}", server.url());
        let (socket, _) = tokio_tungstenite::connect_async(url).await.expect("the socket opens");
        let mut client = Self { socket, seen: Vec::new() };
        let created = client.next().await;
        assert_eq!(created["type"], "session.created");
        assert!(created["session"]["expires_at"].as_u64().is_some_and(|at| at > 1_700_000_000));
        client
    }

    pub(crate) async fn send(&mut self, event: Value) {
        self.socket.send(Message::text(event.to_string())).await.expect("the server reads");
    }

    /// The next event; each is held against the schema.
    pub(crate) async fn next(&mut self) -> Value {
        self.try_next().await.expect("the server does not close the socket here")
    }

    /// The next event, or `None` when the socket is closed in whatever way.
    pub(crate) async fn try_next(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(WAIT_MAX, self.socket.next()).await.expect("the server says something in time");
            match message {
                Some(Ok(Message::Text(text))) => {
                    let event: Value = serde_json::from_str(&text).expect("events are JSON");
                    if let Some(schema) = &*SCHEMA
                        && let Err(error) = schema.validate(&event)
                    {
                        panic!("an event breaks the schema: {error}\n{}", text.chars().take(600).collect::<String>());
                    }
                    self.seen.push(event.clone());
                    return Some(event);
                }
                Some(Ok(Message::Close(_))) | Some(Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Reads up to and with the next event of the type.
    pub(crate) async fn until(&mut self, kind: &str) -> Value {
        loop {
            let event = self.next().await;
            if event["type"] == kind {
                return event;
            }
            assert!(kind == "error" || event["type"] != "error", "waiting for {kind}: {event}");
        }
    }

    /// Configures the session as the call handler does.
    pub(crate) async fn configure(&mut self, instructions: &str, turns: Value) {
        let format = json!({"type": "audio/pcmu"});
        self.send(json!({"type": "session.update", "session": {
            "type": "realtime", "output_modalities": ["audio"], "instructions": instructions,
            "audio": {
                "input": {"format": format, "transcription": {"model": "whisper-1"}, "turn_detection": turns},
                "output": {"format": format, "voice": "marin"}
            },
            "tools": [
                {"type": "function", "name": "end_call", "parameters": {"type": "object", "properties": {}}},
                {"type": "function", "name": "report_outcome", "parameters": {"type": "object", "properties": {}}}
            ],
            "tool_choice": "auto"
        }}))
        .await;
        self.until("session.updated").await;
    }

    /// The callee says it, then is silent for long enough.
    pub(crate) async fn callee_says(&mut self, text: &str) {
        let text = text.to_owned();
        let speech = SPEECH.clone().expect("there is a server, so there are models");
        let say = move || speech.say(&text, Voice::Deep).expect("it can be said");
        let mut audio = g711::encode(&tokio::task::spawn_blocking(say).await.expect("speech does not panic"));
        audio.extend(vec![g711::SILENCE; 8_000]);
        for frame in audio.chunks(160) {
            self.append(frame).await;
        }
    }

    pub(crate) async fn append(&mut self, frame: &[u8]) {
        assert!(self.try_append(frame).await, "the server reads");
    }

    /// Whether it could still be sent.
    pub(crate) async fn try_append(&mut self, frame: &[u8]) -> bool {
        self.socket.send(Message::text(wire::realtime::write_append(frame))).await.is_ok()
    }

    /// The next event, if it is there already.
    pub(crate) async fn next_now(&mut self) -> Option<Value> {
        tokio::time::timeout(Duration::from_millis(1), self.next()).await.ok()
    }

    /// Closes the socket; the code of the server's own goodbye.
    pub(crate) async fn say_goodbye(&mut self) -> Option<u16> {
        self.socket.send(Message::Close(Some(CloseFrame { code: 1000.into(), reason: "".into() }))).await.expect("it is open");
        self.goodbye().await
    }

    /// Reads to the end; the code of the server's goodbye, or `None` if the connection just broke off.
    pub(crate) async fn goodbye(&mut self) -> Option<u16> {
        loop {
            match tokio::time::timeout(WAIT_MAX, self.socket.next()).await.expect("the server says something in time") {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Asks for an answer and reads it; gives its words and its audio.
    pub(crate) async fn answer(&mut self, params: Option<Value>) -> Answer {
        let mut event = json!({"type": "response.create"});
        if let Some(params) = params {
            event["response"] = params;
        }
        self.send(event).await;
        self.read_answer().await
    }

    /// Reads the answer that is being given.
    pub(crate) async fn read_answer(&mut self) -> Answer {
        let mut answer = Answer::default();
        loop {
            let event = self.next().await;
            match event["type"].as_str().expect("a type") {
                "response.output_audio.delta" => {
                    let bytes = base64::Engine::decode(
                        &base64::engine::general_purpose::STANDARD,
                        event["delta"].as_str().expect("base64"),
                    );
                    answer.audio.extend(bytes.expect("base64"));
                    answer.item_id = event["item_id"].as_str().expect("an item").into();
                }
                "response.output_audio_transcript.delta" => answer.words += event["delta"].as_str().expect("words"),
                "response.output_item.done" if event["item"]["type"] == "function_call" => {
                    let arguments = event["item"]["arguments"].as_str().expect("arguments");
                    let name = event["item"]["name"].as_str().expect("a name").to_owned();
                    answer.calls.push((name, serde_json::from_str(arguments).expect("JSON")));
                }
                "response.done" => {
                    answer.status = event["response"]["status"].as_str().expect("a status").into();
                    return answer;
                }
                "error" => panic!("{event}"),
                _ => {}
            }
        }
    }
}

/// An answer as a client reads it.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) words: String,
    pub(crate) audio: Vec<u8>,
    pub(crate) item_id: String,
    pub(crate) calls: Vec<(String, Value)>,
    pub(crate) status: String,
}

/// The briefing of an order for a pizza.
pub(crate) fn pizza() -> Briefing {
    let order: Order = serde_json::from_value(json!({
        "target_phone_number": "+14155550100", "final_instructions": "Order it.", "goal": "order one large pepperoni pizza for delivery",
        "task_kind": "order_food", "user_name": "Laura Bennett",
        "gathered_details": {"item": "pepperoni pizza", "size": "large", "quantity": "1", "fulfilment": "delivery",
            "delivery_address": "742 Evergreen Terrace", "user_name": "Laura Bennett"},
        "facts_wanted": [{"name": "total", "question": "What is the total?"}, {"name": "ready_time", "question": "When will it be ready?"}]
    }))
    .expect("an order");
    Briefing::of(&order)
}

/// Turn detection as the call handler wants it.
pub(crate) fn handler_turns() -> Value {
    json!({"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 300, "create_response": false, "interrupt_response": false})
}
