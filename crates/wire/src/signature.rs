//! `X-Twilio-Signature`: making and checking it.
//!
//! Source: Twilio, "Webhooks Security", and the behaviour of Twilio's own validators: the public URL is signed as it was sent,
//! once with and once without its port; a form's parameters are appended sorted; a JSON body is tied in by `bodySHA256`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Digest as _;
use std::borrow::Cow;
use subtle::ConstantTimeEq as _;

/// The header's name.
pub const HEADER: &str = "X-Twilio-Signature";

/// What else is signed beside the URL.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// Nothing: GET and WebSocket upgrades.
    None,
    /// The decoded parameters of a form, in any order.
    Form(&'a [(String, String)]),
    /// Any other body; the URL must carry its hash in `bodySHA256`.
    Raw(&'a [u8]),
}

/// The hash function of the signature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// The account's auth token is the key.
    #[default]
    HmacSha1,
    /// A shared key is the key.
    HmacSha256,
}

/// Why a signature is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is another one.
    #[error("the signature does not match the public URL, the parameters and the auth token")]
    Mismatch,
    /// The URL does not carry the body's hash.
    #[error("the URL has no bodySHA256, so the body is not signed")]
    BodyNotSigned,
    /// The URL carries another hash.
    #[error("the body is not the one that was signed")]
    BodyMismatch,
}

/// Signs the URL exactly as it is given, with what belongs to it.
pub fn sign(token: &str, url: &str, body: Body<'_>) -> String {
    sign_with(Algorithm::HmacSha1, token, url, body)
}

/// As [`sign`], with a choice of the hash function.
pub fn sign_with(algorithm: Algorithm, token: &str, url: &str, body: Body<'_>) -> String {
    let text = signed_text(url, body);
    match algorithm {
        Algorithm::HmacSha1 => {
            let mut mac = Hmac::<sha1::Sha1>::new_from_slice(token.as_bytes()).expect("HMAC takes keys of any length");
            mac.update(text.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        }
        Algorithm::HmacSha256 => {
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(token.as_bytes()).expect("HMAC takes keys of any length");
            mac.update(text.as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        }
    }
}

/// Checks a signature against the *public* URL, in constant time.
pub fn verify(token: &str, url: &str, body: Body<'_>, signature: &str) -> Result<(), Error> {
    verify_with(Algorithm::HmacSha1, token, url, body, signature)
}

/// As [`verify`], with a choice of the hash function.
pub fn verify_with(algorithm: Algorithm, token: &str, url: &str, body: Body<'_>, signature: &str) -> Result<(), Error> {
    if let Body::Raw(bytes) = body {
        let told = body_hash_of(url).ok_or(Error::BodyNotSigned)?;
        if !bool::from(body_hash(bytes).as_bytes().ct_eq(told.as_bytes())) {
            return Err(Error::BodyMismatch);
        }
    }
    let good = |url: &str| sign_with(algorithm, token, url, body).as_bytes().ct_eq(signature.as_bytes());
    // Both are computed always, so that time does not tell which one matched.
    if bool::from(good(&without_port(url)) | good(&with_port(url))) { Ok(()) } else { Err(Error::Mismatch) }
}

/// The body's hash as `bodySHA256` has it: SHA-256 in lower-case hex.
pub fn body_hash(body: &[u8]) -> String {
    sha2::Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn signed_text<'a>(url: &'a str, body: Body<'_>) -> Cow<'a, str> {
    match body {
        Body::None | Body::Raw(_) => Cow::Borrowed(url),
        Body::Form(parameters) => {
            // A name that is repeated with the same value counts once.
            let sorted: std::collections::BTreeSet<&(String, String)> = parameters.iter().collect();
            let mut text = url.to_owned();
            for (name, value) in sorted {
                text.push_str(name);
                text.push_str(value);
            }
            Cow::Owned(text)
        }
    }
}

fn body_hash_of(url: &str) -> Option<&str> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next().unwrap_or(query);
    query.split('&').find_map(|pair| pair.strip_prefix("bodySHA256="))
}

/// Where the authority of the URL is: after `://`, before the path.
fn authority(url: &str) -> Option<(&str, &str, &str)> {
    let start = url.find("://")? + 3;
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    Some((&url[..start], &url[start..end], &url[end..]))
}

/// Where the port's colon is, if there is a port.
fn port_at(authority: &str) -> Option<usize> {
    let colon = authority.rfind(':')?;
    let port = &authority[colon + 1..];
    (!port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())).then_some(colon)
}

fn without_port(url: &str) -> Cow<'_, str> {
    match authority(url).and_then(|(before, authority, after)| Some((before, &authority[..port_at(authority)?], after))) {
        Some((before, host, after)) => Cow::Owned(format!("{before}{host}{after}")),
        None => Cow::Borrowed(url),
    }
}

