//! A recording over HTTP, whole or in part, and its deletion.

use crate::api::find;
use crate::app::App;
use crate::error::ApiError;
use crate::path::Path;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::io::{self, SeekFrom};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

/// The recording of a call.
///
/// A WAV file, G.711 µ-law at 8,000 Hz: the callee on the left, the agent as it was heard on the right. It begins with the media
/// stream, as the transcript's clock does. `Range` takes one range of bytes.
#[utoipa::path(
    get, path = "/calls/{id}/recording", operation_id = "call_recording",
    params(("id" = String, Path, description = "The order's id (`o_…`) or the carrier's name for the call (`CA…`)"),
        ("Range" = Option<String>, Header, description = "`bytes=0-1023`")),
    responses((status = 200, content_type = "audio/wav", description = "The file."),
        (status = 206, content_type = "audio/wav", description = "The part that was asked for."),
        (status = 416, description = "There is no such part."))
)]
pub(crate) async fn recording(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let view = find(&app, &id).await?;
    let path = app.recorder.path(&view.order_id).ok_or_else(none)?;
    let opened = tokio::fs::File::open(path).await;
    let mut file = opened.map_err(|error| if error.kind() == io::ErrorKind::NotFound { none() } else { unreadable(&error) })?;
    let length = file.metadata().await.map_err(|error| unreadable(&error))?.len();
    let wanted = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let (status, first, last) = match part(wanted, length) {
        Part::Whole => (StatusCode::OK, 0, length.saturating_sub(1)),
        Part::From(first, last) => (StatusCode::PARTIAL_CONTENT, first, last),
        Part::Nowhere => {
            let range = format!("bytes */{length}");
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, range)]).into_response());
        }
    };
    file.seek(SeekFrom::Start(first)).await.map_err(|error| unreadable(&error))?;
    let bytes = if length == 0 { 0 } else { last - first + 1 };
    let mut response = (status, Body::from_stream(ReaderStream::new(file.take(bytes)))).into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
    answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(range) = HeaderValue::from_str(&format!("bytes {first}-{last}/{length}"))
    {
        answer.insert(header::CONTENT_RANGE, range);
    }
    Ok(response)
}

/// Delete the recording of a call.
///
/// The call and its result stay. It is no error if there is none.
#[utoipa::path(
    delete, path = "/calls/{id}/recording", operation_id = "delete_recording",
    params(("id" = String, Path, description = "The order's id (`o_…`) or the carrier's name for the call (`CA…`)")),
    responses((status = 204, description = "There is none any more."))
)]
pub(crate) async fn delete(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let order_id = find(&app, &id).await?.order_id;
    if app.live.get(&order_id).is_some() {
        let text = "the call is live; hang up first, then delete its recording";
        return Err(ApiError::new(StatusCode::CONFLICT, "call_live", text));
    }
    let deleting = Arc::clone(&app);
    let name = order_id.clone();
    let deleted = tokio::task::spawn_blocking(move || deleting.recorder.delete(&name)).await.unwrap_or(Ok(false));
    if deleted.map_err(|error| unreadable(&error))? {
        tracing::info!(%order_id, "a recording was deleted");
    }
    Ok(StatusCode::NO_CONTENT)
}

fn none() -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        "no_recording",
        "there is no recording of this call: it was not recorded, or it was deleted",
    )
}

fn unreadable(error: &io::Error) -> ApiError {
    tracing::error!(%error, "a recording cannot be read or deleted");
    ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "recording_unreadable", "the recording's file cannot be read; see the log")
}

/// What of a file was asked for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    /// From the first to the last byte, both included.
    From(u64, u64),
    Nowhere,
}

/// Reads a `Range`. What is not one range of bytes is passed over, as HTTP has it.
fn part(wanted: Option<&str>, length: u64) -> Part {
    let Some(range) = wanted.and_then(|text| text.trim().strip_prefix("bytes=")) else { return Part::Whole };
    let Some((first, last)) = range.split_once('-').map(|(first, last)| (first.trim(), last.trim())) else { return Part::Whole };
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let found = match (first, last) {
        ("", last) => number(last).map(|back| (length.saturating_sub(back), length.saturating_sub(1), back > 0)),
        (first, "") => number(first).map(|first| (first, length.saturating_sub(1), true)),
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => Some((first, last.min(length.saturating_sub(1)), true)),
            (Some(_) | None, _) => None,
        },
    };
    match found {
        Some((first, last, true)) if first < length => Part::From(first, last),
        Some(_) => Part::Nowhere,
        None => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        for (text, want) in [
            ("bytes=0-9", Part::From(0, 9)),
            ("bytes=90-", Part::From(90, 99)),
            ("bytes=-10", Part::From(90, 99)),
            ("bytes=50-500", Part::From(50, 99)),
            ("bytes=100-", Part::Nowhere),
            ("bytes=-0", Part::Nowhere),
            ("bytes=9-3", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("chunks=1", Part::Whole),
            ("bytes=+1-5", Part::Whole),
        ] {
            assert_eq!(part(Some(text), 100), want, "{text}");
        }
        assert_eq!(part(Some("bytes=0-"), 0), Part::Nowhere);
        assert_eq!(part(None, 100), Part::Whole);
    }
}
