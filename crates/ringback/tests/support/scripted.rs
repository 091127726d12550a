//! A realtime model that says what a script tells it to say, over as many sessions as it is asked for.

use super::Rig;
use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::routing::get;
use bytes::Bytes;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;
use url::Url;
use wire::realtime::{
    AudioDelta, ClientEvent, Content, Delta, Item, OutputItem, Response, ResponseStatus, ServerEvent, Session, Transcription,
};

/// One answer of the model, and what the callee says after it.
pub struct Turn {
    /// The words, unless the model is told which ones to say.
    pub say: &'static str,
    pub tools: Vec<(&'static str, Value)>,
    pub callee_says: Option<&'static str>,
}

/// What the model was told, in order.
#[derive(Debug)]
pub enum Told {
    /// A session was configured.
    Session,
    /// An item: role and words.
    Item(String, String),
    /// An answer was asked for; the words that are given for it.
    Asked(Option<String>),
}

#[derive(Clone)]
struct Script {
    turns: Arc<Mutex<VecDeque<Turn>>>,
    told: mpsc::UnboundedSender<Told>,
}

/// Starts the model; gives its address and what it is told.
pub async fn start(turns: Vec<Turn>) -> (Url, mpsc::UnboundedReceiver<Told>) {
    let (told, telling) = mpsc::unbounded_channel();
    let script = Script { turns: Arc::new(Mutex::new(turns.into())), told };
    let router = Router::new().route("/v1/realtime", get(upgrade)).with_state(script);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("ws://{}/v1/realtime", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, telling)
}

/// Waits until the model is told these words.
pub async fn is_told(told: &mut mpsc::UnboundedReceiver<Told>, wanted: &str) {
    let given = async {
        while let Some(news) = told.recv().await {
            if matches!(&news, Told::Item(_, words) if words == wanted) {
                return;
            }
        }
        panic!("the model is gone");
    };
    tokio::time::timeout(super::WITHIN, given).await.expect("the model is told");
}

/// A call whose agent asks for the crust, and waits so long for what it is told.
pub async fn asks_for_the_crust() -> (Rig, mpsc::UnboundedReceiver<Told>) {
    let question = json!({"question": "Thin or thick crust?", "choices": ["thin", "thick"], "time_limit_s": 120});
    let asks = Turn { say: "One moment.", tools: vec![("ask_user", question)], callee_says: None };
    let silent = || Turn { say: "", tools: Vec::new(), callee_says: None };
    let opening = Turn { say: "", tools: Vec::new(), callee_says: Some("Thin or thick crust?") };
    let turns = [opening, asks].into_iter().chain(std::iter::repeat_with(silent).take(40)).collect();
    let (voice, told) = start(turns).await;
    (Rig::with_model(voice).await, told)
}

async fn upgrade(
    State(script): State<Script>,
    Query(_model): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> axum::response::Response {
    upgrade.on_upgrade(move |socket| session(socket, script))
}

async fn session(mut socket: WebSocket, script: Script) {
    let known = || Box::new(Session { id: "sess_1".into(), ..Session::default() });
    let mut out = vec![ServerEvent::SessionCreated { session: known() }];
    let mut count = 0;
    loop {
        for (n, event) in out.drain(..).enumerate() {
            if socket.send(Message::text(event.write(&format!("event_{n}")))).await.is_err() {
                return;
            }
        }
        let Some(Ok(Message::Text(text))) = socket.recv().await else { return };
        match ClientEvent::read(&text).unwrap().event {
            ClientEvent::SessionUpdate { .. } => {
                drop(script.told.send(Told::Session));
                out.push(ServerEvent::SessionUpdated { session: known() });
            }
            ClientEvent::ItemCreate(create) => {
                let role = create.item.role.clone().unwrap_or_default();
                drop(script.told.send(Told::Item(role, create.item.words())));
            }
            ClientEvent::ResponseCreate { response } => {
                let words = response.and_then(|response| response.instructions);
                let words = words.as_deref().and_then(types::briefing::words_to_say).map(str::to_owned);
                let turn = script.turns.lock().unwrap().pop_front().expect("the script goes on");
                count += 1;
                out = speak(&turn, words.as_deref().unwrap_or(turn.say), count);
                drop(script.told.send(Told::Asked(words)));
            }
            ClientEvent::Append { .. }
            | ClientEvent::Commit {}
            | ClientEvent::Clear {}
            | ClientEvent::Truncate(_)
            | ClientEvent::ItemDelete { .. }
            | ClientEvent::ItemRetrieve { .. }
            | ClientEvent::ResponseCancel { .. }
            | ClientEvent::Unknown { .. } => {}
        }
    }
}

/// Sixty milliseconds of sound a letter, then the tools, then the callee.
fn speak(turn: &Turn, words: &str, count: u32) -> Vec<ServerEvent> {
    let (response_id, item_id) = (format!("resp_{count}"), format!("item_{count}"));
    let content = || Content { response_id: response_id.clone(), item_id: item_id.clone(), ..Content::default() };
    let mut out = vec![ServerEvent::ResponseCreated { response: Box::new(Response::new(&response_id)) }];
    if !words.is_empty() {
        out.push(ServerEvent::TranscriptDelta(Delta { content: content(), delta: words.into() }));
        for _ in words.chars() {
            let sound = Bytes::from(wire::g711::encode(&[6_000; 480]));
            let delta =
                AudioDelta { response_id: response_id.clone(), item_id: item_id.clone(), delta: sound, ..AudioDelta::default() };
            out.push(ServerEvent::AudioDelta(delta));
        }
        out.push(ServerEvent::AudioDone(content()));
    }
    for (n, (name, arguments)) in turn.tools.iter().enumerate() {
        let call_id = format!("call_{count}_{n}");
        let item = Item::function_call(Some(format!("item_{call_id}")), &call_id, name, &arguments.to_string());
        let done = OutputItem { response_id: response_id.clone(), output_index: 1, item: item.with_status("completed") };
        out.push(ServerEvent::OutputItemDone(Box::new(done)));
    }
    let done = Response { status: ResponseStatus::Completed, ..Response::new(&response_id) };
    out.push(ServerEvent::ResponseDone { response: Box::new(done) });
    if let Some(said) = turn.callee_says {
        let item_id = format!("callee_{count}");
        out.push(ServerEvent::Committed { previous_item_id: None, item_id: item_id.clone() });
        let transcript = said.to_owned();
        out.push(ServerEvent::TranscriptionCompleted(Transcription { item_id, transcript, ..Transcription::default() }));
    }
    out
}
