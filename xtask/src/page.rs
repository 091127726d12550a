//! The page: its packages, its types, its build.

use crate::{needs, run::command, run::root};

/// Builds the page into ui/dist.
pub(crate) fn build() -> anyhow::Result<()> {
    needs::node()?;
    packages()?;
    command("npm").args(["run", "--silent", "build"]).folder("ui").step("Building the page")
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
