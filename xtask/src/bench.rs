//! Measurements that print figures.

use crate::server::{Addresses, Demo};
use anyhow::{Context, bail};
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// What is ordered in a benchmark call; the details that the clerk must have written down.
struct Wish {
    details: [(&'static str, &'static str); 6],
}

const SIZES: [&str; 3] = ["small", "medium", "large"];
const ITEMS: [&str; 5] = ["pepperoni pizza", "margherita pizza", "vegetarian pizza", "hawaiian pizza", "mushroom pizza"];
const COUNTS: [&str; 3] = ["1", "2", "3"];
const NAMES: [&str; 7] =
    ["Maria Lopez", "John Miller", "Anna Keller", "Peter Brown", "Laura Smith", "Daniel Green", "Susan Clark"];
const ADDRESSES: [&str; 6] =
    ["12 Elm Street", "14 Oak Avenue", "250 Main Street", "7 Park Road", "31 Lake Drive", "88 Hill Street"];

impl Wish {
    /// The n-th wish; their parts go round with different periods, so that combinations differ.
    fn number(n: usize) -> Self {
        let delivery = n % 3 != 2;
        Self {
            details: [
                ("item", ITEMS[n % ITEMS.len()]),
                ("size", SIZES[(n / 2) % SIZES.len()]),
                ("quantity", COUNTS[(n / 3) % COUNTS.len()]),
                ("fulfilment", if delivery { "delivery" } else { "pickup" }),
                ("delivery_address", if delivery { ADDRESSES[n % ADDRESSES.len()] } else { "" }),
                ("user_name", NAMES[n % NAMES.len()]),
            ],
        }
    }

    fn get(&self, name: &str) -> &'static str {
        self.details.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    fn order(&self, n: usize) -> Value {
        let wish = match self.get("quantity") {
            "1" => format!("order a {} {} for {}", self.get("size"), self.get("item"), self.get("fulfilment")),
            count => format!("order {count} {} {}s for {}", self.get("size"), self.get("item"), self.get("fulfilment")),
        };
        let details: serde_json::Map<String, Value> = self
            .details
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| ((*name).into(), json!(value)))
            .collect();
        json!({
            "target_phone_number": "+14155550100",
            "final_instructions": "Order the food, confirm every detail, and find out the total price and when it will be ready.",
            "goal": wish, "task_kind": "order_food", "user_name": self.get("user_name"),
            "gathered_details": details, "conversation_id": format!("c_bench{n}"),
            "facts_wanted": [
                {"name": "total", "question": "What is the total?"},
                {"name": "ready_time", "question": "When will it be ready?"},
            ],
        })
    }

    /// The fields in which the slip differs.
    fn wrong_fields(&self, slip: &Value) -> Vec<String> {
        self.details
            .iter()
            .filter(|(name, value)| plain(slip[*name].as_str().unwrap_or("")) != plain(value))
            .map(|(name, value)| format!("{name}: wanted {value:?}, written down {}", slip[*name]))
            .collect()
    }
}

