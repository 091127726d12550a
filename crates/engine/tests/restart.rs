//! What survives when the engine ends in the middle.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Answer, Engine, FakeHandler, ORDER, config, history, result, text};
use futures_util::StreamExt;
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;
use tempfile::TempDir;
use types::RetryPolicy;

#[tokio::test]
async fn a_conversation_goes_on_where_it_was() {
    let (engine, handler, folder) = Engine::fresh().await;
    let (c, plan) = engine.planned().await;
    let before = engine.view(&c).await;
    let events: Vec<_> = engine.events(&c, 0).await.take(4).collect().await;
    engine.crash().await;

    let engine = Engine::start(config(folder.path(), &handler)).await;
    assert_eq!(engine.view(&c).await, before);
    assert_eq!(engine.events(&c, 0).await.take(4).collect::<Vec<_>>().await, events);
    let (status, answer) = engine.decide(&c, &plan, &json!({"decision": "approve"})).await;
    assert_eq!((status, &answer["node"]), (StatusCode::OK, &json!("await_result")), "{answer}");
    engine.crash().await;

    let engine = Engine::start(config(folder.path(), &handler)).await;
    let again = engine.decide(&c, &plan, &json!({"decision": "approve"})).await;
    assert_eq!(again, (StatusCode::OK, answer), "the answer is kept too");
    engine.post("/call_result", &result(&c)).await;
    let view = engine.until(&c, |view| view["node"] == "report_result").await;
    assert!(history(&view).iter().any(|line| line.starts_with("assistant: Task completed")));
    assert_eq!(handler.orders().len(), 1);
}

#[tokio::test]
async fn a_crash_while_the_order_is_on_its_way_sends_it_again_under_the_same_key() {
    let (engine, handler, folder) = Engine::fresh().await;
    handler.answer(Answer::Silence);
    let (c, plan) = engine.planned().await;
    let approve =
        engine.client.post(format!("{}/conversations/{c}/plans/{plan}", engine.url)).json(&json!({"decision": "approve"})).send();
    let approve = tokio::spawn(approve);
    handler.order().await;
    // The handler has the order, the engine has no answer, and nothing of the step is durable.
    engine.crash().await;
    let _ = approve.await;

    handler.answer(Answer::Accept);
    let engine = Engine::start(config(folder.path(), &handler)).await;
    engine.until(&c, |view| view["node"] == "await_result").await;
    let orders = handler.orders();
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[0], orders[1], "the same key and the same body: the handler dials once");
    assert_eq!(orders[0].0, format!("{c}:1"));
}

#[tokio::test]
async fn a_message_that_was_waiting_is_not_lost() {
    let (engine, handler, folder) = Engine::fresh().await;
    handler.answer(Answer::Silence);
    let (c, plan) = engine.planned().await;
    let post = |path: String, body: serde_json::Value| {
        tokio::spawn(engine.client.post(format!("{}{path}", engine.url)).json(&body).send())
    };
    let approve = post(format!("/conversations/{c}/plans/{plan}"), json!({"decision": "approve"}));
    handler.order().await;
    // A result that overtakes the answer to its order: accepted, durable, not yet worked off.
    let (status, _) = engine.post("/call_result", &result(&c)).await;
    assert_eq!(status, StatusCode::OK);
    engine.crash().await;
    let _ = approve.await;

    handler.answer(Answer::Accept);
    let engine = Engine::start(config(folder.path(), &handler)).await;
    let view = engine.until(&c, |view| view["node"] == "report_result").await;
    assert_eq!(view["calls"][0]["result"], result(&c));
}

#[tokio::test]
async fn a_timer_that_was_set_before_fires_after() {
    let (folder, handler) = (TempDir::new().unwrap(), FakeHandler::start().await);
    let with_short_plans = || {
        let mut config = config(folder.path(), &handler);
        config.task.plan_lifetime = Duration::from_millis(700);
        config
    };
    let engine = Engine::start(with_short_plans()).await;
    let (c, _) = engine.planned().await;
    engine.crash().await;
    let engine = Engine::start(with_short_plans()).await;
    let view = engine.until(&c, |view| view["plan"].is_null()).await;
    assert_ne!(view["node"], "await_result");
    assert!(handler.orders().is_empty());
}

#[tokio::test]
async fn a_second_engine_on_the_same_folder_is_refused() {
    let (_engine, handler, folder) = Engine::fresh().await;
    let refused = engine::start(config(folder.path(), &handler)).await.unwrap_err();
    let cause = std::error::Error::source(&refused).unwrap().to_string();
    assert!(cause.contains("another Ringback engine is using"), "{cause}");
}

#[tokio::test]
async fn draining_lets_a_step_end_and_refuses_new_work() {
    let (mut engine, handler, folder) = Engine::fresh().await;
    let c = text(&engine.say(None, "I want to order a pizza").await["conversation_id"]);
    let mut events = engine.events(&c, 0).await;
    events.next().await.unwrap();
    engine.running.take().unwrap().drain(Duration::from_secs(10)).await;
    while events.next().await.is_some() {}
    assert!(engine.client.get(&engine.url).send().await.is_err(), "it no longer listens");
    let engine = Engine::start(config(folder.path(), &handler)).await;
    assert_eq!(engine.view(&c).await["node"], "ask_for_details");
}

#[tokio::test]
async fn a_try_that_waits_for_its_time_survives_and_is_a_call_of_its_own() {
    let (folder, handler) = (TempDir::new().unwrap(), FakeHandler::start().await);
    let with_tries = || {
        let mut config = config(folder.path(), &handler);
        config.task.retry = Some(RetryPolicy { times: 1, every_s: 600 });
        config
    };
    let engine = Engine::start(with_tries()).await;
    let c = engine.called().await;
    let mut busy = result(&c);
    (busy["status"], busy["ended_reason"], busy["duration"]) = (json!("busy"), json!("not_connected"), json!(0));
    busy["outcome"] = json!({"status": "not_achieved", "facts": []});
    engine.post("/call_result", &busy).await;
    let view = engine.until(&c, |view| view["node"] == "await_retry").await;
    assert_eq!(view["next_try"]["left"], 1);
    engine.crash().await;

    let engine = Engine::start(with_tries()).await;
    assert_eq!(engine.view(&c).await["next_try"], view["next_try"]);
    let now = engine.say(Some(&c), "try now").await;
    assert_eq!(now["node"], "await_result", "{now}");
    let orders = handler.orders();
    let keys: Vec<&str> = orders.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, [format!("{c}:1"), format!("{c}:2")]);
    assert_eq!((&orders[0].1["plan_id"], &orders[1].1["attempt"]), (&orders[1].1["plan_id"], &json!(2)));
    (busy["attempt"], busy["order_id"]) = (json!(2), json!(format!("{ORDER}_2")));
    engine.post("/call_result", &busy).await;
    let view = engine.until(&c, |view| view["node"] == "report_result").await;
    assert_eq!((view.get("next_try"), handler.orders().len()), (None, 2), "one more was agreed to");
}
