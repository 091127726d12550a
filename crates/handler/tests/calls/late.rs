//! What the carrier tells of a call after its result.

use crate::support::rig::error;
use crate::support::{Create, Rig};
use std::time::Duration;
use types::{Disposition, EndedReason, OrderAccepted};
use wire::rest::CallStatus;

/// A rig whose calls are given up soon when the carrier does not confirm that they are over.
async fn impatient() -> Rig {
    Rig::with(|config| {
        config.tuning.hang_up_confirm_max = Duration::from_millis(100);
        config.timing.hang_up_window = Duration::ZERO;
        config.tuning.reopenings_max = 0;
    })
    .await
}

#[tokio::test]
async fn a_carrier_that_contradicts_the_result_is_heard_after_it_and_once() {
    let mut rig = impatient().await;
    rig.carrier.fail_hang_ups(usize::MAX);
    rig.engine.refuse(&[500, 500, 500]);
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = order.call_sid.as_str();
    rig.voice.link().await.die();
    // Nobody has answered as far as we know, and the hang-up is not confirmed.
    let (refused, result) = rig.engine.delivery().await;
    assert_eq!((refused, result.status, result.ended_reason), (500, Disposition::Failed, EndedReason::VoiceLost));
    rig.carrier.progress(sid, CallStatus::Completed).await;
    rig.carrier.progress(sid, CallStatus::Completed).await;
    assert_eq!(rig.engine.result().await, result, "the result stays as it is");
    let correction = rig.engine.correction().await;
    assert_eq!((&correction.order_id, correction.call_sid.as_str(), correction.attempt), (&order.order_id, sid, 2));
    assert_eq!(
        (correction.reported, correction.told, correction.duration),
        (Disposition::Failed, Disposition::Completed, Some(7))
    );
    assert_eq!(rig.engine.heard(), ["call_result", "call_result", "call_result", "call_result", "call_correction"]);
    // A handler that is killed before it has noted the engine's answer sends once more; one that is stopped has noted it.
    rig.drain(Duration::ZERO).await;
    rig.restart().await;
    rig.carrier.progress(sid, CallStatus::Completed).await;
    let again: OrderAccepted = rig.order("l").await.unwrap().json().await.unwrap();
    rig.carrier.progress(again.call_sid.as_str(), CallStatus::Busy).await;
    assert_eq!(rig.engine.result().await.order_id, again.order_id);
    assert_eq!(rig.engine.heard().iter().filter(|path| **path == "call_correction").count(), 1);
    assert_eq!(rig.view(sid).await.result.unwrap().status, Disposition::Failed);
}

#[tokio::test]
async fn a_call_that_could_not_be_told_of_is_told_of_when_the_carrier_speaks() {
    let rig = Rig::start().await;
    rig.carrier.hide_calls();
    rig.carrier.script(&[Create::TakeAndFail]);
    assert_eq!(error(rig.order("k").await.unwrap()).await.0, 504);
    let result = rig.engine.result().await;
    assert_eq!((result.status, &result.call_sid), (Disposition::Unknown, &None));
    let call = rig.carrier.nth_call(0).await;
    rig.carrier.progress(&call.sid, CallStatus::NoAnswer).await;
    let correction = rig.engine.correction().await;
    assert_eq!((correction.order_id, correction.told), (result.order_id, Disposition::NoAnswer));
    assert_eq!((correction.call_sid.as_str(), rig.carrier.creates()), (call.sid.as_str(), 1));
}

#[tokio::test]
async fn news_that_agree_with_the_result_are_no_correction() {
    let rig = Rig::start().await;
    let order: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    rig.carrier.progress(order.call_sid.as_str(), CallStatus::Busy).await;
    assert_eq!(rig.engine.result().await.status, Disposition::Busy);
    rig.carrier.progress(order.call_sid.as_str(), CallStatus::Busy).await;
    let other: OrderAccepted = rig.order("l").await.unwrap().json().await.unwrap();
    rig.carrier.progress(other.call_sid.as_str(), CallStatus::NoAnswer).await;
    rig.engine.result().await;
    assert_eq!(rig.engine.heard(), ["call_result", "call_result"]);
}
