//! The durable events of each call, in the order in which they happened.

use super::orders::{read, write};
use super::{Error, Store};
use rusqlite::{Connection, params};
use types::{CallEvent, CallStage, NumberedCallEvent, OrderId};

/// How many events are read at once.
pub(crate) const PAGE: usize = 500;

impl Store {
    /// Hands an event in; `then` gets it with its number once it is durable.
    pub(crate) fn append_event(
        &self,
        order_id: OrderId,
        at_ms: u64,
        event: CallEvent,
        then: impl FnOnce(Result<NumberedCallEvent, Error>) + Send + 'static,
    ) -> Result<(), Error> {
        self.submit(
            move |c| {
                // The end becomes visible together with the result.
                if let CallEvent::Stage { stage } = &event
                    && *stage != CallStage::Ended
                {
                    c.prepare_cached("UPDATE call_order SET stage = ?2 WHERE order_id = ?1")?
                        .execute([order_id.as_str(), &write(stage)])?;
                }
                append(c, &order_id, at_ms, event)
            },
            then,
        )
    }

    /// Makes sure that a call's record has what its user has told it, by the event's kind and id; gives the event if it had to be
    /// stored now, because it could not be when it happened.
    pub(crate) async fn keep_told(&self, order_id: &OrderId, event: CallEvent) -> Result<Option<NumberedCallEvent>, Error> {
        let (id, now_ms) = (order_id.clone(), crate::clock::unix_ms());
        self.run(move |c| {
            let known: bool = c
                .prepare_cached(
                    "SELECT EXISTS(SELECT 1 FROM event WHERE order_id = ?1
                     AND json_extract(body, '$.type') = json_extract(?2, '$.type')
                     AND json_extract(body, '$.id') = json_extract(?2, '$.id'))",
                )?
                .query_one(params![id.as_str(), write(&event)], |row| row.get(0))?;
            if known {
                return Ok(None);
            }
            let accepted_ms: u64 = c
                .prepare_cached("SELECT accepted_ms FROM call_order WHERE order_id = ?1")?
                .query_one([id.as_str()], |row| row.get(0))?;
            append(c, &id, now_ms.saturating_sub(accepted_ms), event).map(Some)
        })
        .await
    }

    /// The events after number `after`, at most [`PAGE`].
    pub(crate) async fn events_after(&self, order_id: &OrderId, after: u64) -> Result<Vec<NumberedCallEvent>, Error> {
        let id = order_id.clone();
        self.run(move |c| {
            let mut rows =
                c.prepare_cached("SELECT n, at_ms, body FROM event WHERE order_id = ?1 AND n > ?2 ORDER BY n LIMIT ?3")?;
            let found =
                rows.query_map(params![id.as_str(), after, PAGE], |r| Ok((r.get(0)?, r.get(1)?, r.get::<_, String>(2)?)))?;
            found
                .map(|row| {
                    let (n, at_ms, body) = row?;
                    Ok(NumberedCallEvent { n, at_ms, event: read("event", &body)? })
                })
                .collect()
        })
        .await
    }
}

pub(super) fn append(c: &Connection, id: &OrderId, at_ms: u64, event: CallEvent) -> Result<NumberedCallEvent, Error> {
    let n = c
        .prepare_cached(
            "INSERT INTO event(order_id, n, at_ms, body)
             VALUES (?1, (SELECT coalesce(max(n), 0) + 1 FROM event WHERE order_id = ?1), ?2, ?3) RETURNING n",
        )?
        .query_one(params![id.as_str(), at_ms, write(&event)], |row| row.get(0))?;
    Ok(NumberedCallEvent { n, at_ms, event })
}
