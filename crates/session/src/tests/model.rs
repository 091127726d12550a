//! What goes wrong at the model.

use super::rig::{Reply, Rig, ms, says};
use crate::{Input, Output, ResponseStatus, VoiceCommand};
use types::{Disposition, EndedReason, Usage};

fn mute() -> Reply {
    Reply { mute: true, ..says("") }
}

fn failed() -> Reply {
    Reply { status: Some(ResponseStatus::Failed), ..says("") }
}

#[test]
fn an_answer_that_never_begins_is_asked_for_once_more() {
    let mut rig = Rig::opened();
    rig.replies.extend([mute(), says("Sorry, yes.")]);
    rig.callee_says(ms(100), ms(1_000), "Hello?");
    rig.run(ms(13_000));
    rig.run_until_quiet();
    assert_eq!(rig.asked()[1..], ["…", "…"]);
    assert!(rig.ended.is_none());
}

#[test]
fn a_model_that_never_answers_is_lost() {
    let mut rig = Rig::opened();
    rig.reopens = None;
    rig.replies.extend([mute(), mute()]);
    rig.callee_says(ms(100), ms(1_000), "Hello?");
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.status), (EndedReason::VoiceLost, Disposition::Completed));
    assert_eq!(rig.count(|o| matches!(o, Output::HangUp)), 1);
}

#[test]
fn a_failed_answer_is_asked_for_once_more_and_the_cause_is_told() {
    let mut rig = Rig::opened();
    rig.reopens = None;
    rig.replies.extend([failed(), failed()]);
    rig.callee_says(ms(100), ms(1_000), "Hello?");
    rig.plan(ms(1_500), "", Input::VoiceError { code: Some("rate_limit".into()), message: "too many requests".into() });
    let result = rig.run_to_end();
    assert_eq!(result.error_message.as_deref(), Some("the realtime model was lost: it did not answer: too many requests"));
}

#[test]
fn an_answer_that_never_ends_is_cancelled() {
    let mut rig = Rig::opened();
    rig.replies.extend([says("Hm.").after(100_000), says("Yes.")]);
    rig.callee_says(ms(100), ms(1_000), "Hello?");
    rig.run(ms(64_000));
    rig.run_until_quiet();
    assert_eq!(rig.count(|o| matches!(o, Output::Voice(VoiceCommand::CancelResponse { .. }))), 1);
    assert_eq!(rig.asked()[1..], ["…", "…"]);
}

#[test]
fn an_empty_answer_keeps_listening() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says(""));
    rig.callee_says(ms(100), ms(1_000), "We are open until nine.");
    rig.run(ms(10_000));
    assert_eq!(rig.asked()[1..], ["…"]);
    rig.run(ms(8_000));
    assert_eq!(rig.asked()[2..], ["Hello, are you still there?"]);
    rig.over(Disposition::Completed);
    assert!(rig.run_to_end().turn_latency_ms.iter().all(|ms| *ms < 5_000), "a question into silence is no answer");
}

#[test]
fn a_model_that_does_not_open_the_call_is_lost() {
    let mut rig = Rig::answered();
    rig.replies.extend([says(""), says(""), says("")]);
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, rig.asked().len()), (EndedReason::VoiceLost, 3));
}

#[test]
fn cancelling_what_is_over_does_no_harm() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Hm.").after(5_000));
    rig.callee_says(ms(100), ms(1_000), "Hello?");
    rig.run(ms(2_000));
    rig.callee_says(ms(0), ms(1_000), "Anybody?");
    rig.run(ms(265));
    let error = |code: &str| Input::VoiceError { code: Some(code.into()), message: "no".into() };
    rig.input(error("response_cancel_not_active"));
    rig.run(ms(3_000));
    rig.run_until_quiet();
    assert_eq!(rig.asked()[1..], ["…", "…"]);
}

