//! What the callee has not finished, and what they have; and in which order it was said.

use super::rig::{Rig, ms, says};
use crate::{CarrierCommand, Input, Output, VoiceCommand};
use std::time::Duration;
use types::{Disposition, Speaker};

fn audio(rig: &Rig) -> Option<Duration> {
    rig.log.iter().rev().find(|(_, o)| matches!(o, Output::Carrier(CarrierCommand::Audio(_)))).map(|(at, _)| *at)
}

/// Naive: silence ends a turn, so that "the total is" is answered.
#[test]
fn the_total_is_waits_for_the_total() {
    let mut rig = Rig::opened();
    let before = rig.now;
    rig.replies.push_back(says("What is it?").after(400));
    rig.replies.push_back(says("Thank you."));
    let part = rig.callee_sounds(ms(100), ms(800));
    rig.plan(ms(1_300), "callee", Input::CalleeText { item_id: part, text: "Okay, so the total is".into(), done: true });
    rig.callee_says(ms(2_000), ms(900), "Twenty two fifty.");
    rig.run(ms(2_900));
    assert!(audio(&rig).is_some_and(|at| at < before), "it has answered half a sentence");
    rig.run_until_quiet();
    rig.over(Disposition::Completed);
    let said: Vec<String> = rig.run_to_end().transcript.into_iter().skip(2).map(|line| line.text).collect();
    assert_eq!(said, ["Okay, so the total is", "Twenty two fifty.", "Thank you."]);
}

/// Naive: a fragment is waited for, for ever.
#[test]
fn who_does_not_go_on_is_answered_all_the_same() {
    let mut rig = Rig::opened();
    let asked = rig.asked().len();
    rig.callee_says(ms(100), ms(800), "We have pepperoni, mushrooms and");
    rig.run(ms(4_000));
    let answers = rig.asked().len() - asked;
    assert!((1..=2).contains(&answers), "{answers}");
    rig.run_until_quiet();
    rig.over(Disposition::Completed);
    assert_eq!(rig.run_to_end().transcript.last().map(|line| line.speaker), Some(Speaker::Agent));
}

/// Naive: every turn waits, in case that it is a fragment.
#[test]
fn a_finished_turn_waits_for_nothing() {
    for (text, known_ms) in [("Sure, what would you like?", 1_250), ("The total is twenty two fifty.", 1_600), ("", 5_000)] {
        let mut rig = Rig::opened();
        let asked = rig.asked().len();
        let item = rig.callee_sounds(ms(100), ms(800));
        rig.plan(ms(known_ms), "callee", Input::CalleeText { item_id: item, text: text.into(), done: true });
        rig.run(ms(1_200));
        assert_eq!(rig.asked().len(), asked + 1, "asked for at the moment at which the turn was over: {text}");
        rig.run_until_quiet();
        assert_eq!(rig.count(|o| matches!(o, Output::Voice(VoiceCommand::CancelResponse { .. }))), 0);
    }
}

/// Naive: lines stand in the order in which their texts arrive, and a speech of which only the end was told comes last.
#[test]
fn lines_follow_the_chain_of_items_when_their_beginning_was_not_told() {
    let mut rig = Rig::opened();
    let first = rig.callee_sounds(ms(100), ms(800));
    rig.run(ms(1_300));
    rig.run_until_quiet();
    // The second speech was said before the answer, and is told of after it.
    let second = || "second".to_owned();
    rig.input(Input::CalleeText { item_id: second(), text: "Or two.".into(), done: true });
    rig.input(Input::SpeechCommitted { item_id: second(), previous_item_id: Some(first.clone()) });
    rig.input(Input::CalleeText { item_id: first, text: "We have one.".into(), done: true });
    rig.run_until_quiet();
    rig.over(Disposition::Completed);
    let lines = rig.run_to_end().transcript;
    let said: Vec<&str> = lines.iter().skip(2).map(|line| line.text.as_str()).collect();
    assert_eq!(said[..2], ["We have one.", "Or two."], "{said:?}");
}

/// Naive: whoever asks for a moment is asked after it whether they are still there.
#[test]
fn who_asked_for_a_moment_is_not_asked_whether_they_are_there() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Sure."));
    rig.callee_says(ms(100), ms(1_000), "One moment, let me check.");
    rig.run(ms(40_000));
    assert!(!rig.asked().iter().any(|asked| asked.contains("still there")), "{:?}", rig.asked());
}

/// Naive: silence is what the model's server does not take for speech, so that music and mumbling are asked after.
#[test]
fn a_line_on_which_somebody_talks_is_not_silent() {
    let mut rig = Rig::opened();
    (rig.line.on, rig.line.noise) = (true, 30.0);
    rig.line.voice(rig.now, ms(25_000), 2_500.0);
    rig.run(ms(25_000));
    assert!(!rig.asked().iter().any(|asked| asked.contains("still there")), "{:?}", rig.asked());
    rig.run(ms(17_000));
    assert!(rig.asked().iter().any(|asked| asked.contains("still there")), "{:?}", rig.asked());
}
