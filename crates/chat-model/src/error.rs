//! Why there is no answer, as sentences that somebody can act on.

use reqwest::{Response, StatusCode, header::RETRY_AFTER};
use serde_json::Value;
use std::time::Duration;

/// The longest refusal that is read, bytes.
const REFUSAL_MAX: usize = 16 * 1024;
/// How much of a server's own words is shown, characters.
const SHOWN_MAX: usize = 300;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration cannot be used.
    #[error("{message}")]
    Config {
        /// What is wrong with it.
        message: String,
    },
    /// No connection came about.
    #[error("the language model's server at {host} cannot be reached; check that it runs and that its base URL is right")]
    Unreachable {
        /// Host and port.
        host: String,
        /// The cause.
        #[source]
        source: reqwest::Error,
    },
    /// The key is missing, wrong, or not good for this model.
    #[error(
        "the language model's server at {host} refused the key ({status}); check that it is set, right, and allowed to use this model"
    )]
    Key {
        /// The HTTP status, 401 or 403.
        status: u16,
        /// Host and port.
        host: String,
    },
    /// There is no such model, or no such endpoint.
    #[error("the server at {host} knows no language model {model:?} at this address; check the model's name and the base URL")]
    NotFound {
        /// Host and port.
        host: String,
        /// The model that was asked for.
        model: String,
    },
    /// What was paid for is used up.
    #[error("the quota of the language model's account is used up; check its plan and billing")]
    Quota,
    /// Too many questions, or too little room.
    #[error("the language model's server is busy; try again in a moment")]
    Busy {
        /// The wait that it asked for.
        retry_after: Option<Duration>,
    },
    /// The server broke.
    #[error("the language model's server failed ({status}){}", shown(message))]
    Failed {
        /// The HTTP status; 200 if it failed in the middle of an answer.
        status: u16,
        /// Its own words; may be empty.
        message: String,
    },
    /// The server did not take the request.
    #[error("the language model's server refused the request ({status}){}", shown(message))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Its own words; may be empty.
        message: String,
    },
    /// It took too long.
    #[error("the language model did not {what} within {:.1} s", limit.as_secs_f64())]
    Slow {
        /// What it did not do.
        what: &'static str,
        /// The limit that was reached.
        limit: Duration,
    },
    /// The connection broke before the answer was complete.
    #[error("the language model's answer broke off")]
    Broken {
        /// The cause, unless it just ended.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// It is no answer of this protocol.
    #[error("the language model's server answered something that is no chat completion ({what}); check the base URL")]
    Unreadable {
        /// What is wrong with it.
        what: String,
    },
    /// The answer has more bytes than the limit.
    #[error("the language model's answer is longer than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// The answer reached the limit in tokens.
    #[error("the language model's answer was cut off at its longest length")]
    Cut,
    /// The provider's filter held the answer back.
    #[error("the provider's content filter held the language model's answer back")]
    Filtered,
    /// The model declined to answer.
    #[error("the language model declined to answer")]
    Declined {
        /// Its own words. They may repeat what was said, so they are for the user and not for the log.
        words: String,
    },
}

fn shown(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

impl Error {
    /// Whether asking the same again may help.
    pub fn passes(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Busy { .. } | Self::Failed { .. } | Self::Slow { .. } | Self::Broken { .. } => true,
            Self::Config { .. }
            | Self::Key { .. }
            | Self::NotFound { .. }
            | Self::Quota
            | Self::Refused { .. }
            | Self::Unreadable { .. }
            | Self::TooLong { .. }
            | Self::Cut
            | Self::Filtered
            | Self::Declined { .. } => false,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        if let Self::Busy { retry_after } = self { *retry_after } else { None }
    }
}

/// What an answer that is no success means.
pub(crate) async fn read(mut response: Response, model: &str, host: &str, key: Option<&str>) -> Error {
    let status = response.status();
    let now = jiff::Timestamp::now();
    let retry_after =
        response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|value| wait(value, now));
    let mut body = Vec::new();
    // Whatever can be read of it helps.
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk[..chunk.len().min(REFUSAL_MAX - body.len())]);
        if body.len() >= REFUSAL_MAX {
            break;
        }
    }
    let said = Said::read(&body, key);
    let (host, message, code) = (host.to_owned(), said.message, status.as_u16());
    match status {
        // Its words may repeat a part of the key.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Error::Key { status: code, host },
        StatusCode::NOT_FOUND => Error::NotFound { host, model: model.to_owned() },
        StatusCode::PAYMENT_REQUIRED => Error::Quota,
        StatusCode::TOO_MANY_REQUESTS if said.code == "insufficient_quota" => Error::Quota,
        StatusCode::TOO_MANY_REQUESTS => Error::Busy { retry_after },
        StatusCode::SERVICE_UNAVAILABLE if retry_after.is_some() => Error::Busy { retry_after },
        StatusCode::REQUEST_TIMEOUT => Error::Failed { status: code, message },
        status if status.is_server_error() => Error::Failed { status: code, message },
        status if status.is_redirection() => {
            let message = "it wants to redirect elsewhere; configure the base URL that it redirects to".into();
            Error::Refused { status: code, message }
        }
        _ => Error::Refused { status: code, message },
    }
}

/// What a server says about a failure.
pub(crate) struct Said {
    pub(crate) message: String,
    code: String,
}

impl Said {
    /// Reads the usual shapes: `{"error": {"message", "code"}}`, `{"error": "…"}`, `{"message"}`, `{"detail"}`, plain text.
    pub(crate) fn read(body: &[u8], key: Option<&str>) -> Self {
        match serde_json::from_slice::<Value>(body) {
            Ok(json) => Self::of(json.get("error").unwrap_or(&json), key),
            Err(_) => Self { message: tidy(&String::from_utf8_lossy(body), key), code: String::new() },
        }
    }

    pub(crate) fn of(error: &Value, key: Option<&str>) -> Self {
        let words = |name: &str| error.get(name).and_then(Value::as_str);
        let message = error.as_str().or_else(|| words("message")).or_else(|| words("detail")).unwrap_or_default();
        Self { message: tidy(message, key), code: words("code").or_else(|| words("type")).unwrap_or_default().to_owned() }
    }
}

fn tidy(message: &str, key: Option<&str>) -> String {
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let message = key.map_or_else(|| message.clone(), |key| message.replace(key, "[key]"));
    message.chars().filter(|c| !c.is_control()).take(SHOWN_MAX).collect()
}

/// A `Retry-After`: seconds, or a date.
fn wait(value: &str, now: jiff::Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let then = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(then.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        let now: jiff::Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        for (value, seconds) in [
            ("3", Some(3)),
            (" 0 ", Some(0)),
            ("Sat, 21 Nov 2026 12:00:07 GMT", Some(7)),
            ("Sat, 21 Nov 2026 11:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("1e300", None),
        ] {
            assert_eq!(wait(value, now), seconds.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn the_words_of_a_refusal_are_found_without_the_key() {
        for (body, message) in [
            (r#"{"error":{"message":"No  key sk-1\nhere","code":"x"}}"#, "No key [key] here"),
            (r#"{"error":"model not loaded"}"#, "model not loaded"),
            (r#"{"detail":"Not allowed"}"#, "Not allowed"),
            ("<html>Bad gateway</html>", "<html>Bad gateway</html>"),
            ("[1]", ""),
        ] {
            assert_eq!(Said::read(body.as_bytes(), Some("sk-1")).message, message);
        }
        assert_eq!(Said::read("x".repeat(1_000).as_bytes(), None).message.len(), SHOWN_MAX);
    }
}
