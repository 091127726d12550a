//! Reading a call again after it has ended: the model is shown what was said, and says what it finds, with the words for it.
//! Nothing of that is believed here; `evidence` holds every word of it against the transcript. A model that fails costs nothing:
//! what the call brought is known without it.

mod answer;
mod question;
#[cfg(test)]
mod tests;

use super::{Failure, ModelBrain};
use async_trait::async_trait;
use evidence::Reading;
use graph::reader::{EndedCall, Reader};
use tokio::time::{Instant, timeout};

#[async_trait]
impl Reader for ModelBrain {
    async fn read(&self, call: &EndedCall<'_>) -> Option<Reading> {
        if self.rests() {
            tracing::info!(model = self.model.name(), "the model has just failed and is left alone; the call is not read again");
            return None;
        }
        let began = Instant::now();
        let failure = match timeout(self.timeout, self.ask(question::request(call), answer::reading)).await {
            Ok(Ok(reading)) => {
                self.set_resting(None);
                let duration_ms = began.elapsed().as_millis();
                tracing::info!(model = self.model.name(), duration_ms, facts = reading.facts.len(), "the model has read a call");
                return Some(reading);
            }
            Ok(Err(failure)) => failure,
            Err(_) => Failure::Late(self.timeout),
        };
        let error = &failure as &dyn std::error::Error;
        tracing::warn!(model = self.model.name(), error, "the model could not read a call; the built-in reading stands");
        // Nonsense on one call says nothing about the next.
        if !matches!(failure, Failure::Nonsense) {
            self.set_resting(Some(Instant::now() + self.rest));
        }
        None
    }
}
