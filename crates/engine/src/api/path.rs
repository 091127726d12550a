//! Parameters of paths; one that cannot be read is at no path of ours.

use super::Problem;
use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

/// Like axum's, with the engine's own error answer.
pub(super) struct Path<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        let nothing = "there is nothing at this path: it cannot be read as text";
        read.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Problem::not_found(nothing))
    }
}
