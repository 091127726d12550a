//! What is on a line: silence, speech, music or a tone. Judged over the last 600 ms, anew every 32 ms.
//!
//! Music holds its pitches, a voice glides; a voice rises and falls, noise does not. Whoever listens adds up the judgements, since
//! each of them may be wrong: a fading chord, a drawn-out vowel.

use crate::g711;
use realfft::{RealFftPlanner, RealToComplex};
use std::collections::VecDeque;
use std::f32::consts::TAU;
use std::sync::{Arc, LazyLock};

/// From one judgement to the next, milliseconds.
pub const LOOK_MS: u64 = 32;

/// Samples in one look at the spectrum: 64 ms.
const FRAME: usize = 512;
/// Samples from one look to the next.
const HOP: usize = 256;
/// Looks that are judged together: 608 ms.
const WINDOW: usize = 19;
/// A tone of music goes on for so many looks, 192 ms, with no more drift than this share of its pitch.
const TONE_LOOKS: usize = 6;
const DRIFT_MAX: f32 = 0.012;
/// A tone is no weaker than this share of the strongest one of its look.
const WEAKEST: f32 = 0.2;
/// The strongest tones that are remembered of a look.
const TONES_MAX: usize = 8;
/// Quieter than this, as root mean square of 16-bit samples, is silence: about −46 dB.
const QUIET: f32 = 160.0;
/// With fewer looks that sound, the window is silent.
const SOUNDING_MIN: usize = 5;
/// Music from this share of steady looks on.
const STEADY_MIN: f32 = 0.3;
/// A tone or two, and nothing else, for almost the whole window.
const TONE_STEADY_MIN: f32 = 0.9;
const TONE_PURITY_MIN: f32 = 0.9;
/// A voice's loudest look is louder than its softest by this factor; noise is even.
const LIVELY_MIN: f32 = 2.2;

/// What is on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// Nothing, or even noise.
    Silence,
    /// Somebody speaks, or a recording of somebody does.
    Speech,
    /// Music.
    Music,
    /// One or two steady tones: ringing, a fax, a dialling tone.
    Tone,
}

/// Listens to a line.
pub struct Listener {
    fft: Arc<dyn RealToComplex<f32>>,
    samples: VecDeque<i16>,
    looks: VecDeque<Look>,
    input: Vec<f32>,
    output: Vec<realfft::num_complex::Complex<f32>>,
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").field("looks", &self.looks.len()).finish_non_exhaustive()
    }
}

/// One moment.
#[derive(Debug)]
struct Look {
    loudness: f32,
    /// Pitches in bins, the strongest first; none when it is quiet.
    tones: Vec<f32>,
    /// How much of its power the two strongest hold.
    purity: f32,
    /// One of its strongest tones has been there, unmoved, for [`TONE_LOOKS`].
    steady: bool,
}

impl Default for Listener {
    fn default() -> Self {
        static FFT: LazyLock<Arc<dyn RealToComplex<f32>>> =
            LazyLock::new(|| RealFftPlanner::<f32>::new().plan_fft_forward(FRAME));
        let fft = Arc::clone(&FFT);
        Self {
            input: fft.make_input_vec(),
            output: fft.make_output_vec(),
            fft,
            samples: VecDeque::with_capacity(FRAME + HOP),
            looks: VecDeque::with_capacity(WINDOW + 1),
        }
    }
}

impl Listener {
    /// Has heard nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets what it has heard.
    pub fn forget(&mut self) {
        self.samples.clear();
        self.looks.clear();
    }

    /// Takes µ-law audio at 8 kHz; gives a judgement for each [`LOOK_MS`] of it.
    pub fn hear(&mut self, audio: &[u8]) -> Vec<Sound> {
        self.samples.extend(audio.iter().map(|byte| g711::decode_sample(*byte)));
        let mut sounds = Vec::new();
        while self.samples.len() >= FRAME {
            let look = self.look();
            self.looks.push_back(look);
            if self.looks.len() > WINDOW {
                self.looks.pop_front();
            }
            self.samples.drain(..HOP);
            sounds.push(self.judge());
        }
        sounds
    }

    fn look(&mut self) -> Look {
        let newest = self.samples.range(FRAME - HOP..FRAME);
        let loudness = (newest.map(|sample| f32::from(*sample).powi(2)).sum::<f32>() / HOP as f32).sqrt();
        let quiet = || Look { loudness, tones: Vec::new(), purity: 0.0, steady: false };
        if loudness < QUIET {
            return quiet();
        }
        for (at, (to, sample)) in self.input.iter_mut().zip(self.samples.range(..FRAME)).enumerate() {
            let window = 0.5 - 0.5 * (TAU * at as f32 / FRAME as f32).cos();
            *to = f32::from(*sample) * window;
        }
        if self.fft.process(&mut self.input, &mut self.output).is_err() {
            return quiet();
        }
        let spectrum: Vec<f32> = self.output.iter().map(|bin| bin.norm()).collect();
        let (tones, purity) = tones(&spectrum);
        // The strongest tone of now, and whether each look before had one there.
        let before = self.looks.len().checked_sub(TONE_LOOKS);
        let steady = tones.first().zip(before).is_some_and(|(tone, before)| {
            let there = |look: &Look| look.tones.iter().any(|other| (other - tone).abs() <= DRIFT_MAX * tone);
            self.looks.range(before..).all(there)
        });
        Look { loudness, tones, purity, steady }
    }

