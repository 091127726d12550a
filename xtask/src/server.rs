//! A running demo for measurements, on ports of its own, ended when it is dropped.

use anyhow::{Context, bail};
use serde::Deserialize;
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Where the parts of a running demo listen, as its ready file tells.
#[derive(Debug, Deserialize)]
pub(crate) struct Addresses {
    /// The engine's base URL.
    pub(crate) engine: String,
    /// The call handler's base URL.
    pub(crate) handler: String,
    /// The carrier simulator's base URL.
    pub(crate) carrier_sim: String,
}

/// A demo of our own.
pub(crate) struct Demo {
    process: Child,
    /// Where it listens.
    pub(crate) addresses: Addresses,
    _folder: tempfile::TempDir,
}

impl Demo {
    /// Starts it and waits until it is ready, at most a minute.
    pub(crate) fn start(program: &Path) -> anyhow::Result<Self> {
        Self::with(program, "warn,handler::outbox=off", &[])
    }

    /// Starts it with a log filter and further flags, and waits until it is ready, at most a minute.
    pub(crate) fn with(program: &Path, log: &str, flags: &[&str]) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let ready = folder.path().join("ready.json");
        let mut command = Command::new(program);
        // The engine knows nothing of orders that come from elsewhere, and the outbox would complain of that.
        command.arg("demo").arg("--ready-file").arg(&ready).arg("--data").arg(folder.path()).args(["--log", log]);
        for flag in ["--engine-addr", "--handler-addr", "--sim-addr", "--local-voice-addr"] {
            command.args([flag, "127.0.0.1:0"]);
        }
        command.args(flags);
        let mut process = command.stdout(Stdio::null()).spawn().with_context(|| format!("cannot run {}", program.display()))?;
        let begun = Instant::now();
        loop {
            if let Some(addresses) = std::fs::read(&ready).ok().and_then(|text| serde_json::from_slice(&text).ok()) {
                return Ok(Self { process, addresses, _folder: folder });
            }
            if let Some(status) = process.try_wait()? {
                bail!("the demo ended at once ({status}); its output is above");
            }
            if begun.elapsed() > Duration::from_secs(60) {
                let _ = process.kill();
                bail!("the demo was not ready within a minute");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
