//! Speech to text: the host side of the model "Moonshine" (tiny, English).

use crate::Error;
use crate::heard::{Heard, Piece};
use crate::resample::Resampler;
use crate::runtime::Runtime;
use ort::memory::Allocator;
use ort::session::{Session, SessionInputValue};
use ort::value::{DynValue, Tensor};
use std::borrow::Cow;
use std::collections::BTreeMap;

const STEP: &str = "speech to text";
const RATE: usize = 16_000;
const FIRST_TOKEN: i64 = 1;
const LAST_TOKEN: i64 = 2;
/// People say fewer than this many tokens a second; a model that says more is repeating itself.
const TOKENS_A_SECOND_MAX: usize = 7;
/// Longer audio is cut, at its quietest place, in samples of 8 kHz: the time of a run grows with the square of the length.
const PART_MAX: usize = 20 * 8_000;
const PART_MIN: usize = 14 * 8_000;

/// One instance of the model; hears one thing at a time.
pub(crate) struct Listener {
    encoder: Session,
    decoder: Session,
    tokens: Vec<Vec<u8>>,
    /// The decoder's memory: its input's name, and the two sizes that are fixed.
    memory: Vec<(String, i64, i64)>,
    encoder_takes_mask: bool,
    decoder_takes_mask: bool,
}

impl Listener {
    pub(crate) fn load(runtime: &Runtime) -> Result<Self, Error> {
        const DECODER: &str = "moonshine/decoder_model_merged.ort";
        const TOKENS: &str = "moonshine/tokenizer.bin";
        let encoder = runtime.session("moonshine/encoder_model.ort")?;
        let decoder = runtime.session(DECODER)?;
        let tokens = read_tokens(&runtime.read(TOKENS)?).ok_or_else(|| runtime.wrong(TOKENS, "it breaks off"))?;
        let mut memory = Vec::new();
        for input in decoder.inputs().iter().filter(|input| input.name().starts_with("past")) {
            let shape = input.dtype().tensor_shape().filter(|shape| shape.len() == 4);
            let shape = shape.ok_or_else(|| runtime.wrong(DECODER, "its memory is of an unknown shape"))?;
            memory.push((input.name().to_owned(), shape[1], shape[3]));
        }
        let encoder_takes_mask = encoder.inputs().iter().any(|input| input.name() == "attention_mask");
        let decoder_takes_mask = decoder.inputs().iter().any(|input| input.name() == "encoder_attention_mask");
        Ok(Self { encoder, decoder, tokens, memory, encoder_takes_mask, decoder_takes_mask })
    }

    /// The words in one part of audio, 16 kHz, −1 to 1.
    pub(crate) fn hear(&mut self, audio: &[f32]) -> Result<Heard, Error> {
        let tokens = self.decode(audio).map_err(|source| Error::Model { step: STEP, source })?;
        let (mut bytes, mut pieces) = (Vec::new(), Vec::new());
        for (token, logprob) in tokens {
            let piece = usize::try_from(token).ok().and_then(|i| self.tokens.get(i));
            let piece = piece.ok_or(Error::Shape { step: STEP, what: "known token" })?;
            bytes.extend_from_slice(piece);
            pieces.push(Piece { text: written(piece), logprob });
        }
        Ok(Heard { text: written(&bytes).trim().to_owned(), pieces })
    }

    fn decode(&mut self, audio: &[f32]) -> ort::Result<Vec<(i64, f32)>> {
        let len = audio.len();
        let mask: DynValue = Tensor::from_array(([1, len], vec![1_i64; len]))?.into_dyn();
        let mut input: Vec<(Cow<'_, str>, SessionInputValue<'_>)> =
            vec![("input_values".into(), Tensor::from_array(([1, len], audio.to_vec()))?.into())];
        if self.encoder_takes_mask {
            input.push(("attention_mask".into(), (&mask).into()));
        }
        let heard: DynValue = {
            let mut output = self.encoder.run(input)?;
            output.remove("last_hidden_state").ok_or_else(|| ort::Error::new("the encoder gave no hidden state"))?
        };

        let mut memory: BTreeMap<&str, DynValue> = BTreeMap::new();
        for (name, heads, size) in &self.memory {
            memory.insert(name, Tensor::<f32>::new(&Allocator::default(), [1, *heads, 0, *size])?.into_dyn());
        }
        let mut tokens = Vec::new();
        let mut token = FIRST_TOKEN;
        for step in 0..len * TOKENS_A_SECOND_MAX / RATE + 6 {
            let first = step == 0;
            let mut input: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = vec![
                ("input_ids".into(), Tensor::from_array(([1_usize, 1], vec![token]))?.into()),
                ("encoder_hidden_states".into(), (&heard).into()),
                ("use_cache_branch".into(), Tensor::from_array(([1_usize], vec![!first]))?.into()),
            ];
            if self.decoder_takes_mask {
                input.push(("encoder_attention_mask".into(), (&mask).into()));
            }
            for (name, value) in &memory {
                input.push(((*name).into(), value.into()));
            }
            let mut output = self.decoder.run(input)?;
            let logprob;
            (token, logprob) = {
                let (_, scores) = output["logits"].try_extract_tensor::<f32>()?;
                likeliest(scores)
            };
            if token == LAST_TOKEN {
                break;
            }
            tokens.push((token, logprob));
            // What the decoder knows of the encoder's output is computed in the first step only.
            for (name, ..) in self.memory.iter().filter(|(name, ..)| first || name.contains("decoder")) {
                if let Some(value) = output.remove(name.replace("past_key_values", "present")) {
                    memory.insert(name, value);
                }
            }
        }
        Ok(tokens)
    }
}

