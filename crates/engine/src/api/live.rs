//! A live call, handed through from the call handler: the page talks to the engine only.

use super::{App, Problem, Shared, path::Path};
use crate::store::rows;
use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::sync::Arc;
use types::{CallView, ConversationId, OrderId};

/// Follow a live call: its stages, captions and levels.
///
/// Server-sent events, handed through from the call handler. Each `data` is a `NumberedCallEvent` as JSON, its `id` the event's
/// number; levels have none and are not kept. The stream ends after `ended`.
#[utoipa::path(
    get, path = "/conversations/{conversation}/calls/{attempt}/events", operation_id = "call_events",
    params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`"), ("attempt" = u32, Path, description = "The attempt's number, from 1"),
        ("Last-Event-ID" = Option<u64>, Header, description = "The number of the last event that the client has; 0 for all")),
    responses((status = 200, content_type = "text/event-stream", body = String, description = "The events."))
)]
pub(super) async fn events(
    State(app): Shared,
    Path((conversation, attempt)): Path<(ConversationId, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let order_id = order(&app, &conversation, &attempt).await?;
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    hand_through(&app, app.handler.events(&order_id, last).await?)
}

/// Listen in on a live call.
///
/// 320 bytes each 20 ms until the call ends: G.711 µ-law at 8,000 Hz, two channels sample by sample, the callee and then the
/// agent, as the callee hears it.
#[utoipa::path(
    get, path = "/conversations/{conversation}/calls/{attempt}/audio", operation_id = "call_audio", params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`"), ("attempt" = u32, Path, description = "The attempt's number, from 1")),
    responses((status = 200, content_type = "application/octet-stream", description = "The sound."))
)]
pub(super) async fn audio(
    State(app): Shared,
    Path((conversation, attempt)): Path<(ConversationId, String)>,
) -> Result<Response, Problem> {
    let order_id = order(&app, &conversation, &attempt).await?;
    hand_through(&app, app.handler.audio(&order_id).await?)
}

/// The recording of a call that has ended.
///
/// A WAV file, G.711 µ-law at 8,000 Hz: the callee on the left, the agent as it was heard on the right. Its clock is the
/// transcript's. `Range` takes one range of bytes.
#[utoipa::path(
    get, path = "/conversations/{conversation}/calls/{attempt}/recording", operation_id = "call_recording",
    params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`"), ("attempt" = u32, Path, description = "The attempt's number, from 1"),
        ("Range" = Option<String>, Header, description = "`bytes=0-1023`")),
    responses((status = 200, content_type = "audio/wav", description = "The file."),
        (status = 206, content_type = "audio/wav", description = "The part that was asked for."),
        (status = 416, description = "There is no such part."))
)]
pub(super) async fn recording(
    State(app): Shared,
    Path((conversation, attempt)): Path<(ConversationId, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let order_id = order(&app, &conversation, &attempt).await?;
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    hand_through(&app, app.handler.recording(&order_id, range).await?)
}

/// Delete the recording of a call.
///
/// The call and its result stay. It is no error if there is none.
#[utoipa::path(
    delete, path = "/conversations/{conversation}/calls/{attempt}/recording", operation_id = "delete_recording",
    params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`"), ("attempt" = u32, Path, description = "The attempt's number, from 1")),
    responses((status = 204, description = "There is none any more."))
)]
pub(super) async fn delete_recording(
    State(app): Shared,
    Path((conversation, attempt)): Path<(ConversationId, String)>,
) -> Result<Response, Problem> {
    let order_id = order(&app, &conversation, &attempt).await?;
    hand_through(&app, app.handler.delete_recording(&order_id).await?)
}

/// End a live call.
///
/// The call's end is told by the conversation's events. Asking again while it still ends is no error.
#[utoipa::path(
    post, path = "/conversations/{conversation}/calls/{attempt}/hangup", operation_id = "hang_up", params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`"), ("attempt" = u32, Path, description = "The attempt's number, from 1")),
    responses((status = 202, body = CallView, description = "The call is being ended."))
)]
pub(super) async fn hangup(
    State(app): Shared,
    Path((conversation, attempt)): Path<(ConversationId, String)>,
) -> Result<Response, Problem> {
    let order_id = order(&app, &conversation, &attempt).await?;
    tracing::info!(conversation_id = %conversation, %order_id, "the user hangs up");
    hand_through(&app, app.handler.ask_to_hang_up(&order_id).await?)
}

pub(super) async fn order(app: &App, conversation: &ConversationId, attempt: &str) -> Result<OrderId, Problem> {
    let unknown = || Problem::not_found("this conversation has made no such attempt");
    let (id, attempt) = (conversation.to_string(), attempt.parse().map_err(|_| unknown())?);
    let call = app.store.read(move |db| rows::call(db, &id, attempt)).await?;
    let call = call.ok_or_else(unknown)?;
    let order_id = call.order_id.map(OrderId::new);
    order_id.ok_or_else(|| Problem::conflict("not_live", "the call handler has not accepted this call (yet)"))
}

/// The handler's answer as it comes, chunk by chunk, until it ends or the engine is stopped.
pub(super) fn hand_through(app: &Arc<App>, answer: reqwest::Response) -> Result<Response, Problem> {
    // The handler asks for a token that only the engine has; that is not the page's fault.
    if answer.status() == StatusCode::UNAUTHORIZED {
        return Err(Problem::new(StatusCode::BAD_GATEWAY, "handler_token", "the call handler refuses the engine's token"));
    }
    let permit = app.stream_permit()?;
    let status = answer.status();
    let kind = answer.headers().get(header::CONTENT_TYPE).cloned();
    // What a player needs to seek.
    let kept: Vec<_> = [header::CONTENT_LENGTH, header::CONTENT_RANGE, header::ACCEPT_RANGES]
        .into_iter()
        .filter_map(|name| answer.headers().get(&name).cloned().map(|value| (name, value)))
        .collect();
    let stopped = app.draining.clone().cancelled_owned();
    let chunks = answer.bytes_stream().take_until(async move {
        stopped.await;
        drop(permit);
    });
    let mut response = (status, Body::from_stream(chunks)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind.unwrap_or_else(|| HeaderValue::from_static("application/octet-stream")));
    for (name, value) in kept {
        headers.insert(name, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // For a reverse proxy in front of the engine.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}
