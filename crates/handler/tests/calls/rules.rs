//! Whom the handler does not call, whatever the engine thinks.

use crate::support::rig::{error, pizza};
use crate::support::{Rig, until};
use gate::{Gate, QuietHours, Rules};
use serde_json::{Value, json};
use types::OrderAccepted;
use wire::rest::CallStatus;

const NUMBER: &str = "+14155550100";

/// The gate of a test, but for this.
fn gate(change: impl FnOnce(&mut Rules)) -> Gate {
    let mut rules = Rules::simulated();
    change(&mut rules);
    Gate::new(rules).unwrap()
}

async fn refused(rig: &Rig, key: &str, order: &Value) -> String {
    let (status, body) = error(rig.post_order(key, order).send().await.unwrap()).await;
    assert_eq!(status, 403, "{body:?}");
    body.code
}

async fn list(rig: &Rig, path: &str) -> Vec<Value> {
    rig.get(path).await.json().await.unwrap()
}

#[tokio::test]
async fn numbers_that_are_never_called_and_other_countries() {
    let rig = Rig::start().await;
    let to = |number: &str| {
        let mut order = pizza();
        order["target_phone_number"] = json!(number);
        order
    };
    for (number, code) in [
        ("+19005550100", "gate_costly"),
        ("+881612345678", "gate_no_country"),
        ("+19995550100", "gate_invalid"),
        ("+493023125000", "gate_country"),
    ] {
        assert_eq!(refused(&rig, number, &to(number)).await, code, "{number}");
    }
    let refusals = list(&rig, "/refusals").await;
    assert_eq!((refusals.len(), &refusals[0]["rule"], &refusals[0]["conversation_id"]), (4, &json!("country"), &json!("c_1")));
    assert!(refusals[0]["message"].as_str().unwrap().contains("gate.countries"), "{refusals:?}");
    assert_eq!(rig.carrier.creates(), 0);
    assert_eq!(rig.get("/order/+19005550100").await.status(), 404, "a refused order is no order");
}

#[tokio::test]
async fn at_night_nobody_is_called() {
    let there = jiff::Timestamp::now().in_tz("America/Los_Angeles").unwrap().time();
    let hour = jiff::SignedDuration::from_hours(1);
    let quiet = QuietHours { start: there.wrapping_sub(hour), end: there.wrapping_add(hour) };
    let rig = Rig::with(|config| config.gate = gate(|rules| rules.quiet_hours = Some(quiet))).await;
    assert_eq!(refused(&rig, "k", &pizza()).await, "gate_quiet_hours");
    assert_eq!(rig.carrier.creates(), 0);
}

#[tokio::test]
async fn every_user_has_calls_of_their_own() {
    let rig = Rig::with(|config| config.gate = gate(|rules| rules.calls_per_user_and_day = 1)).await;
    let of = |user: Option<&str>| {
        let mut order = pizza();
        order["user_id"] = json!(user);
        order
    };
    for (key, user) in [("a", Some("maria")), ("b", Some("bob")), ("c", None)] {
        assert_eq!(rig.post_order(key, &of(user)).send().await.unwrap().status(), 200, "{user:?}");
    }
    for user in [Some("maria"), Some("bob"), None] {
        assert_eq!(refused(&rig, "again", &of(user)).await, "gate_calls_per_user", "{user:?}");
    }
    assert_eq!(rig.post_order("d", &of(Some("eve"))).send().await.unwrap().status(), 200);
    let (status, body) = error(rig.post_order("e", &of(Some("two words"))).send().await.unwrap()).await;
    assert_eq!((status, body.field.as_deref()), (422, Some("user_id")));
}

#[tokio::test]
async fn of_two_orders_at_once_only_one_can_be_the_last() {
    let rig = Rig::with(|config| config.gate = gate(|rules| rules.calls_per_number_and_day = 1)).await;
    let (one, other) = (rig.order("a"), rig.order("b"));
    let mut statuses = [one.await.unwrap().status().as_u16(), other.await.unwrap().status().as_u16()];
    statuses.sort_unstable();
    assert_eq!((statuses, rig.carrier.creates()), ([200, 403], 1));
}

#[tokio::test]
async fn minutes_are_counted_at_their_limit_until_the_call_has_ended() {
    let rig = Rig::with(|config| config.gate = gate(|rules| rules.minutes_per_day = 8)).await;
    let accepted: OrderAccepted = rig.order("a").await.unwrap().json().await.unwrap();
    assert_eq!(refused(&rig, "b", &pizza()).await, "gate_minutes_per_day");
    rig.carrier.progress(accepted.call_sid.as_str(), CallStatus::Busy).await;
    rig.engine.result().await;
    assert_eq!(rig.order("b").await.unwrap().status(), 200, "nothing was talked");
}

#[tokio::test]
async fn the_do_not_call_list_is_kept_by_hand() {
    let mut rig = Rig::start().await;
    let put = |rig: &Rig, number: &str| rig.http.put(format!("{}/do-not-call/{number}", rig.base)).send();
    let delete = |rig: &Rig| rig.http.delete(format!("{}/do-not-call/{NUMBER}", rig.base)).send();
    assert_eq!(put(&rig, NUMBER).await.unwrap().status(), 204);
    assert_eq!(put(&rig, NUMBER).await.unwrap().status(), 204);
    let (status, body) = error(put(&rig, "12").await.unwrap()).await;
    assert_eq!((status, body.field.as_deref()), (422, Some("number")));
    rig.crash();
    rig.restart().await;
    let listed = list(&rig, "/do-not-call").await;
    assert_eq!((listed.len(), &listed[0]["number"], &listed[0]["why"]), (1, &json!(NUMBER), &json!("entered")));
    assert_eq!(refused(&rig, "k", &pizza()).await, "gate_do_not_call");
    assert_eq!(delete(&rig).await.unwrap().status(), 204);
    assert_eq!(delete(&rig).await.unwrap().status(), 404);
    assert_eq!(rig.order("k").await.unwrap().status(), 200, "the same key is free: nothing was kept under it");
}

#[tokio::test]
async fn a_callee_who_asks_not_to_be_called_again_is_not() {
    let rig = Rig::start().await;
    let accepted: OrderAccepted = rig.order("k").await.unwrap().json().await.unwrap();
    let sid = accepted.call_sid.as_str();
    let mut voice = rig.voice.link().await;
    let line = rig.carrier.answer(sid).await;
    voice.asked().await;
    voice.answer("Hello, this is an AI assistant calling on behalf of Maria Lopez.", 200, &[]);
    voice.heard("Please don't call this number again.");
    voice.asked().await;
    line.stop();
    rig.carrier.progress(sid, CallStatus::Completed).await;
    rig.engine.result().await;
    until("the number is on the list", || async { list(&rig, "/do-not-call").await.pop().filter(|on| on["why"] == "asked") })
        .await;
    assert_eq!(refused(&rig, "another", &pizza()).await, "gate_do_not_call");
}
