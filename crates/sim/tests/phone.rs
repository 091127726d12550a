//! A person answers in the browser: ringing, talking, and every way in which that ends.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use serde_json::json;
use std::time::{Duration, Instant};
use support::page::{Page, open, open_from};
use support::{Caller, Stream, caller, connect, simulator, statuses, within};
use wire::media::{FromCarrier, ToCarrier};
use wire::rest::CallStatus::{Busy, Canceled, Completed, InProgress, Initiated, NoAnswer, Ringing};

const BROWSER: &str = "+14155550120";

/// A sound that can be heard.
fn tone(ms: u32) -> Vec<u8> {
    wire::g711::encode(&wire::dtmf::tone('5', ms).unwrap())
}

fn is_loud(frame: &[u8]) -> bool {
    wire::g711::loudness(frame) > 1_000.0
}

struct Talk {
    sim: sim::Running,
    client: support::Client,
    caller: Caller,
    stream: Stream,
    page: Page,
    sid: String,
}

/// A call that a page has answered.
async fn talk() -> Talk {
    let (sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    let (mut page, told) = open(sim.addr()).await;
    assert_eq!(told, json!({"type": "waiting", "number": BROWSER, "ended": null}));
    client.create(&caller.create(BROWSER)).await;
    let sid = page.answer().await;
    let stream = caller.stream().await;
    Talk { sim, client, caller, stream, page, sid }
}

#[tokio::test]
async fn a_page_answers_and_both_hear_each_other() {
    let mut talk = talk().await;
    for _ in 0..20 {
        talk.page.speak(tone(20)).await;
    }
    talk.stream.audio(tone(400)).await;
    let (mut heard_by_caller, mut heard_by_page) = (0, 0);
    while heard_by_caller < 20 {
        let Some(FromCarrier::Media(media)) = talk.stream.read().await else { continue };
        heard_by_caller += i32::from(is_loud(&media.payload));
    }
    while heard_by_page < 20 {
        let frame = talk.page.hear().await;
        assert_eq!(frame.len(), 160);
        heard_by_page += i32::from(is_loud(&frame));
    }
    let callee = talk.client.callee(&talk.sid).await;
    assert_eq!((&callee["answered_by"], &callee["slip"], &callee["lines"]), (&json!("browser"), &json!(null), &json!([])));

    talk.page.say(json!({"type": "hang_up"})).await;
    let ended = talk.page.until("waiting").await["ended"].clone();
    assert_eq!(ended, json!({"call_sid": talk.sid, "how": "you_hung_up"}));
    assert!(matches!(talk.stream.rest().await.last(), Some(FromCarrier::Stop { .. })));
    assert_eq!(statuses(&talk.caller.life().await), [Initiated, Ringing, InProgress, Completed]);
}

#[tokio::test]
async fn what_the_person_hears_is_played_in_real_time_and_clear_empties_it() {
    let mut talk = talk().await;
    let begun = Instant::now();
    talk.stream.audio(tone(300)).await;
    talk.stream.mark("said").await;
    talk.stream.until_mark("said").await;
    assert!((300..700).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    talk.stream.audio(tone(5_000)).await;
    talk.stream.mark("never said").await;
    talk.stream.send(ToCarrier::Clear).await;
    talk.stream.until_mark("never said").await;
    // The tone that was played, perhaps a frame before the clear, then silence: not five seconds.
    let (mut loud, mut quiet) = (0, 0);
    while loud < 15 || quiet < 20 {
        match is_loud(&talk.page.hear().await) {
            true => (loud, quiet) = (loud + 1, 0),
            false => quiet += 1,
        }
        assert!(loud < 50, "clear did not empty what the person hears");
    }
    let callee = talk.client.callee(&talk.sid).await;
    assert_eq!((&callee["marks_echoed"], &callee["marks_cleared"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn keys_reach_the_caller_as_messages_and_not_as_tones() {
    let mut talk = talk().await;
    talk.page.say(json!({"type": "digits", "digits": "4"})).await;
    talk.page.say(json!({"type": "digits", "digits": "2#"})).await;
    let mut digits = String::new();
    while digits.len() < 3 {
        let message = talk.stream.read().await.unwrap();
        if let FromCarrier::Dtmf { digit } = message {
            digits.push(digit);
        } else if let FromCarrier::Media(media) = message {
            assert!(!is_loud(&media.payload));
        }
    }
    assert_eq!(digits, "42#");
    assert_eq!(talk.client.callee(&talk.sid).await["digits"], "42#");
}

#[tokio::test]
async fn the_caller_hangs_up() {
    let mut talk = talk().await;
    talk.client.update(&talk.sid, &[("Status", "completed")]).await;
    let ended = talk.page.until("waiting").await["ended"].clone();
    assert_eq!(ended, json!({"call_sid": talk.sid, "how": "caller_hung_up"}));
    assert_eq!(statuses(&talk.caller.life().await).last(), Some(&Completed));
    assert_eq!(talk.client.call(&talk.sid).await.status, Completed);
}

#[tokio::test]
async fn a_page_that_is_closed_in_the_middle_ends_the_call_and_the_next_call_rings() {
    let mut talk = talk().await;
    drop(talk.page);
    assert!(matches!(talk.stream.rest().await.last(), Some(FromCarrier::Stop { .. })));
    assert_eq!(statuses(&talk.caller.life().await).last(), Some(&Completed));
    let (mut page, _) = open(talk.sim.addr()).await;
    talk.client.create(&talk.caller.create(BROWSER)).await;
    page.answer().await;
}

#[tokio::test]
async fn a_page_that_breaks_the_rules_loses_its_own_call_only() {
    for (wrong, code) in [(vec![0xff; 161], 1008), (Vec::new(), 1008)] {
        let mut talk = talk().await;
        let (mut other, told) = open(talk.sim.addr()).await;
        assert_eq!(told, json!({"type": "elsewhere", "call_sid": talk.sid}));
        talk.page.speak(wrong).await;
        let (closed, reason) = talk.page.closed().await;
        assert_eq!(closed, code);
        assert!(reason.contains("160 bytes"), "{reason}");
        assert_eq!(statuses(&talk.caller.life().await).last(), Some(&Completed));
        assert_eq!(other.told().await["type"], "waiting");
    }
    let mut talk = talk().await;
    talk.page.say(json!({"type": "digits", "digits": "call me"})).await;
    assert!(talk.page.closed().await.1.contains("0-9, * and #"));
}

#[tokio::test]
async fn declining_is_busy() {
    let (sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    let (mut page, _) = open(sim.addr()).await;
    let call = client.create(&caller.create(BROWSER)).await;
    let ringing = page.told().await;
    assert_eq!(ringing, json!({"type": "ringing", "call_sid": call.sid, "from": "+14155550199", "number": BROWSER}));
    page.say(json!({"type": "decline", "call_sid": call.sid})).await;
    assert_eq!(page.told().await["ended"]["how"], "declined");
    assert_eq!(statuses(&caller.life().await), [Initiated, Ringing, Busy]);
    assert_eq!(client.callee(&call.sid).await["answered_by"], json!(null));
}

#[tokio::test]
async fn nobody_answers_in_time() {
    let (sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    let mut create = caller.create(BROWSER);
    create.timeout_s = Some(1);
    // Nobody has the page open.
    client.create(&create).await;
    assert_eq!(statuses(&caller.life().await), [Initiated, Ringing, NoAnswer]);
    // Somebody has, and lets it ring.
    let (mut page, _) = open(sim.addr()).await;
    let call = client.create(&create).await;
    page.until("ringing").await;
    assert_eq!(page.told().await["ended"], json!({"call_sid": call.sid, "how": "missed"}));
    assert_eq!(statuses(&caller.life().await), [Initiated, Ringing, NoAnswer]);
}

#[tokio::test]
async fn a_caller_who_gives_up_stops_the_ringing() {
    let (sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    let (mut page, _) = open(sim.addr()).await;
    let call = client.create(&caller.create(BROWSER)).await;
    page.until("ringing").await;
    client.update(&call.sid, &[("Status", "canceled")]).await;
    assert_eq!(page.told().await["ended"]["how"], "missed");
    assert_eq!(statuses(&caller.life().await).last(), Some(&Canceled));
    // Too late: nothing happens.
    page.say(json!({"type": "answer", "call_sid": call.sid})).await;
    client.create(&caller.create(BROWSER)).await;
    page.answer().await;
}

#[tokio::test]
async fn a_second_call_is_busy_while_it_rings_and_while_they_talk() {
    let (sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    let mut other = support::caller(connect, 0).await;
    let (mut page, _) = open(sim.addr()).await;
    client.create(&caller.create(BROWSER)).await;
    let ringing = page.until("ringing").await;
    client.create(&other.create(BROWSER)).await;
    assert_eq!(statuses(&other.life().await), [Initiated, Busy]);
    page.say(json!({"type": "answer", "call_sid": ringing["call_sid"]})).await;
    page.until("in_call").await;
    let _stream = caller.stream().await;
    client.create(&other.create(BROWSER)).await;
    assert_eq!(statuses(&other.life().await), [Initiated, Busy]);
    page.say(json!({"type": "hang_up"})).await;
    assert_eq!(statuses(&caller.life().await).last(), Some(&Completed));
}

#[tokio::test]
async fn a_page_that_opens_while_it_rings_rings_and_the_first_that_answers_has_the_call() {
    let (sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    client.create(&caller.create(BROWSER)).await;
    // Ringing with no page at all.
    loop {
        if within(caller.callbacks.recv()).await.unwrap().call_status == Ringing {
            break;
        }
    }
    let (mut first, told) = open(sim.addr()).await;
    assert_eq!(told["type"], "ringing");
    let (mut second, told) = open(sim.addr()).await;
    let answer = json!({"type": "answer", "call_sid": told["call_sid"]});
    first.say(answer.clone()).await;
    assert_eq!(first.told().await["type"], "in_call");
    assert_eq!(second.told().await["type"], "elsewhere");
    second.say(answer).await;
    second.say(json!({"type": "hang_up"})).await;
    // What the second does is nothing to the call.
    let mut stream = caller.stream().await;
    first.speak(tone(20)).await;
    stream.mark("still there").await;
    stream.until_mark("still there").await;
    first.say(json!({"type": "hang_up"})).await;
    assert_eq!(first.until("waiting").await["ended"]["how"], "you_hung_up");
    assert_eq!(second.told().await["type"], "waiting");
}

#[tokio::test]
async fn only_our_own_page_may_connect_and_not_too_often() {
    let (sim, _client) = simulator(|_| {}).await;
    for origin in [None, Some("https://evil.example"), Some("http://127.0.0.1:1")] {
        assert_eq!(open_from(sim.addr(), origin).await.err(), Some(403), "{origin:?}");
    }
    let mut pages = Vec::new();
    for _ in 0..8 {
        pages.push(open(sim.addr()).await);
    }
    let own = format!("http://{}", sim.addr());
    assert_eq!(open_from(sim.addr(), Some(&own)).await.err(), Some(503));
    // When the simulator stops, it says so to every page.
    let (drained, closed) = tokio::join!(sim.drain(Duration::ZERO), pages[0].0.closed());
    let () = drained;
    assert_eq!(closed.0, 1001);
}

#[tokio::test]
async fn the_page_may_use_the_microphone_and_nothing_else() {
    let (sim, _client) = simulator(|_| {}).await;
    let page = reqwest::get(format!("http://{}/phone", sim.addr())).await.unwrap();
    assert_eq!(page.status(), 200);
    let header = |name: &str| page.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/html; charset=utf-8");
    assert!(header("permissions-policy").contains("microphone=(self)"));
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("connect-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    let missing = reqwest::get(format!("http://{}/assets/nothing.js", sim.addr())).await.unwrap();
    assert_eq!(missing.status(), 404);
}
