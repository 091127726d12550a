//! `ringback eval`: runs scenarios, prints how they came out, and ends with a code that a build server understands.

use crate::causes;
use crate::parts;
use crate::settings::Settings;
use anyhow::{Context, bail};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use eval::{Habit, Habits, Report, Scenario, Setting, report};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many calls may be run at the same time.
const JOBS_MAX: u64 = 64;

const HELP: &str = "\
Runs scenarios: whole calls with real audio, from the order to its result, against simulated callees, in virtual time and without
sockets. Without arguments, the ones that come with the program. docs/evals.md tells how a scenario is written.

A scenario whose callee is played by a language model asks the one that brain.model (OPENAI_MODEL) names; without one it is skipped.

The noise of --noise is so many decibels quieter than the callee: 10 is a loud place, 20 a lively one.

Exit code 0 if as many were met as required (--require, by default all that were not skipped) and no wrong fact was reported as proven, 1 otherwise,
2 if a scenario cannot be read.";

/// What was asked for.
pub(crate) struct Asked {
    settings: anyhow::Result<Settings>,
    paths: Vec<PathBuf>,
    only: Vec<String>,
    json: Option<PathBuf>,
    junit: Option<PathBuf>,
    audio: Option<PathBuf>,
    noise_db: Option<f32>,
    jobs: Option<u64>,
    seed: u64,
    require: Option<u64>,
    naive: bool,
    habits: Vec<Habit>,
    pairs: bool,
    talk: bool,
    list: bool,
}

impl Asked {
    /// What clap has read.
    pub(crate) fn of(given: &ArgMatches, settings: anyhow::Result<Settings>) -> Self {
        let path = |name: &str| given.get_one::<PathBuf>(name).cloned();
        Self {
            settings,
            paths: given.get_many("scenarios").into_iter().flatten().cloned().collect(),
            only: given.get_many("only").into_iter().flatten().cloned().collect(),
            json: path("json"),
            junit: path("junit"),
            audio: path("audio"),
            noise_db: given.get_one("noise").copied(),
            jobs: given.get_one("jobs").copied(),
            seed: given.get_one("seed").copied().unwrap_or_default(),
            require: given.get_one("require").copied(),
            naive: given.get_one::<String>("tuning").is_some_and(|tuning| tuning == "naive"),
            habits: given.get_many("habit").into_iter().flatten().copied().collect(),
            pairs: given.get_flag("pairs"),
            talk: given.get_flag("talk"),
            list: given.get_flag("list"),
        }
    }

    pub(crate) fn settings(&self) -> Option<&Settings> {
        self.settings.as_ref().ok()
    }
}

/// The arguments, without those of the configuration.
pub(crate) fn command() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
    let file = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).value_parser(value_parser!(PathBuf))
    };
    let number = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).value_parser(value_parser!(u64))
    };
    Command::new("eval")
        .about("Run scenarios: whole simulated calls, and how they came out")
        .long_about(HELP)
        .arg(
            Arg::new("scenarios")
                .value_name("SCENARIOS")
                .help("Scenario files, or folders of them")
                .num_args(0..)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("only").long("only").value_name("NAME").help("Only those with this in their name").action(ArgAction::Append),
        )
        .arg(file("json", "FILE", "Write everything there as JSON, transcripts included"))
        .arg(file("junit", "FILE", "Write a JUnit report there"))
        .arg(file("audio", "FOLDER", "Write each call there as a WAV, the callee left, the agent right"))
        .arg(
            Arg::new("noise")
                .long("noise")
                .value_name("DB")
                .help("Noise on every line, so many decibels quieter than the callee: 10")
                .allow_negative_numbers(true)
                .value_parser(value_parser!(f32)),
        )
        .arg(number("jobs", "N", "How many calls at a time; by default one for each core"))
        .arg(number("seed", "N", "Another seed: other prices, other noise"))
        .arg(number("require", "N", "How many must be met; by default all"))
        .arg(
            Arg::new("tuning")
                .long("tuning")
                .value_name("KIND")
                .help("naive: stops for any sound, waits for nothing, takes machines for people, gives up with its model; for comparison")
                .value_parser(["usual", "naive"]),
        )
        .arg(
            Arg::new("habit")
                .long("habit")
                .value_name("NAME")
                .help("With this one habit of handlers that have not learned from the line; for comparison")
                .long_help(habits())
                .action(ArgAction::Append)
                .value_parser(habit),
        )
        .arg(
            flag("pairs", "Run each scenario that names habits with each of them and without, and print both")
                .conflicts_with_all(["habit", "tuning", "require", "junit", "audio"]),
        )
        .arg(flag("talk", "Print what was said, too"))
        .arg(flag("list", "Print the scenarios' names and what they show, and run none"))
}

fn habits() -> String {
    let one = |habit: Habit| format!("\n  {}: {}", habit.name(), habit.symptom());
    let all: String = Habit::ALL.into_iter().map(one).collect();
    format!(
        "With this one habit of handlers that have not learned from the line, and what callers meet then; for comparison:{all}"
    )
}

fn habit(name: &str) -> Result<Habit, String> {
    Habit::of_name(name).ok_or_else(|| "no habit has this name; --help lists them".to_owned())
}

/// Runs what was asked for.
pub(crate) async fn run(asked: Asked) -> ExitCode {
    let scenarios = match scenarios(&asked) {
        Ok(scenarios) => scenarios,
        Err(error) => return failed(&error, 2),
    };
    if asked.list {
        for scenario in &scenarios {
            // Whoever closes the pipe has read enough.
            let _ = writeln!(std::io::stdout(), "{:<28} {}", scenario.name, scenario.shows);
        }
        return ExitCode::SUCCESS;
    }
    match carry_out(asked, scenarios).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => failed(&error, 1),
    }
}

