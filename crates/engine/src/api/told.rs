//! What the user tells a live call beside the chat: an answer, an instruction, their own voice. Handed through to the handler.

use super::{
    Problem, Shared,
    body::{Json, SMALL},
    live::{hand_through, order},
    path::Path,
};
use crate::calls::Handler;
use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use bytes::Bytes;
use http::StatusCode;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use types::{AnswerRequest, CallView, ConversationId, InstructionRequest, OrderId};

/// How many pieces of the user's voice may wait for the handler: half a second. What comes then is lost; late it is of no use.
const VOICE_MAX: usize = 25;
/// The largest message of the page, bytes.
const MESSAGE_BYTES_MAX: usize = 4_096;
/// A page that sends nothing for this long is gone; it sends silence, too.
const QUIET_MAX: Duration = Duration::from_secs(20);
/// The page's word for giving the call back.
const HAND_BACK: &str = "hand_back";

/// Answer a question of a live call.
///
/// The question is told by the event `question`. The same answer again is no error.
#[utoipa::path(
    post, path = "/conversations/{conversation}/calls/{attempt}/answer", operation_id = "answer", request_body = AnswerRequest,
    params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`"), ("attempt" = u32, Path, description = "The attempt's number, from 1")),
    responses((status = 202, body = CallView, description = "The call has the answer."))
)]
pub(super) async fn answer(
    State(app): Shared,
    Path((conversation, attempt)): Path<(ConversationId, String)>,
    body: Json<AnswerRequest, SMALL>,
) -> Result<Response, Problem> {
    body.value.check()?;
    let order_id = order(&app, &conversation, &attempt).await?;
    hand_through(&app, app.handler.send_answer(&order_id, &body.value).await?)
}

/// Tell a live call's agent what to do.
///
/// It is carried out at the next turn, never over the other side. The same `instruction_id` again is the same as once.
#[utoipa::path(
    post, path = "/conversations/{conversation}/calls/{attempt}/instruction", operation_id = "instruct",
    request_body = InstructionRequest,
    params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`"), ("attempt" = u32, Path, description = "The attempt's number, from 1")),
    responses((status = 202, body = CallView, description = "The agent is told."))
)]
pub(super) async fn instruct(
    State(app): Shared,
    Path((conversation, attempt)): Path<(ConversationId, String)>,
    body: Json<InstructionRequest, SMALL>,
) -> Result<Response, Problem> {
    body.value.check()?;
    let order_id = order(&app, &conversation, &attempt).await?;
    hand_through(&app, app.handler.send_instruction(&order_id, &body.value).await?)
}

/// Take a live call over by voice.
///
/// A WebSocket. Binary messages are the user's voice as it is spoken, G.711 µ-law at 8,000 Hz; the agent is silent meanwhile. The
/// text `hand_back` gives the call back; so does closing the socket, after three seconds. The server closes it when the user
/// does not have the call any more; the reason says why.
#[utoipa::path(
    get, path = "/conversations/{conversation}/calls/{attempt}/voice", operation_id = "take_over",
    params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`"), ("attempt" = u32, Path, description = "The attempt's number, from 1")),
    responses((status = 101, description = "The call can be spoken with."))
)]
pub(super) async fn take_over(
    State(app): Shared,
    Path((conversation, attempt)): Path<(ConversationId, String)>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|rejection| {
        let status = rejection.status();
        let status = if status == StatusCode::UPGRADE_REQUIRED { status } else { StatusCode::BAD_REQUEST };
        Problem::new(status, "not_a_websocket", "this address takes WebSockets only")
    })?;
    let order_id = order(&app, &conversation, &attempt).await?;
    let permit = app.stream_permit()?;
    tracing::info!(conversation_id = %conversation, %order_id, "the user takes the call over");
    let (handler, draining) = (app.handler.clone(), app.draining.clone());
    let upgrade = upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
    Ok(upgrade.on_upgrade(move |socket| async move {
        draining.run_until_cancelled_owned(speak(socket, handler, order_id)).await;
        drop(permit);
    }))
}

/// Passes the page's voice on until it hands back, goes, or has the call no more. If the page goes without a word, the request
/// to the handler breaks off, which the handler understands.
async fn speak(mut socket: WebSocket, handler: Handler, order_id: OrderId) {
    let (voice, pieces) = mpsc::channel::<Result<Bytes, std::io::Error>>(VOICE_MAX);
    let mut voice = Some(voice);
    let body = reqwest::Body::wrap_stream(ReceiverStream::new(pieces));
    let speaking = handler.speak(&order_id, body);
    tokio::pin!(speaking);
    let reason = loop {
        tokio::select! {
            told = &mut speaking => break match told {
                Ok(answer) if answer.status().is_success() => "handed_back".to_owned(),
                Ok(answer) => answer.json::<types::ErrorBody>().await.map_or_else(|_| "refused".into(), |error| error.code),
                Err(error) => {
                    tracing::warn!(%order_id, error = &error as &dyn std::error::Error, "the user's voice does not get through");
                    "handler_unavailable".into()
                }
            },
            message = tokio::time::timeout(QUIET_MAX, socket.recv()), if voice.is_some() => match message {
                Ok(Some(Ok(Message::Binary(piece)))) => if let Some(voice) = &voice {
                    // Full: the handler is slow, and old voice is of no use.
                    drop(voice.try_send(Ok(piece)));
                },
                Ok(Some(Ok(Message::Text(text)))) if text.as_str() == HAND_BACK => voice = None,
                Ok(Some(Ok(Message::Text(_) | Message::Ping(_) | Message::Pong(_)))) => {}
                Ok(None | Some(Ok(Message::Close(_)) | Err(_))) | Err(_) => return,
            },
        }
    };
    // A page that has gone meanwhile needs not to know.
    drop(socket.send(Message::Close(Some(CloseFrame { code: 1000, reason: reason.into() }))).await);
}
