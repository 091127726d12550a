//! A call handler that dials nobody: it keeps what it was sent and answers what it was told to.

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
    routing::{get, post},
};
use futures_util::stream;
use serde_json::{Value, json};
use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};
use tokio::sync::{Notify, broadcast, mpsc, watch};
use tokio_stream::{StreamExt, wrappers::UnboundedReceiverStream};
use types::{CallEvent, NumberedCallEvent};
use url::Url;

pub const ORDER: &str = "o_fake";
pub const SID: &str = "CA00000000000000000000000000000001";

/// What is answered to an order.
#[derive(Clone)]
pub enum Answer {
    Accept,
    /// Nothing, for ever.
    Silence,
    Error(u16, &'static str, &'static str),
}

pub struct FakeHandler {
    pub url: Url,
    pub fake: Arc<Fake>,
}

pub struct Fake {
    answer: Mutex<Answer>,
    orders: Mutex<Vec<(String, Value)>>,
    arrived: Notify,
    log: watch::Sender<Vec<NumberedCallEvent>>,
    cut: broadcast::Sender<()>,
    /// The `Last-Event-ID` of each stream that was opened.
    pub resumed: Mutex<Vec<Option<String>>>,
    audio: Mutex<Option<mpsc::UnboundedReceiver<Bytes>>>,
    pub hangups: Mutex<Vec<String>>,
    /// With what every answer to a question is refused; `None`: they are taken.
    answers_refused: Mutex<Option<(u16, &'static str)>>,
    /// The recording of the call, until it is deleted.
    recording: Mutex<Option<Vec<u8>>>,
    /// What is answered instead, whatever is asked of recordings.
    recording_trouble: Mutex<Option<(u16, &'static str)>>,
    /// What was asked of recordings: `GET o_1 bytes=0-9`.
    recording_asked: Mutex<Vec<String>>,
}

impl FakeHandler {
    pub async fn start() -> Self {
        let fake = Arc::new(Fake {
            answer: Mutex::new(Answer::Accept),
            orders: Mutex::default(),
            arrived: Notify::new(),
            log: watch::channel(Vec::new()).0,
            cut: broadcast::channel(1).0,
            resumed: Mutex::default(),
            audio: Mutex::default(),
            hangups: Mutex::default(),
            answers_refused: Mutex::default(),
            recording: Mutex::default(),
            recording_trouble: Mutex::default(),
            recording_asked: Mutex::default(),
        });
        let router = Router::new()
            .route("/order", post(order))
            .route("/estimate", post(|| async { Json(json!({"unknown": "nothing has a price here"})) }))
            .route("/order/{key}", get(status))
            .route("/calls/{id}/events", get(events))
            .route("/calls/{id}/audio", get(audio))
            .route("/calls/{id}/hangup", post(hangup))
            .route("/calls/{id}/answer", post(answer))
            .route("/calls/{id}/recording", get(recording).delete(delete_recording))
            .with_state(Arc::clone(&fake));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { url: Url::parse(&url).expect("a URL"), fake }
    }

    pub fn answer(&self, answer: Answer) {
        *self.fake.answer.lock().expect("lock") = answer;
    }

    /// Every order so far, with its key.
    pub fn orders(&self) -> Vec<(String, Value)> {
        self.fake.orders.lock().expect("lock").clone()
    }

    /// Waits for the next order.
    pub async fn order(&self) {
        tokio::time::timeout(super::SOON, self.fake.arrived.notified()).await.expect("an order");
    }

    /// Something happens in the call.
    pub fn tell(&self, event: CallEvent) {
        self.fake.log.send_modify(|log| log.push(NumberedCallEvent { n: log.len() as u64 + 1, at_ms: 0, event }));
    }

    /// Breaks every open event stream.
    pub fn cut(&self) {
        let _ = self.fake.cut.send(());
    }

    /// The call was recorded.
    pub fn records(&self, sound: &[u8]) {
        *self.fake.recording.lock().expect("lock") = Some(sound.to_vec());
    }

    /// Whatever is asked of recordings is answered with this from now on; `None` for what is right.
    pub fn recording_trouble(&self, trouble: Option<(u16, &'static str)>) {
        *self.fake.recording_trouble.lock().expect("lock") = trouble;
    }

    /// Every answer to a question is refused with this from now on; `None`: they are taken.
    pub fn refuse_answers(&self, refusal: Option<(u16, &'static str)>) {
        *self.fake.answers_refused.lock().expect("lock") = refusal;
    }

    /// What was asked of recordings since the last time.
    pub fn recording_asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.fake.recording_asked.lock().expect("lock"))
    }

    /// What is sent here is heard by whoever listens in next.
    pub fn audio(&self) -> mpsc::UnboundedSender<Bytes> {
        let (sender, receiver) = mpsc::unbounded_channel();
        *self.fake.audio.lock().expect("lock") = Some(receiver);
        sender
    }
}

async fn order(State(fake): State<Arc<Fake>>, headers: HeaderMap, Json(order): Json<Value>) -> Response {
    let key = headers["idempotency-key"].to_str().expect("a key").to_owned();
    // Every attempt is an order of its own.
    let order_id = match order["attempt"].as_u64() {
        None | Some(1) => ORDER.to_owned(),
        Some(attempt) => format!("{ORDER}_{attempt}"),
    };
    fake.orders.lock().expect("lock").push((key, order));
    fake.arrived.notify_one();
    let answer = fake.answer.lock().expect("lock").clone();
    match answer {
        Answer::Accept => Json(json!({"status": "Call initiated", "call_sid": SID, "order_id": order_id})).into_response(),
        Answer::Silence => std::future::pending().await,
        Answer::Error(status, code, message) => {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, Json(json!({"code": code, "message": message}))).into_response()
        }
    }
}

async fn status(State(fake): State<Arc<Fake>>, Path(key): Path<String>) -> Response {
    let orders = fake.orders.lock().expect("lock");
    match orders.iter().find(|(known, _)| *known == key) {
        Some((_, order)) => Json(json!({
            "order_id": ORDER, "call_sid": SID, "target_phone_number": order["target_phone_number"],
            "stage": "dialling", "result": null
        }))
        .into_response(),
        None => (StatusCode::NOT_FOUND, Json(json!({"code": "not_found", "message": "no such order"}))).into_response(),
    }
}

async fn events(State(fake): State<Arc<Fake>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    assert!(id.starts_with(ORDER), "{id}");
    let last = headers.get("last-event-id").map(|value| value.to_str().expect("text").to_owned());
    let seen: usize = last.as_deref().map_or(0, |text| text.parse().expect("a number"));
    fake.resumed.lock().expect("lock").push(last);
    let (log, cut) = (fake.log.subscribe(), fake.cut.subscribe());
    let events = stream::unfold((seen, log, cut), |(seen, mut log, mut cut)| async move {
        loop {
            let next = log.borrow_and_update().get(seen).cloned();
            if let Some(event) = next {
                let text = serde_json::to_string(&event).expect("JSON");
                let told = Event::default().id(event.n.to_string()).data(text);
                return Some((Ok::<_, Infallible>(told), (seen + 1, log, cut)));
            }
            tokio::select! {
                // What is told after a cut is not heard on this stream.
                biased;
                _ = cut.recv() => return None,
                changed = log.changed() => changed.ok()?,
            }
        }
    });
    Sse::new(events).into_response()
}

async fn audio(State(fake): State<Arc<Fake>>) -> Response {
    let receiver = fake.audio.lock().expect("lock").take();
    match receiver {
        Some(receiver) => {
            let chunks = UnboundedReceiverStream::new(receiver).map(Ok::<_, Infallible>);
            ([("content-type", "application/octet-stream")], Body::from_stream(chunks)).into_response()
        }
        None => (StatusCode::CONFLICT, Json(json!({"code": "not_live", "message": "the call is not live"}))).into_response(),
    }
}

async fn hangup(State(fake): State<Arc<Fake>>, Path(id): Path<String>) -> Response {
    fake.hangups.lock().expect("lock").push(id);
    live()
}

fn live() -> Response {
    let view = json!({
        "order_id": ORDER, "call_sid": SID, "target_phone_number": "+14155550100", "stage": "connected", "result": null
    });
    (StatusCode::ACCEPTED, Json(view)).into_response()
}

async fn answer(State(fake): State<Arc<Fake>>) -> Response {
    let refusal = *fake.answers_refused.lock().expect("lock");
    refusal.map_or_else(live, |(status, code)| problem(status, code))
}

/// What was asked of a recording, noted; the trouble that is to be answered, if any.
fn asked(fake: &Fake, what: String) -> Option<Response> {
    fake.recording_asked.lock().expect("lock").push(what);
    let trouble = *fake.recording_trouble.lock().expect("lock");
    trouble.map(|(status, code)| problem(status, code))
}

fn problem(status: u16, code: &str) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, Json(json!({"code": code, "message": "no"}))).into_response()
}

