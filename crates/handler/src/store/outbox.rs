//! Results and their corrections on their way to the engine.

use super::{Error, Store};
use crate::clock::unix_ms;
use rusqlite::{Connection, params};
use types::OrderId;

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parcel {
    /// A call's result.
    Result,
    /// The carrier's late word on it; it waits until the result is no longer on its way.
    Correction,
}

/// Something that waits to be accepted.
#[derive(Debug)]
pub(crate) struct OutboxRow {
    pub(crate) order_id: OrderId,
    pub(crate) parcel: Parcel,
    /// As JSON, exactly as it is sent.
    pub(crate) body: String,
    pub(crate) made_ms: u64,
    pub(crate) due_ms: u64,
    pub(crate) tries: u32,
}

/// What became of one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The engine has it.
    Accepted,
    /// The engine will never take it.
    Dead,
    /// To be tried again then (Unix milliseconds).
    Again(u64),
}

impl Store {
    /// What is to be sent next, soonest first; of an order one thing at a time.
    pub(crate) async fn outbox(&self, most: u32) -> Result<Vec<OutboxRow>, Error> {
        self.run(move |c| {
            let mut rows = c.prepare_cached(
                "SELECT order_id, body, made_ms, due_ms, tries, 0 AS late FROM outbox WHERE state = 'waiting'
                 UNION ALL
                 SELECT order_id, body, made_ms, due_ms, tries, 1 AS late FROM correction WHERE state = 'waiting'
                     AND order_id NOT IN (SELECT order_id FROM outbox WHERE state = 'waiting')
                 ORDER BY due_ms LIMIT ?1",
            )?;
            let found = rows.query_map([most], |r| {
                Ok(OutboxRow {
                    order_id: OrderId::new(r.get::<_, String>(0)?),
                    body: r.get(1)?,
                    made_ms: r.get(2)?,
                    due_ms: r.get(3)?,
                    tries: r.get(4)?,
                    parcel: if r.get::<_, bool>(5)? { Parcel::Correction } else { Parcel::Result },
                })
            })?;
            Ok(found.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Notes what became of a result's delivery.
    #[cfg(test)]
    pub(crate) async fn delivered(&self, order_id: OrderId, delivery: Delivery) -> Result<(), Error> {
        self.parcel_delivered(order_id, Parcel::Result, delivery).await
    }

    /// Notes what became of a delivery.
    pub(crate) async fn parcel_delivered(&self, order_id: OrderId, parcel: Parcel, delivery: Delivery) -> Result<(), Error> {
        self.run(move |c| {
            let (state, due_ms) = match delivery {
                Delivery::Accepted => ("accepted", None),
                Delivery::Dead => ("dead", None),
                Delivery::Again(due_ms) => ("waiting", Some(due_ms)),
            };
            let table = match parcel {
                Parcel::Result => "outbox",
                Parcel::Correction => "correction",
            };
            c.execute(
                &format!("UPDATE {table} SET state = ?2, due_ms = coalesce(?3, due_ms), tries = tries + 1 WHERE order_id = ?1"),
                params![order_id.as_str(), state, due_ms],
            )?;
            Ok(())
        })
        .await
    }
}

pub(super) fn insert(c: &Connection, id: &OrderId, body: &str) -> Result<(), Error> {
    c.execute(
        "INSERT OR IGNORE INTO outbox(order_id, body, made_ms, due_ms) VALUES (?1, ?2, ?3, ?3)",
        params![id.as_str(), body, unix_ms()],
    )?;
    Ok(())
}
