//! The store on a real file.

use super::*;
use std::{path::Path, sync::Barrier};
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deep/engine.db");
    (folder, path)
}

fn begin(db: &Connection, id: &str) -> Result<(), Error> {
    rows::begin(db, id, "Pizza", "\"analyze_task\"", 1)
}

fn letter(id: &str, due_ms: i64) -> rows::Letter {
    rows::Letter { id: id.into(), body: format!("body of {id}"), due_ms, timer: false }
}

fn change(events: &[&str]) -> rows::Change {
    rows::Change {
        conversation: "c_1".into(),
        seq: 1,
        run: "run".into(),
        events: events.iter().map(ToString::to_string).collect(),
        at_ms: 5,
        ..rows::Change::default()
    }
}

async fn count(store: &Store, table: &'static str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    store.read(move |db| db.query_row(&sql, [], |row| row.get(0)).doing("count")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_wait_together_share_a_commit_and_a_failing_one_undoes_only_itself() {
    let (_folder, path) = place();
    let store = Store::open(&path).unwrap();
    // The first job holds the thread until the others have queued up.
    let (began, begun) = tokio::sync::oneshot::channel();
    let gate = Arc::new(Barrier::new(2));
    let (held, first) = (Arc::clone(&gate), store.clone());
    let first = tokio::spawn(async move {
        let job = move |_: &Connection| {
            began.send(()).map_err(|()| Error::Closed)?;
            held.wait();
            Ok(())
        };
        first.write(job).await
    });
    begun.await.unwrap();
    let mut jobs = Vec::new();
    for n in 0..20 {
        let (store, path) = (store.clone(), path.clone());
        let job = move |db: &Connection| {
            begin(db, &format!("c_{n}"))?;
            let other = schema::open_to_read(&path)?;
            let seen = |db: &Connection| -> Result<i64, Error> {
                db.query_row("SELECT count(*) FROM conversation", [], |row| row.get(0)).doing("count")
            };
            if n == 7 { Err(Error::NoConversation) } else { Ok((seen(db)?, seen(&other)?)) }
        };
        jobs.push(tokio::spawn(async move { store.write(job).await }));
    }
    while store.waiting_to_write() < 20 {
        tokio::task::yield_now().await;
    }
    gate.wait();
    first.await.unwrap().unwrap();
    let mut seen = Vec::new();
    for (n, job) in jobs.into_iter().enumerate() {
        match job.await.unwrap() {
            Ok((inside, outside)) => {
                assert_eq!(outside, 0, "nobody sees a job before the commit of them all");
                seen.push(inside);
            }
            Err(error) => assert!(n == 7 && matches!(error, Error::NoConversation), "{error}"),
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, (1..=19).collect::<Vec<_>>(), "each job sees those before it, but not the failed one");
    assert_eq!(count(&store, "conversation").await, 19);
    assert!(!store.read(|db| rows::exists(db, "c_7")).await.unwrap());
}

#[tokio::test]
async fn a_commit_that_fails_is_told_and_the_next_one_works() {
    let (_folder, path) = place();
    let store = Store::open(&path).unwrap();
    let orphan = |db: &Connection| {
        begin(db, "c_1")?;
        // Checked at the commit only, which then fails.
        db.execute_batch("PRAGMA defer_foreign_keys=ON; INSERT INTO mail VALUES(1, 'nobody', 'a', 'b', 1, 0)").doing("orphan")
    };
    let error = store.write(orphan).await.unwrap_err();
    assert!(matches!(error, Error::Commit(_)), "{error}");
    store.write(|db| begin(db, "c_2")).await.unwrap();
    assert_eq!((count(&store, "conversation").await, count(&store, "mail").await), (1, 0));
}

#[tokio::test]
async fn a_second_process_is_refused_until_the_first_has_closed() {
    let (_folder, path) = place();
    let store = Store::open(&path).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(error, Error::InUse { .. }) && error.to_string().contains("another Ringback engine"), "{error}");
    store.write(|db| begin(db, "c_1")).await.unwrap();
    store.close().await;
    assert!(matches!(store.write(|_| Ok(())).await, Err(Error::Closed)));
    let again = Store::open(&path).unwrap();
    assert!(again.read(|db| rows::exists(db, "c_1")).await.unwrap());
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_an_empty_file_is_brought_forward() {
    let (_folder, path) = place();
    let version =
        |path: &Path| -> i64 { Connection::open(path).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap() };
    let store = Store::open(&path).unwrap();
    store.close().await;
    let known = version(&path);
    assert!(known >= 1);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", known + 1).unwrap();
    let error = Store::open(&path).unwrap_err();
    assert!(matches!(&error, Error::Newer { found, .. } if *found == known + 1), "{error}");
    assert_eq!(version(&path), known + 1, "it was left as it was");
}

#[tokio::test]
async fn what_is_acknowledged_is_synced() {
    let (_folder, path) = place();
    let store = Store::open(&path).unwrap();
    let set = store
        .write(|db| {
            let journal: String = db.query_row("PRAGMA journal_mode", [], |row| row.get(0)).doing("ask")?;
            let synchronous: i64 = db.query_row("PRAGMA synchronous", [], |row| row.get(0)).doing("ask")?;
            Ok((journal, synchronous))
        })
        .await
        .unwrap();
    assert_eq!(set, ("wal".into(), 2), "2 is FULL");
}

#[tokio::test]
async fn a_letter_counts_once_and_is_read_when_it_is_due() {
    let (_folder, path) = place();
    let store = Store::open(&path).unwrap();
    let mail = store
        .write(|db| {
            begin(db, "c_1")?;
            for letter in [letter("late", 20), letter("a", 10), letter("a", 10), letter("b", 10)] {
                rows::post(db, "c_1", &letter)?;
            }
            Ok((rows::mail(db, "c_1", 15)?, rows::due(db, 15)?, rows::next_due(db, 15)?, rows::due(db, 9)?))
        })
        .await
        .unwrap();
    let bodies: Vec<_> = mail.0.iter().map(|mail| mail.body.as_str()).collect();
    assert_eq!(bodies, ["body of a", "body of b"]);
    assert_eq!((mail.1, mail.2, mail.3), (vec!["c_1".to_owned()], Some(20), vec![]));
    let missing = store.write(|db| rows::post(db, "c_2", &letter("a", 1))).await;
    assert!(matches!(missing, Err(Error::NoConversation)));
}

#[tokio::test]
async fn a_full_mailbox_refuses() {
    let (_folder, path) = place();
    let store = Store::open(&path).unwrap();
    let full = store
        .write(|db| {
            begin(db, "c_1")?;
            (0..1_001).find_map(|n| rows::post(db, "c_1", &letter(&n.to_string(), 1)).err()).ok_or(Error::Closed)
        })
        .await
        .unwrap();
    assert!(matches!(full, Error::MailboxFull(1_000)), "{full}");
}

#[tokio::test]
async fn a_step_is_written_whole_and_a_newer_timer_replaces_the_one_before() {
    let (_folder, path) = place();
    let store = Store::open(&path).unwrap();
    let timer = |id: &str| Some(rows::Letter { timer: true, ..letter(id, 50) });
    let last = store
        .write(move |db| {
            begin(db, "c_1")?;
            rows::post(db, "c_1", &letter("a", 1))?;
            let read = rows::mail(db, "c_1", 1)?.into_iter().map(|mail| mail.n).collect();
            rows::apply(db, &rows::Change { read, timer: timer("t1"), ..change(&["one", "two"]) })?;
            rows::apply(db, &rows::Change { title: Some("Tony's".into()), timer: timer("t2"), ..change(&["three"]) })
        })
        .await
        .unwrap();
    assert_eq!(last, 3);
    let (events, mail, listed) =
        store.read(|db| Ok((rows::events(db, "c_1", 1, 9)?, rows::mail(db, "c_1", 99)?, rows::list(db, 9)?))).await.unwrap();
    assert_eq!(events.iter().map(|e| (e.n, e.body.as_str())).collect::<Vec<_>>(), [(2, "two"), (3, "three")]);
    assert_eq!(mail.iter().map(|m| m.body.as_str()).collect::<Vec<_>>(), ["body of t2"]);
    assert_eq!((listed[0].title.as_str(), listed[0].updated_ms), ("Tony's", 5));
}

#[tokio::test]
async fn a_live_call_keeps_its_conversation_and_deletion_takes_everything() {
    let (_folder, path) = place();
    let store = Store::open(&path).unwrap();
    let news = |live: bool, disposition: Option<&str>| rows::CallNews {
        attempt: 1,
        order_id: live.then(|| "o_1".into()),
        live,
        disposition: disposition.map(Into::into),
        outcome: None,
    };
    let (live, placed) = store
        .write(move |db| {
            begin(db, "c_1")?;
            rows::ask(db, "", "m1", "c_1", 0)?;
            rows::post(db, "c_1", &letter("a", 1))?;
            rows::apply(db, &rows::Change { calls: vec![news(true, None)], ..change(&["call"]) })?;
            let refused = rows::delete(db, "c_1")?;
            rows::apply(db, &rows::Change { calls: vec![news(false, Some("\"busy\""))], ..change(&["ended"]) })?;
            Ok((refused, rows::call_of_order(db, "o_1")?))
        })
        .await
        .unwrap();
    assert!(!live, "a live call forbids it");
    assert!(placed.is_some_and(|call| !call.live && call.attempt == 1), "the order is still known");
    let listed = store.read(|db| rows::list(db, 9)).await.unwrap();
    assert_eq!(listed[0].disposition.as_deref(), Some("\"busy\""));
    assert!(store.write(|db| rows::delete(db, "c_1")).await.unwrap());
    for table in ["conversation", "run", "mail", "event", "call", "answer"] {
        assert_eq!(count(&store, table).await, 0, "{table}");
    }
}
