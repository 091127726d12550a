//! Where the call is placed: an engine that runs already, or one that is started for it.

use super::{Asked, Error, client, client::Engine};
use crate::{
    cli::{self, Mode},
    parts::{Carrier, Voice},
    running::Parts,
    settings::Settings,
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use types::chat::BrowserPhone;
use url::Url;

/// How long an engine that was named may take to say who it is, and one that may not be there.
const NAMED_WITHIN: Duration = Duration::from_secs(10);
const PERHAPS_WITHIN: Duration = Duration::from_secs(2);
/// How long the parts may take to end.
const GRACE: Duration = Duration::from_secs(5);

/// The engine, and what was started for it.
pub(super) struct Venue {
    pub(super) engine: Engine,
    /// Whether no real phone can ring.
    pub(super) simulated: bool,
    /// The phone in the browser, if there is one.
    pub(super) phone: Option<BrowserPhone>,
    parts: Option<Parts>,
}

impl Venue {
    pub(super) async fn find(asked: &Asked, settings: &Settings) -> Result<Self, Error> {
        let token = settings.api_token.clone();
        if let Some(url) = &asked.engine {
            if !matches!(url.scheme(), "http" | "https") {
                return Err(Error::Usage(format!("--engine must be an http or https URL, not {url}")));
            }
            let engine = Engine::new(url.clone(), token)?;
            let about = engine.about(NAMED_WITHIN).await.map_err(token_hint)?;
            if asked.simulated && !about.simulated {
                return Err(Error::Usage(format!("the engine at {url} is not simulated; leave --simulated or --engine out")));
            }
            return Ok(Self { engine, simulated: about.simulated, phone: about.phone, parts: None });
        }
        let engine = Engine::new(base(reachable(settings.engine.addr))?, token)?;
        match engine.about(PERHAPS_WITHIN).await {
            Ok(about) if about.simulated || !asked.simulated => {
                return Ok(Self { engine, simulated: about.simulated, phone: about.phone, parts: None });
            }
            // A real one must not be used for what is meant to be simulated.
            Ok(_) => {}
            Err(error @ client::Error::Refused { .. }) if !asked.simulated => return Err(token_hint(error)),
            // Nobody is there, or it is something else.
            Err(
                client::Error::Client(_)
                | client::Error::Unreachable { .. }
                | client::Error::Silent { .. }
                | client::Error::Refused { .. }
                | client::Error::Unreadable { .. },
            ) => {}
        }
        Self::start(asked, settings.clone()).await
    }

    /// Starts the parts as `serve` would, or as `demo` does, but on free ports of this machine.
    async fn start(asked: &Asked, mut settings: Settings) -> Result<Self, Error> {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        settings.engine.addr = free;
        (settings.engine.handler_url, settings.handler.engine_url) = (None, None);
        let mode = if asked.simulated {
            (settings.handler.addr, settings.sim.addr, settings.local_voice.addr) = (free, free, free);
            settings.api_token = None;
            Mode::Demo
        } else {
            // The handler stays where the public URL leads to.
            let configured = Carrier::configured(&settings).map(drop).and_then(|()| Voice::configured(&settings).map(drop));
            configured.map_err(|error| {
                Error::Usage(format!(
                    "{error:#}. No engine runs at the configured address either; with --simulated no keys are needed"
                ))
            })?;
            Mode::Serve
        };
        let token = settings.api_token.clone();
        let parts = Parts::start(&cli::Asked { mode, settings, ready_file: None }).await?;
        let page = parts.page().unwrap_or_default();
        let engine = Engine::new(Url::parse(&page).map_err(anyhow::Error::from)?, token)?;
        let phone = parts.phone()?;
        Ok(Self { engine, simulated: asked.simulated, phone, parts: Some(parts) })
    }

    /// Ends what was started; at once if the user does not want to wait.
    pub(super) async fn leave(self, at_once: bool) {
        if let Some(parts) = self.parts {
            parts.drain(if at_once { Duration::ZERO } else { GRACE }).await;
        }
    }
}

fn token_hint(error: client::Error) -> Error {
    match &error {
        client::Error::Refused { status, .. } if status.as_u16() == 401 => {
            Error::Usage("the engine asks for its token: give it in RINGBACK_API_TOKEN".into())
        }
        client::Error::Client(_)
        | client::Error::Unreachable { .. }
        | client::Error::Silent { .. }
        | client::Error::Refused { .. }
        | client::Error::Unreadable { .. } => error.into(),
    }
}

/// Where a listener on all addresses is reached from this machine.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(ip, addr.port())
}

fn base(addr: SocketAddr) -> Result<Url, Error> {
    Ok(Url::parse(&format!("http://{addr}/")).map_err(anyhow::Error::from)?)
}
