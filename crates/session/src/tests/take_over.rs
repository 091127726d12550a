//! The user speaks in the agent's place. The naive way mutes the agent's audio and lets the model go on answering.

use super::rig::{Rig, config, ms, says};
use crate::{CallProgress, CarrierCommand, Input, Output, VoiceCommand};
use bytes::Bytes;
use types::{CallEvent, Disposition, EndedReason};

const FRAME: &[u8] = &[0x2a; 160];

fn taken_over() -> Rig {
    let mut rig = Rig::opened();
    rig.input(Input::TakeOver);
    rig
}

/// The user's page sends silence and speech alike, every 20 ms.
fn talk(rig: &mut Rig, frames: u32) {
    for _ in 0..frames {
        rig.input(Input::UserAudio(Bytes::from_static(FRAME)));
        rig.run(ms(20));
    }
}

fn responses(rig: &Rig) -> usize {
    rig.count(|o| matches!(o, Output::Voice(VoiceCommand::CreateResponse { .. })))
}

fn of_user(rig: &Rig) -> usize {
    rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Audio(audio)) if audio.iter().all(|byte| *byte == 0x2a)))
}

fn turns(rig: &Rig) -> Vec<bool> {
    rig.events().filter_map(|event| if let CallEvent::TakenOver { on } = event { Some(*on) } else { None }).collect()
}

#[test]
fn the_agent_falls_silent_at_once() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("One large pepperoni pizza for delivery please.").lasting(6_000));
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    rig.run(ms(3_000));
    let (clears, at) = (rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Clear))), rig.now);
    rig.input(Input::TakeOver);
    assert_eq!(rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Clear))), clears + 1);
    assert_eq!(rig.truncated_at().len(), 1, "the model forgets what was not heard");
    rig.run(ms(1_000));
    let later = rig.log.iter().filter(|(when, o)| *when > at && matches!(o, Output::Carrier(CarrierCommand::Audio(_))));
    assert_eq!((later.count(), turns(&rig)), (0, vec![true]));
}

#[test]
fn the_user_is_heard_and_the_agent_does_not_talk_over_them() {
    let mut rig = taken_over();
    let before = responses(&rig);
    let heard = rig.count(|o| matches!(o, Output::Voice(VoiceCommand::AppendAudio(_))));
    rig.callee_says(ms(100), ms(1_000), "So what is your zip code?");
    talk(&mut rig, 500);
    assert_eq!(of_user(&rig), 500);
    assert_eq!(responses(&rig), before, "a model that answers the callee would talk over the user");
    assert!(rig.count(|o| matches!(o, Output::Voice(VoiceCommand::AppendAudio(_)))) >= heard + 490);
    let captions = rig.events().any(|event| matches!(event, CallEvent::Caption { text, .. } if text.contains("zip code")));
    assert!(captions, "the callee's side of the transcript goes on");
}

#[test]
fn silence_while_the_user_has_the_call_is_theirs() {
    let mut rig = taken_over();
    let before = responses(&rig);
    talk(&mut rig, 2_000);
    assert_eq!((responses(&rig), turns(&rig)), (before, vec![true]));
}

#[test]
fn handed_back_the_agent_goes_on_and_knows_what_happened() {
    let mut rig = taken_over();
    rig.callee_says(ms(100), ms(1_000), "Nine four one one oh, got it.");
    talk(&mut rig, 200);
    let before = responses(&rig);
    rig.replies.push_back(says("This is the AI assistant again."));
    rig.input(Input::HandBack);
    rig.run_until_quiet();
    assert_eq!((turns(&rig), responses(&rig)), (vec![true, false], before + 1));
    assert_eq!(types::briefing::handed_back(&rig.notes()[0]), Some(false));
    let before = responses(&rig);
    rig.callee_says(ms(100), ms(1_000), "Okay, anything else?");
    rig.run_until_quiet();
    assert_eq!(responses(&rig), before + 1, "it answers again");
}

#[test]
fn a_page_that_closes_hands_back_after_a_moment_with_an_apology() {
    let mut rig = taken_over();
    talk(&mut rig, 50);
    rig.input(Input::UserLost);
    rig.run(ms(2_900));
    assert_eq!(turns(&rig), [true]);
    rig.run(ms(200));
    assert_eq!(turns(&rig), [true, false]);
    assert_eq!(types::briefing::handed_back(&rig.notes()[0]), Some(true));
}

#[test]
fn a_page_that_comes_back_in_time_keeps_the_call() {
    let mut rig = taken_over();
    rig.input(Input::UserLost);
    rig.run(ms(2_000));
    rig.input(Input::TakeOver);
    talk(&mut rig, 500);
    assert_eq!(turns(&rig), [true]);
}

#[test]
fn a_page_that_sends_nothing_any_more_hands_back() {
    let mut rig = taken_over();
    talk(&mut rig, 10);
    rig.run(ms(9_000));
    assert_eq!(turns(&rig), [true, false]);
}

#[test]
fn audio_that_has_piled_up_is_thrown_away_rather_than_played_late() {
    let mut rig = taken_over();
    // A network that stalls for two seconds and then gives everything at once. The rig refuses more than 400 ms ahead.
    for _ in 0..100 {
        rig.input(Input::UserAudio(Bytes::from_static(FRAME)));
    }
    rig.input(Input::UserAudio(Bytes::from(vec![0x2a; 16_000])));
    assert!(rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Clear))) > 0);
    talk(&mut rig, 50);
    assert_eq!(turns(&rig), [true]);
}

