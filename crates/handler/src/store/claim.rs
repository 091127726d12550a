//! Who has the data folder: one handler at a time, and at most one that waits to take over from it.

use super::Error;
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often it is tried.
const TRY_EVERY: Duration = Duration::from_millis(50);

/// Takes the folder, waiting so long for another handler to leave it. Closing the file gives it back. Blocks.
pub(super) fn take(folder: &Path, wait: Duration) -> Result<File, Error> {
    let lock = open(folder, "handler.lock")?;
    if lock.try_lock().is_ok() {
        return Ok(lock);
    }
    let in_use = || Error::InUse { path: folder.into() };
    if wait.is_zero() {
        return Err(in_use());
    }
    // Whoever has the folder sees that somebody waits; of several that wait only the first does.
    let place = open(folder, "handler.next")?;
    place.try_lock().map_err(|_| in_use())?;
    tracing::info!(folder = %folder.display(), wait_s = wait.as_secs(),
        "another call handler uses the data folder; waiting to take over: stop it, and it hands its live calls over");
    let until = Instant::now() + wait;
    while lock.try_lock().is_err() {
        if Instant::now() >= until {
            return Err(in_use());
        }
        std::thread::sleep(TRY_EVERY);
    }
    tracing::info!(folder = %folder.display(), "taking over");
    Ok(lock)
}

/// Whether another handler waits for the folder. What cannot be found out is no.
pub(crate) fn is_awaited(folder: &Path) -> bool {
    open(folder, "handler.next").is_ok_and(|place| matches!(place.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
}

fn open(folder: &Path, name: &str) -> Result<File, Error> {
    let failed = |source| Error::Folder { path: folder.into(), source };
    File::options().create(true).truncate(false).write(true).open(folder.join(name)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_takes_over_when_the_first_leaves() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(folder.path(), Duration::ZERO).unwrap();
        assert!(!is_awaited(folder.path()));
        let path = folder.path().to_owned();
        let next = std::thread::spawn(move || take(&path, Duration::from_secs(20)).is_ok());
        while !is_awaited(folder.path()) {
            std::thread::yield_now();
        }
        assert!(matches!(take(folder.path(), Duration::from_secs(20)), Err(Error::InUse { .. })), "a third does not wait");
        drop(first);
        assert!(next.join().unwrap());
        assert!(!is_awaited(folder.path()));
    }

    #[test]
    fn a_first_that_does_not_leave_is_not_waited_for_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let _first = take(folder.path(), Duration::ZERO).unwrap();
        assert!(matches!(take(folder.path(), Duration::from_millis(120)), Err(Error::InUse { .. })));
    }
}
