//! One live call: the task that owns its session core, its two sockets and everything that is asked of the carrier for it.

mod actor;
mod dial;
mod farewell;
mod hang_up;
mod listen;
pub(crate) mod media;
mod meter;
mod pipe;
mod user;
pub(crate) mod voice;

pub(crate) use actor::{briefing, configured, finish};
pub(crate) use dial::look_up;
pub(crate) use farewell::farewell;
pub(crate) use hang_up::hang_up_until_over;
pub(crate) use media::MediaSocket;
pub(crate) use user::UserSays;
pub(crate) use voice::VoiceSocket;

use crate::app::App;
use crate::live::{Ends, LiveCall};
use crate::store::Unfinished;
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;
use types::{CallSid, Order, OrderId};

/// A call that the routes know already, and the ends that its task will have.
pub(crate) struct Prepared {
    app: Arc<App>,
    order_id: OrderId,
    call: Arc<LiveCall>,
    ends: Ends,
}

/// Makes a call known, so that whoever asks for its order once that is stored finds it.
pub(crate) fn prepare(app: &Arc<App>, order_id: OrderId, order: &Order) -> (Arc<LiveCall>, Prepared) {
    let (call, ends) = LiveCall::new(crate::bridge::speaks_english(app, order));
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
            Box::pin(carry_out(&app, &order_id, actor)).await;
            app.live.remove(&order_id);
            drop(permit);
        });
    }
}

/// Goes on with an order's call, which an earlier run began and which is at the carrier.
pub(crate) async fn go_on(app: &Arc<App>, call: Arc<LiveCall>, ends: Ends, order: Unfinished, call_sid: CallSid) {
    let order_id = order.order_id.clone();
    let actor = actor::Actor::resume(Arc::clone(app), call, ends, order, call_sid).await;
    // An order can be left behind again and again; the session's limit ends that.
    Box::pin(carry_out(app, &order_id, actor)).await;
}

async fn carry_out(app: &Arc<App>, order_id: &OrderId, actor: actor::Actor) {
    // A defect in one call must neither leave its order without a result nor its phone off the hook.
    if AssertUnwindSafe(Box::pin(actor.run())).catch_unwind().await.is_err() {
        tracing::error!(%order_id, "the call's task panicked");
        crate::recover::one(app, order_id).await;
    }
}
