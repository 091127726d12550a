//! The model is lost, slow, refused or runs out of time in the middle of a call; the line breaks off.

use super::rig::{Reply, Rig, config, ms, says};
use crate::{CarrierCommand, Config, Input, Output, Provider, Recalled, ResponseStatus, Trouble, VoiceCommand};
use bytes::Bytes;
use std::time::Duration;
use types::{CallEvent, Disposition, EndedReason, Speaker, TroubleKind, TroubleMet};

const LONG: &str = "One large pepperoni pizza with extra cheese for delivery please.";
const MOMENT: &str = "One moment, please.";

/// What the last session of the model was told before it was asked for anything, and the note with it.
fn recalled(rig: &Rig) -> (Vec<Recalled>, String) {
    let told = |output: &Output| {
        let Output::Voice(VoiceCommand::Recall { lines, note }) = output else { return None };
        Some((lines.clone(), note.clone()))
    };
    rig.log.iter().rev().find_map(|(_, output)| told(output)).unwrap_or_default()
}

fn troubles(rig: &Rig) -> Vec<(TroubleKind, TroubleMet, u32)> {
    let told = |output: &Output| {
        let Output::Event(CallEvent::Trouble { what, met, gap_ms }) = output else { return None };
        Some((*what, *met, *gap_ms))
    };
    rig.log.iter().filter_map(|(_, output)| told(output)).collect()
}

fn openings(rig: &Rig) -> Vec<Provider> {
    let asked = |output: &Output| {
        let Output::OpenVoice { provider, beside: false } = output else { return None };
        Some(*provider)
    };
    rig.log.iter().filter_map(|(_, output)| asked(output)).collect()
}

/// When audio was sent after `from`: the longest time in which none of it was to be heard, until `until`.
fn longest_silence(rig: &Rig, from: Duration, until: Duration) -> Duration {
    let (mut play_end, mut longest) = (from, ms(0));
    for (at, output) in &rig.log {
        let Output::Carrier(CarrierCommand::Audio(audio)) = output else { continue };
        let begins = play_end.max(*at);
        if begins > from && begins <= until {
            longest = longest.max(begins - play_end.max(from));
        }
        play_end = begins + Duration::from_micros(125 * audio.len() as u64);
    }
    longest.max(until.saturating_sub(play_end.max(from)))
}

fn said(rig: &Rig, text: &str) -> usize {
    rig.count(|o| matches!(o, Output::Event(CallEvent::Caption { text: said, done: true, .. }) if said == text))
}

fn with_filler(mut rig: Rig) -> Rig {
    rig.input(Input::Filler { text: MOMENT.into(), audio: Bytes::from(vec![0x55; 8_000]) });
    rig
}

fn two_voices() -> Config {
    Config { second_voice: true, ..config() }
}

/// A call whose opening has been heard, and that has two models.
fn opened_with_two() -> Rig {
    let mut rig = Rig::answered_with(two_voices());
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
    rig.run_until_quiet();
    rig
}

// The naive way closes the call with its model's socket.
#[test]
fn one_lost_socket_does_not_kill_the_call() {
    let mut rig = Rig::opened();
    rig.lose_voice(Trouble::Connection);
    rig.run(ms(1_000));
    assert_eq!(troubles(&rig), [(TroubleKind::VoiceLost, TroubleMet::Reconnected, 400)]);
    assert_eq!(rig.asked().len(), 1, "nothing was owed, so nothing is said");
    let (lines, note) = recalled(&rig);
    assert_eq!((lines[0].speaker, lines[0].text.as_str()), (Speaker::Callee, "Tony's Pizza, hello?"));
    assert!(lines[1].text.starts_with("Hello, this is an AI assistant") && note.contains("do not introduce yourself again"));
    rig.replies.push_back(says("Pepperoni please. Goodbye.").with("end_call", "{}"));
    rig.callee_says(ms(100), ms(1_000), "Sure, what would you like?");
    let result = rig.run_to_end();
    assert_eq!((result.status, result.ended_reason, result.breaks), (Disposition::Completed, EndedReason::AgentHungUp, 1));
    assert_eq!(result.transcript.len(), 4, "{:?}", result.transcript);
}

