//! Orders: from the first byte accepted to the one result.

use super::{Error, Store};
use crate::clock::unix_ms;
use rusqlite::{Connection, OptionalExtension, Row, params};
use types::{
    CallEvent, CallResult, CallSid, CallStage, CallView, CostEstimate, IdempotencyKey, NumberedCallEvent, Order, OrderId,
};

/// An order as it is about to be stored.
pub(crate) struct NewOrder {
    pub(crate) order_id: OrderId,
    pub(crate) key: IdempotencyKey,
    /// Of the order as we write it, so that white space makes no other body.
    pub(crate) body_sha256: [u8; 32],
    /// With the price that its call does not pass.
    pub(crate) order: Order,
    /// What it is expected to cost; `None` if that cannot be told.
    pub(crate) estimate: Option<CostEstimate>,
    /// Whether whoever sent it has set a limit on its cost.
    pub(crate) cost_limited: bool,
    /// How many ended orders are kept beside it.
    pub(crate) kept_max: u32,
    /// What it has to pass.
    pub(crate) gate: gate::Gate,
}

/// Whether the key was free.
pub(crate) enum Inserted {
    /// It was; the order is stored.
    New,
    /// The gate does not let it through; only that was stored.
    Refused(gate::Refusal),
    /// It belongs to this order already; nothing was stored.
    Taken(Box<OrderRow>),
}

/// A stored order.
pub(crate) struct OrderRow {
    pub(crate) view: CallView,
    pub(crate) body_sha256: Vec<u8>,
    /// The answer that `POST /order` got, once there is one: HTTP status and JSON body.
    pub(crate) answer: Option<(u16, String)>,
}

/// An order without a result, as it is found at start.
pub(crate) struct Unfinished {
    pub(crate) order_id: OrderId,
    pub(crate) order: Order,
    pub(crate) accepted_ms: u64,
    /// When the carrier was about to be asked; `None`: it never was.
    pub(crate) asked_ms: Option<u64>,
    pub(crate) call_sid: Option<CallSid>,
    pub(crate) answered: bool,
    /// What its call's session has kept, if anything.
    pub(crate) ledger: session::Ledger,
}

