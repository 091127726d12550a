//! The embedded engine with a graph of three words: what survives, what is run again, and who has to wait.

use super::*;
use crate::store::{Error, Store};
use graph::runtime::{self, Arrival, Body, Next, Step, Task};
use serde::{Deserialize, Serialize};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;
use tokio::sync::{Notify, Semaphore, mpsc};
use types::chat::{Message, Role};

/// What an input tells the graph to do.
#[derive(Serialize, Deserialize, Clone, Debug)]
enum Word {
    /// Say this.
    Say(String),
    /// Say this after so many milliseconds without an input; chatting does not stop it.
    After(u64, String),
    /// Fail so often, then say how often it took.
    Fail(u32),
    /// Do not finish until the test allows it.
    Hang,
}

/// A graph whose steps tell the test that they run.
#[derive(Clone, Debug)]
struct Toy {
    ran: mpsc::UnboundedSender<String>,
    tries: Arc<AtomicU32>,
    allowed: Arc<Semaphore>,
    shouted: Arc<Notify>,
}

fn line(content: &str) -> ConversationEvent {
    ConversationEvent::Message { message: Message { role: Role::Assistant, content: content.into(), at: String::new() } }
}

impl Graph for Toy {
    type Node = u8;
    type State = Vec<String>;
    type Input = Word;
    type Event = ConversationEvent;
    const START: u8 = 0;

    async fn step(&self, task: Task<Self>) -> Result<Step<Self>, runtime::Error> {
        let _ = self.ran.send(task.key.clone());
        let wait = Next::Wait { resume: 0, timeout: None };
        let (text, next) = match task.input {
            Arrival::Input(Word::Say(text)) => (text, Next::Stay),
            Arrival::Input(Word::After(ms, text)) => {
                let mut state = task.state;
                state.push(text);
                let next = Next::Wait { resume: 1, timeout: Some(Duration::from_millis(ms)) };
                return Ok(Step { state, next, events: Vec::new() });
            }
            Arrival::Input(Word::Fail(times)) => {
                let tries = self.tries.fetch_add(1, Ordering::SeqCst) + 1;
                if tries <= times {
                    return Err(runtime::Error::Unfinished { message: format!("try {tries}") });
                }
                (format!("took {tries}"), wait)
            }
            Arrival::Input(Word::Hang) => {
                self.shouted.notify_one();
                self.allowed.acquire().await.expect("never closed").forget();
                ("hung".into(), wait)
            }
            Arrival::Timeout => (format!("ring: {}", task.state.last().map_or("", String::as_str)), wait),
            Arrival::None => ("nothing".into(), wait),
        };
        Ok(Step { state: task.state, next, events: vec![line(&text)] })
    }

    fn give_up(task: Task<Self>, error: String) -> Step<Self> {
        let next = Next::Wait { resume: 0, timeout: None };
        Step { state: task.state, next, events: vec![line(&format!("gave up after {error}"))] }
    }
}

/// One process: an engine on a file, with what its graph tells.
struct Process {
    engine: Embedded<Toy>,
    store: Store,
    toy: Toy,
    ran: mpsc::UnboundedReceiver<String>,
}

impl Process {
    fn start(folder: &Path, live_max: usize) -> Self {
        let (told, ran) = mpsc::unbounded_channel();
        let toy =
            Toy { ran: told, tries: Arc::default(), allowed: Arc::new(Semaphore::new(0)), shouted: Arc::new(Notify::new()) };
        let store = Store::open(&folder.join("engine.db")).unwrap();
        let retry = Retry { attempts: 3, pause: Duration::from_millis(1), pause_max: Duration::from_millis(2) };
        let engine = Embedded::start(toy.clone(), store.clone(), retry, live_max);
        Self { engine, store, toy, ran }
    }

    /// Ends as a crash does: nothing more is written.
    async fn crash(self) {
        self.engine.drain(Duration::ZERO).await;
        self.store.close().await;
    }

    async fn send(&self, conversation: &ConversationId, id: &str, word: Word) {
        let envelope = Envelope { id: id.into(), body: Body::Input(word) };
        self.engine.deliver(conversation, envelope).await.unwrap();
    }

