//! Recordings of calls.

use crate::support::rig::pizza;
use crate::support::{Rig, until};
use serde_json::json;
use types::OrderAccepted;
use wire::rest::CallStatus;

/// Samples of one channel, and where the first that is loud lies, milliseconds.
fn first_loud(sound: &[u8], side: usize) -> Option<u64> {
    let loud = |byte: &&u8| wire::g711::decode_sample(**byte).unsigned_abs() > 4_000;
    sound.iter().skip(side).step_by(2).position(|byte| loud(&byte)).map(|place| place as u64 / 8)
}

#[tokio::test]
async fn a_recorded_call_tells_so_and_its_two_sides_lie_where_the_transcript_has_them() {
    let rig = Rig::with(|config| config.recording.enabled = true).await;
    let posted = rig.order("k");
    let mut voice = rig.voice.link().await;
    let briefing = types::Briefing::parse(voice.session.instructions.as_deref().unwrap()).unwrap();
    assert!(briefing.disclosure().ends_with("and this call is recorded."), "{}", briefing.opening);
    let accepted: OrderAccepted = posted.await.unwrap().json().await.unwrap();
    let sid = accepted.call_sid.as_str();
    let mut line = rig.carrier.answer(sid).await;
    voice.asked().await;
    voice.answer(&briefing.opening, 400, &[]);
    line.mark().await;
    for _ in 0..25 {
        line.speak(16_000);
    }
    voice.heard("Sure. That will be 25 dollars.");
    voice.asked().await;
    voice.answer("Thank you very much. Goodbye.", 400, &[("end_call", json!({}))]);
    rig.carrier.hung_up(sid).await;

    let result = rig.engine.result().await;
    let told = result.recording.unwrap();
    assert_eq!((told.channels, told.stopped), (2, None));
    let path = format!("/calls/{sid}/recording");
    let answer = rig.get(&path).await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["content-type"]), (200, &"audio/wav".parse().unwrap()));
    let file = answer.bytes().await.unwrap();
    assert_eq!((file.len() as u64, &file[..4]), (told.bytes, &b"RIFF"[..]));
    let sound = &file[58..];
    let agent = first_loud(sound, 1).expect("the agent is in it");
    let in_transcript = result.transcript[0].start_ms;
    assert!(agent.abs_diff(in_transcript) < 100, "{agent} ms in the recording, {in_transcript} ms in the transcript");
    assert!(first_loud(sound, 0).is_some(), "the callee is in it");

    let part = rig.http.get(format!("{}{path}", rig.base)).header("Range", "bytes=0-3").send().await.unwrap();
    assert_eq!(
        (part.status().as_u16(), &part.headers()["content-range"]),
        (206, &format!("bytes 0-3/{}", told.bytes).parse().unwrap())
    );
    assert_eq!(part.bytes().await.unwrap(), &b"RIFF"[..]);

    let deleted = rig.http.delete(format!("{}{path}", rig.base)).send().await.unwrap();
    assert_eq!((deleted.status().as_u16(), rig.get(&path).await.status().as_u16()), (204, 404));
}

#[tokio::test]
async fn a_call_is_not_recorded_where_nobody_switched_it_on_or_the_order_forbids_it() {
    for (enabled, wish) in [(false, json!(true)), (true, json!(false))] {
        let rig = Rig::with(|config| config.recording.enabled = enabled).await;
        let mut order = pizza();
        order["record"] = wish;
        let request = rig.post_order("k", &order);
        let posted = tokio::spawn(async move { request.send().await.unwrap() });
        let voice = rig.voice.link().await;
        assert!(!voice.session.instructions.as_deref().unwrap().contains("this call is recorded"));
        let accepted: OrderAccepted = posted.await.unwrap().json().await.unwrap();
        let sid = accepted.call_sid.as_str();
        let line = rig.carrier.answer(sid).await;
        line.stop();
        rig.carrier.progress(sid, CallStatus::Completed).await;
        let result = rig.engine.result().await;
        assert_eq!(result.recording, None);
        let gone = until("the call has ended", || async {
            Some(rig.get(&format!("/calls/{sid}/recording")).await.status().as_u16()).filter(|status| *status == 404)
        });
        gone.await;
    }
}
