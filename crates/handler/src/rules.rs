//! The gate's rules as routes: the do-not-call list, and what was refused.

use crate::app::App;
use crate::error::ApiError;
use crate::path::Path;
use crate::store::{Listed, Refused};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use gate::Refusal;
use std::sync::Arc;
use types::{FieldError, PhoneNumber};

/// How many entries an answer has at most.
const ENTRIES_MAX: u32 = 1_000;

/// The answer to an order that the gate refuses.
pub(crate) fn refused(refusal: &Refusal) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, &format!("gate_{}", refusal.rule.name()), refusal.message.clone())
}

/// The numbers that must not be called.
///
/// Newest first, at most 1,000. A callee who asks not to be called again is put on the list by it.
#[utoipa::path(get, path = "/do-not-call", responses((status = 200, body = Vec<Listed>, description = "The list.")))]
pub(crate) async fn do_not_call(State(app): State<Arc<App>>) -> Result<Json<Vec<Listed>>, ApiError> {
    Ok(Json(app.store.do_not_call(ENTRIES_MAX).await?))
}

/// Never call a number.
#[utoipa::path(
    put, path = "/do-not-call/{number}",
    params(("number" = PhoneNumber, Path, description = "In E.164 form")),
    responses((status = 204, description = "It is on the list."))
)]
pub(crate) async fn never_call(State(app): State<Arc<App>>, Path(number): Path<String>) -> Result<StatusCode, ApiError> {
    if app.store.never_call(parse(&number)?).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let text = "the do-not-call list is full; take numbers off that are called no more anyway";
    Err(ApiError::new(StatusCode::INSUFFICIENT_STORAGE, "list_full", text))
}

/// Allow a number to be called again.
#[utoipa::path(
    delete, path = "/do-not-call/{number}",
    params(("number" = PhoneNumber, Path, description = "In E.164 form")),
    responses((status = 204, description = "It is not on the list any more."))
)]
pub(crate) async fn may_call_again(State(app): State<Arc<App>>, Path(number): Path<String>) -> Result<StatusCode, ApiError> {
    if app.store.may_call_again(parse(&number)?).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(ApiError::new(StatusCode::NOT_FOUND, "not_found", "the number is not on the do-not-call list"))
}

/// What was refused.
///
/// The orders that a rule forbade, newest first, at most 1,000.
#[utoipa::path(get, path = "/refusals", responses((status = 200, body = Vec<Refused>, description = "The refusals.")))]
pub(crate) async fn refusals(State(app): State<Arc<App>>) -> Result<Json<Vec<Refused>>, ApiError> {
    Ok(Json(app.store.refusals(ENTRIES_MAX).await?))
}

fn parse(number: &str) -> Result<PhoneNumber, FieldError> {
    PhoneNumber::parse(number).map_err(|error| FieldError::new("number", format!("cannot be used: {error}")))
}
