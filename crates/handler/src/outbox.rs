//! Brings results to the engine, and tries until it has them. A result leaves the outbox only when the engine accepts it or
//! says that it never will.

use crate::app::App;
use crate::carrier::Backoff;
use crate::clock::unix_ms;
use crate::error::with_causes;
use crate::store::{Delivery, OutboxRow, Parcel};
use reqwest::StatusCode;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use types::OrderId;

/// How many results are under way at the same time.
const PARALLEL_MAX: usize = 8;
/// How many waiting results are looked at.
const PAGE: u32 = 64;
/// How long nothing is read after the store has failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);
/// The longest sleep; a clock that was set back must not stop deliveries for ever.
const SLEEP_MAX: Duration = Duration::from_secs(300);

/// Delivers until the handler stops.
pub(crate) async fn run(app: Arc<App>) {
    let mut under_way = JoinSet::new();
    let mut ids = HashSet::<OrderId>::new();
    loop {
        let sleep = match app.store.outbox(PAGE).await {
            Ok(rows) => {
                let mut soonest = SLEEP_MAX;
                for row in rows {
                    let wait = Duration::from_millis(row.due_ms.saturating_sub(unix_ms()));
                    if ids.contains(&row.order_id) || under_way.len() >= PARALLEL_MAX {
                        // Looked at again when a delivery ends.
                    } else if wait.is_zero() {
                        ids.insert(row.order_id.clone());
                        let app = Arc::clone(&app);
                        under_way.spawn(async move { deliver(&app, row).await });
                    } else {
                        soonest = soonest.min(wait);
                    }
                }
                soonest
            }
            Err(error) => {
                tracing::error!(error = %with_causes(&error), "the outbox cannot be read");
                STORE_PAUSE
            }
        };
        tokio::select! {
            () = app.outbox_wake.notified() => {}
            () = tokio::time::sleep(sleep) => {}
            Some(done) = under_way.join_next(), if !under_way.is_empty() => match done {
                Ok(order_id) => { ids.remove(&order_id); }
                // Whose delivery it was is not known; all are looked at again, and what is under way twice is accepted once.
                Err(error) => { tracing::error!(%error, "a delivery broke off"); ids.clear(); }
            },
            () = app.stop.cancelled() => break,
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// One last try for everything that waits, whenever it would be due.
pub(crate) async fn flush(app: &Arc<App>) {
    match app.store.outbox(PAGE).await {
        Ok(rows) => {
            let mut tries = JoinSet::new();
            for row in rows {
                let app = Arc::clone(app);
                tries.spawn(async move { deliver(&app, row).await });
            }
            while tries.join_next().await.is_some() {}
        }
        Err(error) => tracing::error!(error = %with_causes(&error), "the outbox cannot be read"),
    }
}

/// Sends one result and notes what became of it.
async fn deliver(app: &App, row: OutboxRow) -> OrderId {
    let (order_id, parcel) = (row.order_id.clone(), row.parcel);
    crash_point::reach("handler.before_result_sent");
    let delivery = send(app, &row).await;
    crash_point::reach("handler.after_result_sent");
    if let Err(error) = app.store.parcel_delivered(row.order_id, parcel, delivery).await {
        // It stays in the outbox and is sent again; the engine takes it once.
        tracing::error!(%order_id, error = %with_causes(&error), "what became of a delivery could not be stored");
        tokio::time::sleep(STORE_PAUSE).await;
    }
    order_id
}

async fn send(app: &App, row: &OutboxRow) -> Delivery {
    let order_id = &row.order_id;
    let mut url = app.config.engine_url.clone();
    let (path, key) = match row.parcel {
        Parcel::Result => ("call_result", order_id.as_str().to_owned()),
        Parcel::Correction => ("call_correction", format!("{order_id}:correction")),
    };
    url.set_path(&format!("{}/{path}", app.config.engine_url.path().trim_end_matches('/')));
    tracing::info!(%order_id, %url, bytes = row.body.len(), attempt = row.tries + 1, "POST /{path}");
    let mut request = app
        .engine_http
        .post(url)
        .timeout(app.config.timing.engine_timeout)
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(row.body.clone());
    if let Some(token) = &app.config.engine_token {
        request = request.bearer_auth(token);
    }
    let problem = match request.send().await {
        Ok(answer) if answer.status().is_success() => {
            tracing::info!(%order_id, status = answer.status().as_u16(), "the engine accepted the result");
            return Delivery::Accepted;
        }
        Ok(answer) => match answer.status() {
            status @ (StatusCode::CONFLICT | StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY) => {
                tracing::error!(%order_id, status = status.as_u16(), "the engine will not take the result; it is kept as dead");
                return Delivery::Dead;
            }
            status => format!("the engine answered {status}"),
        },
        Err(error) => with_causes(&error.without_url()),
    };
    let age = Duration::from_millis(unix_ms().saturating_sub(row.made_ms));
    if age > app.config.timing.outbox_window {
        tracing::error!(%order_id, problem, "the result was offered for too long; it is kept as dead");
        return Delivery::Dead;
    }
    let wait = wait_after(app, row.tries);
    tracing::warn!(%order_id, problem, again_in_ms = wait.as_millis(), "the engine did not take the result");
    Delivery::Again(unix_ms().saturating_add(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)))
}

fn wait_after(app: &App, tries: u32) -> Duration {
    let timing = &app.config.timing;
    let mut backoff = Backoff::new(timing.outbox_backoff, timing.outbox_backoff_max);
    for _ in 0..tries.min(32) {
        backoff.step();
    }
    backoff.step()
}
