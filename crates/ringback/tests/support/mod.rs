//! The real parts on free ports of the loopback, with a model that takes every session and says nothing, and the program
//! itself as a child.

#![allow(dead_code, unreachable_pub, reason = "each test file uses its own part")]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

pub mod scripted;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpListener};
use std::process::{Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio_tungstenite::tungstenite::Message;
use url::Url;

pub const ACCOUNT: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub const TOKEN: &str = "1234567890abcdef1234567890abcd42";
/// Nothing here takes longer, even on a busy machine.
pub const WITHIN: Duration = Duration::from_secs(90);

/// Engine, handler and carrier simulator in this process.
pub struct Rig {
    pub engine: Url,
    pub handler: Url,
    pub carrier: Url,
    pub voice: Url,
    _parts: (sim::Running, handler::Running, engine::Running),
    _folder: TempDir,
}

impl Rig {
    pub async fn start() -> Self {
        Self::with_model(silent_model().await).await
    }

    /// With another model than one that says nothing.
    pub async fn with_model(voice: Url) -> Self {
        // Fails only if there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let carrier_sim = start_sim().await;
        let (engine_addr, handler_addr) = (free(), free());
        let carrier = base(carrier_sim.addr());

        let mut config = handler::Config::local(folder.path().into(), types::PhoneNumber::parse("+14155550199").unwrap());
        (config.addr, config.engine_url) = (handler_addr, base(engine_addr));
        (config.carrier_url, config.account_sid, config.auth_token) = (carrier.clone(), ACCOUNT.into(), TOKEN.into());
        config.voice.url = voice.clone();
        let handler = handler::start(config).await.unwrap();

        let mut config = engine::Config::new(base(handler_addr), folder.path());
        config.addr = engine_addr;
        config.task.limits.answer_timeout_s = 6;
        let engine = engine::start(config).await.unwrap();
        Self {
            engine: base(engine_addr),
            handler: base(handler_addr),
            carrier,
            voice,
            _parts: (carrier_sim, handler, engine),
            _folder: folder,
        }
    }

    /// `ringback call` with this engine.
    pub fn call(&self, arguments: &[&str]) -> Command {
        let mut command = ringback("call", arguments);
        command.arg("--engine").arg(self.engine.as_str());
        command
    }

    /// How many calls the carrier was ever asked for.
    pub async fn dialled(&self) -> usize {
        get(self.carrier.join("sim/calls").unwrap()).await.as_array().unwrap().len()
    }

    /// Ends the first call of a conversation.
    pub async fn hang_up(&self, conversation: &str) {
        let url = self.engine.join(&format!("conversations/{conversation}/calls/1/hangup")).unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        assert_eq!(client.post(url).send().await.unwrap().status(), 202);
    }

    pub async fn conversations(&self) -> Vec<Value> {
        get(self.engine.join("conversations").unwrap()).await.as_array().unwrap().clone()
    }
}

/// The carrier simulator, in a hurry.
pub async fn start_sim() -> sim::Running {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = sim::Config::new(SocketAddr::from(([127, 0, 0, 1], 0)), ACCOUNT, TOKEN);
    let short = Duration::from_millis(20);
    config.timing = sim::Timing { queue: short, connect: short, ring: short, hold: short };
    sim::start(config).await.unwrap()
}

/// The program, in an environment that has nothing to do with Ringback.
pub fn ringback(command: &str, arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ringback"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if ["RINGBACK_", "TWILIO_", "OPENAI_"].iter().any(|ours| name.starts_with(ours)) {
            program.env_remove(name);
        }
    }
    program.arg(command).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    program
}

/// Runs the program to its end.
pub async fn run(mut command: Command) -> Ran {
    done(command.spawn().unwrap()).await
}

pub async fn done(child: Child) -> Ran {
    let output = tokio::time::timeout(WITHIN, child.wait_with_output()).await.expect("the program ends").unwrap();
    Ran::of(&output)
}

/// What the program said and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Every line as JSON.
    pub fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
    }
}

pub async fn get(url: Url) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let text = client.get(url).send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

pub fn base(addr: SocketAddr) -> Url {
    Url::parse(&format!("http://{addr}/")).unwrap()
}

/// An address that nobody listens at.
pub fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A realtime model that takes every session and says nothing.
pub async fn silent_model() -> Url {
    model(json!({"type": "session.created", "event_id": "e_1", "session": {"type": "realtime", "id": "s_1", "model": "m"}})).await
}

/// A realtime model that begins with this event, and takes every configuration.
pub async fn model(first: Value) -> Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let first = first.clone();
            tokio::spawn(async move {
                let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
                drop(socket.send(Message::text(first.to_string())).await);
                while let Some(Ok(message)) = socket.next().await {
                    if message.to_text().is_ok_and(|text| text.contains("session.update")) {
                        let taken = json!({"type": "session.updated", "event_id": "e_2", "session": {"type": "realtime", "id": "s_1", "model": "m"}});
                        drop(socket.send(Message::text(taken.to_string())).await);
                    }
                }
            });
        }
    });
    Url::parse(&format!("ws://{addr}/v1/realtime")).unwrap()
}
