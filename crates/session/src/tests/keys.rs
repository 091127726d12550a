//! Keys: pressed by the tool and nothing else, proven, and nothing said over them.

use super::rig::{Rig, ms, says};
use crate::{CarrierCommand, Input, Output, VoiceCommand};
use types::{CallEvent, Disposition};

const MENU: &str = "For orders, press 1. For support, press 2.";

/// The audio that went to the carrier from then on.
fn sent_since(rig: &Rig, from: usize) -> Vec<u8> {
    let audio =
        |output: &Output| if let Output::Carrier(CarrierCommand::Audio(audio)) = output { audio.to_vec() } else { vec![] };
    rig.log[from..].iter().flat_map(|(_, output)| audio(output)).collect()
}

fn keys_in(audio: &[u8]) -> String {
    sounds::dtmf::Detector::new().push(&sounds::g711::decode(audio)).into_iter().collect()
}

fn told(rig: &Rig) -> Vec<String> {
    let note =
        |output: &Output| if let Output::Voice(VoiceCommand::Recall { note, .. }) = output { Some(note.clone()) } else { None };
    rig.log.iter().filter_map(|(_, output)| note(output)).collect()
}

fn pressed(rig: &Rig) -> Vec<String> {
    let keys = |output: &Output| {
        if let Output::Event(CallEvent::KeysPressed { digits, .. }) = output { Some(digits.clone()) } else { None }
    };
    rig.log.iter().filter_map(|(_, output)| keys(output)).collect()
}

/// A menu has been heard to its end, and the model answers it with this.
fn at_menu(reply: super::rig::Reply) -> Rig {
    let mut rig = Rig::opened();
    rig.replies.push_back(reply);
    rig.callee_says(ms(100), ms(3_000), MENU);
    rig
}

