//! Something is heard while the agent speaks: what stops it, and what does not. The line carries real sounds.

use super::rig::{Rig, ms, says};
use crate::{CarrierCommand, Input, Output, VoiceCommand};
use std::time::Duration;
use types::{CallEvent, Disposition, Overlap, Speaker};

const STORY: &str =
    "I would like to order a large pepperoni pizza with extra cheese and a bottle of water for delivery to Elm Street.";

fn clears(rig: &Rig) -> usize {
    rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Clear)))
}

/// What was taken for what, and whether the agent was stopped by it.
fn taken(rig: &Rig) -> Vec<(Overlap, bool)> {
    let overlap = |output: &Output| {
        let Output::Event(CallEvent::Overlap { taken_for, stopped_agent, .. }) = output else { return None };
        Some((*taken_for, *stopped_agent))
    };
    rig.log.iter().filter_map(|(_, output)| overlap(output)).collect()
}

/// The agent says this for ten seconds, on a line with sounds; two seconds of it have been heard.
fn telling(text: &str) -> Rig {
    let mut rig = Rig::opened();
    (rig.line.on, rig.line.noise) = (true, 30.0);
    rig.replies.push_back(says(text).lasting(10_000));
    rig.callee_says(ms(300), ms(1_000), "Sure, what would you like?");
    rig.run(ms(1_600));
    let sent = rig.carrier.bytes_sent;
    while rig.carrier.bytes_sent == sent {
        rig.run(ms(5));
    }
    rig.run(ms(2_000));
    assert!(taken(&rig).is_empty(), "{:?}", taken(&rig));
    rig
}

/// How long after `began` the agent was stopped.
fn stopped_after(rig: &Rig, began: Duration) -> Option<Duration> {
    rig.when(|o| matches!(o, Output::Carrier(CarrierCommand::Clear))).map(|at| at - began)
}

/// Words of the callee as they are understood so far.
fn partly(rig: &mut Rig, item_id: &str, text: &str) {
    rig.input(Input::CalleeText { item_id: item_id.into(), text: text.into(), done: false });
}

/// Naive: whatever the server takes for speech for 200 ms cuts the agent off.
#[test]
fn mm_hm_neither_cuts_the_agent_off_nor_is_answered() {
    for (sounds, nod) in [(300, "Mm-hm."), (400, "Okay."), (450, "Yeah, right."), (500, "Uh-huh.")] {
        let mut rig = telling(STORY);
        let asked = rig.asked().len();
        rig.callee_says(ms(0), ms(sounds), nod);
        rig.run(ms(12_000));
        assert_eq!((clears(&rig), rig.asked().len()), (0, asked), "{nod}");
        assert_eq!(taken(&rig), [(Overlap::Backchannel, false)], "{nod}");
        rig.over(Disposition::Completed);
        let result = rig.run_to_end();
        assert!(result.transcript.iter().any(|line| line.text == nod && line.speaker == Speaker::Callee), "it is in the record");
        assert!(result.transcript.iter().all(|line| !line.interrupted));
    }
}

/// Naive, the other way: a guard of a second or two against nods, and the agent talks on over who wants to speak.
#[test]
fn real_speech_stops_the_agent_within_half_a_second() {
    for wait in [0, 130, 270, 390] {
        let mut rig = telling(STORY);
        rig.run(ms(wait));
        let began = rig.now;
        rig.callee_says(ms(0), ms(2_000), "We have no pepperoni today, I am afraid.");
        rig.run_until_quiet();
        let after = stopped_after(&rig, began).unwrap();
        assert!((ms(500)..=ms(650)).contains(&after), "{after:?}");
        assert_eq!(taken(&rig), [(Overlap::Interruption, true)]);
        assert_eq!(rig.asked().last().map(String::as_str), Some("…"), "it is answered");
    }
}

/// Naive: sound alone decides, so that "wait" is waited out like "mm-hm".
#[test]
fn wait_stops_the_agent_as_soon_as_it_is_understood() {
    let mut rig = telling(STORY);
    let began = rig.now;
    let item = rig.speech(ms(0), ms(350));
    rig.line.voice(rig.now, ms(350), 3_000.0);
    rig.run(ms(250));
    partly(&mut rig, &item, "Wait");
    assert_eq!(stopped_after(&rig, began), Some(ms(250)));
    rig.run(ms(600));
    rig.input(Input::CalleeText { item_id: item, text: "Wait.".into(), done: true });
    rig.run_until_quiet();
    assert_eq!((clears(&rig), taken(&rig)), (1, vec![(Overlap::Interruption, true)]));
}

