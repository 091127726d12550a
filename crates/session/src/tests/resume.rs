//! Calls whose process is killed, and that another one goes on with.

use super::rig::{Rig, config, ms, says};
use crate::{CallProgress, HangUpBy, Input, Output, Recalled, VoiceCommand};
use types::{CallEvent, CallStage, Disposition, EndedReason, OutcomeStatus, Speaker};

const REPORT: &str = r#"{"status":"achieved","summary":"A large pepperoni pizza was ordered.",
    "facts":[{"name":"total","value":"$18.50","quote":"your total is eighteen fifty"}]}"#;
const AGAIN: &str = "I am sorry, I lost you for a moment. Could you say that again, please?";

fn recalled(rig: &Rig) -> Vec<Recalled> {
    let lines = |output: &Output| {
        if let Output::Voice(VoiceCommand::Recall { lines, .. }) = output { Some(lines.clone()) } else { None }
    };
    rig.log.iter().find_map(|(_, output)| lines(output)).unwrap_or_default()
}

fn brought_back(rig: &Rig) -> usize {
    rig.count(|output| matches!(output, Output::BringBack))
}

/// The model opens, the call is brought back, the callee can be heard.
fn comes_back(rig: &mut Rig) {
    rig.run(ms(800));
    rig.input(Input::VoiceReady);
    assert_eq!(brought_back(rig), 1, "the call was not brought back");
    rig.run(ms(200));
    rig.start_stream();
}

fn taken_up(rig: Rig) -> Rig {
    let mut rig = rig.killed_and_taken_up(ms(3_000), Some(CallProgress::InProgress));
    comes_back(&mut rig);
    rig
}

#[test]
fn a_killed_call_goes_on_to_one_good_result() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Pepperoni please."));
    rig.callee_says(ms(100), ms(1_000), "Sure, what would you like?");
    rig.run_until_quiet();
    let answered = rig.when(|o| matches!(o, Output::Event(CallEvent::Stage { stage: CallStage::Connected }))).unwrap();
    let mut rig = taken_up(rig);
    rig.run_until_quiet();
    assert_eq!(rig.asked(), [AGAIN], "it excuses itself and discloses nothing twice");
    rig.replies.push_back(says("").with("report_outcome", REPORT));
    rig.replies.push_back(says("Thank you, goodbye!").with("end_call", "{}"));
    rig.callee_says(ms(100), ms(2_000), "Okay, your total is eighteen fifty.");
    let (result, ended) = (rig.run_to_end(), rig.when(|o| matches!(o, Output::Ended(_))).unwrap());
    assert_eq!((result.status, result.ended_reason), (Disposition::Completed, EndedReason::AgentHungUp));
    assert_eq!(result.outcome.status, OutcomeStatus::Achieved);
    assert!(result.summary.contains("taken up again"), "{}", result.summary);
    let said: Vec<&str> = result.transcript.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(said[0], "Tony's Pizza, hello?");
    assert_eq!(said[3..], ["Pepperoni please.", AGAIN, "Okay, your total is eighteen fifty.", "Thank you, goodbye!"]);
    let numbers: Vec<u32> = result.transcript.iter().map(|line| line.line).collect();
    assert_eq!(numbers, (1..=7).collect::<Vec<_>>(), "captions of both parts name different lines");
    assert!(result.transcript.windows(2).all(|two| two[0].start_ms <= two[1].start_ms), "one clock for both parts");
    assert!(u64::from(result.duration) + 2 >= (ended - answered).as_secs(), "the duration is the whole call's");
    assert!(result.disclosed_at_ms.is_some());
    assert_eq!(rig.stages(), [CallStage::Ended], "nobody is dialled or connected a second time");
    assert_eq!(rig.count(|o| matches!(o, Output::Dial)), 0);
}

#[test]
fn what_the_callee_did_not_hear_is_not_assumed_said() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("One large pepperoni pizza with extra cheese for delivery please.").lasting(6_000));
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    let began = rig.now;
    while rig.asked().len() < 2 {
        rig.run(ms(20));
    }
    rig.run(ms(4_000));
    assert!(rig.now > began);
    let mut rig = taken_up(rig);
    let lines = recalled(&rig);
    let cut = lines.last().unwrap();
    assert_eq!(cut.speaker, Speaker::Agent);
    assert!("One large pepperoni pizza with extra cheese for delivery please.".starts_with(&cut.text));
    assert!((10..50).contains(&cut.text.len()), "{:?} of four seconds of six", cut.text);
    rig.run_until_quiet();
    let again = "I am sorry, I lost you for a moment. One large pepperoni pizza with extra cheese for delivery please.";
    assert_eq!(rig.asked(), [again]);
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    let broken: Vec<_> = result.transcript.iter().filter(|line| line.interrupted).collect();
    assert_eq!((broken.len(), broken[0].heard.as_str()), (1, cut.text.as_str()));
}

