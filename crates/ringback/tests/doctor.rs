//! `ringback doctor` against the real simulator and handler, and against everything that can be wrong.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::{
    Json, Router,
    http::StatusCode,
    response::IntoResponse as _,
    routing::{get, post},
};
use serde_json::{Value, json};
use std::net::SocketAddr;
use support::{ACCOUNT, Ran, Rig, TOKEN, base, free, model, ringback, run, silent_model, start_sim};
use tempfile::TempDir;
use url::Url;

const KEY: &str = "sk-1234567890abcdefXY";

/// A configuration as flags, right until it is changed.
struct Flags {
    given: Vec<(&'static str, String)>,
    folder: TempDir,
}

impl Flags {
    async fn right(carrier: &Url) -> Self {
        let (folder, handler) = (tempfile::tempdir().unwrap(), free());
        let given = vec![
            ("--carrier-url", carrier.to_string()),
            ("--twilio-account-sid", ACCOUNT.into()),
            ("--twilio-auth-token", TOKEN.into()),
            ("--twilio-phone-number", "+14155550199".into()),
            ("--voice-url", silent_model().await.to_string()),
            ("--openai-api-key", KEY.into()),
            ("--handler-addr", handler.to_string()),
            ("--public-url", base(handler).to_string()),
            ("--engine-addr", free().to_string()),
            ("--data", folder.path().join("data").to_str().unwrap().into()),
            ("--models", folder.path().join("none").to_str().unwrap().into()),
        ];
        Self { given, folder }
    }

    fn but(mut self, flag: &'static str, value: impl Into<String>) -> Self {
        self.given.retain(|(given, _)| *given != flag);
        self.given.push((flag, value.into()));
        self
    }

    fn without(mut self, flag: &str) -> Self {
        self.given.retain(|(given, _)| *given != flag);
        self
    }

    async fn examined(&self) -> Examined {
        let arguments: Vec<&str> = self.given.iter().flat_map(|(flag, value)| [*flag, value]).chain(["--json"]).collect();
        Examined::of(run(ringback("doctor", &arguments)).await)
    }
}

struct Examined {
    ran: Ran,
    told: Value,
}

impl Examined {
    fn of(ran: Ran) -> Self {
        for secret in [TOKEN, KEY] {
            assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "a secret is shown: {ran:?}");
        }
        let told = ran.lines().remove(0);
        Self { ran, told }
    }

    fn check(&self, name: &str) -> (&str, &str) {
        let checks = self.told["checks"].as_array().unwrap();
        let found =
            checks.iter().find(|check| check["check"] == name).unwrap_or_else(|| panic!("{name} is not in {}", self.told));
        (found["verdict"].as_str().unwrap(), found["says"].as_str().unwrap())
    }

    /// This check fails and says this.
    fn fails(&self, name: &str, says: &str) {
        let (verdict, said) = self.check(name);
        assert!(verdict == "fail" && said.contains(says), "{name}: {verdict}: {said}");
        assert_eq!((self.ran.code, &self.told["ok"]), (1, &false.into()));
    }

    /// This check warns and says this, and nothing fails.
    fn warns(&self, name: &str, says: &str) {
        let (verdict, said) = self.check(name);
        assert!(verdict == "warn" && said.contains(says), "{name}: {verdict}: {said}");
        assert_eq!(self.ran.code, 0, "{}", self.told);
    }

    /// Only this fails.
    fn fails_only(&self, name: &str, says: &str) {
        self.fails(name, says);
        let failed = self.told["checks"].as_array().unwrap().iter().filter(|check| check["verdict"] == "fail").count();
        assert_eq!(failed, 1, "{}", self.told);
    }
}

