//! `GET /openapi.json`: whole, and true to what the engine does.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Engine, FakeHandler, config};
use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;

/// Every route. A route is registered by its description, so that the document cannot lack one.
const ROUTES: &[&str] = &[
    "delete /conversations/{conversation}",
    "delete /conversations/{conversation}/calls/{attempt}/recording",
    "get /",
    "get /about",
    "get /conversations",
    "get /conversations/{conversation}",
    "get /conversations/{conversation}/calls/{attempt}/audio",
    "get /conversations/{conversation}/calls/{attempt}/events",
    "get /conversations/{conversation}/calls/{attempt}/recording",
    "get /conversations/{conversation}/calls/{attempt}/voice",
    "get /conversations/{conversation}/events",
    "get /conversations/{conversation}/graph",
    "get /openapi.json",
    "post /call_correction",
    "post /call_result",
    "post /chat",
    "post /conversations/{conversation}/calls/{attempt}/answer",
    "post /conversations/{conversation}/calls/{attempt}/hangup",
    "post /conversations/{conversation}/calls/{attempt}/instruction",
    "post /conversations/{conversation}/plans/{plan}",
];

/// Nothing in the document is left `null`, but in examples.
fn nulls(value: &Value, place: &str) -> Vec<String> {
    match value {
        Value::Null => vec![place.to_owned()],
        Value::Object(fields) => fields
            .iter()
            .filter(|(name, _)| *name != "value")
            .flat_map(|(name, inner)| nulls(inner, &format!("{place}/{name}")))
            .collect(),
        Value::Array(items) => items.iter().flat_map(|inner| nulls(inner, place)).collect(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

#[tokio::test]
async fn every_route_is_in_the_document_and_answers_as_it_says() {
    let (engine, _handler, _folder) = Engine::fresh().await;
    let document = engine.json("/openapi.json").await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(nulls(&document, ""), Vec::<String>::new());
    let mut seen = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let item = item.as_object().unwrap();
        let address = format!("{}{}", engine.url, path.replace(['{', '}'], ""));
        for method in ["get", "post", "put", "delete", "patch"] {
            let request = engine.client.request(Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), &address);
            let answer = request.send().await.unwrap();
            let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
            let body: Value = answer.json().await.unwrap_or_default();
            let Some(operation) = item.get(method) else {
                assert_eq!((status, &body["code"]), (405, &"method_not_allowed".into()), "{method} {path} is not described");
                assert!(headers.contains_key("allow"), "{method} {path}");
                continue;
            };
            seen.push(format!("{method} {path}"));
            let described = &operation["responses"][status.to_string()];
            assert!(described.is_object(), "{method} {path} answered {status}, which is not described");
            let (kind, kinds) = (headers.get("content-type").map(|kind| kind.to_str().unwrap()), &described["content"]);
            assert!(kind.is_none_or(|kind| kinds.get(kind).is_some()), "{method} {path}: {kind:?} not in {kinds}");
            if let (400.., Some(code)) = (status, body["code"].as_str()) {
                assert!(kinds["application/json"]["examples"].get(code).is_some(), "{method} {path}: no example of {code}");
            }
        }
    }
    seen.sort();
    assert_eq!(seen, ROUTES);
    let no_text = engine.get("/conversations/%FF").await;
    assert_eq!(no_text.status(), 404);
    assert_eq!(no_text.json::<Value>().await.unwrap()["code"], "not_found");
}

#[tokio::test]
async fn every_example_matches_its_own_schema() {
    let (engine, _handler, _folder) = Engine::fresh().await;
    let examples = types::openapi::examples(&engine.json("/openapi.json").await);
    assert!(examples.len() > 60, "{}", examples.len());
    for (place, schema, example) in examples {
        let validator = jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{place}: {error}"));
        if let Some(error) = validator.iter_errors(&example).next() {
            panic!("{place}: {error} at {}", error.instance_path());
        }
    }
}

#[tokio::test]
async fn what_a_whole_conversation_answers_matches_the_document() {
    let (engine, _handler, _folder) = Engine::fresh().await;
    let document = engine.json("/openapi.json").await;
    let matches = |name: &str, value: &Value| {
        let schema = serde_json::json!({
            "components": document["components"], "$ref": format!("#/components/schemas/{name}"),
        });
        let validator = jsonschema::validator_for(&schema).unwrap();
        if let Some(error) = validator.iter_errors(value).next() {
            panic!("{name}: {error} at {} of {value:#}", error.instance_path());
        }
    };
    matches("ChatResponse", &engine.say(None, "Order a pizza").await);
    let conversation = engine.called().await;
    let result = common::result(&conversation);
    matches("CallResult", &result);
    let (status, accepted) = engine.post("/call_result", &result).await;
    assert_eq!(status, 200, "{accepted}");
    matches("Accepted", &accepted);
    let view = engine.until(&conversation, |view| view["node"] == "report_result").await;
    matches("ConversationView", &view);
    for summary in engine.json("/conversations").await.as_array().unwrap() {
        matches("ConversationSummary", summary);
    }
    matches("About", &engine.json("/about").await);
    let mut events = engine.events(&conversation, 0).await;
    let mut last = Value::Null;
    while last["type"] != "call_ended" {
        let event = tokio::time::timeout(common::SOON, futures_util::StreamExt::next(&mut events)).await.unwrap().unwrap();
        let event = serde_json::to_value(event).unwrap();
        matches("NumberedConversationEvent", &event);
        last = event["event"].clone();
    }
}

#[tokio::test]
async fn the_document_needs_the_token_like_everything_else() {
    let (folder, handler) = (TempDir::new().unwrap(), FakeHandler::start().await);
    let mut config = config(folder.path(), &handler);
    config.api_token = Some("secret".into());
    let engine = Engine::start(config).await;
    assert_eq!(engine.get("/openapi.json").await.status(), 401);
    let answer = engine.client.get(format!("{}/openapi.json", engine.url)).bearer_auth("secret").send().await.unwrap();
    let document: Value = answer.json().await.unwrap();
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    assert_eq!(document["paths"]["/"]["get"]["security"], serde_json::json!([]));
    assert_ne!(document["paths"]["/chat"]["post"]["security"], serde_json::json!([]));
}
