//! Ears and mouths of a call in virtual time: computed at once, and ready only after as long as they would take.

use speech::{Heard, Manner, Speech, Voice};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many results of a kind are kept.
const KEPT_MAX: usize = 20_000;

/// Understands and speaks. The errors are sentences.
pub trait Senses: Send + Sync {
    /// What is said in the samples, 8 kHz; empty if nothing can be understood.
    ///
    /// # Errors
    /// When the model breaks.
    fn hear(&self, samples: &[i16]) -> Result<Heard, String>;
    /// The words as samples, 8 kHz.
    ///
    /// # Errors
    /// When the model breaks.
    fn say(&self, text: &str, manner: Manner) -> Result<Arc<Vec<i16>>, String>;
}

/// How long understanding so many samples takes in virtual time. Real times differ from run to run, and a call that depends on
/// them is never the same twice; so this is what was measured once on one slow core, rounded up.
pub(crate) fn hearing_takes(samples: usize) -> Duration {
    Duration::from_millis(40 + samples as u64 / 8 * 35 / 1_000)
}

/// How long speaking so many samples of one sentence takes in virtual time; see [`hearing_takes`].
pub(crate) fn speaking_takes(samples: usize) -> Duration {
    Duration::from_millis(40 + samples as u64 / 8 * 60 / 1_000)
}

/// How long the built-in brain thinks in virtual time.
pub(crate) const THINKING_TAKES: Duration = Duration::from_millis(2);

/// What the table says of these times.
pub const ASSUMED: &str = "understanding 40 ms + 35 ms a second of audio, speaking 40 ms + 60 ms a second of a sentence";

type Said = (String, Voice, u32, u32);

/// The local speech models; what was computed once is remembered, since many scenarios say and hear the same.
pub struct Models {
    speech: Speech,
    heard: Mutex<HashMap<(u64, usize), Heard>>,
    said: Mutex<HashMap<Said, Arc<Vec<i16>>>>,
}

impl Models {
    /// Ears and a mouth of these models.
    pub fn new(speech: Speech) -> Self {
        Self { speech, heard: Mutex::default(), said: Mutex::default() }
    }
}

impl Senses for Models {
    fn hear(&self, samples: &[i16]) -> Result<Heard, String> {
        let mut hash = DefaultHasher::new();
        samples.hash(&mut hash);
        let key = (hash.finish(), samples.len());
        if let Some(heard) = lock(&self.heard).get(&key) {
            return Ok(heard.clone());
        }
        let heard = self.speech.hear(samples).map_err(|error| error.to_string())?;
        keep(&self.heard, key, heard.clone());
        Ok(heard)
    }

    fn say(&self, text: &str, manner: Manner) -> Result<Arc<Vec<i16>>, String> {
        let key = (text.to_owned(), manner.voice, manner.pitch.to_bits(), manner.speed.to_bits());
        if let Some(samples) = lock(&self.said).get(&key) {
            return Ok(Arc::clone(samples));
        }
        let samples = Arc::new(self.speech.say_as(text, manner).map_err(|error| error.to_string())?);
        keep(&self.said, key, Arc::clone(&samples));
        Ok(samples)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep<K: Eq + std::hash::Hash, V>(kept: &Mutex<HashMap<K, V>>, key: K, value: V) {
    let mut kept = lock(kept);
    if kept.len() < KEPT_MAX {
        kept.insert(key, value);
    }
}
