//! What is promised, and whether it was kept: the carrier, the handler and the engine are asked once everything is quiet.

use crate::plan::Decision;
use crate::user::{self, Story, calls_to};
use crate::world::{CALLS_MAX, World};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use types::chat::{ConversationEvent, ConversationView, NumberedConversationEvent};
use types::{CallResult, CallStage, CallView, Disposition, ErrorBody, IdempotencyKey, OrderAccepted};

/// How long everything may take to become quiet once nothing goes wrong any more.
const QUIET_WITHIN: Duration = Duration::from_secs(60);
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// An event stream without an event for so long has told everything, once it has told something.
const STREAM_QUIET: Duration = Duration::from_millis(400);
const STREAM_BEGINS: Duration = Duration::from_secs(5);
/// How long the engine has to listen again, and how often that is tried.
const RETURN_MAX: Duration = Duration::from_secs(10);
const RETURN_EVERY: Duration = Duration::from_millis(100);
/// What the carrier adds to the order's limit before it ends a call by itself, and how late it may be, seconds.
const CARRIER_SLACK_S: f64 = 30.0;
const LATE_S: f64 = 1.5;

/// What must hold whatever happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Promise {
    /// At most one call at the carrier for each attempt.
    OneCall,
    /// No call at the carrier without an approved plan.
    Approval,
    /// Exactly one result of each attempt in the conversation.
    OneResult,
    /// The conversation has the handler's result.
    ResultKept,
    /// The conversation does not contradict the carrier.
    SameStory,
    /// No call is live at the carrier beyond its limit, or in the end.
    Limit,
    /// The handler takes as many calls as before.
    Permits,
    /// No conversation waits for ever.
    Unstuck,
    /// Engine and handler end only when they are told to.
    Upright,
}

impl Promise {
    /// All of them, with what is counted.
    pub(crate) const ALL: [(Self, &str); 9] = [
        (Self::OneCall, "attempts that were dialled more than once"),
        (Self::Approval, "plans dialled without approval"),
        (Self::OneResult, "attempts without exactly one result"),
        (Self::ResultKept, "results lost"),
        (Self::SameStory, "results that the carrier contradicts"),
        (Self::Limit, "calls that outlived their limit"),
        (Self::Permits, "permits leaked"),
        (Self::Unstuck, "conversations stuck"),
        (Self::Upright, "programs that ended or hung by themselves"),
    ];
}

/// A promise that was broken.
#[derive(Clone, Debug)]
pub(crate) struct Breach {
    pub(crate) promise: Promise,
    pub(crate) what: String,
}

impl Breach {
    pub(crate) fn of(promise: Promise, what: impl Into<String>) -> Self {
        Self { promise, what: what.into() }
    }
}

/// How an approved call ended, as the conversation has it.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    /// Disposition and reason.
    pub(crate) how: String,
    /// Calls at the carrier.
    pub(crate) dialled: usize,
    /// Results that the conversation shows.
    pub(crate) results: usize,
}

/// Looks at every story until it is quiet, then says how each ended and what was broken.
pub(crate) async fn of(world: &World, stories: &[Story]) -> (Vec<Ending>, Vec<Breach>) {
    let until = Instant::now() + QUIET_WITHIN;
    let looked = join_all(stories.iter().map(|story| one(world, story, until))).await;
    let (mut endings, mut breaches) = (Vec::new(), Vec::new());
    for (ending, broken) in looked {
        endings.extend(ending);
        breaches.extend(broken);
    }
    breaches.extend(permits(world).await);
    (endings, breaches)
}

/// What is known of one story now.
struct Facts {
    carrier: Vec<Value>,
    view: Option<ConversationView>,
    /// What the handler says of the order: `None` if it cannot be asked, `Some(None)` if it has none.
    order: Option<Option<CallView>>,
}

impl Facts {
    async fn gather(world: &World, story: &Story) -> Self {
        let carrier = calls_to(world, &story.number).await;
        let Some(conversation) = &story.conversation else { return Self { carrier, view: None, order: Some(None) } };
        let key = IdempotencyKey::of_attempt(conversation, story.plan.as_ref().map_or(1, |plan| plan.attempt));
        Self { carrier, view: user::view(world, conversation).await, order: order(world, &key).await }
    }

    fn result(&self) -> Option<&CallResult> {
        self.view.as_ref()?.calls.first()?.result.as_deref()
    }

    /// Whether nothing is under way any more.
    fn quiet(&self, approved: bool) -> bool {
        let over = self.carrier.iter().all(is_over);
        let told = match &self.order {
            Some(Some(order)) => order.result.is_some() && self.kept(),
            Some(None) => true,
            None => false,
        };
        over && told && (!approved || self.result().is_some())
    }

