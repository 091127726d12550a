//! The caller's side: a server with webhooks and a media socket, and a client of the simulator's REST API.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

pub mod page;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use wire::media::{FromCarrier, Start, ToCarrier};
use wire::rest::{Call, CallStatus, CreateCall, StatusCallback};
use wire::signature;
use wire::twiml::Document;

pub const TOKEN: &str = "12345678901234567890123456789012";
pub const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// Nothing here takes longer.
const WITHIN: Duration = Duration::from_secs(20);

/// What the caller's server is asked for and answers.
pub struct Caller {
    pub addr: SocketAddr,
    pub callbacks: mpsc::UnboundedReceiver<StatusCallback>,
    pub sockets: mpsc::UnboundedReceiver<WebSocket>,
}

#[derive(Clone)]
struct Inside {
    base: String,
    twiml: Arc<str>,
    refusals: Arc<AtomicU32>,
    callbacks: mpsc::UnboundedSender<StatusCallback>,
    sockets: mpsc::UnboundedSender<WebSocket>,
}

impl Inside {
    #[track_caller]
    fn check(&self, headers: &HeaderMap, scheme: &str, path: &str, body: signature::Body<'_>) {
        let given = headers.get(signature::HEADER).expect("every request is signed").to_str().unwrap();
        signature::verify(TOKEN, &format!("{scheme}://{}{path}", self.base), body, given).expect("the signature is good");
    }
}

/// Starts the server. The document of `/twiml` is made from its own address; the first `refusals` callbacks are refused.
pub async fn caller(twiml: impl FnOnce(SocketAddr) -> Document, refusals: u32) -> Caller {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (callbacks_tx, callbacks) = mpsc::unbounded_channel();
    let (sockets_tx, sockets) = mpsc::unbounded_channel();
    let inside = Inside {
        base: addr.to_string(),
        twiml: twiml(addr).write().into(),
        refusals: Arc::new(AtomicU32::new(refusals)),
        callbacks: callbacks_tx,
        sockets: sockets_tx,
    };
    let router = axum::Router::new()
        .route("/twiml", post(give_twiml))
        .route("/status", post(take_status))
        .route("/media", get(take_socket))
        .with_state(inside);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Caller { addr, callbacks, sockets }
}

async fn give_twiml(State(inside): State<Inside>, headers: HeaderMap, Form(form): Form<Vec<(String, String)>>) -> Response {
    inside.check(&headers, "http", "/twiml", signature::Body::Form(&form));
    assert!(form.contains(&("CallStatus".into(), "in-progress".into())), "{form:?}");
    ([(header::CONTENT_TYPE, "text/xml")], inside.twiml.to_string()).into_response()
}

async fn take_status(State(inside): State<Inside>, headers: HeaderMap, Form(form): Form<Vec<(String, String)>>) -> StatusCode {
    inside.check(&headers, "http", "/status", signature::Body::Form(&form));
    if inside.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    inside.callbacks.send(StatusCallback::from_pairs(&form)).unwrap();
    StatusCode::NO_CONTENT
}

async fn take_socket(State(inside): State<Inside>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    inside.check(&headers, "ws", "/media", signature::Body::None);
    upgrade.on_upgrade(async move |socket| inside.sockets.send(socket).unwrap())
}

/// The document that joins a call to the caller's media socket.
pub fn connect(addr: SocketAddr) -> Document {
    Document::connect(&format!("ws://{addr}/media"), &[("token", "t1"), ("order_id", "o1")])
}

impl Caller {
    pub fn create(&self, to: &str) -> CreateCall {
        use wire::rest::CallbackEvent::{Answered, Completed, Initiated, Ringing};
        CreateCall {
            to: to.into(),
            from: "+14155550199".into(),
            url: Some(format!("http://{}/twiml", self.addr)),
            status_callback: Some(format!("http://{}/status", self.addr)),
            status_callback_event: vec![Initiated, Ringing, Answered, Completed],
            ..CreateCall::default()
        }
    }

    /// Callbacks until the call is over.
    pub async fn life(&mut self) -> Vec<StatusCallback> {
        let mut life = Vec::new();
        while !life.last().is_some_and(|last: &StatusCallback| last.call_status.is_terminal()) {
            life.push(within(self.callbacks.recv()).await.unwrap());
        }
        life
    }

