//! Calls that are over leave no memory behind.

use crate::support::Rig;
use std::process::Command;
use types::OrderAccepted;

/// Calls before it is measured: pools and caches have filled.
const WARM_UP: usize = 40;
/// Calls that are measured.
const CALLS: usize = 100;
/// How much more memory may be in use after them, KiB: 60 KiB a call. What the fakes of these tests write down of a call is a part
/// of it; a task, a buffer or a session that stayed behind would be more.
const GROWTH_MAX_KIB: u64 = CALLS as u64 * 60;
const ALONE: &str = "memory::calls_in_a_process_of_their_own";

#[test]
fn memory_does_not_grow_with_the_calls_that_were_made() {
    if resident_kib().is_none() {
        eprintln!("SKIPPED: this system does not tell how much memory a process has");
        return;
    }
    // Other tests of this process have memory of their own.
    let this = std::env::current_exe().unwrap();
    let alone = Command::new(this).args([ALONE, "--exact", "--ignored", "--nocapture"]).output().unwrap();
    let told = String::from_utf8_lossy(&alone.stdout).into_owned() + &String::from_utf8_lossy(&alone.stderr);
    assert!(alone.status.success() && told.contains("1 passed"), "{told}");
}

#[tokio::test]
#[ignore = "it is run in a process of its own by the test above"]
async fn calls_in_a_process_of_their_own() {
    let rig = Rig::with(|config| config.max_concurrent_calls = 4).await;
    for n in 0..WARM_UP {
        call(&rig, n).await;
    }
    let before = resident_kib().unwrap();
    for n in WARM_UP..WARM_UP + CALLS {
        call(&rig, n).await;
    }
    let growth = resident_kib().unwrap().saturating_sub(before);
    println!("{before} KiB before, {growth} KiB more after {CALLS} calls");
    assert!(growth <= GROWTH_MAX_KIB, "{growth} KiB more after {CALLS} calls, which is more than {GROWTH_MAX_KIB}");
}

/// Answered, opened by the agent, and hung up on by the callee.
async fn call(rig: &Rig, n: usize) {
    let order: OrderAccepted = rig.order(&format!("call-{n}")).await.unwrap().json().await.unwrap();
    let mut voice = rig.voice.link().await;
    let mut line = rig.carrier.answer(order.call_sid.as_str()).await;
    voice.asked().await;
    voice.answer("Hello, this is an AI assistant calling on behalf of Maria Lopez.", 200, &[]);
    line.mark().await;
    line.speak(12_000);
    line.stop();
    rig.carrier.progress(order.call_sid.as_str(), wire::rest::CallStatus::Completed).await;
    assert_eq!(rig.engine.result().await.order_id, order.order_id);
    voice.closed().await;
}

/// Memory of this process that is in use, as Linux tells it.
fn resident_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
