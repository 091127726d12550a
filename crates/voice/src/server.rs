//! The HTTP side: where sockets are opened.

use crate::brain::Brain;
use crate::socket::{self, Ending};
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use serde::Deserialize;
use speech::Speech;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};
use types::ErrorBody;

/// The longest message that is read, bytes: as the real one has it in order of magnitude.
const MESSAGE_BYTES_MAX: usize = wire::realtime::EVENT_BYTES_MAX;

/// How the server is set up.
pub struct Config {
    /// Where it listens; port 0 takes any.
    pub addr: SocketAddr,
    /// Ears and mouth.
    pub speech: Speech,
    /// What decides what is said.
    pub brain: Arc<dyn Brain>,
    /// How many sockets may be open at a time.
    pub sessions_max: usize,
    /// How long one may be open. The real one's is an hour.
    pub session_max: Duration,
    /// How long a client may send nothing.
    pub idle_max: Duration,
}

impl Config {
    /// The usual set-up: the built-in brain, 64 sockets, an hour each, two minutes of silence.
    pub fn new(addr: SocketAddr, speech: Speech) -> Self {
        Self {
            addr,
            speech,
            brain: Arc::new(crate::brain::BuiltIn),
            sessions_max: 64,
            session_max: Duration::from_secs(60 * 60),
            idle_max: Duration::from_secs(120),
        }
    }
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is taken, or may not be used.
    #[error("listening on {addr}")]
    Bind {
        /// The address.
        addr: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// A server that runs until it is drained.
pub struct Running {
    addr: SocketAddr,
    /// No new sockets.
    closing: CancellationToken,
    /// Open sockets must end.
    ending: CancellationToken,
    sessions: TaskTracker,
    server: tokio::task::JoinHandle<()>,
}

struct Shared {
    speech: Speech,
    brain: Arc<dyn Brain>,
    session_max: Duration,
    idle_max: Duration,
    places: Arc<Semaphore>,
    closing: CancellationToken,
    ending: CancellationToken,
    sessions: TaskTracker,
}

/// Starts the server.
pub async fn start(config: Config) -> Result<Running, Error> {
    let addr = config.addr;
    let bind = |source| Error::Bind { addr, source };
    let listener = TcpListener::bind(addr).await.map_err(bind)?;
    let addr = listener.local_addr().map_err(bind)?;
    let (closing, ending, sessions) = (CancellationToken::new(), CancellationToken::new(), TaskTracker::new());
    let shared = Arc::new(Shared {
        speech: config.speech,
        brain: config.brain,
        session_max: config.session_max,
        idle_max: config.idle_max,
        places: Arc::new(Semaphore::new(config.sessions_max)),
        closing: closing.clone(),
        ending: ending.clone(),
        sessions: sessions.clone(),
    });
    let router = Router::new().route("/", get(status)).route("/v1/realtime", get(realtime)).with_state(shared);
    let closed = closing.clone().cancelled_owned();
    let server = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(closed).await {
            warn!(error = &error as &dyn std::error::Error, "the voice server stopped");
        }
    });
    info!(%addr, "the local voice is listening");
    Ok(Running { addr, closing, ending, sessions, server })
}

impl Running {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What a client connects to: `ws://…/v1/realtime`.
    pub fn url(&self) -> String {
        format!("ws://{}/v1/realtime", self.addr)
    }

    /// Takes no new sockets, lets the open ones go on for at most `grace`, then closes them.
    pub async fn drain(self, grace: Duration) {
        self.closing.cancel();
        self.sessions.close();
        if tokio::time::timeout(grace, self.sessions.wait()).await.is_err() {
            self.ending.cancel();
            self.sessions.wait().await;
        }
        // The sockets are gone; what is left is at most an idle HTTP connection.
        if tokio::time::timeout(Duration::from_secs(1), self.server).await.is_err() {
            warn!("an HTTP connection was cut");
        }
    }
}

async fn status() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "running" }))
}

#[derive(Deserialize)]
struct Wanted {
    model: Option<String>,
}

async fn realtime(
    State(shared): State<Arc<Shared>>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let refuse = |status, code: &str, message: &str| {
        (status, Json(ErrorBody { code: code.into(), message: message.into(), field: None })).into_response()
    };
    let Ok(Query(wanted)) = wanted else {
        return refuse(StatusCode::BAD_REQUEST, "invalid_query", "the query must be like ?model=ringback-local");
    };
    let Ok(upgrade) = upgrade else {
        return refuse(StatusCode::UPGRADE_REQUIRED, "websocket_only", "open this address as a WebSocket");
    };
    if shared.closing.is_cancelled() {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "draining", "the server is shutting down");
    }
    let Ok(place) = shared.places.clone().try_acquire_owned() else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many sessions are open; try again later");
    };
    let model = wanted.model.unwrap_or_else(|| "ringback-local".into());
    let tracked = shared.sessions.token();
    upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX).read_buffer_size(8 * 1024).on_upgrade(
        move |socket| async move {
            let set_up = socket::SetUp {
                speech: shared.speech.clone(),
                brain: shared.brain.clone(),
                model,
                session_max: shared.session_max,
                idle_max: shared.idle_max,
                ending: shared.ending.clone(),
            };
            let ending: Ending = socket::serve(socket, set_up).await;
            info!(%ending, "a voice session is over");
            drop((place, tracked));
        },
    )
}
