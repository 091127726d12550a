//! `chaos` runs the cases. As `chaos engine SETTING` and `chaos handler SETTING` it is the real engine and the real handler, each
//! a process of its own with times short enough for a call of two seconds.

use anyhow::Context;
use chaos::{Options, Setting};
use clap::Parser;
use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use types::PhoneNumber;

/// How long live calls get when a part is told to end.
const GRACE: Duration = Duration::from_secs(1);

#[derive(Parser)]
#[command(about = "Whole calls while engine, handler and the network are killed, stopped, cut and delayed")]
struct Arguments {
    /// How many approved calls at least.
    #[arg(long, default_value_t = 30)]
    calls: usize,
    /// What all faults follow from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many cases at the same time, each with an engine and a handler of its own.
    #[arg(long, default_value_t = 4)]
    parallel: usize,
    /// One case only, by its number.
    #[arg(long)]
    case: Option<u64>,
    /// Keep the logs and databases of every case, not only of those that failed.
    #[arg(long)]
    keep: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    // Fails only if there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut arguments = std::env::args().skip(1);
    let (part, setting) = (arguments.next(), arguments.next());
    match (part.as_deref(), setting) {
        (Some("engine"), Some(setting)) => runtime.block_on(engine_part(serde_json::from_str(&setting)?))?,
        (Some("handler"), Some(setting)) => runtime.block_on(handler_part(serde_json::from_str(&setting)?))?,
        _ => {
            let Arguments { calls, seed, parallel, case, keep } = Arguments::parse();
            let program = std::env::current_exe()?;
            let folder = std::env::temp_dir().join("ringback-chaos");
            let clean = runtime.block_on(chaos::run(Options { calls, seed, parallel, case, keep, program, folder }))?;
            return Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn free_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

async fn engine_part(setting: Setting) -> anyhow::Result<()> {
    log();
    let mut end = signal(SignalKind::terminate())?;
    std::fs::create_dir_all(&setting.data_dir)?;
    let mut config = engine::Config::new(setting.handler_url, setting.data_dir);
    config.addr = free_port();
    let limits = &mut config.task.limits;
    (limits.answer_timeout_s, limits.silence_timeout_s, limits.call_max_s) = (5, 5, 15);
    config.task.watchdog_slack = Duration::from_secs(2);
    config.settle_max = Duration::from_secs(5);
    config.order_timeout = Duration::from_secs(10);
    let running = engine::start(config).await?;
    say(running.addr())?;
    end.recv().await;
    running.drain(GRACE).await;
    Ok(())
}

async fn handler_part(setting: Setting) -> anyhow::Result<()> {
    log();
    let mut end = signal(SignalKind::terminate())?;
    let from = PhoneNumber::parse("+14155550199").context("a constant number")?;
    let mut config = handler::Config::local(setting.data_dir, from);
    config.addr = free_port();
    config.public_url = Some(setting.public_url);
    config.carrier_url = setting.carrier_url;
    (config.account_sid, config.auth_token) = (setting.account_sid, setting.auth_token);
    config.voice.url = setting.voice_url;
    config.voice.api_key = "sk-local".into();
    config.engine_url = setting.engine_url;
    config.max_concurrent_calls = setting.calls_max;
    let (ms, s) = (Duration::from_millis, Duration::from_secs);
    config.timing = handler::Timing {
        carrier_timeout: s(2),
        carrier_backoff: ms(50),
        carrier_backoff_max: ms(1_000),
        reconcile_window: s(4),
        hang_up_window: s(20),
        poll_ringing: ms(700),
        poll_connected: ms(1_500),
        voice_open_timeout: s(2),
        voice_idle_timeout: s(3),
        stall_timeout: s(1),
        media_start_timeout: s(1),
        engine_timeout: s(2),
        outbox_backoff: ms(50),
        outbox_backoff_max: ms(1_000),
        comeback_window: s(5),
        shutdown_window: s(3),
        ..handler::Timing::default()
    };
    let tuning = &mut config.tuning;
    tuning.voice_open_max = s(3);
    tuning.dial_max = s(12);
    tuning.answer_slack = s(2);
    tuning.stream_wait_max = s(2);
    tuning.opener_silence = ms(50);
    tuning.mark_overdue = s(1);
    tuning.response_start_max = s(1);
    tuning.response_max = s(3);
    tuning.goodbye_max = s(3);
    tuning.time_limit_notice = s(3);
    tuning.time_limit_force = s(2);
    tuning.stream_stop_grace = ms(500);
    tuning.hang_up_confirm_max = s(3);
    tuning.settle_max = ms(300);
    let running = handler::start(config).await?;
    say(running.addr())?;
    end.recv().await;
    running.drain(GRACE).await;
    Ok(())
}

/// Tells whoever has started this where it listens.
fn say(addr: SocketAddr) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{addr}")?;
    Ok(out.flush()?)
}

fn log() {
    tracing_subscriber::fmt().with_ansi(false).with_writer(std::io::stderr).with_max_level(tracing::Level::INFO).init();
}
