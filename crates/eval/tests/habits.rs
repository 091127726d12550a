//! What handlers do that have not learned from the line: each such habit makes a scenario fail that is met without it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use eval::{Habit, Habits, Models, Scenario, Setting};
use speech::Speech;
use std::sync::Arc;
use voice::brain::BuiltIn;

/// One scenario for each habit, the shortest; six calls at a time take too long for a test.
const SHORT: [&str; 13] = [
    "breath-before-greeting",
    "cough-while-speaking",
    "double-talk",
    "fax-simulated",
    "fragments",
    "interrupted-again-and-again",
    "interruption",
    "menu-claims-of-pressing",
    "model-lost",
    "network-with-jitter",
    "never-says-anything",
    "prompt-opening",
    "shop-question",
];

#[test]
fn every_habit_has_a_scenario_that_fails_with_it() {
    let scenarios = eval::shipped::scenarios().unwrap();
    for habit in Habit::ALL {
        assert!(scenarios.iter().any(|scenario| scenario.fails_with.contains(&habit)), "{}", habit.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_habit_its_scenario_is_not_met_and_without_it_is() {
    let Ok(speech) = Speech::load(&speech::default_models_dir(), 2) else {
        eprintln!("SKIPPED: the speech models are not there; cargo xtask models gets them");
        return;
    };
    let is_short = |scenario: &Scenario| SHORT.contains(&scenario.name.as_str());
    let scenarios: Vec<Scenario> = eval::shipped::scenarios().unwrap().into_iter().filter(is_short).collect();
    let setting = Setting {
        senses: Arc::new(Models::new(speech)),
        brain: Arc::new(BuiltIn),
        callee_model: Err("none is configured".into()),
        tuning: session::Tuning::default(),
        habits: Habits::default(),
        jobs: 2,
        seed: 0,
        noise_db: None,
        keeps_audio: false,
    };
    let pairs = eval::pairs(scenarios, setting, |_| {}).await;
    for habit in Habit::ALL.into_iter().filter(|habit| *habit != Habit::ComputesInTheLoop) {
        assert!(pairs.iter().any(|pair| pair.habit == habit), "{}", habit.name());
    }
    for pair in pairs {
        let (habit, name) = (pair.habit.name(), &pair.ours.name);
        assert!(pair.shows(), "{habit}, {name}: {:?}, and without {:?}", pair.naive.verdict.faults, pair.ours.verdict.faults);
    }
}
