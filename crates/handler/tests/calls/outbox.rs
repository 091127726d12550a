//! Results on their way to the engine.

use crate::support::Rig;
use types::{Disposition, OrderAccepted};
use wire::rest::CallStatus;

async fn a_busy_call(rig: &Rig, key: &str) -> OrderAccepted {
    let order: OrderAccepted = rig.order(key).await.unwrap().json().await.unwrap();
    rig.carrier.progress(order.call_sid.as_str(), CallStatus::Busy).await;
    order
}

#[tokio::test]
async fn a_result_is_offered_until_the_engine_has_it() {
    let rig = Rig::start().await;
    rig.engine.refuse(&[500, 503]);
    let order = a_busy_call(&rig, "k").await;
    let (first, second, third) = (rig.engine.delivery().await, rig.engine.delivery().await, rig.engine.delivery().await);
    assert_eq!((first.0, second.0, third.0), (500, 503, 200));
    assert_eq!(first.1, third.1);
    assert_eq!((&third.1.order_id, third.1.status), (&order.order_id, Disposition::Busy));
    // What came later is delivered, what was accepted is not offered again.
    let next = a_busy_call(&rig, "l").await;
    assert_eq!(rig.engine.delivery().await.1.order_id, next.order_id);
}

#[tokio::test]
async fn a_result_that_the_engine_does_not_know_is_not_offered_for_ever() {
    let rig = Rig::start().await;
    rig.engine.refuse(&[404]);
    a_busy_call(&rig, "k").await;
    assert_eq!(rig.engine.delivery().await.0, 404);
    let next = a_busy_call(&rig, "l").await;
    assert_eq!(rig.engine.delivery().await.1.order_id, next.order_id);
    assert!(rig.engine.is_quiet().await);
}

#[tokio::test]
async fn a_result_survives_a_crash() {
    let mut rig = Rig::with(|config| config.timing.outbox_backoff_max = std::time::Duration::from_millis(50)).await;
    rig.engine.refuse(&[500]);
    let order = a_busy_call(&rig, "k").await;
    assert_eq!(rig.engine.delivery().await.0, 500);
    rig.crash();
    rig.restart().await;
    assert_eq!(rig.engine.result().await.order_id, order.order_id);
}
