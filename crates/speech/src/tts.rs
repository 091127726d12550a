//! Text to speech: the host side of the model "hibari".

use crate::resample::Resampler;
use crate::runtime::Runtime;
use crate::waveform::{Spectrum, Synthesis};
use crate::{Error, Manner, Voice};
use ort::session::Session;
use ort::value::Tensor;

const STEP: &str = "text to speech";
/// How much lower the deep voice is. Lower than this, words begin to be misheard.
const DEEP_PITCH: f32 = 0.8;
/// A voice is moved as a whole, its colour with its pitch, as that of a bigger or smaller body; further than this only its pitch
/// is. A low pitch under the colour of a small body is understood in quiet and by nobody in noise.
const BODY: std::ops::RangeInclusive<f32> = 0.8..=1.25;
/// The steps in which it is moved, as a share.
const BODY_STEPS: f32 = 20.0;

/// One instance of the model; says one thing at a time.
pub(crate) struct Speaker {
    model: Session,
    synthesis: Synthesis,
}

impl Speaker {
    pub(crate) fn load(runtime: &Runtime) -> Result<Self, Error> {
        Ok(Self { model: runtime.session("hibari/hibari.onnx")?, synthesis: Synthesis::new() })
    }

    /// Speech for the sounds of one sentence, 24 kHz.
    pub(crate) fn say(&mut self, sounds: &[i64], manner: Manner) -> Result<Vec<f32>, Error> {
        let run = |source| Error::Model { step: STEP, source };
        let ids = Tensor::from_array(([1, sounds.len()], sounds.to_vec())).map_err(run)?;
        let higher = manner.pitch.clamp(0.5, 2.0);
        let higher = match manner.voice {
            Voice::Bright => higher,
            Voice::Deep => higher * DEEP_PITCH,
        };
        let body = (higher.clamp(*BODY.start(), *BODY.end()) * BODY_STEPS).round() / BODY_STEPS;
        // What is played slower is said faster.
        let speed = manner.speed.clamp(0.5, 2.0) / body;
        let speed = Tensor::from_array(([1_usize], vec![speed])).map_err(run)?;
        let output = self.model.run(ort::inputs!["ids" => ids, "speed" => speed]).map_err(run)?;
        if output.len() < 6 {
            return Err(Error::Shape { step: STEP, what: "six layers" });
        }
        let layer = |i: usize| output[i].try_extract_tensor::<f32>().map(|(_, values)| values).map_err(run);
        let pitch: Vec<f32> = layer(5)?.iter().map(|hz| hz * higher / body).collect();
        let spectrum = Spectrum {
            harmonic: layer(0)?,
            harmonic_phase: layer(1)?,
            noise: layer(2)?,
            free: layer(3)?,
            free_phase: layer(4)?,
            pitch: &pitch,
        };
        if !spectrum.is_consistent() {
            return Err(Error::Shape { step: STEP, what: "layers of one size" });
        }
        Ok(in_body(self.synthesis.waveform(&spectrum), body))
    }
}

/// The same speech, everything in it so much higher, and as much shorter.
fn in_body(speech: Vec<f32>, body: f32) -> Vec<f32> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
    let (down, up) = ((body * BODY_STEPS).round() as usize, BODY_STEPS as usize);
    if down == up { speech } else { Resampler::new(down, up).push(&speech) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    #[test]
    fn a_bigger_body_has_everything_lower_and_longer() {
        let tone: Vec<f32> = (0..24_000).map(|n| (n as f32 / 24_000.0 * 200.0 * TAU).sin()).collect();
        let crossings = |wave: &[f32]| wave.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        let lower = in_body(tone.clone(), 0.8);
        assert!((29_900..=30_000).contains(&lower.len()), "{}", lower.len());
        let waves = crossings(&lower[1_500..28_500]);
        assert!((179..=181).contains(&waves), "the same waves in more time: {waves}");
        assert_eq!(in_body(tone.clone(), 1.0), tone);
    }
}
