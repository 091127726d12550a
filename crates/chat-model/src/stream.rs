//! Reading an answer off the wire, within its limits.

use crate::answer::Coming;
use crate::{Answer, Error, Limits};
use bytes::Bytes;
use eventsource_stream::{EventStreamError, Eventsource as _};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use reqwest::{Response, header::CONTENT_TYPE};
use std::pin::pin;
use tokio::time::{Instant, timeout_at};

/// The end of a stream.
const DONE: &str = "[DONE]";

/// Reads a successful response. The first word must come by `begin_by`; the whole time is limited by the caller.
pub(crate) async fn read(response: Response, limits: &Limits, begin_by: Instant) -> Result<Answer, Error> {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_lowercase();
    let bytes = bounded(response.bytes_stream().map_err(|error| broken(error.without_url())), limits.bytes_max);
    either(bytes, kind.starts_with("application/json"), limits, begin_by).await
}

/// The same of a response's bytes.
#[cfg(test)]
pub(crate) async fn read_bytes(
    bytes: impl Stream<Item = Result<Bytes, Error>>,
    is_json: bool,
    limits: &Limits,
    begin_by: Instant,
) -> Result<Answer, Error> {
    either(bounded(bytes, limits.bytes_max), is_json, limits, begin_by).await
}

async fn either(
    bytes: impl Stream<Item = Result<Bytes, Error>>,
    is_json: bool,
    limits: &Limits,
    begin_by: Instant,
) -> Result<Answer, Error> {
    if is_json { whole(bytes).await } else { streamed(bytes, limits, begin_by).await }
}

/// Fails when more bytes come than the limit.
fn bounded(bytes: impl Stream<Item = Result<Bytes, Error>>, limit: usize) -> impl Stream<Item = Result<Bytes, Error>> {
    bytes.scan(0, move |read, piece| {
        let piece = piece.and_then(|piece| {
            *read += piece.len();
            if *read > limit { Err(Error::TooLong { limit }) } else { Ok(piece) }
        });
        std::future::ready(Some(piece))
    })
}

/// A server that does not stream answers in one piece, when it is done.
async fn whole(bytes: impl Stream<Item = Result<Bytes, Error>>) -> Result<Answer, Error> {
    let body: Vec<u8> = bytes
        .try_fold(Vec::new(), |mut body, piece| {
            body.extend_from_slice(&piece);
            std::future::ready(Ok(body))
        })
        .await?;
    let mut coming = Coming::default();
    coming.take(&String::from_utf8_lossy(&body))?;
    if !coming.finished() && !coming.began() {
        return Err(Error::Unreadable { what: "it has no choices".into() });
    }
    coming.end()
}

async fn streamed(bytes: impl Stream<Item = Result<Bytes, Error>>, limits: &Limits, begin_by: Instant) -> Result<Answer, Error> {
    let mut events = pin!(bytes.eventsource());
    let mut coming = Coming::default();
    let mut any = false;
    loop {
        let next = if coming.began() {
            events.next().await
        } else {
            let slow = |_| Error::Slow { what: "begin its answer", limit: limits.first_token };
            timeout_at(begin_by, events.next()).await.map_err(slow)?
        };
        match next {
            Some(Ok(event)) if event.data.trim() == DONE => return coming.end(),
            Some(Ok(event)) if event.data.trim().is_empty() => {}
            Some(Ok(event)) => {
                any = true;
                coming.take(&event.data)?;
            }
            Some(Err(EventStreamError::Transport(error))) => return Err(error),
            Some(Err(error @ (EventStreamError::Utf8(_) | EventStreamError::Parser(_)))) => {
                return Err(Error::Unreadable { what: error.to_string() });
            }
            // Some servers leave the last event out.
            None if any => return coming.end(),
            None => return Err(Error::Unreadable { what: "it has no events".into() }),
        }
    }
}

fn broken(error: reqwest::Error) -> Error {
    Error::Broken { source: Some(Box::new(error)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use std::time::Duration;

    const WORD: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    const ROLE: &str = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    const STOP: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";

    fn pieces(pieces: &[&'static str]) -> impl Stream<Item = Result<Bytes, Error>> {
        stream::iter(pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect::<Vec<_>>())
    }

    async fn run(bytes: impl Stream<Item = Result<Bytes, Error>>) -> Result<Answer, Error> {
        let limits = Limits { first_token: Duration::from_secs(2), bytes_max: 2_000, ..Limits::default() };
        streamed(bounded(bytes, limits.bytes_max), &limits, Instant::now() + limits.first_token).await
    }

    #[tokio::test]
    async fn events_may_be_cut_anywhere_and_end_in_every_way() {
        let text = format!(": ping\n\n{ROLE}{WORD}{STOP}data: [DONE]\n\n");
        for size in [1, 3, 1_000] {
            let cut: Vec<_> = text.as_bytes().chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
            assert_eq!(run(stream::iter(cut)).await.unwrap().text, "Hi");
        }
        assert_eq!(run(pieces(&[WORD, STOP])).await.unwrap().text, "Hi");
        assert!(matches!(run(pieces(&[WORD])).await, Err(Error::Broken { .. })));
        assert!(matches!(run(pieces(&["<html>"])).await, Err(Error::Unreadable { .. })));
        assert!(matches!(run(pieces(&["data: what?\n\n"])).await, Err(Error::Unreadable { .. })));
    }

    #[tokio::test(start_paused = true)]
    async fn a_model_that_does_not_begin_is_given_up_and_one_that_has_begun_is_not() {
        let began = Instant::now();
        let outcome = run(pieces(&[ROLE]).chain(stream::pending())).await;
        assert!(matches!(outcome, Err(Error::Slow { what: "begin its answer", .. })));
        assert_eq!(began.elapsed().as_secs(), 2);
        let late = stream::once(async {
            tokio::time::sleep(Duration::from_secs(9)).await;
            Ok(Bytes::from_static(STOP.as_bytes()))
        });
        assert_eq!(run(pieces(&[WORD]).chain(late)).await.unwrap().text, "Hi");
    }

    #[tokio::test]
    async fn a_flood_is_cut() {
        let flood = stream::repeat_with(|| Ok(Bytes::from_static(b"data: never an end of the line")));
        assert!(matches!(run(flood).await, Err(Error::TooLong { limit: 2_000 })));
    }
}
