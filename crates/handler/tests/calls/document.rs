//! `GET /openapi.json`: whole, and true to what the handler does.

use crate::support::Rig;
use reqwest::Method;
use serde_json::Value;

/// Every route. A route is registered by its description, so that the document cannot lack one.
const ROUTES: &[&str] = &[
    "delete /calls/{id}/recording",
    "delete /do-not-call/{number}",
    "get /",
    "get /calls/{id}",
    "get /calls/{id}/audio",
    "get /calls/{id}/events",
    "get /calls/{id}/recording",
    "get /do-not-call",
    "get /media-stream",
    "get /openapi.json",
    "get /order/{key}",
    "get /refusals",
    "post /calls/{id}/answer",
    "post /calls/{id}/hangup",
    "post /calls/{id}/instruction",
    "post /calls/{id}/voice",
    "post /estimate",
    "post /order",
    "post /twilio/answered/{order_id}",
    "post /twilio/status/{order_id}",
    "post /twilio/twiml/{order_id}",
    "put /do-not-call/{number}",
];

async fn document(rig: &Rig) -> Value {
    rig.get("/openapi.json").await.json().await.unwrap()
}

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
    let rig = Rig::start().await;
    let document = document(&rig).await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(nulls(&document, ""), Vec::<String>::new());
    let mut seen = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let item = item.as_object().unwrap();
        let address = format!("{}{}", rig.base, path.replace(['{', '}'], ""));
        for method in ["get", "post", "put", "delete", "patch"] {
            let answer = rig.http.request(Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), &address).send();
            let answer = answer.await.unwrap();
            let status = answer.status().as_u16();
            let Some(operation) = item.get(method) else {
                assert_eq!(status, 405, "{method} {path} is not described");
                assert!(answer.headers().contains_key("allow"), "{method} {path}");
                assert_eq!(crate::support::rig::error(answer).await.1.code, "method_not_allowed");
                continue;
            };
            seen.push(format!("{method} {path}"));
            let described = &operation["responses"][status.to_string()];
            assert!(described.is_object(), "{method} {path} answered {status}, which is not described");
            let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
            let kinds = &described["content"];
            assert!(kind.as_ref().is_none_or(|kind| kinds.get(kind).is_some()), "{method} {path}: {kind:?} not in {kinds}");
            if let (400.., Some(code)) =
                (status, answer.json::<Value>().await.ok().and_then(|body| body["code"].as_str().map(str::to_owned)))
            {
                assert!(kinds["application/json"]["examples"].get(&code).is_some(), "{method} {path}: no example of {code}");
            }
        }
    }
    seen.sort();
    assert_eq!(seen, ROUTES);
    let nowhere = crate::support::rig::error(rig.get("/nowhere").await).await;
    assert_eq!((nowhere.0, nowhere.1.code.as_str()), (404, "not_found"));
    let no_text = crate::support::rig::error(rig.get("/calls/%FF").await).await;
    assert_eq!((no_text.0, no_text.1.code.as_str()), (404, "not_found"));
}

#[tokio::test]
async fn every_example_matches_its_own_schema() {
    let rig = Rig::start().await;
    let examples = types::openapi::examples(&document(&rig).await);
    assert!(examples.len() > 40, "{}", examples.len());
    for (place, schema, example) in examples {
        let validator = jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{place}: {error}"));
        if let Some(error) = validator.iter_errors(&example).next() {
            panic!("{place}: {error} at {}", error.instance_path());
        }
    }
}

#[tokio::test]
async fn the_document_needs_the_token_like_everything_else() {
    let rig = Rig::with(|config| config.api_token = Some("secret".into())).await;
    assert_eq!(rig.get("/openapi.json").await.status(), 401);
    let answer = rig.http.get(format!("{}/openapi.json", rig.base)).bearer_auth("secret").send().await.unwrap();
    let document: Value = answer.json().await.unwrap();
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    let open = |path: &str, method: &str| document["paths"][path][method]["security"].as_array().unwrap().is_empty();
    assert!(open("/", "get") && open("/media-stream", "get") && open("/twilio/status/{order_id}", "post"));
    assert!(!open("/order", "post") && !open("/openapi.json", "get"));
}
