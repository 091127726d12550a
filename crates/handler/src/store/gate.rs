//! What the gate looks at, whom it must not let through, and what it has refused.

use super::{Error, Store};
use crate::clock::unix_ms;
use gate::{Record, Refusal};
use rusqlite::{Connection, OptionalExtension as _, params};
use types::{CallResult, Disposition, Order, OrderId, PhoneNumber, Speaker, TranscriptLine, Usage};

/// The day that the gate counts in, milliseconds.
pub(super) const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// How many refusals are kept.
const REFUSALS_MAX: u32 = 10_000;
/// How many numbers the do-not-call list may have.
const LISTED_MAX: u32 = 100_000;

/// A number that must not be called.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct Listed {
    /// The number.
    pub(crate) number: String,
    /// Since when, Unix milliseconds.
    #[schema(minimum = 0)]
    pub(crate) since_ms: u64,
    /// `asked` by whoever answered a call, or `entered` over the API.
    pub(crate) why: String,
}

/// An order that was refused.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct Refused {
    /// When, Unix milliseconds.
    #[schema(minimum = 0)]
    pub(crate) at_ms: u64,
    /// Who was to be called.
    pub(crate) number: String,
    /// The rule: `quiet_hours`.
    pub(crate) rule: String,
    /// Which rule it is and how it can be changed, in words.
    pub(crate) message: String,
    /// For whom.
    pub(crate) conversation_id: Option<String>,
}

impl Store {
    /// The numbers that must not be called, newest first.
    pub(crate) async fn do_not_call(&self, most: u32) -> Result<Vec<Listed>, Error> {
        self.run(move |c| {
            let mut rows =
                c.prepare_cached("SELECT number, since_ms, why FROM do_not_call ORDER BY since_ms DESC, number LIMIT ?1")?;
            let found = rows.query_map([most], |r| Ok(Listed { number: r.get(0)?, since_ms: r.get(1)?, why: r.get(2)? }))?;
            Ok(found.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Puts a number on the list. False if there is no room.
    pub(crate) async fn never_call(&self, number: PhoneNumber) -> Result<bool, Error> {
        self.run(move |c| list(c, &number, "entered")).await
    }

    /// Takes a number off the list. False if it was not on it.
    pub(crate) async fn may_call_again(&self, number: PhoneNumber) -> Result<bool, Error> {
        self.run(move |c| Ok(c.execute("DELETE FROM do_not_call WHERE number = ?1", [number.as_str()])? == 1)).await
    }

    /// What was refused, newest first.
    pub(crate) async fn refusals(&self, most: u32) -> Result<Vec<Refused>, Error> {
        self.run(move |c| {
            let mut rows =
                c.prepare_cached("SELECT at_ms, number, rule, message, conversation_id FROM refusal ORDER BY n DESC LIMIT ?1")?;
            let found = rows.query_map([most], |r| {
                Ok(Refused {
                    at_ms: r.get(0)?,
                    number: r.get(1)?,
                    rule: r.get(2)?,
                    message: r.get(3)?,
                    conversation_id: r.get(4)?,
                })
            })?;
            Ok(found.collect::<Result<_, _>>()?)
        })
        .await
    }
}

/// What has happened in the last day that the gate looks at. An order counts unless the carrier certainly has no call of it.
pub(super) fn record(c: &Connection, order: &Order, now_ms: u64) -> Result<Record, Error> {
    let to = &order.target_phone_number;
    let listed: Option<u8> =
        c.prepare_cached("SELECT 1 FROM do_not_call WHERE number = ?1")?.query_row([to.as_str()], |r| r.get(0)).optional()?;
    let mut counts = c.prepare_cached(
        "SELECT count(*), coalesce(sum(number = ?2), 0),
                coalesce(sum(CASE WHEN result IS NULL THEN json_extract(body, '$.limits.call_max_s')
                                  ELSE json_extract(result, '$.duration') END), 0),
                coalesce(sum(cost_micros), 0), coalesce(sum(json_extract(body, '$.user_id') IS ?3), 0)
         FROM call_order WHERE accepted_ms > ?1 AND coalesce(answer_status, 200) IN (200, 504)",
    )?;
    let since_ms = now_ms.saturating_sub(DAY_MS);
    let record = counts.query_row(params![since_ms, to.as_str(), order.user_id], |r| {
        Ok(Record {
            do_not_call: listed.is_some(),
            to_number: r.get(1)?,
            of_user: r.get(4)?,
            to_all: r.get(0)?,
            seconds: r.get::<_, f64>(2)?.max(0.0).ceil() as u64,
            cost_micros: r.get(3)?,
        })
    })?;
    Ok(record)
}

/// What a call cost, which takes the place of what was reserved for it. `None` if that cannot be told: it stays reserved.
pub(super) fn settled(result: &CallResult) -> Option<u64> {
    let nothing = result.duration == 0 && result.usage == Usage::default() && result.status != Disposition::Unknown;
    result.cost.as_ref().map(|cost| cost.amount_micros).or(nothing.then_some(0))
}

/// Writes a refusal down, and forgets the oldest.
pub(super) fn refuse(c: &Connection, order: &Order, refusal: &Refusal) -> Result<(), Error> {
    c.prepare_cached("INSERT INTO refusal(at_ms, number, rule, message, conversation_id) VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(
        params![
            unix_ms(),
            order.target_phone_number.as_str(),
            refusal.rule.name(),
            refusal.message,
            order.conversation_id.as_ref().map(|id| id.as_str())
        ],
    )?;
    c.prepare_cached("DELETE FROM refusal WHERE n <= ?1 - ?2")?.execute(params![c.last_insert_rowid(), REFUSALS_MAX])?;
    Ok(())
}

/// Whether the callee has asked not to be called again.
pub(super) fn is_unwelcome(result: &CallResult) -> bool {
    let said = |line: &TranscriptLine| line.speaker == Speaker::Callee && gate::asks_not_to_be_called(&line.text);
    result.transcript.iter().any(said)
}

/// Puts the callee of an order on the list, for having asked for it.
pub(super) fn heed(c: &Connection, order_id: &OrderId) -> Result<(), Error> {
    let number: Option<String> = c
        .prepare_cached("SELECT number FROM call_order WHERE order_id = ?1")?
        .query_row([order_id.as_str()], |r| r.get(0))
        .optional()?;
    if let Some(number) = number.and_then(|number| PhoneNumber::parse(&number).ok()) {
        let room = list(c, &number, "asked")?;
        tracing::info!(%order_id, to = number.shortened(), room, "the callee asked not to be called again");
    }
    Ok(())
}

fn list(c: &Connection, number: &PhoneNumber, why: &str) -> Result<bool, Error> {
    let changed = c
        .prepare_cached(
            "INSERT INTO do_not_call(number, since_ms, why)
             SELECT ?1, ?2, ?3 WHERE (SELECT count(*) FROM do_not_call) < ?4
             ON CONFLICT(number) DO UPDATE SET number = excluded.number",
        )?
        .execute(params![number.as_str(), unix_ms(), why, LISTED_MAX])?;
    Ok(changed == 1)
}
