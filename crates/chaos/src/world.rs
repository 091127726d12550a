//! What a case happens in: the simulated carrier and the model, which never fail; engine and handler as processes; and a way
//! between any two of them.

use crate::model::Model;
use crate::part::{Keeper, Recipe, Trap};
use crate::plan::{ACCOUNT, Case, Fault, Link, Part};
use crate::proxy::{Loss, Proxy, Weather};
use crate::{Setting, Setup};
use anyhow::Context;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use url::Url;

/// The carrier's secret.
pub(crate) const SECRET: &str = "c4a05c4a05c4a05c4a05c4a05c4a05c4";
/// Calls that the handler takes at the same time.
pub(crate) const CALLS_MAX: usize = 6;
/// How long one look at engine, handler or carrier may take.
const LOOK_MAX: Duration = Duration::from_secs(8);

/// The ways between the programs, and the user's own, on which nothing ever goes wrong.
pub(crate) struct Ways {
    engine_to_handler: Arc<Proxy>,
    handler_to_engine: Arc<Proxy>,
    handler_to_carrier: Arc<Proxy>,
    carrier_to_handler: Arc<Proxy>,
    handler_to_model: Arc<Proxy>,
    user_to_engine: Arc<Proxy>,
    user_to_handler: Arc<Proxy>,
}

impl Ways {
    pub(crate) fn of(&self, link: Link) -> &Arc<Proxy> {
        match link {
            Link::EngineToHandler => &self.engine_to_handler,
            Link::HandlerToEngine => &self.handler_to_engine,
            Link::HandlerToCarrier => &self.handler_to_carrier,
            Link::CarrierToHandler => &self.carrier_to_handler,
            Link::HandlerToModel => &self.handler_to_model,
        }
    }
}

/// One world.
pub(crate) struct World {
    pub(crate) ways: Ways,
    pub(crate) engine: Keeper,
    pub(crate) handler: Keeper,
    pub(crate) folder: TempDir,
    carrier: sim::Running,
    _model: Model,
    pub(crate) http: reqwest::Client,
    pub(crate) engine_url: String,
    pub(crate) handler_url: String,
    pub(crate) carrier_url: String,
}

