//! The embedded engine's workers: at most one for each conversation, and a bounded number in all.

use super::{Embedded, host::Bench};
use crate::store::{self, Doing, rows};
use graph::runtime::{Envelope, Graph, Offer, Run, drive};
use jiff::Timestamp;
use std::{sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use types::chat::ConversationEvent;

impl<G: Graph<Event = ConversationEvent>> Embedded<G> {
    /// Hands queued conversations to workers.
    pub(super) async fn dispatch(self, live_max: usize) {
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