#[test]
fn the_receipt_comes_when_a_mark_has_proven_the_tones_and_not_before() {
    let mut rig = at_menu(says("").with("press_digits", r#"{"digits":"1w2","why":"orders"}"#));
    let from = rig.log.len();
    while pressed(&rig).is_empty() {
        assert!(rig.tool_results().is_empty(), "told before it was played: the naive way answers at once");
        rig.run(ms(5));
    }
    let audio = sent_since(&rig, from);
    assert_eq!((keys_in(&audio).as_str(), audio.len()), ("12", 8 * (180 + 500 + 180)));
    let began = rig.log[from..].iter().find(|(_, o)| matches!(o, Output::Carrier(CarrierCommand::Audio(_)))).unwrap().0;
    assert!(rig.now - began >= ms(860), "{:?}", rig.now - began);
    assert!(rig.tool_results()[0].contains(r#""status":"sent""#) && rig.tool_results()[0].contains(r#""played_ms":860"#));
    rig.run_until_quiet();
    assert_eq!(rig.asked().len(), 2, "nothing is said of keys: the next answer is to what comes now");
}

#[test]
fn tones_without_marks_are_not_said_to_be_proven() {
    let mut rig = at_menu(says("").with("press_digits", r#"{"digits":"1"}"#));
    rig.carrier.gives_marks = false;
    rig.run_until_quiet();
    assert!(rig.tool_results()[0].contains("does not confirm"), "{:?}", rig.tool_results());
}

#[test]
fn a_menu_that_talks_on_does_not_cut_the_tones() {
    let mut rig = at_menu(says("").with("press_digits", r#"{"digits":"12345678#"}"#));
    rig.session.config.briefing.details.insert("account".into(), "12345678".into());
    let sent = rig.carrier.bytes_sent;
    while rig.carrier.bytes_sent == sent {
        rig.run(ms(5));
    }
    let from = rig.log.len();
    rig.callee_says(ms(0), ms(4_000), "To hear this again, press star.");
    rig.run(ms(2_500));
    assert_eq!(pressed(&rig), ["12345678#"]);
    assert_eq!(rig.log[from..].iter().filter(|(_, o)| matches!(o, Output::Carrier(CarrierCommand::Clear))).count(), 0);
}

#[test]
fn nothing_is_said_while_keys_sound() {
    let mut rig = at_menu(says("").with("press_digits", r#"{"digits":"1w1w1w1"}"#));
    rig.replies.push_back(says("I have pressed one, what next?"));
    let from = rig.log.len();
    rig.run(ms(4_700));
    // Something is heard and understood while they sound; the naive way answers it, over the keys.
    rig.callee_says(ms(0), ms(300), "One.");
    rig.run(ms(2_000));
    let audio = sent_since(&rig, from);
    assert_eq!((keys_in(&audio).as_str(), audio.len()), ("1111", 8 * (4 * 180 + 3 * 500)));
}

#[test]
fn words_that_were_to_be_said_over_the_menu_are_dropped() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("I am pressing one for you.").with("press_digits", r#"{"digits":"1"}"#).after(600));
    rig.callee_says(ms(100), ms(3_000), MENU);
    rig.run(ms(4_500));
    rig.input(Input::SpeechStarted { item_id: "more".into(), audio_start_ms: 0 });
    rig.run(ms(3_000));
    assert_eq!(pressed(&rig), ["1"]);
}

#[test]
fn wrong_keys_are_told_and_nothing_is_pressed() {
    let mut rig = at_menu(says("").with("press_digits", r#"{"digits":"1x"}"#));
    rig.run_until_quiet();
    assert!(rig.tool_results()[0].contains("use 0-9, * and #"), "{:?}", rig.tool_results());
    assert_eq!((pressed(&rig).len(), rig.asked().len()), (0, 3), "the model gets its turn to do better");
}

#[test]
fn no_keys_into_a_goodbye() {
    let mut rig = at_menu(says("Goodbye.").with("end_call", "{}").with("press_digits", r#"{"digits":"1"}"#));
    let result = rig.run_to_end();
    assert!(rig.tool_results()[1].contains("the call is being ended"), "{:?}", rig.tool_results());
    assert_eq!((pressed(&rig).len(), result.status), (0, Disposition::Completed));
}

#[test]
fn keys_that_are_cut_off_are_not_sent() {
    let mut rig = at_menu(says("").with("press_digits", r#"{"digits":"1w1w1w1"}"#));
    let sent = rig.carrier.bytes_sent;
    while rig.carrier.bytes_sent == sent {
        rig.run(ms(5));
    }
    rig.input(Input::HangUp { by: crate::HangUpBy::User });
    assert!(rig.tool_results()[0].contains("not sent"), "{:?}", rig.tool_results());
    assert!(pressed(&rig).is_empty());
}

#[test]
fn a_claim_to_press_a_key_is_caught_twice_and_the_third_is_let_be() {
    let mut rig = at_menu(says("I'm pressing 1 now."));
    rig.replies.push_back(says("I have pressed one."));
    rig.replies.push_back(says("").with("press_digits", r#"{"digits":"1"}"#));
    rig.run_until_quiet();
    // The naive way believes it and waits for ever.
    assert_eq!(told(&rig).iter().filter(|note| note.contains("nothing was pressed")).count(), 2);
    assert_eq!(pressed(&rig), ["1"]);
    let mut rig = at_menu(says("I'm pressing 1 now."));
    for _ in 0..9 {
        rig.replies.push_back(says("I'm pressing 1 now."));
    }
    rig.run_until_quiet();
    assert_eq!(rig.asked().len(), 4, "it does not go on for ever");
}

#[test]
fn to_tell_of_keys_that_were_pressed_is_no_false_claim() {
    let mut rig = at_menu(says("").with("press_digits", r#"{"digits":"2"}"#));
    rig.run_until_quiet();
    rig.replies.push_back(says("I pressed 2 and got here."));
    rig.callee_says(ms(100), ms(1_000), "Hello, how did you get here?");
    rig.run_until_quiet();
    assert!(told(&rig).is_empty(), "{:?}", told(&rig));
}

#[test]
fn a_key_of_the_callee_is_told() {
    let mut rig = Rig::opened();
    rig.input(Input::DigitReceived('5'));
    assert_eq!(rig.count(|o| matches!(o, Output::Event(CallEvent::KeyHeard { key: '5' }))), 1);
    assert!(told(&rig)[0].contains("key 5"), "{:?}", told(&rig));
    rig.run(ms(1_000));
    assert_eq!(rig.asked().len(), 1, "it wants no answer");
    for _ in 0..1_000 {
        rig.input(Input::DigitReceived('1'));
    }
    assert_eq!(rig.count(|o| matches!(o, Output::Event(CallEvent::KeyHeard { .. }))), 200);
}
