//! An event stream of the engine that is opened again when it breaks off, from where it was.

use super::client::{Engine, Error};
use eventsource_stream::Eventsource as _;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

/// The pause before a stream is opened again: at first, and at most; doubled each time it brought nothing.
const PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));
/// How often in a row it is opened in vain before it is given up.
const TRIES_MAX: u32 = 20;
/// A stream without a byte for this long is taken for dead; the engine keeps it alive more often.
const QUIET_MAX: Duration = Duration::from_secs(45);
/// How many events may wait to be shown.
const WAITING_MAX: usize = 256;

/// Events as they come. Dropping it ends the stream.
pub(super) struct Events<T> {
    news: mpsc::Receiver<T>,
    _pump: AbortOnDropHandle<()>,
}

impl<T: DeserializeOwned + Send + 'static> Events<T> {
    /// Follows a stream; it ends after the event that is the last by `is_last`.
    pub(super) fn follow(engine: &Engine, path: &[&str], is_last: fn(&T) -> bool) -> Self {
        let (tell, news) = mpsc::channel(WAITING_MAX);
        let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        let pump = tokio::spawn(pump(engine.clone(), path, is_last, tell));
        Self { news, _pump: AbortOnDropHandle::new(pump) }
    }

    /// The next event; `None` after the last one, and when the stream cannot be had any more.
    pub(super) async fn next(&mut self) -> Option<T> {
        self.news.recv().await
    }
}

async fn pump<T: DeserializeOwned>(engine: Engine, path: Vec<String>, is_last: fn(&T) -> bool, tell: mpsc::Sender<T>) {
    let mut last: Option<String> = None;
    let (mut tries, mut pause) = (0, PAUSE.0);
    while tries < TRIES_MAX {
        match engine.events(&path, last.as_deref()).await {
            Ok(response) => {
                tries = 0;
                let mut events = response.bytes_stream().eventsource();
                while let Ok(Some(Ok(event))) = tokio::time::timeout(QUIET_MAX, events.next()).await {
                    pause = PAUSE.0;
                    if !event.id.is_empty() {
                        last = Some(event.id);
                    }
                    // What a newer engine tells is passed over.
                    let Ok(event) = serde_json::from_str::<T>(&event.data) else { continue };
                    let over = is_last(&event);
                    if tell.send(event).await.is_err() || over {
                        return;
                    }
                }
            }
            // There is nothing to follow, and trying again will not change it.
            Err(Error::Refused { status, .. }) if status.is_client_error() && status.as_u16() != 409 => return,
            Err(
                Error::Client(_)
                | Error::Unreachable { .. }
                | Error::Silent { .. }
                | Error::Refused { .. }
                | Error::Unreadable { .. },
            ) => {}
        }
        tries += 1;
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE.1);
    }
}