async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router).into_future());
    addr
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_well_without_a_running_handler() {
    let sim = start_sim().await;
    let examined = Flags::right(&base(sim.addr())).await.examined().await;
    let names: Vec<&str> = examined.told["checks"].as_array().unwrap().iter().map(|c| c["check"].as_str().unwrap()).collect();
    let order = [
        "configuration",
        "carrier keys",
        "model key",
        "data folder",
        "addresses",
        "clock",
        "carrier",
        "model",
        "brain",
        "public address",
    ];
    assert_eq!(names[..10], order);
    for name in order.into_iter().filter(|name| *name != "data folder") {
        assert_eq!(examined.check(name).0, "ok", "{name}: {}", examined.told);
    }
    assert_ne!(examined.check("data folder").0, "fail", "a full disk may warn");
    assert!(examined.check("carrier keys").1.contains("…42"), "{}", examined.told);
    examined.warns("local voice", "--simulated");
    sim.drain(std::time::Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_handler_is_reached_and_its_address_must_be_the_signed_one() {
    let rig = Rig::start().await;
    let flags = Flags::right(&rig.carrier)
        .await
        .but("--handler-addr", rig.handler.authority())
        .but("--engine-addr", rig.engine.authority());
    let flags = flags.but("--public-url", rig.handler.as_str());
    let examined = flags.examined().await;
    assert_eq!(examined.check("public address").0, "ok", "{}", examined.told);
    assert!(examined.check("addresses").1.contains("runs at"), "{}", examined.told);
    let other_name = rig.handler.as_str().replace("127.0.0.1", "localhost");
    flags.but("--public-url", other_name).examined().await.fails_only("public address", "refuses a signed request");
    assert_eq!(rig.dialled().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration() {
    let sim = start_sim().await;
    let right = async || Flags::right(&base(sim.addr())).await;
    right().await.but("--time-zone", "Mars/Olympus").examined().await.fails_only("configuration", "Europe/Berlin");
    right().await.but("--twilio-phone-number", "4155550100").examined().await.fails_only("configuration", "+14155550100");
    right().await.but("--gate-quiet-hours", "22-8").examined().await.fails("configuration", "22:00-08:00");
    right().await.but("--gate-countries", "Germany").examined().await.fails("configuration", "as in US or DE");
    right().await.but("--templates", "/dev/null/none").examined().await.fails_only("configuration", "templates_dir");
    let flags = right().await;
    let file = flags.folder.path().join("ringback.toml");
    std::fs::write(&file, "[carrier]\nauth_tokn = \"1234567890abcdef1234567890abcd42\"\n").unwrap();
    flags
        .but("--config", file.to_str().unwrap())
        .examined()
        .await
        .fails_only("configuration", "did you mean \"carrier.auth_token\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys() {
    let sim = start_sim().await;
    let right = async || Flags::right(&base(sim.addr())).await;
    let examined = right().await.without("--twilio-account-sid").examined().await;
    examined.fails("carrier keys", "TWILIO_ACCOUNT_SID");
    examined.fails("public address", "nothing can be signed");
    right().await.but("--twilio-account-sid", "AC12").examined().await.fails("carrier keys", "32 hexadecimal digits");
    right()
        .await
        .but("--twilio-auth-token", "not a token at all")
        .examined()
        .await
        .fails("carrier keys", "TWILIO_AUTH_TOKEN (…ll)");
    right().await.but("--openai-api-key", "another-providers-key").examined().await.warns("model key", "sk-");
    let examined = right().await.without("--openai-api-key").without("--voice-url").examined().await;
    examined.fails("model key", "OPENAI_API_KEY");
}

/// Nobody listens at these addresses; only their shape is looked at.
#[tokio::test(flavor = "multi_thread")]
async fn azures_address_and_key() {
    let sim = start_sim().await;
    let at = async |path: &str| {
        let url = format!("wss://nobody.invalid.openai.azure.com{path}");
        let flags = Flags::right(&base(sim.addr())).await;
        flags.but("--voice-url", url).but("--openai-api-key", "0123456789abcdef0123456789abcdef")
    };
    let right = at("/openai/v1/realtime").await;
    let examined = right.examined().await;
    assert_eq!(examined.check("model key").0, "ok", "{}", examined.told);
    let says = examined.check("model key").1;
    assert!(says.contains("…ef as api-key") && says.contains("names of deployments"), "{says}");
    right.but("--openai-api-key", KEY).examined().await.fails("model key", "one of the resource's two keys");
    at("/v1/realtime")
        .await
        .examined()
        .await
        .fails("model key", "must be wss://nobody.invalid.openai.azure.com/openai/v1/realtime");
    let ga = at("/openai/v1/realtime?api-version=2025-04-01-preview").await;
    ga.examined().await.fails("model key", "belongs to the preview only");
    let preview = at("/openai/realtime?api-version=2025-04-01-preview").await;
    let examined = preview.examined().await;
    assert_eq!(examined.check("model key").0, "warn", "{}", examined.told);
    assert!(examined.check("model key").1.contains("preview address"), "{}", examined.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn options_of_the_voice_and_prices() {
    let sim = start_sim().await;
    let right = async || Flags::right(&base(sim.addr())).await;
    right().await.but("--voice-speed", "3").examined().await.fails("model key", "voice.speed must be 0.25 to 1.5");
    right().await.but("--voice-dialect", "live").examined().await.fails("model key", "gpt-live-1");
    right().await.but("--order-language", "german!").examined().await.fails("configuration", "order.language must be");
    right().await.but("--price-carrier-minute", "much").examined().await.fails("configuration", "prices.carrier_minute");
    let semantic = right().await.but("--turn-detection", "semantic_vad").but("--eagerness", "low").examined().await;
    assert_eq!(semantic.check("model").0, "ok", "{}", semantic.told);
    let live = right().await.but("--voice-dialect", "live").but("--voice-model", "gpt-live-1").but("--delegate-model", "m");
    let examined = live.examined().await;
    assert!(examined.check("model").1.contains("was not asked for a session"), "{}", examined.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn this_machine() {
    let sim = start_sim().await;
    let right = async || Flags::right(&base(sim.addr())).await;
    let flags = right().await;
    let file = flags.folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let inside = file.join("data").to_str().unwrap().to_owned();
    flags.but("--data", inside).examined().await.fails_only("data folder", "RINGBACK_DATA");
    for (name, problem) in [("engine.db", "not a database of this engine"), ("handler.db", "not a database of this call handler")]
    {
        let flags = right().await;
        let data = flags.folder.path().join("data");
        std::fs::create_dir_all(&data).unwrap();
        std::fs::write(data.join(name), "Dear diary, ".repeat(100)).unwrap();
        flags.examined().await.fails_only("data folder", problem);
    }
    let other = serve(Router::new().route("/", get(async || "hello"))).await;
    right().await.but("--engine-addr", other.to_string()).examined().await.fails_only("addresses", "another program");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock() {
    let an_hour_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&an_hour_ago).unwrap();
    let router = Router::new().fallback(async move || [("date", date.clone())].into_response());
    let late = serve(router).await;
    Flags::right(&base(late)).await.examined().await.fails("clock", "ahead of");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_carrier() {
    let sim = start_sim().await;
    let wrong = Flags::right(&base(sim.addr())).await.but("--twilio-auth-token", "0".repeat(32));
    wrong.examined().await.fails_only("carrier", "does not accept the keys");
    let nobody = Flags::right(&base(free())).await.examined().await;
    nobody.fails_only("carrier", "cannot be reached");
    assert_eq!(nobody.check("clock").0, "warn");
    let other = serve(Router::new().fallback(async || "hello")).await;
    Flags::right(&base(other)).await.examined().await.fails_only("carrier", "is no carrier");
}

/// A carrier that tells of its account and its numbers.
async fn telling(account: Value, numbers: Value) -> Flags {
    let router = Router::new().route("/2010-04-01/Accounts/{file}", get(async move || Json(account.clone()))).route(
        "/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json",
        get(async move || Json(json!({"incoming_phone_numbers": numbers}))),
    );
    Flags::right(&base(serve(router).await)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_carriers_account() {
    let active = || json!({"status": "active", "type": "Full"});
    let number = |voice: bool| json!([{"phone_number": "+14155550199", "capabilities": {"voice": voice, "sms": true}}]);
    let good = telling(active(), number(true)).await.examined().await;
    assert_eq!(good.check("carrier").0, "ok", "{}", good.told);
    telling(json!({"status": "suspended"}), number(true)).await.examined().await.fails_only("carrier", "suspended");
    telling(active(), number(false)).await.examined().await.fails_only("carrier", "cannot make voice calls");
    telling(active(), json!([])).await.examined().await.warns("carrier", "not one of its numbers");
    telling(json!({"status": "active", "type": "Trial"}), number(true)).await.examined().await.warns("carrier", "trial");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_model() {
    let sim = start_sim().await;
    let examined = async |voice: Url| Flags::right(&base(sim.addr())).await.but("--voice-url", voice).examined().await;
    let error = json!({"type": "error", "error": {"type": "invalid_request_error", "code": "model_not_found", "message": "there is no such model"}});
    examined(model(error).await).await.fails_only("model", "there is no such model");
    examined(base(free())).await.fails_only("model", "cannot be reached");
    let refusing = serve(Router::new().fallback(async || StatusCode::UNAUTHORIZED)).await;
    examined(base(refusing)).await.fails_only("model", "does not accept the key");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_model_behind_the_chat() {
    let sim = start_sim().await;
    let right = async || Flags::right(&base(sim.addr())).await.but("--brain", "model").but("--openai-model", "some-model");
    let saying = async |content: &'static str| {
        let answer = json!({"choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}]});
        let router = Router::new().route("/v1/chat/completions", post(async move || Json(answer.clone())));
        right().await.but("--brain-base-url", base(serve(router).await).join("v1").unwrap()).examined().await
    };
    let ready = saying(r#"{"ready": true}"#).await;
    assert_eq!(ready.check("brain").0, "ok", "{}", ready.told);
    saying("Yes, I am ready!").await.warns("brain", "not in the JSON form");
    let refusing = serve(Router::new().fallback(async || StatusCode::UNAUTHORIZED)).await;
    right().await.but("--brain-base-url", base(refusing)).examined().await.fails_only("brain", "refused the key");
    right().await.without("--openai-model").examined().await.fails_only("brain", "brain.model is not set");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_address() {
    let sim = start_sim().await;
    let right = async || Flags::right(&base(sim.addr())).await;
    right().await.without("--public-url").examined().await.fails_only("public address", "RINGBACK_PUBLIC_URL");
    right().await.but("--public-url", "http://calls.example.com").examined().await.fails_only("public address", "https://");
    right().await.but("--public-url", base(free())).examined().await.fails_only("public address", "cannot be reached");
    let other = serve(Router::new().route("/", get(async || "hello"))).await;
    right().await.but("--public-url", base(other)).examined().await.fails_only("public address", "something else answers");
    let running = get(async || Json(json!({"status": "running"})));
    let proxy = serve(Router::new().route("/", running).fallback(async || StatusCode::NO_CONTENT)).await;
    right().await.but("--public-url", base(proxy)).examined().await.fails_only("public address", "no WebSocket");
}

#[tokio::test(flavor = "multi_thread")]
async fn simulated_without_models_it_is_the_voice_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let addr = free().to_string();
    let ran = run(ringback("doctor", &["--simulated", "--json", "--data", path, "--models", path, "--engine-addr", &addr])).await;
    let examined = Examined::of(ran);
    examined.fails("local voice", "cargo xtask models");
    for name in ["configuration", "carrier keys", "carrier", "clock", "public address"] {
        assert_eq!(examined.check(name).0, "ok", "{name}: {}", examined.told);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn simulated_with_models_all_is_well() {
    if let Err(error) = speech::Speech::load(&speech::default_models_dir(), 1) {
        eprintln!("SKIPPED: {error}; cargo xtask models gets the models");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (models, addr) = (speech::default_models_dir(), free().to_string());
    let arguments =
        ["--simulated", "--data", folder.path().to_str().unwrap(), "--models", models.to_str().unwrap(), "--engine-addr", &addr];
    let ran = run(ringback("doctor", &arguments)).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let model = ran.out.lines().find(|line| line.contains(" model  ")).unwrap();
    assert!(model.starts_with("ok"), "{}", ran.out);
}
