//! What each part is told, made from the settings: one function for each part.

pub(crate) mod brains;
mod model;
mod prices;
mod turns;

pub(crate) use model::Voice;
pub(crate) use prices::{read as prices, reference as prices_reference};

use crate::settings::{RecordingSettings, Settings};
use anyhow::{Context, bail};
use gate::{Gate, Rules};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use types::{
    PhoneNumber, RetryPolicy,
    chat::{BrowserPhone, Suggestion},
};
use url::Url;

/// Added to a folder of data in the demo, so that it never touches what `serve` keeps.
const DEMO_FOLDER: &str = "demo";
/// The number that simulated calls come from.
const DEMO_FROM_NUMBER: &str = "+14155550199";
/// How many transcriptions and syntheses the local voice and the simulated callees do at the same time.
const SPEECH_WORKERS: usize = 2;

/// The data folder.
pub(crate) fn data_dir(settings: &Settings, demo: bool) -> anyhow::Result<PathBuf> {
    let dir = match &settings.data_dir {
        Some(dir) => dir.clone(),
        None => home()?.join(".local/share/ringback"),
    };
    Ok(if demo { dir.join(DEMO_FOLDER) } else { dir })
}

fn home() -> anyhow::Result<PathBuf> {
    std::env::var_os("HOME")
        .map(PathBuf::from)
        .filter(|home| !home.as_os_str().is_empty())
        .context("there is no home folder to keep data in; name one with RINGBACK_DATA or --data")
}

/// The local models, loaded.
pub(crate) fn speech(settings: &Settings) -> anyhow::Result<speech::Speech> {
    speech_of(settings, SPEECH_WORKERS)
}

/// The same for so many at the same time.
pub(crate) fn speech_of(settings: &Settings, workers: usize) -> anyhow::Result<speech::Speech> {
    let dir = settings.models_dir.clone().unwrap_or_else(speech::default_models_dir);
    speech::Speech::load(&dir, workers).context("the local voice cannot start")
}

/// The engine, for a handler at `handler_url`.
pub(crate) fn engine(
    settings: &Settings,
    addr: SocketAddr,
    handler_url: Url,
    handler_token: Option<String>,
    demo: bool,
) -> anyhow::Result<engine::Config> {
    let mut config = engine::Config::new(handler_url, data_dir(settings, demo)?);
    config.addr = addr;
    config.handler_token = handler_token;
    config.api_token = if demo { None } else { settings.api_token.clone() };
    config.allowed_hosts = settings.engine.allowed_hosts.clone();
    config.task.locale = locale(settings)?;
    config.task.templates = templates(settings)?;
    config.task.gate = gate(settings, demo)?;
    let brains::Chat { brain, reader } = brains::chat(settings)?;
    (config.brain, config.reader) = (brain, reader);
    settings.order.check("order.")?;
    config.task.voice_choice = settings.order.clone();
    config.task.retry = retry(settings)?;
    config.simulated = demo;
    config.suggestions = suggestions(demo);
    Ok(config)
}

/// The phone in the browser, of a carrier simulator.
pub(crate) fn browser_phone(carrier_sim: &Url) -> anyhow::Result<BrowserPhone> {
    Ok(BrowserPhone { number: PhoneNumber::parse(sim::BROWSER)?, page: carrier_sim.join("phone")?.into() })
}

/// Who may be called. In the demo nobody can be woken and nothing is paid.
pub(crate) fn gate(settings: &Settings, demo: bool) -> anyhow::Result<Gate> {
    if demo {
        return Ok(Gate::simulated());
    }
    let given = &settings.gate;
    let home = settings.carrier.from_number.as_ref().and_then(Rules::region_of);
    let mut rules = Rules::from_region(home.unwrap_or(&settings.phone_region));
    if !given.countries.is_empty() {
        rules.countries = given.countries.iter().map(|country| country.to_uppercase()).collect();
    }
    rules.quiet_hours = match given.quiet_hours.trim() {
        "off" => None,
        hours => Some(hours.parse().context("gate.quiet_hours")?),
    };
    rules.calls_per_number_and_day = given.calls_per_number_and_day;
    rules.calls_per_user_and_day = given.calls_per_user_and_day;
    rules.calls_per_day = given.calls_per_day;
    rules.minutes_per_day = given.minutes_per_day;
    rules.cost_per_call_micros = prices::micros("gate.cost_per_call", given.cost_per_call.as_ref())?;
    rules.cost_per_day_micros = prices::micros("gate.cost_per_day", given.cost_per_day.as_ref())?;
    Gate::new(rules).context("[gate] cannot be used")
}