async fn recording(State(fake): State<Arc<Fake>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let range = headers.get("range").map(|value| value.to_str().expect("text").to_owned());
    if let Some(trouble) = asked(&fake, format!("GET {id} {}", range.as_deref().unwrap_or("whole"))) {
        return trouble;
    }
    let Some(sound) = fake.recording.lock().expect("lock").clone() else { return problem(404, "no_recording") };
    let all = sound.len();
    let kind = ("content-type", "audio/wav".to_owned());
    let accepts = ("accept-ranges", "bytes".to_owned());
    let Some(range) = range.as_deref().and_then(|range| range.strip_prefix("bytes=")?.split_once('-')) else {
        return ([kind, accepts], sound).into_response();
    };
    let (first, last): (usize, usize) = (range.0.parse().expect("a byte"), range.1.parse().expect("a byte"));
    if last >= all {
        return (StatusCode::RANGE_NOT_SATISFIABLE, [("content-range", format!("bytes */{all}"))]).into_response();
    }
    let part = ("content-range", format!("bytes {first}-{last}/{all}"));
    (StatusCode::PARTIAL_CONTENT, [kind, accepts, part], sound[first..=last].to_vec()).into_response()
}

async fn delete_recording(State(fake): State<Arc<Fake>>, Path(id): Path<String>) -> Response {
    if let Some(trouble) = asked(&fake, format!("DELETE {id}")) {
        return trouble;
    }
    *fake.recording.lock().expect("lock") = None;
    StatusCode::NO_CONTENT.into_response()
}
