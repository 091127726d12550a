//! A call's record, read back from the store.

use crate::app::App;
use crate::error::with_causes;
use session::{Ledger, Record};
use types::{CallSid, OrderId};

/// What is stored of a call, and when its last event was, milliseconds since the order was accepted.
pub(crate) async fn read(app: &App, order_id: &OrderId, call_sid: Option<CallSid>, ledger: Ledger) -> (Record, u64) {
    let mut record = Record::of(call_sid);
    record.ledger = ledger;
    let (mut seen, mut last_ms) = (0, 0);
    loop {
        let page = match app.store.events_after(order_id, seen).await {
            Ok(page) => page,
            Err(error) => {
                tracing::error!(%order_id, error = %with_causes(&error), "the events of a broken-off call cannot be read");
                break;
            }
        };
        let Some(last) = page.last() else { break };
        (seen, last_ms) = (last.n, last.at_ms);
        for event in page {
            record.note(event.at_ms, &event.event);
        }
    }
    (record, last_ms)
}
