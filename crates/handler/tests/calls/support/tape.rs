//! What the handler has sent to the carrier and to the model, word for word, and whether their own schemas allow it.

use super::contracts::Contracts;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::{Arc, Mutex};

/// A request to the carrier's REST API.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

#[derive(Default)]
struct Written {
    rest: Vec<Asked>,
    model: Vec<String>,
    media: Vec<(String, String)>,
}

/// Records of one rig; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Tape(Arc<Mutex<Written>>);

impl Tape {
    /// A message to the model.
    pub(crate) fn to_model(&self, text: &str) {
        self.0.lock().unwrap().model.push(text.into());
    }

    /// A message on a media stream.
    pub(crate) fn to_media(&self, stream_sid: &str, text: &str) {
        self.0.lock().unwrap().media.push((stream_sid.into(), text.into()));
    }

    /// Every request so far as `METHOD resource`, account and call left out.
    pub(crate) fn requests(&self) -> Vec<String> {
        let kind = |asked: &Asked| {
            let resource: Vec<_> =
                asked.path.split('/').skip(4).filter(|part| !part.starts_with("CA") || part.len() < 34).collect();
            let single = asked.path.split('/').next_back().is_some_and(|last| last.starts_with("CA"));
            format!("{} {}{}", asked.method, resource.join("/"), if single { "/{Sid}" } else { "" })
        };
        self.0.lock().unwrap().rest.iter().map(kind).collect()
    }

    /// The types of the events that the model got.
    pub(crate) fn model_events(&self) -> Vec<String> {
        self.0.lock().unwrap().model.iter().map(|text| word(text, "type")).collect()
    }

    /// The kinds of the messages that went out on media streams.
    pub(crate) fn media_messages(&self) -> Vec<String> {
        self.0.lock().unwrap().media.iter().map(|(_, text)| word(text, "event")).collect()
    }

    /// Panics at the first thing that a provider's schema does not allow.
    pub(crate) fn check(&self, contracts: &Contracts) {
        let written = self.0.lock().unwrap();
        for asked in &written.rest {
            contracts.request(asked);
        }
        for text in &written.model {
            contracts.model_event(text);
        }
        for (stream_sid, text) in &written.media {
            contracts.media_message(text);
            assert_eq!(word(text, "streamSid"), *stream_sid, "{text}");
        }
    }
}

fn word(text: &str, field: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {text}")).to_owned()
}

/// Notes a request to the carrier on its way to the fake's routes.
pub(crate) async fn note(State(tape): State<Tape>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, 64 * 1024).await.expect("a body of a bounded length");
    let asked = Asked {
        method: head.method.to_string(),
        path: head.uri.path().into(),
        query: head.uri.query().unwrap_or_default().into(),
        content_type: head.headers.get("content-type").map_or("", |value| value.to_str().unwrap()).into(),
        body: String::from_utf8(bytes.to_vec()).expect("forms are text"),
    };
    tape.0.lock().unwrap().rest.push(asked);
    next.run(Request::from_parts(head, Body::from(bytes))).await
}
