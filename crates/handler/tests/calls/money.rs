//! What calls may cost: told before, reserved, counted while they last, and not passed.

use crate::support::rig::{error, pizza};
use crate::support::voice::VoiceLink;
use crate::support::{Rig, until};
use gate::{Gate, Rules};
use handler::prices::{Micros, Prices};
use serde_json::{Value, json};
use types::{CostEstimate, CostKind, EndedReason, Estimated, OrderAccepted};
use wire::realtime::{InputTokens, OutputTokens, Response, ResponseStatus, ServerEvent, TokenUsage};
use wire::rest::CallStatus;

/// A dollar, in millionths.
const DOLLAR: u64 = 1_000_000;

fn prices() -> Prices {
    Prices { carrier_minute: Some(Micros(10_000)), ..Prices::default() }
}

/// A handler with prices, whose gate has these limits on money.
async fn rig(per_call: Option<u64>, per_day: Option<u64>) -> Rig {
    Rig::with(|config| {
        config.prices = Some(prices());
        let rules = Rules { cost_per_call_micros: per_call, cost_per_day_micros: per_day, ..Rules::simulated() };
        config.gate = Gate::new(rules).unwrap();
    })
    .await
}

fn limited(micros: u64) -> Value {
    let mut order = pizza();
    order["limits"] = json!({"call_max_s": 120, "cost_max_micros": micros});
    order
}

async fn estimated(rig: &Rig, order: &Value) -> Estimated {
    let request = rig.http.post(format!("{}/estimate", rig.base)).json(order);
    request.send().await.unwrap().json().await.unwrap()
}

async fn refused(rig: &Rig, order: &Value) -> (String, String) {
    let (status, body) = error(rig.post_order("refused", order).send().await.unwrap()).await;
    assert_eq!(status, 403, "{body:?}");
    (body.code, body.message)
}

/// An answer of the model that took so many tokens of speech.
fn say(voice: &mut VoiceLink, words: &str, tokens: u64) {
    let content = voice.begin(words, 300);
    let (response_id, done) = (content.response_id.clone(), ServerEvent::AudioDone(content));
    voice.send(done);
    let usage = TokenUsage {
        total_tokens: tokens,
        input_tokens: 0,
        output_tokens: tokens,
        input_token_details: InputTokens::default(),
        output_token_details: OutputTokens { text_tokens: 0, audio_tokens: tokens },
    };
    let response = Response { status: ResponseStatus::Completed, usage: Some(usage), ..Response::new(&response_id) };
    voice.send(ServerEvent::ResponseDone { response: Box::new(response) });
}

#[tokio::test]
async fn a_cost_is_told_before_anything_is_dialled() {
    let rig = rig(None, None).await;
    let known: CostEstimate = estimated(&rig, &pizza()).await.estimate.unwrap();
    assert_eq!((known.currency.as_str(), known.with_carrier), ("USD", true));
    assert!(known.minute_micros > 10_000 && known.most_micros > 5 * known.minute_micros, "{known:?}");
    assert_eq!(estimated(&rig, &limited(70_000)).await.estimate.unwrap().most_micros, 70_000);
    let (status, body) = error(rig.http.post(format!("{}/estimate", rig.base)).json(&json!({})).send().await.unwrap()).await;
    assert_eq!((status, body.field.as_deref()), (422, Some("target_phone_number")));
    assert_eq!(rig.carrier.creates(), 0);
}

#[tokio::test]
async fn without_a_price_the_reason_is_told() {
    let rig = Rig::with(|config| {
        config.prices = Some(prices());
        config.voice.model = "mine".into();
    })
    .await;
    let told = estimated(&rig, &pizza()).await;
    assert_eq!(told.estimate, None);
    assert!(told.unknown.unwrap().contains("[prices.models]"));
}