#[test]
fn who_was_not_told_that_an_ai_calls_is_told_after_the_break() {
    let mut rig = Rig::answered();
    rig.replies.push_back(says("Hello, this is an AI assistant calling on behalf of Maria Lopez. Pizza please.").lasting(6_000));
    rig.run(ms(4_500));
    assert_eq!(rig.asked().len(), 1);
    let mut rig = taken_up(rig);
    rig.run_until_quiet();
    assert!(rig.asked()[0].starts_with("Hello, this is an AI assistant"), "{:?}", rig.asked());
    assert_eq!(rig.count(|o| matches!(o, Output::Event(CallEvent::Disclosed { .. }))), 1);
}

#[test]
fn a_call_that_only_rang_is_waited_for_and_opened_as_any_other() {
    let mut rig = Rig::new();
    rig.input(Input::VoiceReady);
    rig.dialled();
    rig.run(ms(500));
    rig.progress(CallProgress::Ringing);
    rig.run(ms(500));
    let mut rig = rig.killed_and_taken_up(ms(1_000), Some(CallProgress::Ringing));
    rig.input(Input::VoiceReady);
    rig.run(ms(2_000));
    assert_eq!((brought_back(&rig), recalled(&rig).len()), (0, 0));
    rig.progress(CallProgress::InProgress);
    rig.start_stream();
    rig.run(ms(2_600));
    rig.run_until_quiet();
    assert!(rig.asked()[0].starts_with("Hello, this is an AI"));
    assert!(!rig.asked().iter().any(|asked| asked.contains("lost you")));
}

#[test]
fn the_longest_time_counts_from_the_first_answer() {
    let mut short = config();
    short.limits.call_max_s = 60;
    let mut rig = Rig::answered_with(short);
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
    rig.run_until_quiet();
    let answered = rig.when(|o| matches!(o, Output::Event(CallEvent::Stage { stage: CallStage::Connected }))).unwrap();
    let mut rig = taken_up(rig);
    for _ in 0..12 {
        rig.callee_says(ms(100), ms(2_000), "Let me see.");
        rig.run(ms(5_000));
    }
    let result = rig.run_to_end();
    let ended = rig.when(|o| matches!(o, Output::Ended(_))).unwrap();
    assert_eq!(result.ended_reason, EndedReason::TimeLimit);
    assert!((ms(50_000)..ms(62_000)).contains(&(ended - answered)), "{:?}", ended - answered);
}

#[test]
fn a_call_whose_time_ran_out_meanwhile_is_hung_up() {
    let mut short = config();
    short.limits.call_max_s = 60;
    let mut rig = Rig::answered_with(short);
    rig.run(ms(5_000));
    let mut rig = rig.killed_and_taken_up(ms(120_000), Some(CallProgress::InProgress));
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, brought_back(&rig)), (EndedReason::TimeLimit, 0));
    assert_eq!(rig.count(|o| matches!(o, Output::HangUp)), 1);
}

#[test]
fn a_third_break_ends_the_call() {
    let mut rig = Rig::opened();
    for _ in 0..2 {
        rig = taken_up_again(rig);
        rig.run_until_quiet();
    }
    let mut rig = rig.killed_and_taken_up(ms(3_000), Some(CallProgress::InProgress));
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.status), (EndedReason::Shutdown, Disposition::Completed));
    assert!(result.error_message.unwrap().contains("too often"));
    assert_eq!(rig.count(|o| matches!(o, Output::OpenVoice { .. })), 0);
    assert!(result.transcript.len() >= 4, "the transcript of all parts is kept");
}

/// A store keeps the events of every part; the rig's log begins with each.
fn taken_up_again(rig: Rig) -> Rig {
    let log = rig.log.clone();
    let mut next = taken_up(rig);
    next.log.splice(0..0, log.into_iter().filter(|(_, output)| matches!(output, Output::Event(_) | Output::Ledger(_))));
    next
}

