//! Configuration: one table of keys, each readable from a TOML file, the environment and a flag, in rising order of weight.

#[cfg(test)]
mod fuzz;
mod read;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};
use types::PhoneNumber;
use url::Url;

/// What a key's text is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, an address, a URL, a path or a number in E.164 form; checked when it is read.
    Text,
    /// Text that is never printed.
    Secret,
    /// A whole number.
    Number,
    /// A number that may have a fraction.
    Decimal,
    /// Texts separated by commas.
    List,
    /// True or false.
    Switch,
}

/// One thing that can be configured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Its place in the TOML file, `handler.addr`.
    pub(crate) key: &'static str,
    /// Its environment variable.
    pub(crate) env: &'static str,
    /// Its flag, without the dashes.
    pub(crate) flag: &'static str,
    /// How it is read.
    pub(crate) kind: Kind,
    /// What it is, for `--help` and `ringback config`.
    pub(crate) help: &'static str,
    /// Its default as the documentation shows it; empty when there is none.
    pub(crate) default: &'static str,
}

macro_rules! keys {
    ($($key:literal $env:literal $flag:literal $kind:ident $default:literal $help:literal;)*) => {
        /// Everything that can be configured.
        pub(crate) const KEYS: &[Key] = &[$(Key { key: $key, env: $env, flag: $flag, kind: Kind::$kind, help: $help, default: $default }),*];
    };
}