#[tokio::test]
async fn what_is_simulated_costs_nothing_and_passes_every_limit() {
    let rig = Rig::with(|config| {
        config.gate = Gate::new(Rules { cost_per_day_micros: Some(1), ..Rules::simulated() }).unwrap();
    })
    .await;
    let known = estimated(&rig, &pizza()).await.estimate.unwrap();
    assert_eq!((known.minute_micros, known.most_micros), (0, 0));
    assert_eq!(rig.order("k").await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_limit_of_a_call_is_the_lowest_one() {
    let rig = rig(Some(200_000), None).await;
    assert_eq!(estimated(&rig, &pizza()).await.estimate.unwrap().most_micros, 200_000);
    assert_eq!(estimated(&rig, &limited(100_000)).await.estimate.unwrap().most_micros, 100_000);
    let (code, message) = refused(&rig, &limited(1_000)).await;
    assert_eq!(code, "gate_cost_per_call");
    assert!(message.contains("$0.0010") && message.contains("gate.cost_per_call"), "{message}");
}

#[tokio::test]
async fn a_call_whose_cost_nobody_knows_is_not_made_where_money_is_limited() {
    let rig = Rig::with(|config| {
        config.prices = Some(Prices::default());
        config.gate = Gate::new(Rules { cost_per_day_micros: Some(100 * DOLLAR), ..Rules::simulated() }).unwrap();
    })
    .await;
    let (code, message) = refused(&rig, &pizza()).await;
    assert_eq!(code, "gate_cost_unknown");
    assert!(message.contains("[prices.carrier]"), "{message}");
    let audit: Vec<Value> = rig.get("/refusals").await.json().await.unwrap();
    assert_eq!((audit.len(), &audit[0]["rule"], &audit[0]["message"]), (1, &json!("cost_unknown"), &json!(message)));
    assert_eq!(rig.carrier.creates(), 0);
}

#[tokio::test]
async fn a_days_money_is_reserved_and_settled() {
    let most = rig(None, None).await;
    let most = estimated(&most, &pizza()).await.estimate.unwrap().most_micros;
    // One call and a half.
    let mut rig = rig(None, Some(most * 3 / 2)).await;
    let first: OrderAccepted = rig.order("first").await.unwrap().json().await.unwrap();
    let (code, message) = refused(&rig, &pizza()).await;
    assert_eq!(code, "gate_cost_per_day");
    assert!(message.contains("gate.cost_per_day"), "{message}");
    rig.carrier.progress(first.call_sid.as_str(), CallStatus::Busy).await;
    rig.engine.result().await;
    let second: OrderAccepted = rig.order("second").await.unwrap().json().await.unwrap();
    // A crash leaves what is reserved until there is a result.
    let _line = rig.carrier.answer(second.call_sid.as_str()).await;
    rig.crash();
    rig.restart().await;
    assert_eq!(refused(&rig, &pizza()).await.0, "gate_cost_per_day");
    assert!(rig.engine.result().await.cost.is_some());
    assert_eq!(rig.order("third").await.unwrap().status(), 200, "it cost less than it might have");
}

#[tokio::test]
async fn a_call_that_has_ended_counts_with_what_it_cost() {
    let most = rig(None, None).await;
    let most = estimated(&most, &pizza()).await.estimate.unwrap().most_micros;
    let rig = rig(None, Some(most * 3 / 2)).await;
    let accepted: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = accepted.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    let line = rig.carrier.answer(sid).await;
    voice.asked().await;
    say(&mut voice, "Hello, this is an AI assistant calling on behalf of Maria Lopez.", 100);
    until("the answer was counted", || async {
        let events = crate::watching::first_bytes(&rig, &format!("/calls/{sid}/events")).await;
        events.contains("disclosed").then_some(())
    })
    .await;
    line.stop();
    rig.carrier.progress(sid, CallStatus::Completed).await;
    // 100 × 64, and a begun minute.
    assert_eq!(rig.engine.result().await.cost.unwrap().amount_micros, 6_400 + 10_000);
    assert_eq!(rig.order("another").await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_live_call_stops_at_its_price() {
    let rig = rig(None, None).await;
    let limit = 200_000;
    let posted = tokio::spawn(rig.post_order("k", &limited(limit)).send());
    let accepted: OrderAccepted = posted.await.unwrap().unwrap().json().await.unwrap();
    let sid = accepted.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    let mut line = rig.carrier.answer(sid).await;
    voice.asked().await;
    say(&mut voice, "Hello, this is an AI assistant calling on behalf of Maria Lopez.", 1_000);
    line.mark().await;
    // Who speaks before that interrupts it, and hears it again.
    until("the disclosure was heard", || async {
        let events = crate::watching::first_bytes(&rig, &format!("/calls/{sid}/events")).await;
        events.contains("disclosed").then_some(())
    })
    .await;
    voice.heard("Sure, what would you like?");
    assert_eq!(voice.asked().await, None, "an answer like any other");
    say(&mut voice, "One large pizza.", 1_000);
    let goodbye = voice.asked().await.expect("words of our own");
    let words = types::briefing::words_to_say(&goodbye).unwrap();
    assert_eq!(words, "I am sorry, I have to end the call now. Thank you, and goodbye.");
    say(&mut voice, words, 100);
    rig.carrier.hung_up(sid).await;
    let result = rig.engine.result().await;
    assert_eq!(result.ended_reason, EndedReason::CostLimit);
    let cost = result.cost.unwrap();
    // 2,100 × 64 and a minute: not the two minutes that it might have lasted.
    let parts: Vec<_> = cost.parts.iter().map(|part| (part.kind, part.amount_micros)).collect();
    assert_eq!(parts, [(CostKind::Model, 134_400), (CostKind::Carrier, 10_000)]);
    assert!(cost.amount_micros <= limit);
}

#[tokio::test]
async fn an_answer_that_costs_too_much_at_once_is_the_last() {
    let rig = rig(None, None).await;
    let posted = tokio::spawn(rig.post_order("k", &limited(150_000)).send());
    let accepted: OrderAccepted = posted.await.unwrap().unwrap().json().await.unwrap();
    let sid = accepted.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    let _line = rig.carrier.answer(sid).await;
    voice.asked().await;
    say(&mut voice, "Hello, this is an AI assistant calling on behalf of Maria Lopez.", 10_000);
    rig.carrier.hung_up(sid).await;
    assert_eq!(rig.engine.result().await.ended_reason, EndedReason::CostLimit);
}
