//! Lives of calls: REST, webhooks and callbacks, with a small server as the caller.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::time::Duration;
use support::{ACCOUNT, caller, connect, simulator, statuses};
use wire::media::FromCarrier;
use wire::rest::CallStatus::{Busy, Canceled, Completed, Failed, InProgress, Initiated, NoAnswer, Ringing};
use wire::twiml::{Document, Verb};

const CLERK: &str = "+14155550100";

#[tokio::test]
async fn an_answered_call_is_told_step_by_step_and_hung_up_by_rest() {
    let (_sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    let call = client.create(&caller.create(CLERK)).await;
    assert_eq!(call.status.as_str(), "queued");
    let mut stream = caller.stream().await;
    assert_eq!((stream.start.call_sid.as_str(), stream.start.account_sid.as_str()), (call.sid.as_str(), ACCOUNT));
    assert_eq!(stream.start.custom_parameters["token"], "t1");
    assert_eq!(client.call(&call.sid).await.status, InProgress);
    assert_eq!(client.update(&call.sid, &[("Status", "canceled")]).await.1["code"], 21220, "it has been answered");
    assert_eq!(client.update(&call.sid, &[("Status", "completed")]).await.0, 200);
    let last = stream.rest().await.pop();
    assert_eq!(last, Some(FromCarrier::Stop { call_sid: call.sid.clone() }));
    let life = caller.life().await;
    assert_eq!(statuses(&life), [Initiated, Ringing, InProgress, Completed]);
    assert_eq!(life.iter().map(|c| c.sequence_number).collect::<Vec<_>>(), [Some(0), Some(1), Some(2), Some(3)]);
    let last = &life[3];
    assert!(last.timestamp.as_deref().is_some_and(|t| t.ends_with("+0000")));
    assert_eq!((last.sip_response_code, last.duration_min), (Some(200), Some(1)));
    let ended = client.call(&call.sid).await;
    assert_eq!((ended.status, ended.duration_s()), (Completed, last.call_duration_s));
    for form in [("Status", "completed"), ("Twiml", "<Response/>")] {
        let (status, body) = client.update(&call.sid, &[form]).await;
        assert_eq!((status, &body["code"]), (400, &21220.into()));
    }
}

#[tokio::test]
async fn calls_that_are_not_answered_end_each_in_its_own_way() {
    let (_sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    for (to, sip, expected) in [
        ("+14155550110", 486, vec![Initiated, Busy]),
        ("+14155550112", 404, vec![Initiated, Failed]),
        ("+14155550111", 487, vec![Initiated, Ringing, NoAnswer]),
        ("+12125550155", 487, vec![Initiated, Ringing, NoAnswer]),
    ] {
        let mut create = caller.create(to);
        create.timeout_s = Some(1);
        let call = client.create(&create).await;
        let life = caller.life().await;
        assert_eq!(statuses(&life), expected, "{to}");
        let last = life.last().unwrap();
        assert_eq!((last.sip_response_code, last.call_duration_s), (Some(sip), Some(0)), "{to}");
        assert_eq!(client.call(&call.sid).await.duration.as_deref(), Some("0"));
    }
}

#[tokio::test]
async fn a_ringing_call_can_be_cancelled() {
    let (_sim, client) = simulator(|config| config.timing.ring = Duration::from_secs(60)).await;
    let mut caller = caller(connect, 0).await;
    for word in ["canceled", "completed"] {
        let call = client.create(&caller.create(CLERK)).await;
        loop {
            if support::within(caller.callbacks.recv()).await.unwrap().call_status == Ringing {
                break;
            }
        }
        client.update(&call.sid, &[("Status", word)]).await;
        assert_eq!(statuses(&caller.life().await), [Canceled]);
    }
}

#[tokio::test]
async fn when_the_server_closes_the_socket_the_call_goes_on_with_the_next_verb() {
    let (_sim, client) = simulator(|_| {}).await;
    let mut caller = caller(
        |addr| {
            let mut document = connect(addr);
            document.0.push(Verb::Pause { length_s: 1 });
            document
        },
        0,
    )
    .await;
    let call = client.create(&caller.create(CLERK)).await;
    drop(caller.stream().await);
    assert_eq!(statuses(&caller.life().await).last(), Some(&Completed));
    assert_eq!(client.call(&call.sid).await.duration_s(), Some(2), "a second of pause, begun seconds count");
}

#[tokio::test]
async fn a_live_call_can_be_sent_to_another_document() {
    let (_sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    let call = client.create(&caller.create(CLERK)).await;
    let mut stream = caller.stream().await;
    let (status, body) = client.update(&call.sid, &[("Twiml", "<Response><Dial/></Response>")]).await;
    assert_eq!((status, &body["code"]), (400, &12100.into()));
    let twiml = Document::hangup().write();
    assert_eq!(client.update(&call.sid, &[("Twiml", &twiml)]).await.0, 200);
    assert!(matches!(stream.rest().await.last(), Some(FromCarrier::Stop { .. })));
    assert_eq!(statuses(&caller.life().await).last(), Some(&Completed));
}

#[tokio::test]
async fn the_time_limit_ends_a_call() {
    let (_sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    let mut create = caller.create(CLERK);
    create.time_limit_s = Some(1);
    client.create(&create).await;
    let mut stream = caller.stream().await;
    assert!(matches!(stream.rest().await.last(), Some(FromCarrier::Stop { .. })));
    let last = caller.life().await.pop().unwrap();
    assert_eq!(last.call_status, Completed);
    // Whole seconds, begun ones counted; the callee's answer takes a part of one.
    assert!(matches!(last.call_duration_s, Some(1 | 2)), "{last:?}");
}

#[tokio::test]
async fn an_update_changes_the_time_limit_and_where_the_end_is_told() {
    let (_sim, client) = simulator(|_| {}).await;
    let mut caller = support::caller(connect, 0).await;
    let mut elsewhere = support::caller(connect, 0).await;
    let call = client.create(&caller.create(CLERK)).await;
    let mut stream = caller.stream().await;
    let url = format!("http://{}/status", elsewhere.addr);
    let (status, body) = client.update(&call.sid, &[("StatusCallback", "nowhere")]).await;
    assert_eq!((status, &body["code"]), (400, &21205.into()));
    assert_eq!(client.update(&call.sid, &[("StatusCallback", &url), ("TimeLimit", "1")]).await.0, 200);
    assert!(matches!(stream.rest().await.last(), Some(FromCarrier::Stop { .. })));
    assert_eq!(statuses(&elsewhere.life().await), [Completed]);
    for expected in [Initiated, Ringing, InProgress] {
        assert_eq!(caller.callbacks.try_recv().map(|told| told.call_status), Ok(expected));
    }
    assert!(caller.callbacks.try_recv().is_err(), "the end is told once");
}

#[tokio::test]
async fn a_refused_callback_is_sent_once_more_and_then_dropped() {
    let (_sim, client) = simulator(|_| {}).await;
    // The first callback is refused twice and lost, the second is refused once.
    let mut caller = caller(connect, 3).await;
    client.create(&caller.create("+14155550110")).await;
    let life = caller.life().await;
    assert_eq!(statuses(&life), [Busy]);
    assert_eq!(life[0].sequence_number, Some(1));
}

#[tokio::test]
async fn without_a_named_event_only_the_end_is_told() {
    let (_sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    let mut create = caller.create("+14155550110");
    create.status_callback_event.clear();
    client.create(&create).await;
    let life = caller.life().await;
    assert_eq!((statuses(&life), life[0].sequence_number), (vec![Busy], Some(0)));
}

#[tokio::test]
async fn a_document_that_cannot_be_had_ends_the_call_and_is_noted() {
    let (_sim, client) = simulator(|_| {}).await;
    let mut caller = caller(|_| Document::connect("https://example.com/media", &[]), 0).await;
    let call = client.create(&caller.create(CLERK)).await;
    assert_eq!(statuses(&caller.life().await).last(), Some(&Completed));
    let errors = client.callee(&call.sid).await["errors"].to_string();
    assert!(errors.contains("31922"), "{errors}");
}

#[tokio::test]
async fn wrong_requests_are_refused_with_the_carriers_codes() {
    let (_sim, client) = simulator(|_| {}).await;
    let caller = caller(connect, 0).await;
    for (to, expected) in [
        ("5550100", (400, 21211)),
        ("+14155551234", (403, 21215)),
        ("+442079460000", (403, 21215)),
        ("911", (400, 21211)),
        ("", (400, 21201)),
    ] {
        assert_eq!(client.refused(&caller.create(to).to_pairs()).await, expected, "{to}");
    }
    let mut create = caller.create(CLERK);
    create.url = Some("ftp://example.com".into());
    assert_eq!(client.refused(&create.to_pairs()).await, (400, 21205));
    let mut create = caller.create(CLERK);
    create.from = "Tony".into();
    assert_eq!(client.refused(&create.to_pairs()).await, (400, 21212));
    let mut form = caller.create(CLERK).to_pairs();
    form.push(("TimeOut".into(), "5".into()));
    assert_eq!(client.refused(&form).await, (400, 20001));
    let (status, body) = client.get(&wire::rest::call_path(ACCOUNT, "CA00000000000000000000000000000000")).await;
    assert_eq!((status, &body["code"]), (404, &20404.into()));
    assert_eq!(client.with_token("wrong").refused(&caller.create(CLERK).to_pairs()).await, (401, 20003));
}

#[tokio::test]
async fn more_calls_than_allowed_in_a_second_are_refused_unprocessed() {
    let (_sim, client) = simulator(|config| config.calls_per_second = 2).await;
    let caller = caller(connect, 0).await;
    let form = caller.create("+14155550110");
    client.create(&form).await;
    client.create(&form).await;
    assert_eq!(client.refused(&form.to_pairs()).await, (429, 20429));
    assert_eq!(client.get("/sim/calls").await.1.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn calls_are_listed_newest_first_with_filters_and_pages() {
    let (_sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    let mut sids = Vec::new();
    for to in ["+14155550110", "+14155550112", "+14155550110"] {
        sids.push(client.create(&caller.create(to)).await.sid);
        caller.life().await;
    }
    let list = async |query: &str| {
        let (status, page) = client.get(&format!("{}{query}", wire::rest::calls_path(ACCOUNT))).await;
        assert_eq!(status, 200, "{page}");
        let found: Vec<String> =
            page["calls"].as_array().unwrap().iter().map(|c| c["sid"].as_str().unwrap().to_owned()).collect();
        (found, page)
    };
    let newest_first: Vec<String> = sids.iter().rev().cloned().collect();
    assert_eq!(list("").await.0, newest_first);
    assert_eq!(list("?To=%2B14155550112").await.0, [sids[1].clone()]);
    assert_eq!(list("?Status=busy").await.0, [sids[2].clone(), sids[0].clone()]);
    assert_eq!(list("?Status=completed").await.0, [""; 0]);
    assert_eq!(list("?StartTime%3E=2020-01-01").await.0.len(), 3);
    assert_eq!(list("?StartTime%3C=2020-01-01T00:00:00Z").await.0.len(), 0);
    // The carrier's own client sends a day as its midnight; at midnight there are two.
    let today = || format!("{}T00:00:00Z", &jiff::Timestamp::now().to_string()[..10]);
    let day = today();
    let (found, _) = list(&format!("?StartTime={day}&EndTime={day}")).await;
    assert!(found == newest_first || day != today(), "{found:?}");
    assert_eq!(list("?ParentCallSid=CA1").await.0, [""; 0]);
    let (status, refused) = client.get(&format!("{}?StartTime=today", wire::rest::calls_path(ACCOUNT))).await;
    assert_eq!((status, &refused["code"]), (400, &20001.into()));
    let (first, page) = list("?PageSize=2").await;
    assert_eq!(first, newest_first[..2]);
    let next = page["next_page_uri"].as_str().unwrap();
    let (_, page) = client.get(next).await;
    assert_eq!((&page["calls"][0]["sid"], &page["next_page_uri"]), (&newest_first[2].clone().into(), &serde_json::Value::Null));
}

#[tokio::test]
async fn a_drained_simulator_takes_no_new_calls_and_ends_the_live_ones() {
    let (sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    client.create(&caller.create(CLERK)).await;
    let mut stream = caller.stream().await;
    let drained = tokio::spawn(sim.drain(Duration::from_millis(300)));
    assert!(matches!(stream.rest().await.last(), Some(FromCarrier::Stop { .. })));
    assert_eq!(statuses(&caller.life().await).last(), Some(&Completed));
    support::within(drained).await.unwrap();
}

#[tokio::test]
async fn the_numbers_are_told() {
    let (_sim, client) = simulator(|_| {}).await;
    let (status, numbers) = client.get("/sim/numbers").await;
    assert_eq!((status, numbers.as_array().unwrap().len()), (200, 16));
    assert_eq!(numbers[0]["number"], CLERK);
    assert!(numbers[0]["what"].as_str().is_some_and(|what| !what.is_empty()));
    assert_eq!(client.get("/").await.1["status"], "running");
}
