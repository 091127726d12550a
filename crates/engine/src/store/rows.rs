//! The statements: what is read and written inside one job. Bodies are JSON that this module does not look into; times are
//! milliseconds since 1970.

use super::{Doing, Error};
use rusqlite::{Connection, OptionalExtension, Row, params};

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

/// A durable event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Its number in its conversation, from 1.
    pub n: u64,
    /// When it was committed.
    pub at_ms: i64,
    /// The event.
    pub body: String,
}

/// A line of the list of conversations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The conversation.
    pub id: String,
    /// A few words.
    pub title: String,
    /// The node, as JSON.
    pub node: String,
    /// When something last happened.
    pub updated_ms: i64,
    /// How its latest call went, as JSON, once it has ended.
    pub disposition: Option<String>,
    /// Whether its latest call met the goal, as JSON, once it has ended.
    pub outcome: Option<String>,
}

/// What is known of an attempt at a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRow {
    /// The conversation.
    pub conversation: String,
    /// The attempt's number.
    pub attempt: u32,
    /// The handler's order, once accepted.
    pub order_id: Option<String>,
    /// Whether it has not ended yet.
    pub live: bool,
}

/// What a step says of an attempt at a call; what it does not say stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallNews {
    /// The attempt's number.
    pub attempt: u32,
    /// The handler's order.
    pub order_id: Option<String>,
    /// Whether it has not ended yet.
    pub live: bool,
    /// How it went, as JSON.
    pub disposition: Option<String>,
    /// Whether it met the goal, as JSON.
    pub outcome: Option<String>,
}

/// Everything that one step changes.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The conversation.
    pub conversation: String,
    /// How many steps the run has made.
    pub seq: u64,
    /// The run.
    pub run: String,
    /// Whether it can go on without further mail.
    pub ready: bool,
    /// The events, in order.
    pub events: Vec<String>,
    /// The letters that were read.
    pub read: Vec<i64>,
    /// The timer that replaces the one before.
    pub timer: Option<Letter>,
    /// A better title.
    pub title: Option<String>,
    /// The node, if the graph has moved, as JSON.
    pub node: Option<String>,
    /// Calls that were begun, have come further or have ended.
    pub calls: Vec<CallNews>,
    /// Now.
    pub at_ms: i64,
}

/// Begins a conversation.
pub fn begin(db: &Connection, id: &str, title: &str, node: &str, at_ms: i64) -> Result<(), Error> {
    db.prepare_cached("INSERT INTO conversation(id, title, node, updated_ms) VALUES(?1, ?2, ?3, ?4)")
        .and_then(|mut s| s.execute(params![id, title, node, at_ms]))
        .map(drop)
        .doing("begin a conversation")
}

