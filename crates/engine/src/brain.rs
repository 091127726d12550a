//! The brain that asks a language model. It reads more freely than the built-in one, and is trusted with less.
//!
//! The model says what the user's words mean, as JSON in a schema that is made from the task templates. Then everything is done
//! as if the user had filled in a form badly: each value is read by the parser that the built-in brain uses, what the user never
//! said is dropped ([`grounded`]), and a yes counts only if the words can be one ([`check`]). A model that is slow, broken or
//! talks nonsense costs its turn some quality, not the conversation: the built-in brain takes the turn.

mod check;
mod ended;
mod grounded;
mod question;
mod reading;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use chat_model::{Answer, ChatModel, Message, Request};
use graph::brain::{Brain, BuiltIn, Error, Heard, Intent, Understanding};
use reading::Reading;
use std::{sync::Mutex, time::Duration};
use tokio::time::{Instant, timeout};

/// How often the model is asked one question: once more if what it answers is nonsense.
const ASKED_MAX: usize = 2;

/// What the brain is told when it is made.
#[derive(Clone, Debug)]
pub struct Config {
    /// The model. Its `limits.total` is the time for one message or call, a repetition after nonsense included.
    pub model: chat_model::Config,
    /// Whether the built-in brain takes the turns in which the model fails; otherwise the user is told.
    pub fallback: bool,
    /// How long a model that has failed is left alone, if there is a fallback: so that not every message waits for it in vain.
    pub rest: Duration,
}

impl Config {
    /// The usual: with the built-in brain to fall back to, and half a minute of rest.
    pub fn new(model: chat_model::Config) -> Self {
        Self { model, fallback: true, rest: Duration::from_secs(30) }
    }
}

/// Understands by a language model.
#[derive(Debug)]
pub struct ModelBrain {
    model: ChatModel,
    timeout: Duration,
    fallback: bool,
    rest: Duration,
    /// Until when the model is left alone.
    resting: Mutex<Option<Instant>>,
}

/// Why the model was of no use.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Model(#[from] chat_model::Error),
    #[error("the language model's answers cannot be read")]
    Nonsense,
    #[error("the language model took longer than {:.0} s", .0.as_secs_f64())]
    Late(Duration),
}

impl ModelBrain {
    /// A brain over a model. Asks nothing yet.
    ///
    /// # Errors
    /// If the model's configuration cannot be used; see [`ChatModel::new`].
    pub fn new(config: Config) -> Result<Self, chat_model::Error> {
        let timeout = config.model.limits.total;
        let model = ChatModel::new(config.model)?;
        Ok(Self { model, timeout, fallback: config.fallback, rest: config.rest, resting: Mutex::default() })
    }

    /// Asks, and once more if the answer is nonsense to `parse`.
    async fn ask<T>(
        &self,
        mut request: Request,
        parse: impl Fn(&Answer) -> Result<T, serde_json::Error> + Send + Sync,
    ) -> Result<T, Failure> {
        for _ in 0..ASKED_MAX {
            let answer = self.model.ask(&request).await?;
            match parse(&answer) {
                Ok(reading) => return Ok(reading),
                Err(error) => {
                    // The error tells a place in the JSON; the answer itself may repeat what was said.
                    tracing::debug!(
                        model = self.model.name(),
                        line = error.line(),
                        column = error.column(),
                        "the model talked nonsense"
                    );
                    request.messages.push(Message::Assistant { text: answer.text, calls: Vec::new() });
                    request.messages.push(Message::System("That was not the JSON that is needed. Answer with it alone.".into()));
                }
            }
        }
        Err(Failure::Nonsense)
    }

    fn rests(&self) -> bool {
        let resting = self.resting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.fallback && resting.is_some_and(|until| Instant::now() < until)
    }

    fn set_resting(&self, until: Option<Instant>) {
        *self.resting.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = until;
    }
}

#[async_trait]
impl Brain for ModelBrain {
    async fn understand(&self, heard: &Heard<'_>) -> Result<Understanding, Error> {
        let built_in = BuiltIn.understand(heard).await?;
        // "Yes", "never mind", "hang up": whole messages that mean one thing wait for nobody, and mean it whatever a model thinks.
        if check::is_settled(&built_in, heard) || self.rests() {
            return Ok(built_in);
        }
        let failure = match timeout(self.timeout, self.ask(question::request(heard), Reading::of)).await {
            Ok(Ok(reading)) => {
                self.set_resting(None);
                return Ok(check::understanding(&reading, heard, built_in));
            }
            Ok(Err(failure)) => failure,
            Err(_) => Failure::Late(self.timeout),
        };
        let error = &failure as &dyn std::error::Error;
        if self.fallback {
            tracing::warn!(model = self.model.name(), error, "the built-in brain takes this turn");
            // Nonsense on one message says nothing about the next.
            if !matches!(failure, Failure::Nonsense) {
                self.set_resting(Some(Instant::now() + self.rest));
            }
            return Ok(built_in);
        }
        tracing::warn!(model = self.model.name(), error, "a message was not understood");
        let problem = format!("I could not read that just now: {failure}. Please say it again in a moment.");
        // As a problem with what they told, it is said wherever the conversation stands, and changes nothing.
        Ok(Understanding { intent: Intent::Tell, problem: Some(problem), ..Understanding::default() })
    }
}
