//! Dialling, ringing, answer: what the carrier says and what it leaves out.

use super::rig::{Rig, ms};
use crate::{CallProgress, HangUpBy, Input, Output};
use types::{CallResult, CallStage, Disposition, EndedReason, OutcomeStatus};

fn dialling() -> Rig {
    let mut rig = Rig::new();
    rig.input(Input::VoiceReady);
    rig
}

fn ringing() -> Rig {
    let mut rig = dialling();
    rig.dialled();
    rig.progress(CallProgress::Ringing);
    rig.run(ms(3_000));
    rig
}

fn counts(rig: &Rig) -> (usize, usize, usize) {
    let closed = rig.count(|o| matches!(o, Output::CloseVoice));
    (rig.count(|o| matches!(o, Output::Dial)), rig.count(|o| matches!(o, Output::HangUp)), closed)
}

fn told(result: &CallResult) -> (Disposition, EndedReason) {
    (result.status, result.ended_reason)
}

#[test]
fn nothing_is_dialled_without_a_model() {
    let mut rig = Rig::new();
    rig.input(Input::VoiceLost { trouble: crate::Trouble::Connection, message: "connection refused".into() });
    let result = rig.ended.clone().unwrap();
    assert_eq!((told(&result), counts(&rig).0), ((Disposition::Failed, EndedReason::VoiceLost), 0));
    assert_eq!(rig.stages(), [CallStage::Queued, CallStage::Ended]);
    assert_eq!(result.summary, "The call could not be made: the realtime model could not be reached: connection refused.");
}

#[test]
fn a_model_that_does_not_open_is_given_up_after_ten_seconds() {
    let mut rig = Rig::new();
    rig.run(ms(9_900));
    assert!(rig.ended.is_none());
    rig.run(ms(200));
    assert_eq!((told(rig.ended.as_ref().unwrap()), counts(&rig)), ((Disposition::Failed, EndedReason::VoiceLost), (0, 0, 1)));
    rig.input(Input::VoiceReady);
    assert_eq!(counts(&rig).0, 0);
}

#[test]
fn a_refused_call_was_not_dialled() {
    let mut rig = dialling();
    rig.input(Input::DialRefused { message: "the number is not valid".into() });
    let result = rig.run_to_end();
    assert_eq!((told(&result), counts(&rig)), ((Disposition::Failed, EndedReason::CarrierRefused), (1, 0, 1)));
    assert_eq!((result.error_message.as_deref(), result.duration), (Some("the number is not valid"), 0));
    assert_eq!(result.outcome.status, OutcomeStatus::NotAchieved);
}

#[test]
fn a_call_that_may_have_been_placed_is_unknown() {
    let mut rig = dialling();
    rig.input(Input::DialUnknown { message: "the carrier timed out".into() });
    let result = rig.run_to_end();
    assert_eq!((told(&result).0, result.outcome.status), (Disposition::Unknown, OutcomeStatus::Unknown));
    assert!(result.summary.contains("It has not been dialled again."));
}

#[test]
fn a_call_that_is_there_was_not_refused() {
    let mut rig = dialling();
    rig.start_stream();
    rig.input(Input::DialUnknown { message: "the carrier timed out".into() });
    rig.input(Input::DialRefused { message: "no".into() });
    assert!(rig.ended.is_none());
}

#[test]
fn the_carriers_word_is_taken_for_calls_that_reach_nobody() {
    for (disposition, summary) in [
        (Disposition::Busy, "The line was busy."),
        (Disposition::NoAnswer, "Nobody answered."),
        (Disposition::Failed, "The call could not be connected."),
        (Disposition::Canceled, "The call was stopped before anybody answered."),
    ] {
        let mut rig = ringing();
        rig.over(disposition);
        let result = rig.run_to_end();
        assert_eq!(told(&result), (disposition, EndedReason::NotConnected));
        assert_eq!((result.summary.as_str(), result.duration, counts(&rig).1), (summary, 0, 0));
        assert_eq!(result.outcome.status, OutcomeStatus::NotAchieved);
    }
}

#[test]
fn a_call_that_rings_for_ever_is_hung_up_as_unanswered() {
    let mut rig = ringing();
    rig.run(ms(30_000));
    assert!(rig.ended.is_none(), "the carrier's own timeout comes first");
    let result = rig.run_to_end();
    assert_eq!((told(&result), counts(&rig)), ((Disposition::NoAnswer, EndedReason::NotConnected), (1, 1, 1)));
}

