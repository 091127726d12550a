//! Who may ask: the token, and that a browser asks for its own page.
//!
//! An engine on loopback is reachable by every page that its user opens. So a name that is not ours in `Host` (DNS
//! rebinding) and a writing request that another site's page sends (`Origin`, `Sec-Fetch-Site`) are refused, token or not.

use super::{App, Problem, page};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use sha2::{Digest, Sha256};
use std::{fmt::Write as _, net::IpAddr, sync::Arc};
use subtle::ConstantTimeEq;
use url::Url;

const COOKIE: &str = "ringback_token";
const COOKIE_AGE_S: u32 = 30 * 24 * 60 * 60;

/// What is needed to judge a request.
pub(crate) struct Guard {
    /// The token and the cookie's value, which does not tell the token.
    secret: Option<Secret>,
    /// Names, in lower case.
    hosts: Vec<String>,
}

struct Secret {
    token: String,
    cookie: String,
}

impl Guard {
    pub(crate) fn new(token: Option<String>, hosts: &[String]) -> Self {
        let secret = token.map(|token| Secret { cookie: cookie_value(&token), token });
        Self { secret, hosts: hosts.iter().map(|host| host.to_ascii_lowercase()).collect() }
    }

    /// The cookie for a browser that brings the right token in the address.
    pub(super) fn cookie_for(&self, query: &str, headers: &HeaderMap) -> Option<HeaderValue> {
        let secret = self.secret.as_ref()?;
        let (_, token) = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token")?;
        if !same(&token, &secret.token) {
            return None;
        }
        let over_tls = headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
        let secure = if over_tls { "; Secure" } else { "" };
        let cookie = format!("{COOKIE}={}; Path=/; Max-Age={COOKIE_AGE_S}; HttpOnly; SameSite=Strict{secure}", secret.cookie);
        HeaderValue::from_str(&cookie).ok()
    }

    fn judge(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        self.check_host(uri, headers)?;
        // A socket is opened by GET, and speaks for the user.
        if !matches!(*method, Method::GET | Method::HEAD) || headers.contains_key(header::UPGRADE) {
            self.check_origin(uri, headers)?;
        }
        if page::is_public(uri.path()) || self.knows(headers) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "no_token",
            "send Authorization: Bearer with the API token, or open /?token=… once in this browser",
        ))
    }

    fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        let host = authority(uri, headers).and_then(|authority| Url::parse(&format!("http://{authority}")).ok());
        if host.is_some_and(|url| self.is_ours(&url)) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "host_not_allowed",
            "open this under localhost, or add the name to the allowed hosts (RINGBACK_ALLOWED_HOSTS)",
        ))
    }

    /// An address cannot be rebound: only a name can point to somebody else first and to us later.
    fn is_ours(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok() || self.hosts.iter().any(|ours| ours == host)
    }

    fn check_origin(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        let cross_site = headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
        let foreign = headers.get(header::ORIGIN).is_some_and(|origin| {
            let origin = origin.to_str().ok().and_then(|text| Url::parse(text).ok());
            !origin.is_some_and(|origin| self.is_same(&origin, authority(uri, headers)))
        });
        if !cross_site && !foreign {
            return Ok(());
        }
        Err(Problem::new(StatusCode::FORBIDDEN, "cross_site", "a page of another site may not do this"))
    }

    /// Whether the page that asks came from where it asks: the same host and port, or (behind a proxy that ends TLS, where
    /// the ports differ) one of the configured names.
    fn is_same(&self, origin: &Url, authority: Option<&str>) -> bool {
        let Some(host) = origin.host_str() else { return false };
        let asked = authority.and_then(|authority| Url::parse(&format!("{}://{authority}", origin.scheme())).ok());
        let same = asked.is_some_and(|asked| {
            asked.host_str() == Some(host) && asked.port_or_known_default() == origin.port_or_known_default()
        });
        same || self.hosts.iter().any(|ours| ours == host)
    }

    fn knows(&self, headers: &HeaderMap) -> bool {
        let Some(secret) = &self.secret else { return true };
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = bearer.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        token.is_some_and(|(_, token)| same(token.trim(), &secret.token))
            || cookies(headers).any(|(name, value)| name == COOKIE && same(value, &secret.cookie))
    }
}

