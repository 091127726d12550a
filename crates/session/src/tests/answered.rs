//! Voicemail, call screeners, fax machines, and people who are taken for them.

use super::rig::{Rig, config, ms, says};
use crate::{CallProgress, CarrierCommand, CarrierVerdict, Input, Output, Tuning};
use sounds::tones::tone;
use std::time::Duration;
use types::{AnsweredBy, CallEvent, CallResult, Disposition, EndedReason, OnMachine, OnScreener, OnVoicemail, OutcomeStatus};

const GREETING: &str = "Hi, you've reached Bob. I can't come to the phone right now. Please leave a message after the tone.";
const MESSAGE: &str = "Hello, this is an AI assistant calling on behalf of Maria Lopez. I am calling because I would like to order a pizza. \
                       Thank you, goodbye.";
const OPENING: &str = "Hello, this is an AI assistant calling on behalf of Maria Lopez. I would like to order a pizza.";
const SCREEN: &str =
    "The person you're calling is using a screening service. Go ahead and say your name, and why you're calling.";

fn answered_with(on_machine: OnMachine) -> Rig {
    let mut config = config();
    config.briefing.goal = "order a pizza".into();
    config.briefing.on_machine = on_machine;
    Rig::answered_with(config)
}

fn answered() -> Rig {
    answered_with(OnMachine::default())
}

fn hangs_up() -> OnMachine {
    OnMachine { voicemail: OnVoicemail::HangUp, ..OnMachine::default() }
}

/// A beep of half a second and the quiet after it.
fn beep() -> Vec<u8> {
    [tone(1_000.0, 500), vec![0xff; 4_000]].concat()
}

fn carrier_says(rig: &mut Rig, after: Duration, verdict: CarrierVerdict) {
    rig.plan(after, "carrier", Input::AnsweredBy(verdict));
}

/// When audio went to the callee, since the stream's beginning.
fn spoke_at(rig: &Rig, from: Duration) -> Vec<Duration> {
    rig.log.iter().filter(|(_, o)| matches!(o, Output::Carrier(CarrierCommand::Audio(_)))).map(|(at, _)| *at - from).collect()
}

fn verdicts(rig: &Rig) -> Vec<AnsweredBy> {
    let by = |output: &Output| if let Output::Event(CallEvent::AnsweredBy { by }) = output { Some(*by) } else { None };
    rig.log.iter().filter_map(|(_, output)| by(output)).collect()
}

fn told(result: &CallResult) -> (Disposition, EndedReason, AnsweredBy, bool) {
    (result.status, result.ended_reason, result.answered_by, result.message_left)
}

const LEFT: (Disposition, EndedReason, AnsweredBy, bool) =
    (Disposition::Voicemail, EndedReason::MachineAnswered, AnsweredBy::Voicemail, true);
const NOT_LEFT: (Disposition, EndedReason, AnsweredBy, bool) =
    (Disposition::Voicemail, EndedReason::MachineAnswered, AnsweredBy::Voicemail, false);

/// The naive way opens as soon as the greeting pauses, and talks to the recording until somebody's patience ends.
#[test]
fn a_message_is_left_after_the_beep_and_not_before() {
    let mut rig = answered();
    let from = rig.now;
    rig.callee_says(ms(500), ms(6_000), GREETING);
    // The model's turn detection takes the tone for speech.
    rig.callee_sounds(ms(7_900), ms(500));
    rig.line_sounds(ms(8_000), beep());
    let result = rig.run_to_end();
    let spoke = spoke_at(&rig, from);
    // What had been begun when the greeting paused was cut off when its words came.
    assert!(spoke.iter().all(|at| *at < ms(7_300) || *at >= ms(8_500)), "it talked before the beep: {spoke:?}");
    assert!(spoke.iter().any(|at| *at >= ms(8_500) && *at < ms(9_500)), "it waited after the beep: {spoke:?}");
    assert_eq!(told(&result), LEFT);
    assert_eq!(result.transcript.last().map(|line| (line.heard.as_str(), line.interrupted)), Some((MESSAGE, false)));
    assert_eq!(result.outcome.status, OutcomeStatus::NotAchieved);
    assert_eq!(result.summary, "Voicemail answered, and a message was left.");
    assert!(result.disclosed_at_ms.is_some(), "the message tells that an AI calls, and its marks prove it");
    assert_eq!(verdicts(&rig), [AnsweredBy::Voicemail]);
}