// The naive way clears what waits at the carrier, or asks for the words once more.
#[test]
fn what_was_complete_is_played_on_and_not_said_twice() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says(LONG).lasting(6_000));
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    let before = rig.carrier.bytes_sent;
    rig.run(ms(3_500));
    rig.lose_voice(Trouble::Connection);
    rig.run(ms(10_000));
    assert_eq!(rig.carrier.bytes_sent - before, 48_000);
    assert_eq!(rig.count(|o| matches!(o, Output::Carrier(CarrierCommand::Clear))), 0);
    assert_eq!((rig.asked().len(), said(&rig, LONG)), (2, 1));
    assert_eq!(recalled(&rig).0.last().map(|line| line.text.clone()).as_deref(), Some(LONG));
}

// The naive way takes the words for said because their text has come.
#[test]
fn a_half_heard_sentence_is_not_taken_for_said() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says(LONG).lasting(6_000));
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    while rig.asked().len() < 2 {
        rig.run(ms(20));
    }
    // The whole text is there, and half of the sound.
    rig.run(ms(850));
    rig.lose_voice(Trouble::Connection);
    rig.run(ms(600));
    let (lines, note) = recalled(&rig);
    let heard = lines.last().unwrap().text.clone();
    assert!(LONG.starts_with(&heard) && (10..50).contains(&heard.len()), "{heard:?}");
    assert!(note.contains("broke off"), "{note}");
    rig.run_until_quiet();
    assert_eq!(rig.asked()[2], format!("I am sorry, I lost you for a moment. {LONG}"), "it is a single sentence");
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    let broken: Vec<_> = result.transcript.iter().filter(|line| line.interrupted).collect();
    assert_eq!((broken.len(), broken[0].heard.as_str()), (1, heard.as_str()));
}

// The naive way repeats the whole line.
#[test]
fn only_what_was_not_heard_is_said_again() {
    let mut rig = Rig::opened();
    let text = "Yes, that is right. A large one with extra cheese, and please bring it to the back door.";
    rig.replies.push_back(says(text).lasting(6_000));
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    while rig.asked().len() < 2 {
        rig.run(ms(20));
    }
    rig.run(ms(950));
    rig.lose_voice(Trouble::Connection);
    rig.run(ms(1_000));
    rig.run_until_quiet();
    assert!(rig.asked()[2].ends_with("moment. A large one with extra cheese, and please bring it to the back door."));
}

#[test]
fn a_sentence_whose_end_nobody_knows_is_left_to_the_model() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("One large pepperoni pizza with ex").lasting(6_000));
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    while rig.asked().len() < 2 {
        rig.run(ms(20));
    }
    rig.run(ms(850));
    rig.lose_voice(Trouble::Connection);
    rig.run(ms(1_000));
    rig.run_until_quiet();
    assert_eq!(rig.asked()[2], "…");
    assert!(recalled(&rig).1.contains("say the rest"));
}

// The naive way asks both for what was owed and for what the callee's sound becomes.
#[test]
fn the_callee_is_answered_once_after_the_reconnect() {
    let mut rig = Rig::opened();
    rig.replies.extend([Reply { mute: true, ..says("") }, says("Pepperoni please.")]);
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    rig.run(ms(1_700));
    assert_eq!(rig.asked().len(), 2);
    rig.lose_voice(Trouble::Connection);
    rig.run(ms(1_000));
    rig.run_until_quiet();
    assert_eq!(rig.asked()[1..], ["…", "…"]);
    assert_eq!(recalled(&rig).0.last().map(|line| line.text.clone()).as_deref(), Some("What would you like?"));
    assert_eq!(said(&rig, "Pepperoni please."), 1);
}

