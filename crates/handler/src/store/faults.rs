//! The store on a full disk and on broken files.

use super::*;
use std::fs;
use std::sync::Barrier;

fn open(folder: &Path) -> (Store, Thread) {
    Store::open(folder, std::time::Duration::ZERO).expect("it opens")
}

async fn limit(store: &Store, pages: u32) {
    store.run(move |c| Ok(c.pragma_update(None, "max_page_count", pages)?)).await.expect("it is set");
}

async fn insert(store: &Store, n: usize) -> Result<(), Error> {
    store
        .run(move |c| {
            let body = "x".repeat(3_000);
            c.execute("INSERT INTO event(order_id, n, at_ms, body) VALUES ('a', ?1, 0, ?2)", rusqlite::params![n, body])?;
            Ok(())
        })
        .await
}

async fn count(store: &Store) -> usize {
    store.run(|c| Ok(c.query_one("SELECT count(*) FROM event", [], |r| r.get(0))?)).await.expect("reading goes on")
}

#[tokio::test]
async fn a_full_disk_is_told_keeps_what_was_acknowledged_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, thread) = open(folder.path());
    limit(&store, 80).await;
    let mut kept = 0;
    let error = loop {
        match insert(&store, kept).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 200, "the disk is never full");
    };
    assert_eq!(error.trouble(), Some(Trouble::Full), "{error:?}");
    assert!(kept > 10 && count(&store).await == kept);
    limit(&store, 100_000).await;
    insert(&store, kept).await.expect("there is room again");
    drop(store);
    thread.join();
    let (again, _thread) = open(folder.path());
    assert_eq!(count(&again).await, kept + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_kept_of_a_group_whose_senders_were_told_that_it_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _thread) = open(folder.path());
    limit(&store, 80).await;
    // The first job holds the thread until the others wait behind it; the second fills the disk, so that SQLite undoes them all.
    let gate = std::sync::Arc::new(Barrier::new(2));
    let (held, holder) = (std::sync::Arc::clone(&gate), store.clone());
    let (began, begun) = tokio::sync::oneshot::channel();
    let first = tokio::spawn(async move {
        let hold = move |_: &Connection| {
            began.send(()).expect("the test waits");
            held.wait();
            Ok(())
        };
        holder.run(hold).await
    });
    begun.await.expect("it begins");
    let filling = store.run(|c| {
        c.execute("INSERT INTO event(order_id, n, at_ms, body) VALUES ('full', 1, 0, ?1)", ["x".repeat(4_000_000)])?;
        Ok(())
    });
    let after = insert(&store, 7);
    let open_gate = async {
        // Both are handed in by being polled once, before this.
        tokio::task::yield_now().await;
        tokio::task::spawn_blocking(move || gate.wait()).await.expect("it opens");
    };
    let (filling, after, ()) = tokio::join!(filling, after, open_gate);
    let first = first.await.expect("it does not panic");
    let fates = [first, filling, after].map(|fate| fate.map_err(|error| error.trouble()));
    assert_eq!(fates, [Err(Some(Trouble::Full)), Err(Some(Trouble::Full)), Ok(())]);
    assert_eq!(count(&store).await, 1, "only that which came behind them");
}

#[tokio::test]
async fn a_foreign_file_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, other) = (folder.path().join("handler.db"), folder.path().join("other.db"));
    let engine = "CREATE TABLE conversation(id); CREATE TABLE mail(id); PRAGMA user_version = 1";
    Connection::open(&other).expect("it opens").execute_batch(engine).expect("it is made");
    for foreign in [fs::read(&other).expect("a file"), "Dear diary, ".repeat(1_000).into_bytes()] {
        fs::write(&path, &foreign).expect("it is written");
        let error = Store::open(folder.path(), std::time::Duration::ZERO).map(drop).expect_err("it is refused");
        assert!(matches!(&error, Error::Foreign { .. }) && error.to_string().contains("move it away"), "{error:?}");
        assert_eq!(fs::read(&path).expect("a file"), foreign);
    }
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("handler.db");
    let (store, thread) = open(folder.path());
    for n in 0..40 {
        insert(&store, n).await.expect("there is room");
    }
    drop(store);
    thread.join();
    let whole = fs::read(&path).expect("a file");
    let mut torn = whole.clone();
    torn[4096..8192].fill(0xa5);
    for damaged in [whole[..whole.len() / 2].to_vec(), torn] {
        fs::write(&path, &damaged).expect("it is written");
        let error = Store::open(folder.path(), std::time::Duration::ZERO).map(drop).expect_err("it is refused");
        assert!(matches!(&error, Error::Damaged { .. }) && error.to_string().contains("put a backup in its place"), "{error:?}");
        assert_eq!(fs::read(&path).expect("a file"), damaged);
    }
}
