//! The callee over a stand-in of a model's server.

#[path = "../../../../chat-model/tests/support/mod.rs"]
mod stand_in;

use super::*;
use stand_in::{StandIn, Step};

fn part(turns_max: u32) -> scenario::Model {
    scenario::Model { persona: "Anna of Corner Books.".into(), turns_max, tokens_max: 77, takes_max_s: 60.0 }
}

/// Calls are carried out beside the runtime, as here.
async fn talk(server: &StandIn, turns_max: u32, greeting: Option<&str>, said: &[&str]) -> (Vec<Reply>, Option<String>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (config, runtime, fault) = (server.config(), Handle::current(), Fault::default());
    let (greeting, said) = (greeting.map(str::to_owned), said.iter().map(|said| (*said).to_owned()).collect::<Vec<_>>());
    let told = Arc::clone(&fault);
    let talk = move || {
        let mut callee = ByModel::new(&part(turns_max), greeting, &config, runtime, fault);
        let first = callee.greeting();
        std::iter::once(first).chain(said.iter().map(|said| callee.hear(said))).collect()
    };
    let replies = tokio::task::spawn_blocking(talk).await.unwrap();
    let told = told.lock().unwrap().clone();
    (replies, told)
}

#[tokio::test]
async fn the_model_hears_what_was_understood_and_says_what_is_said() {
    let goodbye = Step::Call("You're welcome.".into(), vec![("hang_up".into(), json!({}))]);
    let steps = [Step::Say("Corner Books, *hello*?".into()), Step::Say("From 11 am to 5 pm. Goodbye!".into()), goodbye];
    let server = StandIn::start(steps).await;
    let (replies, fault) = talk(&server, 9, None, &["Are you open on Sunday?", ""]).await;
    let told: Vec<_> = replies.iter().map(|reply| (reply.say.as_str(), reply.then)).collect();
    let goodbye = ("From 11 am to 5 pm. Goodbye!", Then::AwaitGoodbye);
    assert_eq!(told, [("Corner Books, hello?", Then::Listen), goodbye, ("You're welcome.", Then::HangUp)]);
    assert_eq!(fault, None);
    let body = &server.asked()[2].body;
    let said: Vec<_> = body["messages"].as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap()).collect();
    assert!(said[1].ends_with("Anna of Corner Books."), "{said:?}");
    assert_eq!(said[3..6], ["Corner Books, hello?", "Are you open on Sunday?", "From 11 am to 5 pm. Goodbye!"]);
    assert!(said[6].contains("could not be understood"), "{said:?}");
    assert_eq!(body["tools"][0]["function"]["name"], "hang_up");
    assert!(body.to_string().contains(":77"), "the answer's tokens are bounded: {body}");
}

#[tokio::test]
async fn who_has_answered_often_enough_hangs_up_without_asking_the_model() {
    let server = StandIn::start([Step::Say("Hm.".into()), Step::Say("Hm?".into())]).await;
    let (replies, _) = talk(&server, 1, Some("Hello?"), &["One.", "Two."]).await;
    assert_eq!((replies[1].say.as_str(), replies[2].say.as_str(), replies[2].then), ("Hm.", ENOUGH, Then::HangUp));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_model_that_fails_is_told_and_the_call_is_over() {
    let server = StandIn::start([]).await;
    let (replies, fault) = talk(&server, 9, Some("Hello?"), &["One."]).await;
    assert_eq!((replies[1].say.as_str(), replies[1].then), ("", Then::HangUp));
    assert!(fault.is_some_and(|fault| fault.starts_with("the language model that plays the callee failed: ")));
}
