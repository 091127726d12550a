//! The end of a call that has no media stream: the carrier itself says goodbye.

use super::hang_up_until_over;
use crate::app::App;
use crate::error::with_causes;
use std::time::Duration;
use tokio::time::Instant;
use types::CallSid;
use wire::rest::Call;
use wire::twiml::{Document, Verb};

/// Longer than the words take.
const WORDS_MAX: Duration = Duration::from_secs(7);
const LOOK_EVERY: Duration = Duration::from_millis(500);
const GOODBYE: &str = "I am sorry, I have to end the call now. Goodbye.";

/// Has the carrier say goodbye and hang up; whatever comes of that, the call is over afterwards, as after a hang-up.
pub(crate) async fn farewell(app: &App, call_sid: &CallSid) -> Option<Call> {
    let document = Document(vec![Verb::Say { text: GOODBYE.into() }, Verb::Hangup]);
    let until = Instant::now() + WORDS_MAX;
    match app.carrier.redirect(call_sid, &document).await {
        Ok(_) => {
            while Instant::now() < until {
                match app.carrier.fetch(call_sid).await {
                    Ok(call) if call.status.is_terminal() => return Some(call),
                    Ok(_) | Err(_) => tokio::time::sleep(LOOK_EVERY).await,
                }
            }
        }
        Err(error) => tracing::info!(%call_sid, error = %with_causes(&error), "the carrier does not say goodbye for us"),
    }
    hang_up_until_over(app, call_sid).await
}