    async fn lines(&self, conversation: &ConversationId) -> Vec<String> {
        let events = self.engine.events(conversation, 0, 100).await.unwrap();
        let text = |event| {
            let ConversationEvent::Message { message } = event else { panic!("the graph only talks: {event:?}") };
            message.content
        };
        events.into_iter().map(|event| text(event.event)).collect()
    }

    /// Waits until a conversation has so many events.
    async fn until(&self, conversation: &ConversationId, events: u64) {
        let mut news = self.engine.watch(conversation);
        while self.engine.events(conversation, events - 1, 1).await.unwrap().is_empty() {
            tokio::time::timeout(Duration::from_secs(10), news.changed()).await.expect("in time").unwrap();
        }
    }
}

fn conversation(n: u32) -> ConversationId {
    ConversationId::new(format!("c_{n}"))
}

#[tokio::test]
async fn an_input_is_worked_off_once_however_often_it_is_delivered() {
    let folder = TempDir::new().unwrap();
    let process = Process::start(folder.path(), 4);
    let c = conversation(1);
    let nobody = process.engine.deliver(&c, Envelope { id: "a".into(), body: Body::Input(Word::Say("x".into())) }).await;
    assert!(matches!(nobody, Err(Error::NoConversation)));
    process.engine.begin(&c).await.unwrap();
    for _ in 0..3 {
        process.send(&c, "a", Word::Say("one".into())).await;
        process.engine.settled(&c).await;
    }
    process.send(&c, "b", Word::Say("two".into())).await;
    process.engine.settled(&c).await;
    assert_eq!(process.lines(&c).await, ["one", "two"]);
}

#[tokio::test]
async fn a_failing_step_is_tried_again_and_then_given_up() {
    let folder = TempDir::new().unwrap();
    let process = Process::start(folder.path(), 4);
    let c = conversation(1);
    process.engine.begin(&c).await.unwrap();
    process.send(&c, "a", Word::Fail(2)).await;
    process.engine.settled(&c).await;
    process.toy.tries.store(0, Ordering::SeqCst);
    process.send(&c, "b", Word::Fail(9)).await;
    process.engine.settled(&c).await;
    assert_eq!(process.lines(&c).await, ["took 3", "gave up after try 3"]);
}

#[tokio::test]
async fn a_crash_between_a_step_and_its_commit_runs_the_same_step_again() {
    let folder = TempDir::new().unwrap();
    let c = conversation(1);
    let mut first = Process::start(folder.path(), 4);
    first.engine.begin(&c).await.unwrap();
    first.send(&c, "a", Word::Hang).await;
    first.send(&c, "b", Word::Say("waited".into())).await;
    first.toy.shouted.notified().await;
    let key = first.ran.recv().await.unwrap();
    first.crash().await;

    let mut second = Process::start(folder.path(), 4);
    second.toy.shouted.notified().await;
    assert_eq!(second.ran.recv().await.unwrap(), key, "the same step, by the same key");
    assert!(second.lines(&c).await.is_empty(), "nobody saw anything of it");
    second.toy.allowed.add_permits(1);
    second.engine.settled(&c).await;
    assert_eq!(second.lines(&c).await, ["hung", "waited"], "and no mail was lost");
}

#[tokio::test]
async fn a_timer_fires_after_a_restart_and_chatting_does_not_stop_it() {
    let folder = TempDir::new().unwrap();
    let c = conversation(1);
    let first = Process::start(folder.path(), 4);
    first.engine.begin(&c).await.unwrap();
    first.send(&c, "a", Word::After(300, "wake up".into())).await;
    first.send(&c, "b", Word::Say("still there".into())).await;
    first.engine.settled(&c).await;
    assert_eq!(first.lines(&c).await, ["still there"]);
    first.crash().await;

    let second = Process::start(folder.path(), 4);
    second.until(&c, 2).await;
    assert_eq!(second.lines(&c).await, ["still there", "ring: wake up"]);
}