// The naive way loses what was said to the old session, and what is said while there is none.
#[test]
fn what_the_callee_says_meanwhile_reaches_the_new_session() {
    let mut rig = Rig::opened();
    rig.callee_sounds(ms(100), ms(2_000));
    rig.run(ms(1_500));
    rig.lose_voice(Trouble::Connection);
    let lost_at = rig.now;
    rig.run(ms(1_000));
    let appended = |since: Duration| -> usize {
        let audio = |(at, output): &(Duration, Output)| {
            let Output::Voice(VoiceCommand::AppendAudio(audio)) = output else { return None };
            (*at >= since).then_some(audio.len())
        };
        rig.log.iter().filter_map(audio).sum()
    };
    // From before the speech began to now.
    assert!(appended(lost_at) >= 8 * (1_300 + 1_000), "{} bytes", appended(lost_at));
    let largest = rig.count(|o| matches!(o, Output::Voice(VoiceCommand::AppendAudio(audio)) if audio.len() > 1_600));
    assert!((1..=4).contains(&largest), "it goes in few messages");
    let heard = |rig: &mut Rig, input: Input| rig.input(input);
    heard(&mut rig, Input::SpeechStarted { item_id: "callee1".into(), audio_start_ms: 400 });
    heard(&mut rig, Input::SpeechStopped { item_id: "callee1".into(), audio_end_ms: 2_300 });
    heard(&mut rig, Input::SpeechCommitted { item_id: "callee1".into(), previous_item_id: None });
    heard(&mut rig, Input::CalleeText { item_id: "callee1".into(), text: "What would you like?".into(), done: true });
    rig.run(ms(5_000));
    assert_eq!(rig.asked()[1..], ["…"]);
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    let line = result.transcript.iter().find(|line| line.text == "What would you like?").unwrap();
    let since = lost_at.as_millis() as u64 - 1_400;
    let began = rig.stream_ms(ms(since));
    assert!(line.start_ms.abs_diff(began) < 200, "{} and not {began}", line.start_ms);
}

#[test]
fn who_was_not_understood_is_asked_to_say_it_again() {
    let mut rig = Rig::opened();
    rig.callee_sounds(ms(100), ms(2_000));
    rig.run(ms(1_500));
    rig.lose_voice(Trouble::Connection);
    rig.run(ms(5_000));
    rig.run_until_quiet();
    assert_eq!(rig.asked()[1..], ["I am sorry, I lost you for a moment. Could you say that again, please?"]);
}

// The naive way is silent until there is a model again.
#[test]
fn who_waits_for_an_answer_hears_that_it_takes_a_moment() {
    let mut rig = with_filler(Rig::opened());
    rig.reopens = Some(ms(2_900));
    rig.replies.extend([Reply { mute: true, ..says("") }, says("Pepperoni please.")]);
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    rig.run(ms(1_700));
    rig.lose_voice(Trouble::Connection);
    let lost_at = rig.now;
    rig.run(ms(2_800));
    let longest = longest_silence(&rig, lost_at, rig.now);
    assert!(longest <= ms(800), "{longest:?} of nothing");
    rig.run(ms(3_000));
    rig.run_until_quiet();
    assert_eq!((said(&rig, MOMENT), said(&rig, "Pepperoni please.")), (1, 1));
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    assert!(result.turn_latency_ms.last().unwrap() > &2_900, "to be asked for a moment is no answer");
}

#[test]
fn without_a_filler_the_line_is_not_dead() {
    let mut rig = Rig::opened();
    rig.reopens = Some(ms(2_900));
    rig.replies.extend([Reply { mute: true, ..says("") }, says("Pepperoni please.")]);
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    rig.run(ms(1_700));
    rig.lose_voice(Trouble::Connection);
    let lost_at = rig.now;
    rig.run(ms(2_850));
    assert!(longest_silence(&rig, lost_at, rig.now) <= ms(800));
    rig.run(ms(1_500));
    assert!(longest_silence(&rig, lost_at, rig.now) <= ms(900), "the answer follows at once");
    let noise: Vec<_> = recalled(&rig).0.into_iter().filter(|line| line.text.is_empty()).collect();
    assert_eq!(noise.len(), 0);
}

