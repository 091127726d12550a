//! The carrier's REST API. Tells apart what was refused for certain from what cannot be told.
//!
//! *Invariant:* a call is asked for only by [`Carrier::create`], and only `call::dial` calls that.

use crate::config::Config;
use crate::error::with_causes;
use crate::public::PublicUrl;
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use session::{CallProgress, CarrierVerdict};
use std::time::Duration;
use types::{CallSid, Disposition, Order, OrderId, PhoneNumber};
use url::Url;
use wire::rest::{
    AnsweredBy, Call, CallPage, CallStatus, CallbackEvent, CreateCall, ErrorBody, ErrorCode, ListCalls, MachineDetection,
    UpdateCall,
};
use wire::twiml::Document;

/// What is added to the order's own limit for the carrier's, so that the agent can say goodbye first.
const TIME_LIMIT_SLACK_S: u32 = 30;
/// How long the carrier tries to find out who has answered; a greeting is waited for no longer here either.
const MACHINE_DETECTION_S: u32 = 59;
/// The longest answer that is read, bytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// How many calls a look-up considers.
const LISTED_MAX: u32 = 50;

/// What the carrier answered, when it did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// It refused for certain, or was not reached at all: nothing was done.
    #[error("{0}")]
    Refused(String),
    /// It was too busy and did nothing.
    #[error("the carrier is asked too often")]
    Throttled,
    /// It does not know the call.
    #[error("the carrier does not know the call")]
    NotFound,
    /// The call is over already.
    #[error("the call is over already")]
    Over,
    /// It may or may not have done what was asked.
    #[error("{0}")]
    Unclear(String),
}

/// The client; cheap to clone.
#[derive(Clone)]
pub(crate) struct Carrier {
    http: Client,
    base: Url,
    account_sid: String,
    auth_token: String,
    from: PhoneNumber,
    machine_detection: bool,
    timeout: Duration,
}

impl Carrier {
    pub(crate) fn new(config: &Config) -> Result<Self, reqwest::Error> {
        let http = Client::builder()
            .connect_timeout(config.timing.carrier_timeout.min(Duration::from_secs(5)))
            // The carrier never redirects its API; following one could ask twice.
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()?;
        Ok(Self {
            http,
            base: config.carrier_url.clone(),
            account_sid: config.account_sid.clone(),
            auth_token: config.auth_token.clone(),
            from: config.from_number.clone(),
            machine_detection: config.machine_detection,
            timeout: config.timing.carrier_timeout,
        })
    }

    /// Asks for a call. Sends one request.
    pub(crate) async fn create(&self, order_id: &OrderId, order: &Order, public: &PublicUrl) -> Result<CallSid, Error> {
        let detects = self.machine_detection;
        let form = CreateCall {
            to: order.target_phone_number.as_str().into(),
            from: self.from.as_str().into(),
            url: Some(public.twiml(order_id)),
            status_callback: Some(public.status(order_id)),
            status_callback_event: vec![
                CallbackEvent::Initiated,
                CallbackEvent::Ringing,
                CallbackEvent::Answered,
                CallbackEvent::Completed,
            ],
            timeout_s: Some(order.limits.answer_timeout_s),
            time_limit_s: Some(order.limits.call_max_s + TIME_LIMIT_SLACK_S),
            // In the background, so that nobody who picks up waits for it; and at the greeting's end, so that a message fits.
            machine_detection: detects.then_some(MachineDetection::DetectMessageEnd),
            machine_detection_timeout_s: detects.then_some(MACHINE_DETECTION_S),
            async_amd: detects,
            async_amd_status_callback: detects.then(|| public.answered(order_id)),
            ..CreateCall::default()
        };
        let call: Call = self.ask(self.http.post(self.calls_url()).form(&form.to_pairs())).await?;
        if call.sid.is_empty() {
            return Err(Error::Unclear("the carrier took the call but did not name it".into()));
        }
        Ok(CallSid::new(call.sid))
    }

    /// How a call gets on.
    pub(crate) async fn fetch(&self, call_sid: &CallSid) -> Result<Call, Error> {
        self.ask(self.http.get(self.call_url(call_sid))).await
    }

