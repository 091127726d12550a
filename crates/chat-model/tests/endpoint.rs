//! The client against a server that answers, refuses, stalls, breaks off and talks nonsense.

mod support;

use chat_model::{Error, Function, Limits, Message, Request, Shape};
use serde_json::json;
use std::time::{Duration, Instant};
use support::{KEY, StandIn, Step, client, quick};

fn request() -> Request {
    Request { messages: vec![Message::System("Be brief.".into()), Message::User("Hello".into())], ..Request::default() }
}

fn shaped() -> Request {
    Request { shape: Some(Shape { name: "greeting", schema: json!({ "type": "object" }) }), ..request() }
}

fn say(words: &str) -> Step {
    Step::Say(words.into())
}

#[tokio::test]
async fn a_streamed_answer_is_put_together() {
    let server = StandIn::start([say("Good evening, how can I help you?")]).await;
    let answer = server.client().ask(&request()).await.unwrap();
    assert_eq!(answer.text, "Good evening, how can I help you?");
    let asked = &server.asked()[0];
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!((&asked.body["model"], &asked.body["stream"]), (&json!("stand-in"), &json!(true)));
}

#[tokio::test]
async fn functions_are_called() {
    let arguments = json!({ "status": "achieved" });
    let server =
        StandIn::start([Step::Call("Thanks!".into(), vec![("report".into(), arguments.clone()), ("end".into(), json!({}))])])
            .await;
    let function =
        |name: &str| Function { name: name.into(), description: String::new(), parameters: json!({ "type": "object" }) };
    let request = Request { functions: vec![function("report"), function("end")], ..request() };
    let answer = server.client().ask(&request).await.unwrap();
    let calls: Vec<_> = answer.calls.iter().map(|call| (call.name.as_str(), call.arguments.clone())).collect();
    assert_eq!((answer.text.as_str(), calls), ("Thanks!", vec![("report", arguments.to_string()), ("end", "{}".into())]));
}

#[tokio::test]
async fn a_server_that_does_not_stream_is_understood() {
    let whole = json!({ "choices": [{ "message": { "role": "assistant", "content": "Hi" }, "finish_reason": "stop" }] });
    let server = StandIn::start([Step::Whole(whole)]).await;
    assert_eq!(server.client().ask(&request()).await.unwrap().text, "Hi");
}

#[tokio::test]
async fn a_refused_key_is_told_at_once_and_never_shown() {
    let server = StandIn::start([Step::refuse(401, "invalid_api_key", &format!("Incorrect API key provided: {KEY}"))]).await;
    let client = server.client();
    let error = client.ask(&request()).await.unwrap_err();
    assert!(matches!(error, Error::Key { status: 401, .. }) && server.asked().len() == 1);
    assert!(error.to_string().contains("check that it is set"), "{error}");
    for shown in [format!("{error:?}"), format!("{client:?}"), format!("{:?}", server.config())] {
        assert!(!shown.contains(KEY), "{shown}");
    }
}

#[tokio::test]
async fn what_passes_is_asked_again() {
    let busy = || Step::Status(429, vec![("retry-after", "0".into())], "{}".into());
    for trouble in
        [busy(), Step::refuse(500, "server_error", "oops"), Step::BreakAfter("Good".into()), Step::refuse(503, "x", "loading")]
    {
        let server = StandIn::start([trouble.clone(), busy(), say("Hi")]).await;
        let answer = server.client().ask(&request()).await;
        assert_eq!((answer.unwrap().text.as_str(), server.asked().len()), ("Hi", 3), "{trouble:?}");
    }
}

#[tokio::test]
async fn tries_and_waits_have_limits() {
    let server = StandIn::start([]).await;
    let error = server.client().ask(&request()).await.unwrap_err();
    assert!(matches!(error, Error::Failed { status: 500, .. }) && server.asked().len() == 3, "{error}");
    let server = StandIn::start([Step::Status(429, vec![("retry-after", "3600".into())], "{}".into())]).await;
    let error = server.client().ask(&request()).await.unwrap_err();
    assert!(matches!(error, Error::Busy { retry_after: Some(_) }) && server.asked().len() == 1, "{error}");
    let server = StandIn::start([Step::refuse(429, "insufficient_quota", "You exceeded your current quota")]).await;
    let error = server.client().ask(&request()).await.unwrap_err();
    assert!(matches!(error, Error::Quota) && server.asked().len() == 1, "{error}");
}

