//! Whether the realtime model can be spoken to: a session is opened, and closed again before anything is said.

use super::{finding::Finding, patient::Patient};
use crate::{causes, parts::Voice};
use futures_util::StreamExt as _;
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest as _, http::HeaderValue};
use url::Url;
use wire::realtime::ServerEvent;

/// Messages before the session's that are passed over.
const OTHERS_MAX: usize = 10;

pub(super) async fn check(patient: &Patient) -> Finding {
    let voice = match patient.voice() {
        Ok(voice) => voice,
        Err(missing) => return Finding::fail(format!("not asked: {missing}")),
    };
    let host = voice.url.host_str().unwrap_or_default().to_owned();
    match open(&voice).await {
        Ok(()) => Finding::ok(format!("{} at {host} opened a session", voice.model)),
        Err(says) => Finding::fail(says),
    }
}

async fn open(voice: &Voice) -> Result<(), String> {
    let host = voice.url.host_str().unwrap_or_default();
    let mut url = as_socket(&voice.url).ok_or_else(|| "voice.url must be a ws, wss, http or https URL".to_owned())?;
    url.query_pairs_mut().append_pair("model", &voice.model);
    let mut request = url.as_str().into_client_request().map_err(|error| format!("voice.url cannot be used: {error}"))?;
    if !voice.api_key.is_empty() {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", voice.api_key))
            .map_err(|_| "OPENAI_API_KEY has characters that no key has; copy it again".to_owned())?;
        value.set_sensitive(true);
        request.headers_mut().insert("authorization", value);
    }
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.map_err(|error| refused(&error, host, &voice.model))?;
    for _ in 0..OTHERS_MAX {
        let Some(Ok(message)) = socket.next().await else { break };
        let Message::Text(text) = message else { continue };
        match ServerEvent::read(&text) {
            Ok(ServerEvent::SessionCreated { .. }) => {
                // The session is over either way.
                drop(socket.close(None).await);
                return Ok(());
            }
            Ok(ServerEvent::Error { error }) => {
                return Err(format!("{host} refuses a session: {}; check OPENAI_API_KEY and voice.model", error.message));
            }
            Ok(_) | Err(_) => {}
        }
    }
    Err(format!("what answers at {host} opens no Realtime session; check voice.url"))
}

fn refused(error: &tungstenite::Error, host: &str, model: &str) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors are many, and one is told apart")]
    match error {
        tungstenite::Error::Http(answer) => match answer.status().as_u16() {
            401 | 403 => format!("{host} does not accept the key; check OPENAI_API_KEY, and that it may use realtime models"),
            404 => format!("{host} knows no model {model:?} there; check voice.model and voice.url"),
            429 => format!("{host} is asked too often, or the account has no credit; see the provider's billing page"),
            status => format!("{host} answered {status} in place of a socket; check voice.url"),
        },
        error => format!("{host} cannot be reached: {}", causes::told(error)),
    }
}

/// The address as a WebSocket's.
pub(super) fn as_socket(url: &Url) -> Option<Url> {
    let scheme = match url.scheme() {
        "ws" | "http" => "ws",
        "wss" | "https" => "wss",
        _ => return None,
    };
    Url::parse(&format!("{scheme}{}", &url.as_str()[url.scheme().len()..])).ok()
}
