//! The carrier's word on who has answered.

use crate::support::carrier::TOKEN;
use crate::support::rig::{error, pizza};
use crate::support::{Line, Rig, VoiceLink};
use serde_json::json;
use types::{AnsweredBy, Disposition, EndedReason, OrderAccepted, OutcomeStatus};
use wire::rest;

/// A call that has been answered; the agent has been asked to open it.
async fn answered(rig: &Rig, order: &serde_json::Value) -> (VoiceLink, Line, String) {
    let posted = tokio::spawn(rig.post_order("k", order).send());
    let mut voice = rig.voice.link().await;
    let accepted: OrderAccepted = posted.await.unwrap().unwrap().json().await.unwrap();
    let sid = accepted.call_sid.to_string();
    let line = rig.carrier.answer(&sid).await;
    assert!(voice.asked().await.unwrap().contains("AI assistant"));
    (voice, line, sid)
}

#[tokio::test]
async fn a_fax_machine_is_hung_up_on_at_the_carriers_word_and_at_nobody_elses() {
    let rig = Rig::start().await;
    let (_voice, mut line, sid) = answered(&rig, &pizza()).await;
    let form = rig.carrier.call(&sid).form;
    assert_eq!((form.machine_detection, form.async_amd), (Some(rest::MachineDetection::DetectMessageEnd), true));
    let url = form.async_amd_status_callback.unwrap();

    let forged = rig.carrier.tell_who_answered(&url, &sid, "other token", rest::AnsweredBy::Fax).await;
    let (status, body) = error(forged).await;
    assert_eq!((status, body.code.as_str()), (403, "bad_signature"));
    let other = rig.carrier.tell_who_answered(&url, "CA00000000000000000000000000000099", TOKEN, rest::AnsweredBy::Fax);
    assert_eq!(other.await.status(), 204, "news of a call that is not the order's is taken and not heeded");
    assert_eq!(rig.carrier.hang_ups(), 0);

    rig.carrier.says_who_answered(&sid, rest::AnsweredBy::Fax).await;
    rig.carrier.hung_up(&sid).await;
    let result = rig.engine.result().await;
    assert_eq!((result.answered_by, result.ended_reason), (AnsweredBy::Fax, EndedReason::MachineAnswered));
    assert_eq!(result.outcome.status, OutcomeStatus::NotAchieved);
    line.closed().await;
    // It comes again, after the call.
    rig.carrier.says_who_answered(&sid, rest::AnsweredBy::Fax).await;
}

#[tokio::test]
async fn a_message_is_left_when_the_carrier_has_heard_the_beep() {
    let rig = Rig::start().await;
    let mut order = pizza();
    order["on_machine"] = json!({"voicemail": "leave_message", "message": "Please call back about the table."});
    let (mut voice, mut line, sid) = answered(&rig, &order).await;

    rig.carrier.says_who_answered(&sid, rest::AnsweredBy::MachineEndBeep).await;
    let words = voice.asked().await.expect("the words of the message");
    assert!(words.contains("AI assistant") && words.contains("Please call back about the table."), "{words}");
    voice.answer(types::briefing::words_to_say(&words).unwrap(), 400, &[]);
    line.mark().await;
    rig.carrier.hung_up(&sid).await;
    let result = rig.engine.result().await;
    assert_eq!((result.status, result.ended_reason), (Disposition::Voicemail, EndedReason::MachineAnswered));
    assert!(result.message_left && result.answered_by == AnsweredBy::Voicemail, "{}", result.summary);
}

#[tokio::test]
async fn a_handler_that_is_told_so_does_not_ask_who_answers() {
    let rig = Rig::with(|config| config.machine_detection = false).await;
    let (_voice, _line, sid) = answered(&rig, &pizza()).await;
    let form = rig.carrier.call(&sid).form;
    assert_eq!((form.machine_detection, form.async_amd, form.async_amd_status_callback), (None, false, None));
}
