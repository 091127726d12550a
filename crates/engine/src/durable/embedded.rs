//! The embedded engine: mailboxes and runs in SQLite, at most one worker per conversation.

use super::{
    Engine,
    desk::Desk,
    host::{Bench, Retry},
    notices::Notices,
};
use crate::store::{self, Doing, Store, rows};
use graph::runtime::{Envelope, Graph, Offer, Run, drive};
use jiff::Timestamp;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
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
pub struct Embedded<G: Graph>(Arc<Inner<G>>);

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
    abort: CancellationToken,
    desk: Mutex<Desk>,
    /// Rung when a conversation was queued.
    work: Notify,
    workers: TaskTracker,
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

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self, conversation: &str) {
        if self.desk().wake(conversation) {
            self.0.work.notify_one();
        }
    }

    /// Hands queued conversations to workers.
    async fn dispatch(self, live_max: usize) {
        let permits = Arc::new(Semaphore::new(live_max));
        loop {
            let permit = tokio::select! {
                () = self.0.draining.cancelled() => return,
                permit = Arc::clone(&permits).acquire_owned() => permit,
            };
            let Ok(permit) = permit else { return };
            let conversation = loop {
                let next = self.desk().take();
                if let Some(conversation) = next {
                    break conversation;
                }
                tokio::select! {
                    () = self.0.draining.cancelled() => return,
                    () = self.0.work.notified() => {}
                }
            };
            self.0.workers.spawn(self.clone().work(conversation, permit));
        }
    }

    async fn work(self, conversation: String, permit: OwnedSemaphorePermit) {
        let seat = Seat { engine: self.clone(), conversation, _permit: permit };
        let outcome = tokio::select! {
            () = self.0.abort.cancelled() => return,
            outcome = self.work_off(&seat.conversation) => outcome,
        };
        match outcome {
            Ok(()) => self.desk().recovered(&seat.conversation),
            // It was deleted meanwhile, or the program is ending.
            Err(store::Error::NoConversation | store::Error::Closed) => {}
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(conversation_id = seat.conversation, error, "could not work on a conversation");
                let rest = self.desk().failed(&seat.conversation);
                if let Some(rest) = rest {
                    self.0.workers.spawn(self.clone().rest(seat.conversation.clone(), rest));
                }
            }
        }
    }

    async fn rest(self, conversation: String, rest: Duration) {
        tokio::select! {
            () = self.0.draining.cancelled() => {}
            () = tokio::time::sleep(rest) => {
                if self.desk().rested(&conversation) {
                    self.0.work.notify_one();
                }
            }
        }
    }

    /// Runs a conversation until it waits and nothing is left in its mailbox.
    async fn work_off(&self, conversation: &str) -> Result<(), store::Error> {
        let mut bench = Bench { inner: Arc::clone(&self.0), read: Vec::new() };
        loop {
            let (id, now_ms) = (conversation.to_owned(), Timestamp::now().as_millisecond());
            let (run, mail) = self.0.store.read(move |db| Ok((rows::run(db, &id)?, rows::mail(db, &id, now_ms)?))).await?;
            let mut run = match run {
                Some(body) => serde_json::from_str::<Run<G>>(&body).doing("read a run")?,
                None => Run::new(conversation),
            };
            // What a crash interrupted goes first.
            drive(&mut bench, &mut run).await?;
            if mail.is_empty() {
                return Ok(());
            }
            for letter in mail {
                bench.read.push(letter.n);
                let offer = match serde_json::from_str::<Envelope<G::Input>>(&letter.body) {
                    Ok(envelope) => run.offer(envelope),
                    Err(error) => {
                        tracing::error!(conversation_id = conversation, %error, "dropped an input that cannot be read");
                        Offer::Stale
                    }
                };
                // One at a time: a timer that is offered while a run is busy would count as stale, and be lost. The letter
                // leaves the mailbox with the commit of the step that it caused.
                match offer {
                    Offer::Accepted => drive(&mut bench, &mut run).await?,
                    Offer::Duplicate | Offer::Stale => {}
                    Offer::Full => unreachable!("a run that has been driven to its end has an empty inbox"),
                }
            }
            let left = std::mem::take(&mut bench.read);
            if !left.is_empty() {
                self.0.store.write(move |db| rows::discard(db, &left)).await?;
            }
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

/// A worker's hold on a conversation, given back however the worker ends.
struct Seat<G: Graph<Event = ConversationEvent>> {
    engine: Embedded<G>,
    conversation: String,
    _permit: OwnedSemaphorePermit,
}

impl<G: Graph<Event = ConversationEvent>> Drop for Seat<G> {
    fn drop(&mut self) {
        if self.engine.desk().done(&self.conversation) {
            self.engine.0.work.notify_one();
        }
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
