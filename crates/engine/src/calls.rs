//! The call handler over HTTP. Nobody else here knows its routes.

use async_trait::async_trait;
use bytes::BytesMut;
use graph::task::{Calls, HangUpError, PlaceError, StatusError, TellError};
use http::StatusCode;
use reqwest::{Client, RequestBuilder, Response, redirect};
use serde::de::DeserializeOwned;
use std::{fmt, time::Duration};
use types::{AnswerRequest, CallView, ErrorBody, Estimated, IdempotencyKey, InstructionRequest, Order, OrderAccepted, OrderId};
use url::Url;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a question may take to be answered, or a stream to begin.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long what a call may cost is waited for, while the user waits for the plan.
const ESTIMATE_TIMEOUT: Duration = Duration::from_secs(3);
/// Longer than any call.
const CALL_LONGEST: Duration = Duration::from_secs(2 * 60 * 60);
/// The largest answer that is read: a call's view with its whole transcript.
const ANSWER_MAX: usize = 1024 * 1024;

/// Why the call handler could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client could not be made; TLS is not set up.
    #[error("could not set up the client for the call handler")]
    Client(#[source] reqwest::Error),
    /// No connection came about: nothing was sent.
    #[error("the call handler at {url} cannot be reached")]
    Unreachable {
        /// Its base URL.
        url: Url,
        /// The cause.
        #[source]
        source: reqwest::Error,
    },
    /// The connection broke, or no answer came in time: what was sent may have arrived.
    #[error("the call handler at {url} did not answer")]
    Silent {
        /// Its base URL.
        url: Url,
        /// The cause, unless it was the time.
        #[source]
        source: Option<reqwest::Error>,
    },
    /// It answered something that is not in its contract.
    #[error("the call handler at {url} answered {status} with something that cannot be read")]
    Unreadable {
        /// Its base URL.
        url: Url,
        /// The answer's status.
        status: StatusCode,
    },
}

/// A client of the call handler; cheap to clone.
#[derive(Clone)]
pub struct Handler {
    client: Client,
    base: Url,
    token: Option<String>,
    order_timeout: Duration,
}

