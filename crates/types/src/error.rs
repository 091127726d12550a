//! The shape of an error that leaves a server.

use serde::{Deserialize, Serialize};

/// What every error answer of the engine and the handler looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct ErrorBody {
    /// A stable word for programs: `invalid_field`, `not_found`, `plan_expired` …
    pub code: String,
    /// A sentence for people that says what to do.
    pub message: String,
    /// The field at fault, as a path (`limits.call_max_s`), when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl ErrorBody {
    /// An error that is not about one field.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), field: None }
    }
}

/// A field whose value cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct FieldError {
    /// The field's path.
    pub field: String,
    /// What is wrong and what would be right; follows the field's name in a sentence.
    pub problem: String,
}

impl FieldError {
    /// Names the field and its problem.
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

impl From<FieldError> for ErrorBody {
    fn from(error: FieldError) -> Self {
        Self { code: "invalid_field".into(), message: error.to_string(), field: Some(error.field) }
    }
}
