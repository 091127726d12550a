//! The conversations themselves.

use super::{Doing, Error};
use rusqlite::{Connection, params};

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
