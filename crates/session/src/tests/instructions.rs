//! The user types an instruction in mid-call. The naive way has the model speak at once, over whoever is speaking.

use super::rig::{Rig, ms, says};
use crate::{CallProgress, Input, Output, VoiceCommand};
use types::{CallEvent, briefing};

const WORDS: &str = "ask if they have gluten-free";

fn instruct(rig: &mut Rig, id: &str) {
    rig.input(Input::Instruction { id: id.into(), text: WORDS.into() });
}

fn responses(rig: &Rig) -> usize {
    rig.count(|o| matches!(o, Output::Voice(VoiceCommand::CreateResponse { .. })))
}

#[test]
fn an_instruction_is_told_to_the_model_and_recorded_once() {
    let mut rig = Rig::opened();
    instruct(&mut rig, "n1");
    instruct(&mut rig, "n1");
    assert_eq!(rig.notes(), [briefing::instruct(WORDS)]);
    assert_eq!(rig.events().filter(|event| matches!(event, CallEvent::Instruction { text, .. } if text == WORDS)).count(), 1);
}

#[test]
fn an_instruction_does_not_cut_the_callee_off() {
    let mut rig = Rig::opened();
    rig.callee_says(ms(100), ms(6_000), "Well, we have a lot of things, let me see.");
    rig.run(ms(1_000));
    let before = responses(&rig);
    instruct(&mut rig, "n1");
    rig.run(ms(5_000));
    assert_eq!((responses(&rig), rig.truncated_at().len()), (before, 0), "the callee is speaking");
    rig.replies.push_back(says("Do you have gluten-free?"));
    rig.run_until_quiet();
    assert_eq!(responses(&rig), before + 1, "it is carried out with the answer that is due anyway");
    rig.run(ms(5_000));
    assert_eq!(responses(&rig), before + 1, "and not once more");
}

#[test]
fn an_instruction_does_not_cut_the_agent_off() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("One large pepperoni pizza for delivery please.").lasting(6_000));
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    rig.run(ms(3_000));
    instruct(&mut rig, "n1");
    rig.run(ms(1_000));
    assert_eq!(rig.count(|o| matches!(o, Output::Voice(VoiceCommand::CancelResponse { .. }))), 0);
}

#[test]
fn into_a_silence_it_is_carried_out_after_a_moment() {
    let mut rig = Rig::opened();
    rig.run(ms(1_000));
    let before = responses(&rig);
    instruct(&mut rig, "n1");
    rig.run(ms(2_900));
    assert_eq!(responses(&rig), before);
    rig.run(ms(200));
    assert_eq!(responses(&rig), before + 1);
}

#[test]
fn an_instruction_comes_after_the_disclosure() {
    let mut rig = Rig::answered();
    instruct(&mut rig, "n1");
    rig.callee_says(ms(300), ms(1_000), "Hello?");
    rig.run_until_quiet();
    assert!(rig.asked()[0].starts_with("Hello, this is an AI assistant"), "{:?}", rig.asked());
    rig.run(ms(3_100));
    assert_eq!(rig.asked()[1..], ["…"]);
}

#[test]
fn an_instruction_before_the_model_is_there_is_not_lost() {
    let mut rig = Rig::new();
    instruct(&mut rig, "n1");
    assert_eq!(rig.notes(), Vec::<String>::new());
    rig.input(Input::VoiceReady);
    assert_eq!(rig.notes(), [briefing::instruct(WORDS)]);
}

#[test]
fn an_instruction_outlives_the_process_that_took_it() {
    let mut rig = Rig::opened();
    instruct(&mut rig, "n1");
    let mut rig = rig.killed_and_taken_up(ms(3_000), Some(CallProgress::InProgress));
    rig.input(Input::VoiceReady);
    assert_eq!(rig.notes(), [briefing::instruct(WORDS)]);
    instruct(&mut rig, "n1");
    assert_eq!(rig.notes().len(), 1, "a repeat after the break is harmless, too");
}

#[test]
fn instructions_without_end_are_not_taken() {
    let mut rig = Rig::opened();
    for number in 0..30 {
        instruct(&mut rig, &format!("n{number}"));
    }
    assert_eq!((rig.notes().len(), rig.session.takes_instructions()), (20, false));
}
