//! What is examined: the configuration, and with `--simulated` a carrier and a voice that were started for it.

use super::machine::{Listener, listener};
use crate::{
    parts::{self, Carrier, Voice},
    settings::{Auth, Dialect, Settings},
};
use anyhow::Context as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;
use url::{Host, Url};

/// Everything that the checks look at.
pub(super) struct Patient {
    pub(super) settings: Settings,
    pub(super) simulated: bool,
    /// Whether the local voice's models load.
    pub(super) models: Result<(), String>,
    /// Who listens where the engine and the handler are to listen, before any check begins to.
    pub(super) engine: Listener,
    pub(super) handler: Listener,
    /// Why what `--simulated` needs does not run.
    pub(super) trouble: Option<String>,
    sim: Option<sim::Running>,
    voice: Option<voice::Running>,
}

impl Patient {
    /// Starts what is needed for the checks.
    pub(super) async fn admit(settings: Settings, simulated: bool) -> Self {
        let loading = settings.clone();
        let loaded = tokio::task::spawn_blocking(move || parts::speech(&loading)).await;
        let speech = loaded.map_err(anyhow::Error::from).and_then(|speech| speech);
        let models = speech.as_ref().map(drop).map_err(|error| format!("{error:#}"));
        let (engine, handler) = (Listener::Nobody, Listener::Nobody);
        let mut patient = Self { settings, simulated, models, engine, handler, trouble: None, sim: None, voice: None };
        if simulated {
            patient.trouble = patient.simulate(speech.ok()).await.err().map(|error| format!("{error:#}"));
        }
        patient.engine = listener(patient.settings.engine.addr).await;
        patient.handler = listener(patient.settings.handler.addr).await;
        patient
    }

    /// Puts simulators in the place of what is configured.
    async fn simulate(&mut self, speech: Option<speech::Speech>) -> anyhow::Result<()> {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let settings = &mut self.settings;
        settings.handler.addr = TcpListener::bind(free).and_then(|listener| listener.local_addr()).context("no port is free")?;
        settings.public_url = Some(Url::parse(&format!("http://{}/", settings.handler.addr))?);
        let carrier = Carrier::simulated(settings.carrier.url.clone())?;
        // Nobody is called, so nobody needs ears.
        let sim = sim::start(sim::Config::new(free, carrier.account_sid.clone(), carrier.auth_token.clone())).await?;
        settings.carrier.url = Url::parse(&format!("http://{}/", sim.addr()))?;
        settings.carrier.account_sid = Some(carrier.account_sid);
        settings.carrier.auth_token = Some(carrier.auth_token);
        settings.carrier.from_number = Some(carrier.from_number);
        self.sim = Some(sim);
        if let Some(speech) = speech {
            let voice = voice::start(voice::Config::new(free, speech)).await?;
            settings.voice.url = Some(Url::parse(&voice.url())?);
            // Whatever else is configured, this one is spoken to in its own way.
            (settings.voice.dialect, settings.voice.auth) = (Dialect::Realtime, Auth::Auto);
            self.voice = Some(voice);
        }
        Ok(())
    }

    /// The carrier as configured, or what is missing.
    pub(super) fn carrier(&self) -> Result<Carrier, String> {
        Carrier::configured(&self.settings).map_err(|error| format!("{error:#}"))
    }

    /// The model as configured, or what is missing.
    pub(super) fn voice(&self) -> Result<Voice, String> {
        match (&self.models, self.simulated && self.voice.is_none()) {
            (Err(error), true) => Err(error.clone()),
            (Ok(()) | Err(_), _) => Voice::configured(&self.settings).map_err(|error| format!("{error:#}")),
        }
    }

    /// Stops what was started.
    pub(super) async fn discharge(self, grace: Duration) {
        if let Some(voice) = self.voice {
            voice.drain(grace).await;
        }
        if let Some(sim) = self.sim {
            sim.drain(grace).await;
        }
    }
}

/// A client that follows nothing, so that it finds what the carrier would find.
pub(super) fn client(url: &Url) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).connect_timeout(Duration::from_secs(5));
    if is_loopback(url) { builder.no_proxy().build() } else { builder.build() }
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
