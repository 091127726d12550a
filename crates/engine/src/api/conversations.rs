//! What is known of conversations, and their deletion.

use super::{Problem, Shared, path::Path};
use crate::store::{self, Doing, rows};
use axum::{Json, extract::State, response::IntoResponse};
use http::{StatusCode, header};
use jiff::Timestamp;
use types::{
    ConversationId,
    chat::{About, Attempt, ConversationSummary, ConversationView},
};

/// The longest list.
const LIST_MAX: u32 = 500;

/// What the page needs to know of this installation.
#[utoipa::path(get, path = "/about", responses((status = 200, body = About, description = "Version, simulation, suggestions, phone.")))]
pub(super) async fn about(State(app): Shared) -> Json<About> {
    Json(app.about.clone())
}

/// The conversations, the one that changed last first; at most 500.
#[utoipa::path(
    get, path = "/conversations", operation_id = "conversations",
    responses((status = 200, body = Vec<ConversationSummary>, description = "A line for each."))
)]
pub(super) async fn list(State(app): Shared) -> Result<Json<Vec<ConversationSummary>>, Problem> {
    let listed = app.store.read(|db| rows::list(db, LIST_MAX)).await?;
    let summaries = listed.into_iter().map(summary).collect::<Result<_, store::Error>>()?;
    Ok(Json(summaries))
}

fn summary(listed: rows::Listed) -> Result<ConversationSummary, store::Error> {
    fn ended<T: serde::de::DeserializeOwned>(kept: Option<String>) -> Result<Option<T>, store::Error> {
        kept.map(|kept| serde_json::from_str(&kept)).transpose().doing("read how a call went")
    }
    Ok(ConversationSummary {
        call_disposition: ended(listed.disposition)?,
        call_outcome_status: ended(listed.outcome)?,
        conversation_id: ConversationId::new(listed.id),
        title: listed.title,
        node: serde_json::from_str(&listed.node).doing("read a node")?,
        updated_at: Timestamp::from_millisecond(listed.updated_ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
    })
}

/// The whole state of a conversation.
#[utoipa::path(
    get, path = "/conversations/{conversation}", operation_id = "conversation", params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`")),
    responses((status = 200, body = ConversationView, description = "Its state."))
)]
pub(super) async fn one(State(app): Shared, Path(conversation): Path<ConversationId>) -> Result<Json<ConversationView>, Problem> {
    Ok(Json(app.state(&conversation).await?.view(&conversation)))
}

/// The task graph as a Mermaid diagram, with the node marked where the conversation stands.
#[utoipa::path(
    get, path = "/conversations/{conversation}/graph", params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`")),
    responses((status = 200, content_type = "text/plain; charset=utf-8", body = String, description = "Mermaid's text."))
)]
pub(super) async fn graph(State(app): Shared, Path(conversation): Path<ConversationId>) -> Result<impl IntoResponse, Problem> {
    let node = app.state(&conversation).await?.node;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], graph::task::mermaid(node)))
}

/// Forget a conversation, its calls and their results.
#[utoipa::path(
    delete, path = "/conversations/{conversation}", operation_id = "delete_conversation", params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`")),
    responses((status = 204, description = "It is gone."))
)]
pub(super) async fn delete(State(app): Shared, Path(conversation): Path<ConversationId>) -> Result<StatusCode, Problem> {
    let live = || Problem::conflict("call_live", "a call of this conversation is live; hang up first, then delete it");
    // An approval that is being worked off has no call yet, but will.
    let deadline = app.deadline();
    let _turn = app.turn(conversation.as_str(), deadline).await?;
    if !app.settle(&conversation, deadline).await {
        return Err(Problem::conflict("busy", "the conversation is busy; try again in a moment"));
    }
    let state = app.state(&conversation).await?;
    if state.live_attempt().is_some() {
        return Err(live());
    }
    // First what was recorded: of a conversation that is gone nobody would know any more which recordings were its.
    let recorded = |call: &&Attempt| call.result.as_ref().is_some_and(|result| result.recording.is_some());
    for order_id in state.calls.iter().filter(recorded).filter_map(|call| call.order_id.as_ref()) {
        let answer = app.handler.delete_recording(order_id).await?;
        // A handler that has forgotten the order keeps its recording no longer than any other.
        if !answer.status().is_success() && answer.status() != StatusCode::NOT_FOUND {
            let text = "the call handler could not delete a recording of this conversation; try again in a moment";
            return Err(Problem::new(StatusCode::BAD_GATEWAY, "recording_kept", text));
        }
    }
    if !app.engine.delete(&conversation).await? {
        return Err(live());
    }
    tracing::info!(conversation_id = %conversation, "deleted a conversation");
    Ok(StatusCode::NO_CONTENT)
}
