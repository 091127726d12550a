//! What was hard to hear is said back before it is brought home.

use super::super::Doubt;
use super::{Call, facts};

fn read_back() -> Call {
    let mut call = Call::table();
    call.says(
        "So that's a table for four on Saturday, November 28 at 7 pm, under Maria Lopez. Is that right?",
        "Yes, that's right.",
    );
    call
}

/// The naive way brings back whatever the ears made of it.
#[test]
fn a_number_that_was_hard_to_hear_is_said_back_once() {
    let told = "You're booked for Saturday, November 28 at 7 pm. Your confirmation number is 4 8 2 1.";
    let asks = "Just to be sure: the confirmation number is 4 8 2 1. Is that right?";
    for (answer, number) in [
        ("Yes, that's right.", "4 8 2 1"),
        ("Let me repeat that. Your confirmation number is 4 0 2 1.", "4021"),
        ("Have a nice evening, goodbye.", "4821"),
    ] {
        let mut call = read_back();
        call.turn.doubts.push(Doubt { text: told.into(), words: vec!["8".into()] });
        call.says(told, asks);
        let (_, report) = call.ends(answer);
        let facts = facts(&report);
        let found = facts.iter().find(|(name, ..)| *name == "confirmation_number").map(|(_, value, _)| *value);
        assert_eq!(found, Some(number), "{answer}");
    }
}

#[test]
fn doubts_about_words_that_tell_nothing_are_no_question() {
    let told = "You're booked for Saturday, November 28 at 7 pm. Your confirmation number is 4 8 2 1.";
    let mut call = read_back();
    call.turn.doubts.push(Doubt { text: told.into(), words: vec!["You're".into(), "confirmation".into()] });
    call.ends(told);
}

/// The naive way is content with half of a day and time.
#[test]
fn a_booking_of_which_only_a_part_was_heard_is_asked_for_as_a_whole() {
    let mut call = read_back();
    call.says(
        "You're booked for Saturday. Your confirmation number is 4 8 2 1.",
        "Just to be sure: the booked time is Saturday, November 28 at 7:00 pm. Is that right?",
    );
    let (_, report) = call.ends("Yes, that's right.");
    assert!(facts(&report).contains(&("booked_time", "Saturday, November 28 at 7:00 pm", "Yes, that's right.")), "{report}");
}

#[test]
fn a_name_that_is_hard_to_hear_is_not_corrected_again_and_again() {
    let call = &mut Call::table();
    let heard = "So that's a table for 4 on Saturday, November 28th at 7 p.m. Under the name Mario, look, is that right?";
    call.turn.doubts.push(Doubt { text: heard.into(), words: vec!["Mario".into(), "look".into()] });
    call.says(heard, "No, the name is Maria Lopez.").says(heard, "Yes, that's right. The name is Maria Lopez.");
}
