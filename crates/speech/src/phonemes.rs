//! From words to sounds: a lexicon, and a small model for the words that are not in it.

use crate::Error;
use crate::runtime::Runtime;
use misaki_rs::fallback::FallbackError;
use misaki_rs::{Fallback, G2P, Language};
use ort::session::Session;
use ort::value::Tensor;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Reads text out as numbers of sounds, as the speech model knows them.
pub(crate) struct Reader {
    lexicon: G2P,
    sounds: BTreeMap<char, i64>,
}

impl Reader {
    pub(crate) fn load(runtime: &Runtime) -> Result<Self, Error> {
        const VOCABULARY: &str = "hibari/vocab.json";
        let vocabulary = runtime.json(VOCABULARY)?;
        let sounds = vocabulary
            .as_object()
            .and_then(|object| object.iter().map(|(sound, id)| Some((sound.chars().next()?, id.as_i64()?))).collect())
            .ok_or_else(|| runtime.wrong(VOCABULARY, "not a table of sounds and numbers"))?;
        let unknown_words = Guesser::load(runtime)?;
        Ok(Self { lexicon: G2P::with_fallback(Language::EnglishUS, Some(Box::new(unknown_words))), sounds })
    }

    /// The sounds of one sentence, with the model's pause at both ends; empty if there is nothing to say.
    pub(crate) fn read(&self, sentence: &str) -> Result<Vec<i64>, Error> {
        // Brackets are the lexicon's own mark-up; they say nothing aloud.
        let plain: String = sentence.chars().map(|c| if matches!(c, '[' | ']' | '(' | ')') { ' ' } else { c }).collect();
        let (sounds, _) = self.lexicon.g2p(&plain).map_err(|error| Error::Pronunciation { reason: error.to_string() })?;
        let ids: Vec<i64> = sounds.chars().filter_map(|sound| self.sounds.get(&sound).copied()).collect();
        Ok(if ids.is_empty() { ids } else { [vec![0], ids, vec![0]].concat() })
    }
}

/// Guesses how a word sounds from its letters.
struct Guesser {
    model: Mutex<Session>,
    letters: BTreeMap<char, i64>,
    sounds: Vec<String>,
    len_max: usize,
}

impl Guesser {
    fn load(runtime: &Runtime) -> Result<Self, Error> {
        const TABLE: &str = "hibari/oov.json";
        let table = runtime.json(TABLE)?;
        let wrong = || runtime.wrong(TABLE, "not a table of letters and sounds");
        let strings = |key: &str| -> Option<Vec<String>> {
            table[key].as_array()?.iter().map(|entry| entry.as_str().map(str::to_owned)).collect()
        };
        let letters = strings("in").ok_or_else(wrong)?;
        let letters: Option<_> = letters.iter().zip(1..).map(|(letter, id)| Some((letter.chars().next()?, id))).collect();
        Ok(Self {
            model: Mutex::new(runtime.session("hibari/oov.onnx")?),
            letters: letters.ok_or_else(wrong)?,
            sounds: strings("out").ok_or_else(wrong)?,
            len_max: table["maxlen"].as_u64().ok_or_else(wrong)? as usize,
        })
    }

    fn guess(&self, letters: Vec<i64>) -> ort::Result<String> {
        let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        let input = Tensor::from_array(([1, letters.len()], letters))?;
        let output = model.run(ort::inputs!["chars" => input])?;
        let (_, ids) = output[0].try_extract_tensor::<i64>()?;
        // One sound may cover several letters: repeats and blanks (0) are dropped.
        let mut word = String::new();
        let mut previous = 0;
        for &id in ids {
            if id != previous
                && let Some(sound) = usize::try_from(id - 1).ok().and_then(|i| self.sounds.get(i))
            {
                word += sound;
            }
            previous = id;
        }
        Ok(word)
    }
}

impl Fallback for Guesser {
    fn phonemize(&self, word: &str) -> Result<String, FallbackError> {
        let letters: Vec<i64> = word.chars().filter_map(|c| self.letters.get(&c).copied()).take(self.len_max).collect();
        if letters.is_empty() {
            return Ok(String::new());
        }
        self.guess(letters).map_err(|_| FallbackError::NoPhonemes { word: word.to_owned() })
    }
}
