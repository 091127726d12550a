//! An answer to a question of a live call that comes too late.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Engine, FakeHandler, config, history, result};
use reqwest::StatusCode;
use serde_json::{Value, json};
use types::{CallEvent, QuestionEnd, UserQuestion};

fn question(id: &str) -> CallEvent {
    let question = "Thin or thick crust?".into();
    CallEvent::Question { question: UserQuestion { id: id.into(), question, choices: Vec::new(), time_limit_s: 30 }, until_ms: 1 }
}

fn closed(id: &str, how: QuestionEnd, answer: Option<&str>) -> CallEvent {
    CallEvent::QuestionClosed { id: id.into(), how, answer: answer.map(str::to_owned) }
}

/// A call that has asked, and gone on without an answer.
async fn asked_in_vain(engine: &Engine, handler: &FakeHandler) -> String {
    let c = engine.called().await;
    handler.tell(question("q1"));
    handler.tell(closed("q1", QuestionEnd::TimedOut, None));
    // Worked off in their order, so that the other two are known by then.
    handler.tell(CallEvent::Stage { stage: types::CallStage::Connected });
    engine.until(&c, |view| view["call_status"] == "connected").await;
    c
}

async fn answer(engine: &Engine, c: &str, id: &str, text: &str) -> (StatusCode, Value) {
    engine.post(&format!("/conversations/{c}/calls/1/answer"), &json!({"question_id": id, "text": text})).await
}

fn late(view: &Value) -> Vec<&str> {
    view["late_answers"].as_array().unwrap().iter().map(|late| late["answer"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_came_too_late_is_kept_before_it_is_refused_and_outlives_the_engine() {
    let (engine, handler, folder) = Engine::fresh().await;
    let c = asked_in_vain(&engine, &handler).await;
    handler.refuse_answers(Some((409, "too_late")));
    let (status, problem) = answer(&engine, &c, "q1", " thin ").await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("too_late")));
    assert!(problem["message"].as_str().unwrap().contains("kept in the conversation"), "{problem}");
    // The call tells of it as well, and the page may send it again.
    handler.tell(closed("q1", QuestionEnd::TooLate, Some("thin")));
    answer(&engine, &c, "q1", "thin").await;
    engine.crash().await;

    let engine = Engine::start(config(folder.path(), &handler)).await;
    assert_eq!(late(&engine.view(&c).await), ["thin"]);
    engine.post("/call_result", &result(&c)).await;
    let view = engine.until(&c, |view| view["node"] == "report_result").await;
    let report = history(&view).pop().unwrap();
    assert!(report.contains("They have not been told your answer \"thin\""), "{report}");
    assert!(!view["calls"][0]["result"].to_string().contains("thin"), "the call's own result stays as it is");
}

#[tokio::test]
async fn an_answer_to_a_call_that_is_over_is_kept_too() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let c = asked_in_vain(&engine, &handler).await;
    engine.post("/call_result", &result(&c)).await;
    engine.until(&c, |view| view["node"] == "report_result").await;
    handler.refuse_answers(Some((409, "already_ended")));
    let (status, problem) = answer(&engine, &c, "q1", "thick").await;
    assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("already_ended")));
    let view = engine.view(&c).await;
    assert_eq!(late(&view), ["thick"]);
    assert!(view["call_outcome_details"].as_str().unwrap().contains("\"thick\", which came too late"));
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_in_the_handlers_words() {
    let (engine, handler, _folder) = Engine::fresh().await;
    let c = asked_in_vain(&engine, &handler).await;
    // A question that was never asked, and an answer that was overtaken by another one.
    for (id, code) in [("q7", "too_late"), ("q1", "already_answered")] {
        handler.refuse_answers(Some((409, code)));
        let (status, problem) = answer(&engine, &c, id, "thin").await;
        assert_eq!((status, &problem["code"], &problem["message"]), (StatusCode::CONFLICT, &json!(code), &json!("no")));
    }
    assert_eq!(late(&engine.view(&c).await), Vec::<&str>::new());
    handler.refuse_answers(None);
    assert_eq!(answer(&engine, &c, "q1", "thin").await.0, StatusCode::ACCEPTED);
}
