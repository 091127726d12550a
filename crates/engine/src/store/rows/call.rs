//! Attempts at calls, as far as the engine must find them by something else than their conversation.

use super::{Doing, Error};
use rusqlite::{Connection, OptionalExtension, Row, params};

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
