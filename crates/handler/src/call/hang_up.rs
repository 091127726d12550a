//! Ending a call at the carrier, until the carrier confirms it.

use crate::app::App;
use crate::carrier::{Backoff, Error};
use crate::error::with_causes;
use tokio::time::Instant;
use types::CallSid;
use wire::rest::Call;

/// Asks the carrier to end a call and repeats until the call is over. Gives the call as it ended, or `None` if the carrier did
/// not confirm within the configured window; its own time limit ends the call then.
pub(crate) async fn hang_up_until_over(app: &App, call_sid: &CallSid) -> Option<Call> {
    let timing = &app.config.timing;
    let until = Instant::now() + timing.hang_up_window;
    let mut backoff = Backoff::new(timing.carrier_backoff, timing.carrier_backoff_max);
    crash_point::reach("handler.before_hang_up");
    loop {
        match app.carrier.hang_up(call_sid).await {
            Ok(call) if call.status.is_terminal() => return Some(call),
            Ok(_) | Err(Error::Over) => {}
            Err(Error::NotFound) => {
                tracing::warn!(%call_sid, "the carrier does not know the call that is to be hung up");
                return None;
            }
            Err(error @ (Error::Refused(_) | Error::Throttled | Error::Unclear(_))) => {
                tracing::warn!(%call_sid, error = %with_causes(&error), "the hang-up failed; trying again");
            }
        }
        if let Ok(call) = app.carrier.fetch(call_sid).await
            && call.status.is_terminal()
        {
            return Some(call);
        }
        if Instant::now() >= until {
            tracing::error!(%call_sid, "the carrier did not confirm the hang-up; its own time limit will end the call");
            return None;
        }
        tokio::time::sleep(backoff.step()).await;
    }
}