/// The naive way waits for a beep for ever.
#[test]
fn without_a_beep_the_message_is_left_when_the_greeting_is_over() {
    let mut rig = answered();
    let from = rig.now;
    rig.callee_says(ms(500), ms(6_000), GREETING);
    assert_eq!(told(&rig.run_to_end()), LEFT);
    let message = spoke_at(&rig, from).into_iter().find(|at| *at > ms(7_500)).unwrap();
    assert!((ms(9_000)..ms(10_500)).contains(&message), "{message:?}");
}

#[test]
fn a_beep_after_a_long_pause_begins_the_message_anew() {
    let mut rig = answered();
    let from = rig.now;
    rig.callee_says(ms(500), ms(6_000), GREETING);
    rig.line_sounds(ms(11_000), beep());
    let result = rig.run_to_end();
    assert_eq!(told(&result), LEFT);
    assert_eq!(rig.asked().iter().filter(|asked| *asked == MESSAGE).count(), 2);
    assert_eq!(result.transcript.last().unwrap().heard, MESSAGE);
    assert!(spoke_at(&rig, from).iter().any(|at| *at > ms(15_000)), "the rest of the first one is not enough");
}

/// Every second of waiting for the carrier's verdict is silence in a person's ear: the naive way loses 4 to 16 of them.
#[test]
fn a_person_is_never_kept_waiting_for_a_verdict() {
    let latency = |verdict: Option<CarrierVerdict>| {
        let mut rig = answered();
        let from = rig.now;
        if let Some(verdict) = verdict {
            carrier_says(&mut rig, ms(4_000), verdict);
        }
        rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
        rig.run(ms(8_000));
        (spoke_at(&rig, from).first().copied().unwrap(), rig.asked())
    };
    let without = latency(None);
    assert!(without.0 < ms(2_200), "{without:?}");
    assert_eq!(latency(Some(CarrierVerdict::Human)), without);
    assert_eq!(latency(Some(CarrierVerdict::Unknown)), without);
}

/// The naive way believes the carrier, goes silent, and leaves a message to a person.
#[test]
fn who_has_talked_in_turn_is_not_taken_for_a_machine_by_the_carrier() {
    let mut rig = Rig::opened();
    rig.callee_says(ms(100), ms(1_000), "Sure, what would you like?");
    rig.run_until_quiet();
    let asked = rig.asked().len();
    for verdict in [CarrierVerdict::Machine, CarrierVerdict::MachineEnded, CarrierVerdict::Fax] {
        carrier_says(&mut rig, ms(10), verdict);
    }
    rig.replies.push_back(says("Thin, please."));
    rig.callee_says(ms(100), ms(1_000), "Thick or thin?");
    rig.run_until_quiet();
    assert_eq!(rig.asked()[asked..], ["…"]);
    assert_eq!(verdicts(&rig), [AnsweredBy::Human]);
}

#[test]
fn a_wrong_verdict_is_taken_back_when_a_person_talks() {
    let mut rig = answered();
    rig.callee_says(ms(300), ms(3_000), "Tony's Pizza on Main Street, what would you like?");
    carrier_says(&mut rig, ms(3_200), CarrierVerdict::MachineEnded);
    rig.run(ms(4_500));
    assert_eq!(verdicts(&rig), [AnsweredBy::Voicemail]);
    rig.callee_says(ms(10), ms(1_000), "Anybody on the line please?");
    rig.run_until_quiet();
    assert_eq!(verdicts(&rig), [AnsweredBy::Voicemail, AnsweredBy::Human]);
    assert_eq!(rig.asked().last().unwrap(), OPENING);
    rig.callee_says(ms(100), ms(1_000), "Sure, which one?");
    rig.run_until_quiet();
    assert_eq!(rig.asked().last().unwrap(), "…");
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    assert_eq!((result.status, result.answered_by), (Disposition::Completed, AnsweredBy::Human));
}

/// Somebody hears the message being left and picks up.
#[test]
fn a_person_who_picks_up_during_the_message_is_talked_to() {
    let mut rig = answered();
    rig.callee_says(ms(500), ms(6_000), GREETING);
    rig.line_sounds(ms(8_000), beep());
    rig.run(ms(10_000));
    rig.callee_says(ms(10), ms(800), "Hello, I'm here!");
    rig.run_until_quiet();
    assert_eq!(verdicts(&rig), [AnsweredBy::Voicemail, AnsweredBy::Human]);
    assert_eq!(rig.asked().last().unwrap(), OPENING);
    assert!(rig.ended.is_none());
}

