//! One client's socket: events in, events out, work in between.

use crate::brain::Brain;
use crate::session::{Effect, Session};
use crate::work::{self, Done};
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::stream::{FuturesUnordered, SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use speech::Speech;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

/// Events that may wait for the client to read them; a whole answer's audio fits.
const QUEUE_MAX: usize = 1_024;
/// How long a client may take to make room in a full queue.
const WRITE_MAX: Duration = Duration::from_secs(10);
/// How long a client may take to answer our goodbye.
const GOODBYE_MAX: Duration = Duration::from_secs(2);

/// A session that closes its socket abruptly after its first spoken answer: fault injection for the tests of clients.
const MODEL_THAT_DIES: &str = "ringback-local-dies";

/// What a socket is served with.
pub(crate) struct SetUp {
    pub(crate) speech: Speech,
    pub(crate) brain: Arc<dyn Brain>,
    pub(crate) model: String,
    pub(crate) session_max: Duration,
    pub(crate) idle_max: Duration,
    pub(crate) ending: CancellationToken,
}

/// Why a socket was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    ClientClosed,
    ClientLost,
    ClientTooSlow,
    ClientIdle,
    Expired,
    Draining,
    Died,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientClosed => "the client closed it",
            Self::ClientLost => "the client was lost",
            Self::ClientTooSlow => "the client did not read",
            Self::ClientIdle => "the client sent nothing",
            Self::Expired => "it reached its longest time",
            Self::Draining => "the server is shutting down",
            Self::Died => "its model is the one that dies",
        })
    }
}

/// Serves one socket to its end.
pub(crate) async fn serve(socket: WebSocket, set_up: SetUp) -> Ending {
    let (sink, mut stream) = socket.split();
    let (queue, queued) = mpsc::channel(QUEUE_MAX);
    let writer = tokio::spawn(write(sink, queued));
    let ending = run(&mut stream, &queue, set_up).await;
    let (code, reason) = match ending {
        Ending::ClientClosed | Ending::ClientLost => (1000, ""),
        Ending::ClientTooSlow => (1008, "too slow"),
        Ending::ClientIdle => (1001, "idle"),
        Ending::Expired => (1001, "session expired"),
        Ending::Draining => (1001, "shutting down"),
        // No close frame: the connection just breaks off after the last event.
        Ending::Died => (0, ""),
    };
    if code > 0 {
        let _ = queue.try_send(Message::Close(Some(CloseFrame { code, reason: reason.into() })));
    }
    drop(queue);
    let abort = writer.abort_handle();
    if tokio::time::timeout(WRITE_MAX, writer).await.is_err() {
        abort.abort();
    }
    if code > 0 {
        // A socket that is dropped with something unread in it is reset, and a reset takes our last events with it.
        let answered = async { while let Some(Ok(_)) = stream.next().await {} };
        let _ = tokio::time::timeout(GOODBYE_MAX, answered).await;
    }
    ending
}

/// Writes what is queued until the queue is closed or the client is gone.
async fn write(mut sink: SplitSink<WebSocket, Message>, mut queued: mpsc::Receiver<Message>) {
    while let Some(message) = queued.recv().await {
        if sink.feed(message).await.is_err() {
            // The client said goodbye first: it still waits for the answer, which lies ready in the sink.
            let _ = sink.close().await;
            return;
        }
        // Everything that is ready goes in one write.
        while let Ok(message) = queued.try_recv() {
            if sink.feed(message).await.is_err() {
                return;
            }
        }
        if sink.flush().await.is_err() {
            return;
        }
    }
}

async fn run(stream: &mut SplitStream<WebSocket>, queue: &mpsc::Sender<Message>, set_up: SetUp) -> Ending {
    let SetUp { speech, brain, model, session_max, idle_max, ending } = set_up;
    let dies = model == MODEL_THAT_DIES;
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + session_max;
    let mut session = Session::new(uuid::Uuid::new_v4(), model, since_1970.as_secs());
    info!(session_id = session.id(), "a voice session begins");
    let mut jobs = FuturesUnordered::new();
    let expiry = Instant::now() + session_max;
    let mut heard_from = Instant::now();
    loop {
        for effect in session.take_effects() {
            match effect {
                Effect::Send(event) => {
                    let text = session.write(&event);
                    let message = queue.send_timeout(Message::Text(text.into()), WRITE_MAX).await;
                    match message {
                        Ok(()) => {}
                        Err(mpsc::error::SendTimeoutError::Timeout(_)) => return Ending::ClientTooSlow,
                        Err(mpsc::error::SendTimeoutError::Closed(_)) => return Ending::ClientLost,
                    }
                }
                Effect::Do(job) => jobs.push(work::run(job, speech.clone(), brain.clone())),
            }
        }
        if dies && session.has_spoken() {
            return Ending::Died;
        }
        tokio::select! {
            () = ending.cancelled() => return Ending::Draining,
            () = tokio::time::sleep_until(expiry) => {
                session.expire();
                for effect in session.take_effects() {
                    if let Effect::Send(event) = effect {
                        let _ = queue.try_send(Message::Text(session.write(&event).into()));
                    }
                }
                return Ending::Expired;
            }
            () = tokio::time::sleep_until(heard_from + idle_max) => return Ending::ClientIdle,
            Some(done) = jobs.next(), if !jobs.is_empty() => {
                let done: Done = done;
                session.done(done);
            }
            message = stream.next() => {
                heard_from = Instant::now();
                match message {
                    Some(Ok(Message::Text(text))) => session.receive(&text),
                    Some(Ok(Message::Binary(_))) => session.refuse_binary(),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_))) | None => return Ending::ClientClosed,
                    Some(Err(error)) => {
                        debug!(error = &error as &dyn std::error::Error, "the client's socket broke");
                        return Ending::ClientLost;
                    }
                }
            }
        }
    }
}