#[tokio::test]
async fn a_stall_ends_at_the_limits() {
    let limits = Limits { first_token: Duration::from_millis(100), total: Duration::from_secs(20), tries: 2, ..quick() };
    let server = StandIn::start([Step::Stall, Step::Stall]).await;
    let error = client(chat_model::Config { limits, ..server.config() }).ask(&request()).await.unwrap_err();
    assert!(matches!(error, Error::Slow { what: "begin its answer", .. }) && server.asked().len() == 2, "{error}");

    let limits = Limits { total: Duration::from_millis(300), ..quick() };
    let server = StandIn::start([Step::StallAfter("Good".into())]).await;
    let began = Instant::now();
    let error = client(chat_model::Config { limits, ..server.config() }).ask(&request()).await.unwrap_err();
    assert!(matches!(error, Error::Slow { what: "finish its answer", .. }) && began.elapsed() >= limits.total, "{error}");
}

#[tokio::test]
async fn nonsense_and_cut_answers_are_told_as_such() {
    let end = |reason: &str| json!({ "choices": [{ "delta": { "content": "Hi" }, "finish_reason": reason }] });
    let page = Step::Status(200, vec![("content-type", "text/html".into())], "<html>Welcome</html>".into());
    let server = StandIn::start([
        page,
        Step::Whole(json!({ "hello": 1 })),
        Step::Stream(vec![end("length")]),
        Step::Stream(vec![end("content_filter")]),
    ])
    .await;
    let client = server.client();
    assert!(matches!(client.ask(&request()).await, Err(Error::Unreadable { .. })));
    assert!(matches!(client.ask(&request()).await, Err(Error::Unreadable { .. })));
    assert!(matches!(client.ask(&request()).await, Err(Error::Cut)));
    assert!(matches!(client.ask(&request()).await, Err(Error::Filtered)));
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let server = StandIn::start([say(&"word ".repeat(20_000))]).await;
    let limits = Limits { bytes_max: 100_000, ..quick() };
    let error = client(chat_model::Config { limits, ..server.config() }).ask(&request()).await.unwrap_err();
    assert!(matches!(error, Error::TooLong { limit: 100_000 }), "{error}");
}

#[tokio::test]
async fn a_server_that_knows_no_schemas_is_told_in_words_from_then_on() {
    let server = StandIn::start([
        Step::refuse(400, "invalid_request_error", "Unsupported parameter: 'max_completion_tokens'"),
        Step::refuse(400, "invalid_request_error", "response_format.type json_schema is not available"),
        say("{}"),
        say("{}"),
    ])
    .await;
    let client = server.client();
    assert_eq!(client.ask(&shaped()).await.unwrap().text, "{}");
    assert_eq!(client.ask(&shaped()).await.unwrap().text, "{}");
    let forms: Vec<_> = server.asked().iter().map(|asked| asked.body["response_format"]["type"].clone()).collect();
    assert_eq!(forms, ["json_schema", "json_schema", "json_object", "json_object"]);
}

#[tokio::test]
async fn nobody_there_wrong_paths_and_wrong_configurations() {
    let server = StandIn::start([]).await;
    let mut config = server.config();
    config.base_url.set_path("/other");
    let error = client(config).ask(&request()).await.unwrap_err();
    assert!(error.to_string().contains("knows no language model \"stand-in\""), "{error}");

    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let config = chat_model::Config { base_url: format!("http://{closed}/v1").parse().unwrap(), ..server.config() };
    let error = client(config).ask(&request()).await.unwrap_err();
    assert!(matches!(&error, Error::Unreachable { host, .. } if *host == closed.to_string()), "{error}");

    for (url, key, model) in [
        ("ftp://x/v1", "k", "m"),
        ("http://me:secret@127.0.0.1/", "k", "m"),
        ("http://127.0.0.1/", "k\n", "m"),
        ("http://127.0.0.1/", "k", " "),
    ] {
        let config =
            chat_model::Config { base_url: url.parse().unwrap(), key: Some(key.into()), model: model.into(), limits: quick() };
        assert!(matches!(chat_model::ChatModel::new(config), Err(Error::Config { .. })), "{url} {key} {model}");
    }
}
