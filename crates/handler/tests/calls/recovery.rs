//! What a handler does with the orders of the one before it, and how it stops.

use crate::support::rig::error;
use crate::support::{Create, Rig};
use std::time::Duration;
use types::{Disposition, EndedReason, OrderAccepted};
use wire::rest::CallStatus;

#[tokio::test]
async fn a_crash_while_the_carrier_is_asked_is_looked_up_and_never_dialled_again() {
    let mut rig = Rig::start().await;
    rig.carrier.script(&[Create::Slowly]);
    let request = rig.post_order("k", &crate::support::rig::pizza());
    let posted = tokio::spawn(request.send());
    let call = rig.carrier.nth_call(0).await;
    rig.crash();
    assert!(posted.await.unwrap().is_err());
    rig.restart().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    assert_eq!(order.call_sid.as_str(), call.sid);
    // It rings, and is waited for as if nothing had happened.
    rig.carrier.progress(&call.sid, CallStatus::Busy).await;
    let result = rig.engine.result().await;
    assert_eq!((result.ended_reason, result.status), (EndedReason::NotConnected, Disposition::Busy));
    assert_eq!(result.call_sid, Some(order.call_sid));
    assert_eq!(rig.carrier.creates(), 1);
}

#[tokio::test]
async fn a_call_that_ended_meanwhile_is_told_as_the_carrier_tells_it() {
    let mut rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    rig.crash();
    rig.carrier.stop_callbacks();
    rig.carrier.progress(order.call_sid.as_str(), CallStatus::NoAnswer).await;
    rig.restart().await;
    assert_eq!(rig.engine.result().await.status, Disposition::NoAnswer);
}

#[tokio::test]
async fn a_drain_hangs_up_what_is_live_and_keeps_every_result() {
    let mut rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let mut voice = rig.voice.link().await;
    let line = rig.carrier.answer(order.call_sid.as_str()).await;
    voice.asked().await;
    rig.engine.refuse(&[500; 50]);
    rig.drain(Duration::ZERO).await;
    assert!(rig.carrier.call(order.call_sid.as_str()).status.is_terminal());
    rig.engine.stop_refusing();
    rig.restart().await;
    let result = rig.engine.result().await;
    assert_eq!((result.order_id, result.ended_reason), (order.order_id, EndedReason::Shutdown));
    drop(line);
}

#[tokio::test]
async fn a_draining_handler_takes_no_orders() {
    let mut rig = Rig::start().await;
    let first: OrderAccepted = rig.order("a").await.unwrap().json().await.unwrap();
    let (carrier, request, again) = (rig.carrier.clone(), rig.post_order("b", &crate::support::rig::pizza()), rig.order("a"));
    assert_eq!(again.await.unwrap().status(), 200);
    let draining = rig.drain(Duration::from_secs(10));
    let visitor = async {
        let refused = crate::support::until("the handler drains", || async {
            let answer = request.try_clone().unwrap().send().await.unwrap();
            let (status, body) = error(answer).await;
            (body.code == "draining").then_some(status)
        });
        assert_eq!(refused.await, 503);
        carrier.progress(first.call_sid.as_str(), CallStatus::Busy).await;
    };
    crate::support::soon("the drain", async { tokio::join!(draining, visitor) }).await;
    assert_eq!(rig.engine.result().await.order_id, first.order_id);
}
