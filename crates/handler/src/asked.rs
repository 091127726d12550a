//! What the user tells a live call: the answer to its question, and instructions.

use crate::api::{find, read_json, unreadable_body};
use crate::app::App;
use crate::error::ApiError;
use crate::live::{LiveCall, Message};
use crate::path::Path;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use session::QuestionStanding;
use std::sync::Arc;
use tokio::sync::oneshot;
use types::{AnswerRequest, CallEvent, CallStage, CallView, FieldError, InstructionRequest, QuestionEnd};

/// What became of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instructed {
    /// The model is told, or was before.
    Taken,
    /// The call is coming to its end.
    Ending,
    /// The call has taken as many as it takes.
    TooMany,
}

/// Answer a question of a live call.
///
/// The question is told by the event `question`; the callee may be told the answer. The same answer again is no error.
#[utoipa::path(
    post, path = "/calls/{id}/answer", request_body = AnswerRequest,
    params(("id" = String, Path, description = "The order's id (`o_…`) or the carrier's name for the call (`CA…`)")),
    responses((status = 202, body = CallView, description = "The call has the answer, and its record does: it outlives the handler."))
)]
pub(crate) async fn answer(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<CallView>), ApiError> {
    let request: AnswerRequest = read(body)?;
    request.check()?;
    let (view, call) = live(&app, &id).await?;
    let AnswerRequest { question_id, text } = request;
    let (reply, told) = oneshot::channel();
    let said = text.trim().to_owned();
    call.tell(Message::Answer { question_id: question_id.clone(), text: said.clone(), reply }).await?;
    match told.await.map_err(|_| ended())? {
        QuestionStanding::Open => {}
        QuestionStanding::Answered(before) if before == said => {}
        QuestionStanding::Answered(_) => {
            let text = "the question has been answered already, and the call has gone on with that";
            return Err(ApiError::new(StatusCode::CONFLICT, "already_answered", text));
        }
        QuestionStanding::Closed => {
            let text = "the answer came too late: the call has gone on without it; it is kept in the record";
            return Err(ApiError::new(StatusCode::CONFLICT, "too_late", text));
        }
        QuestionStanding::Unknown => {
            let text = format!("the call has not asked a question {question_id}");
            return Err(ApiError::new(StatusCode::NOT_FOUND, "no_question", text));
        }
    }
    let closed = CallEvent::QuestionClosed { id: question_id, how: QuestionEnd::Answered, answer: Some(said) };
    durable(&app, &view, &call, closed).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// Tell a live call what to do.
///
/// The agent carries it out at its next turn, never over the callee. The callee may be told it. The same `instruction_id` again
/// is the same as once.
#[utoipa::path(
    post, path = "/calls/{id}/instruction", request_body = InstructionRequest,
    params(("id" = String, Path, description = "The order's id (`o_…`) or the carrier's name for the call (`CA…`)")),
    responses((status = 202, body = CallView, description = "The agent is told, and the record has it: it outlives the handler."))
)]
pub(crate) async fn instruct(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, Json<CallView>), ApiError> {
    let request: InstructionRequest = read(body)?;
    request.check()?;
    let (view, call) = live(&app, &id).await?;
    let (reply, told) = oneshot::channel();
    let instruction_id = request.instruction_id.unwrap_or_else(crate::clock::new_token);
    let text = request.text.trim().to_owned();
    let instruction = CallEvent::Instruction { id: instruction_id.clone(), text: text.clone() };
    call.tell(Message::Instruction { instruction_id, text, reply }).await?;
    match told.await.map_err(|_| ended())? {
        Instructed::Taken => {
            durable(&app, &view, &call, instruction).await?;
            Ok((StatusCode::ACCEPTED, Json(view)))
        }
        Instructed::Ending => Err(ended()),
        Instructed::TooMany => {
            let text = "the call has taken as many instructions as it takes; take it over by voice instead";
            Err(ApiError::new(StatusCode::CONFLICT, "too_many_instructions", text))
        }
    }
}

/// Waits until what the user told the call is durable: only then is it acknowledged, so that a handler that dies with it tells the
/// next model. A call that could not store it when it came stores it when it is sent again.
async fn durable(app: &App, view: &CallView, call: &LiveCall, event: CallEvent) -> Result<(), ApiError> {
    if let Some(stored) = app.store.keep_told(&view.order_id, event).await? {
        call.publish(stored);
    }
    Ok(())
}

/// A live call by its order's id or its name.
pub(crate) async fn live(app: &App, id: &str) -> Result<(CallView, Arc<LiveCall>), ApiError> {
    let view = find(app, id).await?;
    if view.stage == CallStage::Ended {
        return Err(ended());
    }
    let call = app.live.get(&view.order_id).ok_or_else(ended)?;
    Ok((view, call))
}

fn ended() -> ApiError {
    ApiError::new(StatusCode::CONFLICT, "already_ended", "the call has ended already")
}

fn read<T: DeserializeOwned>(body: Result<Bytes, BytesRejection>) -> Result<T, ApiError> {
    let body = body.map_err(|rejection| unreadable_body(&rejection))?;
    // A struct would be read from a list as well.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(FieldError::new("body", "must be a JSON object").into());
    }
    Ok(read_json(&body)?)
}
