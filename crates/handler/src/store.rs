//! The handler's durable state: orders, call events, the outbox. One SQLite file, one thread that reads and writes it.
//!
//! Invariants: nothing outside this module knows SQL; an answer is given only after what it tells of has been committed;
//! jobs are carried out in the order in which they were handed in. Everything that waits is committed together, so that
//! a busy handler pays for one flush to disk, not for one a job.

mod claim;
mod corrections;
mod events;
#[cfg(test)]
mod faults;
mod gate;
mod health;
mod ledger;
mod orders;
mod outbox;
#[cfg(all(test, target_os = "linux"))]
mod power_cut;
mod schema;

pub(crate) use claim::is_awaited;
pub(crate) use events::PAGE as EVENTS_PAGE;
pub(crate) use gate::{Listed, Refused};
pub use health::examine;
pub(crate) use orders::{Inserted, NewOrder, OrderRow, Unfinished};
pub(crate) use outbox::{Delivery, OutboxRow, Parcel};
pub(crate) use sqlite_file::Trouble;

use rusqlite::{Connection, ffi};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// The database in the data folder.
pub const FILE: &str = "handler.db";
/// How many jobs may wait for the thread.
const JOBS_MAX: usize = 16_384;
/// How many jobs are committed together at most.
const GROUP_MAX: usize = 1_024;

