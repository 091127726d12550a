//! The real call handler is killed in the middle of a call and started again: the call goes on, on the simulated carrier's real
//! wires, to one good result.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use axum::{Router, extract::State, http::StatusCode, routing::post};
use serde_json::{Value, json};
use std::process::Stdio;
use support::scripted::{self, Told, Turn};
use support::{ACCOUNT, TOKEN, WITHIN, base, free, get, ringback, start_sim};
use tokio::process::Child;
use tokio::sync::mpsc;
use types::CallResult;
use url::Url;

const LONG: &str = "I would like one large pepperoni pizza with extra cheese for delivery to 12 Elm Street please.";

struct World {
    sim: Url,
    handler: Url,
    told: mpsc::UnboundedReceiver<Told>,
    results: mpsc::UnboundedReceiver<CallResult>,
    flags: Vec<String>,
    _carrier: sim::Running,
    folder: tempfile::TempDir,
}

impl World {
    async fn new(turns: Vec<Turn>) -> Self {
        let carrier = start_sim().await;
        let (voice, told) = scripted::start(turns).await;
        let (tell, results) = mpsc::unbounded_channel();
        let engine = Router::new().route("/call_result", post(take)).with_state(tell);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let engine_url = base(listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, engine).await.unwrap() });
        let (folder, addr, sim) = (tempfile::tempdir().unwrap(), free(), base(carrier.addr()));
        let flags = [
            ("--carrier-url", sim.to_string()),
            ("--twilio-account-sid", ACCOUNT.into()),
            ("--twilio-auth-token", TOKEN.into()),
            ("--twilio-phone-number", "+14155550199".into()),
            ("--voice-url", voice.to_string()),
            ("--openai-api-key", "sk-local".into()),
            ("--handler-addr", addr.to_string()),
            ("--public-url", base(addr).to_string()),
            ("--engine-url", engine_url.to_string()),
            ("--api-token", "secret-of-this-test".into()),
            ("--gate-quiet-hours", "off".into()),
            // A filler opens a session of its own, which this test's script does not know.
            ("--fillers", "false".into()),
            ("--log", "warn".into()),
            ("--data", folder.path().join("data").to_str().unwrap().into()),
        ];
        let flags = flags.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value]).collect();
        Self { sim, handler: base(addr), told, results, flags, _carrier: carrier, folder }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// Starts a handler; it is killed when it is let go.
    fn start_handler(&self) -> Child {
        let flags: Vec<&str> = self.flags.iter().map(String::as_str).collect();
        let mut command = ringback("handler", &flags);
        command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap()
    }

    /// Gives the order's id.
    async fn order(&self) -> String {
        let order = json!({"target_phone_number": "+14155550100", "final_instructions": "Order a pizza.",
            "goal": "order a large pepperoni pizza", "user_name": "Maria Lopez", "conversation_id": "c_1"});
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = self.handler.join("order").unwrap();
        let placed = until("the order is taken", async || {
            let request = client.post(url.clone()).bearer_auth("secret-of-this-test").header("Idempotency-Key", "k").json(&order);
            request.send().await.ok()
        })
        .await;
        let (status, body) = (placed.status(), placed.text().await.unwrap());
        assert_eq!(status, 200, "{body}");
        let accepted: types::OrderAccepted = serde_json::from_str(&body).unwrap();
        accepted.order_id.to_string()
    }

    /// Tells the call something as its user; gives the status.
    async fn tell(&self, order_id: &str, what: &str, body: &Value) -> u16 {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = self.handler.join(&format!("calls/{order_id}/{what}")).unwrap();
        client.post(url).bearer_auth("secret-of-this-test").json(body).send().await.unwrap().status().as_u16()
    }

    async fn next(&mut self) -> Told {
        tokio::time::timeout(WITHIN, self.told.recv()).await.expect("the model is told something").unwrap()
    }

    /// Waits until the model is asked for an answer; gives what it was told before, and the words that it is to say.
    async fn asked(&mut self) -> (Vec<(String, String)>, Option<String>) {
        let mut items = Vec::new();
        loop {
            match self.next().await {
                Told::Session => {}
                Told::Item(role, words) => items.push((role, words)),
                Told::Asked(words) => return (items, words),
            }
        }
    }

    async fn result(&mut self) -> CallResult {
        tokio::time::timeout(WITHIN, self.results.recv()).await.expect("a result comes").unwrap()
    }

    /// The only call at the carrier.
    async fn call(&self) -> Value {
        let calls = get(self.sim.join("sim/calls").unwrap()).await;
        assert_eq!(calls.as_array().unwrap().len(), 1, "one call: {calls}");
        calls[0].clone()
    }

    /// Waits until the callee has heard about a second more.
    async fn a_second_is_heard(&self) {
        let marks = async || self.call().await["marks_echoed"].as_u64().unwrap();
        let before = marks().await;
        until("it is heard", async || (marks().await >= before + 6).then_some(())).await;
    }
}

async fn take(State(tell): State<mpsc::UnboundedSender<CallResult>>, axum::Json(result): axum::Json<CallResult>) -> StatusCode {
    tell.send(result).unwrap();
    StatusCode::OK
}

async fn until<T>(what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(WITHIN, asking).await.unwrap_or_else(|_| panic!("did not happen in time: {what}"))
}