keys! {
    "data_dir" "RINGBACK_DATA" "data" Text "~/.local/share/ringback" "Folder of the databases";
    "models_dir" "RINGBACK_MODELS" "models" Text "~/.cache/ringback/models" "Folder of the local voice's models";
    "log" "RINGBACK_LOG" "log" Text "info" "What is logged: error, warn, info, debug, or per module as in handler=debug";
    "log_format" "RINGBACK_LOG_FORMAT" "log-format" Text "text" "How it is logged: text or json";
    "api_token" "RINGBACK_API_TOKEN" "api-token" Secret "" "Token that the engine's and the handler's APIs ask for; must be set unless both listen on loopback only";
    "public_url" "RINGBACK_PUBLIC_URL" "public-url" Text "" "URL under which the carrier reaches the call handler, https://…";
    "time_zone" "RINGBACK_TIME_ZONE" "time-zone" Text "" "Time zone in which \"tomorrow at seven\" is meant, as in Europe/Berlin; by default this machine's";
    "templates_dir" "RINGBACK_TEMPLATES" "templates" Text "" "Folder of your own kinds of tasks, one TOML file each";
    "phone_region" "RINGBACK_PHONE_REGION" "phone-region" Text "US" "Country of phone numbers that are written without a country code";
    "drain_s" "RINGBACK_DRAIN_S" "drain-s" Number "20" "Seconds that live calls get to end when the program is stopped";
    "engine.addr" "RINGBACK_ENGINE_ADDR" "engine-addr" Text "127.0.0.1:8000" "Where the engine listens";
    "engine.handler_url" "RINGBACK_HANDLER_URL" "handler-url" Text "http://<handler.addr>" "Where the engine finds the call handler";
    "engine.allowed_hosts" "RINGBACK_ALLOWED_HOSTS" "allowed-hosts" List "" "Host names under which the page may be opened, besides loopback";
    "handler.addr" "RINGBACK_HANDLER_ADDR" "handler-addr" Text "127.0.0.1:5002" "Where the call handler listens";
    "handler.engine_url" "RINGBACK_ENGINE_URL" "engine-url" Text "http://<engine.addr>" "Where the call handler reports results";
    "handler.max_calls" "RINGBACK_MAX_CALLS" "max-calls" Number "20" "Most calls at the same time";
    "handler.takeover_wait_s" "RINGBACK_TAKEOVER_WAIT_S" "takeover-wait-s" Number "60" "Seconds that a call handler, or an engine, waits for another one to leave the data folder";
    "handler.hand_over" "RINGBACK_HAND_OVER" "hand-over" Switch "false" "Whether a stopped call handler leaves live calls to the next start in any case, not only when one waits to take over";
    "recording.enabled" "RINGBACK_RECORDING" "recording" Switch "false" "Whether calls are recorded, which is not allowed everywhere; the callee is told in the first sentence";
    "recording.keep_days" "RINGBACK_RECORDING_KEEP_DAYS" "recording-keep-days" Number "30" "Days that a recording is kept";
    "recording.max_mb" "RINGBACK_RECORDING_MAX_MB" "recording-max-mb" Number "64" "Largest recording of one call; a minute takes about 1 MB";
    "gate.countries" "RINGBACK_GATE_COUNTRIES" "gate-countries" List "" "Countries that may be called, as in US,CA; by default that of carrier.from_number";
    "gate.quiet_hours" "RINGBACK_GATE_QUIET_HOURS" "gate-quiet-hours" Text "22:00-08:00" "When nobody is called, by the callee's clock, or off";
    "gate.calls_per_number_and_day" "RINGBACK_GATE_CALLS_PER_NUMBER_AND_DAY" "gate-calls-per-number-and-day" Number "5" "Most calls to one number within 24 hours";
    "gate.calls_per_user_and_day" "RINGBACK_GATE_CALLS_PER_USER_AND_DAY" "gate-calls-per-user-and-day" Number "50" "Most calls for one user (user_id of POST /chat and POST /order) within 24 hours; all who have none are one";
    "gate.calls_per_day" "RINGBACK_GATE_CALLS_PER_DAY" "gate-calls-per-day" Number "50" "Most calls within 24 hours";
    "gate.minutes_per_day" "RINGBACK_GATE_MINUTES_PER_DAY" "gate-minutes-per-day" Number "180" "Most minutes of calls within 24 hours, live ones counted at their limit";
    "gate.cost_per_call" "RINGBACK_GATE_COST_PER_CALL" "gate-cost-per-call" Text "" "Most that one call may cost, as in 1.50 of prices.currency; it says goodbye before. By default no limit";
    "gate.cost_per_day" "RINGBACK_GATE_COST_PER_DAY" "gate-cost-per-day" Text "" "Most that calls may cost within 24 hours, each counted beforehand at the most that it can cost. By default no limit";
    "carrier.url" "RINGBACK_CARRIER_URL" "carrier-url" Text "https://api.twilio.com" "The carrier's REST API";
    "carrier.account_sid" "TWILIO_ACCOUNT_SID" "twilio-account-sid" Text "" "Account at the carrier, AC…";
    "carrier.auth_token" "TWILIO_AUTH_TOKEN" "twilio-auth-token" Secret "" "The account's auth token; better in the environment than in a flag";
    "carrier.from_number" "TWILIO_PHONE_NUMBER" "twilio-phone-number" Text "" "Number that calls are made from, +1…";
    "carrier.machine_detection" "RINGBACK_MACHINE_DETECTION" "machine-detection" Switch "true" "Whether the carrier, too, finds out whether a person or a machine answers; it may ask something for that (prices.machine_detection)";
    "voice.url" "RINGBACK_VOICE_URL" "voice-url" Text "<openai base url, as wss>/realtime" "WebSocket of the realtime model; for the live dialect …/live/sessions; Azure: wss://….openai.azure.com/openai/v1/realtime";
    "voice.base_url" "OPENAI_BASE_URL" "openai-base-url" Text "https://api.openai.com/v1" "Base URL of the model provider";
    "voice.api_key" "OPENAI_API_KEY" "openai-api-key" Secret "" "Key of the model provider; better in the environment than in a flag";
    "voice.model" "RINGBACK_VOICE_MODEL" "voice-model" Text "gpt-realtime" "Realtime model; in Azure the deployment's name";
    "voice.name" "RINGBACK_VOICE_NAME" "voice-name" Text "marin" "The voice that the model speaks with";
    "voice.transcription_model" "RINGBACK_TRANSCRIPTION_MODEL" "transcription-model" Text "gpt-4o-mini-transcribe" "Model that writes down what the callee says";
    "voice.dialect" "RINGBACK_VOICE_DIALECT" "voice-dialect" Text "realtime" "How the model is spoken to: realtime, or live for OpenAI's Live API";
    "voice.auth" "RINGBACK_VOICE_AUTH" "voice-auth" Text "auto" "How the key is shown: bearer, api_key (Azure), or auto: api_key at *.openai.azure.com, bearer elsewhere";
    "voice.turn_detection" "RINGBACK_TURN_DETECTION" "turn-detection" Text "server_vad" "What ends the callee's turn: server_vad (silence) or semantic_vad (what was said)";
    "voice.vad_threshold" "RINGBACK_VAD_THRESHOLD" "vad-threshold" Decimal "" "server_vad: how loud speech is, 0 to 1; by default the server's";
    "voice.prefix_padding_ms" "RINGBACK_PREFIX_PADDING_MS" "prefix-padding-ms" Number "" "server_vad: milliseconds before the speech that belong to it, up to 5000; by default the server's";
    "voice.silence_duration_ms" "RINGBACK_SILENCE_DURATION_MS" "silence-duration-ms" Number "" "server_vad: milliseconds of silence that end a turn, 100 to 5000; by default 300";
    "voice.eagerness" "RINGBACK_EAGERNESS" "eagerness" Text "" "semantic_vad: how soon a turn is over, low, medium, high or auto; by default the server's";
    "voice.noise_reduction" "RINGBACK_NOISE_REDUCTION" "noise-reduction" Text "" "near_field, far_field or off; by default the server's";
    "voice.transcription_language" "RINGBACK_TRANSCRIPTION_LANGUAGE" "transcription-language" Text "" "Language that the callee is expected to speak, two letters; an order's language comes first";
    "voice.transcription_prompt" "RINGBACK_TRANSCRIPTION_PROMPT" "transcription-prompt" Text "" "Words that the callee is expected to say, at most 1000 characters";
    "voice.speed" "RINGBACK_VOICE_SPEED" "voice-speed" Decimal "" "How fast the voice speaks, 0.25 to 1.5";
    "voice.max_output_tokens" "RINGBACK_MAX_OUTPUT_TOKENS" "max-output-tokens" Text "" "Most tokens of one answer, 1 to 32000, or inf";
    "voice.truncation" "RINGBACK_TRUNCATION" "truncation" Text "" "How a context that is too long is cut: auto, disabled, or the share that stays, as in 0.8";
    "voice.delegate_model" "RINGBACK_DELEGATE_MODEL" "delegate-model" Text "" "Live dialect: the text model that reports the outcome and ends the call; must be set there";
    "voice.fillers" "RINGBACK_FILLERS" "fillers" Switch "true" "Whether \"One moment, please.\" is made beforehand, once for each voice, for moments in which the model is lost";
    "second_voice.url" "RINGBACK_SECOND_VOICE_URL" "second-voice-url" Text "" "WebSocket of a second realtime model, which takes over where the first one is lost; it speaks the realtime dialect. By default there is none";
    "second_voice.api_key" "RINGBACK_SECOND_VOICE_API_KEY" "second-voice-api-key" Secret "" "Its key, if it needs one";
    "second_voice.model" "RINGBACK_SECOND_VOICE_MODEL" "second-voice-model" Text "" "Its model; must be set with its URL";
    "second_voice.name" "RINGBACK_SECOND_VOICE_NAME" "second-voice-name" Text "" "The voice that it speaks with; by default voice.name";
    "second_voice.transcription_model" "RINGBACK_SECOND_TRANSCRIPTION_MODEL" "second-transcription-model" Text "" "Model that writes down what the callee says there; by default voice.transcription_model";
    "turns.opener_ms" "RINGBACK_TURNS_OPENER_MS" "turns-opener-ms" Number "2500" "Milliseconds of silence after the callee has picked up before the agent speaks first, 0 to 10000";
    "turns.interrupt_ms" "RINGBACK_TURNS_INTERRUPT_MS" "turns-interrupt-ms" Number "520" "Milliseconds of speech before the agent stops for it, 200 to 2000; shorter sounds, as \"mm-hm\" and a cough, do not stop it";
    "turns.unfinished_ms" "RINGBACK_TURNS_UNFINISHED_MS" "turns-unfinished-ms" Number "1500" "Milliseconds that the agent waits for the rest of a sentence that is clearly not finished, as in \"the total is\", 0 to 5000";
    "turns.patience_s" "RINGBACK_TURNS_PATIENCE_S" "turns-patience-s" Number "45" "Seconds that the callee may be silent after asking for a moment, 5 to 300";
    "order.voice" "RINGBACK_ORDER_VOICE" "order-voice" Text "" "Voice that the engine's orders ask for; by default none, so that voice.name speaks";
    "order.model" "RINGBACK_ORDER_MODEL" "order-model" Text "" "Realtime model that the engine's orders ask for; by default none, so that it is voice.model";
    "order.language" "RINGBACK_ORDER_LANGUAGE" "order-language" Text "" "Language that the engine's orders ask for, as in de or pt-BR; by default none, which is English";
    "retry.times" "RINGBACK_RETRY_TIMES" "retry-times" Number "0" "How often a call that reaches nobody is tried again without asking, 0 to 10; the plan says so, and what the user says in the chat comes first";
    "retry.every_minutes" "RINGBACK_RETRY_EVERY_MINUTES" "retry-every-minutes" Number "10" "Minutes between such tries, 1 to 1440";
    "prices.currency" "RINGBACK_PRICES_CURRENCY" "prices-currency" Text "USD" "Currency of all prices; the published ones below are in USD and hold in no other";
    "prices.carrier_minute" "RINGBACK_PRICE_CARRIER_MINUTE" "price-carrier-minute" Text "" "What a begun minute costs at your carrier, as in 0.014, where [prices.carrier] has no price; by default it is not known and left out";
    "prices.machine_detection" "RINGBACK_PRICE_MACHINE_DETECTION" "price-machine-detection" Text "" "What carrier.machine_detection costs for an answered call, as in 0.0075; by default it is not known and left out";
    "brain.kind" "RINGBACK_BRAIN" "brain" Text "built-in" "What understands the chat: built-in, or model for the language model below";
    "brain.base_url" "RINGBACK_BRAIN_BASE_URL" "brain-base-url" Text "<voice.base_url>" "Base URL of the language model, any server of OpenAI's chat completions, http://127.0.0.1:11434/v1";
    "brain.api_key" "RINGBACK_BRAIN_API_KEY" "brain-api-key" Secret "" "Key of the language model; by default voice.api_key, if it is at the same server as voice.base_url";
    "brain.model" "OPENAI_MODEL" "openai-model" Text "" "Name of the language model; must be set if it is used";
    "brain.fallback" "RINGBACK_BRAIN_FALLBACK" "brain-fallback" Switch "true" "Whether the built-in brain takes over in the chat where the language model fails: true or false";
    "brain.timeout_s" "RINGBACK_BRAIN_TIMEOUT_S" "brain-timeout-s" Number "12" "Seconds that the language model gets for a chat message, 1 to 25";
    "sim.addr" "RINGBACK_SIM_ADDR" "sim-addr" Text "127.0.0.1:5003" "Where the carrier simulator listens";
    "local_voice.addr" "RINGBACK_LOCAL_VOICE_ADDR" "local-voice-addr" Text "127.0.0.1:5004" "Where the local voice listens";
    "local_voice.brain" "RINGBACK_LOCAL_VOICE_BRAIN" "local-voice-brain" Text "built-in" "What decides what the local voice says: built-in, or model for the language model of [brain]";
}

