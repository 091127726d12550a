//! Chaos: whole calls on the simulated carrier and a scripted model, while engine, handler and the network between any two of
//! them are killed, stopped, cut and delayed, at every named crash point and at random moments.
//!
//! What goes wrong in a case follows from the seed and the case's number alone. When exactly a process meets it does not: the
//! operating system decides that, as it does in life. So a case that failed is repeated with [`Options::case`], a few times if
//! need be.

mod case;
mod dice;
mod model;
mod part;
mod plan;
mod points;
mod proxy;
mod table;
mod user;
mod verdict;
mod world;

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;
use tokio::sync::Mutex;
use url::Url;

/// What engine and handler are told when they are started; each takes what is for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setting {
    /// The folder of their databases.
    pub data_dir: PathBuf,
    /// Where the handler finds the engine.
    pub engine_url: Url,
    /// Where the engine finds the handler.
    pub handler_url: Url,
    /// The carrier's REST API.
    pub carrier_url: Url,
    /// Where the carrier finds the handler.
    pub public_url: Url,
    /// The realtime model.
    pub voice_url: Url,
    /// The carrier's account.
    pub account_sid: String,
    /// The account's secret.
    pub auth_token: String,
    /// Calls that may be live at once.
    pub calls_max: usize,
}

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many approved calls at least.
    pub calls: usize,
    /// What all faults follow from.
    pub seed: u64,
    /// How many cases at the same time.
    pub parallel: usize,
    /// One case only, by its number.
    pub case: Option<u64>,
    /// Keeps every case's folder, not only those that failed.
    pub keep: bool,
    /// The program that is the engine with the argument `engine`, and the handler with `handler`, followed by a [`Setting`] as
    /// JSON. It prints the address that it listens at.
    pub program: PathBuf,
    /// Where the cases' folders are made.
    pub folder: PathBuf,
}

/// What every case needs to know.
pub(crate) struct Setup {
    pub(crate) program: PathBuf,
    pub(crate) folder: PathBuf,
    pub(crate) keep: bool,
}

/// Runs the cases and prints what came of them; true if no promise was broken.
///
/// # Errors
/// When a world cannot be built.
pub async fn run(options: Options) -> anyhow::Result<bool> {
    let begun = Instant::now();
    std::fs::create_dir_all(&options.folder)?;
    println!("chaos: seed {}, {} calls, {} cases at a time", options.seed, options.calls, options.parallel);
    let setup = Arc::new(Setup { program: options.program, folder: options.folder, keep: options.keep });
    let (next, calls) = (Arc::new(AtomicU64::new(options.case.unwrap_or(0))), Arc::new(AtomicUsize::new(0)));
    let table = Arc::new(Mutex::new(table::Table::default()));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..if options.case.is_some() { 1 } else { options.parallel.max(1) } {
        let (setup, next, calls, table) = (Arc::clone(&setup), Arc::clone(&next), Arc::clone(&calls), Arc::clone(&table));
        let (seed, wanted, only) = (options.seed, options.calls, options.case);
        workers.spawn(async move {
            while calls.load(Ordering::SeqCst) < wanted {
                let case = plan::Case::of(seed, next.fetch_add(1, Ordering::SeqCst));
                calls.fetch_add(case.calls(), Ordering::SeqCst);
                if only.is_some() {
                    println!("{case}\n{:#?}", case.talks);
                }
                let outcome = case::run(case, &setup).await?;
                println!("{}", outcome.line());
                table.lock().await.add(outcome);
                if only.is_some() {
                    break;
                }
            }
            anyhow::Ok(())
        });
    }
    while let Some(worker) = workers.join_next().await {
        worker??;
    }
    let table = table.lock().await;
    print!("{}", table.show(options.seed, begun.elapsed()));
    Ok(table.is_clean())
}
