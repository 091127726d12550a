//! The user speaks with the callee in the agent's place.

use crate::api::watcher_permit;
use crate::app::App;
use crate::asked::live;
use crate::call::UserSays;
use crate::error::ApiError;
use crate::live::Message;
use crate::path::Path;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use futures_util::StreamExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use types::CallView;

/// The longest piece of voice that is passed on, bytes; longer ones are cut.
const PIECE_BYTES_MAX: usize = 4_000;
/// A body that brings nothing for this long is given up; a page sends silence, too.
const QUIET_MAX: Duration = Duration::from_secs(20);

/// Take a live call over by voice.
///
/// The body is the user's voice as it is spoken, G.711 µ-law at 8,000 Hz, for as long as the user speaks: the agent is silent
/// meanwhile. The end of the body hands the call back; a body that breaks off does, too, unless another one follows within
/// three seconds. What the callee says is heard at `GET /calls/{id}/audio`. The answer comes when the agent has the call again,
/// or the call has ended.
#[utoipa::path(
    post, path = "/calls/{id}/voice", operation_id = "take_over",
    params(("id" = String, Path, description = "The order's id (`o_…`) or the carrier's name for the call (`CA…`)")),
    request_body(content_type = "application/octet-stream", description = "The user's voice."),
    responses((status = 200, body = CallView, description = "The agent has the call again."))
)]
pub(crate) async fn take_over(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<CallView>, ApiError> {
    let conflict = |code: &str, text: &str| ApiError::new(StatusCode::CONFLICT, code, text);
    let _permit = watcher_permit(&app)?;
    let (view, call) = live(&app, &id).await?;
    let not_live = || conflict("not_live", "nobody has answered the call yet, or it is coming to its end");
    let (reply, taken) = oneshot::channel();
    call.tell(Message::TakeOver(reply)).await?;
    let says = match taken.await.map_err(|_| not_live())? {
        TakeOver::Yours(says) => says,
        TakeOver::NotLive => return Err(not_live()),
        TakeOver::Taken => return Err(conflict("taken_over", "somebody has taken the call over already")),
    };
    tokio::select! {
        () = pass_on(body, &says) => {}
        // The agent has the call again, or the call is over.
        () = says.closed() => {}
        () = app.stop.cancelled() => {}
    }
    drop(says);
    Ok(Json(view))
}

/// What the call says to somebody who wants to take it over.
pub(crate) enum TakeOver {
    /// Here the voice goes.
    Yours(mpsc::Sender<UserSays>),
    /// Nobody can be spoken with now.
    NotLive,
    /// Somebody else has it.
    Taken,
}

/// Passes voice on as it comes. What a call that cannot keep up does not take is lost: late it would be of no use.
async fn pass_on(body: Body, says: &mpsc::Sender<UserSays>) {
    let mut pieces = body.into_data_stream();
    loop {
        match tokio::time::timeout(QUIET_MAX, pieces.next()).await {
            Ok(Some(Ok(mut piece))) => {
                let surplus = piece.len().saturating_sub(PIECE_BYTES_MAX);
                let late = says.try_send(UserSays::Voice(piece.split_off(surplus)));
                if let Err(mpsc::error::TrySendError::Closed(_)) = late {
                    return;
                }
            }
            // The user hands back; a call that is gone meanwhile needs not to know.
            Ok(None) => return drop(says.send(UserSays::HandBack).await),
            Ok(Some(Err(_))) | Err(_) => return,
        }
    }
}