/// Why something could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data folder cannot be made or written.
    #[error("opening the data folder {path}; see that it can be written, or choose another one")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another handler uses the file.
    #[error("the data folder {path} is in use by another call handler; stop it or choose another folder")]
    InUse {
        /// Which.
        path: PathBuf,
    },
    /// The file was written by a newer program.
    #[error("the store has schema version {found}, this program knows {known}; use a newer program or another data folder")]
    Newer {
        /// In the file.
        found: u32,
        /// Here.
        known: u32,
    },
    /// The file is something else. It was left as it is.
    #[error("{path} is not a database of this call handler; move it away, or choose another data folder")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// Parts of the file are not what they were. It was left as it is.
    #[error("{path} is damaged ({what}); put a backup in its place, or move it away to begin with an empty one")]
    Damaged {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        what: String,
    },
    /// SQLite says no.
    #[error("using the store")]
    Sql(#[from] rusqlite::Error),
    /// What was stored cannot be read back.
    #[error("reading a stored {what}")]
    Unreadable {
        /// What it should have been.
        what: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// Too much is waiting to be stored.
    #[error("the store cannot keep up: {JOBS_MAX} jobs are waiting")]
    Overloaded,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

/// Called once the group has been committed, or could not be.
type Reply = Box<dyn FnOnce(Result<(), rusqlite::Error>) + Send>;
/// Given the connection, or nothing if the group that it belongs to has failed already.
type Job = Box<dyn FnOnce(Option<&Connection>) -> Ran + Send>;

/// A job that has run.
struct Ran {
    /// What SQLite held against it.
    cause: Option<ffi::Error>,
    reply: Reply,
}

/// A handle to the store; cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    jobs: SyncSender<Job>,
}

/// The store's thread; joins when every [`Store`] is gone.
pub(crate) struct Thread(JoinHandle<()>);

impl Thread {
    /// Waits until everything handed in has been stored. Blocks.
    pub(crate) fn join(self) {
        if self.0.join().is_err() {
            tracing::error!("the store's thread panicked");
        }
    }
}

impl Store {
    /// Opens or makes `handler.db` in a folder, brings it to this program's schema and locks it. Blocks, at most so long until
    /// another handler has left the folder.
    pub(crate) fn open(folder: &Path, takeover_wait: Duration) -> Result<(Self, Thread), Error> {
        let failed = |source| Error::Folder { path: folder.into(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        // Held until the thread ends.
        let lock = claim::take(folder, takeover_wait)?;
        health::examine(&folder.join(FILE))?;
        let mut connection = Connection::open(folder.join(FILE))?;
        schema::prepare(&mut connection)?;
        let (jobs, waiting) = sync_channel(JOBS_MAX);
        let thread = std::thread::Builder::new().name("handler-store".into()).spawn(move || {
            run(&connection, &waiting);
            drop(connection);
            drop(lock);
        });
        Ok((Self { jobs }, Thread(thread.map_err(failed)?)))
    }

    /// Carries out a job and tells its result after the commit.
    pub(crate) async fn run<T, W>(&self, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    {
        let (tell, told) = oneshot::channel();
        // A caller that no longer waits loses only the answer.
        self.submit(work, move |result| drop(tell.send(result)))?;
        told.await.map_err(|_| Error::Closed)?
    }

    /// Hands a job in without waiting; `then` is called on the store's thread after the commit and must not block.
    pub(crate) fn submit<T, W, R>(&self, work: W, then: R) -> Result<(), Error>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
        R: FnOnce(Result<T, Error>) + Send + 'static,
    {
        let job: Job = Box::new(move |connection| {
            // Without a connection the group's failure is told in place of the result.
            let result = connection.map_or(Err(Error::Closed), |connection| in_savepoint(connection, work));
            let cause = result.as_ref().err().and_then(Error::sqlite);
            Ran { cause, reply: Box::new(move |committed| then(committed.map_err(Error::from).and(result))) }
        });
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Error::Overloaded,
            TrySendError::Disconnected(_) => Error::Closed,
        })
    }
}

/// One job failing must not undo those that are committed with it.
fn in_savepoint<T>(connection: &Connection, work: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
    connection.execute_batch("SAVEPOINT job")?;
    let result = work(connection);
    if connection.is_autocommit() {
        // SQLite has undone the whole group, and the savepoint with it.
        return result;
    }
    connection.execute_batch(if result.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" })?;
    result
}

fn run(connection: &Connection, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let code = |error: rusqlite::Error| error.sqlite_error().copied().unwrap_or_else(|| ffi::Error::new(ffi::SQLITE_ERROR));
        // What has befallen the whole group: nothing more may be done in it, for that would be kept by itself. Those that wait
        // behind get another group.
        let mut failure = connection.execute_batch("BEGIN IMMEDIATE").err().map(code);
        let mut replies = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next {
            let ran = job(Some(connection).filter(|_| failure.is_none()));
            // A full disk makes SQLite undo the whole transaction by itself; what touched a damaged page cannot be undone alone.
            let damaged = ran.cause.is_some_and(|cause| cause.code == ffi::ErrorCode::DatabaseCorrupt);
            if failure.is_none() && (damaged || connection.is_autocommit()) {
                failure = Some(ran.cause.unwrap_or_else(|| ffi::Error::new(ffi::SQLITE_ABORT)));
            }
            replies.push(ran.reply);
            next = if failure.is_none() && replies.len() < GROUP_MAX { jobs.try_recv().ok() } else { None };
        }
        crash_point::reach("handler.before_commit");
        let failure = failure.or_else(|| connection.execute_batch("COMMIT").err().map(code));
        if let Some(error) = failure {
            tracing::error!(%error, "the store could not commit");
            if !connection.is_autocommit() {
                drop(connection.execute_batch("ROLLBACK"));
            }
        }
        crash_point::reach("handler.after_commit");
        for reply in replies {
            reply(failure.map_or(Ok(()), |code| Err(rusqlite::Error::SqliteFailure(code, None))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_handler_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (_store, _thread) = Store::open(folder.path(), Duration::ZERO).unwrap();
        assert!(matches!(Store::open(folder.path(), Duration::ZERO), Err(Error::InUse { .. })));
    }

    #[test]
    fn the_folder_is_free_again_after_closing() {
        let folder = tempfile::tempdir().unwrap();
        let (store, thread) = Store::open(folder.path(), Duration::ZERO).unwrap();
        drop(store);
        thread.join();
        assert!(Store::open(folder.path(), Duration::ZERO).is_ok());
    }

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = Connection::open(folder.path().join("handler.db")).unwrap();
        file.execute_batch("PRAGMA user_version = 99").unwrap();
        drop(file);
        assert!(matches!(Store::open(folder.path(), Duration::ZERO), Err(Error::Newer { found: 99, .. })));
    }

    #[tokio::test]
    async fn a_failing_job_does_not_undo_its_neighbours() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _thread) = Store::open(folder.path(), Duration::ZERO).unwrap();
        let insert = |name: &'static str| {
            move |c: &Connection| {
                c.execute("INSERT INTO event(order_id, n, at_ms, body) VALUES (?1, 1, 0, '{}')", [name])?;
                Ok(())
            }
        };
        let (good, bad, other) = tokio::join!(store.run(insert("a")), store.run(insert("a")), store.run(insert("b")));
        assert!(good.is_ok() && bad.is_err() && other.is_ok());
        let count = store.run(|c| Ok(c.query_one("SELECT count(*) FROM event", [], |r| r.get::<_, i64>(0))?)).await.unwrap();
        assert_eq!(count, 2);
    }
}
