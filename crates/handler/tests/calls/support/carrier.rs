//! A carrier that rings, answers and hangs up when the test says so.

use super::{Tape, soon, tape};
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, body::Bytes};
use futures_util::{SinkExt as _, StreamExt as _};
use indexmap::IndexMap;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use wire::media::{FromCarrier, Media, Start, ToCarrier};
use wire::rest::{AmdCallback, AnsweredBy, Call, CallPage, CallStatus, CreateCall, ErrorCode, StatusCallback, UpdateCall};
use wire::signature::{self, Body};
use wire::twiml::{Document, Verb};

pub(crate) const ACCOUNT: &str = "AC00000000000000000000000000000000";
pub(crate) const TOKEN: &str = "local";

/// What the carrier does with one request for a call; afterwards it accepts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Create {
    /// Refuses with a body.
    Refuse(ErrorCode),
    /// Takes the call, but the answer comes only when the test allows it.
    Slowly,
    /// Takes the call and answers 500.
    TakeAndFail,
    /// Answers 500 and takes nothing.
    Fail,
}

/// A call at the carrier.
#[derive(Clone)]
pub(crate) struct TheirCall {
    pub(crate) sid: String,
    pub(crate) status: CallStatus,
    pub(crate) form: CreateCall,
    /// Our addresses that the carrier has used for it.
    used: Vec<String>,
    duration_s: Option<u32>,
    /// What the handler made it go on with.
    document: Option<Document>,
}

#[derive(Default)]
struct Books {
    calls: IndexMap<String, TheirCall>,
    script: VecDeque<Create>,
    creates: usize,
    hang_ups: usize,
    failing_hang_ups: usize,
    failing_redirects: usize,
    hidden: bool,
    callbacks: bool,
}

pub(crate) struct FakeCarrier {
    pub(crate) addr: SocketAddr,
    shared: Arc<Shared>,
    http: reqwest::Client,
    tape: Tape,
}

struct Shared {
    books: Mutex<Books>,
    changed: Notify,
    allow: Notify,
}

impl FakeCarrier {
    pub(crate) async fn start(tape: Tape) -> Self {
        let books = Mutex::new(Books { callbacks: true, ..Books::default() });
        let shared = Arc::new(Shared { books, changed: Notify::new(), allow: Notify::new() });
        let base = format!("/2010-04-01/Accounts/{ACCOUNT}");
        let router = axum::Router::new()
            .route(&format!("{base}/Calls.json"), get(list).post(create))
            .route(&format!("{base}/Calls/{{sid}}"), get(fetch).post(update))
            .route(&format!("{base}/Calls/{{sid}}/Events.json"), get(events))
            .layer(from_fn_with_state(tape.clone(), tape::note))
            .with_state(Arc::clone(&shared));
        Self { addr: super::serve(router).await, shared, http: reqwest::Client::new(), tape }
    }

    /// The next requests for a call are treated so.
    pub(crate) fn script(&self, script: &[Create]) {
        self.books(|books| books.script.extend(script));
    }

    /// The next hang-ups are answered 500.
    pub(crate) fn fail_hang_ups(&self, count: usize) {
        self.books(|books| books.failing_hang_ups = count);
    }

    /// Calls are listed no more.
    pub(crate) fn hide_calls(&self) {
        self.books(|books| books.hidden = true);
    }

    /// The next redirections of a call are answered 500 and not done.
    pub(crate) fn fail_redirects(&self, count: usize) {
        self.books(|books| books.failing_redirects = count);
    }

    /// Waits until the handler makes the call go on with another document.
    pub(crate) async fn redirected(&self, sid: &str) -> Document {
        soon("the handler brings the call back", async {
            loop {
                let changed = self.shared.changed.notified();
                if let Some(document) = self.books(|books| books.calls[sid].document.take()) {
                    return document;
                }
                changed.await;
            }
        })
        .await
    }

    /// Joins the audio that a document names.
    pub(crate) async fn join_as_told(&self, sid: &str, document: &Document) -> Line {
        let [Verb::Connect { stream, .. }, ..] = document.0.as_slice() else { panic!("no stream: {document:?}") };
        Line::open_on(self.tape.clone(), &stream.url, sid, &stream.parameters).await
    }

    /// Nothing is called back any more.
    pub(crate) fn stop_callbacks(&self) {
        self.books(|books| books.callbacks = false);
    }

