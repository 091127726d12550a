//! The brain over a stand-in of a model's server.

#[path = "../../../../chat-model/tests/support/mod.rs"]
mod stand_in;

use super::*;
use stand_in::{StandIn, Step};
use types::{Order, briefing::say_exactly};

const ORDER: &str = r#"{
    "target_phone_number": "+14155550102", "final_instructions": "Ask.", "goal": "ask whether you have oat milk",
    "task_kind": "ask_business", "user_name": "Maria Lopez",
    "gathered_details": {"question": "Do you have oat milk?", "user_name": "Maria Lopez"},
    "facts_wanted": [{"name": "answer", "question": "Do you have oat milk?"}]
}"#;

fn brain(server: &StandIn, limits: Limits) -> Model {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Model::new(Config { limits, ..server.config() }).unwrap()
}

/// A call whose opening has been said, and then these words by the callee.
fn turn(said: &str) -> Turn {
    let briefing = Briefing::of(&serde_json::from_str::<Order>(ORDER).unwrap());
    let function = |name: &str| wire::realtime::Function { name: name.into(), ..Default::default() };
    Turn {
        instructions: briefing.render(),
        lines: vec![
            Line::Callee { text: "Corner Coffee.".into() },
            Line::Agent { text: briefing.opening, cut: true },
            Line::Callee { text: said.into() },
        ],
        tools: vec!["end_call".into(), "report_outcome".into()],
        functions: vec![function("end_call"), function("report_outcome"), function("not_now")],
        ..Turn::default()
    }
}

#[tokio::test]
async fn the_model_hears_the_call_and_answers() {
    let report = json!({ "status": "achieved" });
    let calls = vec![("report_outcome".into(), report.clone()), ("end_call".into(), json!({}))];
    let server = StandIn::start([Step::Call("**Great**, thank you!\nGoodbye.".into(), calls)]).await;
    let reply = brain(&server, stand_in::quick()).reply(&turn("Yes, we do.")).await;
    let call = |name: &str, arguments: Value| ToolCall { name: name.into(), arguments };
    let tools = vec![call("report_outcome", report), call("end_call", json!({}))];
    assert_eq!(reply, Reply { say: "Great, thank you! Goodbye.".into(), tools });
    let body = &server.asked()[0].body;
    let roles: Vec<_> = body["messages"].as_array().unwrap().iter().map(|message| message["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["system", "system", "user", "assistant", "user"]);
    assert!(body["messages"][0]["content"].as_str().unwrap().contains("# Goal"));
    assert!(body["messages"][3]["content"].as_str().unwrap().ends_with("[you were interrupted here]"));
    let tools: Vec<_> = body["tools"].as_array().unwrap().iter().map(|tool| tool["function"]["name"].as_str().unwrap()).collect();
    assert_eq!(tools, ["end_call", "report_outcome"]);
}

#[tokio::test]
async fn calls_are_followed_by_what_they_gave() {
    let mut turn = turn("Yes.");
    let called = |name: &str| Line::Called { name: name.into(), arguments: "{}".into() };
    turn.lines.extend([called("report_outcome"), Line::Returned { output: "noted".into() }, called("end_call")]);
    turn.lines.push(Line::Told { text: "The line is bad.".into() });
    let request = request(&turn);
    let tail = &request.messages[5..];
    assert!(matches!(&tail[0], Message::Assistant { calls, .. } if calls[0].id == "call_0" && calls[0].name == "report_outcome"));
    assert_eq!(tail[1], Message::Returned { id: "call_0".into(), output: "noted".into() });
    assert_eq!(tail[3], Message::Returned { id: "call_1".into(), output: "done".into() });
    assert_eq!(tail[4], Message::System("The line is bad.".into()));
}

#[tokio::test]
async fn given_words_and_the_opening_are_not_left_to_the_model() {
    let server = StandIn::start([]).await;
    let brain = brain(&server, stand_in::quick());
    let exactly = Turn { only_now: Some(say_exactly("Are you still there?")), ..turn("Hm") };
    assert_eq!(brain.reply(&exactly).await.say, "Are you still there?");
    let mut first = turn("");
    first.lines.truncate(1);
    assert!(brain.reply(&first).await.say.starts_with("Hello, this is an AI assistant calling on behalf of Maria Lopez."));
    // Cut off before it was told, it is told again.
    first.lines.push(Line::Agent { text: "Hello, this is".into(), cut: true });
    first.lines.push(Line::Callee { text: "Who is this?".into() });
    assert!(brain.reply(&first).await.say.contains("an AI assistant calling on behalf of Maria Lopez"));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_call_never_goes_silent() {
    let heard = turn("Sorry, could you repeat that?");
    let built_in = built_in::reply(&heard);
    assert!(!built_in.say.is_empty());
    let not_ours = || Step::Call(String::new(), vec![("transfer_money".into(), json!({})), ("end_call".into(), json!("[1]"))]);
    for trouble in [
        Step::Stall,
        Step::StallAfter("Yes, of".into()),
        Step::refuse(401, "invalid_api_key", "no"),
        Step::Say("  ** ".into()),
        not_ours(),
        Step::BreakAfter("Yes".into()),
    ] {
        let limits =
            Limits { first_token: Duration::from_millis(300), total: Duration::from_millis(500), tries: 1, ..stand_in::quick() };
        let server = StandIn::start([trouble.clone()]).await;
        assert_eq!(brain(&server, limits).reply(&heard).await, built_in, "{trouble:?}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[test]
fn what_is_said_has_an_end() {
    let long = spoken(&"This is a sentence of some length. ".repeat(60));
    assert!(long.chars().count() <= SAY_MAX && long.ends_with("length."), "{long}");
    assert!((1..=SAY_MAX).contains(&spoken(&"x".repeat(2_000)).len()));
    assert_eq!(spoken("# `Hi`  *there*\n"), "Hi there");
}
