//! The engine's HTTP: routes, and what they share.

mod body;
mod call_correction;
mod call_result;
mod chat;
mod conversations;
mod decisions;
mod events;
#[cfg(test)]
mod fuzz;
mod guard;
mod live;
mod openapi;
mod page;
mod path;
mod problem;
mod reply;
mod told;

use crate::{
    calls::Handler,
    durable::{Embedded, Engine},
    locks::Locks,
    store::{self, Store},
};
use axum::{Extension, Router, middleware};
use graph::task::{State, TaskGraph};
use problem::Problem;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedMutexGuard, Semaphore},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use types::{ConversationId, chat::About};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use guard::Guard;

/// What every route may use.
pub(crate) struct App {
    pub(crate) engine: Embedded<TaskGraph>,
    pub(crate) store: Store,
    pub(crate) handler: Handler,
    pub(crate) guard: Guard,
    pub(crate) about: About,
    pub(crate) settle_max: Duration,
    /// One permit for each open stream.
    pub(crate) streams: Arc<Semaphore>,
    /// One request at a time changes a conversation.
    pub(crate) turns: Locks,
    /// Streams end and no new work is taken.
    pub(crate) draining: CancellationToken,
}

type Shared = axum::extract::State<Arc<App>>;

/// Every route. A route is registered by its description, so that there is none without.
pub(crate) fn router(app: Arc<App>) -> Router {
    let (routes, described) = described().split_for_parts();
    routes
        .layer(Extension(openapi::document(described)))
        .fallback(page::file)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::check))
        .layer(middleware::map_response(page::secure))
        .with_state(app)
}

fn described() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(openapi::head())
        .routes(routes!(page::root))
        .routes(routes!(openapi::serve))
        .routes(routes!(conversations::about))
        .routes(routes!(chat::chat))
        .routes(routes!(call_result::take))
        .routes(routes!(call_correction::take))
        .routes(routes!(conversations::list))
        .routes(routes!(conversations::one, conversations::delete))
        .routes(routes!(conversations::graph))
        .routes(routes!(events::stream))
        .routes(routes!(decisions::decide))
        .routes(routes!(live::events))
        .routes(routes!(live::audio))
        .routes(routes!(live::hangup))
        .routes(routes!(told::answer))
        .routes(routes!(told::instruct))
        .routes(routes!(told::take_over))
        .routes(routes!(live::recording, live::delete_recording))
}

impl App {
    /// The state of a conversation.
    async fn state(&self, conversation: &ConversationId) -> Result<State, Problem> {
        Ok(self.engine.view(conversation).await?.ok_or(store::Error::NoConversation)?)
    }

    /// Until when a request that begins now is waited for.
    fn deadline(&self) -> Instant {
        Instant::now() + self.settle_max
    }

    /// Waits for the request's turn: one at a time changes a conversation.
    async fn turn(&self, name: &str, deadline: Instant) -> Result<OwnedMutexGuard<()>, Problem> {
        let turn = tokio::time::timeout_at(deadline, self.turns.lock(name)).await;
        turn.map_err(|_| Problem::unavailable("busy", "the conversation is busy with earlier messages; send this again"))
    }

    /// Waits until a conversation has settled, but not longer; false if it has not.
    async fn settle(&self, conversation: &ConversationId, deadline: Instant) -> bool {
        tokio::time::timeout_at(deadline, self.engine.settled(conversation)).await.is_ok()
    }

    /// A place for one more stream.
    fn stream_permit(&self) -> Result<tokio::sync::OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.streams)
            .try_acquire_owned()
            .map_err(|_| Problem::unavailable("too_many_streams", "too many streams are open; close a page and try again"))
    }
}
