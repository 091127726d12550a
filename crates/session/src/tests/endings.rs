//! How a call ends: goodbyes, silence, limits, hang-ups, breakdowns.

use super::rig::{Rig, config, ms, says};
use crate::{CarrierCommand, HangUpBy, Input, Output};
use types::{CallResult, Disposition, EndedReason, FactWanted, OutcomeStatus};

fn hung_up(rig: &Rig) -> usize {
    rig.count(|o| matches!(o, Output::HangUp))
}

/// The agent is in the middle of a goodbye of three seconds.
fn saying_goodbye() -> Rig {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Thank you, goodbye!").lasting(3_000).with("end_call", "{}"));
    rig.callee_says(ms(100), ms(1_000), "That's all set.");
    rig.run(ms(2_500));
    rig
}

#[test]
fn nobody_is_cut_off_before_the_goodbye_is_heard() {
    let mut rig = saying_goodbye();
    let result = rig.run_to_end();
    let last_audio = rig.log.iter().rev().find(|(_, o)| matches!(o, Output::Carrier(CarrierCommand::Audio(_)))).unwrap().0;
    let hang_up = rig.when(|o| matches!(o, Output::HangUp)).unwrap();
    // The last piece goes out 300 ms before its end; marks take 60 ms.
    assert!((ms(300)..ms(500)).contains(&(hang_up - last_audio)), "{:?}", hang_up - last_audio);
    assert_eq!(result.ended_reason, EndedReason::AgentHungUp);
    assert!(!result.transcript.last().unwrap().interrupted);
}

#[test]
fn a_short_bye_over_the_goodbye_lets_it_end() {
    let mut rig = saying_goodbye();
    rig.callee_says(ms(100), ms(500), "Bye bye.");
    let result = rig.run_to_end();
    assert_eq!(
        (result.ended_reason, rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Clear)))),
        (EndedReason::AgentHungUp, 0)
    );
    assert!(result.transcript.iter().all(|line| !line.interrupted));
}

#[test]
fn more_than_a_bye_over_the_goodbye_goes_on() {
    let mut rig = saying_goodbye();
    rig.replies.push_back(says("Ten pm."));
    rig.callee_says(ms(100), ms(2_500), "Wait, when do you want it, and where?");
    rig.run_until_quiet();
    assert_eq!((hung_up(&rig), rig.asked().last().unwrap().as_str()), (0, "…"));
    rig.replies.push_back(says("Goodbye.").with("end_call", ""));
    rig.callee_says(ms(100), ms(500), "Fine.");
    assert_eq!(rig.run_to_end().ended_reason, EndedReason::AgentHungUp);
}

#[test]
fn a_callee_who_begins_to_speak_at_its_end_is_heard_out() {
    let mut rig = saying_goodbye();
    // The goodbye ends about two seconds from now.
    rig.callee_says(ms(1_600), ms(2_500), "Wait, one thing more, what is the name?");
    rig.run(ms(1_700));
    assert!(!rig.session.playback.idle());
    rig.run(ms(1_000));
    assert_eq!((rig.session.playback.idle(), hung_up(&rig)), (true, 0));
    rig.run_until_quiet();
    assert_eq!((hung_up(&rig), rig.asked().last().unwrap().as_str()), (0, "…"));
}

#[test]
fn a_short_bye_at_its_end_does_not_keep_the_line() {
    let mut rig = saying_goodbye();
    rig.callee_says(ms(2_000), ms(500), "Bye.");
    assert_eq!(rig.run_to_end().ended_reason, EndedReason::AgentHungUp);
}

#[test]
fn a_goodbye_is_not_undone_for_ever() {
    let mut rig = saying_goodbye();
    for _ in 0..3 {
        rig.callee_says(ms(0), ms(3_000), "Wait, wait, wait, one thing more.");
        rig.replies.push_back(says("Goodbye now.").lasting(3_000).with("end_call", "{}"));
        rig.run(ms(4_500));
    }
    assert_eq!(rig.run_to_end().ended_reason, EndedReason::AgentHungUp);
    let clears = rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Clear)));
    assert_eq!((clears, rig.asked().len()), (2, 4), "the third goodbye is the last");
}

#[test]
fn an_end_without_a_word_says_goodbye_first() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("").with("end_call", "{}"));
    rig.callee_says(ms(100), ms(1_000), "That's all set.");
    rig.run_to_end();
    assert_eq!(rig.asked()[2..], ["Thank you very much for your help. Goodbye."]);
}