/// Variables that begin with `RINGBACK_` and are not keys: read elsewhere.
const OTHER_VARIABLES: &[&str] = &["RINGBACK_CONFIG", "RINGBACK_CONTRACTS", "RINGBACK_NO_MODELS"];

/// The whole configuration. A key that is `None` has no default that holds everywhere.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) models_dir: Option<PathBuf>,
    pub(crate) log: String,
    pub(crate) log_format: String,
    pub(crate) api_token: Option<String>,
    pub(crate) public_url: Option<Url>,
    pub(crate) time_zone: Option<String>,
    pub(crate) templates_dir: Option<PathBuf>,
    pub(crate) phone_region: String,
    pub(crate) drain_s: u64,
    pub(crate) engine: EngineSettings,
    pub(crate) handler: HandlerSettings,
    pub(crate) recording: RecordingSettings,
    pub(crate) gate: GateSettings,
    pub(crate) carrier: CarrierSettings,
    pub(crate) voice: VoiceSettings,
    #[serde(default)]
    pub(crate) second_voice: SecondVoiceSettings,
    pub(crate) turns: TurnSettings,
    #[serde(default)]
    pub(crate) order: types::VoiceChoice,
    pub(crate) retry: RetrySettings,
    pub(crate) prices: PriceSettings,
    pub(crate) brain: BrainSettings,
    pub(crate) sim: Listener,
    pub(crate) local_voice: LocalVoiceSettings,
}

