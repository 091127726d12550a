//! The way of a call that goes well.

use super::rig::{Rig, ms, says};
use crate::{CallProgress, CarrierCommand, Output, VoiceCommand};
use types::{CallEvent, CallStage, Disposition, EndedReason, OutcomeStatus, Speaker};

const REPORT: &str = r#"{"status":"achieved","summary":"A large pepperoni pizza was ordered.",
    "facts":[{"name":"total","value":"$18.50","quote":"your total is eighteen fifty"},
             {"name":"ready_time","value":"40 minutes","quote":"forty minutes"}]}"#;

#[test]
fn a_pizza_is_ordered() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Pepperoni please."));
    rig.callee_says(ms(100), ms(1_000), "Sure, what would you like?");
    rig.run_until_quiet();
    rig.replies.push_back(says("").with("report_outcome", REPORT));
    rig.replies.push_back(says("Thank you, goodbye!").with("end_call", "{}"));
    rig.callee_says(ms(100), ms(2_000), "Okay, your total is eighteen fifty.");
    let result = rig.run_to_end();

    assert_eq!((result.status, result.ended_reason), (Disposition::Completed, EndedReason::AgentHungUp));
    assert_eq!(
        (result.outcome.status, result.summary.as_str()),
        (OutcomeStatus::Achieved, "A large pepperoni pizza was ordered.")
    );
    assert_eq!(result.outcome.facts[0].evidence.as_ref().unwrap().quote, "your total is eighteen fifty");
    assert_eq!(result.outcome.facts[1].evidence, None, "nobody said forty minutes");
    assert_eq!(rig.asked()[1..], ["…", "…", "…"]);
    use CallStage::{Connected, Dialling, Ended, Queued, Ringing};
    assert_eq!(rig.stages(), [Queued, Dialling, Ringing, Connected, Ended]);
    let speakers: Vec<Speaker> = result.transcript.iter().map(|line| line.speaker).collect();
    use Speaker::{Agent, Callee};
    assert_eq!(speakers, [Callee, Agent, Callee, Agent, Callee, Agent]);
    assert!(result.transcript.iter().all(|line| line.text == line.heard && !line.interrupted));
    assert_eq!((result.usage.output_audio_tokens, result.turn_latency_ms.len()), (40, 3));
    assert!(result.turn_latency_ms.iter().all(|ms| (500..1_000).contains(ms)), "{:?}", result.turn_latency_ms);
    assert!(result.disclosed_at_ms.is_some() && result.error_message.is_none());
}

#[test]
fn the_model_is_there_before_the_phone_rings() {
    let mut rig = Rig::new();
    assert!(matches!(rig.log[0].1, Output::OpenVoice { .. }));
    rig.run(ms(5_000));
    assert_eq!(rig.count(|o| matches!(o, Output::Dial)), 0);
    rig.input(crate::Input::VoiceReady);
    assert_eq!(rig.count(|o| matches!(o, Output::Dial)), 1);
}

#[test]
fn the_agent_is_silent_while_it_rings_and_lets_the_callee_speak_first() {
    let mut rig = Rig::answered();
    rig.callee_says(ms(2_000), ms(3_000), "Hello, Tony's Pizza, one moment please.");
    rig.run(ms(5_000));
    assert_eq!(rig.asked().len(), 0, "it spoke over the callee");
    rig.run_until_quiet();
    assert_eq!(rig.asked().len(), 1);
    assert!(rig.asked()[0].starts_with("Hello, this is an AI assistant"));
}

#[test]
fn the_agent_opens_when_the_callee_stays_silent() {
    let mut rig = Rig::answered();
    rig.run(ms(2_400));
    assert_eq!(rig.asked().len(), 0);
    rig.run(ms(200));
    assert_eq!(rig.asked().len(), 1);
}

#[test]
fn the_disclosure_counts_when_its_audio_has_been_played() {
    let mut rig = Rig::answered();
    rig.replies
        .push_back(says("Hello, this is an A.I. assistant calling on behalf of Maria Lopez. I want pizza.").lasting(6_000));
    rig.run(ms(2_500 + 6_000));
    let disclosed = rig.when(|o| matches!(o, Output::Event(CallEvent::Disclosed { .. }))).unwrap();
    let first = rig.when(|o| matches!(o, Output::Carrier(CarrierCommand::Audio(_)))).unwrap();
    // Its last letter is at 64 of 79.
    assert!((ms(4_800)..ms(5_600)).contains(&(disclosed - first)), "{:?}", disclosed - first);
}

#[test]
fn the_callees_audio_goes_to_the_model_as_it_is() {
    let rig = {
        let mut rig = Rig::answered();
        rig.run(ms(1_000));
        rig
    };
    let appended = |o: &Output| matches!(o, Output::Voice(VoiceCommand::AppendAudio(audio)) if audio[..] == [0xff; 160]);
    assert_eq!(rig.count(appended), 50);
}

#[test]
fn the_stream_may_start_before_the_carrier_has_answered() {
    let mut rig = Rig::new();
    rig.input(crate::Input::VoiceReady);
    rig.run(ms(300));
    rig.start_stream();
    rig.run(ms(200));
    rig.dialled();
    rig.progress(CallProgress::Ringing);
    rig.progress(CallProgress::InProgress);
    rig.run(ms(100));
    rig.over(Disposition::Completed);
    use CallStage::{Connected, Dialling, Ended, Queued, Ringing};
    assert_eq!(rig.stages(), [Queued, Dialling, Ringing, Connected, Ended]);
    assert_eq!(rig.ended.unwrap().call_sid.unwrap().as_str(), "CA1");
}

#[test]
fn lines_are_in_the_order_in_which_the_speech_began() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("Which one?"));
    rig.callee_says(ms(100), ms(1_000), "We have two.");
    let (sent, began) = (rig.carrier.bytes_sent, rig.now);
    while rig.carrier.bytes_sent == sent {
        rig.run(ms(5));
    }
    // They had begun before the agent did, but it was noticed after.
    let before = rig.stream_ms(began) + 1_400;
    rig.input(crate::Input::SpeechStarted { item_id: "early".into(), audio_start_ms: before });
    rig.input(crate::Input::CalleeText { item_id: "early".into(), text: "Or three.".into(), done: true });
    rig.over(Disposition::Completed);
    let lines = rig.run_to_end().transcript;
    let told: Vec<(&str, u32)> = lines.iter().skip(2).map(|line| (line.text.as_str(), line.line)).collect();
    assert_eq!(told, [("We have two.", 3), ("Or three.", 5), ("Which one?", 4)]);
}