fn spoke(rig: &Rig) -> Vec<(u64, u64)> {
    rig.events()
        .filter_map(|event| if let CallEvent::UserSpoke { start_ms, end_ms } = event { Some((*start_ms, *end_ms)) } else { None })
        .collect()
}

/// The naive way leaves a hole of a minute in the transcript, or makes the user's words the callee's.
#[test]
fn when_the_user_spoke_is_told_on_the_transcripts_clock_and_not_what() {
    let mut rig = taken_over();
    let began = rig.session.stream_began().unwrap();
    let quiet = [0xff_u8; 160];
    let voice = sounds::synthetic::voice(3_000);
    let silent = |rig: &mut Rig, frames: u32| {
        for _ in 0..frames {
            rig.input(Input::UserAudio(Bytes::copy_from_slice(&quiet)));
            rig.run(ms(20));
        }
    };
    let speak = |rig: &mut Rig| {
        let at = u64::try_from((rig.now - began).as_millis()).unwrap();
        for frame in voice.chunks(160) {
            rig.input(Input::UserAudio(Bytes::copy_from_slice(frame)));
            rig.run(ms(20));
        }
        at
    };
    silent(&mut rig, 50);
    let first = speak(&mut rig);
    silent(&mut rig, 100);
    let second = speak(&mut rig);
    assert_eq!(spoke(&rig).len(), 1, "the second is not over yet");
    rig.input(Input::HandBack);
    let spans = spoke(&rig);
    assert_eq!(spans.len(), 2, "{spans:?}");
    for ((from, until), said) in spans.iter().zip([first, second]) {
        assert!(from.abs_diff(said) < 300 && until.abs_diff(said + 3_000) < 500, "{spans:?}: {said}");
    }
    rig.run_until_quiet();
    rig.input(Input::StreamStopped);
    rig.input(Input::Progress(CallProgress::Over { disposition: Disposition::Completed, duration_s: Some(30) }));
    rig.run(ms(5_000));
    let result = rig.ended.as_ref().unwrap();
    assert_eq!(result.user_spoke.iter().map(|spoke| (spoke.start_ms, spoke.end_ms)).collect::<Vec<_>>(), spans);
    assert!(result.summary.contains("The user spoke with them for 6 s"), "{}", result.summary);
    assert!(!result.transcript.iter().any(|line| line.start_ms > first && line.end_ms < first + 3_000), "nobody else spoke");
}

#[test]
fn silence_and_a_click_of_the_users_microphone_are_no_speech() {
    let mut rig = taken_over();
    for frame in 0..200_u32 {
        let click: &[u8] = if frame % 50 == 0 { &[0x2a; 160] } else { &[0xff; 160] };
        rig.input(Input::UserAudio(Bytes::from_static(click)));
        rig.run(ms(20));
    }
    rig.input(Input::HandBack);
    assert_eq!(spoke(&rig), []);
}

#[test]
fn voice_that_nobody_took_over_with_is_not_heard() {
    let mut rig = Rig::opened();
    talk(&mut rig, 10);
    assert_eq!(of_user(&rig), 0);
}

#[test]
fn one_user_at_a_time() {
    let mut rig = taken_over();
    assert!(!rig.session.can_be_taken_over());
    rig.input(Input::TakeOver);
    assert_eq!(turns(&rig), [true]);
}

#[test]
fn the_calls_limits_hold_for_the_user_too() {
    let mut short = config();
    short.limits.call_max_s = 60;
    let mut rig = Rig::answered_with(short);
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
    rig.run_until_quiet();
    rig.input(Input::TakeOver);
    let before = responses(&rig);
    talk(&mut rig, 3_000);
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, turns(&rig)), (EndedReason::TimeLimit, vec![true, false]));
    assert_eq!(responses(&rig), before, "no goodbye over the user's voice");
}

#[test]
fn a_callee_who_hangs_up_ends_it_once() {
    let mut rig = taken_over();
    rig.over(Disposition::Completed);
    rig.run_to_end();
    assert_eq!((turns(&rig), rig.count(|o| matches!(o, Output::Ended(_)))), (vec![true, false], 1));
}

#[test]
fn a_handler_that_dies_gives_the_call_back_to_the_agent() {
    let rig = taken_over();
    let mut rig = rig.killed_and_taken_up(ms(3_000), Some(CallProgress::InProgress));
    rig.input(Input::VoiceReady);
    rig.start_stream();
    rig.run_until_quiet();
    assert_eq!(turns(&rig), [false]);
    assert!(rig.asked()[0].contains("I lost you for a moment"), "{:?}", rig.asked());
}

#[test]
fn who_takes_over_before_the_disclosure_hands_back_to_an_agent_that_discloses() {
    let mut rig = Rig::answered();
    rig.input(Input::TakeOver);
    talk(&mut rig, 300);
    rig.input(Input::HandBack);
    rig.run_until_quiet();
    assert!(rig.asked()[0].starts_with("Hello, this is an AI assistant"), "{:?}", rig.asked());
}