#[test]
fn a_goodbye_just_said_is_not_said_twice() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Thank you, goodbye!"));
    rig.replies.push_back(says("").with("end_call", "{}"));
    rig.callee_says(ms(100), ms(1_000), "That's all set.");
    rig.run_until_quiet();
    rig.callee_says(ms(100), ms(500), "Bye.");
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, rig.asked().len()), (EndedReason::AgentHungUp, 3));
}

#[test]
fn a_goodbye_that_is_never_said_does_not_hold_the_line() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("").with("end_call", "{}"));
    rig.replies.extend([super::rig::Reply { mute: true, ..says("") }, super::rig::Reply { mute: true, ..says("") }]);
    rig.callee_says(ms(100), ms(1_000), "That's all set.");
    let before = rig.now;
    let result = rig.run_to_end();
    assert_eq!(result.ended_reason, EndedReason::AgentHungUp);
    assert!(rig.when(|o| matches!(o, Output::HangUp)).unwrap() - before < ms(17_500));
}

#[test]
fn silence_is_asked_into_once_and_then_ends_the_call() {
    let mut rig = Rig::opened();
    let result = rig.run_to_end();
    assert_eq!(rig.asked()[1..], ["Hello, are you still there?", "I can't hear you, so I will hang up now. Goodbye."]);
    assert_eq!(result.ended_reason, EndedReason::Silence);
    assert!((33..50).contains(&result.duration), "{}", result.duration);
}

#[test]
fn a_callee_who_comes_back_is_not_hung_up_on() {
    let mut rig = Rig::opened();
    rig.run(ms(17_000));
    rig.callee_says(ms(0), ms(800), "Yes, sorry.");
    rig.run(ms(14_000));
    assert_eq!((rig.asked().len(), hung_up(&rig)), (3, 0));
    rig.run(ms(4_000));
    assert_eq!(rig.asked()[3..], ["Hello, are you still there?"]);
}

#[test]
fn a_word_during_the_goodbye_over_silence_keeps_the_call() {
    let mut rig = Rig::opened();
    while rig.asked().len() < 3 {
        rig.run(ms(50));
    }
    rig.callee_says(ms(500), ms(800), "Yes I am here!");
    rig.run(ms(5_000));
    assert_eq!((hung_up(&rig), rig.asked().last().unwrap().as_str()), (0, "…"));
}

#[test]
fn the_longest_time_ends_with_a_goodbye() {
    let mut config = config();
    config.limits.call_max_s = 40;
    let mut rig = Rig::answered_with(config);
    rig.plan(ms(21_000), "", Input::Tick);
    for at in [1_000, 8_000, 15_000, 22_000] {
        rig.callee_says(ms(at), ms(1_000), "And then?");
    }
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.status), (EndedReason::TimeLimit, Disposition::Completed));
    assert_eq!(rig.asked().last().unwrap(), "I am sorry, I have to end the call now. Thank you, and goodbye.");
    assert!((30..38).contains(&result.duration), "{}", result.duration);
}

#[test]
fn hold_music_does_not_hold_the_call() {
    let mut config = config();
    config.limits.call_max_s = 60;
    let mut rig = Rig::answered_with(config);
    rig.callee_says(ms(1_000), ms(600_000), "♪");
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, hung_up(&rig)), (EndedReason::TimeLimit, 1));
    assert_eq!(rig.asked(), ["I am sorry, I have to end the call now. Thank you, and goodbye."]);
    assert!((55..=61).contains(&result.duration), "{}", result.duration);
}

#[test]
fn an_endless_answer_does_not_hold_the_call() {
    let mut config = config();
    config.limits.call_max_s = 30;
    let mut rig = Rig::answered_with(config);
    rig.replies.push_back(says("Well, ").lasting(100_000));
    let result = rig.run_to_end();
    assert_eq!(result.ended_reason, EndedReason::TimeLimit);
    assert!(result.duration <= 31, "{}", result.duration);
    assert_eq!(rig.asked().len(), 2, "there was no goodbye");
}

#[test]
fn the_user_hangs_up_at_once() {
    let mut rig = saying_goodbye();
    rig.input(Input::HangUp { by: HangUpBy::User });
    rig.input(Input::HangUp { by: HangUpBy::User });
    assert_eq!((hung_up(&rig), rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Clear)))), (1, 1));
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.status), (EndedReason::UserHungUp, Disposition::Completed));
    assert_eq!(result.outcome.status, OutcomeStatus::Unknown);
}

