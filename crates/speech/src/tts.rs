//! Text to speech: the host side of the model "hibari".

use crate::runtime::Runtime;
use crate::waveform::{Spectrum, Synthesis};
use crate::{Error, Manner, Voice};
use ort::session::Session;
use ort::value::Tensor;

const STEP: &str = "text to speech";
/// How much lower the deep voice is. Lower than this, words begin to be misheard.
const DEEP_PITCH: f32 = 0.7;

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
        let speed = Tensor::from_array(([1_usize], vec![manner.speed.clamp(0.5, 2.0)])).map_err(run)?;
        let output = self.model.run(ort::inputs!["ids" => ids, "speed" => speed]).map_err(run)?;
        if output.len() < 6 {
            return Err(Error::Shape { step: STEP, what: "six layers" });
        }
        let layer = |i: usize| output[i].try_extract_tensor::<f32>().map(|(_, values)| values).map_err(run);
        let higher = manner.pitch.clamp(0.5, 2.0);
        let higher = match manner.voice {
            Voice::Bright => higher,
            Voice::Deep => higher * DEEP_PITCH,
        };
        let pitch: Vec<f32> = layer(5)?.iter().map(|hz| hz * higher).collect();
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
        Ok(self.synthesis.waveform(&spectrum))
    }
}
