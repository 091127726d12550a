//! The store's tables and how older files become newer ones.

use super::Error;
use rusqlite::Connection;

/// One step a version; step `n` makes version `n + 1`. Steps are only ever added.
const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE call_order (
        order_id      TEXT PRIMARY KEY,
        key           TEXT NOT NULL UNIQUE,
        body_sha256   BLOB NOT NULL,
        body          TEXT NOT NULL,
        accepted_ms   INTEGER NOT NULL,
        stage         TEXT NOT NULL,
        asked_ms      INTEGER,
        call_sid      TEXT,
        answer_status INTEGER,
        answer        TEXT,
        result        TEXT
    ) STRICT;
    CREATE INDEX call_order_by_sid ON call_order(call_sid) WHERE call_sid IS NOT NULL;
    CREATE INDEX call_order_open ON call_order(accepted_ms) WHERE result IS NULL;
    CREATE INDEX call_order_by_age ON call_order(accepted_ms);
    CREATE TABLE event (
        order_id TEXT NOT NULL,
        n        INTEGER NOT NULL,
        at_ms    INTEGER NOT NULL,
        body     TEXT NOT NULL,
        PRIMARY KEY (order_id, n)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE outbox (
        order_id  TEXT PRIMARY KEY,
        body      TEXT NOT NULL,
        made_ms   INTEGER NOT NULL,
        due_ms    INTEGER NOT NULL,
        tries     INTEGER NOT NULL DEFAULT 0,
        state     TEXT NOT NULL DEFAULT 'waiting'
    ) STRICT;
    CREATE INDEX outbox_due ON outbox(due_ms) WHERE state = 'waiting';
",
    "
    ALTER TABLE call_order ADD COLUMN number TEXT GENERATED ALWAYS AS (json_extract(body, '$.target_phone_number')) VIRTUAL;
    CREATE TABLE do_not_call (
        number   TEXT PRIMARY KEY,
        since_ms INTEGER NOT NULL,
        why      TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE refusal (
        n               INTEGER PRIMARY KEY,
        at_ms           INTEGER NOT NULL,
        number          TEXT NOT NULL,
        rule            TEXT NOT NULL,
        message         TEXT NOT NULL,
        conversation_id TEXT
    ) STRICT;
",
    "ALTER TABLE call_order ADD COLUMN ledger TEXT;",
    "
    CREATE TABLE correction (
        order_id  TEXT PRIMARY KEY,
        body      TEXT NOT NULL,
        made_ms   INTEGER NOT NULL,
        due_ms    INTEGER NOT NULL,
        tries     INTEGER NOT NULL DEFAULT 0,
        state     TEXT NOT NULL DEFAULT 'waiting'
    ) STRICT;
    CREATE INDEX correction_due ON correction(due_ms) WHERE state = 'waiting';
",
    "
    -- The most that the call can cost, and once it has ended what it cost; NULL where it is not known. Millionths.
    ALTER TABLE call_order ADD COLUMN cost_micros INTEGER;
",
];

/// Sets the file up for durable writes and brings its tables up to date.
pub(super) fn prepare(connection: &mut Connection) -> Result<(), Error> {
    let found: u32 = connection.query_one("PRAGMA user_version", [], |row| row.get(0))?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(Error::Newer { found, known });
    }
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;")?;
    for (version, step) in (1..).zip(MIGRATIONS).skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_any_earlier_version_is_brought_up_to_date_and_keeps_its_orders() {
        for version in 1..MIGRATIONS.len() {
            let folder = tempfile::tempdir().unwrap();
            let mut file = Connection::open(folder.path().join("handler.db")).unwrap();
            for step in &MIGRATIONS[..version] {
                file.execute_batch(step).unwrap();
            }
            file.pragma_update(None, "user_version", version).unwrap();
            let order = "INSERT INTO call_order(order_id, key, body_sha256, body, accepted_ms, stage) VALUES ('o', 'k', x'00', '{}', 1, '\"queued\"')";
            file.execute_batch(order).unwrap();
            prepare(&mut file).unwrap();
            let now: usize = file.query_one("PRAGMA user_version", [], |row| row.get(0)).unwrap();
            let ledger: Option<String> =
                file.query_one("SELECT ledger FROM call_order WHERE key = 'k'", [], |row| row.get(0)).unwrap();
            assert_eq!((now, ledger), (MIGRATIONS.len(), None));
            file.execute_batch("SELECT * FROM correction").unwrap();
        }
    }
}
