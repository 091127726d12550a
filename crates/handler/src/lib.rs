//! The Realtime Call Handler: takes orders, phones, joins the line to a realtime model, reports what came of it.
//!
//! A shell: it does all the I/O and none of the thinking, which is the session core's. What must survive a crash is stored
//! before it is acted on: the order before anything, the intent to dial before the carrier is asked, the call's name after,
//! the result before it is sent.

mod answer;
mod api;
mod app;
mod asked;
mod auth;
mod bridge;
mod call;
mod carrier;
mod clock;
pub mod config;
pub mod error;
mod estimate;
mod events;
mod fillers;
#[cfg(test)]
mod fuzz;
mod late;
mod leave;
mod listen;
mod live;
pub mod offline;
mod openapi;
mod outbox;
mod path;
pub mod prices;
mod public;
mod record;
pub mod recording;
mod recover;
mod rules;
pub mod store;
mod user_voice;
pub mod voice;
mod webhooks;

pub use config::{Config, Timing};
pub use error::Error;
pub use voice::Voice;

use app::App;
use axum::serve::ListenerExt as _;
use live::Message;
use session::HangUpBy;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

/// How many media sockets may be open that have not said which call they belong to.
const NEWCOMERS_MAX: usize = 256;
/// How long the last try of the outbox may take.
const FLUSH_LIMIT: Duration = Duration::from_secs(5);
/// How long open connections have once everything else is done.
const CLOSE_LIMIT: Duration = Duration::from_secs(3);

/// A running handler. Dropping it without [`Running::drain`] leaves its tasks running.
pub struct Running {
    addr: SocketAddr,
    app: Arc<App>,
    store_thread: store::Thread,
    server: JoinHandle<()>,
    outbox: JoinHandle<()>,
}