    /// Ends a call, whatever it does. [`Error::Over`] if it has ended already.
    pub(crate) async fn hang_up(&self, call_sid: &CallSid) -> Result<Call, Error> {
        self.ask(self.http.post(self.call_url(call_sid)).form(&UpdateCall::hang_up().to_pairs())).await
    }

    /// Makes an answered call go on with this document, in place of what it does. [`Error::Over`] if it has ended already.
    pub(crate) async fn redirect(&self, call_sid: &CallSid, document: &Document) -> Result<Call, Error> {
        let update = UpdateCall { twiml: Some(document.write()), ..UpdateCall::default() };
        self.ask(self.http.post(self.call_url(call_sid)).form(&update.to_pairs())).await
    }

    /// The latest calls from us to a number since a moment (Unix milliseconds).
    pub(crate) async fn list(&self, to: &PhoneNumber, since_ms: u64) -> Result<Vec<Call>, Error> {
        let since = i64::try_from(since_ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
        let query = ListCalls {
            to: Some(to.as_str().into()),
            from: Some(self.from.as_str().into()),
            // The carrier compares days.
            start_time_after: since.map(|at| at.strftime("%Y-%m-%d").to_string()),
            page_size: Some(LISTED_MAX),
            ..ListCalls::default()
        };
        let page: CallPage = self.ask(self.http.get(self.calls_url()).query(&query.to_pairs())).await?;
        // Calls that have not been answered have no start; what is older than the order cannot be its call.
        let old = |call: &Call| matches!((created_ms(call), since_ms.checked_sub(5_000)), (Some(at), Some(since)) if at < since);
        Ok(page.calls.into_iter().filter(|call| !old(call)).collect())
    }

    /// Whether the carrier has fetched or called back an address of this order for the call.
    pub(crate) async fn call_names_order(&self, call_sid: &CallSid, order_id: &OrderId) -> Result<bool, Error> {
        let path = wire::rest::call_path(&self.account_sid, call_sid.as_str()).replace(".json", "/Events.json");
        let events: serde_json::Value = self.ask(self.http.get(self.url(&path))).await?;
        Ok(events.to_string().contains(order_id.as_str()))
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Error> {
        let request = request.basic_auth(&self.account_sid, Some(&self.auth_token)).timeout(self.timeout);
        let mut answer = request.send().await.map_err(|error| {
            // Before the connection stands nothing can have been sent.
            let unsent = error.is_connect() || error.is_builder();
            let text = with_causes(&error.without_url());
            if unsent {
                Error::Refused(format!("the carrier cannot be reached: {text}"))
            } else {
                Error::Unclear(format!("the carrier did not answer: {text}"))
            }
        })?;
        let status = answer.status();
        let mut body = Vec::new();
        loop {
            match answer.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= ANSWER_BYTES_MAX => body.extend_from_slice(&chunk),
                Ok(Some(_)) => return Err(Error::Unclear("the carrier's answer is too long".into())),
                Ok(None) => break,
                Err(error) => return Err(Error::Unclear(format!("the carrier's answer broke off: {}", with_causes(&error)))),
            }
        }
        if status.is_success() {
            return serde_json::from_slice(&body)
                .map_err(|error| Error::Unclear(format!("the carrier's answer cannot be read: {error}")));
        }
        Err(refusal(status, &body))
    }

    fn calls_url(&self) -> Url {
        self.url(&wire::rest::calls_path(&self.account_sid))
    }

    fn call_url(&self, call_sid: &CallSid) -> Url {
        self.url(&wire::rest::call_path(&self.account_sid, call_sid.as_str()))
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        url
    }
}

/// What an answer other than success means.
fn refusal(status: StatusCode, body: &[u8]) -> Error {
    let told = serde_json::from_slice::<ErrorBody>(body).ok().filter(|body| !body.message.is_empty());
    let text = match &told {
        Some(body) => format!("{} (carrier error {})", body.message, body.code),
        None => format!("the carrier answered {status}"),
    };
    if told.is_some_and(|body| ErrorCode::of(body.code) == Some(ErrorCode::InvalidCallState)) {
        return Error::Over;
    }
    match status {
        StatusCode::TOO_MANY_REQUESTS => Error::Throttled,
        StatusCode::NOT_FOUND => Error::NotFound,
        StatusCode::REQUEST_TIMEOUT => Error::Unclear(text),
        // A redirect means that nobody took the request: the address is not the API's.
        status if status.is_client_error() || status.is_redirection() => Error::Refused(text),
        _ => Error::Unclear(text),
    }
}

/// When the carrier took a call, Unix milliseconds.
fn created_ms(call: &Call) -> Option<u64> {
    unix_ms_of(call.date_created.as_deref()?)
}

/// When a call began, Unix milliseconds; not after its answer.
pub(crate) fn started_ms(call: &Call) -> Option<u64> {
    unix_ms_of(call.start_time.as_deref()?)
}

fn unix_ms_of(rfc2822: &str) -> Option<u64> {
    let at = jiff::fmt::rfc2822::parse(rfc2822).ok()?;
    u64::try_from(at.timestamp().as_millisecond()).ok()
}

/// A status of the carrier in the session's words; `None` for what did not exist when this was written.
pub(crate) fn progress(status: CallStatus, duration_s: Option<u32>) -> Option<CallProgress> {
    let over = |disposition| Some(CallProgress::Over { disposition, duration_s });
    match status {
        CallStatus::Queued => Some(CallProgress::Queued),
        CallStatus::Initiated => Some(CallProgress::Initiated),
        CallStatus::Ringing => Some(CallProgress::Ringing),
        CallStatus::InProgress => Some(CallProgress::InProgress),
        CallStatus::Completed => over(Disposition::Completed),
        CallStatus::Busy => over(Disposition::Busy),
        CallStatus::NoAnswer => over(Disposition::NoAnswer),
        CallStatus::Canceled => over(Disposition::Canceled),
        CallStatus::Failed => over(Disposition::Failed),
        CallStatus::Unknown => None,
    }
}

/// Who the carrier says has answered, in the session's words.
pub(crate) fn verdict(by: AnsweredBy) -> CarrierVerdict {
    match by {
        AnsweredBy::Human => CarrierVerdict::Human,
        AnsweredBy::MachineStart => CarrierVerdict::Machine,
        AnsweredBy::MachineEndBeep => CarrierVerdict::MachineBeeped,
        AnsweredBy::MachineEndSilence | AnsweredBy::MachineEndOther => CarrierVerdict::MachineEnded,
        AnsweredBy::Fax => CarrierVerdict::Fax,
        AnsweredBy::Unknown => CarrierVerdict::Unknown,
    }
}

/// Waits that double up to a limit.
pub(crate) struct Backoff {
    next: Duration,
    most: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, most: Duration) -> Self {
        Self { next: first.min(most), most }
    }

