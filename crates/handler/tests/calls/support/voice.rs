//! A realtime model that says what the test tells it to say.

use super::{Tape, soon};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, watch};
use wire::realtime::{
    ApiError, AudioDelta, ClientEvent, Content, Delta, Item, OutputItem, Response as Answer, ResponseStatus, ServerEvent,
    Session, SessionConfig, Transcription,
};

/// Accepts sockets and gives them to the test.
pub(crate) struct FakeVoice {
    pub(crate) addr: SocketAddr,
    links: Mutex<mpsc::UnboundedReceiver<VoiceLink>>,
    held_back: watch::Sender<bool>,
}

/// One socket of the handler.
pub(crate) struct VoiceLink {
    pub(crate) model: String,
    pub(crate) authorization: Option<String>,
    pub(crate) api_key: Option<String>,
    /// All parameters of the address.
    pub(crate) query: HashMap<String, String>,
    /// The configuration that was accepted.
    pub(crate) session: SessionConfig,
    /// What the handler sends, audio left out. Ends when the handler closes the socket.
    events: mpsc::UnboundedReceiver<ClientEvent>,
    /// What is sent to the handler; `None` drops the socket.
    say: mpsc::UnboundedSender<Option<ServerEvent>>,
    responses: u32,
    items: u32,
}

#[derive(Clone)]
struct Shared {
    links: mpsc::UnboundedSender<VoiceLink>,
    refuse: bool,
    held_back: watch::Receiver<bool>,
    tape: Tape,
}

impl FakeVoice {
    pub(crate) async fn start(tape: Tape) -> Self {
        Self::make(false, tape).await
    }

    /// A model that takes no configuration.
    pub(crate) async fn refusing(tape: Tape) -> Self {
        Self::make(true, tape).await
    }

    async fn make(refuse: bool, tape: Tape) -> Self {
        let (tell, links) = mpsc::unbounded_channel();
        let (held_back, holds_back) = watch::channel(false);
        let shared = Shared { links: tell, refuse, held_back: holds_back, tape };
        let router = axum::Router::new().route("/v1/realtime", get(upgrade)).with_state(shared);
        Self { addr: super::serve(router).await, links: Mutex::new(links), held_back }
    }

    /// Whether sockets are taken and told nothing.
    pub(crate) fn hold_back(&self, held_back: bool) {
        self.held_back.send_replace(held_back);
    }

    /// The handler's next socket, configured.
    pub(crate) async fn link(&self) -> VoiceLink {
        soon("the handler opens a voice session", async { self.links.lock().await.recv().await.unwrap() }).await
    }
}

impl FakeVoice {
    /// The socket of a handler that was started after another was killed: the dying one may have asked for one, too.
    pub(crate) async fn link_of_the_next(&self) -> VoiceLink {
        let mut link = self.link().await;
        while let Ok(next) = tokio::time::timeout(Duration::from_millis(300), self.link()).await {
            link = next;
        }
        link
    }
}

impl VoiceLink {
    pub(crate) fn send(&self, event: ServerEvent) {
        // A handler that has hung up is the test's business.
        drop(self.say.send(Some(event)));
    }

    /// Drops the socket without a word.
    pub(crate) fn die(&self) {
        drop(self.say.send(None));
    }

    /// The next event that is not audio.
    pub(crate) async fn event(&mut self) -> Option<ClientEvent> {
        soon("an event for the model", self.events.recv()).await
    }

    /// Waits until the handler asks for an answer; gives the words that it asks for.
    pub(crate) async fn asked(&mut self) -> Option<String> {
        loop {
            if let ClientEvent::ResponseCreate { response } = self.event().await.expect("the socket is open") {
                return response.and_then(|response| response.instructions);
            }
        }
    }

    /// Waits until the handler has closed the socket.
    pub(crate) async fn closed(&mut self) {
        while self.event().await.is_some() {}
    }

