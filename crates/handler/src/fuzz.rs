//! Bodies and settings that are almost right: nothing panics, and an order that is taken is one that can be carried out.

use crate::api::read_order;
use crate::prices::Micros;
use odd_input::fuzz;

const ORDERS: [&str; 2] = [
    r#"{"target_phone_number":"+14155550100","final_instructions":"Order a large pepperoni pizza."}"#,
    r#"{"target_phone_number":"+14155550100","final_instructions":"Order a pizza.","goal":"order a pizza","task_kind":"order_food","callee_name":"Tony's","user_name":"Maria Lopez","user_address":"12 Elm Street","gathered_details":{"item":"pizza","size":"large"},"facts_wanted":[{"name":"total","question":"What is the total?"}],"limits":{"answer_timeout_s":30,"silence_timeout_s":15,"call_max_s":300},"voice":"marin","model":"gpt-realtime","language":"de","conversation_id":"c_1","plan_id":"p_1","attempt":2}"#,
];

/// What is taken has been checked, is stored as it is read again, and its briefing keeps what was ordered.
fn orders(bytes: &[u8]) {
    let Ok(order) = read_order(bytes) else { return };
    order.check().expect("it was checked");
    let stored = serde_json::to_string(&order).expect("an order becomes JSON");
    let again = read_order(stored.as_bytes()).expect("what is stored can be read");
    assert_eq!(again, order);
    let briefing = types::Briefing::of(&order);
    let told = briefing.render();
    assert!(told.len() < 300_000 && types::Briefing::parse(&told).is_some(), "the model cannot be told: {told}");
}

fn prices(bytes: &[u8]) {
    if let Ok(Micros(micros)) = String::from_utf8_lossy(bytes).parse() {
        assert!(micros <= 100_000_000_000);
    }
}

#[test]
fn orders_that_are_almost_right() {
    fuzz(2_000, &ORDERS, orders);
}

#[test]
fn prices_that_are_almost_right() {
    fuzz(1_000, &["32", "0.40", "100000", "0.000001"], prices);
}
