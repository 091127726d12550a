//! A thread with one connection that works off jobs in order.

use super::{Doing, Error};
use rusqlite::Connection;
use std::{fs::File, sync::Arc};
use tokio::sync::{mpsc, oneshot};

/// Jobs that may wait for a thread before senders have to wait too.
const QUEUE: usize = 1_024;
/// Jobs that share one commit at most, so that the first of them need not wait long.
const BATCH: usize = 256;

/// A job, given the connection or the reason why it cannot run.
type Job = Box<dyn FnOnce(Result<&Connection, Error>) -> Settled + Send>;

/// A job that has run: whether it went well, what SQLite held against it, and how its sender is told once the fate of the
/// commit is known.
struct Settled {
    good: bool,
    cause: Option<rusqlite::ffi::Error>,
    tell: Box<dyn FnOnce(Option<Error>)>,
}

enum Message {
    Job(Job),
    Close(oneshot::Sender<()>),
}

#[derive(Clone, Debug)]
pub(super) struct Lane {
    messages: mpsc::Sender<Message>,
}

impl Lane {
    /// The writing thread; it keeps the lock as long as it lives.
    pub(super) fn write(db: Connection, lock: File) -> Self {
        Self::spawn(move |messages| {
            let asked = work(messages, |batch| commit(&db, batch));
            drop(db);
            drop(lock);
            asked
        })
    }

    /// The reading thread; each job sees one state of the file.
    pub(super) fn read(db: Connection) -> Self {
        Self::spawn(move |messages| {
            let asked = work(messages, |batch| {
                for job in batch {
                    let settled = match db.unchecked_transaction().doing("begin to read") {
                        // The transaction ends with `view`.
                        Ok(view) => job(Ok(&view)),
                        Err(error) => job(Err(error)),
                    };
                    (settled.tell)(None);
                }
            });
            drop(db);
            asked
        })
    }

    fn spawn(body: impl FnOnce(mpsc::Receiver<Message>) -> Option<oneshot::Sender<()>> + Send + 'static) -> Self {
        let (messages, inbox) = mpsc::channel(QUEUE);
        std::thread::spawn(move || {
            // The file is closed by now, so whoever waits may open it again.
            if let Some(asked) = body(inbox) {
                let _ = asked.send(());
            }
        });
        Self { messages }
    }

    pub(super) async fn run<T, F>(&self, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |db| {
            let result = db.and_then(job);
            Settled {
                good: result.is_ok(),
                cause: result.as_ref().err().and_then(Error::sqlite),
                tell: Box::new(move |failure| {
                    // A sender that no longer waits does not mind.
                    let _ = answer.send(failure.map_or(result, Err));
                }),
            }
        });
        self.messages.send(Message::Job(job)).await.map_err(|_| Error::Closed)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.messages.max_capacity() - self.messages.capacity()
    }

    pub(super) async fn close(&self) {
        let (ask, closed) = oneshot::channel();
        if self.messages.send(Message::Close(ask)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

/// Takes what has queued up, batch by batch, until it is asked to close or nobody can ask any more.
fn work(mut messages: mpsc::Receiver<Message>, mut run: impl FnMut(Vec<Job>)) -> Option<oneshot::Sender<()>> {
    while let Some(first) = messages.blocking_recv() {
        let mut batch = Vec::new();
        let mut next = Some(first);
        let mut asked = None;
        while let Some(message) = next.take() {
            match message {
                Message::Job(job) => batch.push(job),
                Message::Close(ask) => asked = Some(ask),
            }
            if asked.is_none() && batch.len() < BATCH {
                next = messages.try_recv().ok();
            }
        }
        if !batch.is_empty() {
            run(batch);
        }
        if asked.is_some() {
            return asked;
        }
    }
    None
}

/// Group commit: everything that queued up while the last one was being synced goes into one transaction, each job in its
/// own savepoint. One that breaks the transaction ends it; those behind it get another.
fn commit(db: &Connection, batch: Vec<Job>) {
    let mut jobs = batch.into_iter();
    while let Some(first) = jobs.next() {
        let mut fate = db.execute_batch("BEGIN IMMEDIATE").map_err(Arc::new);
        let mut settled = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next {
            settled.push(match &fate {
                Ok(()) => in_savepoint(db, job, &mut fate),
                Err(cause) => job(Err(Error::Commit(Arc::clone(cause)))),
            });
            next = if fate.is_ok() { jobs.next() } else { None };
        }
        let fate = fate.and_then(|()| db.execute_batch("COMMIT").map_err(Arc::new));
        if fate.is_err() && !db.is_autocommit() {
            // If this fails too, the next BEGIN does, and everybody is told.
            let _ = db.execute_batch("ROLLBACK");
        }
        for one in settled {
            (one.tell)(fate.as_ref().err().map(|cause| Error::Commit(Arc::clone(cause))));
        }
    }
}

fn in_savepoint(db: &Connection, job: Job, fate: &mut Result<(), Arc<rusqlite::Error>>) -> Settled {
    if let Err(cause) = db.execute_batch("SAVEPOINT job") {
        let cause = Arc::new(cause);
        *fate = Err(Arc::clone(&cause));
        return job(Err(Error::Commit(cause)));
    }
    let settled = job(Ok(db));
    // A full disk makes SQLite undo the whole transaction by itself; then all of it has failed for that reason. What touched a
    // damaged page cannot be undone alone: what follows in the same transaction would meet it again.
    let damaged = settled.cause.is_some_and(|cause| cause.code == rusqlite::ErrorCode::DatabaseCorrupt);
    if damaged || db.is_autocommit() {
        let cause = settled.cause.unwrap_or_else(|| rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT));
        *fate = Err(Arc::new(rusqlite::Error::SqliteFailure(cause, None)));
    } else if let Err(cause) = db.execute_batch(if settled.good { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" }) {
        *fate = Err(Arc::new(cause));
    }
    settled
}