impl Store {
    /// Stores an order unless its key is taken or the gate refuses it: the record of earlier calls is read in the same
    /// transaction, so that two orders at once cannot both be the last that is allowed. Durable when it returns.
    pub(crate) async fn insert_order(&self, new: NewOrder) -> Result<Inserted, Error> {
        self.run(move |c| {
            if let Some(row) = find(c, "key = ?1", new.key.as_str())? {
                return Ok(Inserted::Taken(Box::new(row)));
            }
            let now_ms = unix_ms();
            let now = jiff::Timestamp::from_millisecond(now_ms.cast_signed()).unwrap_or(jiff::Timestamp::MAX);
            let to = &new.order.target_phone_number;
            let (call_max_s, estimate) = (new.order.limits.call_max_s, new.estimate.as_ref());
            let asked = gate::Asked { to, call_max_s, estimate, cost_limited: new.cost_limited };
            if let Err(refusal) = new.gate.admits_call(asked, super::gate::record(c, &new.order, now_ms)?, now) {
                super::gate::refuse(c, &new.order, &refusal)?;
                return Ok(Inserted::Refused(refusal));
            }
            c.prepare_cached(
                "INSERT INTO call_order(order_id, key, body_sha256, body, accepted_ms, stage, cost_micros)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                new.order_id.as_str(),
                new.key.as_str(),
                new.body_sha256,
                write(&new.order),
                now_ms,
                write(&CallStage::Queued),
                estimate.map(|estimate| estimate.most_micros)
            ])?;
            forget_oldest(c, new.kept_max)?;
            Ok(Inserted::New)
        })
        .await
    }

    /// Finds an order by its idempotency key.
    pub(crate) async fn order_by_key(&self, key: &IdempotencyKey) -> Result<Option<OrderRow>, Error> {
        let key = key.as_str().to_owned();
        self.run(move |c| find(c, "key = ?1", &key)).await
    }

    /// Finds an order by its id or by the carrier's name for its call.
    pub(crate) async fn order_by_id(&self, id: &str) -> Result<Option<OrderRow>, Error> {
        let id = id.to_owned();
        self.run(move |c| match find(c, "order_id = ?1", &id)? {
            Some(row) => Ok(Some(row)),
            None => find(c, "call_sid = ?1", &id),
        })
        .await
    }

    /// Notes that the carrier is about to be asked: from here on a call may exist.
    pub(crate) async fn dial_intent(&self, order_id: &OrderId) -> Result<(), Error> {
        let id = order_id.clone();
        self.run(move |c| {
            c.execute("UPDATE call_order SET asked_ms = ?2 WHERE order_id = ?1", params![id.as_str(), unix_ms()])?;
            Ok(())
        })
        .await
    }

    /// Binds an order to a call if it has none yet. True if the order belongs to this call now; false for any other call.
    pub(crate) async fn claim(&self, order_id: &OrderId, call_sid: &CallSid) -> Result<bool, Error> {
        let (id, sid) = (order_id.clone(), call_sid.clone());
        self.run(move |c| {
            let changed = c
                .prepare_cached(
                    "UPDATE call_order SET call_sid = ?2
                     WHERE order_id = ?1 AND asked_ms IS NOT NULL AND (call_sid IS NULL OR call_sid = ?2)",
                )?
                .execute([id.as_str(), sid.as_str()])?;
            Ok(changed == 1)
        })
        .await
    }

    /// Whether some order other than this one has the call.
    pub(crate) async fn belongs_to_another(&self, order_id: &OrderId, call_sid: &CallSid) -> Result<bool, Error> {
        let (id, sid) = (order_id.clone(), call_sid.clone());
        self.run(move |c| {
            let mut found = c.prepare_cached("SELECT 1 FROM call_order WHERE call_sid = ?1 AND order_id <> ?2")?;
            Ok(found.exists([sid.as_str(), id.as_str()])?)
        })
        .await
    }

    /// Keeps what `POST /order` is answered, for every repetition; the first answer stays. `then` is called once it is durable.
    pub(crate) fn keep_answer(
        &self,
        order_id: &OrderId,
        status: u16,
        body: String,
        then: impl FnOnce(Result<(), Error>) + Send + 'static,
    ) -> Result<(), Error> {
        let id = order_id.clone();
        self.submit(move |c| answer(c, &id, status, &body), then)
    }

    /// Ends an order: result, last event, the answer if none was given, and the outbox, in one commit. Ending it again
    /// changes nothing and gives `None`; otherwise the last event.
    pub(crate) async fn finish(
        &self,
        result: CallResult,
        at_ms: u64,
        answered: Option<(u16, String)>,
        report: bool,
    ) -> Result<Option<NumberedCallEvent>, Error> {
        // Read before the store's one thread has it: nobody waits for a search through a transcript.
        let unwelcome = super::gate::is_unwelcome(&result);
        self.run(move |c| {
            let id = result.order_id.clone();
            let body = write(&result);
            let changed = c
                .prepare_cached(
                    "UPDATE call_order SET result = ?2, stage = ?3, cost_micros = coalesce(?4, cost_micros)
                     WHERE order_id = ?1 AND result IS NULL",
                )?
                .execute(params![id.as_str(), body, write(&CallStage::Ended), super::gate::settled(&result)])?;
            if changed == 0 {
                return Ok(None);
            }
            if let Some((status, text)) = answered {
                answer(c, &id, status, &text)?;
            }
            if unwelcome {
                super::gate::heed(c, &id)?;
            }
            if report {
                super::outbox::insert(c, &id, &body)?;
            }
            let ended = CallEvent::Ended { result: Box::new(result) };
            super::events::append(c, &id, at_ms, ended).map(Some)
        })
        .await
    }

    /// Every order that has no result, oldest first.
    pub(crate) async fn unfinished(&self) -> Result<Vec<Unfinished>, Error> {
        self.run(|c| {
            let mut rows = c.prepare(
                "SELECT order_id, body, accepted_ms, asked_ms, call_sid, answer IS NOT NULL, ledger
                 FROM call_order WHERE result IS NULL ORDER BY accepted_ms",
            )?;
            let found = rows.query_map([], |r| {
                Ok((
                    r.get::<_, String>(0)?,
                    r.get::<_, String>(1)?,
                    r.get(2)?,
                    r.get(3)?,
                    r.get::<_, Option<String>>(4)?,
                    r.get(5)?,
                    r.get::<_, Option<String>>(6)?,
                ))
            })?;
            found
                .map(|row| {
                    let (order_id, body, accepted_ms, asked_ms, call_sid, answered, ledger) = row?;
                    Ok(Unfinished {
                        order_id: OrderId::new(order_id),
                        order: read("order", &body)?,
                        accepted_ms,
                        asked_ms,
                        call_sid: call_sid.map(CallSid::new),
                        answered,
                        ledger: ledger.map(|text| read("ledger", &text)).transpose()?.unwrap_or_default(),
                    })
                })
                .collect()
        })
        .await
    }
}