/// `[engine]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EngineSettings {
    pub(crate) addr: SocketAddr,
    pub(crate) handler_url: Option<Url>,
    #[serde(default)]
    pub(crate) allowed_hosts: Vec<String>,
}

/// `[handler]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandlerSettings {
    pub(crate) addr: SocketAddr,
    pub(crate) engine_url: Option<Url>,
    pub(crate) max_calls: usize,
    pub(crate) takeover_wait_s: u64,
    pub(crate) hand_over: bool,
}

/// `[recording]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordingSettings {
    pub(crate) enabled: bool,
    pub(crate) keep_days: u32,
    pub(crate) max_mb: u32,
}

/// `[gate]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GateSettings {
    #[serde(default)]
    pub(crate) countries: Vec<String>,
    pub(crate) quiet_hours: String,
    pub(crate) calls_per_number_and_day: u32,
    pub(crate) calls_per_user_and_day: u32,
    pub(crate) calls_per_day: u32,
    pub(crate) minutes_per_day: u32,
    #[serde(default, deserialize_with = "text_or_number")]
    pub(crate) cost_per_call: Option<String>,
    #[serde(default, deserialize_with = "text_or_number")]
    pub(crate) cost_per_day: Option<String>,
}

/// `[carrier]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CarrierSettings {
    pub(crate) url: Url,
    pub(crate) account_sid: Option<String>,
    pub(crate) auth_token: Option<String>,
    pub(crate) from_number: Option<PhoneNumber>,
    pub(crate) machine_detection: bool,
}