impl World {
    /// Builds a world for a case and arms its faults.
    pub(crate) async fn start(case: &Case, setup: &Setup) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix(&format!("case-{}-", case.number)).tempdir_in(&setup.folder)?;
        let mut config = sim::Config::new(([127, 0, 0, 1], 0).into(), ACCOUNT, SECRET);
        config.everywhere = true;
        config.calls_per_second = case.pace;
        config.timing.queue = Duration::from_millis(20);
        config.timing.connect = Duration::from_millis(60);
        config.timing.ring = Duration::from_millis(150);
        let carrier = sim::start(config).await.context("the carrier simulator")?;
        let model = Model::start().await.context("the model")?;
        let way = |to| anyhow::Ok(Arc::new(Proxy::start(to).context("a way")?));
        let ways = Ways {
            engine_to_handler: way(None)?,
            handler_to_engine: way(None)?,
            handler_to_carrier: way(Some(carrier.addr()))?,
            carrier_to_handler: way(None)?,
            handler_to_model: way(Some(model.addr))?,
            user_to_engine: way(None)?,
            user_to_handler: way(None)?,
        };
        for fault in &case.faults {
            match *fault {
                Fault::LoseAnswer { link, request } => ways.of(link).lose(request, Loss::Answer),
                Fault::LoseRequest { link, request } => ways.of(link).lose(request, Loss::Request),
                Fault::CrashAt { .. }
                | Fault::StopAt { .. }
                | Fault::Kill { .. }
                | Fault::KillBoth { .. }
                | Fault::Stop { .. }
                | Fault::Upgrade { .. }
                | Fault::Cut { .. }
                | Fault::Silence { .. }
                | Fault::Delay { .. } => {}
            }
        }
        let at = |way: &Proxy| Url::parse(&format!("http://{}/", way.addr)).context("an address is a URL");
        let setting = serde_json::to_string(&Setting {
            data_dir: folder.path().join("data"),
            engine_url: at(&ways.handler_to_engine)?,
            handler_url: at(&ways.engine_to_handler)?,
            carrier_url: at(&ways.handler_to_carrier)?,
            public_url: at(&ways.carrier_to_handler)?,
            voice_url: at(&ways.handler_to_model)?.join("v1/realtime")?,
            account_sid: ACCOUNT.into(),
            auth_token: SECRET.into(),
            calls_max: CALLS_MAX,
        })?;
        let recipe = |part: Part| Recipe {
            part,
            program: setup.program.clone(),
            setting: setting.clone(),
            log: folder.path().join(format!("{}.log", part.name())),
            traps: case.faults.iter().filter_map(|fault| Trap::of(fault, part)).collect(),
        };
        let (engine_url, handler_url) = (base(&ways.user_to_engine), base(&ways.user_to_handler));
        let engine_ways = vec![Arc::clone(&ways.handler_to_engine), Arc::clone(&ways.user_to_engine)];
        let handler_ways = [&ways.engine_to_handler, &ways.carrier_to_handler, &ways.user_to_handler].map(Arc::clone).to_vec();
        let carrier_url = format!("http://{}", carrier.addr());
        Ok(Self {
            engine: Keeper::start(recipe(Part::Engine), engine_ways),
            handler: Keeper::start(recipe(Part::Handler), handler_ways),
            ways,
            folder,
            carrier,
            _model: model,
            http: reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(LOOK_MAX).build()?,
            engine_url,
            handler_url,
            carrier_url,
        })
    }

    /// Carries out what is not armed already, at its time.
    pub(crate) async fn strike(&self, fault: Fault) {
        let ms = Duration::from_millis;
        let part = |part| match part {
            Part::Engine => &self.engine,
            Part::Handler => &self.handler,
        };
        match fault {
            Fault::Kill { part: which, at_ms, down_ms } => {
                tokio::time::sleep(ms(at_ms)).await;
                part(which).kill(ms(down_ms));
            }
            Fault::KillBoth { at_ms, down_ms } => {
                tokio::time::sleep(ms(at_ms)).await;
                self.engine.kill(ms(down_ms));
                self.handler.kill(ms(down_ms));
            }
            Fault::Stop { part: which, at_ms, for_ms } => {
                tokio::time::sleep(ms(at_ms)).await;
                part(which).stop(ms(for_ms)).await;
            }
            Fault::Upgrade { part: which, at_ms } => {
                tokio::time::sleep(ms(at_ms)).await;
                part(which).upgrade();
            }
            Fault::Cut { link, at_ms, for_ms } => self.spoil(link, at_ms, for_ms, Weather::Cut).await,
            Fault::Silence { link, at_ms, for_ms } => self.spoil(link, at_ms, for_ms, Weather::Silent).await,
            Fault::Delay { link, at_ms, for_ms, by_ms } => self.spoil(link, at_ms, for_ms, Weather::Slow(ms(by_ms))).await,
            Fault::CrashAt { .. } | Fault::StopAt { .. } | Fault::LoseAnswer { .. } | Fault::LoseRequest { .. } => {}
        }
    }

    /// Whether a request is still waited for that is to be lost.
    pub(crate) fn still_waits(&self, fault: Fault) -> bool {
        match fault {
            Fault::LoseAnswer { link, request } => self.ways.of(link).still_loses(request, Loss::Answer),
            Fault::LoseRequest { link, request } => self.ways.of(link).still_loses(request, Loss::Request),
            Fault::CrashAt { .. }
            | Fault::StopAt { .. }
            | Fault::Kill { .. }
            | Fault::KillBoth { .. }
            | Fault::Stop { .. }
            | Fault::Upgrade { .. }
            | Fault::Cut { .. }
            | Fault::Silence { .. }
            | Fault::Delay { .. } => false,
        }
    }

    async fn spoil(&self, link: Link, at_ms: u64, for_ms: u64, weather: Weather) {
        let way = self.ways.of(link);
        tokio::time::sleep(Duration::from_millis(at_ms)).await;
        way.weather(weather);
        tokio::time::sleep(Duration::from_millis(for_ms)).await;
        way.weather(Weather::Clear);
    }

    /// Something as JSON; `None` if nobody answers, or not with a success.
    pub(crate) async fn look<T: DeserializeOwned>(&self, url: &str) -> Option<T> {
        let answer = self.http.get(url).send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        answer.json().await.ok()
    }

    /// Ends everything; tells what does not end as it should.
    pub(crate) async fn end(self) -> (TempDir, Vec<String>) {
        let (engine, handler) = tokio::join!(self.engine.end(), self.handler.end());
        self.carrier.drain(Duration::ZERO).await;
        (self.folder, [engine, handler].into_iter().filter_map(Result::err).collect())
    }
}

fn base(way: &Proxy) -> String {
    format!("http://{}", way.addr)
}
