//! One case from its beginning to what is known of it in the end.

use crate::Setup;
use crate::plan::{Case, Fault};
use crate::user;
use crate::verdict::{self, Breach, Ending};
use crate::world::World;
use futures_util::future::join_all;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Area codes; no two calls of a case have the same.
const AREAS: [&str; 16] =
    ["212", "213", "312", "415", "617", "702", "713", "206", "303", "404", "503", "602", "704", "816", "901", "202"];
/// How much of a log is shown when a program has failed.
const LOG_LINES: usize = 12;

/// What came of a case.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) case: Case,
    /// For each fault whether it came to it.
    pub(crate) struck: Vec<bool>,
    pub(crate) endings: Vec<Ending>,
    pub(crate) breaches: Vec<Breach>,
    /// Deaths of engine and handler, and how often they stood still.
    pub(crate) deaths: u32,
    pub(crate) stops: u32,
    /// Requests and answers that were lost.
    pub(crate) lost: u64,
    took: Duration,
    /// What was kept of a case that failed.
    kept: Option<PathBuf>,
}

impl Outcome {
    /// One line about it; more if a promise was broken.
    pub(crate) fn line(&self) -> String {
        let ends: Vec<String> = self.endings.iter().map(|ending| ending.how.clone()).collect();
        let mut text = format!(
            "{} {:>4.1} s  {} deaths, {} stops, {} lost  [{}]",
            if self.breaches.is_empty() { "ok  " } else { "FAIL" },
            self.took.as_secs_f32(),
            self.deaths,
            self.stops,
            self.lost,
            ends.join(", "),
        );
        text.insert_str(0, &format!("{:>5} ", self.case.number));
        if !self.breaches.is_empty() {
            text += &format!("\n      {}", self.case);
            for breach in &self.breaches {
                text += &format!("\n      {:?}: {}", breach.promise, breach.what);
            }
            if let Some(kept) = &self.kept {
                text += &format!("\n      logs and databases: {}", kept.display());
            }
        }
        text
    }
}

/// Whether the program came by a fault's named place, if it has one.
fn was_reached(fault: &Fault, logs: &[String; 2]) -> bool {
    match fault {
        Fault::CrashAt { place, .. } | Fault::StopAt { place, .. } => {
            logs.iter().any(|log| log.contains(&crate::part::trace(place)))
        }
        Fault::Kill { .. }
        | Fault::KillBoth { .. }
        | Fault::Stop { .. }
        | Fault::Upgrade { .. }
        | Fault::Cut { .. }
        | Fault::Silence { .. }
        | Fault::Delay { .. }
        | Fault::LoseAnswer { .. }
        | Fault::LoseRequest { .. } => true,
    }
}

/// A log's last lines.
fn tail(log: &str, lines: usize) -> String {
    let all: Vec<&str> = log.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// Runs a case.
pub(crate) async fn run(case: Case, setup: &Setup) -> anyhow::Result<Outcome> {
    let begun = Instant::now();
    let world = World::start(&case, setup).await?;
    // Users come once there is something to come to; what fails then is part of the case.
    drop(tokio::join!(world.engine.addr(), world.handler.addr()));
    let numbers = (0..case.talks.len()).map(|n| {
        let area = AREAS[(case.number as usize * case.talks.len() + n) % AREAS.len()];
        format!("+1{area}55501{}", case.talks[n].callee.line())
    });
    let users = case.talks.iter().zip(numbers).map(|(talk, number)| user::live(&world, *talk, number));
    let strikes = case.faults.iter().map(|fault: &Fault| world.strike(*fault));
    let (stories, _) = tokio::join!(join_all(users), join_all(strikes));
    let untouched: Vec<Fault> = case.faults.iter().copied().filter(|fault| world.still_waits(*fault)).collect();
    let mut lost = 0;
    for link in crate::plan::LINKS {
        lost += world.ways.of(link).lost();
        world.ways.of(link).forgive();
    }
    let (endings, mut breaches) = verdict::of(&world, &stories).await;
    let blows = [world.engine.blows(), world.handler.blows()];
    let (folder, failures) = world.end().await;
    let logs = ["engine.log", "handler.log"].map(|log| std::fs::read_to_string(folder.path().join(log)).unwrap_or_default());
    let struck = case.faults.iter().map(|fault| !untouched.contains(fault) && was_reached(fault, &logs)).collect();
    for failure in failures {
        let logs = logs.each_ref().map(|log| tail(log, LOG_LINES));
        breaches.push(Breach::of(verdict::Promise::Upright, format!("{failure}\n{}", logs.join("\n--\n"))));
    }
    let kept = (setup.keep || !breaches.is_empty()).then(|| folder.keep());
    Ok(Outcome {
        case,
        struck,
        endings,
        breaches,
        deaths: blows.iter().map(|(deaths, _)| deaths).sum(),
        stops: blows.iter().map(|(_, stops)| stops).sum(),
        lost,
        took: begun.elapsed(),
        kept,
    })
}
