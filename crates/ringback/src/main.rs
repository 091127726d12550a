//! Ringback: tell it what you need. It phones, talks, and rings back with the answer.

mod call;
mod causes;
mod cli;
mod doctor;
mod evals;
mod logging;
mod parts;
mod running;
mod settings;

use cli::{Mode, Task};
use running::Parts;
use std::{io::Write as _, process::ExitCode};

fn main() -> anyhow::Result<ExitCode> {
    let task = cli::read()?;
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build();
    // The one TLS provider of this process; fails only if there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match task {
        Task::Run(asked) if asked.mode == Mode::Config => {
            std::io::stdout().write_all(settings::reference().as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Task::Run(asked) => {
            logging::start(&asked.settings)?;
            runtime()?.block_on(run(*asked)).map(|()| ExitCode::SUCCESS)
        }
        Task::Call(asked) => {
            if let Ok(settings) = &asked.settings {
                logging::start(settings)?;
            }
            Ok(runtime()?.block_on(call::run(*asked)).into())
        }
        Task::Doctor(asked) => {
            if let Some(settings) = asked.settings() {
                logging::start(settings)?;
            }
            Ok(runtime()?.block_on(doctor::run(*asked)))
        }
        Task::Eval(asked) => {
            if let Some(settings) = asked.settings() {
                logging::start(settings)?;
            }
            Ok(runtime()?.block_on(evals::run(*asked)))
        }
    }
}

async fn run(asked: cli::Asked) -> anyhow::Result<()> {
    // Asked for before anything starts, so that a signal during the start is not lost.
    let stop = stop_signal()?;
    let parts = Parts::start(&asked).await?;
    greet(&asked, &parts)?;
    stop.await;
    tracing::info!(
        grace_s = asked.settings.drain_s,
        "stopping: no new calls; live ones may end; press Ctrl-C again to stop at once"
    );
    let again = stop_signal()?;
    tokio::select! {
        () = parts.drain(parts::grace(&asked.settings)) => tracing::info!("stopped"),
        () = again => tracing::warn!("stopped at once"),
    }
    Ok(())
}

/// Says on the standard output where to go.
fn greet(asked: &cli::Asked, parts: &Parts) -> anyhow::Result<()> {
    let Some(page) = parts.page() else { return Ok(()) };
    let mut out = std::io::stdout();
    writeln!(out, "\n  Ringback is ready. Open {page}\n")?;
    if asked.mode == Mode::Demo {
        writeln!(out, "  Everything is simulated: no real phone can ring. Numbers to call:")?;
        for number in sim::KNOWN {
            writeln!(out, "    {}  {}: {}", number.number, number.name, number.what)?;
        }
        if let Some(phone) = parts.phone()? {
            writeln!(out, "\n  Answer a call yourself: open {} and have {} called.", phone.page, phone.number)?;
        }
        writeln!(out, "\n  Ctrl-C stops it.\n")?;
    }
    Ok(out.flush()?)
}

/// Ends with the next Ctrl-C or SIGTERM from now on.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    #[cfg(unix)]
    let mut interrupt = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    Ok(async move {
        #[cfg(unix)]
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    })
}