fn failed(error: &anyhow::Error, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{}", causes::told(error.as_ref()));
    ExitCode::from(code)
}

fn scenarios(asked: &Asked) -> anyhow::Result<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    for path in &asked.paths {
        scenarios.extend(eval::scenario::of_path(path)?);
    }
    if asked.paths.is_empty() {
        scenarios = eval::shipped::scenarios()?;
    }
    if !asked.only.is_empty() {
        scenarios.retain(|scenario| asked.only.iter().any(|part| scenario.name.contains(part)));
        if scenarios.is_empty() {
            bail!("no scenario has {} in its name; --list prints them", asked.only.join(" or "));
        }
    }
    let mut names = std::collections::BTreeSet::new();
    if let Some(twice) = scenarios.iter().find(|scenario| !names.insert(&scenario.name)) {
        bail!("two scenarios are named {}: give one of them another name", twice.name);
    }
    Ok(scenarios)
}

/// Whether it came out well enough.
async fn carry_out(asked: Asked, scenarios: Vec<Scenario>) -> anyhow::Result<bool> {
    let settings = asked.settings?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = usize::try_from(asked.jobs.unwrap_or(cores as u64).clamp(1, JOBS_MAX))?;
    if let Some(folder) = &asked.audio {
        std::fs::create_dir_all(folder).with_context(|| format!("--audio: making the folder {}", folder.display()))?;
    }
    let setting = Setting {
        senses: Arc::new(eval::Models::new(parts::speech_of(&settings, jobs)?)),
        brain: parts::brains::voice(&settings)?,
        callee_model: parts::brains::callee(&settings),
        tuning: if asked.naive { naive() } else { session::Tuning::default() },
        habits: Habits::of(&asked.habits),
        jobs,
        seed: asked.seed,
        noise_db: asked.noise_db,
        keeps_audio: asked.audio.is_some(),
    };
    if asked.pairs {
        return Box::pin(in_pairs(asked.json.as_deref(), scenarios, setting)).await;
    }
    let required = asked.require.map(|least| usize::try_from(least).unwrap_or(usize::MAX));
    let begun = Instant::now();
    let (talk, count) = (asked.talk, scenarios.len());
    let done = std::sync::atomic::AtomicUsize::new(0);
    let reports = eval::run(scenarios, setting, |report| {
        let number = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        let text = format!("[{number}/{count}] {}\n{}", report::row(report), if talk { said(report) } else { String::new() });
        let _ = std::io::stderr().write_all(text.as_bytes());
    })
    .await;
    write(asked.json.as_deref(), "--json", report::json(&reports).as_bytes())?;
    write(asked.junit.as_deref(), "--junit", report::junit(&reports).as_bytes())?;
    for report in &reports {
        if let (Some(folder), Some(audio)) = (&asked.audio, &report.audio) {
            write(Some(&folder.join(format!("{}.wav", report.name))), "--audio", &report::wav(audio))?;
        }
    }
    let sum = report::sum(&reports);
    let _ = std::io::stdout().write_all(report::table(&reports, begun.elapsed().as_secs_f64()).as_bytes());
    // What was skipped is not wanted, unless so many were asked for.
    Ok(sum.met >= required.unwrap_or(sum.scenarios - sum.skipped) && sum.facts_wrong_verified == 0)
}

/// Whether every scenario fails with the habits that it names, and is met without.
async fn in_pairs(json: Option<&Path>, scenarios: Vec<Scenario>, setting: Setting) -> anyhow::Result<bool> {
    if scenarios.iter().all(|scenario| scenario.fails_with.is_empty()) {
        bail!("none of these scenarios names a habit that it fails with (fails_with)");
    }
    let pairs = eval::pairs(scenarios, setting, |report| {
        let _ = writeln!(std::io::stderr(), "{}", report::row(report));
    })
    .await;
    write(json, "--json", format!("{:#}\n", serde_json::json!(pairs)).as_bytes())?;
    let _ = std::io::stdout().write_all(eval::pairs_table(&pairs).as_bytes());
    Ok(pairs.iter().all(eval::Pair::shows))
}

fn write(path: Option<&Path>, flag: &str, bytes: &[u8]) -> anyhow::Result<()> {
    match path {
        Some(path) => std::fs::write(path, bytes).with_context(|| format!("{flag}: writing {}", path.display())),
        None => Ok(()),
    }
}

/// What was said, as the result has it.
fn said(report: &Report) -> String {
    let lines = report.result.iter().flat_map(|result| &result.transcript);
    lines
        .map(|line| {
            let who = match line.speaker {
                types::Speaker::Agent => "agent: ",
                types::Speaker::Callee => "callee:",
            };
            format!("    {:>6.1} s {who} {}\n", line.start_ms as f64 / 1_000.0, line.heard)
        })
        .collect()
}

/// The usual times without what was learned on the line: any sound is the callee's and stops the agent, nothing is waited for,
/// who answers is a person, and a lost model is a lost call.
fn naive() -> session::Tuning {
    let usual = session::Tuning::default();
    session::Tuning {
        barge_in_min: Duration::ZERO,
        nods_max: Duration::ZERO,
        barge_in_trusted: Duration::ZERO,
        barge_in_trusted_voice: 0.0,
        double_talk_min: Duration::ZERO,
        double_talk_wait: Duration::ZERO,
        voice_min: Duration::ZERO,
        goodbye_barge_in_min: Duration::ZERO,
        disclosure_barge_in_min: Duration::ZERO,
        opener_silence: Duration::ZERO,
        fragment_wait: Duration::ZERO,
        goodbyes_undone_max: 0,
        reopenings_max: 0,
        echo_min: 2.0,
        tells_machines: false,
        ..usual
    }
}