    /// Whether the conversation has what the handler has. A refusal is told in the answer to the order, so the engine words
    /// its result itself, under a name that is no order's.
    fn kept(&self) -> bool {
        let theirs = self.order.as_ref().and_then(|order| order.as_ref()).and_then(|order| order.result.as_deref());
        match (self.result(), theirs) {
            (Some(ours), Some(theirs)) if ours.order_id == theirs.order_id => ours.status == theirs.status,
            (Some(ours), Some(theirs)) => {
                let ours_is_own = ours.order_id.as_str().starts_with("none:");
                ours_is_own && theirs.call_sid.is_none() && (ours.status != Disposition::Unknown || theirs.status == ours.status)
            }
            (_, None) => true,
            (None, Some(_)) => false,
        }
    }

    /// Whether the carrier tells of the call what the result tells.
    fn contradicted(&self) -> bool {
        let Some(result) = self.result() else { return false };
        let answered = self.carrier.iter().any(|call| !call["duration_s"].is_null());
        match result.status {
            Disposition::Completed | Disposition::Voicemail => !answered,
            Disposition::Busy | Disposition::NoAnswer | Disposition::Canceled | Disposition::Failed => answered,
            Disposition::Unknown => false,
        }
    }
}

async fn one(world: &World, story: &Story, until: Instant) -> (Option<Ending>, Vec<Breach>) {
    let approved = matches!(story.talk.decision, Decision::Approve { .. });
    let facts = loop {
        let facts = Facts::gather(world, story).await;
        if facts.quiet(approved) || Instant::now() >= until {
            break facts;
        }
        sleep(LOOK).await;
    };
    let mut broken = Vec::new();
    let mut breach = |promise, what: String| broken.push(Breach::of(promise, format!("{}: {what}", story.number)));
    let dialled = facts.carrier.len();
    // One, unless the user has agreed to more.
    let attempts = facts.view.as_ref().map_or(1, |view| view.calls.len().max(1));
    if dialled > attempts {
        breach(Promise::OneCall, format!("{dialled} calls in {attempts} attempts"));
    }
    if dialled > 0 && !approved {
        breach(Promise::Approval, format!("dialled after {:?}", story.talk.decision));
    }
    let most_s = story.plan.as_ref().map_or(0.0, |plan| f64::from(plan.limits.call_max_s)) + CARRIER_SLACK_S + LATE_S;
    for call in &facts.carrier {
        if !is_over(call) {
            breach(Promise::Limit, format!("still {} at the carrier", call["status"]));
        }
        if call["duration_s"].as_f64().is_some_and(|lasted_s| lasted_s > most_s) {
            breach(Promise::Limit, format!("lasted {} s", call["duration_s"]));
        }
    }
    if let Some(what) = story.stuck {
        breach(Promise::Unstuck, format!("waited in vain for {what}"));
    }
    if !approved {
        return (None, broken);
    }
    if facts.order.is_none() {
        breach(Promise::Unstuck, "the handler does not say what became of the order".into());
    }
    if matches!(&facts.order, Some(Some(order)) if order.result.is_none()) {
        breach(Promise::Unstuck, "the handler's order has no result".into());
    }
    if !facts.kept() {
        breach(Promise::ResultKept, differ(&facts));
    }
    if facts.contradicted() {
        breach(
            Promise::SameStory,
            format!("{}; the carrier: {}", differ(&facts), facts.carrier[..].iter().map(status).collect::<String>()),
        );
    }
    let results = results(world, story).await.unwrap_or_else(|problem| {
        breach(Promise::OneResult, problem);
        0
    });
    if results != attempts {
        breach(Promise::OneResult, format!("the conversation shows {results} results of {attempts} attempts"));
    }
    let how = facts.result().map_or_else(|| "nothing".into(), how);
    (Some(Ending { how, dialled, results }), broken)
}

fn is_over(call: &Value) -> bool {
    matches!(call["status"].as_str(), Some("completed" | "busy" | "failed" | "no-answer" | "canceled"))
}

fn status(call: &Value) -> String {
    format!("{} after {} s ", call["status"], call["duration_s"])
}

fn how(result: &CallResult) -> String {
    let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
    format!("{}: {}", word(json!(result.status)), word(json!(result.ended_reason)))
}

fn differ(facts: &Facts) -> String {
    let tell = |result: Option<&CallResult>| {
        result.map_or_else(
            || "none".into(),
            |result| format!("{} ({})", how(result), result.error_message.clone().unwrap_or_default()),
        )
    };
    let theirs = facts.order.as_ref().and_then(|order| order.as_ref()).and_then(|order| order.result.as_deref());
    format!("the conversation has {}, the handler {}", tell(facts.result()), tell(theirs))
}

