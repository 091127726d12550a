//! One live call: the task that owns its session core, its two sockets and everything that is asked of the carrier for it.

mod actor;
mod dial;
mod hang_up;
mod listen;
mod media;
mod pipe;
mod voice;

pub(crate) use actor::finish;
pub(crate) use dial::look_up;
pub(crate) use hang_up::hang_up_until_over;
pub(crate) use media::MediaSocket;

use crate::app::App;
use crate::live::{Ends, LiveCall};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use types::{Order, OrderId};

/// A call that the routes know already, and the ends that its task will have.
pub(crate) struct Prepared {
    app: Arc<App>,
    order_id: OrderId,
    call: Arc<LiveCall>,
    ends: Ends,
}

/// Makes a call known, so that whoever asks for its order once that is stored finds it.
pub(crate) fn prepare(app: &Arc<App>, order_id: OrderId) -> (Arc<LiveCall>, Prepared) {
    let (call, ends) = LiveCall::new();
    app.live.insert(order_id.clone(), Arc::clone(&call));
    (Arc::clone(&call), Prepared { app: Arc::clone(app), order_id, call, ends })
}

impl Prepared {
    /// The order was not stored after all.
    pub(crate) fn cancel(self) {
        self.app.live.remove(&self.order_id);
    }

    /// Begins to carry out the order, which is durable. The permit is given back when the call is over, however it ends.
    pub(crate) fn start(self, order: Order, permit: OwnedSemaphorePermit) {
        let Self { app, order_id, call, ends } = self;
        let actor = actor::Actor::new(Arc::clone(&app), call, ends, order_id.clone(), order);
        let tracker = app.calls.clone();
        tracker.spawn(async move {
            // A defect in one call must neither leave its order without a result nor its phone off the hook.
            if AssertUnwindSafe(actor.run()).catch_unwind().await.is_err() {
                tracing::error!(%order_id, "the call's task panicked");
                crate::recover::one(&app, &order_id).await;
            }
            app.live.remove(&order_id);
            drop(permit);
        });
    }
}