#[test]
fn late_audio_of_a_cancelled_answer_is_not_taken_for_the_next() {
    let mut rig = Rig::opened();
    rig.replies.extend([says("Hm.").after(5_000), mute()]);
    rig.callee_says(ms(100), ms(1_000), "Hello?");
    rig.run(ms(2_000));
    rig.callee_says(ms(0), ms(1_000), "Anybody?");
    rig.model_forgets();
    rig.run(ms(1_400));
    assert_eq!(rig.asked()[1..], ["…", "…"]);
    let sent = rig.carrier.bytes_sent;
    let (response_id, item_id) = ("resp2".to_owned(), "agent2".to_owned());
    rig.input(Input::AgentAudio { response_id, item_id, content_index: 0, audio: vec![0; 800].into() });
    rig.run(ms(500));
    assert_eq!(rig.carrier.bytes_sent, sent);
}

#[test]
fn speech_that_comes_from_nowhere_is_answered_with_what_came_before() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Hm.").after(2_000));
    rig.callee_says(ms(100), ms(1_000), "Hello?");
    rig.run(ms(2_000));
    rig.input(Input::SpeechCommitted { item_id: "more".into(), previous_item_id: None });
    assert_eq!(rig.count(|o| matches!(o, Output::Voice(VoiceCommand::CancelResponse { .. }))), 1);
    rig.run_until_quiet();
    assert_eq!(rig.asked()[1..], ["…", "…"]);
}

#[test]
fn speech_that_never_becomes_a_turn_does_not_mute_the_agent() {
    let mut rig = Rig::answered();
    rig.run(ms(500));
    rig.input(Input::SpeechStarted { item_id: "lost".into(), audio_start_ms: 400 });
    rig.run(ms(1_000));
    rig.input(Input::SpeechStopped { item_id: "lost".into(), audio_end_ms: 1_200 });
    rig.stop_frames();
    rig.run(ms(2_400));
    assert_eq!(rig.asked().len(), 0);
    rig.run(ms(200));
    assert_eq!(rig.asked().len(), 1);
}

#[test]
fn an_end_that_a_cancelled_answer_asked_for_is_off() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Hm.").after(5_000));
    rig.callee_says(ms(100), ms(1_000), "Hello?");
    rig.run(ms(2_000));
    rig.callee_says(ms(0), ms(1_000), "Anybody?");
    rig.run(ms(265));
    let (response_id, call_id, name) = ("resp2".to_owned(), "t".to_owned(), "end_call".to_owned());
    rig.input(Input::ToolCall { response_id, call_id, name, arguments: "{}".into() });
    assert!(rig.tool_results()[0].contains("not ended"));
    rig.run_until_quiet();
    assert_eq!(rig.count(|o| matches!(o, Output::HangUp)), 0);
}

#[test]
fn a_response_that_stands_in_the_way_is_waited_for() {
    let mut rig = Rig::opened();
    rig.replies.extend([mute(), says("Yes.")]);
    rig.callee_says(ms(100), ms(1_000), "Hello?");
    rig.run(ms(1_600));
    let code = Some("conversation_already_has_active_response".to_owned());
    rig.input(Input::VoiceError { code, message: "busy".into() });
    rig.run(ms(2_000));
    assert_eq!(rig.asked()[1..], ["…"], "it asked again at once");
    let ended = Input::ResponseEnded { response_id: "other".into(), status: ResponseStatus::Completed, usage: Usage::default() };
    rig.input(ended);
    assert_eq!(rig.asked()[1..], ["…", "…"]);
}

#[test]
fn what_was_counted_is_counted_once() {
    let mut rig = Rig::opened();
    let usage = Usage { input_text_tokens: 5, ..Usage::default() };
    for _ in 0..2 {
        let status = ResponseStatus::Completed;
        rig.input(Input::ResponseEnded { response_id: "x".into(), status, usage });
    }
    rig.over(Disposition::Completed);
    let sum = rig.run_to_end().usage;
    assert_eq!((sum.input_text_tokens, sum.output_audio_tokens), (5, 10));
}
