//! The store on a full disk and on broken files.

use super::*;
use std::{fs, path::Path};
use tempfile::TempDir;

fn place() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("engine.db");
    (folder, path)
}

/// A file of the store with two conversations whose runs take many pages.
async fn filled(path: &Path) {
    let store = Store::open(path).unwrap();
    for id in ["c_1", "c_2"] {
        let run = format!("{id} ").repeat(20_000);
        let change = rows::Change { conversation: id.into(), seq: 1, run, events: vec!["one".into()], ..Default::default() };
        let write = move |db: &Connection| {
            rows::begin(db, id, "Pizza", "\"analyze_task\"", 1)?;
            rows::apply(db, &change)
        };
        store.write(write).await.unwrap();
    }
    store.close().await;
}

fn letter(n: usize) -> rows::Letter {
    rows::Letter { id: format!("m{n}"), body: "x".repeat(3_000), due_ms: 1, timer: false }
}

#[tokio::test]
async fn a_full_disk_is_told_keeps_what_was_acknowledged_and_goes_on_when_there_is_room() {
    let (_folder, path) = place();
    let store = Store::open(&path).unwrap();
    store.write(|db| rows::begin(db, "c_1", "Pizza", "\"analyze_task\"", 1)).await.unwrap();
    let room = |pages: u32| move |db: &Connection| db.pragma_update(None, "max_page_count", pages).doing("limit the file");
    store.write(room(60)).await.unwrap();
    let mut kept = 0;
    let error = loop {
        match store.write(move |db| rows::post(db, "c_1", &letter(kept))).await {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 200, "the disk is never full");
    };
    assert_eq!(error.trouble(), Some(Trouble::Full), "{error:?}");
    // Many at once share one commit; each of them is told.
    let jobs: Vec<_> = (1_000..1_020)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.write(move |db| rows::post(db, "c_1", &letter(n))).await })
        })
        .collect();
    for job in jobs {
        assert_eq!(job.await.unwrap().unwrap_err().trouble(), Some(Trouble::Full));
    }
    let count = |db: &Connection| rows::mail(db, "c_1", 1).map(|mail| mail.len());
    assert!(kept > 10 && store.read(count).await.unwrap() == kept, "reading goes on, and nothing is kept that was refused");
    store.write(room(100_000)).await.unwrap();
    store.write(move |db| rows::post(db, "c_1", &letter(kept))).await.unwrap();
    store.close().await;
    let again = Store::open(&path).unwrap();
    assert_eq!(again.read(count).await.unwrap(), kept + 1);
}

#[tokio::test]
async fn a_foreign_file_is_refused_and_left_as_it_is() {
    let (folder, path) = place();
    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE call_order(order_id); PRAGMA user_version=1").unwrap();
    for foreign in [fs::read(&other).unwrap(), "Dear diary, ".repeat(1_000).into_bytes(), vec![7; 3]] {
        fs::write(&path, &foreign).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert!(matches!(&error, Error::Foreign { .. }) && error.to_string().contains("move it away"), "{error:?}");
        assert_eq!(fs::read(&path).unwrap(), foreign);
    }
}

#[tokio::test]
async fn a_damaged_file_is_refused_at_the_start_and_left_as_it_is() {
    let (_folder, path) = place();
    filled(&path).await;
    let whole = fs::read(&path).unwrap();
    let cut_off = whole[..whole.len() / 2].to_vec();
    let mut torn = whole.clone();
    torn[4096..8192].fill(0xa5);
    for damaged in [cut_off, torn] {
        fs::write(&path, &damaged).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert!(matches!(&error, Error::Damaged { .. }) && error.to_string().contains("put a backup in its place"), "{error:?}");
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }
    fs::write(&path, &whole).unwrap();
    let backup = Store::open(&path).unwrap();
    assert!(backup.read(|db| rows::exists(db, "c_2")).await.unwrap());
}

/// Breaks the chain of pages that holds the run of the first conversation.
fn tear(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let text = b"c_1 c_1 c_1 ";
    let inside = bytes.chunks(4096).enumerate().skip(2).find(|(_, page)| page[1_000..].windows(12).take(12).any(|w| w == text));
    let (page, _) = inside.unwrap();
    bytes[page * 4096..page * 4096 + 4].copy_from_slice(&0x00ff_ffff_u32.to_be_bytes());
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_page_that_breaks_while_the_engine_runs_takes_one_conversation_and_no_other() {
    let (_folder, path) = place();
    filled(&path).await;
    let store = Store::open(&path).unwrap();
    tear(&path);
    let error = store.read(|db| rows::run(db, "c_1")).await.unwrap_err();
    assert_eq!(error.trouble(), Some(Trouble::Damaged), "{error:?}");
    assert!(store.read(|db| rows::run(db, "c_2")).await.unwrap().unwrap().starts_with("c_2 "));
    let both = (1..=2).map(|n| {
        let (store, id) = (store.clone(), format!("c_{n}"));
        let change = rows::Change { conversation: id, seq: 2, run: "short".into(), ..Default::default() };
        tokio::spawn(async move { store.write(move |db| rows::apply(db, &change)).await })
    });
    let written: Vec<_> = both.collect();
    let mut fates = Vec::new();
    for write in written {
        fates.push(write.await.unwrap().map(drop).map_err(|error| error.trouble()));
    }
    assert_eq!(fates, [Err(Some(Trouble::Damaged)), Ok(())]);
    assert_eq!(store.read(|db| rows::run(db, "c_2")).await.unwrap().unwrap(), "short");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named_with_what_to_do() {
    let (folder, _) = place();
    let file = folder.path().join("file");
    fs::write(&file, "a file, not a folder").unwrap();
    let error = Store::open(&file.join("deep/engine.db")).unwrap_err();
    assert!(matches!(&error, Error::Prepare { .. }) && error.to_string().contains("choose another data folder"), "{error:?}");
}