#[test]
fn a_filler_is_never_the_first_thing_that_is_said() {
    let mut rig = with_filler(Rig::answered());
    rig.reopens = None;
    rig.replies.push_back(Reply { mute: true, ..says("") });
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
    rig.run(ms(2_000));
    rig.lose_voice(Trouble::Connection);
    rig.run(ms(5_000));
    assert_eq!((rig.carrier.bytes_sent, said(&rig, MOMENT)), (0, 0));
}

#[test]
fn a_silence_that_is_the_callees_is_not_filled() {
    let mut rig = with_filler(Rig::opened());
    rig.reopens = Some(ms(2_900));
    rig.run(ms(500));
    let sent = rig.carrier.bytes_sent;
    rig.lose_voice(Trouble::Connection);
    rig.run(ms(5_000));
    assert_eq!((rig.carrier.bytes_sent, rig.asked().len()), (sent, 1));
}

// The naive way waits until the call's longest time.
#[test]
fn an_outage_ends_the_call_politely_and_soon() {
    let mut rig = Rig::opened();
    rig.reopens = None;
    rig.lose_voice(Trouble::Connection);
    let lost_at = rig.now;
    let result = rig.run_to_end();
    let hung_up = rig.when(|o| matches!(o, Output::HangUp)).unwrap();
    assert!((ms(7_900)..=ms(8_100)).contains(&(hung_up - lost_at)), "{:?}", hung_up - lost_at);
    assert_eq!((result.status, result.ended_reason), (Disposition::Completed, EndedReason::VoiceLost));
    assert_eq!(troubles(&rig).last().map(|(what, met, _)| (*what, *met)), Some((TroubleKind::VoiceLost, TroubleMet::NotMet)));
    assert!(openings(&rig).len() <= 4, "{} sessions were asked for", openings(&rig).len());
    assert!(result.transcript.len() >= 2 && result.error_message.unwrap().contains("was lost: "));
}

#[test]
fn an_opening_that_fails_at_once_is_not_tried_in_a_frenzy() {
    let mut rig = Rig::opened();
    rig.reopens = None;
    rig.lose_voice(Trouble::Connection);
    while rig.ended.is_none() {
        if rig.session.voice == crate::opening::VoiceLink::Lost {
            rig.input(Input::VoiceLost { trouble: Trouble::Connection, message: "connection refused".into() });
        }
        rig.run(ms(10));
    }
    assert!((3..=8).contains(&openings(&rig).len()), "{}", openings(&rig).len());
}

// The naive way opens a session as often as one is lost, and each is told the whole call again.
#[test]
fn a_loop_of_reconnects_does_not_burn_money() {
    let mut rig = Rig::opened();
    for _ in 0..20 {
        if rig.ended.is_none() {
            rig.lose_voice(Trouble::Connection);
            rig.run(ms(1_000));
        }
    }
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, openings(&rig).len()), (EndedReason::VoiceLost, 1 + 4));
    assert_eq!(result.breaks, 5);
}

