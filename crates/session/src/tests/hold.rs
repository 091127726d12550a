//! On hold: the model hears nothing of the music, and everything of the person.

use super::rig::{Rig, config, ms, says};
use crate::{Config, Input, Output, VoiceCommand};
use sounds::synthetic::{music, voice};
use std::time::Duration;
use types::{AgentState, CallEvent, CallLimits, Disposition, EndedReason};

/// The model's server hears by its own ears: it is told of speech in what it was sent, as late as a server is.
fn server_hears(rig: &mut Rig, item: &str, text: &str) {
    let id = || item.to_owned();
    rig.input(Input::SpeechStarted { item_id: id(), audio_start_ms: rig.stream_ms(rig.now) });
    rig.run(ms(1_500));
    rig.input(Input::SpeechStopped { item_id: id(), audio_end_ms: rig.stream_ms(rig.now) });
    rig.input(Input::SpeechCommitted { item_id: id(), previous_item_id: None });
    rig.run(ms(200));
    rig.input(Input::CalleeText { item_id: id(), text: text.into(), done: true });
}

/// How much audio the model was sent from then on, milliseconds.
fn appended_since(rig: &Rig, from: Duration) -> u64 {
    let bytes = |output: &Output| if let Output::Voice(VoiceCommand::AppendAudio(audio)) = output { audio.len() } else { 0 };
    rig.log.iter().filter(|(at, _)| *at > from).map(|(_, output)| bytes(output) as u64).sum::<u64>() / 8
}

fn holds(rig: &Rig) -> Vec<bool> {
    let hold = |output: &Output| if let Output::Event(CallEvent::Hold { on, .. }) = output { Some(*on) } else { None };
    rig.log.iter().filter_map(|(_, output)| hold(output)).collect()
}

fn notes(rig: &Rig, with: &str) -> usize {
    rig.count(|o| matches!(o, Output::Voice(VoiceCommand::Recall { note, .. }) if note.contains(with)))
}

/// A call whose opening has been heard, and then so much music.
fn music_for(time: usize) -> Rig {
    let mut rig = Rig::opened();
    rig.sound.extend(music(time));
    rig.run(ms(time as u64));
    rig
}

#[test]
fn hold_music_is_not_paid_for() {
    let mut rig = music_for(8_000);
    assert_eq!(holds(&rig), [true]);
    rig.sound.extend(music(60_000));
    let from = rig.now;
    rig.run(ms(60_000));
    // The naive way sends all of it, a minute for each minute.
    assert_eq!((appended_since(&rig, from), rig.asked().len()), (0, 1), "and nobody asks the music whether it is still there");
    let told = |o: &Output| matches!(o, Output::Event(CallEvent::Agent { state: AgentState::OnHold }));
    assert_eq!(rig.count(told), 1);
}

#[test]
fn the_first_word_after_the_hold_is_not_lost() {
    let mut rig = music_for(20_000);
    let hello = voice(1_800);
    rig.sound.extend([vec![0xff; 8_000], hello.clone()].concat());
    let from = rig.now;
    rig.run(ms(1_000 + 1_800));
    let bytes: Vec<u8> = rig
        .log
        .iter()
        .filter(|(at, _)| *at > from)
        .flat_map(|(_, o)| if let Output::Voice(VoiceCommand::AppendAudio(audio)) = o { audio.to_vec() } else { vec![] })
        .collect();
    // The naive way begins to listen when it has noticed: half of the word is gone.
    let beginning = &hello[..1_600];
    assert!(bytes.windows(beginning.len()).any(|heard| heard == beginning), "{} bytes", bytes.len());
    server_hears(&mut rig, "hello", "Hello, this is Sam, are you there?");
    rig.run_until_quiet();
    assert_eq!((holds(&rig), rig.asked().len()), (vec![true, false], 2));
    assert!(notes(&rig, "You were on hold for 0 min 2") == 1, "the model is told how long it took");
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    assert!((18..30).contains(&result.held_s), "{}", result.held_s);
}

#[test]
fn a_person_after_the_hold_hears_the_disclosure_if_nobody_has() {
    let mut rig = Rig::answered();
    rig.sound.extend(music(12_000));
    rig.run(ms(12_000));
    assert!(rig.asked().is_empty(), "the naive way opens the call to the music");
    rig.sound.extend([vec![0xff; 8_000], voice(2_500)].concat());
    rig.run(ms(2_500));
    server_hears(&mut rig, "hello", "Thank you for holding, this is Sam.");
    rig.run_until_quiet();
    assert!(rig.asked()[0].starts_with("Hello, this is an AI assistant"), "{:?}", rig.asked());
}

