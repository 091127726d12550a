//! Whole calls in virtual time: without models, where nobody understands anything, and with them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../chat-model/tests/support/mod.rs"]
mod stand_in;

use chat_model::Config;
use eval::{Models, Report, Scenario, Senses, Setting, scenario};
use speech::{Heard, Manner, Speech};
use stand_in::{StandIn, Step};
use std::sync::{Arc, Mutex};
use voice::brain::BuiltIn;

/// Hums for as long as the words would take, and understands nothing.
struct Hums;

impl Senses for Hums {
    fn hear(&self, _samples: &[i16]) -> Result<Heard, String> {
        Ok(Heard::default())
    }

    fn say(&self, text: &str, _manner: Manner) -> Result<Arc<Vec<i16>>, String> {
        let wave = |n: usize| {
            let t = n as f32 / 8_000.0;
            let hz = 130.0 + 20.0 * (t * 9.0).sin();
            let sum: f32 = (1..20_u8)
                .map(|h| (t * hz * f32::from(h) * std::f32::consts::TAU).sin() / (1.0 + (f32::from(h) - 5.0).abs()))
                .sum();
            (sum * 4_000.0 * (0.6 + 0.4 * (t * 25.0).sin())) as i16
        };
        Ok(Arc::new((0..text.len().min(300) * 480).map(wave).collect()))
    }
}

async fn run(scenarios: Vec<Scenario>, senses: Arc<dyn Senses>) -> Vec<Report> {
    run_with(scenarios, senses, Err("none is configured".into())).await
}

async fn run_with(scenarios: Vec<Scenario>, senses: Arc<dyn Senses>, callee_model: Result<Config, String>) -> Vec<Report> {
    let setting = Setting {
        senses,
        brain: Arc::new(BuiltIn),
        callee_model,
        tuning: session::Tuning::default(),
        habits: eval::Habits::default(),
        jobs: 2,
        seed: 0,
        noise_db: None,
        keeps_audio: true,
    };
    let told = Mutex::new(0);
    let reports = eval::run(scenarios, setting, |_| *told.lock().unwrap() += 1).await;
    assert_eq!(*told.lock().unwrap(), reports.len());
    reports
}

fn scenario(name: &str, callee: &str, expect: &str) -> Scenario {
    let order = "[order]\ngoal = \"ask whether they are open on Sunday\"\nuser_name = \"Maria Lopez\"\ntask_kind = \"ask_business\"\n\
        facts_wanted = [{ name = \"answer\", question = \"Are you open on Sunday?\" }]\n";
    let text = format!("name = \"{name}\"\nshows = \"x\"\n{order}[callee]\n{callee}\n[expect]\n{expect}");
    scenario::of_text(name, &text).unwrap()
}

#[tokio::test]
async fn calls_come_to_their_ends_without_a_clock() {
    let busy =
        scenario("busy", "number = \"+14155550110\"", "disposition = \"busy\"\nended = \"not_connected\"\ndisclosed = false");
    let nobody = scenario("nobody", "number = \"+14155550111\"", "disposition = \"no-answer\"\ndisclosed = false");
    let silent = scenario("silent", "before = [{ record_s = 120 }]", "disclosed = true\nstatus = \"achieved\"");
    let all = vec![busy, nobody, silent];
    let reports = run(all.clone(), Arc::new(Hums)).await;
    for report in &reports[..2] {
        assert!(report.met, "{:?}", report.verdict.faults);
    }
    // The agent opens, is proven to have been heard, and gives up in the end: not achieved, which the verdict tells.
    let silent = &reports[2];
    assert!(silent.disclosed_at_ms.is_some() && !silent.met, "{:?}", silent.verdict);
    assert!(silent.verdict.faults[0].starts_with("the outcome is "), "{:?}", silent.verdict.faults);
    assert!((20..120).contains(&silent.call_s), "{}", silent.call_s);
    let [callee, agent] = silent.audio.as_ref().unwrap();
    assert!(callee.len() == agent.len() && callee.len() > 20 * 8_000);
    // The same again is the same again, audio and all.
    let again = run(all, Arc::new(Hums)).await;
    for (one, other) in reports.iter().zip(&again) {
        assert_eq!((&one.audio, one.virtual_s, &one.turn_latency_ms), (&other.audio, other.virtual_s, &other.turn_latency_ms));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_heard_understood_and_judged() {
    let Ok(speech) = Speech::load(&speech::default_models_dir(), 2) else {
        eprintln!("SKIPPED: the speech models are not there; cargo xtask models gets them");
        return;
    };
    let names = ["shop-question", "menu-one-level"];
    let shipped = eval::shipped::scenarios().unwrap();
    let scenarios: Vec<Scenario> = shipped.into_iter().filter(|scenario| names.contains(&scenario.name.as_str())).collect();
    assert_eq!(scenarios.len(), names.len());
    for report in run(scenarios, Arc::new(Models::new(speech))).await {
        assert!(report.met, "{}: {:?}\n{:#?}", report.name, report.verdict.faults, report.callee);
        assert!(report.cost_micros.is_some_and(|micros| micros > 0));
        assert!(report.turn_latency_median_ms.is_some_and(|ms| (50..1_500).contains(&ms)), "{:?}", report.turn_latency_ms);
    }
}

fn played(expect: &str) -> Scenario {
    scenario("played", "[callee.model]\npersona = \"You are Anna of Corner Books.\"\n", expect)
}

#[tokio::test]
async fn without_a_language_model_its_scenarios_are_skipped_and_say_why() {
    let reports = run(vec![played("status = \"achieved\"")], Arc::new(Hums)).await;
    let why = "a language model plays its callee, and none is configured";
    assert_eq!((reports[0].skipped.as_deref(), reports[0].met, reports[0].call_s), (Some(why), false, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_model_that_fails_is_told_as_such_and_not_as_a_fault_of_the_agent_alone() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = StandIn::start([]).await;
    let reports = run_with(vec![played("")], Arc::new(Hums), Ok(server.config())).await;
    let faults = &reports[0].verdict.faults;
    assert!(faults.iter().any(|fault| fault.starts_with("the language model that plays the callee failed: ")), "{faults:?}");
    assert!(!server.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_model_plays_the_callee_through_its_ear_and_its_mouth() {
    let Ok(speech) = Speech::load(&speech::default_models_dir(), 2) else {
        eprintln!("SKIPPED: the speech models are not there; cargo xtask models gets them");
        return;
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let last = Step::Call("You're welcome. Goodbye!".into(), vec![("hang_up".into(), serde_json::json!({}))]);
    let steps = [Step::Say("Corner Books, hello?".into()), Step::Say("On Sundays we are open from 11 am to 5 pm.".into()), last];
    let server = StandIn::start(steps).await;
    let expect = "status = \"achieved\"\nfacts = { answer = \"11 am to 5 pm\" }\ndisclosed = true";
    let reports = run_with(vec![played(expect)], Arc::new(Models::new(speech)), Ok(server.config())).await;
    assert!(reports[0].met, "{:?}\n{:#?}", reports[0].verdict.faults, reports[0].callee);
    let asked = server.asked();
    let heard = asked[1].body["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_lowercase();
    assert!(heard.contains("assistant calling on behalf of maria") && heard.contains("sunday"), "{heard}");
}