    /// Lets a slow answer go.
    pub(crate) fn allow(&self) {
        self.shared.allow.notify_one();
    }

    pub(crate) fn creates(&self) -> usize {
        self.books(|books| books.creates)
    }

    pub(crate) fn hang_ups(&self) -> usize {
        self.books(|books| books.hang_ups)
    }

    pub(crate) fn call(&self, sid: &str) -> TheirCall {
        self.books(|books| books.calls[sid].clone())
    }

    /// The `n`th call, from 0, as soon as it is there.
    pub(crate) async fn nth_call(&self, n: usize) -> TheirCall {
        soon("the handler asks for a call", async {
            loop {
                let changed = self.shared.changed.notified();
                if let Some(call) = self.books(|books| books.calls.get_index(n).map(|(_, call)| call.clone())) {
                    return call;
                }
                changed.await;
            }
        })
        .await
    }

    /// Waits until the handler has ended the call.
    pub(crate) async fn hung_up(&self, sid: &str) {
        soon("the handler hangs up", async {
            loop {
                let changed = self.shared.changed.notified();
                if self.call(sid).status.is_terminal() {
                    return;
                }
                changed.await;
            }
        })
        .await;
    }

    /// The call comes this far; the handler is called back.
    pub(crate) async fn progress(&self, sid: &str, status: CallStatus) {
        let (call, callbacks) = self.books(|books| {
            let call = &mut books.calls[sid];
            call.status = status;
            call.duration_s = (status == CallStatus::Completed).then_some(7);
            (call.clone(), books.callbacks)
        });
        self.shared.changed.notify_waiters();
        if callbacks {
            let url = call.form.status_callback.clone().unwrap();
            assert_eq!(self.post(&call, &url, call.status).await.status(), 204);
        }
    }

    /// The carrier has listened and says who has answered, as asked for with the call.
    pub(crate) async fn says_who_answered(&self, sid: &str, answered_by: AnsweredBy) {
        let url = self.call(sid).form.async_amd_status_callback.expect("the handler wants to know who has answered");
        assert_eq!(self.tell_who_answered(&url, sid, TOKEN, answered_by).await.status(), 204);
    }

    /// Such news at this address, of any call, signed with any token.
    pub(crate) async fn tell_who_answered(&self, url: &str, sid: &str, token: &str, by: AnsweredBy) -> reqwest::Response {
        let told = AmdCallback { call_sid: sid.into(), account_sid: ACCOUNT.into(), answered_by: by, detection_ms: Some(3_000) };
        let form = told.to_pairs();
        let signature = signature::sign(token, url, Body::Form(&form));
        self.http.post(url).header(signature::HEADER, signature).form(&form).send().await.unwrap()
    }

    /// Fetches the call's instructions as a call of that name.
    pub(crate) async fn instructions_for(&self, call: &TheirCall) -> Document {
        let url = call.form.url.clone().unwrap();
        self.books(|books| {
            if let Some(known) = books.calls.get_mut(&call.sid) {
                known.used.push(url.clone());
            }
        });
        let answer = self.post(call, &url, CallStatus::InProgress).await;
        assert_eq!(answer.status(), 200);
        Document::read(&answer.text().await.unwrap()).unwrap()
    }

    /// The callee answers: fetches the instructions and joins the audio.
    pub(crate) async fn answer(&self, sid: &str) -> Line {
        self.progress(sid, CallStatus::InProgress).await;
        self.join(sid).await
    }

    /// Fetches the instructions and joins the audio, without telling of the answer.
    pub(crate) async fn join(&self, sid: &str) -> Line {
        let document = self.instructions_for(&self.call(sid)).await;
        self.join_as_told(sid, &document).await
    }

    async fn post(&self, call: &TheirCall, url: &str, status: CallStatus) -> reqwest::Response {
        let form = StatusCallback {
            call_sid: call.sid.clone(),
            account_sid: ACCOUNT.into(),
            from: call.form.from.clone(),
            to: call.form.to.clone(),
            call_status: status,
            call_duration_s: call.duration_s,
            ..StatusCallback::default()
        }
        .to_pairs();
        let signature = signature::sign(TOKEN, url, Body::Form(&form));
        self.http.post(url).header(signature::HEADER, signature).form(&form).send().await.unwrap()
    }

