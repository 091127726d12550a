//! Leaving: live calls come to their ends, or are handed over to the next handler.

use crate::app::App;
use crate::live::Message;
use std::time::Duration;

/// How often it is looked whether another handler has come to take over.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Waits until all calls are over, at most for the grace; or hands them over as soon as there is somebody to hand them to.
/// Whether no call is left here.
pub(crate) async fn calls_over_or_left(app: &App, grace: Duration) -> bool {
    let until = tokio::time::Instant::now() + grace;
    loop {
        if app.config.hand_over || crate::store::is_awaited(&app.config.data_dir) {
            return hand_over(app).await;
        }
        let look = (tokio::time::Instant::now() + LOOK_EVERY).min(until);
        if tokio::time::timeout_at(look, crate::all_calls_over(app)).await.is_ok() {
            return true;
        }
        if look == until {
            return false;
        }
    }
}

async fn hand_over(app: &App) -> bool {
    tracing::info!(live = app.live.count(), "leaving live calls to the next call handler");
    for call in app.live.all() {
        // One that has just ended needs no telling.
        drop(call.tell(Message::HandOver).await);
    }
    tokio::time::timeout(app.config.timing.shutdown_window, crate::all_calls_over(app)).await.is_ok()
}
