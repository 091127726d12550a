//! A client of any endpoint that speaks OpenAI's chat completions: `POST {base URL}/chat/completions`.
//!
//! One question, one answer: [`ChatModel::ask`]. The answer is read as a stream, so that a model that does not begin in time is
//! given up early, and is handed over whole, so that a try that broke off can be repeated without anybody having seen half of it.
//! It is written strictly and read leniently, because servers that call themselves compatible differ in what they leave out.

mod answer;
mod body;
mod dialect;
mod error;
#[cfg(test)]
mod fuzz;
mod request;
mod retry;
mod stream;

pub use answer::{Answer, FunctionCall};
pub use error::Error;
pub use request::{Function, Message, Request, Shape};

use dialect::Dialect;
use reqwest::{Client, header, redirect};
use std::{fmt, sync::Arc, time::Duration};
use tokio::time::{Instant, timeout_at};
use url::Url;

/// Which model is asked, and where.
#[derive(Clone)]
pub struct Config {
    /// What `/chat/completions` is appended to, with the version: `https://api.openai.com/v1`.
    pub base_url: Url,
    /// Sent as a bearer token; `None` for servers that ask for none. Never logged.
    pub key: Option<String>,
    /// The model's name as the server knows it.
    pub model: String,
    /// How long and how much.
    pub limits: Limits,
}

/// Without the key.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base_url, key: _, model, limits } = self;
        f.debug_struct("Config")
            .field("base_url", &base_url.as_str())
            .field("model", model)
            .field("limits", limits)
            .finish_non_exhaustive()
    }
}

/// The limits of one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a connection may take to come about.
    pub connect: Duration,
    /// How long one try may take to the first word of its answer.
    pub first_token: Duration,
    /// How long the question may take in all, repetitions included.
    pub total: Duration,
    /// How often it is asked at most; at least once.
    pub tries: u32,
    /// The wait before the first repetition; it doubles with each, and is shortened at random by up to a half.
    pub back_off: Duration,
    /// The longest wait that a server's `Retry-After` is heeded for; it is not asked again if it wants a longer one.
    pub retry_after_max: Duration,
    /// The longest answer, in tokens; those that a model thinks in count as well.
    pub tokens_max: u32,
    /// The longest answer on the wire, in bytes.
    pub bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            first_token: Duration::from_secs(8),
            total: Duration::from_secs(12),
            tries: 3,
            back_off: Duration::from_millis(300),
            retry_after_max: Duration::from_secs(5),
            tokens_max: 2_000,
            bytes_max: 1024 * 1024,
        }
    }
}

/// A model at an endpoint; cheap to clone.
#[derive(Clone)]
pub struct ChatModel {
    client: Client,
    endpoint: Url,
    key: Option<Arc<str>>,
    model: Arc<str>,
    limits: Limits,
    dialect: Arc<Dialect>,
}

/// Without the key.
impl fmt::Debug for ChatModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatModel").field("endpoint", &self.endpoint.as_str()).field("model", &self.model).finish_non_exhaustive()
    }
}

impl ChatModel {
    /// A client of the model. Asks nothing yet.
    ///
    /// # Errors
    /// [`Error::Config`] if the configuration cannot be used. The process must have installed a `rustls` provider.
    pub fn new(config: Config) -> Result<Self, Error> {
        let Config { base_url, key, model, limits } = config;
        let wrong = |message: &str| Error::Config { message: message.into() };
        if !matches!(base_url.scheme(), "http" | "https") {
            return Err(wrong("the base URL of the model must begin with https:// or http://"));
        }
        if !base_url.username().is_empty() || base_url.password().is_some() {
            return Err(wrong("the base URL of the model must not have a user or password in it; give the key by itself"));
        }
        if model.trim().is_empty() {
            return Err(wrong("the model has no name"));
        }
        let key = key.filter(|key| !key.is_empty());
        if key.as_deref().is_some_and(|key| header::HeaderValue::from_str(key).is_err()) {
            return Err(wrong("the model's key has characters that no key has; was a line break copied with it?"));
        }
        let local = is_loopback(&base_url);
        if key.is_some() && base_url.scheme() == "http" && !local {
            tracing::warn!(host = base_url.host_str(), "the key of the model is sent without encryption; use https");
        }
        let builder = Client::builder()
            .connect_timeout(limits.connect)
            // Following one would send what users say to where nobody configured it.
            .redirect(redirect::Policy::none())
            // What is repeated is decided here alone.
            .retry(reqwest::retry::never());
        let builder = if local { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|_| wrong("TLS could not be set up for the model's client"))?;
        let mut endpoint = base_url;
        endpoint
            .path_segments_mut()
            .map_err(|()| wrong("the base URL of the model must be like https://api.openai.com/v1"))?
            .pop_if_empty()
            .extend(["chat", "completions"]);
        Ok(Self { client, endpoint, key: key.map(Arc::from), model: model.into(), limits, dialect: Arc::default() })
    }

    /// The model's name.
    pub fn name(&self) -> &str {
        &self.model
    }

    /// Asks, and asks again after failures that pass, within the limits.
    ///
    /// # Errors
    /// See [`Error`]. The request may have been answered, and paid for, even if an error is returned.
    pub async fn ask(&self, request: &Request) -> Result<Answer, Error> {
        let began = Instant::now();
        let deadline = began + self.limits.total;
        let tries = retry::repeat(&self.limits, deadline, || self.ask_once(request));
        let answer = timeout_at(deadline, tries)
            .await
            .unwrap_or_else(|_| Err(Error::Slow { what: "finish its answer", limit: self.limits.total }));
        match &answer {
            Ok(answer) => tracing::debug!(
                model = self.name(),
                ms = began.elapsed().as_millis(),
                chars = answer.text.len(),
                "the model has answered"
            ),
            Err(error) => {
                tracing::debug!(model = self.name(), ms = began.elapsed().as_millis(), %error, "the model has not answered")
            }
        }
        answer
    }

    /// One try, in as many forms as the server needs to understand the request.
    async fn ask_once(&self, request: &Request) -> Result<Answer, Error> {
        loop {
            let form = self.dialect.form();
            match self.send(&body::write(request, &self.model, self.limits.tokens_max, form)).await {
                Err(Error::Refused { status, message }) if self.dialect.adapt(form, &message) => {
                    tracing::info!(status, form = ?self.dialect.form(), "the model's server does not know a parameter; it is told in another form");
                }
                other => return other,
            }
        }
    }

    async fn send(&self, body: &serde_json::Value) -> Result<Answer, Error> {
        let limit = self.limits.first_token;
        let begin_by = Instant::now() + limit;
        let request =
            self.client.post(self.endpoint.clone()).header(header::ACCEPT, "text/event-stream, application/json").json(body);
        let request = match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        };
        let response = match timeout_at(begin_by, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(source)) if source.is_connect() => {
                return Err(Error::Unreachable { host: self.host(), source: source.without_url() });
            }
            Ok(Err(source)) => return Err(Error::Broken { source: Some(Box::new(source.without_url())) }),
            Err(_) => return Err(Error::Slow { what: "begin its answer", limit }),
        };
        if !response.status().is_success() {
            // A server that stalls in its own refusal is cut by the same limit.
            let host = self.host();
            let refusal = error::read(response, &self.model, &host, self.key.as_deref());
            return Err(timeout_at(begin_by, refusal).await.unwrap_or(Error::Slow { what: "begin its answer", limit }));
        }
        stream::read(response, &self.limits, begin_by).await
    }

    fn host(&self) -> String {
        let host = self.endpoint.host_str().unwrap_or_default();
        self.endpoint.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