    fn books<T>(&self, look: impl FnOnce(&mut Books) -> T) -> T {
        look(&mut self.shared.books.lock().unwrap())
    }
}

/// The callee's end of a media stream: plays in real time, gives marks back when they are due.
pub(crate) struct Line {
    send: mpsc::UnboundedSender<FromCarrier>,
    /// What the handler sends, marks included.
    heard: mpsc::UnboundedReceiver<ToCarrier>,
}

impl Line {
    /// A socket of anybody; what it is sent is not recorded.
    pub(crate) async fn open(url: &str, sid: &str, parameters: &[(String, String)]) -> Self {
        Self::open_on(Tape::default(), url, sid, parameters).await
    }

    async fn open_on(tape: Tape, url: &str, sid: &str, parameters: &[(String, String)]) -> Self {
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let start = Start {
            stream_sid: format!("MZ{}", &sid[2..]),
            call_sid: sid.into(),
            account_sid: ACCOUNT.into(),
            custom_parameters: parameters.iter().cloned().collect(),
        };
        let (send, mut sending) = mpsc::unbounded_channel::<FromCarrier>();
        let (tell, heard) = mpsc::unbounded_channel();
        send.send(FromCarrier::Connected).unwrap();
        send.send(FromCarrier::Start(start.clone())).unwrap();
        tokio::spawn(async move {
            let mut sequence = 0;
            let mut buffer = Buffer { played_to: Instant::now(), marks: VecDeque::new() };
            loop {
                let replies = tokio::select! {
                    message = sending.recv() => match message {
                        Some(message) => vec![message],
                        None => return,
                    },
                    mark = buffer.next_mark() => vec![mark],
                    message = socket.next() => match message {
                        Some(Ok(Message::Text(text))) => {
                            tape.to_media(&start.stream_sid, &text);
                            let message = ToCarrier::read(&text, &start.stream_sid).unwrap();
                            drop(tell.send(message.clone()));
                            buffer.take(message)
                        }
                        Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                        Some(Ok(_)) => vec![],
                    },
                };
                for reply in replies {
                    sequence += 1;
                    if socket.send(Message::text(reply.write(&start, sequence))).await.is_err() {
                        return;
                    }
                }
            }
        });
        Self { send, heard }
    }

    /// The callee makes a sound of 20 ms.
    pub(crate) fn speak(&self, sample: i16) {
        let media = Media { payload: Bytes::from(wire::g711::encode(&[sample; 160])), chunk: 1, timestamp_ms: 0 };
        drop(self.send.send(FromCarrier::Media(media)));
    }

    /// The carrier says that the stream is over.
    pub(crate) fn stop(&self) {
        drop(self.send.send(FromCarrier::Stop { call_sid: String::new() }));
    }

    /// Waits for a mark: everything before it has arrived.
    pub(crate) async fn mark(&mut self) {
        while !matches!(self.next().await.expect("the stream is open"), ToCarrier::Mark { .. }) {}
    }

    /// The next message; `None` once the handler has closed the socket.
    pub(crate) async fn next(&mut self) -> Option<ToCarrier> {
        soon("something for the carrier", self.heard.recv()).await
    }

    /// Waits until the handler has closed the socket.
    pub(crate) async fn closed(&mut self) {
        while self.next().await.is_some() {}
    }
}

/// What has been sent and not been played.
struct Buffer {
    played_to: Instant,
    /// Pending marks and when they come back.
    marks: VecDeque<(Instant, String)>,
}

impl Buffer {
    async fn next_mark(&mut self) -> FromCarrier {
        match self.marks.front().cloned() {
            Some((at, name)) => {
                tokio::time::sleep_until(at).await;
                self.marks.pop_front();
                FromCarrier::Mark { name }
            }
            None => std::future::pending().await,
        }
    }

    /// Plays, and gives back what comes back at once.
    fn take(&mut self, message: ToCarrier) -> Vec<FromCarrier> {
        match message {
            ToCarrier::Media { payload } => {
                let length = Duration::from_micros(125) * u32::try_from(payload.len()).unwrap();
                self.played_to = self.played_to.max(Instant::now()) + length;
                vec![]
            }
            ToCarrier::Mark { name } => {
                self.marks.push_back((self.played_to, name));
                vec![]
            }
            ToCarrier::Clear => {
                self.played_to = Instant::now();
                self.marks.drain(..).map(|(_, name)| FromCarrier::Mark { name }).collect()
            }
        }
    }
}

