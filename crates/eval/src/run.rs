//! Running scenarios, several at a time, and what came of each.

use crate::call::{self, Surroundings};
use crate::habit::Habits;
use crate::judge::{Verdict, judge, name};
use crate::measure::quantile;
use crate::scenario::Scenario;
use crate::senses::Senses;
use handler::prices::{Models, Prices};
use serde::Serialize;
use session::Tuning;
use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use types::{CallResult, PhoneNumber};
use voice::brain::Brain;

/// The models whose published prices the cost is reckoned with: what the local voice counts, at their price.
const PRICED_AS: Models<'static> = Models { voice: "gpt-realtime", transcription: "gpt-realtime-whisper" };

/// How scenarios are run.
#[derive(Clone)]
pub struct Setting {
    /// Ears and mouths of both sides.
    pub senses: Arc<dyn Senses>,
    /// What the agent says.
    pub brain: Arc<dyn Brain>,
    /// The language model that plays callees, or why there is none; scenarios that want one are skipped then.
    pub callee_model: Result<chat_model::Config, String>,
    /// The call session's times.
    pub tuning: Tuning,
    /// How the handler behaves otherwise than Ringback's; nothing of that by default.
    pub habits: Habits,
    /// How many calls at a time.
    pub jobs: usize,
    /// Added to the seed of each scenario.
    pub seed: u64,
    /// How much louder than the noise the callee speaks, decibels, in place of what the scenarios say.
    pub noise_db: Option<f32>,
    /// Whether both sides are kept as audio.
    pub keeps_audio: bool,
}

/// What came of one scenario.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The scenario.
    pub name: String,
    /// The symptom that it would show.
    pub shows: String,
    /// Whether everything came out as it must.
    pub met: bool,
    /// Why it was not run. It is neither met nor failed then.
    pub skipped: Option<String>,
    /// How it was judged.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The outcome's status.
    pub status: String,
    /// How the telephone call went.
    pub disposition: String,
    /// Why it ended.
    pub ended_reason: String,
    /// Callee stops → our first audio at the carrier, for each turn, as the carrier saw it, milliseconds.
    pub turn_latency_ms: Vec<u64>,
    /// Half of the turns were no slower.
    pub turn_latency_median_ms: Option<u64>,
    /// 19 of 20 turns were no slower.
    pub turn_latency_p95_ms: Option<u64>,
    /// How often the agent stopped for words of the callee.
    pub barge_ins: u32,
    /// How often it stopped for nothing.
    pub false_barge_ins: u32,
    /// How often it talked on although it was interrupted.
    pub missed_barge_ins: u32,
    /// How long the agent talked into the callee's turns, milliseconds.
    pub talked_over_ms: u64,
    /// How much silence was in the middle of the agent's words, milliseconds.
    pub gaps_ms: u64,
    /// When the callee had heard that an AI is calling, milliseconds since the media stream started.
    pub disclosed_at_ms: Option<u64>,
    /// What the call would have cost, millionths of a US dollar: an estimate, see [`PRICED_AS`].
    pub cost_micros: Option<u64>,
    /// How long the call was, from the answer, seconds.
    pub call_s: u32,
    /// How long it took in virtual time, from the order, seconds.
    pub virtual_s: f64,
    /// How long running it took, seconds.
    pub wall_s: f64,
    /// The result, as the engine would have got it.
    pub result: Option<CallResult>,
    /// What was said, as the callee's side knows it.
    pub callee: Vec<sim::offline::Spoken>,
    /// The callee and the agent as they were on the line, µ-law.
    #[serde(skip)]
    pub audio: Option<[Vec<u8>; 2]>,
}

