//! Parameters of paths; one that cannot be read is at no address of ours.

use crate::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// Like axum's, with the handler's own error answer.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        let nothing = "there is nothing at this address: it cannot be read as text";
        read.map(|axum::extract::Path(value)| Self(value)).map_err(|_| ApiError::new(StatusCode::NOT_FOUND, "not_found", nothing))
    }
}
