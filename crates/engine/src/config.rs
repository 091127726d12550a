//! What the engine is told when it starts.

use crate::durable::Retry;
use graph::{
    brain::{Brain, BuiltIn},
    reader::Reader,
};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use types::chat::{BrowserPhone, Suggestion};
use url::Url;

/// The engine's configuration. All values are taken as they are; whoever reads them from outside has checked them.
#[derive(Clone)]
pub struct Config {
    /// Where it listens; port 0 takes any free one.
    pub addr: SocketAddr,
    /// The call handler's base URL.
    pub handler_url: Url,
    /// The token that the call handler's API asks for.
    pub handler_token: Option<String>,
    /// The token that this API asks for; `None` asks for none.
    pub api_token: Option<String>,
    /// Host names under which the page may be opened, besides loopback and addresses.
    pub allowed_hosts: Vec<String>,
    /// The folder of `engine.db`.
    pub data_dir: PathBuf,
    /// Where the user is, how long plans and calls may take, and how patient the watchdog is.
    pub task: graph::task::Settings,
    /// What understands the user.
    pub brain: Arc<dyn Brain>,
    /// What reads calls again after they have ended; `None`: their results stay as the call handler sends them.
    pub reader: Option<Arc<dyn Reader>>,
    /// How often a failing step is run again.
    pub retry: Retry,
    /// How long the answer to a chat message is waited for.
    pub settle_max: Duration,
    /// How long the call handler may take to accept an order: it opens the voice and asks the carrier meanwhile.
    pub order_timeout: Duration,
    /// Conversations that are worked on at the same time.
    pub live_max: usize,
    /// Event and audio streams that are open at the same time.
    pub streams_max: usize,
    /// Whether the carrier is the simulator, so that no real phone can ring.
    pub simulated: bool,
    /// What the page offers to begin with.
    pub suggestions: Vec<Suggestion>,
    /// The phone in the browser, if the carrier has one.
    pub phone: Option<BrowserPhone>,
}

impl Config {
    /// The defaults, for a handler at `handler_url` and a database in `data_dir`.
    pub fn new(handler_url: Url, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 8000)),
            handler_url,
            handler_token: None,
            api_token: None,
            allowed_hosts: Vec::new(),
            data_dir: data_dir.into(),
            task: graph::task::Settings::default(),
            brain: Arc::new(BuiltIn),
            reader: None,
            retry: Retry::default(),
            settle_max: Duration::from_secs(30),
            order_timeout: Duration::from_secs(45),
            live_max: 256,
            streams_max: 512,
            simulated: false,
            suggestions: Vec::new(),
            phone: None,
        }
    }
}
