//! Errors as they leave the engine.

use crate::{calls, store};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use types::{ErrorBody, FieldError};

/// An error answer.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    body: ErrorBody,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, body: ErrorBody::new(code, message) }
    }

    pub(crate) fn not_found(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub(crate) fn conflict(code: &str, message: &str) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    pub(crate) fn unavailable(code: &str, message: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, body: error.into() }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        if let Some(trouble) = error.trouble() {
            tracing::error!(error = &error as &dyn std::error::Error, ?trouble, "the engine's data cannot be kept or read");
            return Self::from(trouble);
        }
        match error {
            store::Error::NoConversation => Self::not_found("there is no such conversation"),
            store::Error::MailboxFull(_) => Self::unavailable("busy", &error.to_string()),
            store::Error::Closed => Self::unavailable("draining", "the engine is being stopped; try again in a moment"),
            store::Error::InUse { .. }
            | store::Error::Prepare { .. }
            | store::Error::Newer { .. }
            | store::Error::Foreign { .. }
            | store::Error::Damaged { .. }
            | store::Error::Sqlite { .. }
            | store::Error::Commit(_)
            | store::Error::Json { .. } => {
                tracing::error!(error = &error as &dyn std::error::Error, "a request failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the engine could not do that; its log says why")
            }
        }
    }
}

impl From<store::Trouble> for Problem {
    fn from(trouble: store::Trouble) -> Self {
        match trouble {
            store::Trouble::Full => {
                let message = "the engine's disk is full and nothing of this was kept; free some space, then send it again";
                Self::unavailable("disk_full", message)
            }
            store::Trouble::Unwritable => {
                let message = "the engine cannot write its data and nothing of this was kept; look at its disk and data folder \
                               (`ringback doctor`), then send it again";
                Self::unavailable("store_unwritable", message)
            }
            store::Trouble::Damaged => {
                let message = "this part of the engine's database is damaged; stop the engine and put a backup in its place \
                               (`ringback doctor` names the file)";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "store_damaged", message)
            }
        }
    }
}

impl From<calls::Error> for Problem {
    fn from(error: calls::Error) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "handler_unreachable", error.to_string())
    }
}

pub(super) async fn method_not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path does not take that method")
}
