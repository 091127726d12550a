//! `ringback doctor`: finds out whether calls can be made, without making one. Every check says what to do; none shows a secret.

mod brain;
mod carrier;
mod clock;
mod finding;
mod keys;
mod machine;
mod model;
mod patient;
mod public;

use crate::settings::Settings;
use clap::{Arg, ArgAction, ArgMatches, Command};
use finding::{Finding, Verdict};
use patient::Patient;
use serde::Serialize;
use std::{future::Future, io::Write as _, process::ExitCode, sync::Arc, time::Duration};
use tokio::task::JoinHandle;

/// How long one check may take.
const LIMIT: Duration = Duration::from_secs(20);
/// How long what was started for the checks may take to end.
const GRACE: Duration = Duration::from_secs(2);

const HELP: &str = "\
Checks the configuration, the keys' shape, the data folder and the disk, the clock, the carrier, the realtime model, the language
model behind the chat if one is configured (it is asked one short question), the public address, the local voice and the page.
Nothing is dialled, and no secret is printed.

Exit code 0 if nothing failed, 1 otherwise.";

/// What was asked for.
pub(crate) struct Asked {
    /// The configuration, or what is wrong with it.
    settings: anyhow::Result<Settings>,
    json: bool,
    simulated: bool,
}

impl Asked {
    /// What clap has read.
    pub(crate) fn of(given: &ArgMatches, settings: anyhow::Result<Settings>) -> Self {
        Self { settings, json: given.get_flag("json"), simulated: given.get_flag("simulated") }
    }

    pub(crate) fn settings(&self) -> Option<&Settings> {
        self.settings.as_ref().ok()
    }
}

/// The arguments, without those of the configuration.
pub(crate) fn command() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
    Command::new("doctor")
        .about("Check whether calls can be made, and say what to do where not")
        .long_about(HELP)
        .arg(flag("json", "Print one JSON object instead of words"))
        .arg(flag("simulated", "Check against a simulated carrier and the local voice, as the demo uses them"))
}

/// What is told of one check.
#[derive(Serialize)]
struct Report {
    check: &'static str,
    #[serde(flatten)]
    finding: Finding,
}

/// Runs every check and tells what it found.
pub(crate) async fn run(asked: Asked) -> ExitCode {
    let mut reports = Vec::new();
    let mut tell = |check: &'static str, finding: Finding| {
        let report = Report { check, finding };
        if !asked.json {
            let mut out = std::io::stdout().lock();
            // Who does not read any more misses nothing.
            drop(writeln!(out, "{:<5} {:<15} {}", report.finding.verdict.word(), report.check, report.finding.says));
        }
        reports.push(report);
    };
    match asked.settings {
        Err(error) => tell("configuration", Finding::fail(format!("{error:#}"))),
        Ok(settings) => {
            let patient = Arc::new(Patient::admit(settings, asked.simulated).await);
            for (check, examination) in examinations(&patient) {
                let finding =
                    examination.await.unwrap_or_else(|_| Finding::fail("the check itself broke down; this is a defect".into()));
                tell(check, finding);
            }
            if let Some(patient) = Arc::into_inner(patient) {
                patient.discharge(GRACE).await;
            }
        }
    }
    let ok = reports.iter().all(|report| report.finding.verdict != Verdict::Fail);
    if asked.json {
        let all = serde_json::json!({"ok": ok, "checks": reports});
        drop(writeln!(std::io::stdout().lock(), "{all}"));
    }
    if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every check, begun at once, in the order in which they are told.
fn examinations(patient: &Arc<Patient>) -> Vec<(&'static str, JoinHandle<Finding>)> {
    fn begin<F: Future<Output = Finding> + Send + 'static>(
        patient: &Arc<Patient>,
        check: impl FnOnce(Arc<Patient>) -> F,
    ) -> JoinHandle<Finding> {
        let examination = check(Arc::clone(patient));
        tokio::spawn(async move {
            let late = |_| Finding::fail(format!("no answer within {} s; try again, and look at the network", LIMIT.as_secs()));
            tokio::time::timeout(LIMIT, examination).await.unwrap_or_else(late)
        })
    }
    let mut all = vec![
        ("configuration", begin(patient, |p| async move { keys::configuration(&p) })),
        ("carrier keys", begin(patient, |p| async move { keys::carrier(&p) })),
        ("model key", begin(patient, |p| async move { keys::model(&p) })),
        ("data folder", begin(patient, |p| async move { machine::data_folder(&p).await })),
        ("addresses", begin(patient, |p| async move { machine::addresses(&p) })),
        ("clock", begin(patient, |p| async move { clock::check(&p).await })),
        ("carrier", begin(patient, |p| async move { carrier::check(&p).await })),
        ("model", begin(patient, |p| async move { model::check(&p).await })),
        ("brain", begin(patient, |p| async move { brain::check(&p).await })),
        ("public address", begin(patient, |p| async move { public::check(&p).await })),
        ("local voice", begin(patient, |p| async move { machine::local_voice(&p) })),
        ("page", begin(patient, |_| async { machine::page() })),
    ];
    if model::has_second(patient) {
        all.push(("second model", begin(patient, |p| async move { model::check_second(&p).await })));
    }
    all
}