/// The token with the highest score, and the logarithm of its likelihood.
fn likeliest(scores: &[f32]) -> (i64, f32) {
    let Some((token, best)) = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) else { return (LAST_TOKEN, 0.0) };
    let others: f32 = scores.iter().map(|score| (score - best).exp()).sum();
    (token as i64, -others.ln())
}

/// A token's bytes as text.
fn written(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\u{2581}', " ")
}

/// Audio of 8 kHz as the model wants it: 16 kHz, −1 to 1, with a little silence around it, without which it drops words.
pub(crate) fn prepare(samples_8k: &[i16]) -> Vec<f32> {
    let mut audio = vec![0.0; RATE / 10];
    audio.extend(Resampler::whole(1, 2, samples_8k).into_iter().map(|s| f32::from(s) / 32_768.0));
    audio.extend(std::iter::repeat_n(0.0, RATE / 5));
    audio
}

/// Audio of 8 kHz in parts that are short enough.
pub(crate) fn parts(samples_8k: &[i16]) -> Vec<&[i16]> {
    let mut found = Vec::new();
    let mut rest = samples_8k;
    while rest.len() > PART_MAX {
        const WINDOW: usize = 800;
        let energy = |i: usize| rest[i..i + WINDOW].iter().map(|&s| i64::from(s).pow(2)).sum::<i64>();
        let quietest = (PART_MIN..PART_MAX - WINDOW).step_by(WINDOW / 2).min_by_key(|&i| energy(i)).unwrap_or(PART_MIN);
        let (part, after) = rest.split_at(quietest + WINDOW / 2);
        found.push(part);
        rest = after;
    }
    found.push(rest);
    found
}

/// Each token is its length (one byte, or two from 128 up) and its bytes. `None` if the file breaks off.
fn read_tokens(mut file: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut tokens = Vec::new();
    while let Some((&low, rest)) = file.split_first() {
        let (len, rest) = match low {
            0..128 => (usize::from(low), rest),
            128.. => {
                let (&high, rest) = rest.split_first()?;
                (usize::from(high) * 128 + usize::from(low) - 128, rest)
            }
        };
        let (token, rest) = rest.split_at_checked(len)?;
        tokens.push(token.to_vec());
        file = rest;
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_audio_is_cut_where_it_is_quiet() {
        let mut audio = vec![1_000; 50 * 8_000];
        audio[17 * 8_000..18 * 8_000].fill(0);
        let parts = parts(&audio);
        assert!((17 * 8_000..18 * 8_000).contains(&parts[0].len()), "{}", parts[0].len());
        assert!(parts.iter().all(|part| part.len() <= PART_MAX));
        assert_eq!(parts.concat().len(), audio.len());
    }

    #[test]
    fn the_likeliest_token_is_as_likely_as_its_score_against_the_others() {
        let (token, logprob) = likeliest(&[0.0, 3.0_f32.ln(), f32::NEG_INFINITY]);
        assert_eq!(token, 1);
        assert!((logprob.exp() - 0.75).abs() < 1e-5, "{logprob}");
        assert!(likeliest(&[-9.0, 40.0]).1.abs() < 1e-5);
    }

    #[test]
    fn tokens_of_both_lengths_are_read_and_a_broken_file_is_refused() {
        let mut file = vec![2, b'h', b'i', 0, 128 + 2, 1];
        file.extend([b'x'; 130]);
        let tokens = read_tokens(&file).unwrap();
        assert_eq!(tokens.iter().map(Vec::len).collect::<Vec<_>>(), [2, 0, 130]);
        assert_eq!(read_tokens(&file[..50]), None);
    }
}