fn pairs(form: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(form).into_owned().collect()
}

fn refusal(code: ErrorCode) -> Response {
    (StatusCode::from_u16(code.http()).unwrap(), Json(code.body(None))).into_response()
}

fn resource(call: &TheirCall) -> Call {
    Call {
        status: call.status,
        duration: call.duration_s.map(|s| s.to_string()),
        ..Call::outbound(ACCOUNT, &call.sid, &call.form.to, &call.form.from)
    }
}

async fn create(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let form = CreateCall::from_pairs(pairs(&body)).expect("a form that the carrier takes");
    let (step, call) = {
        let mut books = shared.books.lock().unwrap();
        books.creates += 1;
        let step = books.script.pop_front();
        if let Some(Create::Refuse(code)) = step {
            return refusal(code);
        }
        if let Some(Create::Fail) = step {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        let sid = format!("CA{:032}", books.calls.len() + 1);
        let used = form.status_callback.iter().cloned().collect();
        let call = TheirCall { sid: sid.clone(), status: CallStatus::Queued, form, used, duration_s: None, document: None };
        books.calls.insert(sid, call.clone());
        (step, call)
    };
    shared.changed.notify_waiters();
    match step {
        Some(Create::TakeAndFail) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Create::Slowly) => shared.allow.notified().await,
        Some(Create::Refuse(_) | Create::Fail) | None => {}
    }
    (StatusCode::CREATED, Json(resource(&call))).into_response()
}

async fn list(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Json<CallPage> {
    let query =
        wire::rest::ListCalls::from_pairs(pairs(query.unwrap_or_default().as_bytes())).expect("a query the carrier takes");
    let books = shared.books.lock().unwrap();
    let calls =
        books.calls.values().filter(|_| !books.hidden).filter(|call| query.to.as_ref().is_none_or(|to| *to == call.form.to));
    Json(CallPage { calls: calls.map(resource).collect(), ..CallPage::default() })
}

fn sid_of(file: &str) -> &str {
    file.trim_end_matches(".json")
}

async fn fetch(State(shared): State<Arc<Shared>>, Path(file): Path<String>) -> Response {
    match shared.books.lock().unwrap().calls.get(sid_of(&file)) {
        Some(call) => Json(resource(call)).into_response(),
        None => refusal(ErrorCode::NotFound),
    }
}

async fn update(State(shared): State<Arc<Shared>>, Path(file): Path<String>, body: Bytes) -> Response {
    let update = UpdateCall::from_pairs(pairs(&body)).unwrap();
    let answer = {
        let mut books = shared.books.lock().unwrap();
        if let Some(twiml) = update.twiml {
            let document = Document::read(&twiml).expect("a document that the carrier takes");
            if books.failing_redirects > 0 {
                books.failing_redirects -= 1;
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
            let answer = match books.calls.get_mut(sid_of(&file)) {
                Some(call) if call.status != CallStatus::InProgress => refusal(ErrorCode::InvalidCallState),
                Some(call) => {
                    call.document = Some(document);
                    Json(resource(call)).into_response()
                }
                None => refusal(ErrorCode::NotFound),
            };
            drop(books);
            shared.changed.notify_waiters();
            return answer;
        }
        assert_eq!(update, UpdateCall::hang_up());
        books.hang_ups += 1;
        if books.failing_hang_ups > 0 {
            books.failing_hang_ups -= 1;
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        match books.calls.get_mut(sid_of(&file)) {
            Some(call) if call.status.is_terminal() => refusal(ErrorCode::InvalidCallState),
            Some(call) => {
                call.status = CallStatus::Completed;
                call.duration_s = Some(7);
                Json(resource(call)).into_response()
            }
            None => refusal(ErrorCode::NotFound),
        }
    };
    shared.changed.notify_waiters();
    answer
}

async fn events(State(shared): State<Arc<Shared>>, Path(sid): Path<String>) -> Response {
    match shared.books.lock().unwrap().calls.get(&sid) {
        Some(call) => {
            let events: Vec<_> = call.used.iter().map(|url| serde_json::json!({"request": {"url": url}})).collect();
            Json(serde_json::json!({"events": events})).into_response()
        }
        None => refusal(ErrorCode::NotFound),
    }
}
