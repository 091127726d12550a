//! The engine over HTTP, as its page uses it.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;
use types::{
    AnswerRequest, ConversationId, ErrorBody, InstructionRequest, PlanId, VoiceChoice,
    chat::{About, ChatRequest, ChatResponse, ConversationView, Decision},
};
use url::{Host, Url};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than the engine itself waits for its graph and for an order.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// How long what the user tells a live call may take: the callee waits.
const TELL_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer that is read: a conversation with its calls.
const ANSWER_MAX: usize = 4 * 1024 * 1024;

/// Why the engine could not be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The client could not be made.
    #[error("could not set up the client for the engine")]
    Client(#[source] reqwest::Error),
    /// No connection came about.
    #[error("the engine at {url} cannot be reached; start it with `ringback serve`, or give another with --engine")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The connection broke, or no answer came in time.
    #[error("the engine at {url} did not answer")]
    Silent {
        /// Where.
        url: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// It refused, and said why.
    #[error("the engine at {url} refused: {} ({})", .body.message, .body.code)]
    Refused {
        /// Where.
        url: String,
        /// The status.
        status: StatusCode,
        /// The answer.
        body: Box<ErrorBody>,
    },
    /// It answered something else; perhaps it is no engine.
    #[error("what answers at {url} is no Ringback engine (status {status})")]
    Unreadable {
        /// Where.
        url: String,
        /// The status.
        status: StatusCode,
    },
}

/// A client of an engine; cheap to clone.
#[derive(Clone)]
pub(crate) struct Engine {
    http: Client,
    base: Url,
    token: Option<String>,
}

impl Engine {
    pub(crate) fn new(base: Url, token: Option<String>) -> Result<Self, Error> {
        let mut builder = Client::builder().connect_timeout(CONNECT_TIMEOUT).redirect(redirect::Policy::none());
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        Ok(Self { http: builder.build().map_err(Error::Client)?, base, token })
    }

    pub(crate) async fn about(&self, within: Duration) -> Result<About, Error> {
        self.ask(self.request(Method::GET, &["about"]).timeout(within)).await
    }

    /// Begins a conversation whose calls sound as chosen.
    pub(crate) async fn begin(&self, message: &str, choice: &VoiceChoice) -> Result<ChatResponse, Error> {
        self.chat(None, message, (!choice.is_empty()).then(|| choice.clone())).await
    }

    pub(crate) async fn say(&self, to: &ConversationId, message: &str) -> Result<ChatResponse, Error> {
        self.chat(Some(to), message, None).await
    }

    async fn chat(
        &self,
        to: Option<&ConversationId>,
        message: &str,
        voice_choice: Option<VoiceChoice>,
    ) -> Result<ChatResponse, Error> {
        let request = ChatRequest {
            message: message.into(),
            conversation_id: to.cloned(),
            message_id: Some(uuid::Uuid::new_v4().to_string()),
            voice_choice,
            user_id: None,
        };
        self.ask(self.request(Method::POST, &["chat"]).json(&request)).await
    }

    pub(crate) async fn conversation(&self, id: &ConversationId) -> Result<ConversationView, Error> {
        self.ask(self.request(Method::GET, &["conversations", id.as_str()])).await
    }

    pub(crate) async fn delete(&self, id: &ConversationId) -> Result<(), Error> {
        self.send(self.request(Method::DELETE, &["conversations", id.as_str()]).timeout(ANSWER_TIMEOUT)).await.map(drop)
    }

    pub(crate) async fn decide(&self, id: &ConversationId, plan: &PlanId, decision: &Decision) -> Result<ChatResponse, Error> {
        self.ask(self.request(Method::POST, &["conversations", id.as_str(), "plans", plan.as_str()]).json(decision)).await
    }

    pub(crate) async fn hang_up(&self, id: &ConversationId, attempt: u32) -> Result<(), Error> {
        let path = ["conversations", id.as_str(), "calls", &attempt.to_string(), "hangup"];
        self.send(self.request(Method::POST, &path).timeout(ANSWER_TIMEOUT)).await.map(drop)
    }

    pub(crate) async fn answer(&self, id: &ConversationId, attempt: u32, answer: &AnswerRequest) -> Result<(), Error> {
        self.tell(id, attempt, "answer", answer).await
    }

    pub(crate) async fn instruct(&self, id: &ConversationId, attempt: u32, what: &InstructionRequest) -> Result<(), Error> {
        self.tell(id, attempt, "instruction", what).await
    }

    async fn tell(&self, id: &ConversationId, attempt: u32, what: &str, body: &impl Serialize) -> Result<(), Error> {
        let path = ["conversations", id.as_str(), "calls", &attempt.to_string(), what];
        self.send(self.request(Method::POST, &path).json(body).timeout(TELL_TIMEOUT)).await.map(drop)
    }

    /// Opens an event stream, after the event with the id `last`.
    pub(super) async fn events(&self, path: &[String], last: Option<&str>) -> Result<Response, Error> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let mut request = self.request(Method::GET, &path).header("Accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        self.send(request).await
    }

    fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let request = self.http.request(method, url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Error> {
        let response = self.send(request.timeout(ANSWER_TIMEOUT)).await?;
        let status = response.status();
        let body = self.body(response).await?;
        serde_json::from_slice(&body).map_err(|_| Error::Unreadable { url: self.base.to_string(), status })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Error> {
        let response = request.send().await.map_err(|source| {
            let (url, connect) = (self.base.to_string(), source.is_connect());
            let source = source.without_url();
            if connect { Error::Unreachable { url, source } } else { Error::Silent { url, source } }
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let body = self.body(response).await?;
        let url = self.base.to_string();
        Err(match serde_json::from_slice(&body) {
            Ok(body) => Error::Refused { url, status, body },
            Err(_) => Error::Unreadable { url, status },
        })
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, Error> {
        let silent = |source: reqwest::Error| Error::Silent { url: self.base.to_string(), source: source.without_url() };
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(silent)? {
            if body.len() + chunk.len() > ANSWER_MAX {
                return Err(Error::Unreadable { url: self.base.to_string(), status: response.status() });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
