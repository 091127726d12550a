//! What a session has done for it: the slow things, on the threads that may block.

use crate::audio::Format;
use crate::brain::{Brain, Reply, Turn};
use bytes::Bytes;
use speech::{Heard, Speech, Voice};
use std::sync::Arc;

/// Something to be done. The number comes back with what came of it.
#[derive(Debug)]
pub enum Job {
    /// Write down what is said.
    Transcribe {
        /// The job's number.
        number: u64,
        /// 8 kHz.
        samples: Vec<i16>,
    },
    /// Decide what is said next.
    Think {
        /// The job's number.
        number: u64,
        /// What has been said so far.
        turn: Box<Turn>,
    },
    /// Make words audible.
    Speak {
        /// The job's number.
        number: u64,
        /// The words.
        text: String,
        /// Whose voice.
        voice: Voice,
        /// How the client wants to have it.
        format: Format,
    },
}

/// What came of a [`Job`]. The errors are sentences.
#[derive(Debug)]
pub enum Done {
    /// What was said.
    Transcribed {
        /// The job's number.
        number: u64,
        /// The words, and how surely they were understood.
        heard: Result<Heard, String>,
    },
    /// What is said next.
    Thought {
        /// The job's number.
        number: u64,
        /// The answer.
        reply: Reply,
    },
    /// The words as audio.
    Spoken {
        /// The job's number.
        number: u64,
        /// In the job's format.
        audio: Result<Bytes, String>,
    },
}

/// Does it.
pub(crate) async fn run(job: Job, speech: Speech, brain: Arc<dyn Brain>) -> Done {
    match job {
        Job::Transcribe { number, samples } => Done::Transcribed { number, heard: blocking(move || speech.hear(&samples)).await },
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