/// How calls that reach nobody are tried again without asking.
fn retry(settings: &Settings) -> anyhow::Result<Option<RetryPolicy>> {
    let given = &settings.retry;
    let policy = RetryPolicy { times: given.times, every_s: given.every_minutes.saturating_mul(60) };
    if given.times == 0 {
        return Ok(None);
    }
    policy.check().context("[retry] cannot be used")?;
    Ok(Some(policy))
}

/// Where the user is.
pub(crate) fn locale(settings: &Settings) -> anyhow::Result<graph::locale::Locale> {
    Ok(graph::locale::Locale { time_zone: time_zone(settings)?, region: settings.phone_region.clone() })
}

/// The user's own kinds of tasks over those that come with the program; `None` without any.
fn templates(settings: &Settings) -> anyhow::Result<Option<std::sync::Arc<graph::template::Templates>>> {
    let Some(dir) = &settings.templates_dir else { return Ok(None) };
    let templates = graph::template::Templates::load_dir(dir).context("templates_dir cannot be used")?;
    Ok(Some(std::sync::Arc::new(templates)))
}

fn time_zone(settings: &Settings) -> anyhow::Result<jiff::tz::TimeZone> {
    match &settings.time_zone {
        Some(name) => jiff::tz::TimeZone::get(name)
            .with_context(|| format!("time_zone: there is no time zone {name:?}; a right one is Europe/Berlin")),
        None => Ok(jiff::tz::TimeZone::system()),
    }
}

fn suggestions(demo: bool) -> Vec<Suggestion> {
    // In the demo the number comes along, so that one click leads to a call.
    let at = |number: &str| if demo { format!(", the number is {number}") } else { String::new() };
    // The number comes first where the words of the message come last.
    let hold = "wait on hold for someone in billing and ask why I was charged twice";
    let hold = if demo { format!("Call +1 415 555 0105, {hold}") } else { format!("Please {hold}") };
    let suggestion = |title: &str, message: String| Suggestion { title: title.into(), message };
    let mut suggestions = vec![
        suggestion("Order a pizza", format!("Order a large pepperoni pizza for delivery{}", at("+1 415 555 0100"))),
        suggestion("Book a table", format!("Book a table for four tomorrow at 7 pm{}", at("+1 415 555 0101"))),
        suggestion("Book an appointment", format!("Book a check-up tomorrow at 3 pm{}", at("+1 415 555 0103"))),
        suggestion("Cancel a booking", format!("Cancel my table reservation for tomorrow at 7 pm{}", at("+1 415 555 0104"))),
        suggestion("Wait on hold", hold),
        suggestion("Ask a shop", format!("Ask a shop whether they have oat milk{}", at("+1 415 555 0102"))),
    ];
    if demo {
        // The browser's own number: the user answers on the phone page.
        let message = "Ask whether they are open on Sunday, the number is +1 415 555 0120";
        suggestions.push(suggestion("Call yourself", message.into()));
    }
    suggestions
}

/// Who is called through, and as whom.
pub(crate) struct Carrier {
    pub(crate) url: Url,
    pub(crate) account_sid: String,
    pub(crate) auth_token: String,
    pub(crate) from_number: PhoneNumber,
}

