//! Whether a file is ours and whole, found out before anything is changed in it; and what SQLite's refusals mean for people.

use super::Error;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;

/// A larger file is not read through at each start, bytes.
const READ_THROUGH_MAX: u64 = 256 * 1024 * 1024;

/// Looks at the database without changing it. A file that does not exist yet is all right.
///
/// # Errors
/// [`Error::Foreign`] or [`Error::Damaged`]. What only a writer can find out is left to it.
pub fn examine(path: &Path) -> Result<(), Error> {
    let length = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map_or(0, |found| found.len());
    // An empty file is what a power cut leaves of a new one.
    if length == 0 {
        return Ok(());
    }
    let foreign = || Error::Foreign { path: path.into() };
    let damaged = |what| Error::Damaged { path: path.into(), what };
    match look(path, length <= READ_THROUGH_MAX) {
        Ok((false, _)) => Err(foreign()),
        Ok((true, Some(what))) => Err(damaged(what)),
        Ok((true, None)) => Ok(()),
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Err(foreign()),
            Some(ErrorCode::DatabaseCorrupt) => Err(damaged(error.to_string())),
            Some(_) | None => Ok(()),
        },
    }
}

/// Whether the tables are ours, and what is torn, if the file is read through and something is.
fn look(path: &Path, through: bool) -> Result<(bool, Option<String>), rusqlite::Error> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let tables = "SELECT count(*), coalesce(sum(name IN ('call_order', 'outbox')), 0) FROM sqlite_schema WHERE type = 'table'";
    let (tables, ours): (u32, u32) = db.query_one(tables, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let ours = tables == 0 || ours == 2;
    if !ours || !through {
        return Ok((ours, None));
    }
    let found: String = db.query_one("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((true, Some(found).filter(|found| found != "ok")))
}

/// What stands in the way of the store, as far as people can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The disk is full.
    Full,
    /// The file is damaged.
    Damaged,
    /// The disk or the folder does not take what is written.
    Unwritable,
}

impl Error {
    /// What SQLite itself said, if it was asked.
    pub(super) fn sqlite(&self) -> Option<rusqlite::ffi::Error> {
        match self {
            Self::Sql(error) => error.sqlite_error().copied(),
            Self::Folder { .. }
            | Self::InUse { .. }
            | Self::Newer { .. }
            | Self::Foreign { .. }
            | Self::Damaged { .. }
            | Self::Unreadable { .. }
            | Self::Overloaded
            | Self::Closed => None,
        }
    }

    /// What people can do something about; `None` for anything else.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        let code = self.sqlite()?.code;
        let unwritable = [ErrorCode::SystemIoFailure, ErrorCode::ReadOnly, ErrorCode::CannotOpen, ErrorCode::PermissionDenied];
        if code == ErrorCode::DiskFull {
            Some(Trouble::Full)
        } else if [ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase].contains(&code) {
            Some(Trouble::Damaged)
        } else {
            unwritable.contains(&code).then_some(Trouble::Unwritable)
        }
    }
}
