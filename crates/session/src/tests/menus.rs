//! A menu answers the phone: it is listened to, answered with keys, and not gone round in for ever.

use super::rig::{Rig, ms, says};
use crate::{Output, VoiceCommand};
use types::{CallEvent, EndedReason};

const MENU: &str = "Thank you for calling Northwind. For orders, press 1. For support, press 2.";

fn notes(rig: &Rig, with: &str) -> usize {
    rig.count(|o| matches!(o, Output::Voice(VoiceCommand::Recall { note, .. }) if note.contains(with)))
}

fn disclosed(rig: &Rig) -> usize {
    rig.count(|o| matches!(o, Output::Event(CallEvent::Disclosed { .. })))
}

#[test]
fn the_opening_is_not_said_to_a_menu_but_to_the_first_person() {
    let mut rig = Rig::answered();
    rig.replies.push_back(says("").with("press_digits", r#"{"digits":"1"}"#));
    rig.callee_says(ms(300), ms(6_000), MENU);
    rig.run(ms(6_300 + 3_000));
    // The naive way opens the call to the machine, over its next words.
    assert_eq!((rig.asked(), disclosed(&rig)), (vec!["…".to_owned()], 0));
    rig.callee_says(ms(500), ms(1_500), "Orders, this is Sam.");
    rig.run_until_quiet();
    assert!(rig.asked()[1].starts_with("Hello, this is an AI assistant"), "{:?}", rig.asked());
    assert_eq!(disclosed(&rig), 1);
}

#[test]
fn a_person_is_not_kept_waiting_for_their_words() {
    let mut rig = Rig::answered();
    rig.callee_sounds(ms(300), ms(1_500));
    rig.run(ms(2_200));
    assert_eq!(rig.asked().len(), 1, "the words of a short greeting are not awaited");
    let mut rig = Rig::answered();
    rig.callee_sounds(ms(300), ms(6_000));
    rig.run(ms(6_300 + 300 + 1_100));
    assert_eq!(rig.asked().len(), 1, "and those of a long one not for longer than a second");
}

#[test]
fn the_end_of_a_menus_pause_is_awaited() {
    let mut rig = Rig::answered();
    rig.replies.push_back(says("").with("press_digits", r#"{"digits":"2"}"#));
    rig.callee_says(ms(300), ms(4_000), "For orders, press 1.");
    rig.callee_says(ms(5_100), ms(2_000), "For support, press 2.");
    rig.run(ms(7_300));
    assert_eq!(rig.asked().len(), 0, "the naive way answers when only half of it has been said");
    rig.run(ms(1_500));
    assert_eq!(rig.asked().len(), 1);
}

#[test]
fn a_word_to_a_menu_is_no_missed_disclosure() {
    let mut rig = Rig::answered();
    rig.replies.push_back(says("Representative."));
    rig.callee_says(ms(300), ms(6_000), "You can say orders, support, or representative.");
    rig.run(ms(6_300 + 5_000));
    assert_eq!((rig.asked().len(), disclosed(&rig)), (1, 0), "the sentence for people is not said to it");
}

#[test]
fn a_menu_heard_again_and_again_is_told_and_then_left() {
    let mut rig = Rig::opened();
    for round in 0..10 {
        if round < 6 {
            rig.replies.push_back(says("").with("press_digits", r#"{"digits":"1"}"#));
        }
        // The ears do not hear the same twice.
        rig.callee_says(
            ms(200),
            ms(4_000),
            if round % 2 == 0 { MENU } else { "Thank you for calling North Wind, for orders press 1, for support press 2." },
        );
        rig.run(ms(8_000));
        assert_eq!(notes(&rig, "You have heard this menu") > 0, round >= 2, "{round}");
        assert_eq!(notes(&rig, "You have pressed 1 at this menu") > 0, round >= 1, "{round}");
        if rig.ended.is_some() {
            break;
        }
    }
    let result = rig.run_to_end();
    // The naive way goes round until the call's longest time.
    assert_eq!(result.ended_reason, EndedReason::MenuLimit);
    assert!(result.summary.contains("could not get past the callee's menu"), "{}", result.summary);
    assert!(result.transcript.last().unwrap().text.contains("goodbye"), "{:?}", result.transcript.last());
}

#[test]
fn two_menus_with_the_same_keys_are_no_circle() {
    let mut rig = Rig::opened();
    for menu in [MENU, "Is it about a new order? Then press 1. An old one? Press 2.", "To hear the news of today, press 1."] {
        rig.replies.push_back(says("").with("press_digits", r#"{"digits":"1"}"#));
        rig.callee_says(ms(200), ms(4_000), menu);
        rig.run(ms(8_000));
    }
    assert_eq!(notes(&rig, "menu"), 0);
}

#[test]
fn a_silent_menu_is_not_asked_whether_it_is_there() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says(""));
    rig.callee_says(ms(200), ms(4_000), MENU);
    rig.run(ms(22_000));
    assert_eq!(notes(&rig, "Nothing has been heard"), 1);
    assert!(!rig.asked().iter().any(|asked| asked.contains("still there")), "{:?}", rig.asked());
}
