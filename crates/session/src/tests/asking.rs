//! The user is asked in mid-call. The naive way answers the tool at once, or blocks the call until the answer is there.

use super::rig::{Rig, config, ms, says};
use crate::{CallProgress, HangUpBy, Input, Output, QuestionStanding, VoiceCommand};
use types::{CallEvent, Disposition, EndedReason, QuestionEnd};

const ASK: &str = r#"{"question":"Thin or thick crust?","choices":["thin","thick"],"time_limit_s":60}"#;
const ONE_MOMENT: &str = "One moment, please, I am just checking.";
const STILL_CHECKING: &str = "I am still checking, one moment please.";

/// A call in which the callee has asked something, and the model, without a word, asks the user.
fn asked() -> Rig {
    asked_with(says("").with("ask_user", ASK))
}

fn asked_with(reply: super::rig::Reply) -> Rig {
    let mut rig = Rig::opened();
    rig.replies.push_back(reply);
    rig.callee_says(ms(100), ms(1_000), "Thin or thick crust?");
    rig.run_until_quiet();
    rig
}

fn answer(rig: &mut Rig, text: &str) {
    rig.input(Input::UserAnswer { id: "q1".into(), text: text.into() });
}

fn closed(rig: &Rig) -> Vec<(QuestionEnd, Option<String>)> {
    let closed = |event: &CallEvent| {
        if let CallEvent::QuestionClosed { how, answer, .. } = event { Some((*how, answer.clone())) } else { None }
    };
    rig.events().filter_map(closed).collect()
}

#[test]
fn the_question_reaches_the_chat_and_the_callee_is_asked_to_wait() {
    let rig = asked();
    let asked = |event: &CallEvent| {
        if let CallEvent::Question { question, until_ms } = event { Some((question.clone(), *until_ms)) } else { None }
    };
    let asked = rig.events().find_map(asked);
    let (question, until_ms) = asked.expect("a durable event, like any other");
    assert_eq!((question.id.as_str(), question.question.as_str()), ("q1", "Thin or thick crust?"));
    assert_eq!((question.choices.len(), question.time_limit_s), (2, 60));
    assert!(until_ms > rig.now.as_millis() as u64);
    assert_eq!(rig.asked()[2..], [ONE_MOMENT], "nobody leaves a callee in silence");
    assert_eq!(rig.tool_results(), Vec::<String>::new(), "the tool's result is the answer, which is not there yet");
}

#[test]
fn a_model_that_has_asked_for_a_moment_itself_is_not_doubled() {
    let rig = asked_with(says("Let me check that for you, one second.").with("ask_user", ASK));
    assert_eq!(rig.asked().len(), 2, "{:?}", rig.asked());
}