    /// The media socket of the next call, opened.
    pub async fn stream(&mut self) -> Stream {
        let mut socket = within(self.sockets.recv()).await.unwrap();
        assert_eq!(read(&mut socket).await, Some(FromCarrier::Connected));
        let Some(FromCarrier::Start(start)) = read(&mut socket).await else { panic!("no start") };
        Stream { socket, start }
    }
}

pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(WITHIN, future).await.expect("it happens in time")
}

async fn read(socket: &mut WebSocket) -> Option<FromCarrier> {
    match within(socket.recv()).await {
        Some(Ok(Message::Text(text))) => Some(FromCarrier::read(&text).unwrap()),
        Some(Ok(Message::Close(_)) | Err(_)) | None => None,
        Some(Ok(other)) => panic!("{other:?}"),
    }
}

/// A media stream, seen from the caller's server.
pub struct Stream {
    pub socket: WebSocket,
    pub start: Start,
}

impl Stream {
    pub async fn read(&mut self) -> Option<FromCarrier> {
        read(&mut self.socket).await
    }

    pub async fn send(&mut self, message: ToCarrier) {
        self.text(message.write(&self.start.stream_sid)).await;
    }

    pub async fn text(&mut self, text: String) {
        self.socket.send(Message::Text(text.into())).await.unwrap();
    }

    pub async fn audio(&mut self, bytes: Vec<u8>) {
        self.send(ToCarrier::Media { payload: bytes.into() }).await;
    }

    pub async fn mark(&mut self, name: &str) {
        self.send(ToCarrier::Mark { name: name.into() }).await;
    }

    /// What comes up to the named mark, that mark included.
    pub async fn until_mark(&mut self, name: &str) -> Vec<FromCarrier> {
        let mut seen = Vec::new();
        loop {
            let message = self.read().await.expect("the stream goes on");
            let done = matches!(&message, FromCarrier::Mark { name: n } if n == name);
            seen.push(message);
            if done {
                return seen;
            }
        }
    }

    /// What comes up to the end of the socket.
    pub async fn rest(&mut self) -> Vec<FromCarrier> {
        let mut seen = Vec::new();
        while let Some(message) = self.read().await {
            seen.push(message);
        }
        seen
    }
}

/// A client of the simulator.
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: &'static str,
}

/// Starts a simulator in which nothing takes long; the callees hum unless there is speech.
pub async fn simulator(change: impl FnOnce(&mut sim::Config)) -> (sim::Running, Client) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = sim::Config::new("127.0.0.1:0".parse().unwrap(), ACCOUNT, TOKEN);
    let soon = Duration::from_millis(20);
    config.timing = sim::Timing { queue: soon, connect: soon, ring: soon, ..config.timing };
    change(&mut config);
    let running = sim::start(config).await.unwrap();
    let client = Client { http: reqwest::Client::new(), base: format!("http://{}", running.addr()), token: TOKEN };
    (running, client)
}

impl Client {
    #[must_use]
    pub fn with_token(mut self, token: &'static str) -> Self {
        self.token = token;
        self
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let answer = request.basic_auth(ACCOUNT, Some(self.token)).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub async fn post(&self, path: &str, form: &[(String, String)]) -> (u16, Value) {
        self.answer(self.http.post(format!("{}{path}", self.base)).form(form)).await
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.answer(self.http.get(format!("{}{path}", self.base))).await
    }

    pub async fn create(&self, call: &CreateCall) -> Call {
        let (status, body) = self.post(&wire::rest::calls_path(ACCOUNT), &call.to_pairs()).await;
        assert_eq!(status, 201, "{body}");
        serde_json::from_value(body).unwrap()
    }

    /// The code of the refusal.
    pub async fn refused(&self, form: &[(String, String)]) -> (u16, u64) {
        let (status, body) = self.post(&wire::rest::calls_path(ACCOUNT), form).await;
        assert_eq!(body["status"].as_u64(), Some(status.into()), "{body}");
        (status, body["code"].as_u64().unwrap())
    }

    pub async fn update(&self, sid: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let form: Vec<(String, String)> = form.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        self.post(&wire::rest::call_path(ACCOUNT, sid), &form).await
    }

    pub async fn call(&self, sid: &str) -> Call {
        serde_json::from_value(self.get(&wire::rest::call_path(ACCOUNT, sid)).await.1).unwrap()
    }

    pub async fn callee(&self, sid: &str) -> Value {
        self.get(&format!("/sim/calls/{sid}")).await.1
    }
}

pub fn statuses(life: &[StatusCallback]) -> Vec<CallStatus> {
    life.iter().map(|callback| callback.call_status).collect()
}
