//! The providers' own clients against our servers: their packages in a Python environment and in node_modules, then pytest.

use crate::{
    run::{command, root},
    venv::Venv,
};
use std::path::{Path, PathBuf};

/// Runs the tests of the folder `interop` against a built `ringback`.
pub(crate) fn run(program: &Path) -> anyhow::Result<()> {
    let venv = Venv::ready("interop", &root().join("interop/requirements.txt"))?;
    packages()?;
    command(venv.program("python"))
        // Two files of tests at a time: most of a call is waiting for what is being said.
        .args(["-m", "pytest", "--numprocesses", "2", "--dist", "loadfile"])
        .folder("interop")
        .env("RINGBACK", program)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .step("Testing with the providers' own clients")
}

/// Installs the bridge's packages as the lock file says, unless they are there already.
fn packages() -> anyhow::Result<()> {
    let modified = |path: PathBuf| path.metadata().and_then(|file| file.modified()).ok();
    let folder = root().join("interop/agents");
    let (lock, installed) =
        (modified(folder.join("package-lock.json")), modified(folder.join("node_modules/.package-lock.json")));
    if lock.is_some() && installed >= lock {
        return Ok(());
    }
    // The bridge's package names newer Node.js versions than it needs; npm's warnings about that help nobody.
    command("npm").args(["ci", "--loglevel", "error"]).folder("interop/agents").step("Installing the bridge's packages")
}
