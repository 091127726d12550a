//! Who wants to know when a conversation has new events.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use tokio::sync::watch;

/// A switchboard of watches, one for each conversation that somebody watches.
#[derive(Debug, Default)]
pub(super) struct Notices(Mutex<HashMap<String, watch::Sender<u64>>>);

impl Notices {
    /// Follows a conversation. The value is the number of an event; it only says that there is something to read.
    pub(super) fn subscribe(&self, conversation: &str) -> watch::Receiver<u64> {
        let mut watches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Those whom nobody watches any more go now, so that the map is never larger than the number of open streams.
        watches.retain(|_, sender| sender.receiver_count() > 0);
        watches.entry(conversation.to_owned()).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Tells that events up to number `n` are durable.
    pub(super) fn publish(&self, conversation: &str, n: u64) {
        if let Some(sender) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(conversation) {
            sender.send_replace(n);
        }
    }

    /// Ends every stream of a conversation that has been deleted.
    pub(super) fn forget(&self, conversation: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(conversation);
    }
}
