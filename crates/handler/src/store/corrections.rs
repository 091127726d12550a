//! The carrier's late word on calls, beside their results.

use super::orders::{find, write};
use super::{Error, Store};
use crate::clock::unix_ms;
use rusqlite::params;
use types::{CallCorrection, CallSid, Disposition, OrderId};

impl Store {
    /// Keeps what the carrier tells of an order's call after its result, once, if it contradicts that, and has it sent.
    pub(crate) async fn correct(
        &self,
        order_id: &OrderId,
        call_sid: &CallSid,
        told: Disposition,
        duration_s: Option<u32>,
    ) -> Result<Option<CallCorrection>, Error> {
        let (id, sid) = (order_id.clone(), call_sid.clone());
        self.run(move |c| {
            let Some(row) = find(c, "order_id = ?1", id.as_str())? else { return Ok(None) };
            // An order whose call never had a name here may learn it now; news of any other call are not its.
            let its = row.view.call_sid.as_ref().is_none_or(|known| *known == sid);
            let correction = row.view.result.as_deref().and_then(|result| CallCorrection::of(result, &sid, told, duration_s));
            let Some(correction) = correction.filter(|_| its) else { return Ok(None) };
            let added = c
                .prepare_cached("INSERT OR IGNORE INTO correction(order_id, body, made_ms, due_ms) VALUES (?1, ?2, ?3, ?3)")?
                .execute(params![id.as_str(), write(&correction), unix_ms()])?;
            Ok((added == 1).then_some(correction))
        })
        .await
    }
}
