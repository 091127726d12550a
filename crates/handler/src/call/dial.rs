//! Asking the carrier for a call, once; and finding out what became of it when the answer is lost.

use crate::app::App;
use crate::carrier::{Backoff, Error};
use crate::clock::unix_ms;
use crate::error::with_causes;
use std::time::Duration;
use tokio::time::Instant;
use types::{CallSid, Order, OrderId};

/// How often the carrier is asked when it says that it is too busy and did nothing.
const THROTTLED_TRIES_MAX: u32 = 5;

/// What became of the dialling.
#[derive(Debug)]
pub(crate) enum Dialled {
    /// The order has this call; that is durable.
    Accepted(CallSid),
    /// There is no call, for certain.
    Refused(String),
    /// There may be a call.
    Unknown(String),
}

/// Writes the intent down, asks the carrier, writes the call's name down.
pub(crate) async fn dial(app: &App, order_id: &OrderId, order: &Order) -> Dialled {
    let asked_ms = unix_ms();
    crash_point::reach("handler.before_dial_intent");
    if let Err(error) = app.store.dial_intent(order_id).await {
        return Dialled::Refused(format!("the call handler cannot store that it is about to dial: {}", with_causes(&error)));
    }
    crash_point::reach("handler.after_dial_intent");
    let timing = &app.config.timing;
    let mut backoff = Backoff::new(timing.carrier_backoff, timing.carrier_backoff_max);
    for _ in 0..THROTTLED_TRIES_MAX {
        tracing::info!(%order_id, to = order.target_phone_number.shortened(), "asking the carrier for the call");
        match app.carrier.create(order_id, order, &app.public).await {
            Ok(call_sid) => {
                crash_point::reach("handler.after_create");
                return claim(app, order_id, call_sid).await;
            }
            Err(Error::Throttled) => tokio::time::sleep(backoff.step()).await,
            Err(Error::Refused(message)) => return Dialled::Refused(message),
            Err(error @ (Error::NotFound | Error::Over)) => {
                return Dialled::Refused(format!("{error}; check the carrier's address and account"));
            }
            Err(Error::Unclear(message)) => return reconcile(app, order_id, order, asked_ms, message).await,
        }
    }
    Dialled::Refused(Error::Throttled.to_string())
}

/// The carrier's answer is lost: it is asked what it did, and never asked to do it again.
async fn reconcile(app: &App, order_id: &OrderId, order: &Order, asked_ms: u64, message: String) -> Dialled {
    crash_point::reach("handler.before_look_up");
    tracing::warn!(%order_id, cause = message, "the carrier may or may not have taken the call; looking it up");
    let timing = &app.config.timing;
    let until = Instant::now() + timing.reconcile_window;
    let mut backoff = Backoff::new(timing.carrier_backoff, timing.carrier_backoff_max);
    loop {
        tokio::time::sleep(backoff.step()).await;
        match look_up(app, order_id, order, asked_ms).await {
            Ok(Some(call_sid)) => return claim(app, order_id, call_sid).await,
            Ok(None) => {}
            Err(error) => tracing::warn!(%order_id, error = %with_causes(&error), "the look-up at the carrier failed"),
        }
        if Instant::now() >= until {
            return Dialled::Unknown(message);
        }
    }
}

/// Finds the order's call among the carrier's calls to its number: the one for which the carrier used an address that names
/// the order. A call without that proof is somebody else's.
pub(crate) async fn look_up(app: &App, order_id: &OrderId, order: &Order, asked_ms: u64) -> Result<Option<CallSid>, Error> {
    for call in app.carrier.list(&order.target_phone_number, asked_ms).await? {
        let call_sid = CallSid::new(call.sid);
        let taken = app.store.belongs_to_another(order_id, &call_sid).await.unwrap_or(true);
        if !taken && app.carrier.call_names_order(&call_sid, order_id).await? {
            return Ok(Some(call_sid));
        }
    }
    Ok(None)
}

/// Binds the order to its call. If another call has come first, this one must not go on.
async fn claim(app: &App, order_id: &OrderId, call_sid: CallSid) -> Dialled {
    for _ in 0..3 {
        match app.store.claim(order_id, &call_sid).await {
            Ok(true) => {
                crash_point::reach("handler.after_claim");
                return Dialled::Accepted(call_sid);
            }
            Ok(false) => {
                let first = app.store.order_by_id(order_id.as_str()).await.ok().flatten().and_then(|row| row.view.call_sid);
                let Some(first) = first else { break };
                tracing::warn!(%order_id, %call_sid, first = %first, "a second call for one order is hung up");
                super::hang_up_until_over(app, &call_sid).await;
                return Dialled::Accepted(first);
            }
            Err(error) => {
                tracing::error!(%order_id, %call_sid, error = %with_causes(&error), "the call's name could not be stored");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    // The call exists; not being able to write its name down must not leave it unattended.
    Dialled::Accepted(call_sid)
}