    /// The next wait.
    pub(crate) fn step(&mut self) -> Duration {
        let wait = self.next;
        self.next = (self.next * 2).min(self.most);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_with_a_client_error_is_a_definite_refusal() {
        let body = serde_json::to_vec(&ErrorCode::InvalidTo.body(None)).unwrap();
        match refusal(StatusCode::BAD_REQUEST, &body) {
            Error::Refused(text) => assert_eq!(text, "Invalid 'To' Phone Number (carrier error 21211)"),
            other @ (Error::Throttled | Error::NotFound | Error::Over | Error::Unclear(_)) => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_too_many_requests_is_safe_to_repeat() {
        assert!(matches!(refusal(StatusCode::TOO_MANY_REQUESTS, b"{}"), Error::Throttled));
        for unclear in [500, 502, 503, 504, 408] {
            assert!(matches!(refusal(StatusCode::from_u16(unclear).unwrap(), b"oops"), Error::Unclear(_)), "{unclear}");
        }
    }

    #[test]
    fn hanging_up_what_has_ended_is_told_apart() {
        let body = serde_json::to_vec(&ErrorCode::InvalidCallState.body(None)).unwrap();
        assert!(matches!(refusal(StatusCode::BAD_REQUEST, &body), Error::Over));
    }
}
