//! The event stream of a call: what is stored, then what happens.

use crate::api::{find, watcher_permit};
use crate::app::App;
use crate::error::{ApiError, with_causes};
use crate::path::Path;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt as _, stream};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, broadcast};
use types::{CallEvent, NumberedCallEvent, OrderId};

/// How often a quiet stream shows that it lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Follow a call: what has happened so far, then what happens.
///
/// Server-sent events. Each `data` is a `NumberedCallEvent` as JSON, its `id` the event's number; levels have none and are
/// not kept. The stream ends after `ended`. A comment is sent every 15 seconds without an event.
#[utoipa::path(
    get, path = "/calls/{id}/events", operation_id = "call_events",
    params(("id" = String, Path, description = "The order's id (`o_…`) or the carrier's name for the call (`CA…`)"),
        ("Last-Event-ID" = Option<u64>, Header, description = "The number of the last event that the client has; 0 for all")),
    responses((status = 200, content_type = "text/event-stream", body = String, description = "The events."))
)]
pub(crate) async fn stream(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let permit = watcher_permit(&app)?;
    let order_id = find(&app, &id).await?.order_id;
    let seen = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|text| text.trim().parse().ok());
    let stop = app.stop.clone();
    let follower = Follower {
        // Watching begins before the store is read, so that nothing falls in between.
        live: app.live.get(&order_id).map(|call| call.watch()),
        app,
        order_id,
        seen: seen.unwrap_or(0),
        stored: VecDeque::new(),
        catching_up: true,
        over: false,
        _permit: permit,
    };
    let events = stream::unfold(follower, |mut follower| async { Some((follower.next().await?, follower)) });
    let events = events.map(|event| Ok(to_sse(&event))).take_until(stop.cancelled_owned());
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// One reader of a call's events.
struct Follower {
    app: Arc<App>,
    order_id: OrderId,
    live: Option<broadcast::Receiver<Arc<NumberedCallEvent>>>,
    /// The number of the last event that was passed on.
    seen: u64,
    stored: VecDeque<Arc<NumberedCallEvent>>,
    /// Whether the store may have more than was read.
    catching_up: bool,
    over: bool,
    _permit: OwnedSemaphorePermit,
}

impl Follower {
    async fn next(&mut self) -> Option<Arc<NumberedCallEvent>> {
        while !self.over {
            if let Some(event) = self.stored.pop_front() {
                self.seen = event.n;
                self.over = matches!(event.event, CallEvent::Ended { .. });
                return Some(event);
            }
            if self.catching_up {
                match self.app.store.events_after(&self.order_id, self.seen).await {
                    Ok(page) => {
                        self.catching_up = page.len() == crate::store::EVENTS_PAGE;
                        self.stored = page.into_iter().map(Arc::new).collect();
                    }
                    Err(error) => {
                        tracing::error!(order_id = %self.order_id, error = %with_causes(&error), "the events of a call cannot be read");
                        return None;
                    }
                }
                continue;
            }
            match self.live.as_mut()?.recv().await {
                Ok(event) if matches!(event.event, CallEvent::Level { .. }) => return Some(event),
                Ok(event) if event.n > self.seen => self.stored.push_back(event),
                Ok(_) => {}
                // What this reader was too slow for is in the store, and so is what came last.
                Err(broadcast::error::RecvError::Lagged(_)) => self.catching_up = true,
                Err(broadcast::error::RecvError::Closed) => {
                    self.live = None;
                    self.catching_up = true;
                }
            }
        }
        None
    }
}

fn to_sse(event: &NumberedCallEvent) -> Event {
    let sse = Event::default().data(serde_json::to_string(event).expect("events become JSON"));
    // Without an id a reader that resumes asks for the last durable event.
    if matches!(event.event, CallEvent::Level { .. }) { sse } else { sse.id(event.n.to_string()) }
}
