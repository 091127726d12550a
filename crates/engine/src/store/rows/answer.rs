//! Requests that are answered once, however often they are sent.

use super::{Doing, Error};
use rusqlite::{Connection, OptionalExtension, params};

/// A request that is answered once, however often it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The conversation that it went to.
    pub conversation: String,
    /// The number of the last event before it.
    pub after_n: u64,
    /// Its answer, once given.
    pub answer: Option<String>,
}

/// What is known of a request.
pub fn asked(db: &Connection, scope: &str, id: &str) -> Result<Option<Asked>, Error> {
    db.prepare_cached("SELECT conversation, after_n, body FROM answer WHERE scope=?1 AND id=?2")
        .and_then(|mut s| {
            s.query_row([scope, id], |row| Ok(Asked { conversation: row.get(0)?, after_n: row.get(1)?, answer: row.get(2)? }))
                .optional()
        })
        .doing("look a request up")
}

/// Notes that a request has come.
pub fn ask(db: &Connection, scope: &str, id: &str, conversation: &str, after_n: u64) -> Result<(), Error> {
    db.prepare_cached("INSERT INTO answer(scope, id, conversation, after_n) VALUES(?1, ?2, ?3, ?4)")
        .and_then(|mut s| s.execute(params![scope, id, conversation, after_n]))
        .map(drop)
        .doing("note a request")
}

/// Keeps a request's answer.
pub fn answer(db: &Connection, scope: &str, id: &str, body: &str) -> Result<(), Error> {
    db.prepare_cached("UPDATE answer SET body=?3 WHERE scope=?1 AND id=?2")
        .and_then(|mut s| s.execute([scope, id, body]))
        .map(drop)
        .doing("keep an answer")
}
