//! Ears and a mouth on local models: who speaks when ([`Ear`]), what was said ([`Speech::hear`]) and saying things
//! ([`Speech::say`]). Telephone audio throughout: mono, 8 kHz, 16 bit.
//!
//! The models are files in one directory; `cargo xtask models` puts them there. All calls here block and use one core each.

mod babble;
mod certainty;
mod ear;
mod error;
mod floor;
mod heard;
mod loudness;
mod music;
mod numbers;
mod phonemes;
mod pool;
mod resample;
mod runtime;
mod sentences;
mod spelling;
mod spoken;
mod stt;
mod tts;
mod waveform;

pub use ear::{Ear, EarConfig, EarEvent, Utterance};
pub use error::Error;
pub use heard::{Heard, Piece};
pub use resample::Resampler;
pub use sentences::sentences;
pub use spelling::{alphabet_word, could_be_spelt, spelt_words};
pub use spoken::spoken;

use pool::Pool;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Samples a second of all audio here, unless a name says otherwise.
pub const SAMPLE_RATE: u32 = 8_000;

/// How the mouth sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Voice {
    /// The model's own voice, a woman's.
    #[default]
    Bright,
    /// The same with its pitch lowered.
    Deep,
}

/// Who speaks, and how: the callee of an evaluation may have a high voice and be in a hurry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Manner {
    /// How it sounds.
    pub voice: Voice,
    /// How much higher than that; 0.5 to 2.
    pub pitch: f32,
    /// How much faster than usual; 0.5 to 2.
    pub speed: f32,
}

impl From<Voice> for Manner {
    fn from(voice: Voice) -> Self {
        Self { voice, pitch: 1.0, speed: 1.0 }
    }
}

/// The loaded models. Cheap to clone; every clone shares the same ones.
#[derive(Clone)]
pub struct Speech {
    listeners: Arc<Pool<stt::Listener>>,
    speakers: Arc<Pool<tts::Speaker>>,
    reader: Arc<phonemes::Reader>,
}

impl Speech {
    /// Loads the models from `dir`, ready for `workers` (1 to 64) transcriptions and as many syntheses at a time; more wait
    /// for their turn. Takes well under a second a worker, and about 150 MB of memory each.
    pub fn load(dir: &Path, workers: usize) -> Result<Self, Error> {
        let workers = workers.clamp(1, 64);
        let runtime = runtime::Runtime::load(dir)?;
        let speech = Self {
            listeners: Arc::new(Pool::fill(workers, || stt::Listener::load(&runtime))?),
            speakers: Arc::new(Pool::fill(workers, || tts::Speaker::load(&runtime))?),
            reader: Arc::new(phonemes::Reader::load(&runtime)?),
        };
        // The first run of each allocates; a caller should not wait for that.
        for mut listener in speech.listeners.all() {
            listener.hear(&vec![0.1; 8_000])?;
        }
        let ids = speech.reader.read("Hello.")?;
        for mut speaker in speech.speakers.all() {
            speaker.say(&ids, Voice::Bright.into())?;
        }
        Ok(speech)
    }

    /// What is said in the samples; empty for silence and for music.
    pub fn transcribe(&self, samples_8k: &[i16]) -> Result<String, Error> {
        self.hear(samples_8k).map(|heard| heard.text)
    }

    /// The same as [`Speech::transcribe`], with how surely it was understood.
    pub fn hear(&self, samples_8k: &[i16]) -> Result<Heard, Error> {
        let mut heard = Heard::default();
        for part in stt::parts(music::without_music(samples_8k)) {
            if loudness::is_silent(part) {
                continue;
            }
            let audio = stt::prepare(part);
            let said = self.listeners.take().hear(&audio)?;
            heard.text = format!("{} {}", heard.text, babble::without_babble(&said.text)).trim().to_owned();
            heard.pieces.extend(certainty::in_noise(said.pieces, part));
        }
        Ok(heard)
    }

    /// Speech for the text, 8 kHz, loudness made even, silence at both ends cut to a breath. Numbers, prices, times and the
    /// like are read out as people do ([`spoken`]).
    pub fn say(&self, text: &str, voice: Voice) -> Result<Vec<i16>, Error> {
        self.say_as(text, voice.into())
    }

    /// The same as [`Speech::say`], in this manner.
    pub fn say_as(&self, text: &str, manner: Manner) -> Result<Vec<i16>, Error> {
        let samples = self.at_24k(text, manner)?;
        Ok(Resampler::whole(3, 1, &samples))
    }

    /// The same as [`Speech::say`], at the model's own 24 kHz.
    pub fn say_24k(&self, text: &str, voice: Voice) -> Result<Vec<i16>, Error> {
        self.at_24k(text, voice.into())
    }

    fn at_24k(&self, text: &str, manner: Manner) -> Result<Vec<i16>, Error> {
        let mut samples = Vec::new();
        for sentence in sentences(text) {
            let ids = self.reader.read(&spoken(sentence))?;
            if ids.is_empty() {
                continue;
            }
            let speech = self.speakers.take().say(&ids, manner)?;
            samples.extend(loudness::even(&speech, 24_000));
        }
        Ok(samples)
    }
}

/// Where the models are unless told otherwise: `$RINGBACK_MODELS`, else `~/.cache/ringback/models`.
pub fn default_models_dir() -> PathBuf {
    match std::env::var_os("RINGBACK_MODELS") {
        Some(dir) if !dir.is_empty() => dir.into(),
        Some(_) | None => {
            let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).unwrap_or_default();
            Path::new(&home).join(".cache/ringback/models")
        }
    }
}