/// `Host`, or in HTTP/2 the address itself.
fn authority<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    host.or_else(|| uri.authority().map(http::uri::Authority::as_str))
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

/// In constant time, whatever the lengths.
fn same(given: &str, right: &str) -> bool {
    Sha256::digest(given).ct_eq(&Sha256::digest(right)).into()
}

fn cookie_value(token: &str) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(format!("{COOKIE}:{token}")) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Every request comes through here first.
pub(super) async fn check(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    match app.guard.judge(request.method(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            tracing::debug!(method = %request.method(), path = request.uri().path(), "refused a request");
            problem.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(guard: &Guard, method: &Method, path: &'static str, headers: &[(&'static str, &'static str)]) -> Option<String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_static(value));
        }
        let problem = guard.judge(method, &Uri::from_static(path), &map).err()?;
        Some(format!("{problem:?}").split("code: \"").nth(1)?.split('"').next()?.to_owned())
    }

    #[test]
    fn only_names_that_cannot_be_rebound_are_ours() {
        let guard = Guard::new(None, &["Ring.example.com".into()]);
        let host = |host| judge(&guard, &Method::GET, "/about", &[("host", host)]);
        for good in ["localhost:8000", "LOCALHOST", "127.0.0.1:8000", "[::1]:8000", "192.0.2.7", "ring.example.com"] {
            assert_eq!(host(good), None, "{good}");
        }
        for bad in ["evil.example", "localhost.evil.example", "ring.example.com.evil.example", "127.0.0.1.evil.example", ""] {
            assert_eq!(host(bad).as_deref(), Some("host_not_allowed"), "{bad}");
        }
        assert_eq!(judge(&guard, &Method::GET, "/about", &[]).as_deref(), Some("host_not_allowed"));
    }

    #[test]
    fn another_site_may_not_write() {
        let guard = Guard::new(None, &["ring.example.com".into()]);
        let origin = |origin| judge(&guard, &Method::POST, "/chat", &[("host", "localhost:8000"), ("origin", origin)]);
        assert_eq!(origin("http://localhost:8000"), None);
        assert_eq!(origin("https://ring.example.com"), None);
        for bad in ["http://localhost:3000", "http://127.0.0.1:8000", "https://evil.example", "null", ""] {
            assert_eq!(origin(bad).as_deref(), Some("cross_site"), "{bad}");
        }
        let upgrade = |origin| {
            judge(&guard, &Method::GET, "/about", &[("host", "localhost:8000"), ("upgrade", "websocket"), ("origin", origin)])
        };
        assert_eq!((upgrade("http://localhost:8000"), upgrade("https://evil.example").as_deref()), (None, Some("cross_site")));
        let cross = [("host", "localhost:8000"), ("sec-fetch-site", "cross-site")];
        assert_eq!(judge(&guard, &Method::POST, "/chat", &cross).as_deref(), Some("cross_site"));
        assert_eq!(judge(&guard, &Method::GET, "/about", &cross), None);
    }

    #[test]
    fn a_token_or_its_cookie_is_needed_for_all_but_the_page() {
        let guard = Guard::new(Some("s3cret token".into()), &[]);
        let with = |name, value| judge(&guard, &Method::GET, "/about", &[("host", "localhost"), (name, value)]);
        assert_eq!(judge(&guard, &Method::GET, "/", &[("host", "localhost")]), None);
        assert_eq!(with("x", "y").as_deref(), Some("no_token"));
        assert_eq!(with("authorization", "Bearer s3cret token"), None);
        assert_eq!(with("authorization", "Bearer s3cret"), Some("no_token".into()));
        assert_eq!(with("cookie", "ringback_token=s3cret token"), Some("no_token".into()), "the cookie is not the token");

        let headers = HeaderMap::new();
        assert!(guard.cookie_for("token=wrong", &headers).is_none());
        let cookie = guard.cookie_for("a=b&token=s3cret%20token", &headers).unwrap();
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict"), "{cookie}");
        let pair: &'static str = Box::leak(cookie.split(';').next().unwrap().to_owned().into_boxed_str());
        assert_eq!(with("cookie", pair), None);
    }
}
