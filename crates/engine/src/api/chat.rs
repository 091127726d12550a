//! `POST /chat`: a message of the user, answered when the graph has settled.

use super::{App, Problem, Shared, body, reply::Request};
use crate::durable::Engine;
use axum::{Json, extract::State};
use graph::{
    runtime::{Body, Envelope},
    task::Input,
};
use jiff::Timestamp;
use types::{
    ConversationId, FieldError,
    chat::{ChatRequest, ChatResponse},
    order::check_user_id,
};
use uuid::Uuid;

/// The longest message, in characters.
const MESSAGE_MAX: usize = 4_000;
/// The longest sender's id, in characters.
const MESSAGE_ID_MAX: usize = 100;
/// Whose ids the message ids of new conversations are.
const NOBODYS: &str = "";

/// Say something: begin a conversation, or go on with one.
///
/// The answer comes when the conversation has settled, after 30 seconds at the latest. Nothing is ever dialled before a plan
/// has been shown and approved. The same `message_id` again is the same message and gets the same answer. The body may have
/// at most 65,536 bytes.
#[utoipa::path(
    post, path = "/chat", request_body = ChatRequest,
    responses((status = 200, body = ChatResponse, description = "What Ringback says, and where the conversation stands now."))
)]
pub(super) async fn chat(
    State(app): Shared,
    body: body::Json<ChatRequest, { body::SMALL }>,
) -> Result<Json<ChatResponse>, Problem> {
    let ChatRequest { message, conversation_id, message_id, voice_choice, user_id } = checked(body.value)?;
    let deadline = app.deadline();
    // Turns are taken one at a time, so that two messages cannot answer each other's questions. The first message of a new
    // conversation meets nobody, unless it is sent twice.
    let _turn = match (&conversation_id, &message_id) {
        (Some(known), _) => Some(app.turn(known.as_str(), deadline).await?),
        (None, Some(id)) => Some(app.turn(&format!("new:{id}"), deadline).await?),
        (None, None) => None,
    };
    let (request, answer) = place(&app, conversation_id, message_id.clone()).await?;
    if let Some(answer) = answer {
        return Ok(Json(answer));
    }
    let conversation_id = request.conversation.clone();
    let id = format!("say:{}", message_id.unwrap_or_else(|| Uuid::now_v7().to_string()));
    tracing::info!(%conversation_id, characters = message.chars().count(), "the user has said something");
    let input = Input::Say { text: message, at: Some(Timestamp::now()), voice_choice, user_id };
    app.engine.deliver(&conversation_id, Envelope { id, body: Body::Input(input) }).await?;
    Ok(Json(app.reply(request, deadline).await?))
}

pub(super) fn checked(request: ChatRequest) -> Result<ChatRequest, FieldError> {
    if request.message.trim().is_empty() {
        return Err(FieldError::new("message", "must not be empty"));
    }
    if request.message.chars().count() > MESSAGE_MAX {
        return Err(FieldError::new("message", format!("must be at most {MESSAGE_MAX} characters long")));
    }
    if let Some(id) = &request.message_id
        && (id.is_empty() || id.chars().count() > MESSAGE_ID_MAX)
    {
        return Err(FieldError::new("message_id", format!("must be 1 to {MESSAGE_ID_MAX} characters long")));
    }
    if let Some(choice) = &request.voice_choice {
        choice.check("voice_choice.")?;
    }
    check_user_id(request.user_id.as_deref())?;
    Ok(request)
}

/// Finds the message's place: in its conversation, in the one that it began when it was sent before, or in a new one.
async fn place(
    app: &App,
    conversation: Option<ConversationId>,
    message_id: Option<String>,
) -> Result<(Request, Option<ChatResponse>), Problem> {
    if let Some(known) = conversation {
        app.state(&known).await?;
        return app.note(known.as_str(), message_id, &known).await;
    }
    if let Some(id) = &message_id
        && let Some(begun) = app.begun_by(NOBODYS, id).await?
    {
        return app.note(NOBODYS, message_id, &begun).await;
    }
    let new = ConversationId::new(format!("c_{}", Uuid::now_v7().simple()));
    app.engine.begin(&new).await?;
    crash_point::reach("engine.conversation_begun");
    app.note(NOBODYS, message_id, &new).await
}