/// Naive: a speech that was too short to cut the agent off is forgotten, whatever was said.
#[test]
fn a_short_no_that_is_understood_late_still_stops_the_agent() {
    let mut rig = telling(STORY);
    let asked = rig.asked().len();
    rig.callee_says(ms(0), ms(300), "No, no.");
    rig.run(ms(1_500));
    assert_eq!((clears(&rig), taken(&rig)), (1, vec![(Overlap::Interruption, true)]));
    rig.run_until_quiet();
    assert_eq!(rig.asked().len(), asked + 1, "and is answered once");
}

/// Naive: loudness is speech, so a cough, a slammed door or a passing lorry cuts the agent off.
#[test]
fn a_noise_that_the_server_takes_for_speech_does_not_cut_the_agent_off() {
    let mut rig = telling(STORY);
    let asked = rig.asked().len();
    rig.line.hiss(rig.now, ms(900), 6_000.0);
    let item = rig.speech(ms(0), ms(900));
    rig.run(ms(1_700));
    rig.input(Input::CalleeText { item_id: item, text: String::new(), done: true });
    rig.run(ms(12_000));
    assert_eq!((clears(&rig), rig.asked().len()), (0, asked));
    assert_eq!(taken(&rig), [(Overlap::Noise, false)]);
}

/// Naive: no words, no decision; or the noise is answered with "I did not catch that" when its words never come.
#[test]
fn a_noise_whose_words_never_come_is_a_noise() {
    let mut rig = telling(STORY);
    let asked = rig.asked().len();
    rig.line.hiss(rig.now, ms(600), 6_000.0);
    rig.speech(ms(0), ms(600));
    rig.run(ms(12_000));
    assert_eq!((clears(&rig), rig.asked().len(), taken(&rig)), (0, asked, vec![(Overlap::Noise, false)]));
}

/// Naive: a cough into the silence is a turn, and the agent answers it.
#[test]
fn a_cough_into_the_silence_is_not_answered() {
    let mut rig = Rig::opened();
    (rig.line.on, rig.line.noise) = (true, 30.0);
    rig.run(ms(1_500));
    let asked = rig.asked().len();
    rig.line.hiss(rig.now, ms(300), 6_000.0);
    let item = rig.speech(ms(0), ms(300));
    rig.run(ms(900));
    rig.input(Input::CalleeText { item_id: item, text: String::new(), done: true });
    rig.run(ms(4_000));
    assert_eq!(rig.asked().len(), asked);
}

/// Naive: speech while the agent speaks is the callee's, so the agent interrupts itself, answers its own words, and the line
/// makes its own words a proof.
#[test]
fn an_echo_neither_cuts_the_agent_off_nor_is_answered_nor_recorded() {
    for (delay, by) in [(150, 4), (350, 6), (600, 10)] {
        let mut rig = Rig::opened();
        (rig.line.on, rig.line.noise, rig.line.echo) = (true, 30.0, Some((ms(delay), by)));
        rig.replies.push_back(says(STORY).lasting(6_000));
        rig.callee_says(ms(300), ms(1_000), "Sure, what would you like?");
        rig.run(ms(1_600));
        let sent = rig.carrier.bytes_sent;
        while rig.carrier.bytes_sent == sent {
            rig.run(ms(5));
        }
        let asked = rig.asked().len();
        let item = rig.speech(ms(delay), ms(6_000));
        rig.run(ms(2_500));
        partly(&mut rig, &item, "I would like to order a large");
        rig.run(ms(5_000));
        rig.input(Input::CalleeText { item_id: item, text: "I would like to order a large pepperoni pizza".into(), done: true });
        rig.run(ms(6_000));
        assert_eq!((clears(&rig), rig.asked().len()), (0, asked), "{delay} ms");
        assert_eq!(taken(&rig), [(Overlap::Echo, false)], "{delay} ms");
        rig.over(Disposition::Completed);
        let lines = rig.run_to_end().transcript;
        assert!(!lines.iter().any(|line| line.speaker == Speaker::Callee && line.text.contains("pepperoni")), "{lines:?}");
    }
}

/// Naive: whoever speaks while there is an echo is taken for the echo.
#[test]
fn somebody_who_speaks_over_the_echo_is_heard() {
    let mut rig = telling(STORY);
    rig.line.echo = Some((ms(250), 8));
    rig.speech(ms(0), ms(6_000));
    rig.run(ms(1_500));
    assert_eq!(clears(&rig), 0, "only the echo so far");
    rig.line.voice(rig.now, ms(2_500), 4_000.0);
    rig.run(ms(1_200));
    assert_eq!((clears(&rig), taken(&rig)), (1, vec![(Overlap::Interruption, true)]));
}

