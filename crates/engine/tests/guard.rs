//! What a browser, another site and a stranger get.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Engine, FakeHandler, config};
use reqwest::{Client, StatusCode, redirect};
use serde_json::{Value, json};
use tempfile::TempDir;

const TOKEN: &str = "a long secret";

async fn guarded() -> (Engine, TempDir) {
    let (folder, handler) = (TempDir::new().unwrap(), FakeHandler::start().await);
    let mut config = config(folder.path(), &handler);
    config.api_token = Some(TOKEN.into());
    config.allowed_hosts = vec!["ring.example.com".into()];
    (Engine::start(config).await, folder)
}

async fn code(response: reqwest::Response) -> (StatusCode, Value) {
    (response.status(), response.json::<Value>().await.unwrap()["code"].clone())
}

#[tokio::test]
async fn the_root_answers_programs_and_browsers() {
    let (engine, _handler, _folder) = Engine::fresh().await;
    let plain = engine.get("/").await;
    assert_eq!(plain.headers()["vary"], "Accept");
    assert_eq!(plain.json::<Value>().await.unwrap(), json!({"status": "running"}));

    let page = engine.client.get(&engine.url).header("accept", "text/html,*/*;q=0.8").send().await.unwrap();
    assert_eq!((page.status(), &page.headers()["vary"]), (StatusCode::OK, &"Accept".parse().unwrap()));
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(html.to_lowercase().starts_with("<!doctype html>"));
    if web_ui::is_built() {
        let script = html.split("src=\"").nth(1).unwrap().split('"').next().unwrap().trim_start_matches('.');
        let asset = engine.get(script).await;
        assert!(asset.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    } else {
        assert!(html.contains("cargo xtask demo") && !html.contains("<script") && !html.contains("style="));
    }
    let about = engine.json("/about").await;
    assert_eq!((&about["simulated"], &about["suggestions"]), (&json!(false), &json!([])));
}

#[tokio::test]
async fn without_the_token_there_is_only_the_root() {
    let (engine, _folder) = guarded().await;
    assert_eq!(engine.json("/").await["status"], "running");
    for path in ["/about", "/conversations", "/conversations/c_1", "/conversations/c_1/events"] {
        assert_eq!(code(engine.get(path).await).await, (StatusCode::UNAUTHORIZED, json!("no_token")), "{path}");
    }
    let (status, _) = engine.post("/chat", &json!({"message": "hi"})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let (status, _) = engine.post("/call_result", &json!({})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let with = |token: &str| engine.client.get(format!("{}/about", engine.url)).bearer_auth(token).send();
    assert_eq!(with("wrong").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(with(TOKEN).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_browser_keeps_the_token_as_a_cookie_that_scripts_and_other_sites_cannot_use() {
    let (engine, _folder) = guarded().await;
    let browser = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
    let visit = |token: &str| {
        let url = url::Url::parse_with_params(&engine.url, [("token", token)]).unwrap();
        browser.get(url).header("accept", "text/html").send()
    };
    let wrong = visit("wrong").await.unwrap();
    assert!(wrong.headers().get("set-cookie").is_none());

    let right = visit(TOKEN).await.unwrap();
    assert_eq!((right.status(), &right.headers()["location"]), (StatusCode::SEE_OTHER, &"/".parse().unwrap()));
    let cookie = right.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(TOKEN), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    let about = browser.get(format!("{}/about", engine.url)).header("cookie", format!("theme=dark; {pair}")).send();
    assert_eq!(about.await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_rebound_name_and_another_sites_page_are_refused() {
    let (engine, _handler, _folder) = Engine::fresh().await;
    let about = |host: &'static str| engine.client.get(format!("{}/about", engine.url)).header("host", host).send();
    assert_eq!(about("localhost:8000").await.unwrap().status(), StatusCode::OK);
    let rebound = code(about("evil.example").await.unwrap()).await;
    assert_eq!(rebound, (StatusCode::MISDIRECTED_REQUEST, json!("host_not_allowed")));

    let post = |origin: &str| {
        let request = engine.client.post(format!("{}/chat", engine.url)).header("origin", origin);
        request.json(&json!({"message": "hello"})).send()
    };
    assert_eq!(post(&engine.url).await.unwrap().status(), StatusCode::OK);
    for foreign in ["https://evil.example", "null"] {
        assert_eq!(code(post(foreign).await.unwrap()).await, (StatusCode::FORBIDDEN, json!("cross_site")), "{foreign}");
    }
    let wrong_method = engine.client.delete(format!("{}/chat", engine.url)).send().await.unwrap();
    assert_eq!(code(wrong_method).await, (StatusCode::METHOD_NOT_ALLOWED, json!("method_not_allowed")));
}

#[tokio::test]
async fn streams_are_limited() {
    let (folder, handler) = (TempDir::new().unwrap(), FakeHandler::start().await);
    let mut config = config(folder.path(), &handler);
    config.streams_max = 1;
    let engine = Engine::start(config).await;
    let said = engine.say(None, "I want to order a pizza").await;
    let path = format!("/conversations/{}/events", said["conversation_id"].as_str().unwrap());
    let open = engine.get(&path).await;
    assert_eq!(code(engine.get(&path).await).await, (StatusCode::SERVICE_UNAVAILABLE, json!("too_many_streams")));
    drop(open);
    // The place is free once the server has noticed.
    let deadline = tokio::time::Instant::now() + common::SOON;
    while engine.get(&path).await.status() != StatusCode::OK {
        assert!(tokio::time::Instant::now() < deadline, "the place is never given back");
        tokio::task::yield_now().await;
    }
}
