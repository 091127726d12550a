//! The engine's routes that the handler knows.

use super::soon;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;
use types::{CallCorrection, CallResult};

/// Takes results, and refuses those that it is told to refuse.
pub(crate) struct FakeEngine {
    pub(crate) addr: SocketAddr,
    refusals: Arc<Mutex<VecDeque<u16>>>,
    results: tokio::sync::Mutex<mpsc::UnboundedReceiver<(u16, CallResult)>>,
    corrections: tokio::sync::Mutex<mpsc::UnboundedReceiver<CallCorrection>>,
    heard: Arc<Mutex<Vec<&'static str>>>,
}

#[derive(Clone)]
struct Shared {
    refusals: Arc<Mutex<VecDeque<u16>>>,
    tell: mpsc::UnboundedSender<(u16, CallResult)>,
    correct: mpsc::UnboundedSender<CallCorrection>,
    heard: Arc<Mutex<Vec<&'static str>>>,
}

impl FakeEngine {
    pub(crate) async fn start() -> Self {
        let refusals = Arc::new(Mutex::new(VecDeque::new()));
        let (tell, results) = mpsc::unbounded_channel();
        let (correct, corrections) = mpsc::unbounded_channel();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let shared = Shared { refusals: Arc::clone(&refusals), tell, correct, heard: Arc::clone(&heard) };
        let router = axum::Router::new().route("/call_result", post(take)).route("/call_correction", post(take_correction));
        let addr = super::serve(router.with_state(shared)).await;
        let (results, corrections) = (tokio::sync::Mutex::new(results), tokio::sync::Mutex::new(corrections));
        Self { addr, refusals, results, corrections, heard }
    }

    /// The next deliveries get these answers; later ones are accepted.
    pub(crate) fn refuse(&self, statuses: &[u16]) {
        self.refusals.lock().unwrap().extend(statuses);
    }

    /// Every delivery is accepted from now on.
    pub(crate) fn stop_refusing(&self) {
        self.refusals.lock().unwrap().clear();
    }

    /// The next delivery: what it was answered, and the result.
    pub(crate) async fn delivery(&self) -> (u16, CallResult) {
        soon("a delivery", async { self.results.lock().await.recv().await.unwrap() }).await
    }

    /// The next accepted result.
    pub(crate) async fn result(&self) -> CallResult {
        loop {
            if let (200, result) = self.delivery().await {
                return result;
            }
        }
    }

    /// The next correction.
    pub(crate) async fn correction(&self) -> CallCorrection {
        soon("a correction", async { self.corrections.lock().await.recv().await.unwrap() }).await
    }

    /// The routes that were used, in order.
    pub(crate) fn heard(&self) -> Vec<&'static str> {
        self.heard.lock().unwrap().clone()
    }

    /// Whether nothing has been delivered since the last one that was looked at.
    pub(crate) async fn is_quiet(&self) -> bool {
        self.results.lock().await.try_recv().is_err()
    }

    /// Whether nothing but this has been delivered since: a crash before the engine's word is stored delivers it once more.
    pub(crate) async fn has_only(&self, result: &CallResult) -> bool {
        let mut results = self.results.lock().await;
        std::iter::from_fn(|| results.try_recv().ok()).all(|(_, again)| again == *result)
    }
}

async fn take_correction(State(shared): State<Shared>, axum::Json(correction): axum::Json<CallCorrection>) -> StatusCode {
    shared.heard.lock().unwrap().push("call_correction");
    shared.correct.send(correction).unwrap();
    StatusCode::OK
}

async fn take(State(shared): State<Shared>, axum::Json(result): axum::Json<CallResult>) -> StatusCode {
    shared.heard.lock().unwrap().push("call_result");
    let status = shared.refusals.lock().unwrap().pop_front().unwrap_or(200);
    shared.tell.send((status, result)).unwrap();
    StatusCode::from_u16(status).unwrap()
}
