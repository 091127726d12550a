//! How loud speech is, and where it begins and ends.

/// Loudness of our own speech while it sounds: −20 dB of full scale, as telephone networks expect (ITU-T P.56, G.711 levels).
const SPEECH_RMS: f32 = 0.1;
/// Peaks stay below −1.5 dB, so that nothing is clipped.
const PEAK_MAX: f32 = 0.84;
/// What is quieter than this part of the loudest 10 ms is silence.
const SILENCE_RATIO: f32 = 0.02;
/// What is left of the silence before and after speech, in milliseconds.
const LEAD_MS: usize = 20;
const TAIL_MS: usize = 120;

/// Whether there is nothing in the samples that could be speech (below −60 dB).
pub(crate) fn is_silent(samples: &[i16]) -> bool {
    rms(samples) < 32.0
}

/// The root of the mean of the squares, in steps of 16 bit; 0 for nothing.
pub(crate) fn rms(samples: &[i16]) -> f32 {
    let energy: f64 = samples.iter().map(|&s| f64::from(s).powi(2)).sum();
    (energy / samples.len().max(1) as f64).sqrt() as f32
}

/// One sentence, cut to its speech plus a breath, at an even loudness, as 16 bit.
pub(crate) fn even(speech: &[f32], rate: usize) -> Vec<i16> {
    let window = rate / 100;
    let energy: Vec<f32> =
        speech.chunks(window).map(|chunk| (chunk.iter().map(|s| s * s).sum::<f32>() / chunk.len() as f32).sqrt()).collect();
    let loudest = energy.iter().copied().fold(0.0, f32::max);
    let sounds = |&level: &f32| level > loudest * SILENCE_RATIO && level > 1e-4;
    let (Some(first), Some(last)) = (energy.iter().position(sounds), energy.iter().rposition(sounds)) else {
        return Vec::new();
    };
    let begin = (first * window).saturating_sub(rate * LEAD_MS / 1000);
    let end = ((last + 1) * window + rate * TAIL_MS / 1000).min(speech.len());
    // Pauses do not count, or a slow sentence would come out louder.
    let loud: Vec<f32> = energy.iter().copied().filter(|&level| level > loudest * 0.1).collect();
    let rms = (loud.iter().map(|level| level * level).sum::<f32>() / loud.len() as f32).sqrt();
    let peak = speech.iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
    let gain = (SPEECH_RMS / rms).min(PEAK_MAX / peak);
    let mut samples: Vec<i16> = speech[begin..end].iter().map(|s| (s * gain * 32_767.0) as i16).collect();
    // The breath is there even where the model gave none.
    let tail = rate * TAIL_MS / 1000;
    let sounding = ((last + 1) * window).min(speech.len()) - begin;
    samples.resize(samples.len().max(sounding + tail), 0);
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_cut_and_loudness_made_even() {
        let mut speech = vec![0.0; 24_000];
        speech.extend((0..24_000).map(|i| 0.01 * (i as f32 * 0.1).sin()));
        speech.extend(vec![0.0; 24_000]);
        let even = even(&speech, 24_000);
        assert!((24_000..24_000 + 24 * 150).contains(&even.len()), "{}", even.len());
        let middle = &even[12_000..20_000];
        let rms = (middle.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / middle.len() as f64).sqrt() / 32_767.0;
        assert!((0.095..0.105).contains(&rms), "{rms}");
    }

    #[test]
    fn nothing_stays_nothing() {
        assert!(even(&[0.0; 4_000], 24_000).is_empty());
        assert!(is_silent(&[]) && is_silent(&[3; 100]) && !is_silent(&[3_000; 100]));
    }
}