/// Without the token.
impl fmt::Debug for Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handler").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Handler {
    /// A client for the handler at `base`.
    ///
    /// # Errors
    /// If TLS cannot be set up. The process must have installed a `rustls` provider.
    pub fn new(base: Url, token: Option<String>, order_timeout: Duration) -> Result<Self, Error> {
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            // Neither a redirect nor a proxy may come between the engine and its handler.
            .redirect(redirect::Policy::none())
            .no_proxy()
            // A fresh connection for each request: a failure to connect then means that nothing was sent.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(Error::Client)?;
        Ok(Self { client, base, token, order_timeout })
    }

    /// Opens the event stream of a call, after the event with the number `last`.
    pub async fn events(&self, order_id: &OrderId, last: Option<&str>) -> Result<Response, Error> {
        let mut request = self.client.get(self.url(&["calls", order_id.as_str(), "events"]));
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        self.send(request.header("Accept", "text/event-stream"), ANSWER_TIMEOUT).await
    }

    /// Opens the live audio of a call.
    pub async fn audio(&self, order_id: &OrderId) -> Result<Response, Error> {
        self.send(self.client.get(self.url(&["calls", order_id.as_str(), "audio"])), ANSWER_TIMEOUT).await
    }

    /// Opens the recording of a call, or the part of it that `range` names.
    pub async fn recording(&self, order_id: &OrderId, range: Option<&str>) -> Result<Response, Error> {
        let mut request = self.client.get(self.url(&["calls", order_id.as_str(), "recording"]));
        if let Some(range) = range {
            request = request.header("Range", range);
        }
        self.send(request, ANSWER_TIMEOUT).await
    }

    /// Has the recording of a call deleted.
    pub async fn delete_recording(&self, order_id: &OrderId) -> Result<Response, Error> {
        self.send(self.client.delete(self.url(&["calls", order_id.as_str(), "recording"])), ANSWER_TIMEOUT).await
    }

    /// Asks for a call to be hung up, and answers what the handler answered.
    pub async fn ask_to_hang_up(&self, order_id: &OrderId) -> Result<Response, Error> {
        self.send(self.client.post(self.url(&["calls", order_id.as_str(), "hangup"])), ANSWER_TIMEOUT).await
    }

    /// Sends the user's answer to a question of a call, and answers what the handler answered.
    pub async fn send_answer(&self, order_id: &OrderId, answer: &AnswerRequest) -> Result<Response, Error> {
        self.send(self.client.post(self.url(&["calls", order_id.as_str(), "answer"])).json(answer), ANSWER_TIMEOUT).await
    }

    /// Sends the user's instruction to a call, and answers what the handler answered.
    pub async fn send_instruction(&self, order_id: &OrderId, instruction: &InstructionRequest) -> Result<Response, Error> {
        self.send(self.client.post(self.url(&["calls", order_id.as_str(), "instruction"])).json(instruction), ANSWER_TIMEOUT)
            .await
    }

    /// Takes a call over: `voice` goes to the callee as it comes, and its end hands back. The answer comes when that is over, so
    /// it is waited for as long as the call lasts.
    pub async fn speak(&self, order_id: &OrderId, voice: reqwest::Body) -> Result<Response, Error> {
        let request = self.client.post(self.url(&["calls", order_id.as_str(), "voice"]));
        let request = request.header("Content-Type", "application/octet-stream").body(voice);
        self.send(request, CALL_LONGEST).await
    }

    /// Why the handler has refused something.
    pub async fn problem(&self, refused: Response) -> Result<ErrorBody, Error> {
        self.read(refused).await
    }

    async fn told(&self, answered: Result<Response, Error>) -> Result<(), TellError> {
        let unavailable = |error: Error| TellError::Unavailable { message: error.to_string() };
        let response = answered.map_err(unavailable)?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let answer: ErrorBody = self.read(response).await.map_err(unavailable)?;
        Err(match (answer.code.as_str(), status.is_client_error()) {
            ("already_ended" | "not_found", _) => TellError::Ended,
            ("too_late", _) => TellError::TooLate,
            ("already_answered", _) => TellError::Answered,
            (_, true) => TellError::Refused { message: answer.message },
            (_, false) => TellError::Unavailable { message: answer.message },
        })
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// Returns once the head of the answer is there.
    async fn send(&self, mut request: RequestBuilder, timeout: Duration) -> Result<Response, Error> {
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let url = || self.base.clone();
        match tokio::time::timeout(timeout, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(source)) if source.is_connect() || source.is_builder() => Err(Error::Unreachable { url: url(), source }),
            Ok(Err(source)) => Err(Error::Silent { url: url(), source: Some(source) }),
            Err(_) => Err(Error::Silent { url: url(), source: None }),
        }
    }

    /// Reads a JSON answer of bounded size.
    async fn read<T: DeserializeOwned>(&self, mut response: Response) -> Result<T, Error> {
        let status = response.status();
        let unreadable = || Error::Unreadable { url: self.base.clone(), status };
        let mut body = BytesMut::new();
        let whole = async {
            while let Some(chunk) = response.chunk().await? {
                if body.len() + chunk.len() > ANSWER_MAX {
                    return Ok(false);
                }
                body.extend_from_slice(&chunk);
            }
            Ok::<_, reqwest::Error>(true)
        };
        match tokio::time::timeout(ANSWER_TIMEOUT, whole).await {
            Ok(Ok(true)) => serde_json::from_slice(&body).map_err(|_| unreadable()),
            Ok(Ok(false)) => Err(unreadable()),
            Ok(Err(source)) => Err(Error::Silent { url: self.base.clone(), source: Some(source) }),
            Err(_) => Err(Error::Silent { url: self.base.clone(), source: None }),
        }
    }

    async fn refusal(&self, response: Response) -> PlaceError {
        let status = response.status();
        let Ok(error) = self.read::<ErrorBody>(response).await else {
            return unclear(&Error::Unreadable { url: self.base.clone(), status });
        };
        let ErrorBody { code, message, field } = error;
        match status {
            // The handler says so itself: it, or the carrier, refused before anything was dialled.
            StatusCode::BAD_GATEWAY => PlaceError::Refused { code, message, field },
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => PlaceError::Unavailable { message },
            status if status.is_client_error() => PlaceError::Refused { code, message, field },
            _ => PlaceError::Unclear { message },
        }
    }
}

