//! The callee speaks while the agent does.

use super::rig::{Rig, ms, says};
use crate::{CarrierCommand, Input, Output, VoiceCommand};
use types::{AgentState, CallEvent};

fn clears(rig: &Rig) -> usize {
    rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Clear)))
}

fn cancels(rig: &Rig) -> usize {
    rig.count(|o| matches!(o, Output::Voice(VoiceCommand::CancelResponse { .. })))
}

/// The agent has been talking for `time` in an answer that lasts ten seconds.
fn talking_for(time: u64) -> Rig {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("one two three four five six seven eight nine ten").lasting(10_000));
    rig.callee_says(ms(100), ms(1_000), "Tell me all.");
    rig.run(ms(1_400));
    let sent = rig.carrier.bytes_sent;
    while rig.carrier.bytes_sent == sent {
        rig.run(ms(5));
    }
    rig.run(ms(time));
    rig
}

#[test]
fn the_agent_stops_talking_when_it_is_interrupted() {
    let mut rig = talking_for(2_000);
    rig.callee_says(ms(0), ms(1_500), "No, wait!");
    rig.run(ms(620));
    let sent = rig.carrier.bytes_sent;
    assert_eq!((clears(&rig), rig.truncated_at().len()), (1, 1));
    rig.run(ms(1_100));
    assert_eq!(rig.carrier.bytes_sent, sent, "it talks on");
}

#[test]
fn the_truncation_is_at_what_was_heard() {
    let mut rig = talking_for(2_000);
    rig.callee_says(ms(0), ms(1_500), "No, wait!");
    rig.run(ms(620));
    // 2 s and the guard of 580 ms, less what is on its way to the callee and the mark's way back.
    let [at] = rig.truncated_at()[..] else { panic!("{:?}", rig.truncated_at()) };
    assert!((2_420..=2_585).contains(&at), "{at}");
}

#[test]
fn a_finished_response_is_cleared_but_not_cancelled() {
    let mut rig = talking_for(4_000);
    rig.callee_says(ms(0), ms(1_500), "No, wait!");
    rig.run(ms(620));
    assert_eq!((clears(&rig), cancels(&rig)), (1, 0), "the model was done long before");
}

#[test]
fn an_active_response_is_cancelled_and_its_late_audio_dropped() {
    let mut rig = talking_for(500);
    rig.callee_says(ms(0), ms(1_500), "No, wait!");
    rig.run(ms(620));
    assert_eq!((clears(&rig), cancels(&rig)), (1, 1));
    let sent = rig.carrier.bytes_sent;
    let late = || Input::AgentAudio {
        response_id: "resp2".into(),
        item_id: "agent2".into(),
        content_index: 0,
        audio: vec![0x55; 800].into(),
    };
    rig.input(late());
    rig.run(ms(100));
    rig.input(late());
    rig.run(ms(400));
    assert_eq!(rig.carrier.bytes_sent, sent);
}

/// A model makes an answer faster than it is heard. The naive way drops what comes after the cancellation, and the model takes it
/// for said: it never says it again, and believes that the callee knows.
#[test]
fn an_answer_that_was_stopped_before_its_first_sound_is_forgotten_by_the_model_too() {
    let mut rig = talking_for(500);
    rig.callee_says(ms(0), ms(1_500), "No, wait!");
    rig.run(ms(620));
    let late = |item_id: &str| Input::AgentAudio {
        response_id: "resp2".into(),
        item_id: item_id.into(),
        content_index: 0,
        audio: vec![0x55; 800].into(),
    };
    let told = rig.truncated_at();
    rig.input(late("agent2"));
    assert_eq!(rig.truncated_at(), told, "some of it was heard");
    rig.input(late("unheard"));
    rig.input(late("unheard"));
    assert_eq!(rig.truncated_at(), [told, vec![0]].concat(), "once");
}

#[test]
fn the_transcript_keeps_what_was_said_and_what_was_heard() {
    let mut rig = talking_for(4_000);
    rig.callee_says(ms(0), ms(1_500), "No, wait!");
    rig.run_until_quiet();
    rig.over(types::Disposition::Completed);
    let result = rig.run_to_end();
    let line = result.transcript.iter().find(|line| line.interrupted).unwrap();
    assert_eq!(
        (line.text.as_str(), line.heard.as_str()),
        ("one two three four five six seven eight nine ten", "one two three four")
    );
    assert!((4_400..4_700).contains(&(line.end_ms - line.start_ms)), "{line:?}");
}

