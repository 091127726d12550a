//! The carrier simulator: Twilio's REST, webhooks and Media Streams from the other side, and callees who really listen.
//!
//! It speaks the carrier's wire protocols, so that whoever calls through it cannot tell the difference; only the numbers of the
//! fiction range can be called. What its callees heard, said and wrote down can be read under `/sim`.
//! One number is answered by a person, on the page `/phone`.

mod amd;
mod book;
mod callee;
mod clock;
mod filter;
mod life;
mod numbers;
pub mod offline;
mod phone;
mod playback;
mod rest;
mod sim_api;
mod stream;
mod webhook;

pub use amd::Amd;
pub use callee::{InWords, Slip, Spoken};
pub use numbers::{BROWSER, KNOWN, KnownNumber};

use axum::{Json, Router, routing::get};
use book::Book;
use callee::{Hum, Mind, Models};
use phone::Phone;
use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use webhook::Webhook;
use wire::rest::ErrorCode;

/// How the simulator is set up.
#[derive(Clone)]
pub struct Config {
    /// Where it listens; port 0 takes any free one.
    pub addr: SocketAddr,
    /// The one account, `AC…`.
    pub account_sid: String,
    /// The account's secret; also signs the webhooks.
    pub auth_token: String,
    /// Ears and mouths of the callees; without it they hum and understand nothing.
    pub speech: Option<speech::Speech>,
    /// Calls that may be made in a second; more are refused with 429.
    pub calls_per_second: usize,
    /// Whether the numbers of every area code are answered, each like the known one with the same last seven digits.
    pub everywhere: bool,
    /// How long things take.
    pub timing: Timing,
    /// How the carrier finds out who has answered.
    pub amd: Amd,
    /// Makes the callees' choices (prices, waiting times) repeatable.
    pub seed: u64,
}

/// How long the parts of a call's beginning take.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Before it is dialled.
    pub queue: Duration,
    /// Before it rings.
    pub connect: Duration,
    /// Before somebody picks up.
    pub ring: Duration,
    /// On hold, before a person answers, where there is a line for that; at most ten minutes.
    pub hold: Duration,
}

impl Config {
    /// The usual set-up for an account, with callees who hum.
    pub fn new(addr: SocketAddr, account_sid: impl Into<String>, auth_token: impl Into<String>) -> Self {
        let timing = Timing {
            queue: Duration::from_millis(100),
            connect: Duration::from_millis(400),
            ring: Duration::from_millis(1_500),
            hold: Duration::from_secs(25),
        };
        Self {
            addr,
            account_sid: account_sid.into(),
            auth_token: auth_token.into(),
            speech: None,
            calls_per_second: 30,
            everywhere: false,
            timing,
            amd: Amd::default(),
            seed: 1,
        }
    }
}

/// Why the simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is taken, or may not be used.
    #[error("could not listen on {addr}")]
    Listen {
        /// Which.
        addr: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The client for the webhooks could not be made.
    #[error("could not make the client for the webhooks")]
    Client(#[from] reqwest::Error),
}

pub(crate) struct Shared {
    account_sid: String,
    auth_token: String,
    mind: Arc<dyn Mind>,
    timing: Timing,
    amd: Amd,
    seed: u64,
    book: Book,
    phone: Arc<Phone>,
    webhook: Webhook,
    calls_per_second: usize,
    everywhere: bool,
    lately: Mutex<VecDeque<Instant>>,
    /// No new calls.
    closing: CancellationToken,
    /// Nothing any more.
    closed: CancellationToken,
    calls: TaskTracker,
}

impl Shared {
    /// Refuses more calls a second than the account may make.
    fn pace(&self, now: Instant) -> Result<(), ErrorCode> {
        let mut lately = self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        while lately.front().is_some_and(|at| now.duration_since(*at) >= Duration::from_secs(1)) {
            lately.pop_front();
        }
        if lately.len() >= self.calls_per_second {
            return Err(ErrorCode::TooManyRequests);
        }
        lately.push_back(now);
        Ok(())
    }
}

/// Starts the simulator. A process that fetches over TLS must have installed a `rustls` provider before.
pub async fn start(config: Config) -> Result<Running, Error> {
    let listen = |source| Error::Listen { addr: config.addr, source };
    let listener = TcpListener::bind(config.addr).await.map_err(listen)?;
    let addr = listener.local_addr().map_err(listen)?;
    let shared = Arc::new(Shared {
        webhook: Webhook::new(config.account_sid.clone(), config.auth_token.clone())?,
        account_sid: config.account_sid,
        auth_token: config.auth_token,
        mind: match config.speech {
            Some(speech) => Arc::new(Models(speech)),
            None => Arc::new(Hum),
        },
        timing: config.timing,
        amd: config.amd,
        seed: config.seed,
        book: Book::default(),
        phone: Arc::default(),
        calls_per_second: config.calls_per_second,
        everywhere: config.everywhere,
        lately: Mutex::default(),
        closing: CancellationToken::new(),
        closed: CancellationToken::new(),
        calls: TaskTracker::new(),
    });
    let router = Router::new()
        .route("/", get(async || Json(serde_json::json!({"status": "running"}))))
        .merge(rest::router())
        .merge(sim_api::router())
        .merge(phone::router())
        .with_state(shared.clone());
    let server = axum::serve(listener, router).with_graceful_shutdown(shared.closed.clone().cancelled_owned());
    let server = tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(error = &error as &dyn std::error::Error, "the carrier simulator's server failed");
        }
    });
    tracing::info!(%addr, "the carrier simulator is running");
    Ok(Running { addr, shared, server })
}

/// A running simulator.
pub struct Running {
    addr: SocketAddr,
    shared: Arc<Shared>,
    server: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Takes no new calls, lets live ones end within the grace, then hangs them up and stops.
    pub async fn drain(mut self, grace: Duration) {
        const SOON: Duration = Duration::from_secs(2);
        self.shared.closing.cancel();
        self.shared.calls.close();
        if tokio::time::timeout(grace, self.shared.calls.wait()).await.is_err() {
            for call in self.shared.book.newest_first() {
                call.hang_up.cancel();
            }
            let _ = tokio::time::timeout(SOON, self.shared.calls.wait()).await;
        }
        self.shared.closed.cancel();
        if tokio::time::timeout(SOON, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}
