//! Running other programs, with a sentence when one fails.

use anyhow::{Context, bail};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// A program to be run in the workspace's folder.
pub(crate) struct Step(Command);

/// Begins a command in the workspace's folder.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Step {
    let mut command = Command::new(program);
    command.current_dir(root());
    // What cargo has set for us must not reach the cargo that we start: build scripts watch it, and would build anew.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    Step(command)
}

impl Step {
    /// Adds arguments.
    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.0.args(arguments);
        self
    }
    /// Runs it in a folder of the workspace.
    pub(crate) fn folder(mut self, folder: &str) -> Self {
        self.0.current_dir(root().join(folder));
        self
    }
    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }
    /// Runs it, saying so and how long it took; fails with its name if it fails.
    pub(crate) fn step(mut self, what: &str) -> anyhow::Result<()> {
        eprintln!("\x1b[1m▸ {what}\x1b[0m");
        let begun = Instant::now();
        let program = self.0.get_program().to_string_lossy().into_owned();
        let status = self.0.status().with_context(|| format!("cannot run {program}; is it installed and on the PATH?"))?;
        if !status.success() {
            bail!("{what}: {program} failed ({status}); its output is above");
        }
        eprintln!("  {what}: {:.1} s", begun.elapsed().as_secs_f32());
        Ok(())
    }
    /// Runs it quietly; its output as text, or `None` if it failed or is not there.
    pub(crate) fn output(mut self) -> Option<String> {
        let output = self.0.output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok().map(|text| text.trim().to_owned())
    }
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Cargo's target folder, wherever it has been put.
pub(crate) fn target_dir() -> anyhow::Result<PathBuf> {
    let metadata =
        command("cargo").args(["metadata", "--no-deps", "--format-version", "1"]).output().context("cargo metadata failed")?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata).context("cargo metadata gave no JSON")?;
    Ok(metadata["target_directory"].as_str().context("cargo metadata names no target folder")?.into())
}

/// Goes on as another program, so that signals reach it and nothing stands between it and the terminal.
#[cfg(unix)]
pub(crate) fn become_program(program: &Path, arguments: &[String]) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(Command::new(program).args(arguments).exec()).with_context(|| format!("cannot run {}", program.display()))
}

/// Runs another program to its end.
#[cfg(not(unix))]
pub(crate) fn become_program(program: &Path, arguments: &[String]) -> anyhow::Result<()> {
    let status = Command::new(program).args(arguments).status().with_context(|| format!("cannot run {}", program.display()))?;
    if status.success() { Ok(()) } else { bail!("{} failed ({status})", program.display()) }
}