    fn judge(&self) -> Sound {
        let loudest = self.looks.iter().map(|look| look.loudness).fold(0.0, f32::max);
        let softest = self.looks.iter().map(|look| look.loudness).fold(f32::MAX, f32::min);
        let sounding: Vec<&Look> = self.looks.iter().filter(|look| look.loudness >= QUIET.max(loudest * 0.1)).collect();
        if sounding.len() < SOUNDING_MIN {
            return Sound::Silence;
        }
        // The first looks of a sound cannot be steady yet.
        let judged = (sounding.len() - SOUNDING_MIN.min(sounding.len() - 1)) as f32;
        let steady = sounding.iter().filter(|look| look.steady).count() as f32 / judged;
        let pure = sounding.iter().filter(|look| look.purity >= TONE_PURITY_MIN).count() as f32 / sounding.len() as f32;
        if steady >= TONE_STEADY_MIN && pure >= TONE_STEADY_MIN {
            Sound::Tone
        } else if steady >= STEADY_MIN {
            Sound::Music
        } else if loudest >= softest * LIVELY_MIN {
            Sound::Speech
        } else {
            Sound::Silence
        }
    }
}

/// The peaks of a spectrum, the strongest first, and how much of the power the two strongest hold.
fn tones(spectrum: &[f32]) -> (Vec<f32>, f32) {
    let mut peaks: Vec<(f32, usize)> = (5..spectrum.len() - 1)
        .filter(|&i| spectrum[i] > spectrum[i - 1] && spectrum[i] >= spectrum[i + 1])
        .map(|i| (spectrum[i], i))
        .collect();
    peaks.sort_by(|one, other| other.0.total_cmp(&one.0));
    let strongest = peaks.first().map_or(0.0, |peak| peak.0);
    let power = |bins: &[f32]| bins.iter().map(|bin| bin * bin).sum::<f32>();
    let near = |i: usize| power(&spectrum[i.saturating_sub(2)..(i + 3).min(spectrum.len())]);
    let two: f32 = peaks.iter().take(2).map(|(_, i)| near(*i)).sum();
    let purity = two / power(spectrum).max(1.0);
    let exact = |&(_, i): &(f32, usize)| {
        // The top of a parabola through three bins lies between them.
        let (left, top, right) = (spectrum[i - 1], spectrum[i], spectrum[i + 1]);
        let bend = left - 2.0 * top + right;
        let aside = if bend == 0.0 { 0.0 } else { 0.5 * (left - right) / bend };
        i as f32 + aside
    };
    let strong = peaks.iter().take_while(|peak| peak.0 >= strongest * WEAKEST).take(TONES_MAX);
    (strong.map(exact).collect(), purity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::{music, noise, voice};

    /// The share of judgements that are this one.
    fn share(audio: &[u8], wanted: Sound) -> f32 {
        let sounds = Listener::new().hear(audio);
        let judged = &sounds[WINDOW.min(sounds.len())..];
        judged.iter().filter(|sound| **sound == wanted).count() as f32 / judged.len() as f32
    }

    /// The longest time that this was heard without a break, milliseconds.
    fn longest(audio: &[u8], wanted: Sound) -> u64 {
        let sounds = Listener::new().hear(audio);
        sounds.split(|sound| *sound != wanted).map(|run| run.len() as u64 * LOOK_MS).max().unwrap_or(0)
    }

    #[test]
    fn music_is_music_from_its_first_second_to_its_last() {
        let audio = music(20_000);
        assert!(share(&audio, Sound::Music) > 0.95, "{}", share(&audio, Sound::Music));
        assert!(longest(&audio, Sound::Speech) < 300, "{}", longest(&audio, Sound::Speech));
        let pieces: Vec<u8> = (0..5).flat_map(|_| [music(5_000), vec![g711::SILENCE; 8_000]].concat()).collect();
        assert!(longest(&pieces, Sound::Speech) < 300, "{}", longest(&pieces, Sound::Speech));
    }

    #[test]
    fn a_voice_is_speech() {
        let audio = voice(10_000);
        assert!(share(&audio, Sound::Speech) > 0.9, "{}", share(&audio, Sound::Speech));
        assert!(longest(&audio, Sound::Music) < 300, "{}", longest(&audio, Sound::Music));
    }

    #[test]
    fn silence_and_even_noise_are_silence() {
        assert!(share(&[g711::SILENCE; 80_000], Sound::Silence) > 0.99);
        for loudness in [300.0, 3_000.0] {
            let audio = noise(10_000, loudness);
            assert!(share(&audio, Sound::Silence) > 0.95, "{loudness}: {}", share(&audio, Sound::Silence));
        }
    }

    #[test]
    fn ringing_and_a_fax_are_tones() {
        let of = |hz: &[f32]| -> Vec<u8> {
            let wave = |n: usize| hz.iter().map(|hz| (TAU * hz * n as f32 / 8_000.0).sin()).sum::<f32>();
            (0..40_000).map(|n| g711::encode_sample((wave(n) * 5_000.0) as i16)).collect()
        };
        for hz in [&[440.0, 480.0][..], &[1_100.0], &[2_100.0]] {
            assert!(share(&of(hz), Sound::Tone) > 0.9, "{hz:?}: {}", share(&of(hz), Sound::Tone));
        }
    }

    #[test]
    fn speech_after_music_is_noticed_within_a_second() {
        let mut listener = Listener::new();
        listener.hear(&[music(8_000), vec![g711::SILENCE; 4_000]].concat());
        let sounds = listener.hear(&voice(2_000));
        let began = sounds.windows(12).position(|run| run.iter().all(|sound| *sound == Sound::Speech));
        let noticed = (began.expect("it is noticed") as u64 + 12) * LOOK_MS;
        assert!(noticed < 1_000, "{noticed} ms");
    }
}
