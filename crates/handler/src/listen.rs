//! Listening in on a live call.

use crate::api::{find, watcher_permit};
use crate::app::App;
use crate::error::ApiError;
use crate::live::Message;
use crate::path::Path;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio_stream::wrappers::BroadcastStream;

/// Listen in on a live call.
///
/// 320 bytes each 20 ms until the call ends: G.711 µ-law at 8,000 Hz, two channels sample by sample, the callee and then the
/// agent, as the callee hears it. A listener that is too slow goes on with the present.
#[utoipa::path(
    get, path = "/calls/{id}/audio", operation_id = "call_audio",
    params(("id" = String, Path, description = "The order's id (`o_…`) or the carrier's name for the call (`CA…`)")),
    responses((status = 200, content_type = "application/octet-stream", description = "The sound."))
)]
pub(crate) async fn stream(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, ApiError> {
    let permit = watcher_permit(&app)?;
    let view = find(&app, &id).await?;
    let not_live = || ApiError::new(StatusCode::CONFLICT, "not_live", "the call is not live, so there is nothing to hear");
    let live = app.live.get(&view.order_id).ok_or_else(not_live)?;
    let (reply, listening) = oneshot::channel();
    live.tell(Message::Listen(reply)).await.map_err(|_| not_live())?;
    let frames = BroadcastStream::new(listening.await.map_err(|_| not_live())?);
    let stop = app.stop.clone().cancelled_owned();
    // A listener that was too slow goes on with the present.
    let frames = frames.filter_map(move |frame| {
        let _held_while_listening = &permit;
        std::future::ready(frame.ok().map(Ok::<_, Infallible>))
    });
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(frames.take_until(stop))).into_response())
}
