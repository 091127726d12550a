//! A WebSocket with a bounded queue before it, read and written by the same task.
//!
//! Everything that was queued when the task waits goes out with one flush, so that a mark travels with its media and a
//! slow peer never makes its call's task wait.

use futures_util::{Sink, Stream};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;

/// Why a socket cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The peer closed it.
    #[error("the other side closed the socket")]
    Closed,
    /// It broke off.
    #[error("the socket failed: {0}")]
    Failed(String),
    /// Too much waits to be sent.
    #[error("the other side takes messages too slowly: {0} are waiting")]
    Full(usize),
    /// Nothing was taken for too long.
    #[error("the other side has taken nothing for {} s", .0.as_secs())]
    Stalled(Duration),
}

/// A socket and what waits to go out by it.
pub(crate) struct Pipe<S, M> {
    socket: S,
    queue: VecDeque<M>,
    queue_max: usize,
    unflushed: bool,
    blocked_since: Option<Instant>,
}

impl<S, M, E> Pipe<S, M>
where
    S: Stream<Item = Result<M, E>> + Sink<M, Error = E> + Unpin,
    E: std::fmt::Display,
{
    pub(crate) fn new(socket: S, queue_max: usize) -> Self {
        Self { socket, queue: VecDeque::new(), queue_max, unflushed: false, blocked_since: None }
    }

    /// Queues a message; it goes out while [`Pipe::next`] is waited for.
    pub(crate) fn push(&mut self, message: M) -> Result<(), Error> {
        if self.queue.len() >= self.queue_max {
            return Err(Error::Full(self.queue.len()));
        }
        self.queue.push_back(message);
        Ok(())
    }

    /// Fails once the peer has taken nothing for `limit` although something waits.
    pub(crate) fn check_stall(&self, now: Instant, limit: Duration) -> Result<(), Error> {
        match self.blocked_since {
            Some(since) if now.saturating_duration_since(since) >= limit => Err(Error::Stalled(limit)),
            Some(_) | None => Ok(()),
        }
    }

    /// Sends what waits, and waits for the next message. Nothing is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> Result<M, Error> {
        poll_fn(|cx| {
            if let Poll::Ready(Err(error)) = self.poll_write(cx) {
                return Poll::Ready(Err(error));
            }
            match Pin::new(&mut self.socket).poll_next(cx) {
                Poll::Ready(Some(Ok(message))) => Poll::Ready(Ok(message)),
                Poll::Ready(Some(Err(error))) => Poll::Ready(Err(Error::Failed(error.to_string()))),
                Poll::Ready(None) => Poll::Ready(Err(Error::Closed)),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    /// Sends what waits and a last message, then closes. Gives up silently after `limit`.
    pub(crate) async fn close(mut self, limit: Duration) {
        let closing = poll_fn(|cx| match self.poll_write(cx) {
            Poll::Ready(Ok(())) => Pin::new(&mut self.socket).poll_close(cx).map(drop),
            Poll::Ready(Err(_)) => Poll::Ready(()),
            Poll::Pending => Poll::Pending,
        });
        // The peer may be gone already; there is nobody left to tell.
        drop(tokio::time::timeout(limit, closing).await);
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while !self.queue.is_empty() {
            match Pin::new(&mut self.socket).poll_ready(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(Error::Failed(error.to_string()))),
                Poll::Pending => return self.blocked(),
            }
            if let Some(message) = self.queue.pop_front() {
                self.unflushed = true;
                if let Err(error) = Pin::new(&mut self.socket).start_send(message) {
                    return Poll::Ready(Err(Error::Failed(error.to_string())));
                }
            }
        }
        if self.unflushed {
            match Pin::new(&mut self.socket).poll_flush(cx) {
                Poll::Ready(Ok(())) => self.unflushed = false,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(Error::Failed(error.to_string()))),
                Poll::Pending => return self.blocked(),
            }
        }
        self.blocked_since = None;
        Poll::Ready(Ok(()))
    }

    fn blocked<T>(&mut self) -> Poll<T> {
        self.blocked_since.get_or_insert_with(Instant::now);
        Poll::Pending
    }
}
