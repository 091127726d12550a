//! The most that a call may cost.

use super::rig::{Rig, config, ms, says};
use crate::{Config, Input, Output};
use types::{CallResult, Disposition, EndedReason};

const GOODBYE: &str = "I am sorry, I have to end the call now. Thank you, and goodbye.";
/// What a second costs here.
const SECOND: u64 = 1_000;

/// A call that may cost so many seconds' worth.
fn worth(seconds: u64) -> Config {
    let mut config = config();
    config.limits.cost_max_micros = Some(seconds * SECOND);
    config
}

/// Feeds what the call costs, every second, until it ends. The goodbye costs 15 seconds' worth more.
fn metered(rig: &mut Rig) -> CallResult {
    for second in 0..600 {
        if let Some(result) = &rig.ended {
            return result.clone();
        }
        let so_far_micros = second * SECOND;
        rig.input(Input::Cost { so_far_micros, with_goodbye_micros: so_far_micros + 15 * SECOND });
        rig.run(ms(1_000));
    }
    panic!("the call never ended");
}

fn goodbyes(rig: &Rig) -> usize {
    rig.asked().iter().filter(|words| *words == GOODBYE).count()
}

#[test]
fn a_call_that_grows_dear_says_goodbye_while_there_is_enough_for_it() {
    let mut rig = Rig::answered_with(worth(60));
    for at in (1..60).step_by(6) {
        rig.callee_says(ms(at * 1_000), ms(1_000), "And then?");
    }
    let result = metered(&mut rig);
    assert_eq!((result.ended_reason, result.status), (EndedReason::CostLimit, Disposition::Completed));
    assert_eq!((goodbyes(&rig), rig.count(|o| matches!(o, Output::HangUp))), (1, 1));
    assert!((46..60).contains(&result.duration), "{}", result.duration);
    assert!(!result.transcript.last().unwrap().interrupted, "the goodbye was heard");
    assert!(result.summary.contains("the most that it may cost"), "{}", result.summary);
}

#[test]
fn a_callee_who_talks_over_the_goodbye_does_not_keep_a_dear_call() {
    let mut rig = Rig::answered_with(worth(60));
    rig.callee_says(ms(1_000), ms(600_000), "♪");
    let result = metered(&mut rig);
    assert_eq!((result.ended_reason, goodbyes(&rig)), (EndedReason::CostLimit, 1));
    assert!((46..60).contains(&result.duration), "{}", result.duration);
}

#[test]
fn a_call_that_has_reached_its_price_is_hung_up_whoever_speaks() {
    let mut rig = Rig::answered_with(worth(60));
    rig.replies.push_back(says("Well, ").lasting(100_000));
    rig.run(ms(4_000));
    let before = rig.now;
    rig.input(Input::Cost { so_far_micros: 60 * SECOND, with_goodbye_micros: 61 * SECOND });
    assert_eq!(rig.when(|o| matches!(o, Output::HangUp)), Some(before), "at once");
    assert_eq!((rig.run_to_end().ended_reason, goodbyes(&rig)), (EndedReason::CostLimit, 0));
}

#[test]
fn a_goodbye_that_is_never_said_does_not_hold_a_dear_call() {
    let mut rig = Rig::opened();
    rig.session.config.limits.cost_max_micros = Some(SECOND);
    rig.replies.push_back(super::rig::Reply { mute: true, ..says("") });
    rig.input(Input::Cost { so_far_micros: 0, with_goodbye_micros: 2 * SECOND });
    let before = rig.now;
    assert_eq!(rig.run_to_end().ended_reason, EndedReason::CostLimit);
    assert!(rig.when(|o| matches!(o, Output::HangUp)).unwrap() - before <= ms(15_000));
}

#[test]
fn without_a_limit_nothing_is_too_dear() {
    let mut rig = Rig::opened();
    rig.input(Input::Cost { so_far_micros: u64::MAX, with_goodbye_micros: u64::MAX });
    assert_eq!((rig.count(|o| matches!(o, Output::HangUp)), goodbyes(&rig)), (0, 0));
}

#[test]
fn a_call_that_is_being_ended_keeps_its_reason() {
    let mut rig = Rig::answered_with(worth(60));
    rig.input(Input::HangUp { by: crate::HangUpBy::User });
    rig.input(Input::Cost { so_far_micros: 60 * SECOND, with_goodbye_micros: 60 * SECOND });
    assert_eq!(rig.run_to_end().ended_reason, EndedReason::UserHungUp);
}
