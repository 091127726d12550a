//! What every part of the handler shares.

use crate::carrier::Carrier;
use crate::config::Config;
use crate::fillers::Fillers;
use crate::live::LiveCalls;
use crate::public::PublicUrl;
use crate::recording::Recorder;
use crate::store::Store;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The handler's shared state.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) public: PublicUrl,
    pub(crate) store: Store,
    pub(crate) carrier: Carrier,
    /// For everything that is sent to the engine.
    pub(crate) engine_http: reqwest::Client,
    pub(crate) live: LiveCalls,
    pub(crate) recorder: Recorder,
    /// What is said while something has to be waited for.
    pub(crate) fillers: Fillers,
    /// One permit a live call.
    pub(crate) slots: Arc<Semaphore>,
    /// One permit an event stream or listener.
    pub(crate) watchers: Arc<Semaphore>,
    /// One permit a media socket that has not said which call it belongs to.
    pub(crate) newcomers: Arc<Semaphore>,
    /// Media sockets that were turned away.
    pub(crate) sockets_refused: AtomicU64,
    pub(crate) outbox_wake: Notify,
    pub(crate) draining: AtomicBool,
    /// Ends what would otherwise go on for ever: the server, event streams, the outbox, recovery.
    pub(crate) stop: CancellationToken,
    /// The tasks of live calls.
    pub(crate) calls: TaskTracker,
    /// Hang-ups and closing sockets, which may outlive their call, and orders that are being recovered.
    pub(crate) errands: TaskTracker,
}
