//! Says something into a WAV file: `say OUT.wav WORDS [PAUSE_MS WORDS]…`, with a silence of `PAUSE_MS` before what follows it.
//!
//! The story tests let Chromium's fake microphone speak such a file.

use speech::{SAMPLE_RATE, Speech, Voice, default_models_dir};
use std::error::Error;

const SPEC: hound::WavSpec =
    hound::WavSpec { channels: 1, sample_rate: SAMPLE_RATE, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: say OUT.wav WORDS [PAUSE_MS WORDS]…")?;
    let speech = Speech::load(&default_models_dir(), 1)?;
    let mut wav = hound::WavWriter::create(file, SPEC)?;
    for argument in arguments {
        let samples = match argument.parse::<usize>() {
            Ok(pause_ms) => vec![0; pause_ms * SAMPLE_RATE as usize / 1_000],
            Err(_) => speech.say(&argument, Voice::Bright)?,
        };
        for sample in samples {
            wav.write_sample(sample)?;
        }
    }
    Ok(wav.finalize()?)
}
