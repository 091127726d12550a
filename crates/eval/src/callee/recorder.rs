//! A machine that records: what was said to it is written down afterwards.

use crate::senses::Senses;
use sim::offline::Spoken;
use sounds::g711;
use speech::{Ear, EarConfig, EarEvent};
use std::sync::Arc;
use std::time::Duration;
use types::Speaker;

pub(super) struct Recorder {
    ear: Ear,
    began: Duration,
    senses: Arc<dyn Senses>,
}

impl Recorder {
    pub(super) fn new(began: Duration, senses: Arc<dyn Senses>) -> Self {
        Self { ear: Ear::new(EarConfig::default()), began, senses }
    }

    pub(super) fn record(&mut self, heard: &[u8], lines: &mut Vec<Spoken>) {
        for event in self.ear.push(&g711::decode(heard)) {
            self.write_down(event, lines);
        }
    }

    /// The caller has hung up, in the middle of a word perhaps.
    pub(super) fn finish(&mut self, lines: &mut Vec<Spoken>) {
        if let Some(event) = self.ear.finish() {
            self.write_down(event, lines);
        }
    }

    fn write_down(&self, event: EarEvent, lines: &mut Vec<Spoken>) {
        let EarEvent::Stopped { start_ms, end_ms, samples } = event else { return };
        let text = self.senses.hear(&samples).unwrap_or_default().text;
        let began = u64::try_from(self.began.as_millis()).unwrap_or(u64::MAX);
        let (start_ms, end_ms) = (began + start_ms, began + end_ms);
        lines.push(Spoken { speaker: Speaker::Agent, text, start_ms, end_ms, interrupted: false });
    }
}
