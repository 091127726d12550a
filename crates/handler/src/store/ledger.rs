//! What a call's session keeps beside its events, so that another process can go on with the call.

use super::orders::write;
use super::{Error, Store};
use rusqlite::params;
use session::Ledger;
use types::OrderId;

impl Store {
    /// Hands a ledger in, in place of the one before; `then` is told once it is durable.
    pub(crate) fn keep_ledger(
        &self,
        order_id: OrderId,
        ledger: &Ledger,
        then: impl FnOnce(Result<(), Error>) + Send + 'static,
    ) -> Result<(), Error> {
        let text = write(ledger);
        self.submit(
            move |c| {
                c.prepare_cached("UPDATE call_order SET ledger = ?2 WHERE order_id = ?1")?
                    .execute(params![order_id.as_str(), text])?;
                Ok(())
            },
            then,
        )
    }
}