/// "Can I take a message?" has the words of a machine.
#[test]
fn a_receptionist_who_offers_to_take_a_message_is_a_person() {
    let mut rig = Rig::opened();
    rig.callee_says(ms(100), ms(2_000), "He is not here. Would you like to leave a message?");
    rig.run_until_quiet();
    assert_eq!((verdicts(&rig), rig.asked().last().unwrap().as_str()), (vec![AnsweredBy::Human], "…"));
}

/// One word from the carrier is not enough to hang up on somebody; the words of the greeting are.
#[test]
fn it_is_hung_up_at_once_if_the_order_says_so_and_the_machine_is_certain() {
    let mut rig = answered_with(hangs_up());
    rig.callee_says(ms(500), ms(6_000), GREETING);
    let from = rig.now;
    let result = rig.run_to_end();
    assert_eq!(told(&result), NOT_LEFT);
    let hung_up = rig.when(|o| matches!(o, Output::HangUp)).unwrap() - from;
    assert!(hung_up < ms(7_300), "{hung_up:?}");
    assert_eq!(result.summary, "Voicemail answered; no message was left.");

    let mut rig = answered_with(hangs_up());
    rig.callee_says(ms(300), ms(2_000), "Tony's Pizza, what would you like?");
    carrier_says(&mut rig, ms(2_500), CarrierVerdict::Machine);
    rig.run(ms(3_500));
    assert_eq!(rig.count(|o| matches!(o, Output::HangUp)), 0, "a person gets the time to talk");
    rig.callee_says(ms(10), ms(700), "Hello?");
    rig.run_until_quiet();
    assert_eq!(verdicts(&rig).last(), Some(&AnsweredBy::Human));
}

/// The naive way believes the carrier, and hangs up on somebody who has just said hello and waits.
#[test]
fn nobody_is_hung_up_on_for_the_carriers_word_alone() {
    let mut rig = answered_with(hangs_up());
    rig.callee_says(ms(300), ms(1_200), "Tony's Pizza.");
    carrier_says(&mut rig, ms(900), CarrierVerdict::Machine);
    carrier_says(&mut rig, ms(2_400), CarrierVerdict::MachineEnded);
    rig.run(ms(9_000));
    assert_eq!(rig.count(|o| matches!(o, Output::HangUp)), 0, "whoever is there is talked to");
    assert_eq!(rig.asked().last().unwrap(), OPENING);
    rig.callee_says(ms(10), ms(1_000), "Sure, which one?");
    rig.run_until_quiet();
    assert_eq!(verdicts(&rig).last(), Some(&AnsweredBy::Human));

    // Who says what no machine says need not say it twice.
    let mut rig = answered_with(hangs_up());
    rig.callee_says(ms(300), ms(3_000), "Tony's Pizza, this is Bob speaking. How can I help you?");
    carrier_says(&mut rig, ms(2_000), CarrierVerdict::Machine);
    carrier_says(&mut rig, ms(5_000), CarrierVerdict::MachineEnded);
    rig.run(ms(9_000));
    assert_eq!((verdicts(&rig).last(), rig.asked().last().unwrap().as_str()), (Some(&AnsweredBy::Human), OPENING));

    // A machine that only the carrier knows is left, in the end.
    let mut rig = answered_with(hangs_up());
    rig.callee_says(ms(300), ms(1_200), "This is Bob.");
    carrier_says(&mut rig, ms(900), CarrierVerdict::Machine);
    rig.run(ms(9_000));
    carrier_says(&mut rig, ms(100), CarrierVerdict::MachineEnded);
    assert_eq!(told(&rig.run_to_end()), NOT_LEFT);
}

#[test]
fn a_full_mailbox_is_hung_up_and_told() {
    let mut rig = answered();
    rig.callee_says(ms(500), ms(4_000), "The mailbox is full and cannot accept any messages at this time. Goodbye.");
    let result = rig.run_to_end();
    assert_eq!(told(&result), NOT_LEFT);
    assert_eq!(result.summary, "Voicemail answered, but its mailbox takes no message.");
}

