//! JSON bodies: bounded, and an error names the field.

use super::problem::Problem;
use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, Request},
};
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use std::time::Duration;
use types::FieldError;

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The largest body of a chat message or a decision.
pub(super) const SMALL: usize = 64 * 1024;
/// The largest body of a call result, with its transcript.
pub(super) const LARGE: usize = 1024 * 1024;

/// A JSON body of at most `MAX` bytes, with its size.
pub(super) struct Json<T, const MAX: usize> {
    pub(super) value: T,
    pub(super) bytes: usize,
}

impl<S: Send + Sync, T: DeserializeOwned, const MAX: usize> FromRequest<S> for Json<T, MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (head, body) = request.into_parts();
        // Also a guard: a page of another site cannot send this type without asking first.
        if !is_json(&head.headers) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                "send JSON, with the header Content-Type: application/json",
            ));
        }
        let bytes = read(body, MAX).await?;
        Ok(Self { value: parse(&bytes)?, bytes: bytes.len() })
    }
}

async fn read(body: Body, most: usize) -> Result<bytes::Bytes, Problem> {
    match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, most)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("the body could not be read whole; it may have at most {most} bytes"),
        )),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "the body did not arrive in time; send it again")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

/// Reads JSON; an error names the path of the field at fault.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        if !cause.is_data() {
            return FieldError::new("body", format!("is not JSON: {cause}"));
        }
        field_error(&path, &cause.to_string())
    })?;
    reader.end().map_err(|cause| FieldError::new("body", format!("has something after the JSON: {cause}")))?;
    Ok(value)
}

/// From serde's words to a field and its problem. A missing field is told of the object it is missing in, so its own name
/// is added to the path.
fn field_error(path: &str, cause: &str) -> FieldError {
    // Without the place in the text, which says nothing that the path does not.
    let cause = cause.rsplit_once(" at line ").map_or(cause, |(cause, _)| cause);
    let missing = cause.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    let path = if path == "." { "" } else { path };
    match (path, missing) {
        ("", Some(name)) => FieldError::new(name, "must be given"),
        (path, Some(name)) => FieldError::new(format!("{path}.{name}"), "must be given"),
        ("", None) => FieldError::new("body", format!("cannot be read: {cause}")),
        (path, None) => FieldError::new(path, format!("cannot be read: {cause}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::CallResult;

    #[test]
    fn the_field_is_named_whatever_is_wrong_with_it() {
        let field = |text: &str| {
            let problem = parse::<CallResult>(text.as_bytes()).err().map(|problem| format!("{problem:?}")).unwrap_or_default();
            problem.split("field: Some(\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or(&problem).to_owned()
        };
        assert_eq!(field("{"), "body");
        assert_eq!(field("[]"), "body");
        assert_eq!(field("{}"), "order_id", "an absent call_sid is none");
        assert_eq!(field(r#"{"call_sid": null}"#), "order_id");
        assert_eq!(field(r#"{"call_sid": 5}"#), "call_sid");
        assert_eq!(field(r#"{"outcome": {"status": "achieved", "facts": [{"name": "total"}]}}"#), "outcome.facts[0].value");
        assert_eq!(field(r#"{"outcome": {"status": "good", "facts": []}}"#), "outcome.status");
    }
}
