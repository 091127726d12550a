//! What the handler must be told before it can start. Plain, already validated values: reading files, flags and the
//! environment is the binary's work.

use crate::prices::Prices;
use crate::voice::{Dialect, KeyForm, Options, Voice};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use types::PhoneNumber;
use url::Url;

/// Everything the handler needs to know. Has no `Debug`, so that no secret in it reaches a log.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub addr: SocketAddr,
    /// The address that the carrier reaches us by, scheme and all; webhooks are signed against it, the media stream's
    /// `wss://` (or `ws://`) address is made from it. `None`: the address we listen at, for a carrier on this machine.
    pub public_url: Option<Url>,
    /// The carrier's REST API without `/2010-04-01`: `https://api.twilio.com`.
    pub carrier_url: Url,
    /// The carrier account, `AC…`.
    pub account_sid: String,
    /// The carrier account's secret; also signs the webhooks.
    pub auth_token: String,
    /// The number we call from.
    pub from_number: PhoneNumber,
    /// Whether the carrier is asked to find out who answers, beside what is heard here. It may cost something with each call.
    pub machine_detection: bool,
    /// The realtime model.
    pub voice: Voice,
    /// The one for when that one cannot be had in the middle of a call, or before it.
    pub second_voice: Option<Voice>,
    /// Whether "One moment, please." is said beforehand, once for each voice, for the moments in which no model is there.
    pub fillers: bool,
    /// What things cost; without it no call has a cost.
    pub prices: Option<Prices>,
    /// Where results go: `POST {engine_url}/call_result`.
    pub engine_url: Url,
    /// The token that the engine wants, if it wants one.
    pub engine_token: Option<String>,
    /// If set, everything but `GET /`, signed webhooks and the media socket needs `Authorization: Bearer …`.
    pub api_token: Option<String>,
    /// The folder of `handler.db`; made if it is not there.
    pub data_dir: PathBuf,
    /// How long a start waits for another handler to leave the folder.
    pub takeover_wait: Duration,
    /// Whether a stop leaves live calls to the next start in any case, not only when a handler waits for the folder.
    pub hand_over: bool,
    /// What of calls is recorded.
    pub recording: crate::recording::Config,
    /// Who may be called, when, and how often.
    pub gate: gate::Gate,
    /// How many calls may be live at once; more are refused with 503 `busy`.
    pub max_concurrent_calls: usize,
    /// How many ended orders are kept before the oldest are forgotten.
    pub orders_kept_max: u32,
    /// How many readers (event streams and listeners together) may be connected at once.
    pub watchers_max: usize,
    /// How long the handler waits for others.
    pub timing: Timing,
    /// How the call session behaves.
    pub tuning: session::Tuning,
}

impl Config {
    /// The model that is meant, if it is configured.
    pub fn voice_of(&self, provider: session::Provider) -> Option<&Voice> {
        match provider {
            session::Provider::First => Some(&self.voice),
            session::Provider::Second => self.second_voice.as_ref(),
        }
    }

    /// A configuration for a carrier, a voice and an engine on this machine at the default ports, with made-up credentials.
    pub fn local(data_dir: PathBuf, from_number: PhoneNumber) -> Self {
        let local = |port: u16, path: &str| {
            let mut url = Url::parse("http://127.0.0.1").expect("a constant URL parses");
            url.set_port(Some(port)).expect("an http URL takes a port");
            url.set_path(path);
            url
        };
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 5002)),
            public_url: None,
            carrier_url: local(5003, ""),
            account_sid: format!("AC{}", "0".repeat(32)),
            auth_token: "local".into(),
            from_number,
            machine_detection: true,
            voice: Voice {
                dialect: Dialect::Realtime,
                url: local(5004, "/v1/realtime"),
                api_key: String::new(),
                key_form: KeyForm::Bearer,
                model: "gpt-realtime".into(),
                name: "marin".into(),
                simulated: false,
                options: Options::default(),
            },
            second_voice: None,
            fillers: false,
            prices: None,
            engine_url: local(8000, ""),
            engine_token: None,
            api_token: None,
            data_dir,
            takeover_wait: Duration::ZERO,
            hand_over: false,
            recording: crate::recording::Config::default(),
            gate: gate::Gate::simulated(),
            max_concurrent_calls: 100,
            orders_kept_max: 10_000,
            watchers_max: 1_000,
            timing: Timing::default(),
            tuning: session::Tuning::default(),
        }
    }
}

/// How long the handler waits for others, and how often it asks.
#[derive(Clone, Debug)]
pub struct Timing {
    /// For one request to the carrier.
    pub carrier_timeout: Duration,
    /// The first wait before a request to the carrier is repeated; doubles.
    pub carrier_backoff: Duration,
    /// The longest such wait.
    pub carrier_backoff_max: Duration,
    /// How long the carrier is asked what became of a call that it may or may not have taken.
    pub reconcile_window: Duration,
    /// How long a hang-up is repeated. The carrier's own `TimeLimit` ends the call in any case.
    pub hang_up_window: Duration,
    /// How long the carrier may be silent about a call that is not answered before it is asked.
    pub poll_ringing: Duration,
    /// The same for an answered call whose audio does not flow.
    pub poll_connected: Duration,
    /// For opening and configuring the model's session.
    pub voice_open_timeout: Duration,
    /// How long the model's socket may be silent, answers to pings included, before it is given up.
    pub voice_idle_timeout: Duration,
    /// How long a socket may take nothing of what is queued for it before it is given up.
    pub stall_timeout: Duration,
    /// How long a fresh media socket may take to say which call it belongs to.
    pub media_start_timeout: Duration,
    /// For one `POST /call_result`.
    pub engine_timeout: Duration,
    /// The first wait before a result is sent again; doubles.
    pub outbox_backoff: Duration,
    /// The longest such wait.
    pub outbox_backoff_max: Duration,
    /// How long a result is offered before it is kept as dead.
    pub outbox_window: Duration,
    /// How long an answered call is kept on the line without us, so that a handler that is started again can go on with it; in
    /// whole seconds, 0 ends such a call at once.
    pub comeback_window: Duration,
    /// How long calls have for their goodbye to the carrier once the grace of a drain is over.
    pub shutdown_window: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self {
            carrier_timeout: s(15),
            carrier_backoff: Duration::from_millis(500),
            carrier_backoff_max: s(10),
            reconcile_window: s(30),
            hang_up_window: s(600),
            poll_ringing: s(5),
            poll_connected: s(15),
            voice_open_timeout: s(10),
            voice_idle_timeout: s(12),
            stall_timeout: s(5),
            media_start_timeout: s(10),
            engine_timeout: s(15),
            outbox_backoff: Duration::from_millis(500),
            outbox_backoff_max: s(60),
            outbox_window: s(7 * 24 * 3600),
            comeback_window: s(30),
            shutdown_window: s(10),
        }
    }
}