/// Opens the store, takes up what an earlier run left behind, and serves.
///
/// # Errors
/// When the configuration cannot be used, the store cannot be opened, or the address is taken.
pub async fn start(mut config: Config) -> Result<Running, Error> {
    config.voice.url = voice_url(config.voice.url, "the voice's address")?;
    if let Some(second) = &mut config.second_voice {
        second.url = voice_url(second.url.clone(), "the second voice's address")?;
        if http::HeaderValue::from_str(&second.api_key).is_err() {
            return Err(Error::BadCredential { name: "the second voice's API key" });
        }
    }
    for (name, url) in [("the carrier's address", &config.carrier_url), ("the engine's address", &config.engine_url)] {
        check_http(name, url)?;
    }
    if http::HeaderValue::from_str(&config.voice.api_key).is_err() {
        return Err(Error::BadCredential { name: "the voice's API key" });
    }
    let (folder, takeover_wait) = (config.data_dir.clone(), config.takeover_wait);
    // First of all, so that whoever waits for the folder does not want the other's address yet.
    let opened = tokio::task::spawn_blocking(move || store::Store::open(&folder, takeover_wait)).await;
    let (store, store_thread) = opened.expect("opening the store does not panic")?;
    let listen_error = |source| Error::Listen { addr: config.addr, source };
    let listener = TcpListener::bind(config.addr).await.map_err(listen_error)?;
    let addr = listener.local_addr().map_err(listen_error)?;
    let public_url = match &config.public_url {
        Some(url) => url.clone(),
        None => Url::parse(&format!("http://{addr}")).expect("a socket address is a host and a port"),
    };
    check_http("the public address", &public_url)?;

    let engine_http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().map_err(Error::Client)?;
    let recorder = recording::Recorder::new(&config.data_dir, config.recording.bytes_max);
    let recorder = recorder.map_err(Error::Recorder)?;
    let app = Arc::new(App {
        public: public::PublicUrl::new(&public_url),
        store,
        carrier: carrier::Carrier::new(&config).map_err(Error::Client)?,
        engine_http,
        live: live::LiveCalls::default(),
        recorder,
        fillers: fillers::Fillers::default(),
        slots: Arc::new(Semaphore::new(config.max_concurrent_calls)),
        watchers: Arc::new(Semaphore::new(config.watchers_max)),
        newcomers: Arc::new(Semaphore::new(NEWCOMERS_MAX)),
        sockets_refused: AtomicU64::new(0),
        outbox_wake: Notify::new(),
        draining: AtomicBool::new(false),
        stop: CancellationToken::new(),
        calls: TaskTracker::new(),
        errands: TaskTracker::new(),
        config,
    });
    recover::all(&app).await?;

    let outbox = tokio::spawn(outbox::run(Arc::clone(&app)));
    app.errands.spawn(recording::sweep(Arc::clone(&app)));
    let router = api::router(Arc::clone(&app));
    let stop = app.stop.clone();
    // Twenty milliseconds of audio must not wait for company.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let server = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await {
            tracing::error!(%error, "the call handler's server ended");
        }
    });
    tracing::info!(%addr, public_url = %public_url, carrier = %app.config.carrier_url, "call handler running");
    Ok(Running { addr, app, store_thread, server, outbox })
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// How many calls are live, orders that are being recovered included.
    pub fn live_calls(&self) -> usize {
        self.app.live.count()
    }

    /// How many media sockets were turned away since the start.
    pub fn media_sockets_refused(&self) -> u64 {
        self.app.sockets_refused.load(Ordering::Relaxed)
    }

    /// Takes no new orders, gives live calls the grace to end by themselves, then hangs them up, and stops. If another handler
    /// waits to take over, or is to come in any case, live calls are left to it instead. Every result is durable then; what the
    /// engine did not take is sent by the next start.
    pub async fn drain(self, grace: Duration) {
        let Self { app, store_thread, server, outbox, .. } = self;
        tracing::info!(live = app.live.count(), grace_s = grace.as_secs(), "draining");
        app.draining.store(true, Ordering::SeqCst);
        app.calls.close();
        if !leave::calls_over_or_left(&app, grace).await {
            for call in app.live.all() {
                // One that has just ended needs no telling.
                drop(call.tell(Message::HangUp(HangUpBy::Shutdown)).await);
            }
            let window = app.config.timing.shutdown_window;
            if tokio::time::timeout(window, all_calls_over(&app)).await.is_err() {
                tracing::error!(
                    live = app.live.count(),
                    "calls did not end in time; the next start looks them up at the carrier"
                );
            }
        }
        app.stop.cancel();
        app.errands.close();
        drop(tokio::time::timeout(CLOSE_LIMIT, app.errands.wait()).await);
        drop(outbox.await);
        if tokio::time::timeout(FLUSH_LIMIT, outbox::flush(&app)).await.is_err() {
            tracing::warn!("the engine did not take every result; the rest is sent by the next start");
        }
        stop_server(server).await;
        // The thread ends when the last handle to the store is gone; one that a stuck task holds must not hold us.
        drop(app);
        drop(tokio::time::timeout(CLOSE_LIMIT, tokio::task::spawn_blocking(move || store_thread.join())).await);
        tracing::info!("call handler stopped");
    }
}

/// Every slot is back, so that no order is between its acceptance and its call either.
async fn all_calls_over(app: &App) {
    let all = u32::try_from(app.config.max_concurrent_calls).unwrap_or(u32::MAX);
    drop(app.slots.acquire_many(all).await);
    app.calls.wait().await;
}

async fn stop_server(mut server: JoinHandle<()>) {
    if tokio::time::timeout(CLOSE_LIMIT, &mut server).await.is_err() {
        server.abort();
    }
}

fn check_http(name: &'static str, url: &Url) -> Result<(), Error> {
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        return Ok(());
    }
    Err(Error::BadUrl { name, url: url.clone(), problem: "it must begin with http:// or https:// and name a host" })
}

/// A WebSocket address; `http` and `https` are turned into `ws` and `wss`.
fn voice_url(url: Url, name: &'static str) -> Result<Url, Error> {
    match Voice::as_socket(&url) {
        Some(socket) if socket.has_host() => Ok(socket),
        Some(_) | None => {
            let problem = "it must begin with ws://, wss://, http:// or https:// and name a host";
            Err(Error::BadUrl { name, url, problem })
        }
    }
}