    /// Begins an answer with words and their sound, and leaves it open.
    pub(crate) fn begin(&mut self, words: &str, audio_ms: usize) -> Content {
        self.responses += 1;
        let (response_id, item_id) = (format!("resp_{}", self.responses), format!("item_a{}", self.responses));
        self.send(ServerEvent::ResponseCreated { response: Box::new(Answer::new(&response_id)) });
        let content = Content { response_id: response_id.clone(), item_id: item_id.clone(), ..Content::default() };
        if audio_ms > 0 {
            self.send(ServerEvent::TranscriptDelta(Delta { content: content.clone(), delta: words.into() }));
            let audio = Bytes::from(wire::g711::encode(&vec![8_000; audio_ms * 8]));
            self.send(ServerEvent::AudioDelta(AudioDelta { response_id, item_id, delta: audio, ..AudioDelta::default() }));
        }
        content
    }

    /// Answers with words and their sound, and with calls of tools.
    pub(crate) fn answer(&mut self, words: &str, audio_ms: usize, tools: &[(&str, serde_json::Value)]) {
        let content = self.begin(words, audio_ms);
        let response_id = content.response_id.clone();
        if audio_ms > 0 {
            let item = Item::message(Some(content.item_id.clone()), "assistant", Vec::new()).with_status("completed");
            self.send(ServerEvent::AudioDone(content));
            self.send(ServerEvent::OutputItemDone(Box::new(OutputItem {
                response_id: response_id.clone(),
                output_index: 0,
                item,
            })));
        }
        for (n, (name, arguments)) in tools.iter().enumerate() {
            let call_id = format!("call_{}_{n}", self.responses);
            let item = Item::function_call(Some(format!("item_{call_id}")), &call_id, name, &arguments.to_string());
            let done = OutputItem { response_id: response_id.clone(), output_index: 1, item: item.with_status("completed") };
            self.send(ServerEvent::OutputItemDone(Box::new(done)));
        }
        let response = Answer { status: ResponseStatus::Completed, ..Answer::new(&response_id) };
        self.send(ServerEvent::ResponseDone { response: Box::new(response) });
    }

    /// The callee has said something.
    pub(crate) fn heard(&mut self, words: &str) {
        self.items += 1;
        let item_id = format!("item_c{}", self.items);
        self.send(ServerEvent::SpeechStarted { item_id: item_id.clone(), audio_start_ms: 0 });
        self.send(ServerEvent::SpeechStopped { item_id: item_id.clone(), audio_end_ms: 100 });
        self.send(ServerEvent::Committed { previous_item_id: None, item_id: item_id.clone() });
        let transcription = Transcription { item_id, transcript: words.into(), ..Transcription::default() };
        self.send(ServerEvent::TranscriptionCompleted(transcription));
    }
}

async fn upgrade(
    State(shared): State<Shared>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let keys = [header("authorization"), header("api-key")];
    upgrade.on_upgrade(move |socket| run(socket, shared, query, keys))
}

async fn run(mut socket: WebSocket, mut shared: Shared, query: HashMap<String, String>, keys: [Option<String>; 2]) {
    if shared.held_back.wait_for(|held_back| !held_back).await.is_err() {
        return;
    }
    let text = |event: ServerEvent| Message::text(event.write("event_1"));
    let session = Box::new(Session { id: "sess_1".into(), ..Session::default() });
    drop(socket.send(text(ServerEvent::SessionCreated { session: session.clone() })).await);
    let Some(Ok(Message::Text(update))) = socket.recv().await else { return };
    shared.tape.to_model(&update);
    let ClientEvent::SessionUpdate { session: config } = ClientEvent::read(&update).unwrap().event else {
        panic!("the first event must configure the session: {update}")
    };
    if shared.refuse {
        let error = ApiError { message: "no such voice".into(), ..ApiError::default() };
        return drop(socket.send(text(ServerEvent::Error { error })).await);
    }
    drop(socket.send(text(ServerEvent::SessionUpdated { session })).await);
    let (tell, events) = mpsc::unbounded_channel();
    let (say, mut said) = mpsc::unbounded_channel();
    let [authorization, api_key] = keys;
    let model = query["model"].clone();
    let link = VoiceLink { model, authorization, api_key, query, session: *config, events, say, responses: 0, items: 0 };
    shared.links.send(link).unwrap();
    loop {
        tokio::select! {
            event = said.recv() => match event {
                Some(Some(event)) => drop(socket.send(text(event)).await),
                Some(None) | None => return,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(message))) => {
                    shared.tape.to_model(&message);
                    let event = ClientEvent::read(&message).unwrap().event;
                    if !matches!(event, ClientEvent::Append { .. }) {
                        drop(tell.send(event));
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
}