impl Carrier {
    /// The configured one.
    pub(crate) fn configured(settings: &Settings) -> anyhow::Result<Self> {
        let carrier = &settings.carrier;
        Ok(Self {
            url: carrier.url.clone(),
            account_sid: needed(&carrier.account_sid, "carrier.account_sid", "TWILIO_ACCOUNT_SID", "the carrier's account")?,
            auth_token: needed(
                &carrier.auth_token,
                "carrier.auth_token",
                "TWILIO_AUTH_TOKEN",
                "the carrier account's auth token",
            )?,
            from_number: needed(
                &carrier.from_number,
                "carrier.from_number",
                "TWILIO_PHONE_NUMBER",
                "the number that calls are made from",
            )?,
        })
    }

    /// A simulated one, with credentials that were made up for this run.
    pub(crate) fn simulated(url: Url) -> anyhow::Result<Self> {
        Ok(Self {
            url,
            account_sid: format!("AC{}", uuid::Uuid::new_v4().simple()),
            auth_token: uuid::Uuid::new_v4().simple().to_string(),
            from_number: PhoneNumber::parse(DEMO_FROM_NUMBER)?,
        })
    }
}

/// The call handler.
pub(crate) fn handler(
    settings: &Settings,
    addr: SocketAddr,
    carrier: Carrier,
    voice: Voice,
    engine_url: Url,
    api_token: Option<String>,
    demo: bool,
) -> anyhow::Result<handler::Config> {
    let mut config = handler::Config::local(data_dir(settings, demo)?, carrier.from_number);
    config.addr = addr;
    config.public_url = if demo { None } else { settings.public_url.clone() };
    (config.carrier_url, config.account_sid, config.auth_token) = (carrier.url, carrier.account_sid, carrier.auth_token);
    // The simulator's costs nothing.
    config.machine_detection = demo || settings.carrier.machine_detection;
    config.voice = voice.0;
    if !config.voice.simulated {
        config.second_voice = Voice::second(settings)?.map(|voice| voice.0);
        config.fillers = settings.voice.fillers;
    }
    // What is simulated costs nothing.
    config.prices = if demo { None } else { Some(prices(settings)?) };
    config.engine_url = engine_url;
    config.engine_token = if demo { None } else { settings.api_token.clone() };
    config.api_token = api_token;
    config.max_concurrent_calls = settings.handler.max_calls;
    if !demo {
        config.takeover_wait = Duration::from_secs(settings.handler.takeover_wait_s);
        config.hand_over = settings.handler.hand_over;
    }
    let RecordingSettings { enabled, keep_days, max_mb } = settings.recording;
    config.tuning = turns::tuning(settings.turns)?;
    config.recording = handler::recording::Config { enabled, keep_days, bytes_max: u64::from(max_mb) * 1024 * 1024 };
    config.gate = gate(settings, demo)?;
    Ok(config)
}

/// The local voice.
pub(crate) fn local_voice(settings: &Settings, speech: speech::Speech) -> anyhow::Result<voice::Config> {
    let mut config = voice::Config::new(settings.local_voice.addr, speech);
    config.brain = brains::voice(settings)?;
    Ok(config)
}

/// The carrier simulator, for an account.
pub(crate) fn carrier_sim(addr: SocketAddr, carrier: &Carrier, speech: speech::Speech) -> sim::Config {
    let mut config = sim::Config::new(addr, carrier.account_sid.clone(), carrier.auth_token.clone());
    config.speech = Some(speech);
    config
}

/// Refuses to open an API to others without a token.
pub(crate) fn token_needed(part: &str, addr: SocketAddr, public: Option<&Url>, token: Option<&String>) -> anyhow::Result<()> {
    if token.is_none() && (!addr.ip().is_loopback() || public.is_some()) {
        bail!("the {part} can be reached from outside, so it needs a token: set api_token, RINGBACK_API_TOKEN or --api-token");
    }
    Ok(())
}

/// How long live calls get when the program is stopped.
pub(crate) fn grace(settings: &Settings) -> Duration {
    Duration::from_secs(settings.drain_s)
}

fn needed<T: Clone>(value: &Option<T>, key: &str, variable: &str, what: &str) -> anyhow::Result<T> {
    value.clone().with_context(|| {
        format!("{key} is not set: give {what} in {variable} or in the configuration file; `ringback demo` needs none")
    })
}