/// Runs them all; `each` is told as soon as one is done. The reports come in the order of the scenarios.
pub async fn run(scenarios: Vec<Scenario>, setting: Setting, each: impl Fn(&Report)) -> Vec<Report> {
    let mut config = handler::Config::local(std::path::PathBuf::new(), PhoneNumber::parse("+14155550199").expect("it is one"));
    config.voice.simulated = true;
    let around = Surroundings {
        senses: setting.senses,
        brain: setting.brain,
        callee_model: setting.callee_model.as_ref().ok().cloned(),
        voice: config.voice,
        tuning: setting.tuning,
        habits: setting.habits,
        seed: setting.seed,
        noise_db: setting.noise_db,
        keeps_audio: setting.keeps_audio,
    };
    let no_model = setting.callee_model.err();
    let mut reports = Vec::new();
    let places = Arc::new(Semaphore::new(setting.jobs.max(1)));
    let mut running = tokio::task::JoinSet::new();
    for (at, scenario) in scenarios.into_iter().enumerate() {
        if let Some(reason) = no_model.as_ref().filter(|_| scenario.callee.model.is_some()) {
            let skipped = Some(format!("a language model plays its callee, and {reason}"));
            let report = Report { skipped, ..Report::of(&scenario, Instant::now()) };
            each(&report);
            reports.push((at, report));
            continue;
        }
        let (places, around, runtime) = (Arc::clone(&places), around.clone(), Handle::current());
        running.spawn(async move {
            // The semaphore is never closed.
            let _place = places.acquire_owned().await;
            let report = tokio::task::spawn_blocking(move || one(&scenario, &around, &runtime)).await;
            (at, report)
        });
    }
    while let Some(done) = running.join_next().await {
        match done {
            Ok((at, Ok(report))) => {
                each(&report);
                reports.push((at, report));
            }
            // A call that panics is a fault of the program, and stops it like any other.
            Ok((_, Err(error))) | Err(error) => {
                if let Ok(panic) = error.try_into_panic() {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }
    reports.sort_by_key(|(at, _)| *at);
    reports.into_iter().map(|(_, report)| report).collect()
}

fn one(scenario: &Scenario, around: &Surroundings, runtime: &Handle) -> Report {
    let begun = Instant::now();
    match call::run(scenario, around, runtime) {
        Ok(all) => {
            let mut verdicts: Vec<Verdict> = all.iter().map(|came| judge(scenario, came)).collect();
            // The worst stands for those that were made at the same time.
            let worst = (0..all.len()).max_by_key(|at| (verdicts[*at].faults.len(), Reverse(*at))).unwrap_or_default();
            let (verdict, latency) = (verdicts.swap_remove(worst), all.iter().flat_map(|came| &came.measures.turn_latency_ms));
            let latency: Vec<u64> = latency.copied().collect();
            let Some(came) = all.into_iter().nth(worst) else { return Report::of(scenario, begun) };
            let (result, measures) = (came.result, &came.measures);
            let cost = Prices::default().cost(PRICED_AS, &result.usage, result.duration, &scenario.order.target_phone_number);
            Report {
                met: verdict.faults.is_empty(),
                status: name(&result.outcome.status),
                disposition: name(&result.status),
                ended_reason: name(&result.ended_reason),
                turn_latency_median_ms: quantile(&latency, 0.5),
                turn_latency_p95_ms: quantile(&latency, 0.95),
                turn_latency_ms: latency,
                barge_ins: measures.barge_ins,
                false_barge_ins: measures.false_barge_ins,
                missed_barge_ins: measures.missed_barge_ins,
                talked_over_ms: measures.talked_over_ms,
                gaps_ms: measures.gaps_ms,
                disclosed_at_ms: result.disclosed_at_ms,
                cost_micros: cost.map(|cost| cost.amount_micros),
                call_s: result.duration,
                virtual_s: came.took.as_secs_f64(),
                callee: came.callee,
                audio: came.audio,
                verdict,
                result: Some(result),
                ..Report::of(scenario, begun)
            }
        }
        Err(error) => {
            let verdict = Verdict { faults: vec![error.to_string()], ..Verdict::default() };
            Report { verdict, ..Report::of(scenario, begun) }
        }
    }
}

impl Report {
    /// Of a call that came to nothing.
    fn of(scenario: &Scenario, begun: Instant) -> Self {
        Self {
            name: scenario.name.clone(),
            shows: scenario.shows.clone(),
            met: false,
            skipped: None,
            verdict: Verdict::default(),
            status: String::new(),
            disposition: String::new(),
            ended_reason: String::new(),
            turn_latency_ms: Vec::new(),
            turn_latency_median_ms: None,
            turn_latency_p95_ms: None,
            barge_ins: 0,
            false_barge_ins: 0,
            missed_barge_ins: 0,
            talked_over_ms: 0,
            gaps_ms: 0,
            disclosed_at_ms: None,
            cost_micros: None,
            call_s: 0,
            virtual_s: 0.0,
            wall_s: begun.elapsed().as_secs_f64(),
            result: None,
            callee: Vec::new(),
            audio: None,
        }
    }
}