fn plain(text: &str) -> String {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// One finished call.
struct Call {
    wrong: Vec<String>,
    achieved: bool,
    latencies_ms: Vec<u64>,
    took: Duration,
    /// What the clerk said and heard, and what we heard the clerk say.
    lines: [Value; 2],
}

impl Call {
    /// The conversation as the clerk had it, when it went wrong.
    fn told(&self) -> String {
        if self.wrong.is_empty() && self.achieved {
            return String::new();
        }
        let lines = |at: usize| self.lines[at].as_array().into_iter().flatten();
        let told = |line: &Value| format!("\n          {} {}", line["speaker"].as_str().unwrap_or(""), line["text"]);
        let ours = lines(1).filter(|line| line["speaker"] == "callee");
        lines(0).map(told).chain(ours.map(|line| told(line) + " (as we heard it)")).collect()
    }
}

/// Calls the clerk again and again; prints the share of right slips and the turn latency.
pub(crate) fn voice(program: &Path, calls: u32, at_once: u32) -> anyhow::Result<()> {
    let demo = Demo::start(program)?;
    let (next, done) = (AtomicU32::new(0), Mutex::new(Vec::new()));
    eprintln!("{calls} calls with the clerk, {at_once} at a time, in real time");
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= calls {
                        return;
                    }
                    let call = one_call(&demo.addresses, n as usize);
                    match &call {
                        Ok(call) => eprintln!(
                            "call {:>3}: {:>3.0} s, slip {}, goal {}{}",
                            n + 1,
                            call.took.as_secs_f32(),
                            if call.wrong.is_empty() { "right" } else { "WRONG" },
                            if call.achieved { "achieved" } else { "not achieved" },
                            call.wrong.iter().map(|wrong| format!("\n          {wrong}")).collect::<String>() + &call.told(),
                        ),
                        Err(error) => eprintln!("call {:>3}: {error:#}", n + 1),
                    }
                    if let Ok(mut done) = done.lock() {
                        done.push(call.ok());
                    }
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_default();
    report(&done.into_iter().flatten().collect::<Vec<_>>(), calls);
    Ok(())
}

fn one_call(addresses: &Addresses, n: usize) -> anyhow::Result<Call> {
    let wish = Wish::number(n);
    let begun = Instant::now();
    let accepted: Value = ureq::post(format!("{}order", addresses.handler))
        .header("Idempotency-Key", format!("bench:{n}"))
        .send_json(wish.order(n))
        .context("the order was not accepted")?
        .body_mut()
        .read_json()?;
    let order = accepted["order_id"].as_str().context("the answer names no order")?;
    let call_sid = accepted["call_sid"].as_str().context("the answer names no call")?;
    let result = loop {
        let view: Value = ureq::get(format!("{}calls/{order}", addresses.handler)).call()?.body_mut().read_json()?;
        if !view["result"].is_null() {
            break view["result"].clone();
        }
        if begun.elapsed() > Duration::from_secs(400) {
            bail!("the call has no result after 400 s");
        }
        std::thread::sleep(Duration::from_millis(500));
    };
    let callee: Value = ureq::get(format!("{}sim/calls/{call_sid}", addresses.carrier_sim)).call()?.body_mut().read_json()?;
    Ok(Call {
        wrong: wish.wrong_fields(&callee["slip"]["fields"]),
        achieved: result["outcome"]["status"] == "achieved",
        latencies_ms: callee["turn_latency_ms"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect(),
        took: begun.elapsed(),
        lines: [callee["lines"].clone(), result["transcript"].clone()],
    })
}

fn report(done: &[Call], calls: u32) {
    let right = done.iter().filter(|call| call.wrong.is_empty()).count();
    let achieved = done.iter().filter(|call| call.achieved).count();
    let mut latencies: Vec<u64> = done.iter().flat_map(|call| call.latencies_ms.iter().copied()).collect();
    latencies.sort_unstable();
    let at = |share: f64| {
        latencies.get(((latencies.len() as f64 * share) as usize).min(latencies.len().saturating_sub(1))).copied().unwrap_or(0)
    };
    println!("right slips        {right} of {calls}");
    println!("goals achieved     {achieved} of {calls}");
    println!("turns measured     {}", latencies.len());
    println!("turn latency       median {} ms, p95 {} ms (callee stops → our first audio at the carrier)", at(0.5), at(0.95));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_that_differs_in_one_word_is_wrong() {
        let wish = Wish::number(0);
        let mut slip = json!({"item": "Pepperoni Pizza", "size": "small", "quantity": "1", "fulfilment": "delivery",
            "delivery_address": "12 elm street.", "user_name": "Maria Lopez"});
        assert_eq!(wish.wrong_fields(&slip), Vec::<String>::new());
        slip["size"] = json!("medium");
        assert_eq!(wish.wrong_fields(&slip).len(), 1);
        assert_eq!(wish.wrong_fields(&Value::Null).len(), 6);
    }
}
