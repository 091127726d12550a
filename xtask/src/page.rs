//! The page: its packages, its types, its build.

use crate::{needs, run::command, run::root};
use std::path::Path;
use std::{fs, io};

/// What a build of the page never reads.
const NOT_SOURCES: [&str; 4] = ["dist", "node_modules", "tests", "test-results"];

/// Builds the page into ui/dist, unless what is there is newer than all that it is made of: a new page makes cargo build the
/// whole program anew.
pub(crate) fn build() -> anyhow::Result<()> {
    needs::node()?;
    packages()?;
    if is_built()? {
        return Ok(());
    }
    command("npm").args(["run", "--silent", "build"]).folder("ui").step("Building the page")
}

fn is_built() -> anyhow::Result<bool> {
    let ui = root().join("ui");
    let Ok(built) = ui.join("dist/index.html").metadata().and_then(|file| file.modified()) else { return Ok(false) };
    let mut newest = std::time::SystemTime::UNIX_EPOCH;
    for entry in fs::read_dir(&ui)? {
        let entry = entry?;
        if !NOT_SOURCES.iter().any(|name| entry.file_name() == *name) {
            newest = newest.max(newest_in(&entry.path())?);
        }
    }
    // What is as old is built again: clocks of file systems are coarse.
    Ok(newest < built)
}

/// When something in here was changed last. A folder changes when a file in it comes or goes.
fn newest_in(path: &Path) -> io::Result<std::time::SystemTime> {
    let file = path.metadata()?;
    let mut newest = file.modified()?;
    if file.is_dir() {
        for entry in fs::read_dir(path)? {
            newest = newest.max(newest_in(&entry?.path())?);
        }
    }
    Ok(newest)
}

/// Installs the page's packages as the lock file says, unless they are there already.
pub(crate) fn packages() -> anyhow::Result<()> {
    let lock = root().join("ui/package-lock.json");
    let installed = root().join("ui/node_modules/.package-lock.json");
    let modified = |path: std::path::PathBuf| path.metadata().and_then(|file| file.modified()).ok();
    if let (Some(lock), Some(installed)) = (modified(lock), modified(installed))
        && installed >= lock
    {
        return Ok(());
    }
    command("npm").args(["ci", "--no-audit", "--no-fund"]).folder("ui").step("Installing the page's packages")
}

/// Writes the page's TypeScript types from the Rust types.
pub(crate) fn types() -> anyhow::Result<()> {
    command("cargo").args(["test", "--quiet", "--package", "types", "export_bindings"]).step("Writing the TypeScript types")
}
