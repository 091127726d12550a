//! A Live model that says what the test tells it to say.

use super::soon;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use base64::Engine as _;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::sync::{Mutex, mpsc};

/// Accepts sockets and gives them to the test.
pub(crate) struct FakeLive {
    pub(crate) addr: SocketAddr,
    links: Mutex<mpsc::UnboundedReceiver<LiveLink>>,
}

/// One socket of the handler.
pub(crate) struct LiveLink {
    pub(crate) query: Option<String>,
    pub(crate) api_key: Option<String>,
    /// What the handler sends, audio left out; the first is `session.start`. Ends when the handler closes the socket.
    events: mpsc::UnboundedReceiver<Value>,
    say: mpsc::UnboundedSender<Value>,
}

#[derive(Clone)]
struct Shared(mpsc::UnboundedSender<LiveLink>);

impl FakeLive {
    pub(crate) async fn start() -> Self {
        let (tell, links) = mpsc::unbounded_channel();
        let router = axum::Router::new().route("/v1/live/sessions", get(upgrade)).with_state(Shared(tell));
        Self { addr: super::serve(router).await, links: Mutex::new(links) }
    }

    pub(crate) async fn link(&self) -> LiveLink {
        soon("the handler opens a live session", async { self.links.lock().await.recv().await.unwrap() }).await
    }
}

impl LiveLink {
    /// The next event that is not audio; `None` once the socket is closed.
    pub(crate) async fn event(&mut self) -> Option<Value> {
        soon("an event for the live model", self.events.recv()).await
    }

    /// Waits for an event of this type.
    pub(crate) async fn wait_for(&mut self, kind: &str) -> Value {
        loop {
            let event = self.event().await.unwrap_or_else(|| panic!("the socket was closed before {kind}"));
            if event["type"] == kind {
                return event;
            }
        }
    }

    pub(crate) fn send(&self, event: Value) {
        // A handler that has hung up is the test's business.
        drop(self.say.send(event));
    }

    /// The model speaks, and then pauses.
    pub(crate) fn speak(&self, words: &str, ms: usize) {
        self.send(
            json!({"type": "session.output_transcript.delta", "event_id": "e", "delta": words, "start_ms": 0, "end_ms": 0}),
        );
        for amplitude in [8_000_i16, 0] {
            let samples = if amplitude == 0 { vec![0; 8 * 1_000] } else { vec![amplitude; 8 * ms] };
            let delta = base64::engine::general_purpose::STANDARD.encode(wire::g711::encode(&samples));
            self.send(json!({"type": "session.output_audio.delta", "delta": delta}));
        }
    }

    /// The callee has said something.
    pub(crate) fn heard(&self, words: &str) {
        self.send(
            json!({"type": "session.input_transcript.delta", "event_id": "e", "delta": words, "start_ms": 0, "end_ms": 100}),
        );
    }

    /// The model that the tools are left to calls one.
    pub(crate) fn call(&self, call_id: &str, name: &str, arguments: &Value) {
        let item = json!({"type": "function_call", "status": "completed", "call_id": call_id, "name": name,
            "arguments": arguments.to_string()});
        self.send(json!({"type": "response.event", "event_id": "e", "delegation_id": "d_1",
            "event": {"type": "response.output_item.done", "item": item}}));
    }
}

async fn upgrade(
    State(Shared(links)): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let api_key = headers.get("api-key").map(|value| value.to_str().unwrap().to_owned());
    upgrade.on_upgrade(move |socket| run(socket, links, query, api_key))
}

async fn run(mut socket: WebSocket, links: mpsc::UnboundedSender<LiveLink>, query: Option<String>, api_key: Option<String>) {
    let (tell, events) = mpsc::unbounded_channel();
    let (say, mut said) = mpsc::unbounded_channel();
    links.send(LiveLink { query, api_key, events, say }).unwrap();
    loop {
        tokio::select! {
            event = said.recv() => match event {
                Some(event) => {
                    let event: Value = event;
                    drop(socket.send(Message::text(event.to_string())).await);
                }
                None => return,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(message))) => {
                    let event: Value = serde_json::from_str(&message).unwrap();
                    super::contracts::Contracts::get().inspect(|contracts| contracts.live_event(&message));
                    if event["type"] != "session.input_audio.append" {
                        drop(tell.send(event));
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
}
