//! Details in other words, for sentences: "two large pepperoni pizzas" from quantity, size and item.

use crate::parse::{item, question};
use types::Details;

/// The names that patterns may use besides the slots.
pub(crate) const NAMES: [&str; 4] = ["order_line", "party", "asking", "errand"];

/// What can be said of these details in other words.
pub fn derived(known: &Details) -> Vec<(&'static str, String)> {
    let get = |name: &str| known.get(name).map(String::as_str);
    let mut words = Vec::new();
    if let Some(item) = get("item") {
        words.push(("order_line", item::line(get("quantity").unwrap_or("1"), get("size"), item)));
    }
    if let Some(count) = get("party_size") {
        words.push(("party", if count == "1" { "1 person".into() } else { format!("{count} people") }));
    }
    if let Some(asked) = get("question") {
        words.push(("asking", question::indirect(asked)));
    }
    if let Some(message) = get("instructions") {
        words.push(("errand", question::errand(message)));
    }
    words
}
