//! Starting what was asked for, and ending it in order.

use crate::{
    cli::{Asked, Mode},
    parts::{self, Carrier, Voice},
    settings::Settings,
};
use anyhow::{Context, bail};
use serde::Serialize;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use types::chat::BrowserPhone;
use url::Url;

/// The parts that run in this process.
#[derive(Default)]
pub(crate) struct Parts {
    engine: Option<engine::Running>,
    handler: Option<handler::Running>,
    carrier_sim: Option<sim::Running>,
    voice: Option<voice::Running>,
}

/// Where they listen, as the ready file tells it.
#[derive(Debug, Serialize)]
struct Addresses {
    engine: Option<Url>,
    handler: Option<Url>,
    carrier_sim: Option<Url>,
    voice: Option<Url>,
}

impl Parts {
    /// Starts what was asked for.
    pub(crate) async fn start(asked: &Asked) -> anyhow::Result<Self> {
        let settings = &asked.settings;
        let mut parts = Self::default();
        let (engine_addr, handler_addr) = (fixed(settings.engine.addr)?, fixed(settings.handler.addr)?);
        let engine_url = settings.handler.engine_url.clone().map_or_else(|| base(engine_addr), Ok)?;
        let handler_url = settings.engine.handler_url.clone().map_or_else(|| base(handler_addr), Ok)?;
        match asked.mode {
            Mode::Demo => {
                loopback_only(settings)?;
                let sim_addr = fixed(settings.sim.addr)?;
                let speech = load(settings).await?;
                let carrier = Carrier::simulated(base(sim_addr)?)?;
                parts.carrier_sim = Some(sim::start(parts::carrier_sim(sim_addr, &carrier, speech.clone())).await?);
                let local = voice::start(parts::local_voice(settings, speech)?).await?;
                let voice = Voice::local(settings, Url::parse(&local.url())?)?;
                parts.voice = Some(local);
                let (engine_url, handler_url) = (base(engine_addr)?, base(handler_addr)?);
                let config = parts::handler(settings, handler_addr, carrier, voice, engine_url, None, true)?;
                parts.handler = Some(handler::start(config).await?);
                let mut config = parts::engine(settings, engine_addr, handler_url, None, true)?;
                config.phone = parts.phone()?;
                parts.engine = Some(engine::start(config).await?);
            }
            Mode::Serve => {
                parts::token_needed("engine", engine_addr, None, settings.api_token.as_ref())?;
                // The handler must be reachable for the carrier; its API is for the engine in this process only.
                let token = settings.api_token.clone().unwrap_or_else(|| uuid::Uuid::new_v4().simple().to_string());
                let (carrier, voice) = (Carrier::configured(settings)?, Voice::configured(settings)?);
                public_url(settings)?;
                let config = parts::handler(settings, handler_addr, carrier, voice, engine_url, Some(token.clone()), false)?;
                parts.handler = Some(handler::start(config).await?);
                let config = parts::engine(settings, engine_addr, handler_url, Some(token), false)?;
                parts.engine = Some(take_over_engine(config, Duration::from_secs(settings.handler.takeover_wait_s)).await?);
            }
            Mode::Engine => {
                parts::token_needed("engine", engine_addr, None, settings.api_token.as_ref())?;
                let config = parts::engine(settings, engine_addr, handler_url, settings.api_token.clone(), false)?;
                parts.engine = Some(take_over_engine(config, Duration::from_secs(settings.handler.takeover_wait_s)).await?);
            }
            Mode::Handler => {
                parts::token_needed("call handler", handler_addr, settings.public_url.as_ref(), settings.api_token.as_ref())?;
                let (carrier, voice) = (Carrier::configured(settings)?, Voice::configured(settings)?);
                public_url(settings)?;
                let config =
                    parts::handler(settings, handler_addr, carrier, voice, engine_url, settings.api_token.clone(), false)?;
                parts.handler = Some(handler::start(config).await?);
            }
            Mode::CarrierSim => {
                let carrier = Carrier::configured(settings)?;
                let speech = load(settings).await?;
                parts.carrier_sim = Some(sim::start(parts::carrier_sim(settings.sim.addr, &carrier, speech)).await?);
            }
            Mode::Voice => {
                let speech = load(settings).await?;
                parts.voice = Some(voice::start(parts::local_voice(settings, speech)?).await?);
            }
            Mode::Config => {}
        }
        if let Some(file) = &asked.ready_file {
            let json = serde_json::to_vec(&parts.addresses()?)?;
            // Whoever waits for the file must never read half of it.
            let unfinished = file.with_extension("unfinished");
            std::fs::write(&unfinished, json)
                .and_then(|()| std::fs::rename(&unfinished, file))
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        Ok(parts)
    }

    fn addresses(&self) -> anyhow::Result<Addresses> {
        let of = |addr: Option<SocketAddr>| addr.map(base).transpose();
        Ok(Addresses {
            engine: of(self.engine.as_ref().map(engine::Running::addr))?,
            handler: of(self.handler.as_ref().map(handler::Running::addr))?,
            carrier_sim: of(self.carrier_sim.as_ref().map(sim::Running::addr))?,
            voice: of(self.voice.as_ref().map(voice::Running::addr))?,
        })
    }

    /// Where the page is, if the engine runs here.
    pub(crate) fn page(&self) -> Option<String> {
        self.engine.as_ref().map(|engine| format!("http://{}/", engine.addr()))
    }

    /// The phone in the browser, if the carrier simulator runs here.
    pub(crate) fn phone(&self) -> anyhow::Result<Option<BrowserPhone>> {
        self.carrier_sim.as_ref().map(|carrier_sim| parts::browser_phone(&base(carrier_sim.addr())?)).transpose()
    }

    /// Lets live calls end within the grace; every result reaches the engine's database or stays in the outbox. The engine goes
    /// after the handler so that it can take the last results, and the simulators last.
    pub(crate) async fn drain(self, grace: Duration) {
        const SOON: Duration = Duration::from_secs(5);
        if let Some(handler) = self.handler {
            handler.drain(grace).await;
        }
        if let Some(engine) = self.engine {
            engine.drain(SOON).await;
        }
        if let Some(voice) = self.voice {
            voice.drain(SOON).await;
        }
        if let Some(carrier_sim) = self.carrier_sim {
            carrier_sim.drain(SOON).await;
        }
    }
}

/// Starts the engine, after waiting so long for another one to leave its database, and then its address.
async fn take_over_engine(config: engine::Config, wait: Duration) -> Result<engine::Running, engine::Error> {
    const TRY_EVERY: Duration = Duration::from_millis(200);
    let until = tokio::time::Instant::now() + wait;
    let mut waited = false;
    loop {
        let error = match engine::start(config.clone()).await {
            Ok(running) => return Ok(running),
            Err(error) => error,
        };
        let another = match &error {
            engine::Error::Store(engine::store::Error::InUse { .. }) => true,
            engine::Error::Listen { .. } => waited,
            engine::Error::Store(_) | engine::Error::Graph(_) | engine::Error::Client(_) => false,
        };
        if !another || tokio::time::Instant::now() >= until {
            return Err(error);
        }
        if !waited {
            tracing::info!(wait_s = wait.as_secs(), "another engine uses the database; waiting for it to stop");
            waited = true;
        }
        tokio::time::sleep(TRY_EVERY).await;
    }
}

/// Loading blocks for about a second.
async fn load(settings: &Settings) -> anyhow::Result<speech::Speech> {
    let settings = settings.clone();
    tokio::task::spawn_blocking(move || parts::speech(&settings)).await?
}

/// The address with its port chosen, so that the parts can be told of each other before they listen.
fn fixed(addr: SocketAddr) -> anyhow::Result<SocketAddr> {
    if addr.port() != 0 {
        return Ok(addr);
    }
    let listener = TcpListener::bind(addr).with_context(|| format!("cannot listen on {addr}"))?;
    Ok(listener.local_addr()?)
}

fn base(addr: SocketAddr) -> anyhow::Result<Url> {
    Ok(Url::parse(&format!("http://{addr}/"))?)
}

fn loopback_only(settings: &Settings) -> anyhow::Result<()> {
    let addrs = [settings.engine.addr, settings.handler.addr, settings.sim.addr, settings.local_voice.addr];
    match addrs.iter().find(|addr| !addr.ip().is_loopback()) {
        Some(addr) => {
            bail!("the demo has no token and listens on this machine only, not on {addr}; use 127.0.0.1, or `ringback serve`")
        }
        None => Ok(()),
    }
}

fn public_url(settings: &Settings) -> anyhow::Result<()> {
    if settings.public_url.is_none() {
        bail!(
            "public_url is not set: give the URL under which the carrier reaches the call handler in RINGBACK_PUBLIC_URL, https://…"
        );
    }
    Ok(())
}
