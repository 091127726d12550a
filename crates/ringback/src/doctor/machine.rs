//! What must be right on this machine.

use super::{finding::Finding, patient, patient::Patient};
use crate::parts;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// With less free space than this the databases may fail any moment, and soon.
const SPACE_NEEDED: u64 = 100 * 1024 * 1024;
const SPACE_WISHED: u64 = 1024 * 1024 * 1024;
/// How long somebody on this machine may take to answer.
const NEAR: Duration = Duration::from_secs(3);

pub(super) async fn data_folder(patient: &Patient) -> Finding {
    let dir = match parts::data_dir(&patient.settings, patient.simulated) {
        Ok(dir) => dir,
        Err(error) => return Finding::fail(format!("{error:#}")),
    };
    match tokio::task::spawn_blocking(move || examine(&dir)).await {
        Ok(finding) => finding,
        Err(_) => Finding::fail("the data folder could not be examined".into()),
    }
}

fn examine(dir: &Path) -> Finding {
    let shown = dir.display();
    // It is made at the first start; until then it must be possible to make it.
    let Some(existing) = dir.ancestors().find(|folder| folder.exists()) else {
        return Finding::fail(format!("{shown} cannot be made; name another with RINGBACK_DATA"));
    };
    let probe: PathBuf = existing.join(format!(".ringback-doctor-{}", uuid::Uuid::new_v4().simple()));
    let written = std::fs::write(&probe, b"probe");
    // If it was not written there is nothing to remove.
    drop(std::fs::remove_file(&probe));
    if let Err(error) = written {
        return Finding::fail(format!(
            "{shown} cannot be written ({error}); change its owner, or name another with RINGBACK_DATA"
        ));
    }
    // Both databases may be in use meanwhile; they are only read.
    if let Err(error) = engine::store::examine(&dir.join(engine::FILE)) {
        return Finding::fail(error.to_string());
    }
    if let Err(error) = handler::store::examine(&dir.join(handler::store::FILE)) {
        return Finding::fail(error.to_string());
    }
    match free_space(existing) {
        Some(free) if free < SPACE_NEEDED => Finding::fail(format!("{shown} has only {} MB of space left; free some", mb(free))),
        Some(free) if free < SPACE_WISHED => Finding::warn(format!("{shown} has {} MB of space left; free some soon", mb(free))),
        Some(free) => Finding::ok(format!("{shown} can be written, {} MB free", mb(free))),
        None => Finding::ok(format!("{shown} can be written")),
    }
}

fn mb(bytes: u64) -> u64 {
    bytes / 1024 / 1024
}

#[cfg(unix)]
fn free_space(folder: &Path) -> Option<u64> {
    rustix::fs::statvfs(folder).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<u64> {
    None
}

/// Who listens at an address.
pub(super) enum Listener {
    Nobody,
    /// A part of Ringback.
    Ours,
    /// Something else, or nobody may listen there.
    Other(String),
}

pub(super) async fn listener(addr: SocketAddr) -> Listener {
    match tokio::net::TcpListener::bind(addr).await {
        Ok(_) => return Listener::Nobody,
        Err(error) if error.kind() != std::io::ErrorKind::AddrInUse => return Listener::Other(error.to_string()),
        Err(_) => {}
    }
    let Ok(url) = Url::parse(&format!("http://{addr}/")) else { return Listener::Other("it makes no URL".into()) };
    match is_running(&url, NEAR).await {
        Ok(true) => Listener::Ours,
        Ok(false) | Err(_) => Listener::Other("another program listens there".into()),
    }
}

/// Whether what answers at `GET /` is a part of Ringback.
pub(super) async fn is_running(url: &Url, within: Duration) -> Result<bool, reqwest::Error> {
    let mut answer = patient::client(url)?.get(url.clone()).header("Accept", "application/json").timeout(within).send().await?;
    // The right answer is short, and a wrong one need not be read.
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > 1024 {
            break;
        }
    }
    let told: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
    Ok(told.is_some_and(|told| told["status"] == "running"))
}

pub(super) fn addresses(patient: &Patient) -> Finding {
    let settings = &patient.settings;
    let mut told = Vec::new();
    for (part, addr, key, found) in [
        ("engine", settings.engine.addr, "engine.addr", &patient.engine),
        ("call handler", settings.handler.addr, "handler.addr", &patient.handler),
    ] {
        match found {
            Listener::Nobody => told.push(format!("{addr} is free for the {part}")),
            Listener::Ours => told.push(format!("the {part} runs at {addr}")),
            Listener::Other(why) => {
                return Finding::fail(format!("the {part} cannot listen on {addr}: {why}; end that, or choose another {key}"));
            }
        }
    }
    Finding::ok(told.join(", "))
}

pub(super) fn local_voice(patient: &Patient) -> Finding {
    match &patient.models {
        Ok(()) => Finding::ok("its models load".into()),
        Err(error) if patient.simulated => Finding::fail(error.clone()),
        Err(error) => Finding::warn(format!("{error} (only the demo and --simulated need it)")),
    }
}

pub(super) fn page() -> Finding {
    if web_ui::is_built() {
        return Finding::ok("it is built in".into());
    }
    Finding::warn("it is not built in, so there is nothing to open; run `cargo xtask page` and build the program again".into())
}
