//! An engine on loopback, a call handler that does what a test tells it, and a client.

#![allow(dead_code, unused_imports, unreachable_pub, reason = "each test file uses another part")]

mod handler;

pub use handler::{Answer, FakeHandler, ORDER, SID};

use engine::{Config, Running};
use eventsource_stream::Eventsource;
use futures_util::{Stream, StreamExt};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use std::{path::Path, pin::Pin, time::Duration};
use tempfile::TempDir;
use types::chat::NumberedConversationEvent;

/// Everything that is needed for a plan, in one message.
pub const ALL_AT_ONCE: &str = "Order a large pepperoni pizza from Tony's at +1 415 555 0100 for pickup, my name is Maria Lopez";

/// How long a test waits for what must come.
pub const SOON: Duration = Duration::from_secs(20);

/// An engine in a folder that outlives it.
pub struct Engine {
    pub running: Option<Running>,
    pub client: Client,
    pub url: String,
}

pub fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().expect("a client")
}

pub fn config(folder: &Path, handler: &FakeHandler) -> Config {
    let mut config = Config::new(handler.url.clone(), folder);
    config.addr = ([127, 0, 0, 1], 0).into();
    config.retry.pause = Duration::from_millis(10);
    config
}

impl Engine {
    pub async fn start(config: Config) -> Self {
        let client = client();
        let running = engine::start(config).await.expect("an engine");
        Self { url: format!("http://{}", running.addr()), running: Some(running), client }
    }

    /// A fresh engine with a fresh handler.
    pub async fn fresh() -> (Self, FakeHandler, TempDir) {
        let (folder, handler) = (TempDir::new().expect("a folder"), FakeHandler::start().await);
        (Self::start(config(folder.path(), &handler)).await, handler, folder)
    }

    /// Ends it as abruptly as can be waited for.
    pub async fn crash(mut self) {
        self.running.take().expect("it runs").drain(Duration::ZERO).await;
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.url)).send().await.expect("an answer")
    }

    pub async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.expect("JSON")
    }

    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let response = self.client.post(format!("{}{path}", self.url)).json(body).send().await.expect("an answer");
        let status = response.status();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    /// Says something, in a new conversation if none is named.
    pub async fn say(&self, conversation: Option<&str>, message: &str) -> Value {
        let (status, answer) = self.post("/chat", &json!({"message": message, "conversation_id": conversation})).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    /// A conversation whose plan waits for a yes: its id, and the plan's.
    pub async fn planned(&self) -> (String, String) {
        let answer = self.say(None, ALL_AT_ONCE).await;
        assert_eq!(answer["node"], "confirm_task", "{answer}");
        (text(&answer["conversation_id"]), text(&answer["plan_id"]))
    }

    pub async fn decide(&self, conversation: &str, plan: &str, decision: &Value) -> (StatusCode, Value) {
        self.post(&format!("/conversations/{conversation}/plans/{plan}"), decision).await
    }

    /// A conversation whose call has been accepted.
    pub async fn called(&self) -> String {
        let (conversation, plan) = self.planned().await;
        let (status, answer) = self.decide(&conversation, &plan, &json!({"decision": "approve"})).await;
        assert_eq!((status, &answer["node"]), (StatusCode::OK, &json!("await_result")), "{answer}");
        conversation
    }

    pub async fn view(&self, conversation: &str) -> Value {
        self.json(&format!("/conversations/{conversation}")).await
    }

    /// Looks at a conversation's state, again whenever something has happened, until it is as wanted.
    pub async fn until(&self, conversation: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut news = self.events(conversation, 0).await;
        loop {
            let view = self.view(conversation).await;
            if wanted(&view) {
                return view;
            }
            let event = tokio::time::timeout(SOON, news.next()).await;
            event.unwrap_or_else(|_| panic!("not as wanted: {view:#}")).expect("an event");
        }
    }

    /// The event stream after a number.
    pub async fn events(&self, conversation: &str, after: u64) -> Pin<Box<dyn Stream<Item = NumberedConversationEvent> + Send>> {
        let request = self.client.get(format!("{}/conversations/{conversation}/events", self.url));
        let response = request.header("Last-Event-ID", after.to_string()).send().await.expect("a stream");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Box::pin(response.bytes_stream().eventsource().take_while(|event| std::future::ready(event.is_ok())).map(|event| {
            let event = event.expect("a whole event");
            let numbered: NumberedConversationEvent = serde_json::from_str(&event.data).expect("an event");
            assert_eq!(event.id, numbered.n.to_string());
            numbered
        }))
    }
}

/// A result as the handler posts it.
pub fn result(conversation: &str) -> Value {
    json!({
        "call_sid": SID, "order_id": ORDER, "conversation_id": conversation, "attempt": 1, "status": "completed",
        "answered_by": "unknown", "message_left": false, "ended_reason": "agent_hung_up", "duration": 42, "summary": "The pizza will be ready in 20 minutes.",
        "error_message": null,
        "outcome": {"status": "achieved", "facts": [
            {"name": "ready_time", "value": "20 minutes", "confirms": null, "contradictions": [],
             "evidence": {"line": 2, "quote": "Twenty minutes.", "at_ms": 9000}}
        ], "promises": [], "next_steps": []},
        "read_again": false,
        "transcript": [
            {"line": 1, "speaker": "agent", "text": "Hello.", "heard": "Hello.", "interrupted": false, "start_ms": 0, "end_ms": 900},
            {"line": 2, "speaker": "callee", "text": "Twenty minutes.", "heard": "Twenty minutes.", "interrupted": false,
             "start_ms": 9000, "end_ms": 9900}
        ],
        "disclosed_at_ms": 2100,
        "usage": {"input_text_tokens": 1, "input_audio_tokens": 2, "output_text_tokens": 3, "output_audio_tokens": 4},
        "held_s": 0,
        "turn_latency_ms": [410]
    })
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// What was said, one line each: `assistant: …`.
pub fn history(view: &Value) -> Vec<String> {
    let lines = view["conversation_history"].as_array().expect("a history");
    lines.iter().map(|line| format!("{}: {}", text(&line["role"]), text(&line["content"]))).collect()
}
