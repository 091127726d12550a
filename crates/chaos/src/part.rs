//! One of the two programs as a process: started, killed, stopped, and started again on its data until the case is over.

use crate::plan::{Fault, Part};
use crate::proxy::Proxy;
use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::collections::VecDeque;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long a start may take before it counts as stuck.
const START_MAX: Duration = Duration::from_secs(20);
/// How long an orderly end may take before it counts as stuck.
const END_MAX: Duration = Duration::from_secs(20);
/// Starts in one case; more mean that it does not come up at all.
const STARTS_MAX: u32 = 12;
/// How often a process is asked whether it stands still.
const LOOK: Duration = Duration::from_millis(20);

/// How a part is started.
#[derive(Clone)]
pub(crate) struct Recipe {
    pub(crate) part: Part,
    pub(crate) program: PathBuf,
    /// What the child is told, as JSON.
    pub(crate) setting: String,
    /// Where its log goes.
    pub(crate) log: PathBuf,
    /// The crash points that are armed, one start after the other: the environment variable's value and how long it stays
    /// down, or stopped.
    pub(crate) traps: VecDeque<Trap>,
}

/// What a crash point leaves in the log when it is reached.
pub(crate) fn trace(place: &str) -> String {
    format!("crash point {place} reached")
}

/// One armed crash point.
#[derive(Clone, Debug)]
pub(crate) struct Trap {
    text: String,
    /// What it leaves in the log.
    trace: String,
    stops: bool,
    pause: Duration,
}

impl Trap {
    /// The trap of a fault, if it is one for this part.
    pub(crate) fn of(fault: &Fault, wanted: Part) -> Option<Self> {
        match *fault {
            Fault::CrashAt { part, place, time, down_ms } if part == wanted => Some(Self {
                text: format!("{place}:{time}:kill"),
                trace: trace(place),
                stops: false,
                pause: Duration::from_millis(down_ms),
            }),
            Fault::StopAt { part, place, time, for_ms } if part == wanted => Some(Self {
                text: format!("{place}:{time}:stop"),
                trace: trace(place),
                stops: true,
                pause: Duration::from_millis(for_ms),
            }),
            Fault::CrashAt { .. }
            | Fault::StopAt { .. }
            | Fault::Kill { .. }
            | Fault::KillBoth { .. }
            | Fault::Stop { .. }
            | Fault::Upgrade { .. }
            | Fault::Cut { .. }
            | Fault::Silence { .. }
            | Fault::Delay { .. }
            | Fault::LoseAnswer { .. }
            | Fault::LoseRequest { .. } => None,
        }
    }
}

#[derive(Default)]
struct State {
    pid: Option<Pid>,
    /// How long it stays down when it has died next.
    pause: Duration,
    ending: bool,
    deaths: u32,
    stops: u32,
    failure: Option<String>,
}

/// A part that is kept running.
pub(crate) struct Keeper {
    part: Part,
    state: Arc<Mutex<State>>,
    up: watch::Receiver<Option<SocketAddr>>,
    task: JoinHandle<()>,
}

impl Keeper {
    /// Starts the part and keeps it running. Its ways are led to it whenever it is up.
    pub(crate) fn start(recipe: Recipe, ways: Vec<Arc<Proxy>>) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let (tell, up) = watch::channel(None);
        let part = recipe.part;
        let task = tokio::spawn(keep(recipe, ways, Arc::clone(&state), tell));
        Self { part, state, up, task }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Where it listens, as soon as it does.
    pub(crate) async fn addr(&self) -> anyhow::Result<SocketAddr> {
        let mut up = self.up.clone();
        let addr = tokio::time::timeout(START_MAX, up.wait_for(Option::is_some)).await;
        match addr {
            Ok(Ok(addr)) => addr.context("it is up"),
            Ok(Err(_)) | Err(_) => bail!("the {} is not up: {}", self.part.name(), self.failure().unwrap_or_default()),
        }
    }

    /// Why it could not be kept running.
    pub(crate) fn failure(&self) -> Option<String> {
        self.state().failure.clone()
    }

    /// How often it has died and stood still.
    pub(crate) fn blows(&self) -> (u32, u32) {
        let state = self.state();
        (state.deaths, state.stops)
    }

    /// `kill -9`, then nothing for a while.
    pub(crate) fn kill(&self, pause: Duration) {
        self.state().pause = pause;
        self.send(Signal::KILL);
    }

    /// `SIGTERM`, then a new start.
    pub(crate) fn upgrade(&self) {
        self.state().pause = Duration::ZERO;
        self.send(Signal::TERM);
    }

    /// Stops it for a while.
    pub(crate) async fn stop(&self, pause: Duration) {
        let pid = self.state().pid;
        self.send(Signal::STOP);
        self.state().stops += 1;
        tokio::time::sleep(pause).await;
        // Whoever has died meanwhile has another number now.
        if self.state().pid == pid {
            self.send(Signal::CONT);
        }
    }

