//! From the spectrum that the speech model predicts to a waveform.
//!
//! The model gives five layers for each frame of 12.5 ms: magnitude and phase of the harmonic part, magnitude of the noise,
//! magnitude and phase of a free part; and the pitch. A pulse train of that pitch, filtered by the first two, plus shaped
//! noise, plus the free part, is transformed back. Method: hibari-tts (Apache-2.0), `hibari/dsp.py`.

use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::f32::consts::PI;
use std::sync::Arc;

const FFT: usize = 1_200;
const HOP: usize = 300;
const BINS: usize = FFT / 2 + 1;
const RATE: f64 = 24_000.0;
/// Below this pitch a frame has no voice, in hertz.
const VOICED_HZ: f32 = 40.0;
/// Harmonics go up to here, in hertz.
const HARMONICS_HZ: f32 = 11_000.0;

/// What the model predicts; each layer is `BINS` rows of one value a frame.
pub(crate) struct Spectrum<'a> {
    pub(crate) harmonic: &'a [f32],
    pub(crate) harmonic_phase: &'a [f32],
    pub(crate) noise: &'a [f32],
    pub(crate) free: &'a [f32],
    pub(crate) free_phase: &'a [f32],
    /// One value a frame, in hertz.
    pub(crate) pitch: &'a [f32],
}

impl Spectrum<'_> {
    /// Whether the layers have the sizes that belong together.
    pub(crate) fn is_consistent(&self) -> bool {
        let size = BINS * self.pitch.len();
        [self.harmonic, self.harmonic_phase, self.noise, self.free, self.free_phase].iter().all(|layer| layer.len() == size)
    }
}

/// The transforms, made once.
pub(crate) struct Synthesis {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    window: Vec<f32>,
}

impl Synthesis {
    pub(crate) fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let window = (0..FFT).map(|i| 0.5 - 0.5 * (2.0 * PI * i as f32 / FFT as f32).cos()).collect();
        Self { forward: planner.plan_fft_forward(FFT), inverse: planner.plan_fft_inverse(FFT), window }
    }

    /// The waveform, 24 kHz, about −1 to 1. The same spectrum always gives the same waveform.
    pub(crate) fn waveform(&self, spectrum: &Spectrum<'_>) -> Vec<f32> {
        let frames = spectrum.pitch.len();
        if frames == 0 {
            return Vec::new();
        }
        let pulses = mirrored(&pulse_train(spectrum.pitch));
        let mut noise = Noise::new();
        let mut sum = vec![0.0; (frames + 3) * HOP];
        let mut weight = vec![0.0; (frames + 3) * HOP];
        let mut block = vec![0.0; FFT];
        let mut bins = vec![Complex32::default(); BINS];
        for frame in 0..frames {
            let begin = frame * HOP;
            for (i, sample) in block.iter_mut().enumerate() {
                *sample = pulses[begin + i] * self.window[i] / (FFT as f32 / 4.0);
            }
            self.forward.process(&mut block, &mut bins).expect("the buffers have the planned sizes");
            for (row, bin) in bins.iter_mut().enumerate() {
                let at = row * frames + frame;
                *bin *= Complex32::from_polar(magnitude(spectrum.harmonic[at]), spectrum.harmonic_phase[at].tanh() * PI);
                *bin += noise.next() * magnitude(spectrum.noise[at]);
                *bin += Complex32::from_polar(magnitude(spectrum.free[at]), spectrum.free_phase[at]);
            }
            // A real signal has none there, and the transform insists.
            bins[0].im = 0.0;
            bins[BINS - 1].im = 0.0;
            self.inverse.process(&mut bins, &mut block).expect("the buffers have the planned sizes");
            for (i, sample) in block.iter().enumerate() {
                let window = self.window[i];
                sum[begin + i] += sample / FFT as f32 * window;
                weight[begin + i] += window * window;
            }
        }
        let middle = FFT / 2..FFT / 2 + frames * HOP;
        sum[middle.clone()].iter().zip(&weight[middle]).map(|(sum, weight)| sum / weight.max(1e-11)).collect()
    }
}

fn magnitude(log: f32) -> f32 {
    log.min(7.0).exp()
}

/// All harmonics of the pitch below [`HARMONICS_HZ`] at equal strength; nothing where there is no voice.
fn pulse_train(pitch: &[f32]) -> Vec<f32> {
    let mut phase = 0.0_f64;
    (0..pitch.len() * HOP)
        .map(|k| {
            let (frame, j) = (k / HOP, k % HOP);
            let (before, after) = if j < HOP / 2 {
                (pitch[frame.saturating_sub(1)], pitch[frame])
            } else {
                (pitch[frame], pitch[(frame + 1).min(pitch.len() - 1)])
            };
            let share = ((j as f32 + 0.5) / HOP as f32 + 0.5) % 1.0;
            let hz = before * (1.0 - share) + after * share;
            let voiced = hz > VOICED_HZ;
            let hz = hz.max(VOICED_HZ);
            phase = (phase + f64::from(hz) / RATE).fract();
            if !voiced {
                return 0.0;
            }
            // Σ cos(h·t) for h = 1…H is sin((H + ½)t) / (2 sin(t/2)) − ½, and H where t is a whole turn.
            let t = (phase * 2.0 * std::f64::consts::PI) as f32;
            let order = (HARMONICS_HZ / hz).floor() + 0.5;
            let divisor = 2.0 * (t * 0.5).sin();
            (if divisor.abs() <= 2e-3 { order } else { (order * t).sin() / divisor }) - 0.5
        })
        .collect()
}

/// With half a block more on each side, mirrored, so that the first and the last frame are whole.
fn mirrored(samples: &[f32]) -> Vec<f32> {
    let last = samples.len() - 1;
    let before = (1..=FFT / 2).rev().map(|i| samples[i.min(last)]);
    let after = (1..=FFT / 2).map(|i| samples[last.saturating_sub(i)]);
    before.chain(samples.iter().copied()).chain(after).collect()
}

/// Gaussian noise from a fixed beginning: repeatable speech can be tested and compared.
struct Noise {
    state: u64,
}

impl Noise {
    fn new() -> Self {
        Self { state: 0x9E37_79B9_7F4A_7C15 }
    }

    fn uniform(&mut self) -> f32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        ((self.state >> 40) as f32 + 0.5) / 16_777_216.0
    }

    fn next(&mut self) -> Complex32 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        Complex32::from_polar(radius, 2.0 * PI * self.uniform())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_pitch_comes_out_as_that_pitch() {
        let frames = 80;
        let silent = vec![-20.0; BINS * frames];
        let zero = vec![0.0; BINS * frames];
        let pitch = vec![200.0; frames];
        let loud = vec![1.0; BINS * frames];
        let spectrum =
            Spectrum { harmonic: &loud, harmonic_phase: &zero, noise: &silent, free: &silent, free_phase: &zero, pitch: &pitch };
        assert!(spectrum.is_consistent());
        let wave = Synthesis::new().waveform(&spectrum);
        assert_eq!(wave.len(), frames * HOP);
        let peaks: Vec<usize> = (3_000..9_000)
            .filter(|&i| wave[i] > 0.5 * wave.iter().copied().fold(0.0, f32::max))
            .filter(|&i| wave[i] >= wave[i - 1] && wave[i] > wave[i + 1])
            .collect();
        assert!(peaks.windows(2).all(|pair| (119..=121).contains(&(pair[1] - pair[0]))), "{peaks:?}");
    }
}
