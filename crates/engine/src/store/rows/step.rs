//! A conversation's run, and the events of its steps.

use super::{Doing, Error, Letter, exists, post};
use rusqlite::{Connection, OptionalExtension, params};

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

/// A conversation's run, if it has made a step.
pub fn run(db: &Connection, conversation: &str) -> Result<Option<String>, Error> {
    db.prepare_cached("SELECT body FROM run WHERE conversation=?1")
        .and_then(|mut s| s.query_row([conversation], |row| row.get(0)).optional())
        .doing("load a run")
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