#[test]
fn the_interruption_is_answered() {
    let mut rig = talking_for(2_000);
    rig.replies.push_back(says("What is it?"));
    rig.callee_says(ms(0), ms(1_500), "No, wait!");
    rig.run(ms(1_700));
    let asked = rig.asked().len();
    rig.run_until_quiet();
    assert_eq!(rig.asked().len(), asked + 1);
}

#[test]
fn stale_mark_after_clear_proves_nothing() {
    let mut rig = talking_for(2_000);
    rig.callee_says(ms(0), ms(1_500), "No, wait!");
    rig.run(ms(620));
    let truncated = rig.truncated_at();
    rig.run(ms(1_000));
    for mark in 1..200 {
        rig.input(Input::MarkReturned { name: format!("m{mark}") });
    }
    assert_eq!(rig.truncated_at(), truncated);
    assert!(rig.session.playback.idle());
    rig.run_until_quiet();
}

#[test]
fn a_short_noise_does_not_stop_the_agent() {
    let mut rig = talking_for(2_000);
    rig.input(Input::SpeechStarted { item_id: "cough".into(), audio_start_ms: 0 });
    rig.run(ms(150));
    rig.input(Input::SpeechStopped { item_id: "cough".into(), audio_end_ms: 100 });
    rig.input(Input::SpeechCommitted { item_id: "cough".into(), previous_item_id: None });
    rig.run(ms(100));
    rig.input(Input::CalleeText { item_id: "cough".into(), text: String::new(), done: true });
    let asked = rig.asked().len();
    rig.run(ms(9_000));
    assert_eq!((clears(&rig), rig.asked().len()), (0, asked));
}

#[test]
fn a_short_word_is_answered_after_the_agent_has_finished() {
    let mut rig = talking_for(2_000);
    rig.input(Input::SpeechStarted { item_id: "eleven".into(), audio_start_ms: 0 });
    rig.run(ms(150));
    rig.input(Input::SpeechStopped { item_id: "eleven".into(), audio_end_ms: 100 });
    rig.input(Input::SpeechCommitted { item_id: "eleven".into(), previous_item_id: None });
    rig.run(ms(100));
    rig.input(Input::CalleeText { item_id: "eleven".into(), text: "Eleven.".into(), done: true });
    let asked = rig.asked().len();
    rig.run(ms(5_000));
    assert_eq!((clears(&rig), rig.asked().len()), (0, asked));
    rig.run(ms(4_000));
    assert_eq!(rig.asked().len(), asked + 1);
}

#[test]
fn a_fragment_and_the_rest_are_answered_once() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("To what?").after(2_000));
    rig.replies.push_back(says("To Main Street."));
    rig.callee_says(ms(100), ms(500), "And where");
    rig.callee_says(ms(1_500), ms(1_000), "do I send it?");
    rig.run_until_quiet();
    assert_eq!((rig.asked().len(), cancels(&rig), clears(&rig)), (3, 1, 0));
    rig.over(types::Disposition::Completed);
    let said: Vec<String> = rig.run_to_end().transcript.into_iter().map(|line| line.text).collect();
    assert_eq!(said.last().map(String::as_str), Some("To Main Street."));
    assert!(!said.contains(&"To what?".to_owned()), "nobody heard that");
}

#[test]
fn an_answer_does_not_begin_over_the_callee() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("To what?").after(900));
    rig.callee_says(ms(100), ms(500), "And where");
    // Its audio comes at 1.8 s, within the guard of this speech.
    rig.callee_says(ms(1_660), ms(1_000), "do I send it?");
    let sent = rig.carrier.bytes_sent;
    rig.run(ms(2_500));
    assert_eq!(rig.carrier.bytes_sent, sent);
    assert_eq!(rig.truncated_at(), [0], "the model must not believe that it was heard");
}

#[test]
fn the_agents_state_is_told_when_it_changes() {
    let mut rig = talking_for(1_000);
    rig.run_until_quiet();
    let states: Vec<AgentState> = rig
        .log
        .iter()
        .filter_map(|(_, output)| if let Output::Event(CallEvent::Agent { state }) = output { Some(*state) } else { None })
        .collect();
    use AgentState::{Listening, Speaking, Thinking};
    assert_eq!(states, [Listening, Thinking, Speaking, Listening, Thinking, Speaking, Listening]);
}
