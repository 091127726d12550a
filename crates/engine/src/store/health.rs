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
    // An empty file is what a power cut leaves of a new one.
    let Some(length) = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|found| found.len()) else {
        return Ok(());
    };
    if length == 0 {
        return Ok(());
    }
    match look(path, length <= READ_THROUGH_MAX) {
        Ok(Look::Ours) => Ok(()),
        Ok(Look::NotOurs) => Err(Error::Foreign { path: path.into() }),
        Ok(Look::Torn(what)) => Err(Error::Damaged { path: path.into(), what }),
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Err(Error::Foreign { path: path.into() }),
            Some(ErrorCode::DatabaseCorrupt) => Err(Error::Damaged { path: path.into(), what: error.to_string() }),
            Some(_) | None => Ok(()),
        },
    }
}

enum Look {
    Ours,
    NotOurs,
    Torn(String),
}

fn look(path: &Path, through: bool) -> Result<Look, rusqlite::Error> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let tables: u32 = db.query_row("SELECT count(*) FROM sqlite_schema WHERE type='table'", [], |row| row.get(0))?;
    let ours = "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name IN ('conversation', 'mail')";
    let ours: u32 = db.query_row(ours, [], |row| row.get(0))?;
    if tables > 0 && ours < 2 {
        return Ok(Look::NotOurs);
    }
    if !through {
        return Ok(Look::Ours);
    }
    let found: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok(if found == "ok" { Look::Ours } else { Look::Torn(found) })
}

/// What stands in the way of the store, as far as people can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
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
            Self::Sqlite { source, .. } => source.sqlite_error().copied(),
            Self::Commit(source) => source.sqlite_error().copied(),
            Self::InUse { .. }
            | Self::Prepare { .. }
            | Self::Newer { .. }
            | Self::Foreign { .. }
            | Self::Damaged { .. }
            | Self::Json { .. }
            | Self::NoConversation
            | Self::MailboxFull(_)
            | Self::Closed => None,
        }
    }

    /// What people can do something about; `None` for anything else.
    pub fn trouble(&self) -> Option<Trouble> {
        if matches!(self, Self::Damaged { .. }) {
            return Some(Trouble::Damaged);
        }
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
