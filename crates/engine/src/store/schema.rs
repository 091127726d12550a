//! Opening the file: the lock, the pragmas, and the schema's migrations.

use super::{Doing, Error};
use rusqlite::{Connection, OpenFlags};
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

/// Each entry takes the schema one version further; what has been released is never edited.
const MIGRATIONS: &[&str] = &[
    // 1: conversations with their run, mailbox, events, calls and answers.
    "CREATE TABLE conversation(
        id TEXT PRIMARY KEY, title TEXT NOT NULL, node TEXT NOT NULL, updated_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX conversation_by_age ON conversation(updated_ms);
    CREATE TABLE run(
        conversation TEXT PRIMARY KEY REFERENCES conversation(id) ON DELETE CASCADE,
        seq INTEGER NOT NULL, body TEXT NOT NULL, ready INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX run_ready ON run(conversation) WHERE ready;
    CREATE TABLE mail(
        n INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
        id TEXT NOT NULL, body TEXT NOT NULL, due_ms INTEGER NOT NULL, timer INTEGER NOT NULL,
        UNIQUE(conversation, id)
    ) STRICT;
    CREATE INDEX mail_by_due ON mail(due_ms);
    CREATE TABLE event(
        conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
        n INTEGER NOT NULL, at_ms INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY(conversation, n)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE call(
        conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
        attempt INTEGER NOT NULL, order_id TEXT, live INTEGER NOT NULL, disposition TEXT, outcome TEXT,
        PRIMARY KEY(conversation, attempt)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX call_by_order ON call(order_id) WHERE order_id IS NOT NULL;
    CREATE INDEX call_live ON call(conversation) WHERE live;
    CREATE TABLE answer(
        scope TEXT NOT NULL, id TEXT NOT NULL,
        conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
        after_n INTEGER NOT NULL, body TEXT,
        PRIMARY KEY(scope, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX answer_by_conversation ON answer(conversation);",
];

/// Takes the file's lock, which the kernel gives back when the process ends, however it ends.
pub(super) fn lock(path: &Path) -> Result<File, Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| Error::Prepare { path: folder.into(), source })?;
    }
    let path = path.with_extension("lock");
    let prepare = |source| Error::Prepare { path: path.clone(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(prepare)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse { path }),
        Err(TryLockError::Error(source)) => Err(prepare(source)),
    }
}

/// Opens the file to write and migrates it.
pub(super) fn open(path: &Path) -> Result<Connection, Error> {
    let mut db = Connection::open(path).doing("open the database")?;
    db.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000;
         PRAGMA journal_size_limit=67108864;",
    )
    .doing("set up the database")?;
    let known = MIGRATIONS.len() as i64;
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0)).doing("read the schema's version")?;
    if found > known {
        return Err(Error::Newer { path: path.into(), found, known });
    }
    for (migration, version) in MIGRATIONS.iter().zip(1_i64..).skip_while(|(_, version)| *version <= found) {
        let change = db.transaction().doing("begin a migration")?;
        change.execute_batch(migration).doing("migrate the database")?;
        change.pragma_update(None, "user_version", version).doing("write the schema's version")?;
        change.commit().doing("commit a migration")?;
        tracing::info!(version, "the engine's database has a new schema");
    }
    Ok(db)
}

/// Opens the file a second time, for reading only.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).doing("open the database to read")?;
    db.execute_batch("PRAGMA busy_timeout=5000;").doing("set up the reader")?;
    Ok(db)
}
