//! Whether a file is ours and whole, found out before anything is changed in it; and what SQLite's refusals mean for people.

use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;

/// A larger file is not read through at each start, bytes.
const READ_THROUGH_MAX: u64 = 256 * 1024 * 1024;

/// Why a file is not to be used. It was left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is something else: another database, or none.
    Foreign,
    /// Parts of it are not what they were.
    Damaged {
        /// What SQLite says.
        what: String,
    },
}

/// Looks at the database without changing it: one of ours has all of these tables. A file that does not exist yet is all right,
/// and so is one without tables. What only a writer can find out is left to it.
///
/// # Errors
/// [`Unfit`].
pub fn examine(path: &Path, tables: &[&str]) -> Result<(), Unfit> {
    let length = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map_or(0, |found| found.len());
    // An empty file is what a power cut leaves of a new one.
    if length == 0 {
        return Ok(());
    }
    look(path, tables, length <= READ_THROUGH_MAX).unwrap_or_else(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => Err(Unfit::Foreign),
        Some(ErrorCode::DatabaseCorrupt) => Err(Unfit::Damaged { what: error.to_string() }),
        Some(_) | None => Ok(()),
    })
}

fn look(path: &Path, tables: &[&str], through: bool) -> Result<Result<(), Unfit>, rusqlite::Error> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let mut names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let found: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if !found.is_empty() && !tables.iter().all(|table| found.iter().any(|name| name == table)) {
        return Ok(Err(Unfit::Foreign));
    }
    if through {
        let what: String = db.query_one("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if what != "ok" {
            return Ok(Err(Unfit::Damaged { what }));
        }
    }
    Ok(Ok(()))
}

/// What stands in the way of a store, as far as people can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The disk is full.
    Full,
    /// The file is damaged.
    Damaged,
    /// The disk or the folder does not take what is written.
    Unwritable,
}

impl Trouble {
    /// What SQLite's refusal means; `None` for what nobody can do anything about.
    pub fn of(refusal: rusqlite::ffi::Error) -> Option<Self> {
        let unwritable = [ErrorCode::SystemIoFailure, ErrorCode::ReadOnly, ErrorCode::CannotOpen, ErrorCode::PermissionDenied];
        if refusal.code == ErrorCode::DiskFull {
            Some(Self::Full)
        } else if [ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase].contains(&refusal.code) {
            Some(Self::Damaged)
        } else {
            unwritable.contains(&refusal.code).then_some(Self::Unwritable)
        }
    }
}