/// The naive way tells the screener from voicemail by nothing, and leaves a message or hangs up.
#[test]
fn a_screener_is_told_name_and_purpose_and_the_person_is_reached() {
    let mut rig = answered();
    rig.callee_says(ms(300), ms(5_000), SCREEN);
    carrier_says(&mut rig, ms(4_000), CarrierVerdict::Machine);
    rig.run_until_quiet();
    assert_eq!(verdicts(&rig).last(), Some(&AnsweredBy::Screener), "not voicemail, whatever the carrier says");
    assert_eq!(rig.asked().last().unwrap(), OPENING);
    let asked = rig.asked().len();
    rig.callee_says(ms(500), ms(1_500), "Thanks. Please stay on the line.");
    rig.run(ms(20_000));
    assert_eq!(rig.asked().len(), asked, "it talks to the screener, or into the waiting");
    // The line is on hold until a voice is heard, and the model hears it then.
    rig.sound.extend(sounds::synthetic::voice(1_800));
    rig.callee_says(ms(900), ms(800), "Hello, this is Bob.");
    rig.run_until_quiet();
    assert_eq!(verdicts(&rig).last(), Some(&AnsweredBy::Human));
    assert_eq!(rig.asked()[asked..], [OPENING], "the person has not heard that an AI calls");
    rig.replies.push_back(says("A large one."));
    rig.callee_says(ms(100), ms(1_000), "Which size?");
    rig.run_until_quiet();
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    assert_eq!((result.status, result.answered_by), (Disposition::Completed, AnsweredBy::Human));
}

#[test]
fn a_screener_that_did_not_understand_is_answered_again_but_not_for_ever() {
    let mut rig = answered();
    rig.callee_says(ms(300), ms(4_000), SCREEN);
    rig.run_until_quiet();
    for _ in 0..6 {
        if rig.ended.is_none() {
            rig.callee_says(ms(500), ms(3_000), "Sorry, I did not get that. Please state your name and the reason for calling.");
            rig.run(ms(15_000));
        }
    }
    assert_eq!(rig.asked().iter().filter(|asked| *asked == OPENING).count(), 3);
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.answered_by), (EndedReason::MachineAnswered, AnsweredBy::Screener));
    assert_eq!(result.outcome.status, OutcomeStatus::NotAchieved);
}

#[test]
fn a_screener_that_hands_on_to_voicemail_gets_the_message() {
    let mut rig = answered();
    rig.callee_says(ms(300), ms(4_000), SCREEN);
    rig.run_until_quiet();
    rig.callee_says(ms(5_000), ms(4_000), "Bob is not available. Please leave a message after the tone.");
    rig.line_sounds(ms(10_500), beep());
    assert_eq!(told(&rig.run_to_end()), LEFT);
    assert_eq!(verdicts(&rig), [AnsweredBy::Screener, AnsweredBy::Voicemail]);
}

#[test]
fn a_screener_behind_which_nobody_comes_is_left_after_a_while() {
    let mut rig = answered();
    rig.callee_says(ms(300), ms(4_000), SCREEN);
    let from = rig.now;
    let result = rig.run_to_end();
    assert_eq!(result.summary, "A call screener answered, and nobody came to the phone.");
    let hung_up = rig.when(|o| matches!(o, Output::HangUp)).unwrap() - from;
    assert!(hung_up > ms(60_000) && hung_up < ms(75_000), "{hung_up:?}");

    let mut rig = answered_with(OnMachine { screener: OnScreener::HangUp, ..OnMachine::default() });
    rig.callee_says(ms(300), ms(4_000), SCREEN);
    rig.run_until_quiet();
    assert_eq!(rig.run_to_end().ended_reason, EndedReason::MachineAnswered);
}

