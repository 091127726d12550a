//! The crash tests of whole calls.

use crate::run::{command, target_dir};
use std::path::{Path, PathBuf};

/// How many calls the tests make, unless `CHAOS_CALLS` says otherwise: about a minute on two cores.
const SHORT_RUN: &str = "40";

/// Builds the harness alone, with crash points, which the program itself never has.
pub(crate) fn program() -> anyhow::Result<PathBuf> {
    command("cargo")
        .args(["build", "--release", "--workspace", "--example", "chaos", "--quiet"])
        .step("Building the crash tests (release)")?;
    Ok(target_dir()?.join("release").join("examples").join("chaos").with_extension(std::env::consts::EXE_EXTENSION))
}

/// The short run that belongs to the tests. `ringback` as the tests built it: the harness lies among the examples beside it.
pub(crate) fn short(ringback: &Path) -> anyhow::Result<()> {
    let calls = std::env::var("CHAOS_CALLS").unwrap_or_else(|_| SHORT_RUN.into());
    let harness = ringback.with_file_name("examples").join("chaos").with_extension(std::env::consts::EXE_EXTENSION);
    command(harness).args(["--calls", &calls]).step("Killing engine and handler in the middle of calls")
}
