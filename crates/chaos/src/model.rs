//! A realtime model that knows its part: it says the opening, hears one sentence, reports an outcome and says goodbye. It speaks
//! the Realtime protocol from the server's side and needs no speech models, so that a call takes about two seconds.

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::routing::get;
use bytes::Bytes;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use types::briefing::words_to_say;
use wire::realtime::{
    AudioDelta, ClientEvent, Content, Delta, Item, OutputItem, Response, ResponseStatus, ServerEvent, Session, Transcription,
};

/// The name of a user on whose behalf the model never ends the call by itself.
pub(crate) const ENDLESS: &str = "Ned Endless";
/// How much sound one answer has.
const ANSWER_MS: usize = 240;
/// How long after an answer the callee's words come.
const REPLY_AFTER: Duration = Duration::from_millis(350);
/// What the callee says.
const REPLY: &str = "Sure. That will be 25 dollars.";

/// The running model.
pub(crate) struct Model {
    pub(crate) addr: SocketAddr,
    task: AbortHandle,
}

impl Drop for Model {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Model {
    /// Listens on a free port of the loopback.
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let addr = listener.local_addr()?;
        let upgrade = async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(|socket| async { drop(run(socket).await) });
        let router = Router::new().route("/v1/realtime", get(upgrade));
        let task = tokio::spawn(async move { drop(axum::serve(listener, router).await) }).abort_handle();
        Ok(Self { addr, task })
    }
}

/// The socket is gone; the call has ended, or the handler has.
struct Gone;

struct Script {
    socket: WebSocket,
    endless: bool,
    answers: u32,
    replies: u32,
}

async fn run(socket: WebSocket) -> Result<(), Gone> {
    let mut script = Script { socket, endless: false, answers: 0, replies: 0 };
    let session = Box::new(Session { id: "sess_1".into(), ..Session::default() });
    script.say(ServerEvent::SessionCreated { session: session.clone() }).await?;
    let mut reply_at = None;
    loop {
        let event = tokio::select! {
            event = script.event() => event?,
            () = async {
                match reply_at {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            } => {
                reply_at = None;
                script.hear().await?;
                continue;
            }
        };
        match event {
            Some(ClientEvent::SessionUpdate { session: config }) => {
                script.endless = config.instructions.as_deref().is_some_and(|text| text.contains(ENDLESS));
                script.say(ServerEvent::SessionUpdated { session: session.clone() }).await?;
            }
            Some(ClientEvent::ResponseCreate { response }) => {
                let told = response.and_then(|response| response.instructions);
                match told.as_deref().map(|told| words_to_say(told).unwrap_or(told)) {
                    Some(words) => script.answer(words, &[]).await?,
                    None if script.endless => script.answer("And what else do you have?", &[]).await?,
                    None => {
                        let report = json!({"status": "achieved", "summary": "It is ordered.",
                            "facts": [{"name": "total", "value": "25 dollars", "quote": "That will be 25 dollars"}]});
                        let tools = [("report_outcome", report), ("end_call", json!({}))];
                        script.answer("Thank you very much. Goodbye.", &tools).await?;
                    }
                }
                if script.endless || script.replies == 0 {
                    reply_at = Some(tokio::time::Instant::now() + REPLY_AFTER);
                }
            }
            Some(_) | None => {}
        }
    }
}

impl Script {
    /// The next event; `None` for what this model does not read.
    async fn event(&mut self) -> Result<Option<ClientEvent>, Gone> {
        match self.socket.recv().await {
            Some(Ok(Message::Text(text))) => Ok(ClientEvent::read(&text).ok().map(|read| read.event)),
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(Gone),
            Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => Ok(None),
        }
    }

    async fn say(&mut self, event: ServerEvent) -> Result<(), Gone> {
        self.socket.send(Message::text(event.write("event_1"))).await.map_err(|_| Gone)
    }

    async fn answer(&mut self, words: &str, tools: &[(&str, Value)]) -> Result<(), Gone> {
        self.answers += 1;
        let (response_id, item_id) = (format!("resp_{}", self.answers), format!("item_a{}", self.answers));
        self.say(ServerEvent::ResponseCreated { response: Box::new(Response::new(&response_id)) }).await?;
        let content = Content { response_id: response_id.clone(), item_id: item_id.clone(), ..Content::default() };
        self.say(ServerEvent::TranscriptDelta(Delta { content: content.clone(), delta: words.into() })).await?;
        let sound = Bytes::from(wire::g711::encode(&vec![8_000; ANSWER_MS * 8]));
        let delta =
            AudioDelta { response_id: response_id.clone(), item_id: item_id.clone(), delta: sound, ..AudioDelta::default() };
        self.say(ServerEvent::AudioDelta(delta)).await?;
        self.say(ServerEvent::AudioDone(content)).await?;
        let item = Item::message(Some(item_id), "assistant", Vec::new()).with_status("completed");
        let done = OutputItem { response_id: response_id.clone(), output_index: 0, item };
        self.say(ServerEvent::OutputItemDone(Box::new(done))).await?;
        for (n, (name, arguments)) in tools.iter().enumerate() {
            let call_id = format!("call_{}_{n}", self.answers);
            let item = Item::function_call(Some(format!("item_{call_id}")), &call_id, name, &arguments.to_string());
            let done = OutputItem { response_id: response_id.clone(), output_index: 1, item: item.with_status("completed") };
            self.say(ServerEvent::OutputItemDone(Box::new(done))).await?;
        }
        let response = Response { status: ResponseStatus::Completed, ..Response::new(&response_id) };
        self.say(ServerEvent::ResponseDone { response: Box::new(response) }).await
    }

    /// The callee has said something.
    async fn hear(&mut self) -> Result<(), Gone> {
        self.replies += 1;
        let item_id = format!("item_c{}", self.replies);
        self.say(ServerEvent::SpeechStarted { item_id: item_id.clone(), audio_start_ms: 0 }).await?;
        self.say(ServerEvent::SpeechStopped { item_id: item_id.clone(), audio_end_ms: 100 }).await?;
        self.say(ServerEvent::Committed { previous_item_id: None, item_id: item_id.clone() }).await?;
        let transcription = Transcription { item_id, transcript: REPLY.into(), ..Transcription::default() };
        self.say(ServerEvent::TranscriptionCompleted(transcription)).await
    }
}