// The naive way is cut off by the server after an hour.
#[test]
fn a_call_of_61_minutes_outlives_its_models_session() {
    let mut long = config();
    long.limits.call_max_s = 3_700;
    let mut rig = Rig::answered_with(long);
    rig.input(Input::VoiceExpires { after: Duration::from_secs(3_600) });
    rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
    rig.run_until_quiet();
    // Nobody speaks into the line but by the clock; silence would only cost time here.
    rig.stop_frames();
    let expires = rig.now + Duration::from_secs(3_590);
    while rig.now < Duration::from_secs(3_660) {
        rig.callee_says(ms(100), ms(1_000), "A moment more.");
        rig.run(ms(7_000));
        let old = rig.count(|o| matches!(o, Output::SwitchVoice)) == 0;
        assert!(!old || rig.now < expires, "the session has expired");
    }
    assert_eq!(troubles(&rig), [(TroubleKind::VoiceExpired, TroubleMet::Swapped, 0)]);
    let (asked, turns) = (rig.asked().len(), said(&rig, "A moment more."));
    assert_eq!(asked, 1 + turns, "every turn is answered once");
    assert!(rig.ended.is_none() && recalled(&rig).0.len() == 200 && recalled(&rig).1.contains("noticed nothing"));
    let swapped = rig.when(|o| matches!(o, Output::SwitchVoice)).unwrap();
    assert!(longest_silence(&rig, swapped - ms(5_000), swapped + ms(5_000)) < ms(7_000));
}

#[test]
fn a_session_is_renewed_when_nobody_speaks() {
    let mut rig = Rig::opened();
    rig.input(Input::VoiceExpires { after: Duration::from_secs(300) });
    rig.run(Duration::from_secs(50));
    rig.callee_sounds(ms(0), Duration::from_secs(30));
    // Due after 120 s at the earliest, and then in the middle of the callee's speech.
    rig.run(Duration::from_secs(25));
    assert_eq!(rig.count(|o| matches!(o, Output::SwitchVoice)), 0);
}

#[test]
fn a_session_that_dies_with_another_one_beside_it_leaves_no_gap() {
    let mut rig = Rig::opened();
    rig.input(Input::VoiceExpires { after: Duration::from_secs(300) });
    rig.run(ms(10));
    while rig.count(|o| matches!(o, Output::OpenVoice { beside: true, .. })) == 0 {
        rig.callee_says(ms(0), ms(1_000), "Hm.");
        rig.run(ms(5_000));
        assert!(rig.now < Duration::from_secs(400), "no second session was asked for");
    }
    // The callee speaks when it is ready, and then the first one is gone.
    rig.callee_sounds(ms(0), ms(8_000));
    rig.run(ms(1_000));
    let switched = rig.count(|o| matches!(o, Output::SwitchVoice));
    rig.lose_voice(Trouble::Expired);
    assert_eq!(rig.count(|o| matches!(o, Output::SwitchVoice)), 1);
    let met = if switched == 1 { TroubleKind::VoiceExpired } else { troubles(&rig)[0].0 };
    assert_eq!(met, TroubleKind::VoiceExpired);
}

#[test]
fn the_second_model_takes_over_when_the_first_refuses() {
    let mut rig = opened_with_two();
    rig.replies.push_back(says("Pepperoni please. Goodbye.").with("end_call", "{}"));
    rig.model_forgets();
    rig.input(Input::VoiceTrouble { trouble: Trouble::Refused, message: "you exceeded your quota".into() });
    rig.run(ms(1_000));
    assert_eq!(openings(&rig), [Provider::First, Provider::Second]);
    assert_eq!(troubles(&rig), [(TroubleKind::VoiceRefused, TroubleMet::OtherVoice, 400)]);
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, rig.session.voices()), (EndedReason::AgentHungUp, &[Provider::First, Provider::Second][..]));
    assert_eq!((rig.session.second_usage().output_audio_tokens, result.usage.output_audio_tokens), (10, 20));
}

#[test]
fn a_refusal_without_another_model_ends_the_call_at_once() {
    let mut rig = Rig::opened();
    rig.input(Input::VoiceTrouble { trouble: Trouble::Refused, message: "you exceeded your quota".into() });
    assert_eq!(rig.count(|o| matches!(o, Output::HangUp)), 1);
    assert_eq!((openings(&rig).len(), rig.run_to_end().ended_reason), (1, EndedReason::VoiceLost));
}

