//! What the engine's store has acknowledged is there after a power cut at any moment, whatever was not synced is lost.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use engine::store::{Store, rows};
use power_cut::{Loss, Trace, record};
use std::{collections::BTreeMap, io::Write as _, path::Path, process::Command, sync::Arc, sync::Mutex};

const FOLDER: &str = "POWER_CUT_WORKER";
const STEPS: u64 = 16;

fn letter(n: u64, timer: bool) -> rows::Letter {
    let id = format!("{}{n}", if timer { "t" } else { "m" });
    rows::Letter { body: id.clone(), id, due_ms: if timer { 1_000 } else { 1 }, timer }
}

/// One step: reads its letter, writes two events and the timer for the next.
fn step(conversation: &str, n: u64, read: Vec<i64>) -> rows::Change {
    let filler = "x".repeat(1_500);
    rows::Change {
        conversation: conversation.into(),
        seq: n,
        run: format!("run {n} {filler}"),
        events: vec![format!("{n} first"), format!("{n} second")],
        read,
        timer: Some(letter(n, true)),
        at_ms: 5,
        ..rows::Change::default()
    }
}

/// The recorded process: conversations at once, as in a busy engine, each telling what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the other tests run it as a process of its own"]
async fn worker() {
    let folder = std::env::var_os(FOLDER).expect("only another test runs this one");
    let folder = Path::new(&folder);
    let store = Store::open(&folder.join("engine.db")).unwrap();
    // So that checkpoints come into it as well.
    store.write(|db| db.execute_batch("PRAGMA wal_autocheckpoint=24").map_err(|_| engine::store::Error::Closed)).await.unwrap();
    let told = Arc::new(Mutex::new(std::fs::File::create(folder.join("told")).unwrap()));
    let talks = ["a", "b", "c"].map(|id| {
        let (store, told) = (store.clone(), Arc::clone(&told));
        tokio::spawn(async move {
            let tell = |what: String| told.lock().unwrap().write_all(what.as_bytes()).unwrap();
            store.write(|db| rows::begin(db, id, "A", "\"analyze_task\"", 1)).await.unwrap();
            for n in 1..=STEPS {
                store.write(move |db| rows::post(db, id, &letter(n, false))).await.unwrap();
                tell(format!("{id} posted {n}\n"));
                let mail = store.read(|db| rows::mail(db, id, 1)).await.unwrap();
                let change = step(id, n, mail.into_iter().map(|mail| mail.n).collect());
                assert_eq!(store.write(move |db| rows::apply(db, &change)).await.unwrap(), 2 * n);
                tell(format!("{id} applied {n}\n"));
            }
        })
    });
    for talk in talks {
        talk.await.unwrap();
    }
    store.close().await;
}

fn trace() -> Trace {
    let (folder, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut worker = Command::new(std::env::current_exe().unwrap());
    worker.args(["--exact", "worker", "--ignored"]).env(FOLDER, folder.path());
    record(worker.stdout(std::process::Stdio::null()), folder.path(), scratch.path()).unwrap()
}

/// What was told before the cut: of each conversation, the last letter posted and the last step applied.
fn acknowledged(told: &[u8]) -> BTreeMap<String, (u64, u64)> {
    let mut last = BTreeMap::<String, (u64, u64)>::new();
    for line in String::from_utf8_lossy(told).lines() {
        let mut words = line.split(' ');
        let (Some(id), Some(what), Some(n)) = (words.next(), words.next(), words.next()) else { continue };
        let known = last.entry(id.into()).or_default();
        *(if what == "posted" { &mut known.0 } else { &mut known.1 }) = n.parse().unwrap();
    }
    last
}

/// What is wrong after the cut, if anything is.
async fn damage(trace: &Trace, cut: usize, loss: Loss) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    trace.after(cut, loss).write_to(folder.path()).unwrap();
    let store = match Store::open(&folder.path().join("engine.db")) {
        Ok(store) => store,
        Err(error) => return Some(format!("{error:?}")),
    };
    let acknowledged = acknowledged(&trace.seen(cut, "told"));
    let look = move |db: &rusqlite::Connection| {
        let whole: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        let mut wrong = if whole == "ok" { vec![] } else { vec![whole] };
        for id in ["a", "b", "c"] {
            let (posted, applied) = acknowledged.get(id).copied().unwrap_or_default();
            let events = rows::events(db, id, 0, 1_000)?;
            let steps = events.len() as u64 / 2;
            let told: Vec<_> =
                (1..=steps).flat_map(|n| [(2 * n - 1, format!("{n} first")), (2 * n, format!("{n} second"))]).collect();
            if events.iter().map(|event| (event.n, event.body.clone())).collect::<Vec<_>>() != told || steps < applied {
                wrong.push(format!("{id}: {applied} steps were acknowledged, {events:?}"));
            }
            let run = rows::run(db, id)?.unwrap_or_default();
            if steps > 0 && !run.starts_with(&format!("run {steps} ")) {
                wrong.push(format!("{id}: {steps} steps and another run"));
            }
            let mail: Vec<_> = rows::mail(db, id, 1_000)?.into_iter().map(|mail| mail.body).collect();
            let timers = mail.iter().filter(|body| body.starts_with('t')).count();
            if timers != usize::from(steps > 0) || (posted > steps && !mail.contains(&format!("m{posted}"))) {
                wrong.push(format!("{id}: {posted} letters, {steps} steps, {mail:?}"));
            }
        }
        Ok(wrong)
    };
    let wrong = store.write(look).await;
    store.close().await;
    match wrong {
        Ok(wrong) => (!wrong.is_empty()).then(|| wrong.join("; ")),
        Err(error) => Some(format!("{error:?}")),
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_power_cut_at_any_moment() {
    let trace = trace();
    let cuts = trace.cuts();
    assert!(cuts.len() > 100 && trace.sync_boundaries().len() > 40, "{} cuts", cuts.len());
    for (cut, loss) in &cuts {
        let damage = damage(&trace, *cut, *loss).await;
        assert_eq!(damage, None, "cut {cut} of {}, {loss:?}", trace.len());
    }
    eprintln!("{} power cuts, {} things done", cuts.len(), trace.len());
    // The same without its syncs: this test can fail.
    let end = trace.without_syncs();
    assert!(damage(&end, end.len(), Loss::Everything).await.is_some());
}
