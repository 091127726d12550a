//! Whether the database is ours and whole, and what its refusals mean for people.

use super::Error;
use sqlite_file::{Trouble, Unfit};
use std::path::Path;

/// Looks at the database without changing it. A file that does not exist yet is all right.
///
/// # Errors
/// [`Error::Foreign`] or [`Error::Damaged`]. What only a writer can find out is left to it.
pub fn examine(path: &Path) -> Result<(), Error> {
    sqlite_file::examine(path, &["conversation", "mail"]).map_err(|unfit| match unfit {
        Unfit::Foreign => Error::Foreign { path: path.into() },
        Unfit::Damaged { what } => Error::Damaged { path: path.into(), what },
    })
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
        Trouble::of(self.sqlite()?)
    }
}
