//! A task from its first words to "Task completed", over plain HTTP; and every way in which it does not get there.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Answer, Engine, FakeHandler, ORDER, SID, config, history, result, text};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;

#[tokio::test]
async fn a_vague_wish_becomes_a_call_and_its_outcome() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let first = engine.say(None, "I want to order a pepperoni pizza").await;
    assert_eq!(first["node"], "ask_for_details", "{first}");
    let c = text(&first["conversation_id"]);

    // Whatever it asks next, it is told, one thing at a time.
    let answers = [
        ("target_phone_number", "+1 415 555 0100"),
        ("callee_name", "Tony's"),
        ("item", "pepperoni pizza"),
        ("size", "large"),
        ("quantity", "one"),
        ("fulfilment", "delivery"),
        ("delivery_address", "12 Main Street, Springfield"),
        ("user_name", "Maria Lopez"),
    ];
    let mut view = engine.view(&c).await;
    let mut questions = 0;
    while view["node"] == "ask_for_details" {
        let missing = text(&view["missing_details"][0]);
        let (_, answer) = answers.iter().find(|(name, _)| *name == missing).unwrap_or_else(|| panic!("asked for {missing}"));
        engine.say(Some(&c), answer).await;
        questions += 1;
        assert!(questions <= answers.len(), "it asks for ever: {view:#}");
        view = engine.view(&c).await;
    }
    assert!(questions >= 3, "it was vague");
    assert_eq!(view["node"], "confirm_task", "{view:#}");
    assert!(handler.orders().is_empty(), "nothing is dialled before the yes");
    let summary = history(&view).pop().unwrap();
    for told in ["pepperoni", "large", "12 Main Street", "Maria Lopez"] {
        assert!(summary.contains(told), "{told} is not in: {summary}");
    }

    let yes = engine.say(Some(&c), "yes").await;
    assert_eq!(yes["node"], "await_result", "{yes}");
    let orders = handler.orders();
    let [(key, order)] = orders.as_slice() else { panic!("{orders:?}") };
    assert_eq!(*key, format!("{c}:1"));
    assert_eq!(order["target_phone_number"], "+14155550100");
    assert_eq!((&order["conversation_id"], &order["attempt"]), (&json!(c), &json!(1)));
    assert_eq!(order["user_name"], "Maria Lopez");
    let details = &order["gathered_details"];
    assert_eq!((&details["size"], &details["fulfilment"]), (&json!("large"), &json!("delivery")), "{details}");
    assert!(text(&details["item"]).contains("pepperoni"), "{details}");
    assert!(!text(&order["final_instructions"]).is_empty());
    let view = engine.view(&c).await;
    assert_eq!((&view["call_sid"], &view["calls"][0]["order_id"]), (&json!(SID), &json!(ORDER)));

    let sent = result(&c);
    assert_eq!(engine.post("/call_result", &sent).await, (StatusCode::OK, json!({"status": "accepted"})));
    let view = engine.until(&c, |view| view["node"] == "report_result").await;
    assert!(history(&view).iter().any(|line| line.starts_with("assistant: Task completed")), "{:#?}", history(&view));
    assert_eq!(view["calls"][0]["result"], sent, "kept exactly as it was sent");
    assert_eq!(view["call_outcome_status"], "achieved");

    // The same result again changes nothing.
    let lines = history(&view).len();
    assert_eq!(engine.post("/call_result", &sent).await.0, StatusCode::OK);
    engine.say(Some(&c), "thanks").await;
    let completed = history(&engine.view(&c).await).iter().filter(|line| line.contains("Task completed")).count();
    assert_eq!(completed, 1, "after {lines} lines");
    assert_eq!(handler.orders().len(), 1);

    let listed = engine.json("/conversations").await;
    assert_eq!((&listed[0]["conversation_id"], &listed[0]["call_disposition"]), (&json!(c), &json!("completed")));
    let drawing = engine.get(&format!("/conversations/{c}/graph")).await.text().await.unwrap();
    assert!(drawing.starts_with("flowchart") && drawing.contains("current"), "{drawing}");
}