fn unclear(error: &Error) -> PlaceError {
    PlaceError::Unclear { message: format!("{error}; it is not known whether the order was taken") }
}

#[async_trait]
impl Calls for Handler {
    fn order_url(&self) -> String {
        self.url(&["order"]).into()
    }

    async fn place_order(&self, order: &Order, key: &IdempotencyKey) -> Result<OrderAccepted, PlaceError> {
        let request = self.client.post(self.url(&["order"])).header("Idempotency-Key", key.as_str()).json(order);
        crash_point::reach("engine.before_order");
        let response = match self.send(request, self.order_timeout).await {
            Ok(response) => {
                crash_point::reach("engine.after_order");
                response
            }
            Err(error @ Error::Unreachable { .. }) => {
                log(key, None, &error);
                return Err(PlaceError::Unavailable { message: format!("{error}; nothing was dialled. Is it running?") });
            }
            Err(error) => {
                log(key, None, &error);
                return Err(unclear(&error));
            }
        };
        let status = response.status();
        if status.is_success() {
            let accepted: OrderAccepted = self.read(response).await.map_err(|error| {
                log(key, Some(status), &error);
                unclear(&error)
            })?;
            tracing::info!(
                key = key.as_str(), status = status.as_u16(), order_id = %accepted.order_id, call_sid = %accepted.call_sid,
                "the call handler has accepted the order"
            );
            return Ok(accepted);
        }
        let refusal = self.refusal(response).await;
        log(key, Some(status), &refusal);
        Err(refusal)
    }

    async fn estimate(&self, order: &Order) -> Result<Estimated, StatusError> {
        let failed = |error: Error| StatusError { message: error.to_string() };
        let request = self.client.post(self.url(&["estimate"])).json(order);
        let response = self.send(request, ESTIMATE_TIMEOUT).await.map_err(failed)?;
        if response.status().is_success() {
            return self.read(response).await.map_err(failed);
        }
        let answer: ErrorBody = self.read(response).await.map_err(failed)?;
        Err(StatusError { message: answer.message })
    }

    async fn order_status(&self, key: &IdempotencyKey) -> Result<Option<CallView>, StatusError> {
        let failed = |error: Error| StatusError { message: error.to_string() };
        let request = self.client.get(self.url(&["order", key.as_str()]));
        let response = self.send(request, ANSWER_TIMEOUT).await.map_err(failed)?;
        let status = response.status();
        if status.is_success() {
            return self.read(response).await.map(Some).map_err(failed);
        }
        let answer: ErrorBody = self.read(response).await.map_err(failed)?;
        // Any other 404 may come from something that is not the handler, and must not pass for its word.
        if status == StatusCode::NOT_FOUND && answer.code == "not_found" {
            return Ok(None);
        }
        Err(StatusError { message: answer.message })
    }

    async fn answer(&self, order_id: &OrderId, question_id: &str, text: &str) -> Result<(), TellError> {
        let request = AnswerRequest { question_id: question_id.to_owned(), text: text.to_owned() };
        self.told(self.send_answer(order_id, &request).await).await
    }

    async fn instruct(&self, order_id: &OrderId, instruction_id: &str, text: &str) -> Result<(), TellError> {
        let request = InstructionRequest { text: text.to_owned(), instruction_id: Some(instruction_id.to_owned()) };
        self.told(self.send_instruction(order_id, &request).await).await
    }

    async fn hang_up(&self, order_id: &OrderId) -> Result<(), HangUpError> {
        let unavailable = |error: Error| HangUpError::Unavailable { message: error.to_string() };
        let response = self.ask_to_hang_up(order_id).await.map_err(unavailable)?;
        match response.status() {
            status if status.is_success() => Ok(()),
            StatusCode::CONFLICT => Err(HangUpError::AlreadyEnded),
            _ => {
                let answer: ErrorBody = self.read(response).await.map_err(unavailable)?;
                Err(HangUpError::Unavailable { message: answer.message })
            }
        }
    }
}

fn log(key: &IdempotencyKey, status: Option<StatusCode>, error: &(dyn std::error::Error + 'static)) {
    let status = status.map(|status| status.as_u16());
    tracing::warn!(key = key.as_str(), status, error, "the call handler has not accepted the order");
}

#[cfg(test)]
mod tests;
