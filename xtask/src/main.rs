//! Ringback's tasks: `cargo xtask demo` runs everything, `cargo xtask test` tests everything.

mod api;
mod bench;
mod bench_brain;
mod chaos;
mod interop;
mod models;
mod needs;
mod page;
mod run;
mod server;
mod test;
mod venv;

use clap::{Parser, Subcommand};
use std::path::PathBuf;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, run, test and measure Ringback")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Set everything up, then run the whole product on this machine with no keys.
    Demo {
        /// Passed on to `ringback demo`, as in `-- --engine-addr 127.0.0.1:9000`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Run every test, or only the named part.
    Test {
        /// One part instead of all.
        #[arg(value_enum)]
        part: Option<test::Part>,
    },
    /// Build the page into ui/dist.
    Page,
    /// Fetch the local voice's models.
    Models,
    /// Write the page's TypeScript types from the Rust types.
    Types,
    /// Whole simulated calls while engine, handler and the network are killed, stopped, cut and delayed; fails if a phone
    /// rings twice or a result is lost.
    Chaos {
        /// How many approved calls at least.
        #[arg(long, default_value_t = 1_000)]
        calls: u32,
        /// What all faults follow from; the same seed plans the same.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many cases at the same time, each with an engine and a handler of its own.
        #[arg(long, default_value_t = 6)]
        parallel: u32,
        /// One case only, by its number, as the end of a run names it.
        #[arg(long)]
        case: Option<u64>,
        /// Keep every case's logs and databases, not only those of cases that failed.
        #[arg(long)]
        keep: bool,
    },
    /// Measure something and print the figures.
    Bench {
        #[command(subcommand)]
        what: Bench,
    },
}

#[derive(Subcommand)]
enum Bench {
    /// How well the built-in brain understands phrasings that it was not made for.
    Brain,
    /// Whole calls with the simulated clerk: the share of right slips, and the turn latency.
    Voice {
        /// How many calls.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=500))]
        calls: u32,
        /// How many at the same time.
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=16))]
        at_once: u32,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().task {
        Task::Demo { arguments } => demo(&arguments),
        Task::Test { part } => test::run(part),
        Task::Page => page::build(),
        Task::Models => models::fetch(&models::default_dir()),
        Task::Types => page::types(),
        Task::Chaos { calls, seed, parallel, case, keep } => {
            let mut run = vec![format!("--calls={calls}"), format!("--seed={seed}"), format!("--parallel={parallel}")];
            run.extend(case.map(|case| format!("--case={case}")));
            run.extend(keep.then(|| "--keep".to_owned()));
            run::become_program(&chaos::program()?, &run)
        }
        Task::Bench { what: Bench::Brain } => bench_brain::run(),
        Task::Bench { what: Bench::Voice { calls, at_once } } => {
            models::fetch(&models::default_dir())?;
            bench::voice(&build()?, calls, at_once)
        }
    }
}

/// Builds the program in release; returns its path.
fn build() -> anyhow::Result<PathBuf> {
    run::command("cargo").args(["build", "--release", "--workspace", "--bin", "ringback"]).step("Building ringback (release)")?;
    Ok(run::target_dir()?.join("release").join("ringback"))
}

fn demo(arguments: &[String]) -> anyhow::Result<()> {
    needs::node()?;
    needs::python()?;
    page::build()?;
    models::fetch(&models::default_dir())?;
    let program = build()?;
    run::become_program(&program, &[&["demo".to_owned()], arguments].concat())
}