fn with_port(url: &str) -> Cow<'_, str> {
    match authority(url) {
        Some((before, authority, after)) if port_at(authority).is_none() => {
            // Twilio's validators take 80 for every scheme but https, wss included.
            let port = if before.eq_ignore_ascii_case("https://") { 443 } else { 80 };
            Cow::Owned(format!("{before}{authority}:{port}{after}"))
        }
        _ => Cow::Borrowed(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[test]
    fn the_published_example() {
        let parameters = form(&[
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+12349013030"),
            ("Digits", "1234"),
            ("From", "+12349013030"),
            ("To", "+18005551212"),
        ]);
        let signature = sign("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", Body::Form(&parameters));
        assert_eq!(signature, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=");
    }

    #[test]
    fn with_and_without_the_default_port() {
        let signed = |url: &str| sign("t", url, Body::None);
        for url in ["https://a.example/x?y=1", "https://a.example:443/x?y=1", "https://a.example:8443/x?y=1"] {
            assert_eq!(verify("t", url, Body::None, &signed("https://a.example/x?y=1")), Ok(()), "{url}");
        }
        assert_eq!(verify("t", "https://a.example/x", Body::None, &signed("https://a.example:443/x")), Ok(()));
        assert_eq!(verify("t", "http://[::1]/x", Body::None, &signed("http://[::1]:80/x")), Ok(()));
        assert_eq!(verify("t", "http://[::1]:80", Body::None, &signed("http://[::1]")), Ok(()));
        assert_eq!(verify("t", "no url", Body::None, &signed("no url")), Ok(()));
    }

    #[test]
    fn anything_changed_is_refused() {
        let parameters = form(&[("CallStatus", "completed")]);
        let signature = sign("t", "https://a.example/x", Body::Form(&parameters));
        let refused = |token, url, parameters: &[(String, String)], signature: &str| {
            assert_eq!(verify(token, url, Body::Form(parameters), signature), Err(Error::Mismatch));
        };
        refused("u", "https://a.example/x", &parameters, &signature);
        refused("t", "https://a.example/x/", &parameters, &signature);
        refused("t", "https://a.example/x", &form(&[("CallStatus", "busy")]), &signature);
        refused("t", "https://a.example/x", &parameters, &signature[..signature.len() - 1]);
        refused("t", "https://a.example/x", &parameters, "");
    }

    #[test]
    fn a_body_needs_its_hash_in_the_url() {
        let url = format!("https://a.example/x?bodySHA256={}", body_hash(b"{}"));
        let signature = sign("t", &url, Body::Raw(b"{}"));
        assert_eq!(verify("t", &url, Body::Raw(b"{}"), &signature), Ok(()));
        assert_eq!(verify("t", &url, Body::Raw(b"[]"), &signature), Err(Error::BodyMismatch));
        let bare = "https://a.example/x";
        assert_eq!(verify("t", bare, Body::Raw(b"{}"), &sign("t", bare, Body::None)), Err(Error::BodyNotSigned));
    }
}