#[test]
fn stages_are_told_once_and_in_order() {
    let mut rig = ringing();
    for progress in [CallProgress::InProgress, CallProgress::Ringing, CallProgress::Initiated, CallProgress::InProgress] {
        rig.progress(progress);
    }
    rig.start_stream();
    rig.input(Input::StreamStarted);
    rig.over(Disposition::Completed);
    use CallStage::{Connected, Dialling, Ended, Queued, Ringing};
    assert_eq!(rig.stages(), [Queued, Dialling, Ringing, Connected, Ended]);
}

#[test]
fn a_busy_line_is_never_told_as_ringing() {
    let mut rig = dialling();
    rig.dialled();
    rig.over(Disposition::Busy);
    assert_eq!(rig.stages(), [CallStage::Queued, CallStage::Dialling, CallStage::Ended]);
}

#[test]
fn an_answered_call_without_a_stream_is_hung_up() {
    let mut rig = ringing();
    rig.progress(CallProgress::InProgress);
    let result = rig.run_to_end();
    assert_eq!((told(&result), counts(&rig).1), ((Disposition::Completed, EndedReason::CarrierLost), 1));
    assert!(result.error_message.unwrap().contains("never came"));
}

#[test]
fn a_completed_call_whose_answer_was_never_told_was_answered() {
    let mut rig = ringing();
    rig.progress(CallProgress::Over { disposition: Disposition::Completed, duration_s: Some(2) });
    let result = rig.run_to_end();
    assert_eq!((told(&result), result.duration), ((Disposition::Completed, EndedReason::CalleeHungUp), 2));
    assert_eq!(result.summary, "The call was answered and ended before anything could be said.");
}

#[test]
fn a_user_may_hang_up_at_any_moment_before_the_answer() {
    let mut rig = Rig::new();
    rig.input(Input::HangUp { by: HangUpBy::User });
    assert_eq!((told(&rig.run_to_end()), counts(&rig)), ((Disposition::Canceled, EndedReason::UserHungUp), (0, 0, 1)));

    let mut rig = ringing();
    rig.input(Input::HangUp { by: HangUpBy::User });
    assert_eq!((told(&rig.run_to_end()), counts(&rig)), ((Disposition::Canceled, EndedReason::UserHungUp), (1, 1, 1)));
}

#[test]
fn a_hang_up_while_dialling_waits_for_the_call_it_must_end() {
    let mut rig = dialling();
    rig.input(Input::HangUp { by: HangUpBy::User });
    rig.run(ms(5_000));
    assert_eq!((counts(&rig).1, rig.ended.is_some()), (0, false));
    rig.dialled();
    assert_eq!(counts(&rig).1, 1);
    assert_eq!(told(&rig.run_to_end()), (Disposition::Canceled, EndedReason::UserHungUp));

    let mut rig = dialling();
    rig.input(Input::HangUp { by: HangUpBy::User });
    rig.input(Input::DialRefused { message: "no".into() });
    assert_eq!(told(&rig.run_to_end()), (Disposition::Canceled, EndedReason::UserHungUp));
}

#[test]
fn a_shell_that_never_tells_of_the_dialling_does_not_hold_the_session() {
    let mut rig = dialling();
    let result = rig.run_to_end();
    assert_eq!(told(&result).0, Disposition::Unknown);
    assert!(rig.now < ms(95_000));
}

#[test]
fn the_carriers_duration_is_taken() {
    let mut rig = Rig::opened();
    rig.progress(CallProgress::Over { disposition: Disposition::Completed, duration_s: Some(77) });
    assert_eq!(rig.run_to_end().duration, 77);
}

#[test]
fn a_call_without_a_name_waits_for_it_a_moment() {
    let mut rig = dialling();
    rig.over(Disposition::Busy);
    assert!(rig.ended.is_none());
    rig.run(ms(200));
    rig.dialled();
    assert_eq!(rig.ended.unwrap().call_sid.unwrap().as_str(), "CA1");
}

#[test]
fn a_callee_who_picks_up_while_we_hang_up_is_not_denied() {
    let mut rig = ringing();
    rig.input(Input::VoiceLost { trouble: crate::Trouble::Refused, message: "it has said nothing for 3 s".into() });
    rig.progress(CallProgress::InProgress);
    rig.input(Input::Progress(CallProgress::Over { disposition: Disposition::Completed, duration_s: Some(2) }));
    let result = rig.run_to_end();
    assert_eq!((result.status, result.ended_reason, result.duration), (Disposition::Completed, EndedReason::VoiceLost, 2));
}
