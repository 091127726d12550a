//! A menu, the hold behind it, and the person behind that: in real audio, in virtual time.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use eval::{Models, Scenario, Setting};
use speech::Speech;
use std::sync::Arc;
use voice::brain::BuiltIn;

#[tokio::test(flavor = "multi_thread")]
async fn through_a_menu_and_a_hold_to_a_person_and_back_with_the_answer() {
    let Ok(speech) = Speech::load(&speech::default_models_dir(), 2) else {
        eprintln!("SKIPPED: the speech models are not there; cargo xtask models gets them");
        return;
    };
    let wanted = |scenario: &Scenario| scenario.name == "menu-then-hold";
    let scenarios: Vec<Scenario> = eval::shipped::scenarios().unwrap().into_iter().filter(wanted).collect();
    assert_eq!(scenarios.len(), 1);
    let setting = Setting {
        senses: Arc::new(Models::new(speech)),
        brain: Arc::new(BuiltIn),
        callee_model: Err("none is configured".into()),
        tuning: session::Tuning::default(),
        habits: eval::Habits::default(),
        jobs: 2,
        seed: 0,
        noise_db: None,
        keeps_audio: false,
    };
    for report in eval::run(scenarios, setting, |_| {}).await {
        assert!(report.met, "{:?}\n{report:#?}", report.verdict.faults);
    }
}
