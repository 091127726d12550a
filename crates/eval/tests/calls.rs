//! Whole calls in virtual time: without models, where nobody understands anything, and with them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use eval::{Models, Report, Scenario, Senses, Setting, scenario};
use speech::{Manner, Speech};
use std::sync::{Arc, Mutex};
use voice::brain::BuiltIn;

/// Hums for as long as the words would take, and understands nothing.
struct Hums;

impl Senses for Hums {
    fn hear(&self, _samples: &[i16]) -> Result<String, String> {
        Ok(String::new())
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
    let setting = Setting {
        senses,
        brain: Arc::new(BuiltIn),
        callee_model: Err("none is configured".into()),
        tuning: session::Tuning::default(),
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
