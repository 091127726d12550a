//! What waits to be read by a conversation.

use super::{Doing, Error, exists};
use rusqlite::{Connection, params};

/// Unread inputs that one conversation may have.
const MAIL_MAX: u64 = 1_000;

/// An input for a conversation, due now or (a timer) later.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The sender's id; the same id twice in one mailbox is the same letter.
    pub id: String,
    /// The envelope.
    pub body: String,
    /// When it is to be read.
    pub due_ms: i64,
    /// Whether it is the run's own timer; a newer one replaces it.
    pub timer: bool,
}

/// A letter that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Its row.
    pub n: i64,
    /// The envelope.
    pub body: String,
}

/// Puts a letter into a conversation's mailbox; a letter whose id is there already is dropped.
pub fn post(db: &Connection, conversation: &str, letter: &Letter) -> Result<(), Error> {
    if !exists(db, conversation)? {
        return Err(Error::NoConversation);
    }
    let unread: u64 = db
        .prepare_cached("SELECT count(*) FROM mail WHERE conversation=?1")
        .and_then(|mut s| s.query_row([conversation], |row| row.get(0)))
        .doing("count unread mail")?;
    if unread >= MAIL_MAX {
        return Err(Error::MailboxFull(unread));
    }
    db.prepare_cached("INSERT OR IGNORE INTO mail(conversation, id, body, due_ms, timer) VALUES(?1, ?2, ?3, ?4, ?5)")
        .and_then(|mut s| s.execute(params![conversation, letter.id, letter.body, letter.due_ms, letter.timer]))
        .map(drop)
        .doing("put an input into a mailbox")
}

/// The letters that are due, oldest first, at most 256.
pub fn mail(db: &Connection, conversation: &str, now_ms: i64) -> Result<Vec<Mail>, Error> {
    db.prepare_cached("SELECT n, body FROM mail WHERE conversation=?1 AND due_ms<=?2 ORDER BY due_ms, n LIMIT 256")
        .and_then(|mut s| {
            s.query_map(params![conversation, now_ms], |row| Ok(Mail { n: row.get(0)?, body: row.get(1)? }))?.collect()
        })
        .doing("read a mailbox")
}

/// Conversations that have something to do: a run that can go on, or mail that is due.
pub fn due(db: &Connection, now_ms: i64) -> Result<Vec<String>, Error> {
    db.prepare_cached("SELECT conversation FROM run WHERE ready UNION SELECT conversation FROM mail WHERE due_ms<=?1")
        .and_then(|mut s| s.query_map([now_ms], |row| row.get(0))?.collect())
        .doing("find what is due")
}

/// When the next letter will be due.
pub fn next_due(db: &Connection, now_ms: i64) -> Result<Option<i64>, Error> {
    db.prepare_cached("SELECT min(due_ms) FROM mail WHERE due_ms>?1")
        .and_then(|mut s| s.query_row([now_ms], |row| row.get(0)))
        .doing("find the next timer")
}

/// Takes letters out of a mailbox that no step was needed for.
pub fn discard(db: &Connection, letters: &[i64]) -> Result<(), Error> {
    for n in letters {
        db.prepare_cached("DELETE FROM mail WHERE n=?1").and_then(|mut s| s.execute([n])).doing("discard an input")?;
    }
    Ok(())
}
