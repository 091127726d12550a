//! Errors that leave the handler: at start, and as HTTP answers.

use crate::store::Trouble;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use types::{ErrorBody, FieldError};

/// Why the handler cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its durable state cannot be used.
    #[error("opening the call handler's store")]
    Store(#[from] crate::store::Error),
    /// It cannot listen.
    #[error("listening at {addr}")]
    Listen {
        /// Where.
        addr: std::net::SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// An address in the configuration cannot be used.
    #[error("{name} is {url}, but {problem}")]
    BadUrl {
        /// Which value of the configuration.
        name: &'static str,
        /// What it is.
        url: url::Url,
        /// What would be right.
        problem: &'static str,
    },
    /// A secret or a name in the configuration has characters that no HTTP header can carry.
    #[error("{name} has characters that cannot be sent; copy it again without spaces or line ends")]
    BadCredential {
        /// Which value of the configuration.
        name: &'static str,
    },
    /// The thread that writes recordings cannot be started.
    #[error("starting the recorder")]
    Recorder(#[source] std::io::Error),
    /// The HTTP client cannot be made.
    #[error("preparing the HTTP client")]
    Client(#[source] reqwest::Error),
}

/// An HTTP error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) body: ErrorBody,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, body: ErrorBody::new(code, message) }
    }

    pub(crate) fn not_found(id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no order or call {id} here"))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, body: error.into() }
    }
}

/// What goes wrong in the store is ours to read and nobody else's.
impl From<crate::store::Error> for ApiError {
    fn from(error: crate::store::Error) -> Self {
        tracing::error!(error = %with_causes(&error), "the store failed");
        let (code, message) = match error.trouble() {
            Some(Trouble::Full) => (
                "disk_full",
                "the call handler's disk is full and nothing was dialled for this; free some space, then send it again",
            ),
            Some(Trouble::Unwritable) => (
                "store_unwritable",
                "the call handler cannot write its data and nothing was dialled for this; look at its disk and data folder \
                 (`ringback doctor`), then send it again",
            ),
            Some(Trouble::Damaged) => (
                "store_damaged",
                "the call handler's database is damaged; stop it and put a backup in its place (`ringback doctor` names the file)",
            ),
            None => ("store_failed", "the call handler cannot store anything now; try again soon"),
        };
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message)
    }
}

/// An error and all its causes in one line, for the log and for results.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.ends_with(&words) {
            text = format!("{text}: {words}");
        }
        cause = inner.source();
    }
    text
}
