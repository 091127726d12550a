//! Understanding and speaking: jobs that take a while, so that the line goes on meanwhile.

use speech::{Speech, Voice};
use tokio::sync::mpsc;
use wire::g711;

/// Something that takes a while.
pub enum Job {
    /// Write down what is said.
    Listen {
        /// 8 kHz.
        samples: Vec<i16>,
        /// When it began, milliseconds of the line.
        start_ms: u64,
        /// When it ended.
        end_ms: u64,
    },
    /// Make words audible.
    Say {
        /// The words.
        text: String,
        /// Whose voice.
        voice: Voice,
    },
}

/// What came of a job.
#[derive(Debug)]
pub enum Done {
    /// What was said; empty if it could not be understood.
    Heard {
        /// The words.
        text: String,
        /// When they began.
        start_ms: u64,
        /// When they ended.
        end_ms: u64,
    },
    /// The words as µ-law.
    Said(Vec<u8>),
}

/// Does jobs, in any order, and sends what came of each.
pub trait Mind: Send + Sync {
    /// Begins a job; must not block.
    fn begin(&self, job: Job, done: mpsc::UnboundedSender<Done>);
}

/// The local speech models.
pub(crate) struct Models(pub(crate) Speech);

impl Mind for Models {
    fn begin(&self, job: Job, done: mpsc::UnboundedSender<Done>) {
        let speech = self.0.clone();
        tokio::task::spawn_blocking(move || {
            let failed = |error: speech::Error| {
                tracing::error!(error = &error as &dyn std::error::Error, "a callee can neither hear nor speak");
            };
            let result = match job {
                Job::Listen { samples, start_ms, end_ms } => {
                    let text = speech.transcribe(&samples).map_err(failed).unwrap_or_default();
                    Done::Heard { text, start_ms, end_ms }
                }
                Job::Say { text, voice } => {
                    Done::Said(g711::encode(&speech.say(&text, voice).map_err(failed).unwrap_or_default()))
                }
            };
            // The line may have been hung up.
            let _ = done.send(result);
        });
    }
}

/// Without models: hums for as long as the words would take, and understands nothing.
pub struct Hum;

impl Mind for Hum {
    fn begin(&self, job: Job, done: mpsc::UnboundedSender<Done>) {
        let _ = done.send(match job {
            Job::Listen { start_ms, end_ms, .. } => Done::Heard { text: String::new(), start_ms, end_ms },
            Job::Say { text, voice } => Done::Said(hum(&text, voice)),
        });
    }
}

/// A buzz with a few formants, 60 ms for each letter.
pub(super) fn hum(text: &str, voice: Voice) -> Vec<u8> {
    let pitch = match voice {
        Voice::Bright => 180.0,
        Voice::Deep => 110.0,
    };
    let samples = text.len().min(300) * 60 * 8;
    (0..samples)
        .map(|n| {
            let t = n as f32 / 8_000.0;
            let hz = pitch + 20.0 * (t * 9.0).sin();
            let wave = |h: u8| (t * hz * f32::from(h) * std::f32::consts::TAU).sin() / (1.0 + (f32::from(h) - 5.0).abs());
            let sum: f32 = (1..20).map(wave).sum();
            g711::encode_sample((sum * 4_000.0 * (0.6 + 0.4 * (t * 25.0).sin())) as i16)
        })
        .collect()
}
