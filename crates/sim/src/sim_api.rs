//! What tests and the curious may ask that no carrier would answer: what the callees heard, said and wrote down.

use crate::{
    Shared,
    book::{Call, Notes},
    numbers::KNOWN,
};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use serde::Serialize;
use std::sync::Arc;
use types::ErrorBody;
use wire::rest::CallStatus;

/// The routes under `/sim`.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route("/sim/numbers", get(async || Json(KNOWN)))
        .route("/sim/calls", get(calls))
        .route("/sim/calls/{sid}", get(call))
}

/// A call as its callee knows it.
#[derive(Serialize)]
struct View {
    sid: String,
    to: String,
    status: CallStatus,
    /// Where the caller wanted to be asked what to do with the call.
    url: Option<String>,
    /// The longest that the call may last, seconds from the answer; `null` for the carrier's own limit.
    time_limit_s: Option<u32>,
    /// How long it has lasted, or did last, seconds from the answer; `null` if there was none.
    duration_s: Option<f64>,
    #[serde(flatten)]
    notes: Notes,
}

impl View {
    fn of(call: &Call) -> Self {
        Self {
            sid: call.sid.clone(),
            to: call.request.to.clone(),
            status: call.status(),
            url: call.request.url.clone(),
            time_limit_s: call.time_limit_s(),
            duration_s: call.duration_s(),
            notes: call.notes(),
        }
    }
}

async fn calls(State(shared): State<Arc<Shared>>) -> Json<Vec<View>> {
    Json(shared.book.newest_first().iter().map(|call| View::of(call)).collect())
}

async fn call(State(shared): State<Arc<Shared>>, Path(sid): Path<String>) -> Result<Json<View>, (StatusCode, Json<ErrorBody>)> {
    match shared.book.find(&sid) {
        Some(call) => Ok(Json(View::of(&call))),
        None => Err((
            StatusCode::NOT_FOUND,
            Json(ErrorBody::new("not_found", format!("there is no call {sid}; GET /sim/calls lists them"))),
        )),
    }
}
