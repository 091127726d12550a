//! Whether the public address leads to the call handler, as the carrier would find it: a plain request, a signed one, and a
//! WebSocket. If no handler runs, one is started for the moment, in a folder of its own.

use super::{
    finding::Finding,
    machine::{self, Listener},
    patient::{self, Patient},
};
use crate::{causes, parts};
use std::path::PathBuf;
use std::time::Duration;
use tokio_tungstenite::tungstenite::{client::IntoClientRequest as _, http::HeaderValue};
use url::Url;
use wire::signature::{self, Body};

const WITHIN: Duration = Duration::from_secs(6);
/// How long the handler of the moment may take to end.
const GRACE: Duration = Duration::from_millis(100);

pub(super) async fn check(patient: &Patient) -> Finding {
    let settings = &patient.settings;
    let Some(public) = &settings.public_url else {
        return Finding::fail(
            "public_url is not set: give the https address that leads to the call handler in RINGBACK_PUBLIC_URL".into(),
        );
    };
    if !matches!(public.scheme(), "http" | "https") || !public.has_host() {
        return Finding::fail("public_url must be an https URL, https://calls.example.com".into());
    }
    if public.scheme() == "http" && !patient::is_loopback(public) {
        return Finding::fail("public_url must begin with https://, because the carrier sends audio over TLS only".into());
    }
    let token = match patient.carrier() {
        Ok(carrier) => carrier.auth_token,
        Err(_) => return Finding::fail("not checked, because without the carrier's auth token nothing can be signed".into()),
    };
    let stand_in = match &patient.handler {
        Listener::Ours => None,
        Listener::Nobody => match StandIn::start(patient).await {
            Ok(stand_in) => Some(stand_in),
            Err(error) => {
                return Finding::fail(format!("no call handler runs, and none could be started to check with: {error:#}"));
            }
        },
        Listener::Other(why) => {
            return Finding::fail(format!("the call handler cannot listen on {}: {why}", settings.handler.addr));
        }
    };
    let told = round_trip(public, &token, &settings.handler.addr.to_string()).await;
    if let Some(stand_in) = stand_in {
        stand_in.end().await;
    }
    match told {
        Ok(()) => Finding::ok(format!("{public} leads to the call handler; signed requests and WebSockets pass")),
        Err(says) => Finding::fail(says),
    }
}

async fn round_trip(public: &Url, token: &str, handler: &str) -> Result<(), String> {
    let base = public.as_str().trim_end_matches('/');
    match machine::is_running(public, WITHIN).await {
        Ok(true) => {}
        Ok(false) => return Err(format!("something else answers at {public}; let it lead to the call handler at {handler}")),
        Err(error) => {
            let why = causes::told(&error.without_url());
            return Err(format!("{public} cannot be reached ({why}); let it lead to the call handler at {handler}"));
        }
    }
    // Progress of a call that there is not: the handler checks the signature, and has nothing to do.
    let url = format!("{base}/twilio/status/doctor-{}", uuid::Uuid::new_v4().simple());
    let form = [("CallSid", format!("CA{}", "0".repeat(32))), ("CallStatus", "queued".to_owned())];
    let form: Vec<(String, String)> = form.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let signed = signature::sign(token, &url, Body::Form(&form));
    let unreachable = |error: reqwest::Error| format!("{public} broke off: {}", causes::told(&error.without_url()));
    let client = patient::client(public).map_err(unreachable)?;
    let answer =
        client.post(&url).header(signature::HEADER, signed).form(&form).timeout(WITHIN).send().await.map_err(unreachable)?;
    match answer.status().as_u16() {
        204 => {}
        403 => {
            return Err(format!(
                "the handler behind {public} refuses a signed request: start it with this very public_url and the same TWILIO_AUTH_TOKEN"
            ));
        }
        status => return Err(format!("{public} answered {status} to a signed request; let it pass every path on to {handler}")),
    }
    socket(base, token)
        .await
        .map_err(|why| format!("{public} lets no WebSocket through ({why}); switch them on in the proxy or tunnel"))
}

/// Opens the media socket and leaves it again before it says which call it belongs to.
async fn socket(base: &str, token: &str) -> Result<(), String> {
    let url = Url::parse(&format!("{base}/media-stream"))
        .ok()
        .and_then(|url| handler::Voice::as_socket(&url))
        .ok_or("it makes no address")?;
    let mut request = url.as_str().into_client_request().map_err(|error| causes::told(&error))?;
    let signed = signature::sign(token, url.as_str(), Body::None);
    let header = HeaderValue::from_str(&signed).map_err(|error| causes::told(&error))?;
    request.headers_mut().insert("x-twilio-signature", header);
    let opening = tokio::time::timeout(WITHIN, tokio_tungstenite::connect_async(request)).await;
    let (mut socket, _) = opening.map_err(|_| "no answer".to_owned())?.map_err(|error| causes::told(&error))?;
    // It is closed either way.
    drop(tokio::time::timeout(WITHIN, socket.close(None)).await);
    Ok(())
}

/// A call handler for the moment. It has no orders and takes none.
struct StandIn {
    running: handler::Running,
    folder: PathBuf,
}

impl StandIn {
    async fn start(patient: &Patient) -> anyhow::Result<Self> {
        let settings = &patient.settings;
        let carrier = patient.carrier().map_err(anyhow::Error::msg)?;
        // It opens no session, so any address will do.
        let nowhere = Url::parse("http://127.0.0.1:9/")?;
        let voice = parts::Voice::local(settings, nowhere.clone())?;
        let nobodys = Some(uuid::Uuid::new_v4().simple().to_string());
        let mut config = parts::handler(settings, settings.handler.addr, carrier, voice, nowhere, nobodys, false)?;
        let folder = std::env::temp_dir().join(format!("ringback-doctor-{}", uuid::Uuid::new_v4().simple()));
        config.data_dir.clone_from(&folder);
        match handler::start(config).await {
            Ok(running) => Ok(Self { running, folder }),
            Err(error) => {
                drop(std::fs::remove_dir_all(&folder));
                Err(error.into())
            }
        }
    }

    async fn end(self) {
        self.running.drain(GRACE).await;
        // What is left in the system's folder for temporary files does no harm.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
