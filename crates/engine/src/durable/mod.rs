//! Durable engines: what carries a graph's runs through crashes, restarts and long waits.
//!
//! An engine is a durable mailbox with one reader per conversation. The embedded one keeps both in SQLite; others can
//! implement [`Engine`] on the same graph.

mod desk;
pub mod embedded;
mod host;
mod notices;
#[cfg(test)]
mod tests;
mod work;

use graph::runtime::{Envelope, Graph};
use types::{ConversationId, chat::ConversationEvent, chat::NumberedConversationEvent};

pub use embedded::Embedded;
pub use host::Retry;

use crate::store;
use tokio::sync::watch;

/// What the web layer sees of an engine, whichever one it is.
#[async_trait::async_trait]
pub trait Engine<G: Graph<Event = ConversationEvent>>: Send + Sync {
    /// Begins a conversation that has no input yet.
    async fn begin(&self, conversation: &ConversationId) -> Result<(), store::Error>;

    /// Gives an input to a conversation. Returns once it is durable; the same envelope again changes nothing.
    ///
    /// # Errors
    /// [`store::Error::NoConversation`], [`store::Error::MailboxFull`], or the store's own.
    async fn deliver(&self, conversation: &ConversationId, envelope: Envelope<G::Input>) -> Result<(), store::Error>;

    /// Returns once everything delivered so far has been worked off and the run waits (or the engine is being stopped).
    async fn settled(&self, conversation: &ConversationId);

    /// The state after the last committed step; `None` if there is no such conversation.
    async fn view(&self, conversation: &ConversationId) -> Result<Option<G::State>, store::Error>;

    /// The committed events after number `after`, in order, at most `limit`.
    async fn events(
        &self,
        conversation: &ConversationId,
        after: u64,
        limit: u32,
    ) -> Result<Vec<NumberedConversationEvent>, store::Error>;

    /// Changes whenever events have been committed. Subscribe first, then read: nothing is missed.
    fn watch(&self, conversation: &ConversationId) -> watch::Receiver<u64>;
}