#[test]
fn an_announcement_wakes_but_is_not_answered_and_then_does_not_even_wake() {
    let mut rig = music_for(10_000);
    let announcement = voice(3_000);
    let mut woken = Vec::new();
    for round in 0..3 {
        rig.sound.extend([vec![0xff; 6_400], announcement.clone(), vec![0xff; 6_400], music(10_000)].concat());
        let from = rig.now;
        rig.run(ms(800 + 2_000));
        let hears = appended_since(&rig, from) > 0;
        woken.push(hears);
        if hears {
            server_hears(&mut rig, &format!("announcement{round}"), "You are number three in the queue.");
        }
        rig.run(ms(12_000));
    }
    assert_eq!(woken, [true, false, false]);
    // The naive way says "All right." to each of them.
    assert_eq!((rig.asked().len(), holds(&rig)), (1, vec![true]));
}

#[test]
fn the_hold_has_an_end_and_the_call_says_goodbye() {
    let limits = CallLimits { hold_max_s: 30, call_max_s: 1_800, ..CallLimits::default() };
    let mut rig = Rig::answered_with(Config { limits, ..config() });
    rig.sound.extend(music(120_000));
    let result = rig.run_to_end();
    // The naive way listens for 21 minutes.
    assert_eq!((result.ended_reason, result.status), (EndedReason::HoldLimit, Disposition::Completed));
    assert!((29..=33).contains(&result.held_s) && result.duration < 60, "{} {}", result.held_s, result.duration);
    assert!(result.transcript.last().unwrap().text.contains("goodbye"), "{:?}", result.transcript);
}

#[test]
fn a_person_who_asks_to_wait_is_waited_for_in_silence() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Sure, I'll hold."));
    rig.callee_says(ms(100), ms(1_000), "One moment, please.");
    rig.run_until_quiet();
    assert_eq!((rig.asked().len(), holds(&rig)), (2, vec![true]));
    rig.run(ms(5_000));
    let from = rig.now;
    rig.run(ms(60_000));
    // The naive way asks after 15 seconds whether they are still there, and hangs up after 30.
    assert_eq!((appended_since(&rig, from), rig.asked().len(), rig.ended.is_none()), (0, 2, true));
    rig.sound.extend(voice(600));
    rig.run(ms(700));
    server_hears(&mut rig, "back", "Okay.");
    rig.run_until_quiet();
    assert_eq!((rig.asked().len(), holds(&rig)), (3, vec![true, false]), "a short word of theirs is enough");
}

#[test]
fn the_model_can_say_that_it_holds_and_that_it_does_not() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("").with("hold_started", "{}"));
    rig.callee_says(ms(100), ms(1_000), "Wait here.");
    rig.run_until_quiet();
    assert!(rig.tool_results()[0].contains("you hear nothing until a person speaks"), "{:?}", rig.tool_results());
    assert_eq!((rig.asked().len(), holds(&rig)), (2, vec![true]), "and nothing is said");
    rig.input(Input::ToolCall {
        response_id: "r".into(),
        call_id: "c".into(),
        name: "hold_ended".into(),
        arguments: "{}".into(),
    });
    assert_eq!(holds(&rig), [true, false]);
    let from = rig.now;
    rig.run(ms(1_000));
    assert_eq!(appended_since(&rig, from), 1_000);
}

#[test]
fn what_the_server_makes_of_the_music_is_not_answered() {
    let mut rig = music_for(2_500);
    // It takes the music for speech, and writes down what nobody said.
    rig.input(Input::SpeechStarted { item_id: "music".into(), audio_start_ms: 0 });
    rig.sound.extend(music(20_000));
    rig.run(ms(4_000));
    rig.input(Input::SpeechStopped { item_id: "music".into(), audio_end_ms: 0 });
    rig.input(Input::SpeechCommitted { item_id: "music".into(), previous_item_id: None });
    rig.run(ms(300));
    rig.input(Input::CalleeText { item_id: "music".into(), text: "Thank you for watching.".into(), done: true });
    rig.run(ms(5_000));
    assert_eq!((rig.asked().len(), holds(&rig)), (1, vec![true]));
}
