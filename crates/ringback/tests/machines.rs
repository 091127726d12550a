//! Voicemail and a call screener in real audio: the handler, the local voice and the simulator's machines, who hear each other.
//!
//! Needs the speech models (`cargo xtask models`); says so and passes without them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use serde_json::{Value, json};
use speech::Speech;
use std::net::SocketAddr;
use std::time::Duration;
use support::{ACCOUNT, TOKEN, base, free, get};
use url::Url;

/// A whole call in real time, on a busy machine.
const WITHIN: Duration = Duration::from_secs(170);

/// One call; gives its result and what the callee's side knows of it. `None` without the speech models.
async fn call(number: &str, more: Value) -> Option<(Value, Value)> {
    let Ok(speech) = Speech::load(&speech::default_models_dir(), 1) else {
        eprintln!("SKIPPED: the speech models are not there; cargo xtask models gets them");
        return None;
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let folder = tempfile::tempdir().unwrap();
    let mut config = sim::Config::new(local, ACCOUNT, TOKEN);
    config.speech = Some(speech.clone());
    let carrier = sim::start(config).await.unwrap();
    let model = voice::start(voice::Config::new(local, speech)).await.unwrap();
    let mut config = handler::Config::local(folder.path().into(), types::PhoneNumber::parse("+14155550199").unwrap());
    (config.addr, config.engine_url) = (free(), base(free()));
    (config.carrier_url, config.account_sid, config.auth_token) = (base(carrier.addr()), ACCOUNT.into(), TOKEN.into());
    config.voice.url = Url::parse(&model.url()).unwrap();
    let handler_url = base(config.addr);
    let _handler = handler::start(config).await.unwrap();

    let mut order = json!({"target_phone_number": number, "final_instructions": "Ask when they close today.",
        "goal": "ask when you close today", "task_kind": "ask_business", "user_name": "Maria Lopez",
        "gathered_details": {"question": "When do you close today?", "user_name": "Maria Lopez"},
        "facts_wanted": [{"name": "answer", "question": "When do you close today?"}]});
    order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = serde_json::to_vec(&order).unwrap();
    let request = client.post(handler_url.join("order").unwrap()).header("Content-Type", "application/json").body(body);
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    let accepted: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let order_id = accepted["order_id"].as_str().unwrap();
    let ended = async {
        // The stream of events ends with the call.
        client.get(handler_url.join(&format!("calls/{order_id}/events")).unwrap()).send().await.unwrap().text().await.unwrap();
        get(handler_url.join(&format!("calls/{order_id}")).unwrap()).await["result"].clone()
    };
    let result = tokio::time::timeout(WITHIN, ended).await.expect("the call ends");
    let sid = accepted["call_sid"].as_str().unwrap();
    Some((result, get(base(carrier.addr()).join(&format!("sim/calls/{sid}")).unwrap()).await))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_recorded_after_the_beep() {
    let message = json!({"on_machine": {"message": "Please send the blue catalogue to my office."}});
    let Some((result, callee)) = call("+14155550106", message).await else { return };
    let told = (&result["status"], &result["answered_by"], &result["message_left"], &result["ended_reason"]);
    assert_eq!(told, (&json!("voicemail"), &json!("voicemail"), &json!(true), &json!("machine_answered")), "{result:#}");
    assert!(result["disclosed_at_ms"].is_u64(), "{result:#}");
    assert_eq!(result["outcome"]["status"], "not_achieved");
    // What the machine has recorded, from its first word to the last.
    let recorded = callee["slip"]["fields"]["message"].as_str().unwrap_or_default().to_lowercase();
    assert!(recorded.contains("assistant") && recorded.contains("catalog") && recorded.contains("bye"), "{callee:#}");
    eprintln!("recorded: {recorded}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screener_is_answered_and_the_person_behind_it_reached() {
    let Some((result, callee)) = call("+14155550107", json!({})).await else { return };
    assert_eq!((&result["status"], &result["answered_by"]), (&json!("completed"), &json!("human")), "{result:#}\n{callee:#}");
    let fields = &callee["slip"]["fields"];
    assert!(fields["caller"].as_str().unwrap_or_default().to_lowercase().contains("assistant"), "{callee:#}");
    let lines: Vec<&str> = callee["lines"].as_array().unwrap().iter().filter_map(|line| line["text"].as_str()).collect();
    assert!(lines.contains(&"Hello, this is Robin."), "{lines:?}");
    eprintln!("{lines:#?}");
}
