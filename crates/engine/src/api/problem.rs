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
        match error {
            store::Error::NoConversation => Self::not_found("there is no such conversation"),
            store::Error::MailboxFull(_) => Self::unavailable("busy", &error.to_string()),
            store::Error::Closed => Self::unavailable("draining", "the engine is being stopped; try again in a moment"),
            store::Error::InUse { .. }
            | store::Error::Prepare { .. }
            | store::Error::Newer { .. }
            | store::Error::Sqlite { .. }
            | store::Error::Commit(_)
            | store::Error::Json { .. } => {
                tracing::error!(error = &error as &dyn std::error::Error, "a request failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the engine could not do that; its log says why")
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