/// The naive way says its name to a machine that only listens for a tone.
#[test]
fn a_screener_that_wants_a_key_gets_it_and_the_person_is_reached() {
    for (screener, key) in [
        ("The person you are calling uses call screening. Press 1 to be connected.", "1"),
        ("To prove that you are not a robocall, press 5.", "5"),
    ] {
        let mut rig = answered();
        rig.replies.push_back(says("").with("press_digits", &format!(r#"{{"digits":"{key}"}}"#)));
        rig.callee_says(ms(300), ms(4_500), screener);
        carrier_says(&mut rig, ms(4_000), CarrierVerdict::Machine);
        rig.run_until_quiet();
        assert_eq!(verdicts(&rig).last(), Some(&AnsweredBy::Screener));
        assert_eq!(rig.asked().last().unwrap(), "…", "the tools can be used");
        assert!(rig.tool_results().iter().any(|told| told.contains("\"status\":\"sent\"")), "{:?}", rig.tool_results());
        let asked = rig.asked().len();
        rig.callee_says(ms(1_500), ms(900), "Hello, this is Bob.");
        rig.run_until_quiet();
        assert_eq!(verdicts(&rig).last(), Some(&AnsweredBy::Human));
        assert_eq!(rig.asked()[asked..], [OPENING]);
    }
}

#[test]
fn a_screener_that_wants_a_name_and_then_a_key_gets_both() {
    let mut rig = answered();
    rig.callee_says(ms(300), ms(5_000), SCREEN);
    rig.run_until_quiet();
    assert_eq!(rig.asked().last().unwrap(), OPENING);
    rig.replies.push_back(says("").with("press_digits", r#"{"digits":"1"}"#));
    rig.callee_says(ms(500), ms(2_000), "Thank you. Now press 1 to connect your call.");
    rig.run_until_quiet();
    assert_eq!(verdicts(&rig).last(), Some(&AnsweredBy::Screener), "a machine that wants a key is no person");
    assert!(rig.tool_results().iter().any(|told| told.contains("\"status\":\"sent\"")), "{:?}", rig.tool_results());
    // A key that has no effect is not pressed for ever.
    for _ in 0..4 {
        if rig.ended.is_none() {
            rig.replies.push_back(says("").with("press_digits", r#"{"digits":"1"}"#));
            rig.callee_says(ms(500), ms(2_000), "Sorry. Press 1 to connect your call.");
            rig.run(ms(15_000));
        }
    }
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.answered_by), (EndedReason::MachineAnswered, AnsweredBy::Screener));
}

#[test]
fn a_fax_machine_is_hung_up_within_two_seconds() {
    let mut rig = answered();
    rig.line_sounds(ms(500), tone(2_100.0, 3_000));
    let from = rig.now;
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.answered_by), (EndedReason::MachineAnswered, AnsweredBy::Fax));
    assert!(rig.when(|o| matches!(o, Output::HangUp)).unwrap() - from < ms(2_000));
    assert_eq!((result.summary.as_str(), result.outcome.status), ("A fax machine answered.", OutcomeStatus::NotAchieved));
}

/// A till that beeps while the clerk speaks.
#[test]
fn a_beep_in_a_conversation_is_a_beep() {
    let mut rig = Rig::opened();
    for _ in 0..3 {
        rig.callee_says(ms(100), ms(1_000), "And what else?");
        rig.line_sounds(ms(1_300), beep());
        rig.run_until_quiet();
    }
    assert_eq!(verdicts(&rig), [AnsweredBy::Human]);
}

#[test]
fn repeats_and_late_verdicts_of_the_carrier_change_nothing() {
    let mut rig = answered();
    rig.callee_says(ms(500), ms(6_000), GREETING);
    for after in [5_000, 7_000, 7_000, 9_000] {
        carrier_says(&mut rig, ms(after), CarrierVerdict::MachineBeeped);
    }
    carrier_says(&mut rig, ms(9_100), CarrierVerdict::Human);
    let result = rig.run_to_end();
    assert_eq!(told(&result), LEFT);
    assert_eq!(rig.asked().iter().filter(|asked| *asked == MESSAGE).count(), 1);
    assert_eq!(verdicts(&rig), [AnsweredBy::Voicemail]);
}

/// "Completed" is not said of a message, whatever the model reports.
#[test]
fn a_model_that_reports_success_to_voicemail_is_not_believed() {
    let mut rig = answered();
    let report = r#"{"status":"achieved","summary":"The pizza was ordered.","facts":[{"name":"total","value":"$1"}]}"#;
    rig.replies.push_back(says("").with("report_outcome", report));
    rig.callee_says(ms(500), ms(1_500), "Hi, this is Bob.");
    rig.callee_says(ms(3_000), ms(3_000), "Please leave a message after the tone.");
    rig.line_sounds(ms(7_000), beep());
    let result = rig.run_to_end();
    assert_eq!((told(&result), result.outcome.status), (LEFT, OutcomeStatus::NotAchieved));
    assert!(result.outcome.facts.is_empty() && result.summary.contains("Voicemail"));
}

#[test]
fn a_model_that_says_something_else_is_asked_once_more_for_the_message() {
    let mut rig = answered();
    rig.callee_says(ms(500), ms(6_000), GREETING);
    rig.replies.push_back(says("I would rather not."));
    rig.line_sounds(ms(8_000), beep());
    let result = rig.run_to_end();
    assert_eq!(rig.asked().iter().filter(|asked| *asked == MESSAGE).count(), 2);
    assert_eq!(told(&result), LEFT);
}

#[test]
fn a_call_that_is_taken_up_at_voicemail_leaves_its_message() {
    let mut rig = answered();
    rig.callee_says(ms(500), ms(6_000), GREETING);
    rig.run(ms(7_500));
    assert_eq!(verdicts(&rig), [AnsweredBy::Voicemail]);
    let mut rig = rig.killed_and_taken_up(ms(2_000), Some(CallProgress::InProgress));
    rig.input(Input::VoiceReady);
    rig.run(ms(100));
    rig.start_stream();
    let result = rig.run_to_end();
    assert_eq!(told(&result), LEFT);
    assert!(Tuning::default().resumes_max > 0);
}
