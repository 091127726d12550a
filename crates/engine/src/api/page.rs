//! The page: its files, and what a browser is told about them.

use super::{Problem, Shared};
use axum::{
    body::Body,
    extract::{RawQuery, State},
    response::{Html, IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use serde::Serialize;
use std::borrow::Cow;

/// Scripts, styles and connections only of our own; nobody may put the page into a frame.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

const NOT_BUILT: &str = "<!doctype html>
<html lang=\"en\">
<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Ringback</title></head>
<body>
<h1>Ringback is running</h1>
<p>This build has no page in it. Run <code>cargo xtask demo</code> (or <code>cargo xtask page</code>, then build again) to get one.</p>
<p>The API works without it: <code>POST /chat</code> with <code>{\"message\": \"…\"}</code>.</p>
</body>
</html>
";

/// That the engine runs.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Running {
    /// Always `running`.
    pub(super) status: &'static str,
}

/// The page for a browser, the status for a program.
///
/// Which of them is chosen by `Accept`. A browser that brings the token in the address gets it as a cookie, once.
#[utoipa::path(
    get, path = "/",
    params(("token" = Option<String>, Query, description = "The API token, for a browser")),
    responses(
        (status = 200, description = "It runs.",
            content((Running = "application/json"), (String = "text/html; charset=utf-8"))),
        (status = 303, description = "The token is right: the cookie is set, and the page is at `/`."),
        (status = 304, description = "The browser has the page already."),
    )
)]
pub(super) async fn root(State(app): Shared, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let mut response = if !wants_html(&headers) {
        axum::Json(Running { status: "running" }).into_response()
    } else if let Some(cookie) = query.as_deref().and_then(|query| app.guard.cookie_for(query, &headers)) {
        // Away from the address with the token in it, which must not stay in the history.
        let mut response = Redirect::to("/").into_response();
        response.headers_mut().insert(header::SET_COOKIE, cookie);
        response
    } else {
        serve("index.html", &headers).unwrap_or_else(|| Html(NOT_BUILT).into_response())
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept"));
    response
}

/// Any other path: a file of the page, or nothing.
pub(super) async fn file(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let file = (method == Method::GET || method == Method::HEAD).then(|| serve(path, &headers)).flatten();
    file.unwrap_or_else(|| Problem::not_found("there is nothing at this path").into_response())
}

/// Whether a path is one of the page's files, which are the same for everybody.
pub(super) fn is_public(path: &str) -> bool {
    path == "/" || own(path.trim_start_matches('/')).is_some()
}

fn wants_html(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|accept| {
        accept.split(',').any(|kind| {
            let mut parts = kind.split(';').map(str::trim);
            let html = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("text/html"));
            html && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
    })
}

/// A file of our page. The phone's page works at the carrier simulator only.
fn own(path: &str) -> Option<web_ui::Asset> {
    web_ui::asset(path).filter(|_| path != web_ui::PHONE)
}

fn serve(path: &str, headers: &HeaderMap) -> Option<Response> {
    let asset = own(path)?;
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|tags| asset.is_among(tags));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = match asset.bytes {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        };
        body.into_response()
    };
    let told = response.headers_mut();
    told.insert(header::CACHE_CONTROL, HeaderValue::from_static(asset.cache));
    for (name, value) in [(header::CONTENT_TYPE, &asset.mime), (header::ETAG, &asset.etag)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            told.insert(name, value);
        }
    }
    Some(response)
}

/// What every answer says to a browser.
pub(super) async fn secure(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What people say stays out of every cache.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_wants_html_and_a_program_does_not() {
        let accept = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(value));
            wants_html(&headers)
        };
        assert!(accept("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(!accept("*/*") && !accept("application/json") && !accept("application/json, text/html;q=0"));
        assert!(!wants_html(&HeaderMap::new()));
    }

    #[test]
    fn what_is_not_a_file_of_the_page_is_not_public() {
        assert!(is_public("/"));
        assert!(!is_public("/conversations") && !is_public("/chat") && !is_public("//"));
        assert!(!is_public("/phone.html"), "the phone's page is the simulator's");
    }
}