fn answer(c: &Connection, id: &OrderId, status: u16, body: &str) -> Result<(), Error> {
    c.prepare_cached("UPDATE call_order SET answer_status = ?2, answer = ?3 WHERE order_id = ?1 AND answer IS NULL")?
        .execute(params![id.as_str(), status, body])?;
    Ok(())
}

pub(super) fn find(c: &Connection, condition: &str, value: &str) -> Result<Option<OrderRow>, Error> {
    let sql = format!(
        "SELECT order_id, body, stage, call_sid, result, body_sha256, answer_status, answer FROM call_order WHERE {condition}"
    );
    c.prepare_cached(&sql)?.query_row([value], |row| Ok(order_row(row))).optional()?.transpose()
}

fn order_row(row: &Row<'_>) -> Result<OrderRow, Error> {
    let order: Order = read("order", &row.get::<_, String>(1)?)?;
    let result: Option<String> = row.get(4)?;
    let answer_status: Option<u16> = row.get(6)?;
    let answer: Option<String> = row.get(7)?;
    Ok(OrderRow {
        view: CallView {
            order_id: OrderId::new(row.get::<_, String>(0)?),
            call_sid: row.get::<_, Option<String>>(3)?.map(CallSid::new),
            target_phone_number: order.target_phone_number,
            stage: read("stage", &row.get::<_, String>(2)?)?,
            result: result.map(|text| read("result", &text)).transpose()?.map(Box::new),
        },
        body_sha256: row.get(5)?,
        answer: answer_status.zip(answer),
    })
}

/// Keeps the store small: the oldest orders whose result needs no more delivery go, with their events, but none that the gate
/// still counts. Every 64th new order pays for all.
fn forget_oldest(c: &Connection, kept_max: u32) -> Result<(), Error> {
    if c.last_insert_rowid() % 64 != 0 {
        return Ok(());
    }
    let old = "SELECT order_id FROM call_order WHERE result IS NOT NULL
                 AND order_id NOT IN (SELECT order_id FROM outbox WHERE state = 'waiting')
                 AND order_id NOT IN (SELECT order_id FROM correction WHERE state = 'waiting')
                 AND accepted_ms <= ?2
               ORDER BY accepted_ms DESC LIMIT 128 OFFSET ?1";
    let counted_ms = unix_ms().saturating_sub(super::gate::DAY_MS);
    for table in ["event", "outbox", "correction", "call_order"] {
        c.prepare_cached(&format!("DELETE FROM {table} WHERE order_id IN ({old})"))?.execute(params![kept_max, counted_ms])?;
    }
    Ok(())
}

/// Our own types always become JSON.
pub(super) fn write(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("types with text keys become JSON")
}

pub(super) fn read<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|source| Error::Unreadable { what, source })
}