/// Whether there is such a conversation.
pub fn exists(db: &Connection, id: &str) -> Result<bool, Error> {
    db.prepare_cached("SELECT 1 FROM conversation WHERE id=?1").and_then(|mut s| s.exists([id])).doing("look a conversation up")
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

/// A conversation's run, if it has made a step.
pub fn run(db: &Connection, conversation: &str) -> Result<Option<String>, Error> {
    db.prepare_cached("SELECT body FROM run WHERE conversation=?1")
        .and_then(|mut s| s.query_row([conversation], |row| row.get(0)).optional())
        .doing("load a run")
}

/// The letters that are due, oldest first, at most 256.
pub fn mail(db: &Connection, conversation: &str, now_ms: i64) -> Result<Vec<Mail>, Error> {
    db.prepare_cached("SELECT n, body FROM mail WHERE conversation=?1 AND due_ms<=?2 ORDER BY due_ms, n LIMIT 256")
        .and_then(|mut s| {
            s.query_map(params![conversation, now_ms], |row| Ok(Mail { n: row.get(0)?, body: row.get(1)? }))?.collect()
        })
        .doing("read a mailbox")
}

/// Writes a step: its run, its events, its timer, the mail it read. Answers the number of the conversation's last event.
pub fn apply(db: &Connection, change: &Change) -> Result<u64, Error> {
    let id = &change.conversation;
    if !exists(db, id)? {
        return Err(Error::NoConversation);
    }
    write_step(db, change).doing("write a step")?;
    for call in &change.calls {
        db.prepare_cached(
            "INSERT INTO call(conversation, attempt, order_id, live, disposition, outcome) VALUES(?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET order_id=coalesce(?3, order_id), live=?4,
             disposition=coalesce(?5, disposition), outcome=coalesce(?6, outcome)",
        )
        .and_then(|mut s| s.execute(params![id, call.attempt, call.order_id, call.live, call.disposition, call.outcome]))
        .doing("note a call")?;
    }
    if let Some(timer) = &change.timer {
        db.prepare_cached("DELETE FROM mail WHERE conversation=?1 AND timer")
            .and_then(|mut s| s.execute([id]))
            .doing("drop the timer before")?;
        post(db, id, timer)?;
    }
    last_event(db, id)
}

fn write_step(db: &Connection, change: &Change) -> rusqlite::Result<()> {
    let id = &change.conversation;
    db.prepare_cached(
        "INSERT INTO run(conversation, seq, body, ready) VALUES(?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET seq=?2, body=?3, ready=?4",
    )?
    .execute(params![id, change.seq, change.run, change.ready])?;
    for body in &change.events {
        db.prepare_cached("INSERT INTO event SELECT ?1, coalesce(max(n), 0) + 1, ?2, ?3 FROM event WHERE conversation=?1")?
            .execute(params![id, change.at_ms, body])?;
    }
    for n in &change.read {
        db.prepare_cached("DELETE FROM mail WHERE n=?1")?.execute([n])?;
    }
    if !change.events.is_empty() {
        db.prepare_cached(
            "UPDATE conversation SET updated_ms=?2, title=coalesce(?3, title), node=coalesce(?4, node) WHERE id=?1",
        )?
        .execute(params![id, change.at_ms, change.title, change.node])?;
    }
    Ok(())
}

/// The events after number `after`, in order, at most `limit`.
pub fn events(db: &Connection, conversation: &str, after: u64, limit: u32) -> Result<Vec<EventRow>, Error> {
    db.prepare_cached("SELECT n, at_ms, body FROM event WHERE conversation=?1 AND n>?2 ORDER BY n LIMIT ?3")
        .and_then(|mut s| {
            s.query_map(params![conversation, after, limit], |row| {
                Ok(EventRow { n: row.get(0)?, at_ms: row.get(1)?, body: row.get(2)? })
            })?
            .collect()
        })
        .doing("read events")
}

/// The number of the last event, 0 if there is none.
pub fn last_event(db: &Connection, conversation: &str) -> Result<u64, Error> {
    db.prepare_cached("SELECT coalesce(max(n), 0) FROM event WHERE conversation=?1")
        .and_then(|mut s| s.query_row([conversation], |row| row.get(0)))
        .doing("count events")
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

/// The conversations in which something has happened, newest first, at most `limit`.
pub fn list(db: &Connection, limit: u32) -> Result<Vec<Listed>, Error> {
    db.prepare_cached(
        "SELECT id, title, node, updated_ms, disposition, outcome FROM conversation
         LEFT JOIN call ON call.conversation=id
            AND attempt=(SELECT max(attempt) FROM call AS latest WHERE latest.conversation=id)
         WHERE EXISTS(SELECT 1 FROM event WHERE event.conversation=id)
         ORDER BY updated_ms DESC, id DESC LIMIT ?1",
    )
    .and_then(|mut s| {
        s.query_map([limit], |row| {
            Ok(Listed {
                id: row.get(0)?,
                title: row.get(1)?,
                node: row.get(2)?,
                updated_ms: row.get(3)?,
                disposition: row.get(4)?,
                outcome: row.get(5)?,
            })
        })?
        .collect()
    })
    .doing("list conversations")
}

/// Deletes a conversation with all that belongs to it, unless a call of it is live; false if one is.
pub fn delete(db: &Connection, conversation: &str) -> Result<bool, Error> {
    let live = db
        .prepare_cached("SELECT 1 FROM call WHERE conversation=?1 AND live")
        .and_then(|mut s| s.exists([conversation]))
        .doing("look for a live call")?;
    if live {
        return Ok(false);
    }
    let deleted = db
        .prepare_cached("DELETE FROM conversation WHERE id=?1")
        .and_then(|mut s| s.execute([conversation]))
        .doing("delete a conversation")?;
    if deleted == 1 { Ok(true) } else { Err(Error::NoConversation) }
}

fn call_row(row: &Row<'_>) -> rusqlite::Result<CallRow> {
    Ok(CallRow { conversation: row.get(0)?, attempt: row.get(1)?, order_id: row.get(2)?, live: row.get(3)? })
}

/// Every call that has not ended.
pub fn live_calls(db: &Connection) -> Result<Vec<CallRow>, Error> {
    db.prepare_cached("SELECT conversation, attempt, order_id, live FROM call WHERE live")
        .and_then(|mut s| s.query_map([], call_row)?.collect())
        .doing("list live calls")
}

/// One attempt of a conversation.
pub fn call(db: &Connection, conversation: &str, attempt: u32) -> Result<Option<CallRow>, Error> {
    db.prepare_cached("SELECT conversation, attempt, order_id, live FROM call WHERE conversation=?1 AND attempt=?2")
        .and_then(|mut s| s.query_row(params![conversation, attempt], call_row).optional())
        .doing("look a call up")
}

/// The attempt that an order belongs to.
pub fn call_of_order(db: &Connection, order_id: &str) -> Result<Option<CallRow>, Error> {
    db.prepare_cached("SELECT conversation, attempt, order_id, live FROM call WHERE order_id=?1")
        .and_then(|mut s| s.query_row([order_id], call_row).optional())
        .doing("look an order up")
}

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

/// Takes letters out of a mailbox that no step was needed for.
pub fn discard(db: &Connection, letters: &[i64]) -> Result<(), Error> {
    for n in letters {
        db.prepare_cached("DELETE FROM mail WHERE n=?1").and_then(|mut s| s.execute([n])).doing("discard an input")?;
    }
    Ok(())
}
