//! The engine's one SQLite file. Everything that must survive is here; nobody outside this module knows SQL.
//!
//! Written by one thread with group commit, read by another; WAL with `synchronous=FULL`, so that what has been acknowledged
//! survives a power cut. A lock file keeps a second process out.

mod health;
mod lane;
pub mod rows;
mod schema;

pub use health::examine;
pub use sqlite_file::Trouble;

use lane::Lane;
use rusqlite::Connection;
use std::{path::PathBuf, sync::Arc};

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has the data folder.
    #[error("another Ringback engine is using {path}; stop it first, or give this one another data folder")]
    InUse {
        /// The lock file.
        path: PathBuf,
    },
    /// The folder or the lock file could not be made.
    #[error("could not prepare {path}; see that its folder can be written, or choose another data folder")]
    Prepare {
        /// Which.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// A later version of the program wrote the file.
    #[error("{path} was written by a newer version (schema {found}, this version knows {known}); run that version instead")]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The schema that the file has.
        found: i64,
        /// The newest schema that this program knows.
        known: i64,
    },
    /// The file is something else. It was left as it is.
    #[error("{path} is not a database of this engine; move it away, or choose another data folder")]
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
    /// SQLite refused.
    #[error("could not {doing}")]
    Sqlite {
        /// What was being done.
        doing: &'static str,
        /// The cause.
        #[source]
        source: rusqlite::Error,
    },
    /// The commit that a job was part of failed; nothing of it was kept.
    #[error("could not commit; nothing of this change was kept")]
    Commit(#[source] Arc<rusqlite::Error>),
    /// A row could not be read or written as JSON.
    #[error("could not {doing} as JSON")]
    Json {
        /// What was being done.
        doing: &'static str,
        /// The cause.
        #[source]
        source: serde_json::Error,
    },
    /// There is no such conversation (any more).
    #[error("there is no such conversation")]
    NoConversation,
    /// The conversation has too much unread mail.
    #[error("the conversation has {0} unread inputs; wait until they have been worked off")]
    MailboxFull(u64),
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}

/// Adds to an error of SQLite what was being done.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, Error>;
}

impl<T> Doing<T> for Result<T, rusqlite::Error> {
    fn doing(self, doing: &'static str) -> Result<T, Error> {
        self.map_err(|source| Error::Sqlite { doing, source })
    }
}

impl<T> Doing<T> for Result<T, serde_json::Error> {
    fn doing(self, doing: &'static str) -> Result<T, Error> {
        self.map_err(|source| Error::Json { doing, source })
    }
}

/// A handle to the store; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    writer: Lane,
    reader: Lane,
}

impl Store {
    /// Opens (or makes) the file, locks it against other processes and brings its schema up to date. Blocks for some
    /// milliseconds.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::Foreign`], [`Error::Damaged`], [`Error::Newer`], or what the file system or SQLite says.
    pub fn open(path: &std::path::Path) -> Result<Self, Error> {
        let lock = schema::lock(path)?;
        examine(path)?;
        let write = schema::open(path)?;
        let read = schema::open_to_read(path)?;
        Ok(Self { writer: Lane::write(write, lock), reader: Lane::read(read) })
    }

    /// Runs `job` in a transaction and returns once it is durable. Jobs that wait together are committed together; one that
    /// fails undoes only itself.
    pub async fn write<T, F>(&self, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    {
        self.writer.run(job).await
    }

    /// Runs `job` on one consistent view of what is durable.
    pub async fn read<T, F>(&self, job: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    {
        self.reader.run(job).await
    }

    /// Jobs that wait for the writing thread.
    #[cfg(test)]
    fn waiting_to_write(&self) -> usize {
        self.writer.waiting()
    }

    /// Finishes what has been asked, closes the file and gives the lock back. Later jobs fail with [`Error::Closed`].
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;
