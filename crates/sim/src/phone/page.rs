//! What the simulator serves to a browser: the page `/phone`, its files, and its socket.

use super::socket;
use crate::Shared;
use axum::{
    Json, Router,
    body::Body,
    extract::{Path, State, WebSocketUpgrade},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::{borrow::Cow, sync::Arc};
use types::ErrorBody;
use url::{Host, Url};

/// Only what the page needs: its own scripts (the audio worklets too), styles, pictures, and its own socket.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PERMISSIONS: &str = "microphone=(self), camera=(), geolocation=()";

const NOT_BUILT: &str = "<!doctype html>
<html lang=\"en\">
<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Ringback phone</title></head>
<body>
<h1>The simulated carrier is running</h1>
<p>This build has no page in it. Run <code>cargo xtask demo</code> (or <code>cargo xtask page</code>, then build again) to get one.</p>
</body>
</html>
";

/// The routes of the phone page.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/phone", get(page)).route("/phone/socket", get(upgrade)).route("/assets/{*path}", get(asset))
}

async fn page(headers: HeaderMap) -> Response {
    serve(web_ui::PHONE, &headers).unwrap_or_else(|| secure(Html(NOT_BUILT).into_response()))
}

async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    serve(&format!("assets/{path}"), &headers)
        .unwrap_or_else(|| (StatusCode::NOT_FOUND, Json(ErrorBody::new("not_found", "there is no such file"))).into_response())
}

fn serve(path: &str, headers: &HeaderMap) -> Option<Response> {
    let asset = web_ui::asset(path)?;
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known.is_some_and(|tags| asset.is_among(tags)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match asset.bytes {
            Cow::Borrowed(bytes) => Body::from(bytes).into_response(),
            Cow::Owned(bytes) => Body::from(bytes).into_response(),
        }
    };
    for (name, value) in
        [(header::CONTENT_TYPE, &*asset.mime), (header::ETAG, &*asset.etag), (header::CACHE_CONTROL, asset.cache)]
    {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    Some(secure(response))
}

/// What every answer says to a browser.
fn secure(mut response: Response) -> Response {
    let permissions = header::HeaderName::from_static("permissions-policy");
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (permissions, PERMISSIONS),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn upgrade(State(shared): State<Arc<Shared>>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !is_ours(&headers) {
        let message = "the phone takes only its own page, opened on this machine: the Origin must be the Host, and loopback";
        return (StatusCode::FORBIDDEN, Json(ErrorBody::new("cross_site", message))).into_response();
    }
    let Ok(place) = shared.phone.pages.clone().try_acquire_owned() else {
        let message = "the phone page is open too often; close some of its tabs";
        return (StatusCode::SERVICE_UNAVAILABLE, Json(ErrorBody::new("too_many_pages", message))).into_response();
    };
    upgrade.max_message_size(socket::MESSAGE_BYTES_MAX).max_frame_size(socket::MESSAGE_BYTES_MAX).write_buffer_size(0).on_upgrade(
        async move |socket| {
            socket::serve(socket, shared.phone.clone(), shared.closed.clone()).await;
            drop(place);
        },
    )
}

/// Whether a page of our own asks. Another site's page has another origin; a name that was rebound to this machine is no
/// loopback host.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else { return false };
    let (Ok(origin), Ok(own)) = (Url::parse(origin), Url::parse(&format!("http://{host}"))) else { return false };
    let loopback = match own.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(addr)) => addr.is_loopback(),
        Some(Host::Ipv6(addr)) => addr.is_loopback(),
        None => false,
    };
    loopback && origin.origin() == own.origin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_page_on_this_machine_may_connect() {
        let ours = |origin: Option<&'static str>, host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            is_ours(&headers)
        };
        assert!(ours(Some("http://127.0.0.1:5003"), "127.0.0.1:5003"));
        assert!(ours(Some("http://localhost:5003"), "localhost:5003"));
        assert!(ours(Some("http://[::1]:5003"), "[::1]:5003"));
        for (origin, host) in [
            (None, "127.0.0.1:5003"),
            (Some("null"), "127.0.0.1:5003"),
            (Some("http://127.0.0.1:8000"), "127.0.0.1:5003"),
            (Some("https://evil.example"), "127.0.0.1:5003"),
            (Some("http://evil.example:5003"), "evil.example:5003"),
        ] {
            assert!(!ours(origin, host), "{origin:?} {host}");
        }
    }
}