fn turn(say: &'static str, callee_says: Option<&'static str>) -> Turn {
    Turn { say, tools: Vec::new(), callee_says }
}

fn order_of_a_pizza() -> Vec<Turn> {
    let report = json!({"status": "achieved", "summary": "The pizza is ordered.",
        "facts": [{"name": "total", "value": "25 dollars", "quote": "that will be 25 dollars"}]});
    vec![
        turn("", Some("Sure, what would you like?")),
        turn(LONG, None),
        // Asked for after the break.
        turn("", Some("Okay, that will be 25 dollars.")),
        Turn { say: "Thank you, goodbye.", tools: vec![("report_outcome", report), ("end_call", json!({}))], callee_says: None },
    ]
}

/// The call up to the middle of the agent's order.
async fn in_mid_sentence(world: &mut World) {
    world.order().await;
    let (_, opening) = world.asked().await;
    assert!(opening.unwrap().contains("AI assistant"));
    assert_eq!(world.asked().await.1, None);
    world.a_second_is_heard().await;
    world.a_second_is_heard().await;
}

async fn goes_on_to_a_good_result(world: &mut World) {
    let (recalled, words) = world.asked().await;
    let roles: Vec<&str> = recalled.iter().map(|(role, _)| role.as_str()).collect();
    assert_eq!(roles, ["assistant", "user", "assistant", "system"], "{recalled:?}");
    let heard = &recalled[2].1;
    assert!(LONG.starts_with(heard.as_str()) && heard.len() < LONG.len(), "{heard:?} was heard");
    assert_eq!(words.unwrap(), format!("I am sorry, I lost you for a moment. {LONG}"));
    let result = world.result().await;
    assert_eq!(serde_json::to_value(result.status).unwrap(), "completed");
    assert_eq!(serde_json::to_value(result.ended_reason).unwrap(), "agent_hung_up");
    assert_eq!(serde_json::to_value(result.outcome.status).unwrap(), "achieved");
    assert!(result.outcome.facts[0].evidence.is_some());
    assert!(result.summary.contains("taken up again"), "{}", result.summary);
    let said: Vec<&str> = result.transcript.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(said[1..3], ["Sure, what would you like?", LONG]);
    assert!(said[3].starts_with("I am sorry") && said[5] == "Thank you, goodbye.", "{said:?}");
    assert!(result.transcript[2].interrupted && result.disclosed_at_ms.is_some());
    let call = world.call().await;
    assert_eq!(call["status"], "completed", "{call}");
    // A socket that breaks off without a goodbye is the only thing that went wrong.
    let errors = call["errors"].as_array().unwrap();
    assert!(errors.iter().all(|error| error.as_str().unwrap().starts_with("31924")) && errors.len() <= 1, "{call}");
    assert!(u64::from(result.duration) >= 20, "the whole call counts: {} s", result.duration);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_goes_on_after_kill_9() {
    let mut world = World::new(order_of_a_pizza()).await;
    let mut first = world.start_handler();
    in_mid_sentence(&mut world).await;
    first.start_kill().unwrap();
    first.wait().await.unwrap();
    let _second = world.start_handler();
    goes_on_to_a_good_result(&mut world).await;
    assert!(world.results.try_recv().is_err(), "one result");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_user_was_told_is_taken_outlives_kill_9() {
    let question = json!({"question": "Thin or thick crust?", "choices": ["thin", "thick"], "time_limit_s": 120});
    let asks = Turn { say: "One moment, please.", tools: vec![("ask_user", question)], callee_says: None };
    let mut world = World::new(vec![turn("", Some("Thin or thick crust?")), asks, turn("", None), turn("", None)]).await;
    let mut first = world.start_handler();
    let order_id = world.order().await;
    world.asked().await;
    world.asked().await;
    let answer = json!({"question_id": "q1", "text": "thin, please"});
    until("the question can be answered", async || {
        let status = world.tell(&order_id, "answer", &answer).await;
        assert!([202, 404].contains(&status), "{status}");
        (status == 202).then_some(())
    })
    .await;
    first.start_kill().unwrap();
    first.wait().await.unwrap();
    let mut second = world.start_handler();
    let known = async |world: &mut World, note: &str| {
        while !matches!(world.next().await, Told::Item(_, words) if words == note) {}
    };
    known(&mut world, &types::briefing::user_answered("Thin or thick crust?", "thin, please")).await;
    world.asked().await;
    assert_eq!(world.tell(&order_id, "instruction", &json!({"text": "ask for napkins"})).await, 202);
    second.start_kill().unwrap();
    second.wait().await.unwrap();
    let _third = world.start_handler();
    known(&mut world, &types::briefing::instruct("ask for napkins")).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_new_handler_takes_over_from_one_that_is_stopped() {
    let mut world = World::new(order_of_a_pizza()).await;
    let mut first = world.start_handler();
    in_mid_sentence(&mut world).await;
    let _second = world.start_handler();
    let place = world.data().join("handler.next");
    until("the second handler waits", async || place.exists().then_some(())).await;
    let pid = rustix::process::Pid::from_raw(first.id().unwrap().cast_signed()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert!(tokio::time::timeout(WITHIN, first.wait()).await.expect("the first one ends").unwrap().success());
    goes_on_to_a_good_result(&mut world).await;
    assert!(world.results.try_recv().is_err(), "one result");
}
