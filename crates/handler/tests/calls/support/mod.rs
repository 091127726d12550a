//! A carrier, a realtime model and an engine on the loopback, and a handler between them.

pub(crate) mod carrier;
pub(crate) mod contracts;
pub(crate) mod engine;
pub(crate) mod live;
pub(crate) mod rig;
pub(crate) mod tape;
pub(crate) mod voice;

pub(crate) use carrier::{Create, FakeCarrier, Line};
pub(crate) use engine::FakeEngine;
pub(crate) use live::FakeLive;
pub(crate) use rig::Rig;
pub(crate) use tape::Tape;
pub(crate) use voice::{FakeVoice, VoiceLink};

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

/// Longer than anything that works can take, even on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// Waits for something that must happen.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.unwrap_or_else(|_| panic!("did not happen in time: {what}"))
}

/// Asks again until there is an answer.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    soon(what, async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
}

/// Serves on a free port of the loopback until the test ends.
pub(crate) async fn serve(router: axum::Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    addr
}