    fn send(&self, signal: Signal) {
        if let Some(pid) = self.state().pid {
            // It may have died by itself just now.
            let _ = kill_process(pid, signal);
        }
    }

    /// Ends it in an orderly way; says if it could not be kept running or does not end.
    pub(crate) async fn end(mut self) -> Result<(), String> {
        self.state().ending = true;
        self.send(Signal::CONT);
        self.send(Signal::TERM);
        if tokio::time::timeout(END_MAX, &mut self.task).await.is_err() {
            self.send(Signal::KILL);
            return Err(format!("the {} does not end on SIGTERM", self.part.name()));
        }
        self.failure().map_or(Ok(()), Err)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.state().ending = true;
        self.send(Signal::KILL);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn keep(mut recipe: Recipe, ways: Vec<Arc<Proxy>>, state: Arc<Mutex<State>>, tell: watch::Sender<Option<SocketAddr>>) {
    for _ in 0..STARTS_MAX {
        if lock(&state).ending {
            return;
        }
        let trap = recipe.traps.pop_front();
        let ran = run(&recipe, trap.as_ref(), &ways, &state, &tell).await;
        tell.send_replace(None);
        for way in &ways {
            way.lead_to(None);
        }
        let pause = {
            let mut state = lock(&state);
            state.pid = None;
            if let Err(error) = ran {
                state.failure = Some(format!("{error:#}"));
                return;
            }
            state.deaths += 1;
            if state.ending {
                return;
            }
            std::mem::take(&mut state.pause)
        };
        tokio::time::sleep(pause).await;
    }
    lock(&state).failure = Some(format!("the {} was started {STARTS_MAX} times", recipe.part.name()));
}

/// Runs it once, to its end.
async fn run(
    recipe: &Recipe,
    trap: Option<&Trap>,
    ways: &[Arc<Proxy>],
    state: &Mutex<State>,
    tell: &watch::Sender<Option<SocketAddr>>,
) -> anyhow::Result<()> {
    let log = File::options().create(true).append(true).open(&recipe.log)?;
    let mut command = Command::new(&recipe.program);
    command.arg(recipe.part.name()).arg(&recipe.setting).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    command.kill_on_drop(true).env_remove(VARIABLE);
    if let Some(trap) = trap {
        command.env(VARIABLE, &trap.text);
        if !trap.stops {
            lock(state).pause = trap.pause;
        }
    }
    let mut child = command.spawn().with_context(|| format!("cannot run {}", recipe.program.display()))?;
    lock(state).pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    let stops = async {
        match trap.filter(|trap| trap.stops) {
            Some(trap) => wake(state, &recipe.log, trap).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = serve(&mut child, recipe.part, ways, tell) => ended,
        () = stops => unreachable!("it waits for ever once it has woken somebody"),
    }
}

/// The variable that arms a crash point.
const VARIABLE: &str = "RINGBACK_CRASH_AT";

/// Waits until it listens, leads the ways to it, waits until it has died.
async fn serve(
    child: &mut Child,
    part: Part,
    ways: &[Arc<Proxy>],
    tell: &watch::Sender<Option<SocketAddr>>,
) -> anyhow::Result<()> {
    let mut lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
    // It may be stopped or killed before it says where it listens.
    let said = tokio::time::timeout(START_MAX, lines.next_line()).await;
    let said = said.with_context(|| format!("the {} does not start", part.name()))??;
    if let Some(addr) = said.and_then(|line| line.parse().ok()) {
        for way in ways {
            way.lead_to(Some(addr));
        }
        tell.send_replace(Some(addr));
    }
    let status = child.wait().await?;
    // Killed by a signal has no code.
    match status.code() {
        None | Some(0) => Ok(()),
        Some(code) => bail!("the {} ended by itself with code {code}; its log says why", part.name()),
    }
}

/// Waits until it stands still at its crash point, lets it for a while, then lets it go on.
async fn wake(state: &Mutex<State>, log: &Path, trap: &Trap) {
    let Some(pid) = lock(state).pid else { return std::future::pending().await };
    let stat = format!("/proc/{}/stat", pid.as_raw_nonzero());
    loop {
        tokio::time::sleep(LOOK).await;
        // It can also have been stopped from outside.
        if !tokio::fs::read_to_string(log).await.unwrap_or_default().contains(&trap.trace) {
            continue;
        }
        let text = tokio::fs::read_to_string(&stat).await.unwrap_or_default();
        // "pid (name) state …"
        if text.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T')) {
            break;
        }
    }
    lock(state).stops += 1;
    tokio::time::sleep(trap.pause).await;
    let _ = kill_process(pid, Signal::CONT);
    std::future::pending().await
}
