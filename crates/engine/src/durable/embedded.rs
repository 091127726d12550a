//! The embedded engine: mailboxes and runs in SQLite, at most one worker per conversation.

use super::{Engine, desk::Desk, host::Retry, notices::Notices};
use crate::store::{self, Doing, Store, rows};
use graph::runtime::{Envelope, Graph, Run};
use jiff::Timestamp;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{Notify, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use types::{
    ConversationId,
    chat::{ConversationEvent, Node, NumberedConversationEvent},
};

/// The longest sleep until the mailboxes are looked at again: the monotonic clock stands still while a laptop sleeps, and
/// the wall clock may be set.
const NAP: Duration = Duration::from_secs(60);
/// What a conversation is called until the graph knows better.
const UNTITLED: &str = "New task";

/// A handle to the engine; cheap to clone.
#[derive(Debug)]
pub struct Embedded<G: Graph>(pub(super) Arc<Inner<G>>);

impl<G: Graph> Clone for Embedded<G> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[derive(Debug)]
pub(super) struct Inner<G: Graph> {
    pub(super) graph: G,
    pub(super) store: Store,
    pub(super) retry: Retry,
    pub(super) notices: Notices,
    /// Rung when a timer has been set.
    pub(super) timers: Notify,
    /// Changes when a call was begun, has come further or has ended.
    pub(super) calls: watch::Sender<u64>,
    /// No new work is begun.
    pub(super) draining: CancellationToken,
    /// Steps in progress are dropped; they will be run again.
    pub(super) abort: CancellationToken,
    desk: Mutex<Desk>,
    /// Rung when a conversation was queued.
    pub(super) work: Notify,
    pub(super) workers: TaskTracker,
}

impl<G: Graph<Event = ConversationEvent>> Embedded<G> {
    /// Starts the engine on an open store; what a crash left undone goes on at once. At most `live_max` conversations are
    /// worked on at a time, the others wait in line.
    pub fn start(graph: G, store: Store, retry: Retry, live_max: usize) -> Self {
        let engine = Self(Arc::new(Inner {
            graph,
            store,
            retry,
            notices: Notices::default(),
            timers: Notify::new(),
            calls: watch::channel(0).0,
            draining: CancellationToken::new(),
            abort: CancellationToken::new(),
            desk: Mutex::default(),
            work: Notify::new(),
            workers: TaskTracker::new(),
        }));
        engine.0.workers.spawn(engine.clone().dispatch(live_max.max(1)));
        engine.0.workers.spawn(engine.clone().ring());
        engine
    }

    /// Begins nothing new, gives steps in progress the grace, then drops them. What was durable stays so.
    pub async fn drain(&self, grace: Duration) {
        self.0.draining.cancel();
        self.0.workers.close();
        if tokio::time::timeout(grace, self.0.workers.wait()).await.is_err() {
            tracing::warn!("a step was still running; it will be run again after the restart");
        }
        self.0.abort.cancel();
        self.0.workers.wait().await;
    }

    /// Stops at once. Steps in progress are dropped, and run again when the engine is started again.
    pub fn abort(&self) {
        self.0.draining.cancel();
        self.0.abort.cancel();
    }

    /// Changes when a call was begun, has come further or has ended.
    pub fn calls(&self) -> watch::Receiver<u64> {
        self.0.calls.subscribe()
    }

    /// Deletes a conversation and ends its streams; false if a call of it is live.
    pub async fn delete(&self, conversation: &ConversationId) -> Result<bool, store::Error> {
        let id = conversation.to_string();
        let deleted = self.0.store.write(move |db| rows::delete(db, &id)).await?;
        if deleted {
            self.0.notices.forget(conversation.as_str());
        }
        Ok(deleted)
    }

    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self, conversation: &str) {
        if self.desk().wake(conversation) {
            self.0.work.notify_one();
        }
    }

    /// Wakes whoever has something to do, then sleeps until the next timer.
    async fn ring(self) {
        loop {
            let pause = match self.wake_due().await {
                Ok(pause) => pause,
                Err(store::Error::Closed) => return,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "could not look for timers");
                    Duration::from_secs(1)
                }
            };
            tokio::select! {
                () = self.0.draining.cancelled() => return,
                () = tokio::time::sleep(pause.min(NAP)) => {}
                () = self.0.timers.notified() => {}
            }
        }
    }

    async fn wake_due(&self) -> Result<Duration, store::Error> {
        let now_ms = Timestamp::now().as_millisecond();
        let (due, next) = self.0.store.read(move |db| Ok((rows::due(db, now_ms)?, rows::next_due(db, now_ms)?))).await?;
        for conversation in due {
            if self.desk().wake_rested(&conversation) {
                self.0.work.notify_one();
            }
        }
        let wait_ms = next.map_or(u64::MAX, |due_ms| u64::try_from(due_ms - now_ms).unwrap_or(0));
        Ok(Duration::from_millis(wait_ms))
    }
}

#[async_trait::async_trait]
impl<G: Graph<Event = ConversationEvent>> Engine<G> for Embedded<G> {
    async fn begin(&self, conversation: &ConversationId) -> Result<(), store::Error> {
        let id = conversation.to_string();
        let node = serde_json::to_string(&Node::default()).doing("write a node")?;
        let at_ms = Timestamp::now().as_millisecond();
        self.0.store.write(move |db| rows::begin(db, &id, UNTITLED, &node, at_ms)).await
    }

    async fn deliver(&self, conversation: &ConversationId, envelope: Envelope<G::Input>) -> Result<(), store::Error> {
        let letter = rows::Letter {
            body: serde_json::to_string(&envelope).doing("write an input")?,
            id: envelope.id,
            due_ms: Timestamp::now().as_millisecond(),
            timer: false,
        };
        let id = conversation.to_string();
        self.0.store.write(move |db| rows::post(db, &id, &letter)).await?;
        crash_point::reach("engine.input_stored");
        self.wake(conversation.as_str());
        Ok(())
    }

    async fn settled(&self, conversation: &ConversationId) {
        let wait = self.desk().wait(conversation.as_str());
        if let Some(done) = wait {
            tokio::select! {
                _ = done => {}
                () = self.0.abort.cancelled() => {}
            }
        }
    }

    async fn view(&self, conversation: &ConversationId) -> Result<Option<G::State>, store::Error> {
        let id = conversation.to_string();
        let (known, run) = self.0.store.read(move |db| Ok((rows::exists(db, &id)?, rows::run(db, &id)?))).await?;
        match run {
            Some(body) => {
                let run: Run<G> = serde_json::from_str(&body).doing("read a run")?;
                Ok(Some(run.state().clone()))
            }
            None => Ok(known.then(G::State::default)),
        }
    }

    async fn events(
        &self,
        conversation: &ConversationId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<NumberedConversationEvent>, store::Error> {
        let id = conversation.to_string();
        let rows = self.0.store.read(move |db| rows::events(db, &id, after, limit)).await?;
        rows.into_iter().map(numbered).collect()
    }

    fn watch(&self, conversation: &ConversationId) -> watch::Receiver<u64> {
        self.0.notices.subscribe(conversation.as_str())
    }
}

fn numbered(row: rows::EventRow) -> Result<NumberedConversationEvent, store::Error> {
    let at = Timestamp::from_millisecond(row.at_ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string();
    Ok(NumberedConversationEvent { n: row.n, at, event: serde_json::from_str(&row.body).doing("read an event")? })
}