#[test]
fn a_model_that_does_not_open_before_the_dialling_is_replaced_by_the_other() {
    let mut rig = Rig::of(two_voices());
    rig.input(Input::VoiceLost { trouble: Trouble::Connection, message: "connection refused".into() });
    assert_eq!(openings(&rig), [Provider::First, Provider::Second]);
    rig.run(ms(500));
    assert_eq!(rig.count(|o| matches!(o, Output::Dial)), 1);
    let mut rig = Rig::of(two_voices());
    rig.reopens = None;
    rig.input(Input::VoiceLost { trouble: Trouble::Connection, message: "connection refused".into() });
    rig.input(Input::VoiceLost { trouble: Trouble::Connection, message: "connection refused".into() });
    assert_eq!((rig.count(|o| matches!(o, Output::Dial)), rig.ended.unwrap().ended_reason), (0, EndedReason::VoiceLost));
}

/// The model's server has too many requests of ours, and refuses the answer that was asked for.
fn refuses_for(rig: &mut Rig, wait: u64) {
    rig.input(Input::VoiceTrouble { trouble: Trouble::Busy { wait: Some(ms(wait)) }, message: "too many tokens".into() });
}

fn busy() -> Reply {
    Reply { status: Some(ResponseStatus::Failed), after: Some(ms(2_000)), ..says("") }
}

// The naive way asks again at once, is refused again, and gives up.
#[test]
fn a_busy_server_is_waited_for_with_a_word_to_the_callee() {
    let mut rig = with_filler(Rig::opened());
    rig.replies.extend([busy(), says("Pepperoni please.")]);
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    rig.run(ms(2_500));
    refuses_for(&mut rig, 1_800);
    rig.run_until_quiet();
    assert_eq!(rig.asked()[1..], ["…", "…"]);
    assert_eq!((said(&rig, MOMENT), said(&rig, "Pepperoni please.")), (1, 1));
    let (what, met, gap) = troubles(&rig)[0];
    assert_eq!((what, met), (TroubleKind::VoiceBusy, TroubleMet::Waited));
    assert!((1_800..1_900).contains(&gap), "{gap}");
}

#[test]
fn a_server_that_is_busy_for_long_is_left_for_the_other() {
    let mut rig = opened_with_two();
    rig.replies.extend([busy(), says("Pepperoni please.")]);
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    rig.run(ms(2_500));
    refuses_for(&mut rig, 20_000);
    rig.run(ms(3_000));
    rig.run_until_quiet();
    assert_eq!(openings(&rig), [Provider::First, Provider::Second]);
    assert_eq!((rig.asked().len(), said(&rig, "Pepperoni please.")), (3, 1));
}

// The naive way cancels nothing, is told so, and takes that for the end.
#[test]
fn complaints_about_single_commands_are_no_trouble() {
    let mut rig = Rig::opened();
    for code in ["response_cancel_not_active", "item_truncate_invalid_item_id", "input_audio_buffer_commit_empty"] {
        rig.input(Input::VoiceError { code: Some(code.into()), message: "no".into() });
    }
    rig.run(ms(2_000));
    assert_eq!((rig.ended.is_none(), openings(&rig).len()), (true, 1));
}

#[test]
fn a_model_that_stalls_is_replaced_after_one_unanswered_wish() {
    let mut rig = with_filler(Rig::opened());
    rig.replies.extend([Reply { mute: true, ..says("") }, says("Pepperoni please.")]);
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    rig.run(ms(9_000));
    rig.run_until_quiet();
    assert_eq!((openings(&rig).len(), rig.asked().len(), said(&rig, "Pepperoni please.")), (2, 3, 1));
    assert_eq!(said(&rig, MOMENT), 1, "the callee has been asked for a moment");
}

