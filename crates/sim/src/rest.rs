//! The carrier's REST API, as far as calls go.

use crate::{
    Shared,
    book::{Asked, Call, Redirect},
    filter::Filter,
    life,
    numbers::look_up,
};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Form, Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::Engine as _;
use std::{sync::Arc, time::Instant};
use wire::rest::{API_VERSION, CallPage, CreateCall, ErrorBody, ErrorCode, ListCalls, Method, UpdateCall, UpdateStatus};
use wire::twiml::Document;

const BODY_BYTES_MAX: usize = 64 * 1024;
const PAGE_SIZE: u32 = 50;

type Pairs = Vec<(String, String)>;

/// An error as the carrier answers it.
pub(crate) struct Refusal(ErrorBody);

impl From<ErrorBody> for Refusal {
    fn from(body: ErrorBody) -> Self {
        Self(body)
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self(code.body(None))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = u16::try_from(self.0.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        (status.unwrap_or(StatusCode::BAD_REQUEST), Json(self.0)).into_response()
    }
}

/// The routes under `/2010-04-01`.
pub(crate) fn router() -> Router<Arc<Shared>> {
    Router::new()
        .route(&format!("/{API_VERSION}/Accounts/{{account}}/Calls.json"), get(list).post(create))
        .route(&format!("/{API_VERSION}/Accounts/{{account}}/Calls/{{call}}"), get(fetch).post(update))
        .route(&format!("/{API_VERSION}/Accounts/{{account}}/Calls/{{call}}/Events.json"), get(events))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

fn authenticate(shared: &Shared, headers: &HeaderMap, account: &str) -> Result<(), Refusal> {
    let expected = format!("{}:{}", shared.account_sid, shared.auth_token);
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|value| base64::engine::general_purpose::STANDARD.decode(value).ok());
    if given.as_deref() == Some(expected.as_bytes()) && account == shared.account_sid {
        Ok(())
    } else {
        Err(ErrorCode::Authentication.into())
    }
}

async fn create(
    State(shared): State<Arc<Shared>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Form(form): Form<Pairs>,
) -> Result<Response, Refusal> {
    authenticate(&shared, &headers, &account)?;
    if shared.closing.is_cancelled() {
        return Err(ErrorCode::Internal.into());
    }
    shared.pace(Instant::now())?;
    let request = CreateCall::from_pairs(form)?;
    check(&request, shared.everywhere)?;
    let call = shared.book.enter(&shared.account_sid, request);
    tracing::info!(call_sid = %call.sid, "a simulated call is made");
    let resource = call.resource();
    shared.calls.spawn(life::live(shared.clone(), call));
    Ok((StatusCode::CREATED, Json(resource)).into_response())
}

fn check(request: &CreateCall, everywhere: bool) -> Result<(), Refusal> {
    let number = |text: &str| {
        text.strip_prefix('+')
            .is_some_and(|digits| (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    if !number(&request.from) {
        return Err(ErrorCode::InvalidFrom.into());
    }
    look_up(&request.to, everywhere)?;
    for url in [&request.url, &request.status_callback, &request.async_amd_status_callback].into_iter().flatten() {
        check_url(url)?;
    }
    if request.timeout_s.is_some_and(|seconds| seconds > 600) {
        return Err(ErrorCode::InvalidTimeout.into());
    }
    Ok(())
}

fn check_url(url: &str) -> Result<(), Refusal> {
    if url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        Ok(())
    } else {
        Err(ErrorCode::InvalidUrl.into())
    }
}

fn find(shared: &Shared, file: &str) -> Result<Arc<Call>, Refusal> {
    let sid = file.strip_suffix(".json").unwrap_or(file);
    shared.book.find(sid).ok_or_else(|| ErrorCode::NotFound.into())
}

async fn fetch(
    State(shared): State<Arc<Shared>>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    authenticate(&shared, &headers, &account)?;
    Ok(Json(find(&shared, &file)?.resource()).into_response())
}

/// The requests that were sent for a call. Source: the carrier's documentation of Call Events.
async fn events(
    State(shared): State<Arc<Shared>>,
    Path((account, sid)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    authenticate(&shared, &headers, &account)?;
    let call = find(&shared, &sid)?;
    let event = |asked: Asked| {
        let parameters: serde_json::Map<_, _> = asked.parameters.into_iter().map(|(name, value)| (name, value.into())).collect();
        let method = match asked.method {
            Method::Get => "GET",
            Method::Post => "POST",
        };
        serde_json::json!({"request": {"method": method, "url": asked.url, "parameters": parameters}, "response": null})
    };
    let events: Vec<_> = call.asked().into_iter().map(event).collect();
    let uri = wire::rest::call_path(&shared.account_sid, &call.sid).replace(".json", "/Events.json");
    // All on one page.
    Ok(Json(serde_json::json!({
        "page": 0, "page_size": events.len(), "start": 0, "end": events.len().saturating_sub(1),
        "uri": uri, "first_page_uri": uri, "next_page_uri": null, "previous_page_uri": null, "events": events,
    }))
    .into_response())
}

async fn update(
    State(shared): State<Arc<Shared>>,
    Path((account, file)): Path<(String, String)>,
    headers: HeaderMap,
    Form(form): Form<Pairs>,
) -> Result<Response, Refusal> {
    authenticate(&shared, &headers, &account)?;
    let call = find(&shared, &file)?;
    let update = UpdateCall::from_pairs(form)?;
    let status = call.status();
    if status.is_terminal() {
        return Err(ErrorCode::InvalidCallState.body(Some("Call is not in-progress. Cannot redirect.")).into());
    }
    if let Some(url) = &update.status_callback {
        check_url(url)?;
        call.call_back_at(url.clone(), update.status_callback_method);
    }
    if let Some(seconds) = update.time_limit_s {
        call.limit(seconds);
    }
    match (update.status, &update.twiml, &update.url) {
        (Some(UpdateStatus::Completed), ..) => call.hang_up.cancel(),
        // Only a call that has not been answered can be cancelled.
        (Some(UpdateStatus::Canceled), ..) if status == wire::rest::CallStatus::InProgress => {
            return Err(ErrorCode::InvalidCallState.into());
        }
        (Some(UpdateStatus::Canceled), ..) => call.hang_up.cancel(),
        (None, Some(twiml), _) => {
            let document = Document::read(twiml).map_err(|error| ErrorCode::DocumentParse.body(Some(&error.to_string())))?;
            redirect(&call, Redirect::To(document))?;
        }
        (None, None, Some(url)) => {
            check_url(url)?;
            redirect(&call, Redirect::At(url.clone(), update.method))?;
        }
        (None, None, None) => {}
    }
    Ok(Json(call.resource()).into_response())
}

/// Only an answered call carries out documents.
fn redirect(call: &Call, redirect: Redirect) -> Result<(), Refusal> {
    if call.status() != wire::rest::CallStatus::InProgress {
        return Err(ErrorCode::InvalidCallState.body(Some("Call is not in-progress. Cannot redirect.")).into());
    }
    call.redirect(redirect);
    Ok(())
}

async fn list(
    State(shared): State<Arc<Shared>>,
    Path(account): Path<String>,
    headers: HeaderMap,
    Query(query): Query<Pairs>,
) -> Result<Response, Refusal> {
    authenticate(&shared, &headers, &account)?;
    let filter = Filter::new(ListCalls::from_pairs(query)?)?;
    let matching: Vec<_> =
        shared.book.newest_first().into_iter().map(|call| call.resource()).filter(|call| filter.holds(call)).collect();
    let filter = filter.wanted();
    let size = filter.page_size.unwrap_or(PAGE_SIZE);
    let start = filter.page as usize * size as usize;
    let calls: Vec<_> = matching.iter().skip(start).take(size as usize).cloned().collect();
    let page_uri = |page: u32| {
        let of_page = ListCalls { page, page_size: Some(size), ..filter.clone() };
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(of_page.to_pairs()).finish();
        format!("{}?{query}", wire::rest::calls_path(&shared.account_sid))
    };
    let more = matching.len() > start + calls.len();
    let page = CallPage {
        start: start as u64,
        end: (start + calls.len().saturating_sub(1)) as u64,
        page: filter.page.into(),
        page_size: size.into(),
        uri: page_uri(filter.page),
        first_page_uri: page_uri(0),
        next_page_uri: more.then(|| page_uri(filter.page + 1)),
        previous_page_uri: filter.page.checked_sub(1).map(page_uri),
        calls,
    };
    Ok(Json(page).into_response())
}
