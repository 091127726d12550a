//! One user: says what they want, decides on the plan, perhaps hangs up, and waits for the outcome. Whatever fails they try
//! again, with the same ids, as the page does.

use crate::model::ENDLESS;
use crate::plan::{ACCOUNT, Callee, Decision, Talk};
use crate::world::{SECRET, World};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use types::ConversationId;
use types::chat::{ChatResponse, ConversationView, Plan};

/// How long after something failed it is tried again.
const AGAIN: Duration = Duration::from_millis(100);
/// How often somebody looks.
const LOOK: Duration = Duration::from_millis(60);
/// How long a conversation may take from its first word to its outcome: the longest ringing, the longest call, the watchdog's
/// rounds, and the faults.
pub(crate) const PATIENCE: Duration = Duration::from_secs(75);
/// How long the callee that puts the phone down stays on it.
const PUTS_DOWN_AFTER: Duration = Duration::from_millis(400);

/// What a user has done, and what came of it as they see it.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) talk: Talk,
    pub(crate) number: String,
    pub(crate) conversation: Option<ConversationId>,
    pub(crate) plan: Option<Plan>,
    /// What they waited for in vain.
    pub(crate) stuck: Option<&'static str>,
}

/// Lives one user's story.
pub(crate) async fn live(world: &World, talk: Talk, number: String) -> Story {
    let mut story = Story { talk, number, conversation: None, plan: None, stuck: None };
    sleep(Duration::from_millis(talk.begins_ms)).await;
    let until = Instant::now() + PATIENCE;
    if timeout(PATIENCE, go(world, &mut story, until)).await.is_err() {
        story.stuck = Some(match (&story.conversation, &story.plan) {
            (None, _) => "an answer to their first words",
            (Some(_), None) => "a plan",
            (Some(_), Some(_)) => "a decision or an outcome",
        });
    }
    story
}

async fn go(world: &World, story: &mut Story, until: Instant) {
    let name = if story.talk.callee == Callee::NeverEnds { ENDLESS } else { "Maria Lopez" };
    let message = format!("Order a large pepperoni pizza from Tony's at {} for pickup, my name is {name}", story.number);
    let words = json!({"message": message, "message_id": format!("first-{}", story.number)});
    let answer: ChatResponse = again(|| post(world, "/chat", &words)).await;
    let conversation = answer.conversation_id;
    story.conversation = Some(conversation.clone());
    let plan = loop {
        if let Some(ConversationView { plan: Some(plan), .. }) = view(world, &conversation).await {
            break plan;
        }
        sleep(LOOK).await;
    };
    story.plan = Some(plan.clone());
    let decide = format!("/conversations/{conversation}/plans/{}", plan.plan_id);
    match story.talk.decision {
        Decision::Nothing => {}
        Decision::Cancel => {
            let no = json!({"decision": "cancel"});
            let _: ChatResponse = again(|| post(world, &decide, &no)).await;
        }
        Decision::Approve { times } => {
            let yes = json!({"decision": "approve"});
            let one = || again(|| post::<ChatResponse>(world, &decide, &yes));
            let clicks = futures_util::future::join_all((0..times).map(|_| one()));
            tokio::join!(clicks, hang_up(world, story.talk, &conversation), put_down(world, story, until));
            while !view(world, &conversation).await.is_some_and(|view| view.calls.iter().any(|call| call.result.is_some())) {
                sleep(LOOK).await;
            }
        }
    }
}

/// What the engine says of a conversation.
pub(crate) async fn view(world: &World, conversation: &ConversationId) -> Option<ConversationView> {
    world.look(&format!("{}/conversations/{conversation}", world.engine_url)).await
}

async fn hang_up(world: &World, talk: Talk, conversation: &ConversationId) {
    let Some(after_ms) = talk.hangs_up_ms else { return };
    while view(world, conversation).await.is_none_or(|view| view.calls.is_empty()) {
        sleep(LOOK).await;
    }
    sleep(Duration::from_millis(after_ms)).await;
    // One try, as with a button; the call may be over.
    drop(world.http.post(format!("{}/conversations/{conversation}/calls/1/hangup", world.engine_url)).send().await);
}

/// The callee puts the phone down: for the handler that is the carrier ending the call.
async fn put_down(world: &World, story: &Story, until: Instant) {
    if story.talk.callee != Callee::PutsDown {
        return;
    }
    while Instant::now() < until {
        let talking = calls_to(world, &story.number).await.into_iter().find(|call| call["status"] == "in-progress");
        if let Some(sid) = talking.as_ref().and_then(|call| call["sid"].as_str()) {
            sleep(PUTS_DOWN_AFTER).await;
            let url = format!("{}/2010-04-01/Accounts/{ACCOUNT}/Calls/{sid}.json", world.carrier_url);
            drop(world.http.post(url).basic_auth(ACCOUNT, Some(SECRET)).form(&[("Status", "completed")]).send().await);
            return;
        }
        let over = match &story.conversation {
            Some(id) => view(world, id).await.is_some_and(|view| view.calls.iter().any(|call| call.result.is_some())),
            None => false,
        };
        if over {
            return;
        }
        sleep(LOOK).await;
    }
}

/// The carrier's calls to a number.
pub(crate) async fn calls_to(world: &World, number: &str) -> Vec<Value> {
    let all: Vec<Value> = world.look(&format!("{}/sim/calls", world.carrier_url)).await.unwrap_or_default();
    all.into_iter().filter(|call| call["to"] == number).collect()
}

async fn post<T: serde::de::DeserializeOwned>(world: &World, path: &str, body: &Value) -> Option<T> {
    let answer = world.http.post(format!("{}{path}", world.engine_url)).json(body).send().await.ok()?;
    if !answer.status().is_success() {
        return None;
    }
    answer.json().await.ok()
}

/// Tries until it works; the story's patience ends it.
async fn again<T, F: Future<Output = Option<T>>>(mut what: impl FnMut() -> F) -> T {
    loop {
        if let Some(done) = what().await {
            return done;
        }
        sleep(AGAIN).await;
    }
}