#[test]
fn a_hang_up_that_is_not_confirmed_is_told() {
    let mut rig = Rig::opened();
    rig.carrier.confirms_hang_up = false;
    rig.input(Input::HangUp { by: HangUpBy::Shutdown });
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, hung_up(&rig)), (EndedReason::Shutdown, 1));
    assert!(result.error_message.unwrap().ends_with("the carrier did not confirm that the call has ended"));
}

fn after(input: Input) -> (CallResult, usize) {
    let mut rig = Rig::opened();
    rig.input(input);
    let result = rig.run_to_end();
    (result, hung_up(&rig))
}

#[test]
fn the_callee_hangs_up() {
    let mut rig = Rig::opened();
    rig.input(Input::StreamStopped);
    rig.run(ms(500));
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.status, hung_up(&rig)), (EndedReason::CalleeHungUp, Disposition::Completed, 0));
    assert_eq!(result.summary, "The callee hung up after 7 s. The agent did not report an outcome.");
}

/// Nobody reports on a callee who says it all, says goodbye and hangs up.
#[test]
fn a_callee_who_tells_everything_and_hangs_up_has_told_it() {
    let mut config = config();
    let wanted = |name: &str| FactWanted { name: name.into(), question: "Which?".into(), kind: None };
    config.briefing.facts_wanted = vec![wanted("total"), wanted("ready_time")];
    let mut rig = Rig::answered_with(config);
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
    rig.run_until_quiet();
    rig.callee_says(ms(0), ms(2_000), "Your total is $22.50 and it will be ready in 25 minutes. Goodbye.");
    rig.run(ms(2_300));
    rig.input(Input::StreamStopped);
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.outcome.status), (EndedReason::CalleeHungUp, OutcomeStatus::Achieved));
    assert!(result.outcome.facts.iter().all(|fact| fact.evidence.is_some()), "{:?}", result.outcome.facts);
    assert!(result.summary.ends_with("By then they had told everything that was wanted."), "{}", result.summary);
}

#[test]
fn a_stopped_stream_without_another_word_is_hung_up() {
    let (result, hang_ups) = after(Input::StreamStopped);
    assert_eq!((result.ended_reason, hang_ups, result.error_message), (EndedReason::CalleeHungUp, 1, None));
}

#[test]
fn a_stream_that_cannot_be_used_is_hung_up() {
    let (result, hang_ups) = after(Input::StreamRefused { message: "flood".into() });
    assert_eq!((result.ended_reason, result.status, hang_ups), (EndedReason::CarrierLost, Disposition::Completed, 1));
    assert_eq!(result.error_message.as_deref(), Some("the carrier's media stream could not be used: flood"));
}

#[test]
fn a_call_whose_model_refuses_it_is_hung_up() {
    let (result, hang_ups) = after(Input::VoiceLost { trouble: crate::Trouble::Refused, message: "reset".into() });
    assert_eq!((result.ended_reason, result.status, hang_ups), (EndedReason::VoiceLost, Disposition::Completed, 1));
    assert_eq!(result.error_message.as_deref(), Some("the realtime model was lost: reset"));
}

#[test]
fn the_callees_last_words_are_waited_for() {
    let mut rig = Rig::opened();
    rig.callee_says(ms(0), ms(1_000), "It's twenty dollars, bye.");
    rig.run(ms(1_370));
    rig.input(Input::StreamStopped);
    rig.over(Disposition::Completed);
    assert!(rig.ended.is_none());
    rig.run(ms(1_600));
    let result = rig.ended.unwrap();
    assert_eq!(result.transcript.last().unwrap().text, "It's twenty dollars, bye.");
}

#[test]
fn nothing_happens_after_the_end() {
    let mut rig = Rig::opened();
    rig.input(Input::StreamStopped);
    rig.over(Disposition::Completed);
    rig.run_to_end();
    let outputs = rig.log.len();
    rig.over(Disposition::Completed);
    rig.input(Input::VoiceLost { trouble: crate::Trouble::Connection, message: String::new() });
    rig.input(Input::HangUp { by: HangUpBy::User });
    assert_eq!((rig.log.len(), rig.session.wake_at()), (outputs, None));
}
