//! What the handler's store has acknowledged is there after a power cut at any moment, whatever was not synced is lost.

use super::{Delivery, Inserted, NewOrder, Store};
use power_cut::{Loss, Trace, record};
use std::{io::Write as _, path::Path, process::Command};
use types::{CallEvent, CallResult, CallSid, CallStage, IdempotencyKey, Order, OrderId};

const FOLDER: &str = "POWER_CUT_WORKER";
const ORDERS: usize = 10;
/// What happens to an order, one after the other; each is told once it is acknowledged.
const DEEDS: [&str; 6] = ["accepted", "intended", "claimed", "rang", "ended", "delivered"];

fn new_order(n: usize) -> NewOrder {
    let order: Order = serde_json::from_value(serde_json::json!({
        "target_phone_number": "+14155550100", "final_instructions": "Order a large pepperoni pizza. ".repeat(60)
    }))
    .expect("an order");
    let key = IdempotencyKey::parse(&format!("c:{n}")).expect("a key");
    let gate = gate::Gate::simulated();
    NewOrder { order_id: id(n), key, body_sha256: [7; 32], order, estimate: None, cost_limited: false, kept_max: 1_000, gate }
}

fn id(n: usize) -> OrderId {
    OrderId::new(format!("o_{n}"))
}

fn sid(n: usize) -> CallSid {
    CallSid::new(format!("CA{n:032}"))
}

fn result(n: usize) -> CallResult {
    serde_json::from_value(serde_json::json!({
        "call_sid": sid(n), "order_id": id(n), "conversation_id": null, "attempt": 1, "status": "completed",
        "ended_reason": "agent_hung_up", "duration": 42, "summary": "Done.", "error_message": null,
        "outcome": {"status": "achieved", "facts": []}, "transcript": [], "disclosed_at_ms": null
    }))
    .expect("a result")
}

async fn append(store: &Store, n: usize, event: CallEvent) {
    let (tell, told) = tokio::sync::oneshot::channel();
    store.append_event(id(n), 5, event, move |done| drop(tell.send(done.map(drop)))).expect("there is room");
    told.await.expect("the store lives").expect("it is stored");
}

async fn carry_out(store: &Store, n: usize, deed: &str) {
    match deed {
        "accepted" => assert!(matches!(store.insert_order(new_order(n)).await, Ok(Inserted::New))),
        "intended" => store.dial_intent(&id(n)).await.expect("it is stored"),
        "claimed" => assert!(store.claim(&id(n), &sid(n)).await.expect("it is stored")),
        "rang" => append(store, n, CallEvent::Stage { stage: CallStage::Ringing }).await,
        "ended" => assert!(store.finish(result(n), 9, None, true).await.expect("it is stored").is_some()),
        _ => store.delivered(id(n), Delivery::Accepted).await.expect("it is stored"),
    }
}

/// The recorded process: orders at once, as in a busy handler, each telling what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the other tests run it as a process of its own"]
async fn worker() {
    let folder = std::env::var_os(FOLDER).expect("only another test runs this one");
    let folder = Path::new(&folder);
    let (store, thread) = Store::open(folder, std::time::Duration::ZERO).expect("it opens");
    // So that checkpoints come into it as well.
    store.run(|c| Ok(c.execute_batch("PRAGMA wal_autocheckpoint=24")?)).await.expect("it is set");
    let told = std::sync::Arc::new(std::sync::Mutex::new(std::fs::File::create(folder.join("told")).expect("a file")));
    let calls: Vec<_> = (0..ORDERS)
        .map(|n| {
            let (store, told) = (store.clone(), std::sync::Arc::clone(&told));
            tokio::spawn(async move {
                for (done, deed) in DEEDS.iter().enumerate() {
                    carry_out(&store, n, deed).await;
                    let line = format!("{n} {}\n", done + 1);
                    told.lock().expect("nobody panics").write_all(line.as_bytes()).expect("it is told");
                }
            })
        })
        .collect();
    for call in calls {
        call.await.expect("it does not panic");
    }
    drop(store);
    thread.join();
}

fn trace() -> Trace {
    let (folder, scratch) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let mut worker = Command::new(std::env::current_exe().expect("it has a path"));
    worker.args(["--exact", "store::power_cut::worker", "--ignored"]).env(FOLDER, folder.path());
    record(worker.stdout(std::process::Stdio::null()), folder.path(), scratch.path()).expect("it is recorded")
}

/// How far an order has come by what the store says.
async fn deeds_done(store: &Store, n: usize) -> usize {
    let Some(row) = store.order_by_id(id(n).as_str()).await.expect("it is read") else { return 0 };
    let unfinished = store.unfinished().await.expect("it is read").into_iter().find(|order| order.order_id == id(n));
    let events = store.events_after(&id(n), 0).await.expect("it is read");
    assert!(events.iter().map(|event| event.n).eq(1..=events.len() as u64), "{events:?}");
    let waits = store.outbox(1_000).await.expect("it is read").iter().any(|waiting| waiting.order_id == id(n));
    let ended = row.view.result.is_some();
    assert_eq!(ended, row.view.stage == CallStage::Ended);
    assert_eq!(ended, unfinished.is_none());
    assert_eq!(events.len(), usize::from(row.view.stage == CallStage::Ringing) + 2 * usize::from(ended));
    match unfinished {
        None => {
            if waits {
                5
            } else {
                6
            }
        }
        Some(_) if !events.is_empty() => 4,
        Some(order) if order.call_sid.is_some() => 3,
        Some(order) => 1 + usize::from(order.asked_ms.is_some()),
    }
}

/// The orders that have come less far than was told, or what else is wrong.
async fn lost(trace: &Trace, cut: usize, loss: Loss) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    trace.after(cut, loss).write_to(folder.path()).expect("it is written");
    let mut acknowledged = [0; ORDERS];
    for line in String::from_utf8_lossy(&trace.seen(cut, "told")).lines() {
        let (n, done) = line.split_once(' ').expect("two numbers");
        acknowledged[n.parse::<usize>().expect("a number")] = done.parse::<usize>().expect("a number");
    }
    let (store, thread) = match Store::open(folder.path(), std::time::Duration::ZERO) {
        Ok(opened) => opened,
        Err(error) => return vec![format!("{error:?}")],
    };
    let whole = store.run(|c| Ok(c.query_one("PRAGMA integrity_check", [], |r| r.get::<_, String>(0))?)).await;
    let mut lost = if whole.as_deref().is_ok_and(|whole| whole == "ok") { vec![] } else { vec![format!("{whole:?}")] };
    for (n, told) in acknowledged.into_iter().enumerate() {
        let done = deeds_done(&store, n).await;
        if done < told {
            lost.push(format!("order {n} was {}, the store says {done} of it", DEEDS[told - 1]));
        }
    }
    drop(store);
    thread.join();
    lost
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_power_cut_at_any_moment() {
    let trace = trace();
    let cuts = trace.cuts();
    assert!(cuts.len() > 50 && trace.sync_boundaries().len() > 12, "{} cuts", cuts.len());
    for (cut, loss) in &cuts {
        let lost = lost(&trace, *cut, *loss).await;
        assert_eq!(lost, Vec::<String>::new(), "cut {cut} of {}, {loss:?}", trace.len());
    }
    eprintln!("{} power cuts, {} things done", cuts.len(), trace.len());
    // The same without its syncs: this test can fail.
    let end = trace.without_syncs();
    assert_ne!(lost(&end, end.len(), Loss::Everything).await, Vec::<String>::new());
}
