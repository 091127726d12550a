//! A call that goes on with other documents: after its stream, by a redirect, by REST.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use support::{caller, connect, simulator};
use wire::media::FromCarrier;
use wire::rest::CallStatus;
use wire::twiml::{Document, Verb};

const CLERK: &str = "+14155550100";

#[tokio::test]
async fn a_call_whose_socket_breaks_off_asks_again_what_to_do() {
    let (_sim, client) = simulator(|_| {}).await;
    let document = |addr| {
        let mut document = connect(addr);
        let url = format!("http://{addr}/twiml");
        document.0.extend([Verb::Pause { length_s: 1 }, Verb::Say { text: "One moment.".into() }, Verb::Redirect { url }]);
        document
    };
    let mut caller = caller(document, 0).await;
    let call = client.create(&caller.create(CLERK)).await;
    let first = caller.stream().await;
    let sid = first.start.stream_sid.clone();
    drop(first);
    let second = caller.stream().await;
    assert_ne!(second.start.stream_sid, sid, "another stream of the same call");
    assert_eq!(second.start.call_sid, call.sid);
    client.update(&call.sid, &[("Status", "completed")]).await;
    assert_eq!(caller.life().await.last().unwrap().call_status, CallStatus::Completed);
}

#[tokio::test]
async fn a_redirect_to_nothing_ends_the_call() {
    let (_sim, client) = simulator(|_| {}).await;
    let document = |addr| Document(vec![Verb::Redirect { url: format!("http://{addr}/nothing") }, Verb::Pause { length_s: 60 }]);
    let mut caller = caller(document, 0).await;
    let call = client.create(&caller.create(CLERK)).await;
    assert_eq!(caller.life().await.last().unwrap().call_status, CallStatus::Completed);
    let errors = client.callee(&call.sid).await["errors"].to_string();
    assert!(errors.contains("11200"), "{errors}");
}

#[tokio::test]
async fn a_live_call_can_be_sent_to_another_address_and_ends_where_nothing_is() {
    let (_sim, client) = simulator(|_| {}).await;
    let mut caller = caller(connect, 0).await;
    let call = client.create(&caller.create(CLERK)).await;
    let mut first = caller.stream().await;
    let url = format!("http://{}/twiml", caller.addr);
    assert_eq!(client.update(&call.sid, &[("Url", &url), ("Method", "POST")]).await.0, 200);
    assert!(matches!(first.rest().await.last(), Some(FromCarrier::Stop { .. })));
    let mut second = caller.stream().await;
    let (status, body) = client.update(&call.sid, &[("Url", "nowhere")]).await;
    assert_eq!((status, &body["code"]), (400, &21205.into()));
    let nothing = format!("http://{}/nothing", caller.addr);
    assert_eq!(client.update(&call.sid, &[("Url", &nothing)]).await.0, 200, "the carrier takes it and then fetches it");
    assert!(matches!(second.rest().await.last(), Some(FromCarrier::Stop { .. })));
    assert_eq!(caller.life().await.last().unwrap().call_status, CallStatus::Completed);
    let errors = client.callee(&call.sid).await["errors"].to_string();
    assert!(errors.contains("11200"), "{errors}");
}

#[tokio::test]
async fn a_call_that_only_rings_cannot_be_redirected() {
    let (_sim, client) = simulator(|config| config.timing.ring = std::time::Duration::from_secs(60)).await;
    let mut caller = caller(connect, 0).await;
    let call = client.create(&caller.create(CLERK)).await;
    let (status, body) = client.update(&call.sid, &[("Twiml", &Document::hangup().write())]).await;
    assert_eq!((status, &body["code"]), (400, &21220.into()));
    client.update(&call.sid, &[("Status", "completed")]).await;
    caller.life().await;
}

#[tokio::test]
async fn the_callee_lives_on_while_nobody_hears_them() {
    let (_sim, client) = simulator(|_| {}).await;
    let mut caller = caller(|_| Document(vec![Verb::Pause { length_s: 3 }]), 0).await;
    let call = client.create(&caller.create(CLERK)).await;
    caller.life().await;
    let lines = client.callee(&call.sid).await["lines"].clone();
    assert_eq!(lines[0]["speaker"], "callee", "{lines}");
}
