//! What the user tells a live call beside the chat: an answer, an instruction, their own voice. Handed through to the handler.

use super::{
    App, Problem, Shared,
    body::{Json, SMALL},
    live::{hand_through, order},
    path::Path,
};
use crate::{calls::Handler, durable::Engine as _};
use axum::{
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use bytes::Bytes;
use graph::{
    runtime::{Body, Envelope},
    task::Input,
};
use http::StatusCode;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use types::{AnswerRequest, CallView, ConversationId, InstructionRequest, LateAnswer, OrderId, QuestionEnd};
use uuid::Uuid;

/// How many pieces of the user's voice may wait for the handler: half a second. What comes then is lost; late it is of no use.
const VOICE_MAX: usize = 25;
/// The largest message of the page, bytes.
const MESSAGE_BYTES_MAX: usize = 4_096;
/// A page that sends nothing for this long is gone; it sends silence, too.
const QUIET_MAX: Duration = Duration::from_secs(20);
/// The handler's words for an answer that came too late: the call goes on without it, or is over.
const LATE: [&str; 2] = ["too_late", "already_ended"];
/// What is said of it once it is kept.
pub(super) const LATE_MESSAGE: &str =
    "the answer came too late: the call has gone on without it; it is kept in the conversation, and they have not been told it";
pub(super) const ENDED_MESSAGE: &str =
    "the answer came too late: the call has ended already; it is kept in the conversation, and they have not been told it";
/// The page's word for giving the call back.
const HAND_BACK: &str = "hand_back";

/// Answer a question of a live call.
///
/// The question is told by the event `question`. The same answer again is no error. An answer that comes too late (409
/// `too_late`, or `already_ended`) is kept in the conversation, whose event `question_closed` tells it; the callee has not been
/// told it.
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
    let answered = app.handler.send_answer(&order_id, &body.value).await?;
    if answered.status() != StatusCode::CONFLICT {
        return hand_through(&app, answered);
    }
    let problem = app.handler.problem(answered).await?;
    let attempt = attempt.parse().unwrap_or_default();
    if !LATE.contains(&problem.code.as_str()) || !keep_late(&app, &conversation, attempt, body.value).await? {
        return Err(Problem::conflict(&problem.code, &problem.message));
    }
    tracing::info!(conversation_id = %conversation, %order_id, code = problem.code, "an answer came too late and is kept");
    let message = if problem.code == LATE[0] { LATE_MESSAGE } else { ENDED_MESSAGE };
    Err(Problem::conflict(&problem.code, message))
}

/// Keeps what came too late in the conversation; false if the conversation knows of no such question.
async fn keep_late(app: &App, conversation: &ConversationId, attempt: u32, late: AnswerRequest) -> Result<bool, Problem> {
    let AnswerRequest { question_id, text } = late;
    let id = format!("late_answer:{}", Uuid::now_v7());
    let answer = Some(text.clone());
    let input = Input::QuestionClosed { attempt, id: question_id.clone(), how: QuestionEnd::TooLate, answer };
    app.engine.deliver(conversation, Envelope { id, body: Body::Input(input) }).await?;
    let settled = app.settle(conversation, app.deadline()).await;
    let kept = |late: &LateAnswer| late.attempt == attempt && late.question_id == question_id && late.answer == text.trim();
    // One that has not been worked off yet is durable all the same.
    Ok(!settled || app.state(conversation).await?.late_answers.iter().any(kept))
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
