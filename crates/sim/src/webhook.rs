//! What the carrier sends to the caller's URLs: signed forms.

use crate::book::{Asked, Call};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;
use wire::{
    rest::{CallStatus, CallbackEvent, Method, StatusCallback},
    signature,
    twiml::{DOCUMENT_BYTES_MAX, Document},
};

/// Callbacks that may wait for one call.
const QUEUE_MAX: usize = 32;
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends signed requests for one account.
#[derive(Clone)]
pub(crate) struct Webhook {
    client: reqwest::Client,
    account_sid: String,
    auth_token: String,
}

impl Webhook {
    pub(crate) fn new(account_sid: String, auth_token: String) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { client, account_sid, auth_token })
    }

    /// The signature of a WebSocket upgrade.
    pub(crate) fn sign_upgrade(&self, url: &str) -> String {
        signature::sign(&self.auth_token, url, signature::Body::None)
    }

    async fn send(&self, url: &str, method: Method, form: &[(String, String)]) -> Result<reqwest::Response, reqwest::Error> {
        let request = match method {
            Method::Post => {
                let signature = signature::sign(&self.auth_token, url, signature::Body::Form(form));
                self.client.post(url).form(form).header(signature::HEADER, signature)
            }
            Method::Get => {
                let request = self.client.get(url).query(form).build()?;
                let signature = signature::sign(&self.auth_token, request.url().as_str(), signature::Body::None);
                self.client.get(request.url().clone()).header(signature::HEADER, signature)
            }
        };
        request.send().await?.error_for_status()
    }

    /// Tells something of a call, at most twice.
    pub(crate) async fn tell(&self, call: &Call, url: &str, method: Method, form: &[(String, String)]) {
        for attempt in 1..=2 {
            call.asks(Asked { method, url: url.to_owned(), parameters: form.to_vec() });
            match self.send(url, method, form).await {
                Ok(_) => return,
                Err(error) => {
                    tracing::warn!(call_sid = %call.sid, attempt, error = %error.without_url(), "a callback was not taken");
                }
            }
        }
    }

    /// Fetches a document for a call; the error is a sentence with Twilio's code.
    pub(crate) async fn fetch(&self, call: &Call, url: &str, method: Method) -> Result<Document, String> {
        let form = self.status(call, None).to_pairs();
        // The voice webhook is told the call's parameters, not a callback's.
        let form: Vec<_> = form.into_iter().filter(|(name, _)| name != "CallbackSource" && name != "SequenceNumber").collect();
        call.asks(Asked { method, url: url.to_owned(), parameters: form.clone() });
        let mut answer = self.send(url, method, &form).await.map_err(|error| format!("11200 {}", error.without_url()))?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| format!("11200 {}", error.without_url()))? {
            body.extend_from_slice(&chunk);
            if body.len() > DOCUMENT_BYTES_MAX {
                return Err("12100 the document is too long".into());
            }
        }
        Document::read(&String::from_utf8_lossy(&body)).map_err(|error| format!("{} {error}", error.code()))
    }

    fn status(&self, call: &Call, sequence: Option<u32>) -> StatusCallback {
        let status = call.status();
        let over = status.is_terminal();
        let duration_s = if over { Some(call.talked_s().unwrap_or(0) as u32) } else { None };
        StatusCallback {
            call_sid: call.sid.clone(),
            account_sid: self.account_sid.clone(),
            from: call.request.from.clone(),
            to: call.request.to.clone(),
            call_status: status,
            sequence_number: sequence,
            timestamp: sequence.map(|_| crate::clock::rfc2822()),
            call_duration_s: duration_s,
            duration_min: duration_s.map(|seconds| seconds.div_ceil(60)),
            sip_response_code: over.then(|| sip_code(status)),
            ..StatusCallback::default()
        }
    }

    /// Begins to tell a call's progress, in order and each at most twice.
    pub(crate) fn callbacks(&self, call: Arc<Call>) -> Callbacks {
        let (sender, mut queue) = mpsc::channel::<StatusCallback>(QUEUE_MAX);
        let (webhook, told) = (self.clone(), call.clone());
        let worker = tokio::spawn(async move {
            while let Some(status) = queue.recv().await {
                let (form, Some((url, method))) = (status.to_pairs(), told.callback()) else { continue };
                for attempt in 1..=2 {
                    told.asks(Asked { method, url: url.clone(), parameters: form.clone() });
                    match webhook.send(&url, method, &form).await {
                        Ok(_) => break,
                        Err(error) => {
                            tracing::warn!(call_sid = %told.sid, attempt, error = %error.without_url(), "a status callback was not taken")
                        }
                    }
                }
            }
        });
        Callbacks { webhook: self.clone(), call, sequence: 0, sender, worker }
    }
}

/// The callbacks of one call.
pub(crate) struct Callbacks {
    webhook: Webhook,
    call: Arc<Call>,
    sequence: u32,
    sender: mpsc::Sender<StatusCallback>,
    worker: tokio::task::JoinHandle<()>,
}

impl Callbacks {
    /// Tells the call's status, if that event was asked for. The end is told if nothing was.
    pub(crate) fn tell(&mut self, event: CallbackEvent) {
        let asked = &self.call.request.status_callback_event;
        if asked.contains(&event) || (asked.is_empty() && event == CallbackEvent::Completed) {
            let status = self.webhook.status(&self.call, Some(self.sequence));
            self.sequence += 1;
            let _ = self.sender.try_send(status);
        }
    }

    /// Waits until everything has been told.
    pub(crate) async fn finish(self) {
        drop(self.sender);
        let _ = self.worker.await;
    }
}

fn sip_code(status: CallStatus) -> u16 {
    match status {
        CallStatus::Busy => 486,
        CallStatus::NoAnswer | CallStatus::Canceled => 487,
        CallStatus::Failed => 404,
        CallStatus::Queued
        | CallStatus::Initiated
        | CallStatus::Ringing
        | CallStatus::InProgress
        | CallStatus::Completed
        | CallStatus::Unknown => 200,
    }
}
