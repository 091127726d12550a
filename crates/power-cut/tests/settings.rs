//! The three ways in which SQLite can sync, after a power cut: only one keeps what it has promised. So the test can fail.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use power_cut::{Loss, Trace, record};
use rusqlite::Connection;
use std::{io::Write as _, path::Path, process::Command};

const FOLDER: &str = "POWER_CUT_WORKER";
const SYNCHRONOUS: &str = "POWER_CUT_SYNCHRONOUS";

/// The recorded process: commits a number, then says that it has.
#[test]
#[ignore = "the other tests run it as a process of its own"]
fn worker() {
    let folder = std::env::var_os(FOLDER).expect("only another test runs this one");
    let folder = Path::new(&folder);
    let synchronous = std::env::var(SYNCHRONOUS).unwrap();
    let db = Connection::open(folder.join("a.db")).unwrap();
    let setting = format!("PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA wal_autocheckpoint=8;");
    db.execute_batch(&setting).unwrap();
    db.execute_batch("CREATE TABLE number(n INTEGER PRIMARY KEY, filler BLOB)").unwrap();
    let mut told = std::fs::File::create(folder.join("told")).unwrap();
    for n in 1..=40_u8 {
        db.execute("INSERT INTO number VALUES(?1, zeroblob(3000))", [n]).unwrap();
        told.write_all(&[n]).unwrap();
    }
}

fn trace(synchronous: &str) -> Trace {
    let (folder, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut worker = Command::new(std::env::current_exe().unwrap());
    worker.args(["--exact", "worker", "--ignored"]).env(FOLDER, folder.path()).env(SYNCHRONOUS, synchronous);
    record(worker.stdout(std::process::Stdio::null()), folder.path(), scratch.path()).unwrap()
}

/// Whether everything that was told before the cut is there after it.
fn keeps(trace: &Trace, cut: usize, loss: Loss) -> bool {
    let folder = tempfile::tempdir().unwrap();
    trace.after(cut, loss).write_to(folder.path()).unwrap();
    let last = trace.seen(cut, "told").last().copied().unwrap_or(0);
    let db = Connection::open(folder.path().join("a.db")).unwrap();
    let count_and_max = |row: &rusqlite::Row<'_>| Ok((row.get::<_, u8>(0)?, row.get::<_, u8>(1)?));
    // What is looked at need not be kept. What is left may be no database at all.
    let look = db
        .execute_batch("PRAGMA synchronous=OFF")
        .and_then(|()| db.query_row("SELECT count(*), coalesce(max(n), 0) FROM number", [], count_and_max));
    match look {
        Ok((count, max)) => count == max && max >= last,
        Err(_) => last == 0,
    }
}

fn losses(trace: &Trace) -> usize {
    trace.cuts().into_iter().filter(|(cut, loss)| !keeps(trace, *cut, *loss)).count()
}

#[test]
fn full_keeps_everything_and_the_same_record_without_its_syncs_does_not() {
    let full = trace("FULL");
    assert!(full.sync_boundaries().len() > 80, "each of 40 commits is synced");
    assert_eq!(losses(&full), 0);
    assert!(losses(&full.without_syncs()) > 0);
}

#[test]
fn normal_and_off_lose_what_they_have_promised() {
    assert!(losses(&trace("NORMAL")) > 0);
    assert!(losses(&trace("OFF")) > 0);
}

#[test]
fn a_process_that_is_only_killed_loses_nothing_however_it_syncs() {
    let off = trace("OFF");
    assert_eq!((0..=off.len()).filter(|cut| !keeps(&off, *cut, Loss::Nothing)).count(), 0);
}
