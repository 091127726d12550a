//! What the carrier tells of a call that has its result already. If it contradicts the result, it is kept beside it and sent
//! after it; the result stays the one result.

use crate::app::App;
use crate::error::with_causes;
use session::CallProgress;
use types::{CallSid, OrderId};

/// Takes news of a call that is not live here.
pub(crate) async fn news(app: &App, order_id: &OrderId, call_sid: &CallSid, progress: CallProgress) {
    let CallProgress::Over { disposition, duration_s } = progress else { return };
    match app.store.correct(order_id, call_sid, disposition, duration_s).await {
        Ok(Some(correction)) => {
            tracing::warn!(%order_id, %call_sid, reported = ?correction.reported, told = ?correction.told,
                "the carrier contradicts the call's result; kept as a correction");
            app.outbox_wake.notify_one();
        }
        Ok(None) => tracing::debug!(%order_id, %call_sid, ?disposition, "late news of a call that say nothing new"),
        Err(error) => {
            tracing::error!(%order_id, error = %with_causes(&error), "late news of a call could not be stored");
        }
    }
}
