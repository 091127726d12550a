//! `GET /conversations/{id}/events`: the durable events, from any number on, then live.

use super::{App, Problem, Shared, path::Path};
use crate::durable::Engine;
use axum::{
    extract::{RawQuery, State},
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::{Stream, stream};
use http::HeaderMap;
use std::{collections::VecDeque, convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::{OwnedSemaphorePermit, watch};
use types::{ConversationId, FieldError, chat::NumberedConversationEvent};

/// A comment is sent after this long without an event, so that whatever is in between does not close the stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Events that are read at once.
const READ_MAX: u32 = 200;

/// Follow a conversation: its history from any event on, then what happens.
///
/// Server-sent events. Each `data` is a `NumberedConversationEvent` as JSON, its `id` the event's number. The stream does not
/// end by itself; a comment is sent every 15 seconds without an event.
#[utoipa::path(
    get, path = "/conversations/{conversation}/events", operation_id = "conversation_events",
    params(
        ("conversation" = ConversationId, Path, description = "The conversation, `c_…`"),
        ("Last-Event-ID" = Option<u64>, Header, description = "The number of the last event that the client has; wins over `after`"),
        ("after" = Option<u64>, Query, description = "The number of the last event that the client has; 0 for all"),
    ),
    responses((status = 200, content_type = "text/event-stream", body = String, description = "The events."))
)]
pub(super) async fn stream(
    State(app): Shared,
    Path(conversation): Path<ConversationId>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let after = after(&headers, query.as_deref())?;
    app.state(&conversation).await?;
    let permit = app.stream_permit()?;
    // First subscribed, then read: what is committed in between is read, or noticed, or both, and numbered anyway.
    let news = app.engine.watch(&conversation);
    let follower = Follower { app, conversation, news, read: VecDeque::new(), last: after, _permit: permit };
    Ok(Sse::new(stream::unfold(follower, Follower::next)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// The number of the last event that the client has. The header is what a browser sends by itself when it comes back, so it
/// is newer than the address.
pub(super) fn after(headers: &HeaderMap, query: Option<&str>) -> Result<u64, FieldError> {
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let address = || pairs.find(|(name, _)| name == "after").map(|(_, value)| value.into_owned());
    match header.or_else(address) {
        Some(text) => text.trim().parse().map_err(|_| FieldError::new("after", "must be the number of an event, 0 for all")),
        None => Ok(0),
    }
}

struct Follower {
    app: Arc<App>,
    conversation: ConversationId,
    news: watch::Receiver<u64>,
    read: VecDeque<NumberedConversationEvent>,
    last: u64,
    _permit: OwnedSemaphorePermit,
}

impl Follower {
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        loop {
            if let Some(event) = self.read.pop_front() {
                self.last = event.n;
                let text = serde_json::to_string(&event).ok()?;
                return Some((Ok(Event::default().id(event.n.to_string()).data(text)), self));
            }
            self.news.borrow_and_update();
            match self.app.engine.events(&self.conversation, self.last, READ_MAX).await {
                Ok(events) => self.read.extend(events),
                Err(error) => {
                    // The client comes back with its last number.
                    tracing::warn!(conversation_id = %self.conversation, error = &error as &dyn std::error::Error, "an event stream broke off");
                    return None;
                }
            }
            if self.read.is_empty() {
                tokio::select! {
                    () = self.app.draining.cancelled() => return None,
                    changed = self.news.changed() => changed.ok()?,
                }
            }
        }
    }
}
