//! No call outlives its limit, and nobody is hung up on in the middle of a goodbye, whatever happens.

use super::properties::{Watch, cases, inputs, short};
use super::rig::{Reply, Rig, ms, says};
use crate::{CarrierCommand, Input, Output, Tuning};
use proptest::prelude::*;
use std::time::Duration;
use types::{CallSid, EndedReason};

/// The longest that a call with the limits of [`short`] may take from its order to its result: everything that is waited for,
/// one after the other.
fn longest() -> Duration {
    let (limits, tuning) = (short().limits, Tuning::default());
    let ringing = tuning.dial_max.max(Duration::from_secs(u64::from(limits.answer_timeout_s)) + tuning.answer_slack);
    tuning.voice_open_max
        + ringing
        + tuning.stream_wait_max
        + Duration::from_secs(u64::from(limits.call_max_s))
        + tuning.hang_up_confirm_max
        + tuning.settle_max
}

/// Until the carrier cannot hear us any more: how long our audio sounds, as the log tells it.
fn sounds_until(rig: &Rig, until: Duration) -> Duration {
    let mut end = Duration::ZERO;
    for (at, output) in rig.log.iter().filter(|(at, _)| *at <= until) {
        let arrives = *at + rig.carrier.delay;
        match output {
            Output::Carrier(CarrierCommand::Audio(audio)) => {
                end = end.max(arrives) + Duration::from_micros(125 * audio.len() as u64);
            }
            Output::Carrier(CarrierCommand::Clear) => end = arrives,
            Output::Carrier(CarrierCommand::Mark { .. })
            | Output::Voice(_)
            | Output::Event(_)
            | Output::OpenVoice { .. }
            | Output::SwitchVoice
            | Output::CloseVoice
            | Output::Dial
            | Output::HangUp
            | Output::BringBack
            | Output::Ledger(_)
            | Output::Ended(_) => {}
        }
    }
    end
}

/// A model that answers every time, in whole sentences.
fn reply() -> impl Strategy<Value = Reply> {
    let text = prop_oneof![
        4 => Just("All right. And when will it be ready?"),
        1 => Just("Thank you, goodbye."),
    ];
    let tools = prop_oneof![5 => Just(vec![]), 1 => Just(vec![("end_call", "{}".to_owned())])];
    (text, 300_u64..3_000, 100_u64..800, tools)
        .prop_map(|(text, sounds, after, tools)| Reply { tools, ..says(text).lasting(sounds).after(after) })
}

proptest! {
    #![proptest_config(cases(200))]

    /// Not even with a carrier that never confirms, a model that never answers and inputs in any order.
    #[test]
    fn no_call_outlives_its_limit_and_none_is_left_ringing(inputs in inputs()) {
        let mut watch = Watch::new(short());
        let mut answered = None;
        for (pause, input) in inputs {
            watch.run(ms(pause));
            if watch.ended > 0 {
                break;
            }
            watch.input(input);
            let (known, over) = (watch.session.call.known, watch.session.call.over.is_some());
            answered = answered.or(watch.session.call.answered_at);
            // From the limit on we have hung up, or there is nothing known to hang up.
            let late = answered.is_some_and(|at| watch.now > at + Duration::from_secs(60));
            prop_assert!(!late || watch.hang_ups == 1 || !known || over || watch.ended == 1);
        }
        watch.run(longest().saturating_sub(watch.now));
        prop_assert_eq!(watch.ended, 1, "it still goes on after {:?}", watch.now);
        let call = &watch.session.call;
        prop_assert!(!call.known || call.over.is_some() || watch.hang_ups == 1, "left ringing");
    }

    /// When the end is our own, what the agent says last is heard to its end; only the limit itself cuts it off.
    #[test]
    fn nobody_is_hung_up_on_in_the_middle_of_a_goodbye(
        speeches in proptest::collection::vec((0_u64..9_000, 50_u64..6_000), 0..9),
        replies in proptest::collection::vec(reply(), 0..14),
        delay in 5_u64..300,
    ) {
        let mut rig = Rig::answered_with(short());
        rig.carrier.delay = ms(delay);
        rig.replies.extend(replies);
        let (mut at, answered) = (0, rig.now);
        for (pause, sounds) in speeches {
            rig.callee_says(ms(at + pause), ms(sounds), "It is twenty dollars.");
            at += pause + sounds + 400;
        }
        let result = rig.run_to_end();
        let hung_up = rig.when(|o| matches!(o, Output::HangUp)).expect("a call that is alive is hung up");
        prop_assert!(hung_up <= answered + Duration::from_secs(60), "{hung_up:?}");
        // A model that never says that an AI is calling is not gone on with; then there is no goodbye.
        if result.error_message.as_deref() == Some("the realtime model did not say that an AI is calling") {
            return Ok(());
        }
        let ours = matches!(result.ended_reason, EndedReason::AgentHungUp | EndedReason::Silence | EndedReason::TimeLimit);
        prop_assert!(ours, "{:?}", result.ended_reason);
        let cut_off_by_limit = hung_up == answered + Duration::from_secs(60);
        let sounds = sounds_until(&rig, hung_up);
        prop_assert!(cut_off_by_limit || sounds <= hung_up + rig.carrier.delay, "it would sound until {sounds:?}, hung up at {hung_up:?}");
        let asked = rig.asked().iter().any(|words| words.to_lowercase().contains("goodbye"));
        prop_assert!(result.ended_reason == EndedReason::AgentHungUp || asked || cut_off_by_limit, "no goodbye: {:?}", rig.asked());
    }
}

#[test]
fn a_carrier_that_never_confirms_does_not_keep_the_call_alive() {
    let mut watch = Watch::new(short());
    watch.input(Input::VoiceReady);
    watch.input(Input::Dialled { call_sid: CallSid::new("CA1") });
    watch.input(Input::StreamStarted);
    watch.run(longest());
    assert_eq!((watch.ended, watch.hang_ups), (1, 1));
}

/// The grace that the carrier has to say that a callee hung up would reach beyond the call's longest time.
#[test]
fn a_stream_that_stops_just_before_the_limit_gets_no_time_beyond_it() {
    let mut config = short();
    config.limits.call_max_s = 4;
    let mut watch = Watch::new(config);
    watch.input(Input::VoiceReady);
    watch.input(Input::Dialled { call_sid: CallSid::new("CA1") });
    watch.input(Input::StreamStarted);
    watch.run(ms(3_000));
    watch.input(Input::StreamStopped);
    watch.run(ms(999));
    assert_eq!(watch.hang_ups, 0);
    watch.run(ms(1));
    assert_eq!(watch.hang_ups, 1);
}
