//! A call is read again by a language model before its result is shown: through a whole engine, its death included.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;
#[path = "../../chat-model/tests/support/mod.rs"]
mod stand_in;

use common::{Engine, FakeHandler, config, history, result};
use engine::brain::{Config, ModelBrain};
use reqwest::StatusCode;
use serde_json::{Value, json};
use stand_in::{StandIn, Step};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// The built-in brain understands the chat; the model only reads calls.
fn reader(server: &StandIn) -> Arc<ModelBrain> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = Config::new(server.config());
    config.rest = Duration::ZERO;
    config.model.limits.tries = 2;
    Arc::new(ModelBrain::new(config).unwrap())
}

async fn engine(folder: &TempDir, handler: &FakeHandler, server: &StandIn) -> Engine {
    let mut config = config(folder.path(), handler);
    config.reader = Some(reader(server));
    Engine::start(config).await
}

/// The handler's result: the agent says that it is ordered, and the rules have proven nothing of it.
fn unproven(conversation: &str) -> Value {
    let mut told = result(conversation);
    told["summary"] = "The agent ended the call after 42 s.".into();
    told["transcript"][1]["text"] = "Sure. It's $18.50 for you.".into();
    told["transcript"][1]["heard"] = "Sure. It's $18.50 for you.".into();
    told["outcome"] = json!({"status": "unknown", "facts": [], "promises": [], "next_steps": [],
        "reported": {"status": "achieved", "summary": "The pizza is ordered."}});
    told
}

fn says(value: &str, quote: &str) -> Step {
    let facts = json!([{ "name": "total", "value": value, "quote": quote, "line": 2 }]);
    Step::Say(json!({ "facts": facts, "promises": [], "refusals": [], "next_steps": [] }).to_string())
}

async fn shown(engine: &Engine, conversation: &str) -> (Value, String) {
    assert_eq!(engine.post("/call_result", &unproven(conversation)).await.0, StatusCode::OK);
    let view = engine.until(conversation, |view| view["node"] == "report_result").await;
    let told = history(&view).into_iter().rfind(|line| line.contains("Task ")).unwrap();
    (view["calls"][0]["result"].clone(), told)
}

#[tokio::test]
async fn what_the_model_proves_is_shown_and_outlives_the_program_without_being_asked_again() {
    let (folder, handler) = (TempDir::new().unwrap(), FakeHandler::start().await);
    let server = StandIn::start([says("$18.50", "It's $18.50 for you")]).await;
    let running = engine(&folder, &handler, &server).await;
    let c = running.called().await;
    let (call, told) = shown(&running, &c).await;
    assert_eq!(call["outcome"]["facts"][0]["evidence"]["quote"], "It's $18.50 for you");
    assert_eq!((&call["outcome"]["status"], &call["summary"]), (&json!("achieved"), &json!("The pizza is ordered.")));
    assert!(told.starts_with("assistant: Task completed: "), "{told}");
    let before = running.view(&c).await;
    running.crash().await;
    let running = engine(&folder, &handler, &server).await;
    assert_eq!(running.post("/call_result", &unproven(&c)).await.0, StatusCode::OK, "the handler may send it again");
    assert_eq!((running.view(&c).await, server.asked().len()), (before, 1));
}

#[tokio::test]
async fn a_program_that_dies_while_the_model_reads_has_lost_nothing() {
    let (folder, handler) = (TempDir::new().unwrap(), FakeHandler::start().await);
    let server = StandIn::start([Step::Stall, says("$18.50", "It's $18.50 for you")]).await;
    let running = engine(&folder, &handler, &server).await;
    let c = running.called().await;
    assert_eq!(running.post("/call_result", &unproven(&c)).await.0, StatusCode::OK);
    server.asked_by(1).await;
    let view = running.view(&c).await;
    assert_eq!((&view["node"], &view["calls"][0]["result"]), (&json!("await_result"), &Value::Null), "nothing is shown yet");
    running.crash().await;
    // The handler, which has its acknowledgement, does not send it again.
    let running = engine(&folder, &handler, &server).await;
    let view = running.until(&c, |view| view["node"] == "report_result").await;
    assert_eq!(view["calls"][0]["result"]["outcome"]["facts"][0]["value"], "$18.50");
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_model_that_fails_or_lies_leaves_what_is_proven_without_it() {
    for (step, facts) in [
        (Step::refuse(401, "invalid_api_key", "no"), json!([])),
        (says("$5", "It's $5 for you"), json!(["$5"])),
        (says("$18.50", "the total is $18.50"), json!(["$18.50"])),
    ] {
        let (folder, handler) = (TempDir::new().unwrap(), FakeHandler::start().await);
        let server = StandIn::start([step]).await;
        let running = engine(&folder, &handler, &server).await;
        let c = running.called().await;
        let (call, told) = shown(&running, &c).await;
        let known = call["outcome"]["facts"].as_array().unwrap();
        assert_eq!(Value::from_iter(known.iter().map(|fact| fact["value"].clone())), facts);
        assert!(known.iter().all(|fact| fact["evidence"].is_null()), "{call}");
        assert_eq!((&call["outcome"]["status"], &call["transcript"]), (&json!("unknown"), &unproven(&c)["transcript"]));
        assert!(told.starts_with("assistant: Task not confirmed: "), "{told}");
    }
}