#[tokio::test]
async fn a_wrong_body_is_refused_with_the_field_at_fault() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let c = engine.called().await;
    let long = "x".repeat(4_001);
    let mut no_line = result(&c);
    no_line["transcript"][1].as_object_mut().unwrap().remove("heard");
    let mut bad_status = result(&c);
    bad_status["status"] = json!("splendid");
    let mut first_attempt = result(&c);
    first_attempt["attempt"] = json!(0);
    for (path, body, field) in [
        ("/chat", json!({}), "message"),
        ("/chat", json!({"message": 5}), "message"),
        ("/chat", json!({"message": "  "}), "message"),
        ("/chat", json!({"message": long}), "message"),
        ("/chat", json!({"message": "hi", "message_id": "x".repeat(101)}), "message_id"),
        ("/chat", json!({"message": "hi", "voice_choice": {"language": "german!"}}), "voice_choice.language"),
        ("/chat", json!({"message": "hi", "voice_choice": {"voices": "x"}}), "voice_choice.voices"),
        ("/chat", json!({"message": "hi", "voice_choice": [null, null]}), "voice_choice"),
        ("/call_result", json!({"order_id": ORDER}), "attempt"),
        ("/call_result", no_line, "transcript[1].heard"),
        ("/call_result", bad_status, "status"),
        ("/call_result", first_attempt, "attempt"),
    ] {
        let (status, answer) = engine.post(path, &body).await;
        assert_eq!((status, &answer["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{answer}");
        assert!(text(&answer["message"]).starts_with(field), "{answer}");
    }
    let plan = format!("/conversations/{c}/plans/p_1");
    for (body, field) in [
        (json!({"decision": "maybe"}), "decision"),
        (json!({"decision": "change"}), "details"),
        (json!({"decision": "change", "details": {"size": 5}}), "details.size"),
        (json!({"decision": "change", "details": {"size": ""}}), "details.size"),
    ] {
        let (status, answer) = engine.post(&plan, &body).await;
        assert_eq!((status, &answer["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{answer}");
    }
    let post = |body: &'static str, kind: &'static str| {
        engine.client.post(format!("{}/chat", engine.url)).header("content-type", kind).body(body).send()
    };
    let broken = post("{\"message\": ", "application/json").await.unwrap();
    assert_eq!(broken.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let form = post("message=hi", "application/x-www-form-urlencoded").await.unwrap();
    assert_eq!(form.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let (status, answer) = engine.post("/chat", &json!({"message": "x".repeat(70_000)})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("too_large")));
    assert_eq!(handler.orders().len(), 1);
}

#[tokio::test]
async fn what_is_not_known_is_not_found() {
    let (engine, _handler, _folder) = Engine::fresh().await;
    let c = engine.called().await;
    let (status, _) = engine.post("/chat", &json!({"message": "hi", "conversation_id": "c_none"})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let approve = json!({"decision": "approve"});
    assert_eq!(engine.decide(&c, "p_none", &approve).await.0, StatusCode::NOT_FOUND);
    assert_eq!(engine.decide("c_none", "p_none", &approve).await.0, StatusCode::NOT_FOUND);
    for path in ["/conversations/c_none", "/conversations/c_none/events", "/nothing", "/assets/none.js"] {
        assert_eq!(engine.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let with = |field: &str, value: Value| {
        let mut body = result(&c);
        body[field] = value;
        body
    };
    for body in [with("conversation_id", json!("c_none")), with("attempt", json!(2)), with("order_id", json!("o_other")), {
        let mut body = with("conversation_id", Value::Null);
        body["order_id"] = json!("o_other");
        body
    }] {
        assert_eq!(engine.post("/call_result", &body).await.0, StatusCode::NOT_FOUND, "{body}");
    }
    // Without its conversation, a result is known by its order.
    assert_eq!(engine.post("/call_result", &with("conversation_id", Value::Null)).await.0, StatusCode::OK);
    engine.until(&c, |view| view["node"] == "report_result").await;
}

#[tokio::test]
async fn a_correction_is_told_in_the_chat_once_and_the_result_stays() {
    let (engine, _handler, _folder) = Engine::fresh().await;
    let c = engine.called().await;
    let correction = json!({"order_id": ORDER, "conversation_id": c, "attempt": 1, "call_sid": SID, "reported": "completed",
        "told": "failed", "duration": 3});
    let mut other = correction.clone();
    other["attempt"] = json!(7);
    assert_eq!(engine.post("/call_correction", &other).await.0, StatusCode::NOT_FOUND);
    let (status, answer) = engine.post("/call_correction", &json!({"order_id": ORDER})).await;
    assert_eq!((status, &answer["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("attempt")), "{answer}");
    let sent = result(&c);
    engine.post("/call_result", &sent).await;
    engine.until(&c, |view| view["node"] == "report_result").await;
    for _ in 0..2 {
        let answered = engine.post("/call_correction", &correction).await;
        assert_eq!(answered, (StatusCode::OK, json!({"status": "accepted"})));
    }
    let told = |view: &Value| history(view).iter().filter(|line| line.contains("A correction to call 1")).count();
    let view = engine.until(&c, |view| told(view) > 0).await;
    assert_eq!((told(&view), &view["calls"][0]["result"]), (1, &sent));
}

#[tokio::test]
async fn a_message_that_is_sent_twice_counts_once() {
    let (engine, _handler, _folder) = Engine::fresh().await;
    let first = json!({"message": "I want to order a pizza", "message_id": "m1"});
    let (a, b) = tokio::join!(engine.post("/chat", &first), engine.post("/chat", &first));
    assert_eq!(a, b, "the same conversation and the same answer");
    let c = text(&a.1["conversation_id"]);
    let lines = history(&engine.view(&c).await).len();
    assert_eq!(engine.json("/conversations").await.as_array().unwrap().len(), 1);

    let second = json!({"message": "pepperoni", "message_id": "m2", "conversation_id": c});
    let answer = engine.post("/chat", &second).await;
    engine.say(Some(&c), "large").await;
    assert_eq!(engine.post("/chat", &second).await, answer, "the answer that was given then");
    let users = history(&engine.view(&c).await).iter().filter(|line| line.starts_with("user: ")).count();
    assert_eq!(users, 3, "after {lines} lines");
}

#[tokio::test]
async fn messages_of_one_conversation_take_turns() {
    let (engine, _handler, _folder) = Engine::fresh().await;
    let c = text(&engine.say(None, "I want to order a pizza").await["conversation_id"]);
    let said = ["pepperoni", "large", "two of them"].map(|words| engine.say(Some(&c), words));
    let answers = futures_util::future::join_all(said).await;
    let history = history(&engine.view(&c).await);
    // Each is answered before the next is heard.
    for answer in answers {
        let given = text(&answer["response"]);
        let first = given.split("\n\n").next().unwrap().to_owned();
        assert!(history.iter().any(|line| line.contains(&first)), "{given}");
    }
    let roles: Vec<&str> = history.iter().map(|line| line.split(':').next().unwrap()).collect();
    assert!(!roles.windows(2).any(|pair| pair == ["user", "user"]), "{history:#?}");
}

#[tokio::test]
async fn a_plan_is_approved_once_and_dialled_once() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let (c, plan) = engine.planned().await;
    let approve = json!({"decision": "approve"});
    let (a, b) = tokio::join!(engine.decide(&c, &plan, &approve), engine.decide(&c, &plan, &approve));
    assert_eq!(a.0, StatusCode::OK, "{}", a.1);
    assert_eq!(a, b, "the second is told the same");
    assert_eq!(engine.decide(&c, &plan, &approve).await, a);
    assert_eq!(handler.orders().len(), 1);
    let (status, answer) = engine.decide(&c, &plan, &json!({"decision": "cancel"})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("plan_closed")));
}

#[tokio::test]
async fn a_plan_that_was_changed_or_cancelled_cannot_be_approved() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let (c, plan) = engine.planned().await;
    let (status, answer) = engine.decide(&c, &plan, &json!({"decision": "change", "details": {"size": "small"}})).await;
    assert_eq!((status, &answer["node"]), (StatusCode::OK, &json!("confirm_task")), "{answer}");
    let newer = text(&answer["plan_id"]);
    assert_ne!(newer, plan);
    let (status, answer) = engine.decide(&c, &plan, &json!({"decision": "approve"})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("plan_closed")), "{answer}");

    let (status, cancelled) = engine.decide(&c, &newer, &json!({"decision": "cancel"})).await;
    assert_eq!((status, &cancelled["node"]), (StatusCode::OK, &json!("cancelled")), "{cancelled}");
    assert_eq!(engine.decide(&c, &newer, &json!({"decision": "cancel"})).await.1, cancelled);
    let (status, answer) = engine.decide(&c, &newer, &json!({"decision": "approve"})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("plan_closed")), "{answer}");
    assert!(handler.orders().is_empty());
}

#[tokio::test]
async fn a_plan_expires() {
    let (folder, handler) = (TempDir::new().unwrap(), FakeHandler::start().await);
    let mut config = config(folder.path(), &handler);
    config.task.plan_lifetime = Duration::from_millis(200);
    let engine = Engine::start(config).await;
    let (c, plan) = engine.planned().await;
    engine.until(&c, |view| view["plan"].is_null()).await;
    let (status, answer) = engine.decide(&c, &plan, &json!({"decision": "approve"})).await;
    assert_eq!((status, &answer["code"]), (StatusCode::CONFLICT, &json!("plan_expired")), "{answer}");
    assert!(handler.orders().is_empty());
}

#[tokio::test]
async fn a_handler_that_is_down_is_told_plainly_and_nothing_is_dialled() {
    let (folder, handler) = (TempDir::new().unwrap(), FakeHandler::start().await);
    let mut config = config(folder.path(), &handler);
    // A port that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    config.handler_url = format!("http://{free}").parse().unwrap();
    let engine = Engine::start(config).await;
    let (c, plan) = engine.planned().await;
    let (status, answer) = engine.decide(&c, &plan, &json!({"decision": "approve"})).await;
    assert_eq!((status, &answer["node"]), (StatusCode::OK, &json!("report_result")), "{answer}");
    let said = text(&answer["response"]);
    assert!(said.contains("Task failed") && said.contains("reached"), "{said}");
    assert_eq!(engine.client.delete(format!("{}/conversations/{c}", engine.url)).send().await.unwrap().status(), 204);
}

#[tokio::test]
async fn a_refusal_of_the_carrier_is_told_in_its_words() {
    let (engine, handler, _folder) = Engine::fresh().await;
    handler.answer(Answer::Error(502, "carrier_refused", "the carrier does not call this country"));
    let (c, plan) = engine.planned().await;
    let (_, answer) = engine.decide(&c, &plan, &json!({"decision": "approve"})).await;
    assert_eq!(answer["node"], "report_result", "{answer}");
    assert!(text(&answer["response"]).contains("does not call this country"), "{answer}");
    assert_eq!(handler.orders().len(), 1, "a refusal is final");
}

#[tokio::test]
async fn a_live_call_keeps_its_conversation() {
    let (engine, _handler, _folder) = Engine::fresh().await;
    let c = engine.called().await;
    let url = format!("{}/conversations/{c}", engine.url);
    let delete = || async { engine.client.delete(&url).send().await.unwrap() };
    let refused = delete().await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "call_live");
    engine.post("/call_result", &result(&c)).await;
    engine.until(&c, |view| view["node"] == "report_result").await;
    assert_eq!(delete().await.status(), StatusCode::NO_CONTENT);
    assert_eq!(delete().await.status(), StatusCode::NOT_FOUND);
    assert_eq!(engine.json("/conversations").await, json!([]));
    assert_eq!(engine.post("/call_result", &result(&c)).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_message_chooses_the_voice_of_the_call() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let choice = json!({"voice": "cedar", "language": "de"});
    let (status, answer) = engine.post("/chat", &json!({"message": common::ALL_AT_ONCE, "voice_choice": choice})).await;
    assert_eq!((status, &answer["node"]), (StatusCode::OK, &json!("confirm_task")), "{answer}");
    let c = text(&answer["conversation_id"]).to_owned();
    assert_eq!(engine.view(&c).await["plan"]["voice_choice"], choice);
    engine.say(Some(&c), "yes").await;
    engine.until(&c, |view| view["node"] == "await_result").await;
    let (_, order) = handler.orders().remove(0);
    assert_eq!((&order["voice"], &order["language"], order.get("model")), (&json!("cedar"), &json!("de"), None), "{order}");
}