/// `[voice]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VoiceSettings {
    pub(crate) url: Option<Url>,
    pub(crate) base_url: Url,
    pub(crate) api_key: Option<String>,
    pub(crate) model: String,
    pub(crate) name: String,
    pub(crate) transcription_model: String,
    pub(crate) dialect: Dialect,
    pub(crate) auth: Auth,
    pub(crate) turn_detection: TurnDetection,
    pub(crate) vad_threshold: Option<f64>,
    pub(crate) prefix_padding_ms: Option<u32>,
    pub(crate) silence_duration_ms: Option<u32>,
    pub(crate) eagerness: Option<String>,
    pub(crate) noise_reduction: Option<String>,
    pub(crate) transcription_language: Option<String>,
    pub(crate) transcription_prompt: Option<String>,
    pub(crate) speed: Option<f64>,
    #[serde(default, deserialize_with = "text_or_number")]
    pub(crate) max_output_tokens: Option<String>,
    #[serde(default, deserialize_with = "text_or_number")]
    pub(crate) truncation: Option<String>,
    pub(crate) delegate_model: Option<String>,
    pub(crate) fillers: bool,
}

/// `[second_voice]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondVoiceSettings {
    pub(crate) url: Option<Url>,
    pub(crate) api_key: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) transcription_model: Option<String>,
}

