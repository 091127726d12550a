//! Whether the database is ours and whole, and what its refusals mean for people.

use super::Error;
use sqlite_file::{Trouble, Unfit};
use std::path::Path;

/// Looks at the database without changing it. A file that does not exist yet is all right.
///
/// # Errors
/// [`Error::Foreign`] or [`Error::Damaged`]. What only a writer can find out is left to it.
pub fn examine(path: &Path) -> Result<(), Error> {
    sqlite_file::examine(path, &["call_order", "outbox"]).map_err(|unfit| match unfit {
        Unfit::Foreign => Error::Foreign { path: path.into() },
        Unfit::Damaged { what } => Error::Damaged { path: path.into(), what },
    })
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
        Trouble::of(self.sqlite()?)
    }
}
