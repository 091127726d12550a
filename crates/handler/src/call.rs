//! One live call: the task that owns its session core, its two sockets and everything that is asked of the carrier for it.

mod actor;
mod dial;
mod hang_up;
mod listen;
mod media;
mod pipe;
mod realtime;

pub(crate) use actor::finish;
pub(crate) use dial::look_up;
pub(crate) use hang_up::hang_up_until_over;
pub(crate) use media::MediaSocket;

use crate::app::App;
use crate::live::LiveCall;
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use types::{Order, OrderId};

/// Begins to carry out an order that is durable. The permit is given back when the call is over, however it ends.
pub(crate) fn start(app: &Arc<App>, order_id: OrderId, order: Order, permit: OwnedSemaphorePermit) -> Arc<LiveCall> {
    let (call, ends) = LiveCall::new();
    app.live.insert(order_id.clone(), Arc::clone(&call));
    let actor = actor::Actor::new(Arc::clone(app), Arc::clone(&call), ends, order_id.clone(), order);
    let app_of_task = Arc::clone(app);
    app.calls.spawn(async move {
        let app = app_of_task;
        // A defect in one call must neither leave its order without a result nor its phone off the hook.
        if AssertUnwindSafe(actor.run()).catch_unwind().await.is_err() {
            tracing::error!(%order_id, "the call's task panicked");
            crate::recover::one(&app, &order_id).await;
        }
        app.live.remove(&order_id);
        drop(permit);
    });
    call
}