/// `[turns]`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TurnSettings {
    pub(crate) opener_ms: u64,
    pub(crate) interrupt_ms: u64,
    pub(crate) unfinished_ms: u64,
    pub(crate) patience_s: u64,
}

/// How the realtime model is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Dialect {
    /// The Realtime protocol.
    Realtime,
    /// The Live protocol.
    Live,
}

/// How the key is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Auth {
    /// As the host wants it.
    Auto,
    /// `Authorization: Bearer …`
    Bearer,
    /// `api-key: …`
    ApiKey,
}

/// What ends the callee's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TurnDetection {
    /// Silence.
    ServerVad,
    /// What was said.
    SemanticVad,
}

/// `[retry]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetrySettings {
    pub(crate) times: u32,
    pub(crate) every_minutes: u32,
}

/// `[prices]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriceSettings {
    pub(crate) currency: String,
    #[serde(default, deserialize_with = "text_or_number")]
    pub(crate) carrier_minute: Option<String>,
    #[serde(default, deserialize_with = "text_or_number")]
    pub(crate) machine_detection: Option<String>,
    #[serde(default)]
    pub(crate) carrier: BTreeMap<String, Amount>,
    #[serde(default)]
    pub(crate) models: BTreeMap<String, ModelPriceSettings>,
}

/// An amount as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Amount(#[serde(deserialize_with = "text_or_number")] pub(crate) Option<String>);

/// `[prices.models."…"]`: for a million tokens, and `minute` for a minute.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ModelPriceSettings {
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) text_input: Option<String>,
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) text_cached: Option<String>,
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) text_output: Option<String>,
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) audio_input: Option<String>,
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) audio_cached: Option<String>,
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) audio_output: Option<String>,
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) minute: Option<String>,
}

/// A text, or a number as it is written: `0.4` is 0.4, and no sum is made with it before it is read digit by digit.
fn text_or_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Whole(u64),
        Decimal(f64),
    }
    let told = Option::<Either>::deserialize(deserializer)?;
    Ok(told.map(|told| match told {
        Either::Text(text) => text,
        Either::Whole(number) => number.to_string(),
        Either::Decimal(number) => number.to_string(),
    }))
}

/// `[brain]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BrainSettings {
    pub(crate) kind: BrainKind,
    pub(crate) base_url: Option<Url>,
    pub(crate) api_key: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) fallback: bool,
    pub(crate) timeout_s: u64,
}

/// What thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BrainKind {
    /// Rules that come with the program.
    BuiltIn,
    /// The language model of `[brain]`.
    Model,
}

/// `[sim]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listener {
    pub(crate) addr: SocketAddr,
}

/// `[local_voice]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LocalVoiceSettings {
    pub(crate) addr: SocketAddr,
    pub(crate) brain: BrainKind,
}

/// The reference of all keys as a TOML file to begin with.
pub(crate) fn reference() -> String {
    let mut text =
        String::from("# Ringback's configuration. Every key can also be given by the variable or the flag beside it.\n");
    let mut section = "";
    for key in KEYS {
        let (table, name) = key.key.split_once('.').unwrap_or(("", key.key));
        if table != section {
            text += &format!("\n[{table}]\n");
            section = table;
        }
        let value = match key.kind {
            Kind::Number | Kind::Decimal if key.default.is_empty() => "<a number>".to_owned(),
            Kind::Number | Kind::Decimal | Kind::Switch => key.default.to_owned(),
            Kind::List => "[]".to_owned(),
            Kind::Text | Kind::Secret => format!("{:?}", key.default),
        };
        text += &format!("# {} ({}, --{})\n# {name} = {value}\n", key.help, key.env, key.flag);
    }
    text + &crate::parts::prices_reference()
}