#[test]
fn the_answer_goes_to_the_model_which_goes_on() {
    let mut rig = asked();
    rig.replies.push_back(says("Thin, please."));
    answer(&mut rig, "thin");
    rig.run_until_quiet();
    assert_eq!(rig.tool_results(), [r#"{"answer":"thin"}"#]);
    assert_eq!(rig.asked()[3..], ["…"]);
    assert_eq!(closed(&rig), [(QuestionEnd::Answered, Some("thin".into()))]);
    answer(&mut rig, "thin");
    answer(&mut rig, "thick");
    assert_eq!(rig.tool_results().len(), 1, "an answer counts once");
    assert_eq!(rig.session.question_standing("q1"), QuestionStanding::Answered("thin".into()));
    assert_eq!(rig.session.question_standing("q2"), QuestionStanding::Unknown);
}

#[test]
fn an_answer_does_not_cut_the_callee_off() {
    let mut rig = asked();
    rig.callee_says(ms(100), ms(3_000), "And while you check, we also have stuffed crust.");
    rig.run(ms(1_000));
    answer(&mut rig, "thin");
    rig.run(ms(1_000));
    assert_eq!(rig.asked().len(), 3, "the callee is speaking");
    rig.run_until_quiet();
    assert_eq!(rig.asked()[3..], ["…"], "one answer to both");
}

#[test]
fn the_callee_is_not_left_in_silence_while_the_user_thinks() {
    let mut quiet = config();
    quiet.limits.silence_timeout_s = 10;
    let mut rig = Rig::answered_with(quiet);
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
    rig.run_until_quiet();
    rig.replies.push_back(says("").with("ask_user", ASK));
    rig.callee_says(ms(100), ms(1_000), "Thin or thick crust?");
    rig.run_until_quiet();
    rig.run(ms(50_000));
    // The naive way asks "Are you still there?" after ten seconds, and then hangs up on a callee who was asked to wait.
    let asked = rig.asked();
    assert_eq!(asked[2], ONE_MOMENT);
    // Before ten seconds of silence have passed, each time.
    assert!((4..=5).contains(&asked[3..].len()) && asked[3..].iter().all(|words| words == STILL_CHECKING), "{asked:?}");
}

#[test]
fn no_answer_in_time_is_told_to_the_model_and_the_call_goes_on() {
    let mut rig = asked();
    rig.replies.extend(std::iter::repeat_n(says("I am still checking."), 6));
    rig.replies.push_back(says("I could not find out, sorry."));
    rig.run(ms(61_000));
    rig.run_until_quiet();
    assert_eq!(closed(&rig), [(QuestionEnd::TimedOut, None)]);
    assert!(rig.tool_results()[0].contains("no answer came in time"), "{:?}", rig.tool_results());
    assert_eq!(rig.asked().last().map(String::as_str), Some("…"));
    assert!(rig.ended.is_none());
}

#[test]
fn an_answer_that_comes_too_late_is_kept_once_and_changes_nothing() {
    let mut rig = asked();
    rig.run(ms(61_000));
    rig.run_until_quiet();
    let (results, asked) = (rig.tool_results().len(), rig.asked().len());
    answer(&mut rig, "thick");
    answer(&mut rig, "thick");
    rig.run(ms(1_000));
    assert_eq!(closed(&rig)[1..], [(QuestionEnd::TooLate, Some("thick".into()))]);
    assert_eq!((rig.tool_results().len(), rig.asked().len()), (results, asked));
    assert_eq!(rig.session.question_standing("q1"), QuestionStanding::Closed);
    rig.input(Input::HangUp { by: HangUpBy::User });
    let summary = rig.run_to_end().summary;
    assert!(summary.ends_with("An answer of the user came too late; they have not been told it."), "{summary}");
}

#[test]
fn two_questions_at_once_are_one_question() {
    let rig = asked_with(says("One moment.").with("ask_user", ASK).with("ask_user", ASK));
    assert_eq!(rig.events().filter(|event| matches!(event, CallEvent::Question { .. })).count(), 1);
    assert!(rig.tool_results()[0].contains("one question is open already"), "{:?}", rig.tool_results());
}

#[test]
fn the_sixth_question_is_not_asked() {
    let mut rig = Rig::opened();
    for number in 1..=6 {
        rig.replies.push_back(says("One moment.").with("ask_user", ASK));
        rig.callee_says(ms(100), ms(1_000), "And this?");
        rig.run_until_quiet();
        rig.input(Input::UserAnswer { id: format!("q{number}"), text: "yes".into() });
        rig.run_until_quiet();
    }
    assert_eq!(rig.events().filter(|event| matches!(event, CallEvent::Question { .. })).count(), 5);
    assert!(rig.tool_results()[5].contains("often enough"), "{:?}", rig.tool_results());
}

#[test]
fn a_callee_who_has_to_go_is_let_go() {
    let mut rig = asked();
    rig.replies.push_back(says("Of course. Thank you, goodbye.").with("end_call", "{}"));
    rig.callee_says(ms(100), ms(1_000), "Sorry, I have to go.");
    let result = rig.run_to_end();
    assert_eq!(result.ended_reason, EndedReason::AgentHungUp);
    assert_eq!(closed(&rig), [(QuestionEnd::CallEnded, None)]);
}

#[test]
fn a_callee_who_hangs_up_closes_the_question() {
    let mut rig = asked();
    rig.over(Disposition::Completed);
    rig.run_to_end();
    assert_eq!(closed(&rig), [(QuestionEnd::CallEnded, None)], "no card stays open");
    let (closed, ended) =
        (|o: &Output| matches!(o, Output::Event(CallEvent::QuestionClosed { .. })), |o: &Output| matches!(o, Output::Ended(_)));
    assert!(rig.when(closed) <= rig.when(ended));
}

#[test]
fn a_call_at_its_longest_time_waits_for_no_answer() {
    let mut short = config();
    short.limits.call_max_s = 60;
    let mut rig = Rig::answered_with(short);
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
    rig.run_until_quiet();
    rig.replies.push_back(says("One moment.").with("ask_user", ASK));
    rig.callee_says(ms(30_000), ms(1_000), "Thin or thick crust?");
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, closed(&rig)), (EndedReason::TimeLimit, vec![(QuestionEnd::CallEnded, None)]));
}

#[test]
fn a_question_outlives_the_process_that_asked_it() {
    let rig = asked();
    let mut rig = rig.killed_and_taken_up(ms(3_000), Some(CallProgress::InProgress));
    rig.input(Input::VoiceReady);
    rig.start_stream();
    rig.run_until_quiet();
    assert_eq!(rig.notes().len(), 1);
    assert!(rig.notes()[0].contains("Thin or thick crust?") && rig.notes()[0].contains("will be told"), "{:?}", rig.notes());
    answer(&mut rig, "thin");
    rig.run_until_quiet();
    assert!(rig.notes()[1].ends_with("\"thin\""), "a model that has not asked is told both: {:?}", rig.notes());
    assert_eq!((rig.tool_results().len(), closed(&rig).len()), (0, 1));
    assert_eq!(rig.asked().last().map(String::as_str), Some("…"));
}

#[test]
fn a_question_that_ran_out_during_the_break_is_closed() {
    let mut rig = asked().killed_and_taken_up(ms(90_000), Some(CallProgress::InProgress));
    assert_eq!(closed(&rig), [(QuestionEnd::TimedOut, None)]);
    rig.input(Input::VoiceReady);
    assert!(rig.notes()[0].contains("No answer came in time"), "{:?}", rig.notes());
    assert_eq!(rig.count(|o| matches!(o, Output::Voice(VoiceCommand::ToolResult { .. }))), 0);
}
