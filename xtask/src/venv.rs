//! Python environments for tools that the tests use: made once in cargo's target folder, made anew when their requirements change.

use crate::run::{command, target_dir};
use anyhow::Context;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// An environment that has what its requirements name.
pub(crate) struct Venv(PathBuf);

impl Venv {
    /// Makes the environment `name` hold what a requirements file names. Quick and silent when it does already.
    pub(crate) fn ready(name: &str, requirements: &Path) -> anyhow::Result<Self> {
        let wanted = fs::read_to_string(requirements).with_context(|| format!("reading {}", requirements.display()))?;
        let folder = target_dir()?.join("venv").join(name);
        let venv = Self(folder.clone());
        // Written last, so that an environment that was not finished is made anew.
        let stamp = folder.join("requirements.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && venv.program("python").is_file() {
            return Ok(venv);
        }
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
        }
        command("python3")
            .args(["-m", "venv"])
            .args([&folder])
            .step(&format!("Making a Python environment ({name})"))
            .context("Python's venv may be missing: install it (Debian: apt-get install python3-venv)")?;
        command(venv.program("python"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .args([requirements])
            .step(&format!("Installing its packages ({name})"))?;
        fs::write(&stamp, wanted).with_context(|| format!("writing {}", stamp.display()))?;
        Ok(venv)
    }

    /// A program of the environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        if cfg!(windows) { self.0.join("Scripts").join(format!("{name}.exe")) } else { self.0.join("bin").join(name) }
    }
}