#[test]
fn a_model_that_does_not_open_in_time_ends_the_call() {
    let mut rig = Rig::opened().killed_and_taken_up(ms(1_000), Some(CallProgress::InProgress));
    rig.run(ms(9_500));
    assert_eq!(rig.count(|o| matches!(o, Output::HangUp)), 0);
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.status), (EndedReason::VoiceLost, Disposition::Completed));
    assert_eq!(rig.count(|o| matches!(o, Output::HangUp)), 1);
}

#[test]
fn a_call_that_does_not_come_back_is_hung_up() {
    let mut rig = Rig::opened().killed_and_taken_up(ms(1_000), Some(CallProgress::InProgress));
    rig.input(Input::VoiceReady);
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, brought_back(&rig)), (EndedReason::CarrierLost, 1));
    assert!(!result.summary.contains("taken up again"), "{}", result.summary);
}

#[test]
fn a_call_that_ended_meanwhile_is_told_with_what_was_reported() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Perfect.").with("report_outcome", REPORT));
    rig.callee_says(ms(100), ms(2_000), "Okay, your total is eighteen fifty.");
    rig.run_until_quiet();
    let over = CallProgress::Over { disposition: Disposition::Completed, duration_s: Some(33) };
    let rig = rig.killed_and_taken_up(ms(2_000), Some(over));
    let result = rig.ended.expect("it ends at once");
    assert_eq!((result.status, result.duration), (Disposition::Completed, 33));
    assert_eq!(result.outcome.status, OutcomeStatus::Achieved);
    assert_eq!(result.outcome.facts[0].evidence.as_ref().unwrap().quote, "your total is eighteen fifty");
}

#[test]
fn a_call_that_the_user_stopped_is_not_taken_up() {
    let mut rig = Rig::opened();
    rig.carrier.confirms_hang_up = false;
    rig.input(Input::HangUp { by: HangUpBy::User });
    let mut rig = rig.killed_and_taken_up(ms(1_000), Some(CallProgress::InProgress));
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, rig.count(|o| matches!(o, Output::OpenVoice { .. }))), (EndedReason::UserHungUp, 0));
}

#[test]
fn a_goodbye_that_was_broken_off_is_said_and_nothing_else() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Thank you so much, and goodbye!").lasting(4_000).with("end_call", "{}"));
    rig.callee_says(ms(100), ms(1_000), "All done.");
    while rig.record().ledger.ending.is_none() {
        rig.run(ms(20));
    }
    let mut rig = taken_up(rig);
    let result = rig.run_to_end();
    assert_eq!(rig.asked(), ["Thank you very much for your help. Goodbye."]);
    assert_eq!(result.ended_reason, EndedReason::AgentHungUp);
}

#[test]
fn usage_and_latencies_of_both_parts_are_counted() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Pepperoni."));
    rig.callee_says(ms(100), ms(1_000), "Which one?");
    rig.run_until_quiet();
    let before = rig.record();
    assert_eq!(before.ledger.usage.output_audio_tokens, 20);
    let mut rig = taken_up(rig);
    rig.run_until_quiet();
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    assert_eq!(result.usage.output_audio_tokens, 30);
    assert!(result.turn_latency_ms.starts_with(&before.turn_latency_ms));
}

#[test]
fn the_ledger_is_written_about_once_a_second_and_not_for_every_frame() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("A long answer that takes a while to say.").lasting(10_000));
    rig.callee_says(ms(100), ms(1_000), "Tell me.");
    let before = rig.count(|o| matches!(o, Output::Ledger(_)));
    rig.run_until_quiet();
    let written = rig.count(|o| matches!(o, Output::Ledger(_))) - before;
    assert!((5..=14).contains(&written), "{written}");
}

#[test]
fn a_goodbye_at_the_time_limit_stays_one() {
    let mut short = config();
    short.limits.call_max_s = 60;
    let mut rig = Rig::answered_with(short);
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
    while rig.record().ledger.ending.is_none() {
        rig.callee_says(ms(100), ms(500), "Yes.");
        rig.run(ms(1_000));
    }
    let mut rig = rig.killed_and_taken_up(ms(1_000), Some(CallProgress::InProgress));
    rig.input(Input::VoiceReady);
    rig.start_stream();
    assert_eq!(rig.run_to_end().ended_reason, EndedReason::TimeLimit);
    assert!(rig.asked().iter().all(|asked| asked.contains("have to end the call")), "{:?}", rig.asked());
}