#[test]
fn a_goodbye_is_said_by_the_next_session_and_nothing_else() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says("").with("end_call", "{}").after(300));
    rig.callee_says(ms(100), ms(1_000), "No, thank you.");
    while rig.asked().len() < 3 {
        rig.run(ms(20));
    }
    rig.lose_voice(Trouble::Connection);
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, rig.asked().len()), (EndedReason::AgentHungUp, 4));
    assert!(rig.asked()[3].contains("Goodbye"));
}

#[test]
fn a_barge_in_over_the_lost_sessions_words_is_told_to_the_new_one() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says(LONG).lasting(6_000));
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    rig.run(ms(3_300));
    rig.lose_voice(Trouble::Connection);
    rig.run(ms(800));
    rig.callee_says(ms(0), ms(1_500), "Wait, wait.");
    rig.run(ms(600));
    let (lines, note) = recalled(&rig);
    assert!(lines.is_empty() && note.contains("heard only: One large"), "{note}");
    assert!(rig.truncated_at().is_empty(), "the new session has no such item");
}

// The naive way ends the call with its stream, although the callee is on the line still.
#[test]
fn a_lost_stream_is_brought_back() {
    let mut rig = Rig::opened();
    rig.replies.push_back(says(LONG).lasting(6_000));
    rig.callee_says(ms(100), ms(1_000), "What would you like?");
    rig.run(ms(4_000));
    rig.input(Input::StreamLost { message: "reset".into() });
    assert_eq!(rig.count(|o| matches!(o, Output::BringBack)), 1);
    assert_eq!(rig.truncated_at().len(), 1, "the model knows what was heard");
    rig.run(ms(1_500));
    rig.start_stream();
    rig.run_until_quiet();
    assert_eq!(rig.asked()[2..], [format!("I am sorry, I lost you for a moment. {LONG}")]);
    assert_eq!(troubles(&rig), [(TroubleKind::StreamLost, TroubleMet::BroughtBack, 1_500)]);
    rig.replies.push_back(says("Thank you, goodbye!").with("end_call", "{}"));
    rig.callee_says(ms(100), ms(1_000), "Okay.");
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.breaks), (EndedReason::AgentHungUp, 1));
}

#[test]
fn a_line_that_breaks_off_again_and_again_ends_the_call() {
    let mut rig = Rig::opened();
    for _ in 0..2 {
        rig.input(Input::StreamLost { message: "reset".into() });
        rig.run(ms(500));
        rig.start_stream();
        rig.run(ms(3_000));
    }
    assert!(rig.ended.is_none());
    rig.input(Input::StreamLost { message: "reset".into() });
    assert_eq!(rig.run_to_end().ended_reason, EndedReason::CarrierLost);
    assert_eq!(rig.count(|o| matches!(o, Output::BringBack)), 2);
}

#[test]
fn a_line_that_does_not_come_back_ends_the_call() {
    let mut rig = Rig::opened();
    rig.input(Input::StreamLost { message: "reset".into() });
    let lost_at = rig.now;
    assert_eq!(rig.run_to_end().ended_reason, EndedReason::CarrierLost);
    assert!(rig.when(|o| matches!(o, Output::HangUp)).unwrap() - lost_at <= ms(10_100));
}

#[test]
fn a_callee_who_hung_up_is_not_waited_for() {
    let mut rig = Rig::opened();
    rig.input(Input::StreamLost { message: "reset".into() });
    rig.run(ms(300));
    rig.over(Disposition::Completed);
    let result = rig.run_to_end();
    assert_eq!((result.ended_reason, result.status), (EndedReason::CalleeHungUp, Disposition::Completed));
}

#[test]
fn a_stream_that_was_refused_is_not_brought_back() {
    let mut rig = Rig::opened();
    rig.input(Input::StreamRefused { message: "it sent far more than real time".into() });
    assert_eq!((rig.run_to_end().ended_reason, rig.count(|o| matches!(o, Output::BringBack))), (EndedReason::CarrierLost, 0));
}
