//! Whether the language model behind the chat or the local voice answers: one short question is asked in the form that they use.

use super::{finding::Finding, patient::Patient};
use crate::{causes, parts::brains};
use chat_model::{ChatModel, Config, Limits, Message, Request, Shape};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// The longest a question may take, so that the check's own limit is not reached first.
const TOTAL: Duration = Duration::from_secs(15);

/// The answer that is asked for.
#[derive(Deserialize)]
struct Told {
    ready: bool,
}

pub(super) async fn check(patient: &Patient) -> Finding {
    let limits = Limits { total: TOTAL, first_token: TOTAL, ..Limits::default() };
    match brains::chosen(&patient.settings, limits) {
        Ok(None) => Finding::ok("the built-in one; no language model is asked".into()),
        Ok(Some(config)) => ask(config).await,
        Err(wrong) => Finding::fail(format!("{wrong:#}")),
    }
}

async fn ask(config: Config) -> Finding {
    let host = config.base_url.host_str().unwrap_or_default().to_owned();
    let model = match ChatModel::new(config) {
        Ok(model) => model,
        Err(error) => return Finding::fail(causes::told(&error)),
    };
    let schema = json!({
        "type": "object",
        "properties": {"ready": {"type": "boolean"}},
        "required": ["ready"],
        "additionalProperties": false,
    });
    let request = Request {
        messages: vec![
            Message::System("Answer with the JSON object {\"ready\": true} and nothing else.".into()),
            Message::User("Are you ready?".into()),
        ],
        shape: Some(Shape { name: "readiness", schema }),
        ..Request::default()
    };
    let name = model.name();
    match model.ask(&request).await {
        Ok(answer) if answer.json::<Told>().is_ok_and(|told| told.ready) => {
            Finding::ok(format!("{name} at {host} answers in the form that is asked for"))
        }
        Ok(_) => Finding::warn(format!(
            "{name} at {host} answers, but not in the JSON form that is asked for; choose a model that can, or keep brain.fallback on"
        )),
        Err(error) => Finding::fail(causes::told(&error)),
    }
}
