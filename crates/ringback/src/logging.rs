//! Where the story is told: the log on the standard error.

use crate::settings::Settings;
use anyhow::{Context, bail};
use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Starts logging as configured.
pub(crate) fn start(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.log)
        .with_context(|| format!("log: {:?} is no filter; a right one is info or handler=debug", settings.log))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.log_format.as_str() {
        "text" => log.with_ansi(std::io::stderr().is_terminal()).init(),
        "json" => log.json().init(),
        other => bail!("log_format must be text or json, not {other:?}"),
    }
    Ok(())
}
