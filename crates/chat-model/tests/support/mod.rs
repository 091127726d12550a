//! A stand-in for a model's server on the loopback. It does what a script says, one step for each request, and keeps what it was
//! asked. The tests of other crates use it as well.

#![allow(dead_code, unreachable_pub, reason = "each test crate uses a part of it")]

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::post;
use axum::{Json, Router};
use chat_model::{ChatModel, Config, Limits};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc};

/// What a key looks like.
pub const KEY: &str = "sk-test-0123456789";

/// What it does with one request.
#[derive(Clone, Debug)]
pub enum Step {
    /// Streams these words, a few characters at a time.
    Say(String),
    /// Streams these words, then these calls: name and arguments.
    Call(String, Vec<(String, Value)>),
    /// Streams these pieces, each the data of an event.
    Stream(Vec<Value>),
    /// Answers in one piece, unstreamed.
    Whole(Value),
    /// Answers with a status, headers and a body.
    Status(u16, Vec<(&'static str, String)>, String),
    /// Takes the request and never answers.
    Stall,
    /// Streams these words, then never goes on.
    StallAfter(String),
    /// Streams these words, then breaks the connection.
    BreakAfter(String),
}

impl Step {
    /// A refusal in the provider's shape.
    pub fn refuse(status: u16, code: &str, message: &str) -> Self {
        Self::Status(status, Vec::new(), json!({ "error": { "message": message, "type": code, "code": code } }).to_string())
    }
}

/// One request as it came in.
#[derive(Clone, Debug)]
pub struct Asked {
    pub headers: HeaderMap,
    pub body: Value,
}

struct Script {
    steps: Mutex<VecDeque<Step>>,
    asked: Mutex<Vec<Asked>>,
    arrived: Notify,
}

/// The server. It ends with the test's runtime.
pub struct StandIn {
    port: u16,
    script: Arc<Script>,
}

impl StandIn {
    /// A server that takes these steps. When they are used up it answers 500.
    pub async fn start(steps: impl IntoIterator<Item = Step>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let script =
            Arc::new(Script { steps: Mutex::new(steps.into_iter().collect()), asked: Mutex::default(), arrived: Notify::new() });
        let router = Router::new().route("/v1/chat/completions", post(answer)).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, script }
    }

    /// Adds a step.
    pub fn then(&self, step: Step) {
        self.script.steps.lock().expect("no test panics while it holds this").push_back(step);
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.script.asked.lock().expect("no test panics while it holds this").clone()
    }

    /// Waits until it has been asked so often.
    pub async fn asked_by(&self, times: usize) {
        let enough = async {
            while self.asked().len() < times {
                self.script.arrived.notified().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), enough).await.expect("it is asked");
    }

    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    pub fn config(&self) -> Config {
        Config {
            base_url: self.base_url().parse().expect("a URL"),
            key: Some(KEY.into()),
            model: "stand-in".into(),
            limits: quick(),
        }
    }

    /// A client of it.
    pub fn client(&self) -> ChatModel {
        client(self.config())
    }
}

/// A client, with TLS set up first.
pub fn client(config: Config) -> ChatModel {
    let _ = rustls::crypto::ring::default_provider().install_default();
    ChatModel::new(config).expect("a good configuration")
}

/// Limits for tests: generous where something is expected to happen, with short waits in between.
pub fn quick() -> Limits {
    let long = Duration::from_secs(20);
    Limits { first_token: long, total: long, back_off: Duration::from_millis(5), ..Limits::default() }
}

async fn answer(State(script): State<Arc<Script>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    script.asked.lock().expect("no test panics while it holds this").push(Asked { headers, body });
    script.arrived.notify_one();
    let step = script.steps.lock().expect("no test panics while it holds this").pop_front();
    match step.unwrap_or_else(|| Step::refuse(500, "script", "the script is over")) {
        Step::Say(words) => streamed(finished(words_of(&words), "stop"), End::Done),
        Step::Call(words, calls) => {
            let mut pieces = words_of(&words);
            for (index, (name, arguments)) in calls.iter().enumerate() {
                let arguments = arguments.as_str().map_or_else(|| arguments.to_string(), str::to_owned);
                let call = json!({ "index": index, "id": format!("call_{index}"), "type": "function", "function": { "name": name, "arguments": "" } });
                pieces.push(piece(json!({ "tool_calls": [call] })));
                let more = json!({ "index": index, "function": { "arguments": arguments } });
                pieces.push(piece(json!({ "tool_calls": [more] })));
            }
            streamed(finished(pieces, "tool_calls"), End::Done)
        }
        Step::Stream(pieces) => streamed(pieces, End::Done),
        Step::Whole(body) => status(200, &[("content-type", "application/json".into())], body.to_string()),
        Step::Status(code, headers, body) => status(code, &headers, body),
        Step::Stall => std::future::pending().await,
        Step::StallAfter(words) => streamed(words_of(&words), End::Never),
        Step::BreakAfter(words) => streamed(words_of(&words), End::Broken),
    }
}

fn status(code: u16, headers: &[(&'static str, String)], body: String) -> Response {
    let response = Response::builder().status(StatusCode::from_u16(code).expect("a status"));
    let response = headers.iter().fold(response, |response, (name, value)| response.header(*name, value));
    response.body(Body::from(body)).expect("good headers")
}

enum End {
    Done,
    Never,
    Broken,
}

fn streamed(pieces: Vec<Value>, end: End) -> Response {
    let (sender, mut receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    tokio::spawn(async move {
        for piece in pieces {
            let _ = sender.send(Ok(format!("data: {piece}\n\n").into())).await;
        }
        match end {
            End::Done => drop(sender.send(Ok("data: [DONE]\n\n".into())).await),
            // Until the client is gone.
            End::Never => sender.closed().await,
            End::Broken => drop(sender.send(Err(std::io::Error::other("broken"))).await),
        }
    });
    let stream = futures_util::stream::poll_fn(move |context| receiver.poll_recv(context));
    let response = Response::builder().header("content-type", "text/event-stream; charset=utf-8");
    response.body(Body::from_stream(stream)).expect("good headers")
}

fn piece(delta: Value) -> Value {
    json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
}

fn words_of(words: &str) -> Vec<Value> {
    let mut pieces = vec![piece(json!({ "role": "assistant", "content": "" }))];
    let letters: Vec<char> = words.chars().collect();
    pieces.extend(letters.chunks(7).map(|part| piece(json!({ "content": part.iter().collect::<String>() }))));
    pieces
}

fn finished(mut pieces: Vec<Value>, reason: &str) -> Vec<Value> {
    pieces.push(json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] }));
    pieces
}
