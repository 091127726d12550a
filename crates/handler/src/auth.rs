//! The bearer token that guards everything but `GET /`, signed webhooks and the media socket.

use crate::app::App;
use crate::error::ApiError;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

/// Lets a request pass if it has the token, or if none is configured.
pub(crate) async fn require_token(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(wanted) = &app.config.api_token else { return next.run(request).await };
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = shown.and_then(|text| text.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let token = shown.map_or("", |(_, token)| token.trim());
    // Hashes have one length, so that comparing them takes one time.
    if Sha256::digest(token).ct_eq(&Sha256::digest(wanted)).into() {
        return next.run(request).await;
    }
    let text = "send the API token as Authorization: Bearer …";
    ApiError::new(StatusCode::UNAUTHORIZED, "unauthorized", text).into_response()
}
