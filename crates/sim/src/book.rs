//! Every call of the simulator: what the REST API shows of it, and what the test API shows of its callee.

use crate::callee::{AnsweredBy, Slip, Spoken};
use serde::Serialize;
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use wire::rest::{Call as Resource, CallStatus, CreateCall, Method};
use wire::twiml::Document;

/// Calls kept; the oldest are forgotten.
const CALLS_MAX: usize = 10_000;
/// Lines, latencies and errors kept of a call.
const NOTES_MAX: usize = 2_000;

/// What is known of a call beside its resource.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Notes {
    /// Who has answered; `null` while nobody has.
    pub(crate) answered_by: Option<AnsweredBy>,
    /// What the callee has written down; `null` for a person in the browser, whose words are not known here.
    pub(crate) slip: Option<Slip>,
    /// What was said.
    pub(crate) lines: Vec<Spoken>,
    /// Keys that the callee has pressed.
    pub(crate) digits: String,
    /// Marks given back because their audio was played.
    pub(crate) marks_echoed: u64,
    /// Marks given back because of a `clear`.
    pub(crate) marks_cleared: u64,
    /// How often `clear` was sent.
    pub(crate) clears: u64,
    /// The callee's last sound → the caller's first audio received, for each turn.
    pub(crate) turn_latency_ms: Vec<u64>,
    /// What was wrong with what the caller's side did, with Twilio's codes.
    pub(crate) errors: Vec<String>,
}

/// What a live call is to go on with.
pub(crate) enum Redirect {
    /// This document.
    To(Document),
    /// The document that is there; fetched by the call, so that its failing ends the call.
    At(String, Method),
}

/// One call.
pub(crate) struct Call {
    pub(crate) sid: String,
    /// Counts the simulator's calls from 1.
    pub(crate) number: u64,
    pub(crate) request: CreateCall,
    /// Ends the call from outside, by REST.
    pub(crate) hang_up: CancellationToken,
    /// A document has been put into `redirect`.
    pub(crate) redirected: Notify,
    /// The time limit has been changed.
    pub(crate) limited: Notify,
    state: Mutex<State>,
}

struct State {
    resource: Resource,
    notes: Notes,
    answered: Option<Instant>,
    ended: Option<Instant>,
    redirect: Option<Redirect>,
    /// Where the call's progress is told, and how.
    callback: Option<(String, Method)>,
    time_limit_s: Option<u32>,
    /// The caller's addresses that were asked for this call, in order.
    asked: Vec<Asked>,
}

/// A request that was sent for a call.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Call {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
    pub(crate) fn resource(&self) -> Resource {
        self.state().resource.clone()
    }
    pub(crate) fn status(&self) -> CallStatus {
        self.state().resource.status
    }
    pub(crate) fn notes(&self) -> Notes {
        self.state().notes.clone()
    }
    /// Changes what the REST API shows.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Resource)) {
        let mut state = self.state();
        change(&mut state.resource);
        state.resource.date_updated = Some(crate::clock::rfc2822());
    }
    pub(crate) fn answered(&self) {
        self.state().answered = Some(Instant::now());
    }
    /// Whole seconds since the answer; `None` if there was none.
    pub(crate) fn talked_s(&self) -> Option<u64> {
        self.state().answered.map(|at| at.elapsed().as_millis().div_ceil(1_000) as u64)
    }
    /// How long the call has lasted since the answer, or did last until its end.
    pub(crate) fn duration_s(&self) -> Option<f64> {
        let state = self.state();
        let answered = state.answered?;
        Some(state.ended.unwrap_or_else(Instant::now).duration_since(answered).as_secs_f64())
    }
    pub(crate) fn ended(&self) {
        self.state().ended = Some(Instant::now());
    }
    /// Changes what is noted; `at_ms` counts from the answer.
    pub(crate) fn note(&self, note: impl FnOnce(&mut Notes, u64)) {
        let mut state = self.state();
        let at_ms = state.answered.map_or(0, |at| at.elapsed().as_millis() as u64);
        note(&mut state.notes, at_ms);
        let notes = &mut state.notes;
        // Keys are ASCII.
        notes.digits.truncate(NOTES_MAX);
        notes.turn_latency_ms.truncate(NOTES_MAX);
        notes.errors.truncate(NOTES_MAX);
    }
    pub(crate) fn error(&self, error: String) {
        tracing::warn!(call_sid = %self.sid, %error, "the caller's side did something wrong");
        self.note(|notes, _| notes.errors.push(error));
    }
    /// Goes on with another document, in place of what the call is doing.
    pub(crate) fn redirect(&self, redirect: Redirect) {
        self.state().redirect = Some(redirect);
        self.redirected.notify_one();
    }
    /// Where the call's progress is told, and how.
    pub(crate) fn callback(&self) -> Option<(String, Method)> {
        self.state().callback.clone()
    }
    /// Tells the call's progress elsewhere from now on.
    pub(crate) fn call_back_at(&self, url: String, method: Method) {
        self.state().callback = Some((url, method));
    }
    /// The longest that the call may last, seconds from the answer.
    pub(crate) fn time_limit_s(&self) -> Option<u32> {
        self.state().time_limit_s
    }
    /// Changes that.
    pub(crate) fn limit(&self, seconds: u32) {
        self.state().time_limit_s = Some(seconds);
        self.limited.notify_one();
    }
    /// A request is about to be sent for the call.
    pub(crate) fn asks(&self, asked: Asked) {
        let mut state = self.state();
        if state.asked.len() < NOTES_MAX {
            state.asked.push(asked);
        }
    }
    /// The requests that were sent for the call, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }
    pub(crate) fn take_redirect(&self) -> Option<Redirect> {
        self.state().redirect.take()
    }
}

/// All calls, oldest first.
#[derive(Default)]
pub(crate) struct Book {
    calls: Mutex<VecDeque<Arc<Call>>>,
    made: AtomicU64,
}

impl Book {
    fn calls(&self) -> MutexGuard<'_, VecDeque<Arc<Call>>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Enters a call.
    pub(crate) fn enter(&self, account_sid: &str, request: CreateCall) -> Arc<Call> {
        let sid = format!("CA{}", uuid::Uuid::new_v4().simple());
        let mut resource = Resource::outbound(account_sid, &sid, &request.to, &request.from);
        resource.status = CallStatus::Queued;
        resource.date_created = Some(crate::clock::rfc2822());
        resource.date_updated = resource.date_created.clone();
        let callback = request.status_callback.clone().map(|url| (url, request.status_callback_method));
        let time_limit_s = request.time_limit_s;
        let state = State {
            resource,
            notes: Notes::default(),
            answered: None,
            ended: None,
            redirect: None,
            callback,
            time_limit_s,
            asked: Vec::new(),
        };
        let call = Arc::new(Call {
            sid,
            number: self.made.fetch_add(1, Ordering::Relaxed) + 1,
            request,
            hang_up: CancellationToken::new(),
            redirected: Notify::new(),
            limited: Notify::new(),
            state: Mutex::new(state),
        });
        let mut calls = self.calls();
        if calls.len() >= CALLS_MAX {
            calls.pop_front();
        }
        calls.push_back(call.clone());
        call
    }
    /// The call of that name.
    pub(crate) fn find(&self, sid: &str) -> Option<Arc<Call>> {
        self.calls().iter().rev().find(|call| call.sid == sid).cloned()
    }
    /// All calls, newest first.
    pub(crate) fn newest_first(&self) -> Vec<Arc<Call>> {
        self.calls().iter().rev().cloned().collect()
    }
}
