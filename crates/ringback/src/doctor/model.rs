//! Whether the realtime model can be spoken to: a session is opened, and closed again before anything is said.

use super::{finding::Finding, patient::Patient};
use crate::causes;
use crate::parts::Voice;
use futures_util::StreamExt as _;
use handler::voice::Dialect;
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest as _, http::HeaderValue};
use wire::realtime::ServerEvent;

/// Messages before the session's that are passed over.
const OTHERS_MAX: usize = 10;

pub(super) async fn check(patient: &Patient) -> Finding {
    match patient.voice() {
        Ok(voice) => asked(voice.0).await,
        Err(missing) => Finding::fail(format!("not asked: {missing}")),
    }
}

/// Whether a second one is configured, well or badly.
pub(super) fn has_second(patient: &Patient) -> bool {
    !matches!(Voice::second(&patient.settings), Ok(None))
}

/// The same of the second one.
pub(super) async fn check_second(patient: &Patient) -> Finding {
    match Voice::second(&patient.settings) {
        Ok(Some(second)) => asked(second.0).await,
        Ok(None) => Finding::ok("there is none".to_owned()),
        Err(wrong) => Finding::fail(format!("{wrong:#}")),
    }
}

async fn asked(voice: handler::Voice) -> Finding {
    let (host, model) = (voice.url.host_str().unwrap_or_default().to_owned(), voice.model_of(None));
    match (open(voice).await, model) {
        (Ok(Opened::Session), model) => Finding::ok(format!("{model} at {host} opened a session")),
        (Ok(Opened::Socket), model) => {
            Finding::ok(format!("{host} takes the key; {model} was not asked for a session, because those are paid by time"))
        }
        (Err(says), _) => Finding::fail(says),
    }
}

/// How far it came.
enum Opened {
    /// The model greets.
    Session,
    /// The key is taken; the session would have to be begun.
    Socket,
}

async fn open(mut voice: handler::Voice) -> Result<Opened, String> {
    let host = voice.url.host_str().unwrap_or_default().to_owned();
    voice.url =
        handler::Voice::as_socket(&voice.url).ok_or_else(|| "voice.url must be a ws, wss, http or https URL".to_owned())?;
    let url = voice.address(None);
    let mut request = url.as_str().into_client_request().map_err(|error| format!("voice.url cannot be used: {error}"))?;
    if let Some((name, key)) = voice.key_header() {
        let mut value =
            HeaderValue::from_str(&key).map_err(|_| "OPENAI_API_KEY has characters that no key has; copy it again".to_owned())?;
        value.set_sensitive(true);
        request.headers_mut().insert(name, value);
    }
    let opened = tokio_tungstenite::connect_async(request).await;
    let (mut socket, _) = opened.map_err(|error| refused(&error, &host, &voice.model_of(None)))?;
    match voice.dialect {
        Dialect::Realtime => {}
        Dialect::Live => {
            drop(socket.close(None).await);
            return Ok(Opened::Socket);
        }
    }
    for _ in 0..OTHERS_MAX {
        let Some(Ok(message)) = socket.next().await else { break };
        let Message::Text(text) = message else { continue };
        match ServerEvent::read(&text) {
            Ok(ServerEvent::SessionCreated { .. }) => {
                // The session is over either way.
                drop(socket.close(None).await);
                return Ok(Opened::Session);
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
            401 | 403 => format!(
                "{host} does not accept the key; check OPENAI_API_KEY, that it may use realtime models, and voice.auth (Azure: api_key)"
            ),
            404 => format!("{host} knows no model {model:?} there; check voice.model (Azure: the deployment) and voice.url"),
            429 => format!("{host} is asked too often, or the account has no credit; see the provider's billing page"),
            status => format!("{host} answered {status} in place of a socket; check voice.url"),
        },
        error => format!("{host} cannot be reached: {}", causes::told(error)),
    }
}