/// Naive: "yes" to a question is a nod like any other, and the agent waits for an answer that it has had.
#[test]
fn a_yes_over_the_end_of_a_question_is_an_answer() {
    let mut rig = telling("It is for Maria Lopez, and the address is 12 Elm Street, is that all right with you over there?");
    let asked = rig.asked().len();
    rig.callee_says(ms(5_000), ms(350), "Yes.");
    rig.run_until_quiet();
    assert_eq!((clears(&rig), rig.asked().len()), (0, asked + 1));
    assert_eq!(taken(&rig), [(Overlap::Remark, false)]);
}

/// Naive: what was said over the agent's last words is a nod, and both sides wait.
#[test]
fn who_begins_at_the_agents_last_words_has_taken_a_turn() {
    let mut rig = telling(STORY);
    let asked = rig.asked().len();
    rig.callee_says(ms(7_500), ms(350), "Sure.");
    rig.run_until_quiet();
    assert_eq!((clears(&rig), rig.asked().len()), (0, asked + 1));
}

/// Naive: the answer to a short word over the agent cuts the agent off, or never comes.
#[test]
fn a_short_word_that_is_no_nod_is_answered_when_the_agent_has_finished() {
    let mut rig = telling(STORY);
    let asked = rig.asked().len();
    rig.callee_says(ms(0), ms(350), "Large.");
    rig.run(ms(5_000));
    assert_eq!((clears(&rig), rig.asked().len()), (0, asked));
    rig.run_until_quiet();
    assert_eq!(rig.asked().len(), asked + 1);
    assert_eq!(taken(&rig), [(Overlap::Remark, false)]);
}

/// Naive: after an interruption by nobody the agent is silent until somebody speaks.
#[test]
fn what_stopped_the_agent_by_mistake_does_not_mute_it() {
    let mut rig = telling(STORY);
    let asked = rig.asked().len();
    // Long enough to stop it, and never an item.
    rig.line.voice(rig.now, ms(900), 3_000.0);
    rig.input(Input::SpeechStarted { item_id: "radio".into(), audio_start_ms: 0 });
    rig.run(ms(1_000));
    rig.input(Input::SpeechStopped { item_id: "radio".into(), audio_end_ms: 0 });
    rig.run(ms(1_500));
    rig.run_until_quiet();
    assert_eq!((clears(&rig), rig.asked().len()), (1, asked + 1));
}

/// Naive: both stop, both wait, both begin again, at the same time.
#[test]
fn who_begins_at_the_same_time_as_the_agent_goes_first_and_the_next_time_the_agent_waits_longer() {
    let mut rig = Rig::opened();
    (rig.line.on, rig.line.noise) = (true, 30.0);
    let (mut stopped, mut waited) = (Vec::new(), Vec::new());
    rig.callee_says(ms(300), ms(800), "What would you like?");
    rig.run(ms(1_300));
    for _ in 0..3 {
        rig.replies.push_back(says(STORY).lasting(8_000));
        let (sent, since) = (rig.carrier.bytes_sent, rig.now);
        while rig.carrier.bytes_sent == sent {
            rig.run(ms(5));
        }
        waited.push(rig.now - since);
        let (began, cleared) = (rig.now, clears(&rig));
        rig.callee_says(ms(50), ms(1_200), "And where do I send it to?");
        while clears(&rig) == cleared {
            rig.run(ms(10));
            assert!(rig.now < began + ms(1_000), "nobody yields");
        }
        stopped.push(rig.now - began);
        rig.run(ms(1_300) - (rig.now - began));
    }
    assert!(stopped.iter().all(|after| *after <= ms(420)), "{stopped:?}");
    assert!(waited[1] < waited[2], "{waited:?}");
    rig.replies.push_back(says("To Elm Street."));
    rig.run_until_quiet();
    rig.over(Disposition::Completed);
    let last = rig.run_to_end().transcript.pop().unwrap();
    assert_eq!((last.text.as_str(), last.interrupted), ("To Elm Street.", false), "no answer is lost");
}

/// Naive: each overlap asks for an answer, and the model is asked twice at once or told to cancel what is over.
#[test]
fn many_overlaps_never_make_two_answers() {
    let mut rig = telling(STORY);
    for (at, text) in
        [(0, "Mm-hm."), (900, "Large."), (1_800, "Okay."), (2_700, "Wait."), (4_500, "Sorry, go on."), (6_000, "Yes.")]
    {
        rig.callee_says(ms(at), ms(350), text);
    }
    // The rig fails at two responses at once.
    rig.run_until_quiet();
    let cancels = rig.count(|o| matches!(o, Output::Voice(VoiceCommand::CancelResponse { .. })));
    assert!(cancels <= clears(&rig) + 3, "{cancels}");
}
