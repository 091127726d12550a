//! What a session has done for it: the slow things, on the threads that may block.

use crate::audio::Format;
use crate::brain::{Brain, Reply, Turn};
use bytes::Bytes;
use speech::{Speech, Voice};
use std::sync::Arc;

/// Something to be done. The number comes back with what came of it.
#[derive(Debug)]
pub(crate) enum Job {
    Transcribe { number: u64, samples: Vec<i16> },
    Think { number: u64, turn: Box<Turn> },
    Speak { number: u64, text: String, voice: Voice, format: Format },
}

/// What came of a [`Job`]. The errors are sentences.
#[derive(Debug)]
pub(crate) enum Done {
    Transcribed { number: u64, text: Result<String, String> },
    Thought { number: u64, reply: Reply },
    Spoken { number: u64, audio: Result<Bytes, String> },
}

/// Does it.
pub(crate) async fn run(job: Job, speech: Speech, brain: Arc<dyn Brain>) -> Done {
    match job {
        Job::Transcribe { number, samples } => {
            Done::Transcribed { number, text: blocking(move || speech.transcribe(&samples)).await }
        }
        Job::Think { number, turn } => Done::Thought { number, reply: brain.reply(&turn).await },
        Job::Speak { number, text, voice, format } => {
            let say = move || {
                let samples = if format.rate_is_24k() { speech.say_24k(&text, voice) } else { speech.say(&text, voice) };
                samples.map(|samples| format.encode(&samples))
            };
            Done::Spoken { number, audio: blocking(say).await }
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, speech::Error> + Send + 'static) -> Result<T, String> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "speech failed");
            Err(error.to_string())
        }
        // The panic itself has been printed by its thread.
        Err(_) => Err("the speech model broke".into()),
    }
}