/// What the handler has under a key.
async fn order(world: &World, key: &IdempotencyKey) -> Option<Option<CallView>> {
    let answer = world.http.get(format!("{}/order/{}", world.handler_url, key.as_str())).send().await.ok()?;
    match answer.status() {
        StatusCode::NOT_FOUND => Some(None),
        status if status.is_success() => answer.json().await.ok().map(Some),
        _ => None,
    }
}

/// How many results the conversation's history shows; its events must be numbered without a gap.
async fn results(world: &World, story: &Story) -> Result<usize, String> {
    let Some(conversation) = &story.conversation else { return Ok(0) };
    let url = format!("{}/conversations/{conversation}/events?after=0", world.engine_url);
    // A fault may have come so late that the engine is only just being stopped or starting again.
    let until = Instant::now() + RETURN_MAX;
    let text = loop {
        match history(world, &url).await {
            Ok(text) => break text,
            Err(error) if Instant::now() >= until => return Err(format!("its history cannot be read: {error}")),
            Err(_) => sleep(RETURN_EVERY).await,
        }
    };
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().filter_map(|line| line.strip_prefix("data:"));
    let events: Vec<NumberedConversationEvent> = lines.filter_map(|line| serde_json::from_str(line.trim()).ok()).collect();
    if events.iter().zip(1..).any(|(event, n)| event.n != n) {
        return Err("its history has a gap".into());
    }
    Ok(events.iter().filter(|event| matches!(event.event, ConversationEvent::CallEnded { .. })).count())
}

/// What an event stream tells until it is quiet. One that ends before has not told everything.
async fn history(world: &World, url: &str) -> Result<Vec<u8>, String> {
    let answer = world.http.get(url).send().await.map_err(|error| error.to_string())?;
    let (mut bytes, mut text) = (answer.bytes_stream(), Vec::new());
    let mut patience = STREAM_BEGINS;
    while let Ok(chunk) = timeout(patience, bytes.next()).await {
        match chunk {
            Some(Ok(chunk)) => text.extend_from_slice(&chunk),
            Some(Err(error)) => return Err(error.to_string()),
            None => return Err("the stream ended".into()),
        }
        patience = STREAM_QUIET;
    }
    Ok(text)
}

/// As many calls as the handler may have must find a place, and not one more.
async fn permits(world: &World) -> Vec<Breach> {
    for round in 0..3 {
        let before = world.handler.blows();
        let broken = fill(world, round).await;
        // A crash point that was still armed may have been in the way.
        if world.handler.blows() == before {
            return broken;
        }
        drop(world.handler.addr().await);
    }
    Vec::new()
}

async fn fill(world: &World, round: usize) -> Vec<Breach> {
    let tries = join_all((0..CALLS_MAX).map(|n| place(world, format!("permit-{round}-{n}")))).await;
    let busy = tries.iter().filter(|answer| matches!(answer, Err(code) if code == "busy")).count();
    let mut broken = Vec::new();
    if busy > 0 {
        broken.push(Breach::of(Promise::Permits, format!("{busy} of {CALLS_MAX} calls found no place in a quiet handler")));
    }
    let placed: Vec<OrderAccepted> = tries.into_iter().flatten().collect();
    if placed.len() == CALLS_MAX {
        match place(world, format!("permit-{round}-more")).await {
            Err(code) if code == "busy" => {}
            other => broken.push(Breach::of(Promise::Permits, format!("one call too many: {other:?}"))),
        }
    }
    let ends = join_all(placed.iter().map(|order| async {
        let call = format!("{}/calls/{}", world.handler_url, order.order_id);
        let until = Instant::now() + QUIET_WITHIN;
        while Instant::now() < until {
            // Again and again: the handler may die of it, and take the call up when it is back.
            drop(world.http.post(format!("{call}/hangup")).send().await);
            let view: Option<CallView> = world.look(&call).await;
            if view.is_some_and(|view| view.stage == CallStage::Ended) {
                return true;
            }
            sleep(LOOK).await;
        }
        false
    }));
    if ends.await.contains(&false) {
        broken.push(Breach::of(Promise::Unstuck, "a call that was hung up does not end"));
    }
    broken
}

/// Places an order with nobody at the other end; the error is its code.
async fn place(world: &World, key: String) -> Result<OrderAccepted, String> {
    let order = json!({"target_phone_number": "+13055550111", "final_instructions": "Ask whether they are open.",
        "limits": {"answer_timeout_s": 120}});
    let answer = world.http.post(format!("{}/order", world.handler_url)).header("Idempotency-Key", key).json(&order).send();
    let answer = answer.await.map_err(|error| error.to_string())?;
    if answer.status().is_success() {
        return answer.json().await.map_err(|error| error.to_string());
    }
    Err(answer.json::<ErrorBody>().await.map_err(|error| error.to_string())?.code)
}
