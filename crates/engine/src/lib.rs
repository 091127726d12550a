//! Shell: the orchestration engine. It carries the task graph's runs, speaks HTTP with the page and with the call handler,
//! and keeps what must survive. What a conversation means is decided in `graph`; here is only how it is carried.

mod api;
pub mod brain;
pub mod calls;
mod config;
pub mod durable;
mod follow;
mod locks;
pub mod store;

pub use config::Config;

use api::{App, Guard};
use calls::Handler;
use durable::Embedded;
use graph::task::TaskGraph;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use store::Store;
use tokio::{net::TcpListener, sync::Semaphore, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use types::chat::About;

/// The database in the data folder.
pub const FILE: &str = "engine.db";

/// Why the engine could not be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database could not be opened.
    #[error("could not open the engine's database")]
    Store(#[from] store::Error),
    /// The task graph cannot be made.
    #[error("could not make the task graph")]
    Graph(#[from] graph::task::Error),
    /// The client for the call handler could not be made.
    #[error("could not make the client for the call handler")]
    Client(#[from] calls::Error),
    /// The address is taken, or not ours.
    #[error("could not listen on {addr}")]
    Listen {
        /// Which.
        addr: SocketAddr,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

/// Starts the engine: opens its database, goes on with what was left undone, and listens.
///
/// # Errors
/// See [`Error`]. A process that uses TLS for the call handler must have installed a `rustls` provider before.
pub async fn start(config: Config) -> Result<Running, Error> {
    let handler = Handler::new(config.handler_url, config.handler_token, config.order_timeout)?;
    let graph = TaskGraph::new(config.brain, Arc::new(handler.clone()), config.task)?;
    let graph = match config.reader {
        Some(reader) => graph.with_reader(reader),
        None => graph,
    };
    let store = Store::open(&config.data_dir.join(FILE))?;
    let listen = |source| Error::Listen { addr: config.addr, source };
    let listener = TcpListener::bind(config.addr).await.map_err(listen)?;
    let addr = listener.local_addr().map_err(listen)?;

    let engine = Embedded::start(graph, store.clone(), config.retry, config.live_max);
    let stop = CancellationToken::new();
    let follow = tokio::spawn(follow::every_call(engine.clone(), store.clone(), handler.clone(), stop.clone()));
    let app = Arc::new(App {
        engine: engine.clone(),
        store: store.clone(),
        handler,
        guard: Guard::new(config.api_token, &config.allowed_hosts),
        about: About {
            version: env!("CARGO_PKG_VERSION").into(),
            simulated: config.simulated,
            suggestions: config.suggestions,
            phone: config.phone,
        },
        settle_max: config.settle_max,
        streams: Arc::new(Semaphore::new(config.streams_max)),
        turns: locks::Locks::default(),
        draining: stop.clone(),
    });
    let server = axum::serve(listener, api::router(app)).with_graceful_shutdown(stop.clone().cancelled_owned());
    let serve = tokio::spawn(server.into_future());
    tracing::info!(%addr, "the engine is running");
    Ok(Running { addr, engine, store, stop, follow, serve })
}

/// A running engine. Dropping it stops it without waiting; what was durable stays so.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    engine: Embedded<TaskGraph>,
    store: Store,
    stop: CancellationToken,
    follow: JoinHandle<()>,
    serve: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Takes no new work, lets steps and requests in progress end within the grace, then stops. What was durable stays so.
    /// When it returns, the database is closed and another process may open it.
    pub async fn drain(mut self, grace: Duration) {
        self.stop.cancel();
        let requests = tokio::time::timeout(grace, &mut self.serve);
        let (requests, ()) = tokio::join!(requests, self.engine.drain(grace));
        if requests.is_err() {
            tracing::warn!("a request was still being answered");
        }
        // It ends by itself after `stop`.
        let _ = (&mut self.follow).await;
        self.store.close().await;
        tracing::info!("the engine has stopped");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
        self.engine.abort();
        self.follow.abort();
        self.serve.abort();
    }
}
