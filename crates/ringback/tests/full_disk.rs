//! The program on a disk that takes nothing any more: it says so, dials nothing that it could not write down, loses nothing, and
//! goes on when there is room again.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use support::{ACCOUNT, TOKEN, WITHIN, base, free, get, ringback, silent_model};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use url::Url;

const API_TOKEN: &str = "a-token-for-this-test-alone";

/// Engine and handler as one process, between a simulated carrier and a silent model.
struct Program {
    child: Child,
    log: Lines<BufReader<ChildStderr>>,
    engine: Url,
    handler: Url,
    carrier: sim::Running,
    http: reqwest::Client,
    _folder: TempDir,
}

impl Program {
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut config = sim::Config::new(([127, 0, 0, 1], 0).into(), ACCOUNT, TOKEN);
        let short = Duration::from_millis(20);
        config.timing = sim::Timing { queue: short, connect: short, ring: Duration::from_millis(1_500), hold: short };
        let carrier = sim::start(config).await.unwrap();
        let (folder, engine, handler) = (tempfile::tempdir().unwrap(), free(), free());
        let settings = [
            ("RINGBACK_DATA", folder.path().to_str().unwrap().to_owned()),
            ("RINGBACK_ENGINE_ADDR", engine.to_string()),
            ("RINGBACK_HANDLER_ADDR", handler.to_string()),
            ("RINGBACK_PUBLIC_URL", base(handler).to_string()),
            ("RINGBACK_CARRIER_URL", base(carrier.addr()).to_string()),
            ("RINGBACK_VOICE_URL", silent_model().await.to_string()),
            ("RINGBACK_GATE_QUIET_HOURS", "off".to_owned()),
            ("TWILIO_ACCOUNT_SID", ACCOUNT.to_owned()),
            ("TWILIO_AUTH_TOKEN", TOKEN.to_owned()),
            ("TWILIO_PHONE_NUMBER", "+14155550199".to_owned()),
            ("RINGBACK_API_TOKEN", API_TOKEN.to_owned()),
            ("OPENAI_API_KEY", "sk-1234567890abcdefXY".to_owned()),
        ];
        let program = ringback("serve", &[]);
        // Without this the system would end a process that writes beyond its limit; a full disk does not.
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(program.as_std().get_program())
            .args(program.as_std().get_args());
        for (name, _) in program.as_std().get_envs() {
            shell.env_remove(name);
        }
        shell.envs(settings).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = shell.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        let ready = async { while !out.next_line().await.unwrap().expect("it starts").contains("Ringback is ready") {} };
        tokio::time::timeout(WITHIN, ready).await.expect("it is ready");
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { child, log, engine: base(engine), handler: base(handler), carrier, http, _folder: folder }
    }

    /// No file can be written beyond so many bytes; `None`: as large as you like.
    fn disk_takes(&self, bytes: Option<u64>) {
        let pid = Pid::from_raw(self.child.id().unwrap().try_into().unwrap());
        prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
    }

    async fn post(&self, url: Url, body: &Value) -> (u16, Value) {
        let answer = self.http.post(url).bearer_auth(API_TOKEN).json(body).send().await.unwrap();
        (answer.status().as_u16(), serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    async fn get(&self, url: Url) -> Value {
        let answer = self.http.get(url).bearer_auth(API_TOKEN).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    async fn chat(&self, body: &Value) -> (u16, Value) {
        self.post(self.engine.join("chat").unwrap(), body).await
    }

    async fn order(&self, number: &str) -> (u16, Value) {
        let order = json!({"target_phone_number": number, "final_instructions": "Order a large pepperoni pizza."});
        self.post(self.handler.join("order").unwrap(), &order).await
    }

    /// How many calls the carrier was ever asked for.
    async fn dialled(&self) -> usize {
        get(base(self.carrier.addr()).join("sim/calls").unwrap()).await.as_array().unwrap().len()
    }

    /// Waits for a line of the log.
    async fn logs(&mut self, words: &str) {
        let found = async { while !self.log.next_line().await.unwrap().expect("it runs").contains(words) {} };
        tokio::time::timeout(WITHIN, found).await.unwrap_or_else(|_| panic!("it logs: {words}"));
    }
}

#[tokio::test]
async fn nothing_is_dialled_that_cannot_be_written_down_and_nothing_acknowledged_is_lost() {
    let program = Program::start().await;
    let wish = "Order a large pepperoni pizza from Tony's at +1 415 555 0110 for pickup, my name is Maria Lopez";
    let (status, planned) = program.chat(&json!({"message": wish})).await;
    assert_eq!((status, &planned["node"]), (200, &json!("confirm_task")), "{planned}");
    let yes = json!({"message": "yes", "conversation_id": planned["conversation_id"]});

    program.disk_takes(Some(0));
    let (status, refused) = program.chat(&yes).await;
    assert_eq!((status, &refused["code"]), (503, &json!("store_unwritable")), "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("ringback doctor"), "{refused}");
    let (status, refused) = program.order("+14155550110").await;
    assert_eq!((status, &refused["code"]), (503, &json!("store_unwritable")), "{refused}");
    // What was acknowledged can still be read, and nobody's phone rings.
    let conversation = format!("conversations/{}", planned["conversation_id"].as_str().unwrap());
    let kept = program.get(program.engine.join(&conversation).unwrap()).await;
    assert_eq!((&kept["node"], kept["conversation_history"].as_array().unwrap().len()), (&json!("confirm_task"), 2), "{kept}");
    assert_eq!(program.dialled().await, 0);

    program.disk_takes(None);
    let (status, called) = program.chat(&yes).await;
    assert_eq!(status, 200, "{called}");
    assert!(called["response"].as_str().unwrap().contains("I am calling Tony's"), "{called}");
    assert_eq!(program.dialled().await, 1);
}

#[tokio::test]
async fn a_result_that_found_the_disk_full_is_kept_until_there_is_room() {
    let mut program = Program::start().await;
    let (status, accepted) = program.order("+14155550110").await;
    assert_eq!(status, 200, "{accepted}");
    program.disk_takes(Some(0));
    // Longer than anybody would try a few times.
    for _ in 0..7 {
        program.logs("the result could not be stored").await;
    }
    program.disk_takes(None);
    let call = program.handler.join(&format!("calls/{}", accepted["order_id"].as_str().unwrap())).unwrap();
    let ended = async {
        loop {
            let view = program.get(call.clone()).await;
            if view["stage"] == "ended" {
                return view;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let view = tokio::time::timeout(WITHIN, ended).await.expect("the result is stored after all");
    assert_eq!(view["result"]["status"], "busy", "{view}");
}