#[tokio::test]
async fn an_input_and_a_timer_that_are_due_together_both_count() {
    let folder = TempDir::new().unwrap();
    let c = conversation(1);
    let first = Process::start(folder.path(), 4);
    first.engine.begin(&c).await.unwrap();
    first.send(&c, "a", Word::After(3_600_000, "now".into())).await;
    first.engine.settled(&c).await;
    first.engine.drain(Duration::from_secs(5)).await;
    // The hour is over, and both are in the mailbox when the next process looks into it, the input first.
    let id = c.to_string();
    let an_hour_later = move |db: &rusqlite::Connection| {
        let timer = store::rows::mail(db, &id, i64::MAX)?.remove(0);
        store::rows::discard(db, &[timer.n])?;
        store::rows::post(db, &id, &letter("b", 1, say("chat")))?;
        store::rows::post(db, &id, &letter("timer", 2, timer.body))
    };
    first.store.write(an_hour_later).await.unwrap();
    first.store.close().await;

    let second = Process::start(folder.path(), 4);
    second.until(&c, 2).await;
    assert_eq!(second.lines(&c).await, ["chat", "ring: now"]);
}

fn say(text: &str) -> String {
    serde_json::to_string(&Envelope { id: text.into(), body: Body::Input(Word::Say(text.into())) }).unwrap()
}

fn letter(id: &str, due_ms: i64, body: String) -> store::rows::Letter {
    store::rows::Letter { id: id.into(), body, due_ms, timer: false }
}

#[tokio::test]
async fn no_more_conversations_are_worked_on_than_allowed_and_the_others_wait_in_line() {
    let folder = TempDir::new().unwrap();
    let mut process = Process::start(folder.path(), 2);
    for n in 0..4 {
        process.engine.begin(&conversation(n)).await.unwrap();
        process.send(&conversation(n), "a", Word::Hang).await;
    }
    let mut ran = vec![process.ran.recv().await.unwrap(), process.ran.recv().await.unwrap()];
    // Another one would be run only when a place is free, and only the test gives one.
    assert!(process.ran.try_recv().is_err());
    process.toy.allowed.add_permits(1);
    ran.push(process.ran.recv().await.unwrap());
    assert!(process.ran.try_recv().is_err());
    process.toy.allowed.add_permits(3);
    ran.push(process.ran.recv().await.unwrap());
    for n in 0..4 {
        process.engine.settled(&conversation(n)).await;
    }
    ran.sort();
    assert_eq!(ran, ["c_0:0", "c_1:0", "c_2:0", "c_3:0"]);
}

#[tokio::test]
async fn a_conversation_that_cannot_be_read_does_not_stop_the_others() {
    let folder = TempDir::new().unwrap();
    let process = Process::start(folder.path(), 1);
    let (bad, good) = (conversation(1), conversation(2));
    for c in [&bad, &good] {
        process.engine.begin(c).await.unwrap();
    }
    let change = store::rows::Change { conversation: bad.to_string(), run: "{}".into(), ..Default::default() };
    process.store.write(move |db| store::rows::apply(db, &change)).await.unwrap();
    process.send(&bad, "a", Word::Say("lost?".into())).await;
    process.send(&good, "a", Word::Say("fine".into())).await;
    process.engine.settled(&bad).await;
    process.engine.settled(&good).await;
    assert_eq!(process.lines(&good).await, ["fine"]);
    let id = bad.to_string();
    let left = process.store.read(move |db| store::rows::mail(db, &id, i64::MAX)).await.unwrap();
    assert_eq!(left.len(), 1, "its mail is kept for a program that can read it");
}

#[tokio::test]
async fn deleting_a_conversation_ends_its_streams() {
    let folder = TempDir::new().unwrap();
    let process = Process::start(folder.path(), 4);
    let c = conversation(1);
    process.engine.begin(&c).await.unwrap();
    process.send(&c, "a", Word::Say("one".into())).await;
    process.engine.settled(&c).await;
    let mut news = process.engine.watch(&c);
    assert!(process.engine.delete(&c).await.unwrap());
    news.borrow_and_update();
    assert!(news.changed().await.is_err());
    assert!(process.engine.view(&c).await.unwrap().is_none());
}
