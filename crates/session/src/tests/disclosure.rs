//! That an AI is calling is said first and proven to have been heard.

use super::rig::{Rig, config, ms, says};
use crate::{CarrierCommand, Output};
use types::{CallEvent, Disposition, EndedReason};

const DISCLOSURE: &str = "Hello, this is an AI assistant calling on behalf of Maria Lopez.";

fn disclosed(rig: &Rig) -> usize {
    rig.count(|o| matches!(o, Output::Event(CallEvent::Disclosed { .. })))
}

#[test]
fn it_is_asked_for_when_the_model_says_something_else() {
    let mut rig = Rig::answered();
    rig.replies.push_back(says("Hi, I would like a pizza."));
    rig.run(ms(2_600));
    rig.run_until_quiet();
    assert_eq!(rig.asked()[1..], [DISCLOSURE]);
    assert_eq!(disclosed(&rig), 1);
}

#[test]
fn a_person_who_does_not_say_that_it_is_an_ai_has_not_disclosed() {
    let mut rig = Rig::answered();
    rig.replies.push_back(says("Hello, this is an assistant calling on behalf of Maria Lopez. I would like to order."));
    while rig.asked().len() < 2 {
        rig.run(ms(20));
    }
    assert_eq!((disclosed(&rig), rig.asked()[1].as_str()), (0, DISCLOSURE));
}

/// Naive: it is in the instructions, so it is taken for said; a model that leaves it out calls people as if it were one.
#[test]
fn with_a_model_that_never_says_it_there_is_no_call() {
    let mut rig = Rig::answered();
    for _ in 0..3 {
        rig.replies.push_back(says("Pizza please."));
    }
    let result = rig.run_to_end();
    assert_eq!((rig.asked().len(), result.ended_reason, result.disclosed_at_ms), (3, EndedReason::VoiceLost, None));
    assert_eq!(result.error_message.as_deref(), Some("the realtime model did not say that an AI is calling"));
}

/// Naive: who talks over it once has had it; or the whole opening is begun again and again, over somebody who goes on talking.
#[test]
fn who_talks_over_it_twice_hears_it_all_the_same() {
    let mut rig = Rig::answered();
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza.");
    rig.callee_says(ms(3_000), ms(1_200), "Hello? Who is this?");
    rig.callee_says(ms(5_800), ms(1_200), "I can't hear you, hello?");
    rig.run(ms(7_600));
    assert_eq!((disclosed(&rig), rig.asked().len()), (0, 3), "{:?}", rig.asked());
    assert_eq!(rig.asked()[2], DISCLOSURE, "now only what must be said");
    rig.callee_says(ms(500), ms(1_500), "Is there anybody on the line?");
    rig.run_until_quiet();
    assert_eq!(disclosed(&rig), 1, "it was not cut off a third time");
    assert_eq!(rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Clear))), 2);
}

/// Naive: what the order's instructions or the model want said is said.
#[test]
fn a_denial_is_not_heard_and_is_put_right() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Ha, no, I'm a real person. What would you like to know?").lasting(4_000));
    rig.callee_says(ms(100), ms(1_000), "Are you a robot?");
    rig.run(ms(1_300));
    rig.run_until_quiet();
    assert_eq!(rig.asked().last().map(String::as_str), Some(DISCLOSURE));
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    assert!(result.transcript.iter().all(|line| !line.heard.contains("person")), "{:?}", result.transcript);
    assert!(result.transcript.last().is_some_and(|line| line.text == DISCLOSURE && !line.interrupted));
}

/// Naive: the call is given up to a model that lies, or is asked for the truth for ever.
#[test]
fn a_model_that_denies_again_and_again_is_not_gone_on_with() {
    let mut rig = Rig::opened();
    for _ in 0..8 {
        rig.replies.push_back(says("I am not a robot."));
    }
    rig.callee_says(ms(100), ms(1_000), "Are you a robot?");
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, rig.asked().len()), (EndedReason::VoiceLost, 5));
}

#[test]
fn an_interrupted_opening_is_said_again() {
    let mut rig = Rig::answered();
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza.");
    rig.callee_says(ms(3_500), ms(1_000), "Who is this?");
    rig.run(ms(4_600));
    assert_eq!(disclosed(&rig), 0);
    rig.run_until_quiet();
    assert_eq!(disclosed(&rig), 1);
    assert_eq!(rig.asked().len(), 2);
    assert!(rig.asked()[1].starts_with(DISCLOSURE));
}

#[test]
fn an_opening_that_is_interrupted_after_the_disclosure_is_not_repeated() {
    let mut rig = Rig::answered();
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza.");
    rig.callee_says(ms(7_000), ms(1_000), "Sure, which one?");
    rig.run_until_quiet();
    assert_eq!(disclosed(&rig), 1);
    assert_eq!(rig.asked()[1..], ["…"]);
}

#[test]
fn a_clear_does_not_prove_it() {
    let mut rig = Rig::answered();
    rig.carrier.delay = ms(400);
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza.");
    rig.run(ms(2_000));
    // All marks come back because of the clear.
    rig.callee_says(ms(0), ms(3_000), "Just a moment please, the line is bad.");
    rig.run(ms(3_000));
    assert_eq!(rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Clear))), 1);
    assert_eq!(disclosed(&rig), 0);
}

#[test]
fn a_carrier_that_gives_no_marks_back_does_not_mute_the_agent() {
    let mut rig = Rig::answered();
    rig.carrier.gives_marks = false;
    rig.stop_frames();
    rig.run(ms(20_000));
    assert_eq!(rig.asked().len(), 2);
}

#[test]
fn a_carrier_that_gives_no_marks_back_proves_nothing() {
    let mut rig = Rig::answered();
    rig.carrier.gives_marks = false;
    rig.run(ms(60_000));
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    assert_eq!((disclosed(&rig), result.disclosed_at_ms), (0, None));
}

#[test]
fn on_hold_the_model_tells_who_is_a_person_and_silence_is_waited_out() {
    let mut on_hold = config();
    on_hold.briefing.task_kind = "wait_on_hold".into();
    let mut rig = Rig::answered_with(on_hold);
    // To the recording and the music the model says nothing, and is not made to.
    for (sounds, said) in [(6_000, "All our agents are busy."), (9_000, ""), (3_000, "Please stay on the line."), (12_000, "")] {
        rig.replies.push_back(says(""));
        rig.callee_says(ms(700), ms(sounds), said);
        rig.run(ms(700 + sounds + 600));
    }
    rig.run(ms(8_000));
    assert!(rig.asked().iter().all(|asked| asked == "…"), "{:?}", rig.asked());
    assert_eq!((rig.carrier.bytes_sent, disclosed(&rig)), (0, 0));
    // None of it was answered.
    assert_eq!(rig.replies.len(), 4);
    rig.replies.clear();
    rig.replies.push_back(says(&format!("{DISCLOSURE} I would like to order a pizza.")));
    rig.sound.extend(sounds::synthetic::voice(3_000));
    rig.run(ms(800));
    rig.callee_says(ms(0), ms(2_000), "Hello, this is Dana.");
    rig.run_until_quiet();
    assert_eq!(disclosed(&rig), 1);
}

#[test]
fn on_hold_too_a_silent_line_is_greeted() {
    let mut on_hold = config();
    on_hold.briefing.task_kind = "wait_on_hold".into();
    let mut rig = Rig::answered_with(on_hold);
    rig.run(ms(2_600));
    rig.run_until_quiet();
    assert_eq!(disclosed(&rig), 1);
}
