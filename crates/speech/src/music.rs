//! Telling music from speech, because a recogniser makes words of everything.

use realfft::RealFftPlanner;

/// Samples of 8 kHz in one look: 64 ms.
const FRAME: usize = 512;
/// From one look to the next: 32 ms.
const HOP: usize = 256;
/// A tone of music goes on for so many looks: 224 ms.
const TONE_HOPS: usize = 7;
/// How far it may move meanwhile, as a share of its pitch; a voice glides further.
const DRIFT_MAX: f32 = 0.01;
/// A tone is no weaker than this share of the strongest one.
const WEAKEST: f32 = 0.2;
/// Quieter looks than this share of the loudest one do not count.
const QUIET: f32 = 0.05;
/// Music from this share of steady looks on; speech has none but by chance.
const STEADY_MIN: f32 = 0.2;
/// Looks that are judged together: about a second.
const BLOCK: usize = 32;
/// Blocks with fewer looks that count are not judged: they go the way of the one before.
const COUNTED_MIN: usize = 12;

/// The samples without the music before and after what is no music; empty if all of it is.
pub(crate) fn without_music(samples_8k: &[i16]) -> &[i16] {
    let steady = steady_looks(samples_8k);
    let mut spoken: Vec<bool> = Vec::new();
    for block in steady.chunks(BLOCK) {
        let counted = block.iter().flatten().count();
        let steady = block.iter().flatten().filter(|steady| **steady).count();
        let unsure = counted < COUNTED_MIN;
        let speech = if unsure { spoken.last().copied().unwrap_or(true) } else { (steady as f32) < counted as f32 * STEADY_MIN };
        spoken.push(speech);
    }
    if spoken.is_empty() {
        return samples_8k;
    }
    let (Some(first), Some(last)) = (spoken.iter().position(|speech| *speech), spoken.iter().rposition(|speech| *speech)) else {
        return &[];
    };
    // The music ends somewhere within its last block, with its last steady look, and begins with its first.
    let is_steady = |look: &Option<bool>| *look == Some(true);
    let before = steady[..first * BLOCK].iter().rposition(is_steady).map_or(0, |look| look + TONE_HOPS);
    let rest = (last + 1) * BLOCK;
    let after = steady.get(rest..).and_then(|rest| rest.iter().position(is_steady)).map(|look| rest + look);
    let place = |look: usize| (look * HOP).min(samples_8k.len());
    &samples_8k[place(before)..after.map_or(samples_8k.len(), place)]
}

/// For each look whether its strongest tone is still there, unmoved, [`TONE_HOPS`] later; `None` for a quiet one.
fn steady_looks(samples_8k: &[i16]) -> Vec<Option<bool>> {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(FRAME);
    let (mut input, mut output) = (fft.make_input_vec(), fft.make_output_vec());
    let mut looks = Vec::new();
    for frame in samples_8k.windows(FRAME).step_by(HOP) {
        for (at, (to, sample)) in input.iter_mut().zip(frame).enumerate() {
            let window = 0.5 - 0.5 * (std::f32::consts::TAU * at as f32 / FRAME as f32).cos();
            *to = f32::from(*sample) * window;
        }
        if fft.process(&mut input, &mut output).is_err() {
            return Vec::new();
        }
        let spectrum: Vec<f32> = output.iter().map(|bin| bin.norm()).collect();
        looks.push(tones(&spectrum));
    }
    let loudest = looks.iter().map(|look| look.loudness).fold(0.0, f32::max);
    let judged = |span: &[Look]| {
        let now = span.first().filter(|look| look.loudness >= loudest * QUIET && look.loudness > 0.0)?;
        let tone = *now.tones.first()?;
        let stays = |look: &Look| look.tones.iter().any(|other| (other - tone).abs() <= DRIFT_MAX * tone);
        Some(span[1..].iter().all(stays))
    };
    looks.windows(TONE_HOPS + 1).map(judged).collect()
}

/// What sounds at one moment.
struct Look {
    /// Pitches in bins, the strongest first.
    tones: Vec<f32>,
    loudness: f32,
}

/// The peaks of a spectrum.
fn tones(spectrum: &[f32]) -> Look {
    let mut peaks: Vec<(f32, f32)> = (5..spectrum.len() - 1)
        .filter(|&i| spectrum[i] > spectrum[i - 1] && spectrum[i] >= spectrum[i + 1])
        .map(|i| {
            // The top of a parabola through three bins lies between them.
            let (left, top, right) = (spectrum[i - 1], spectrum[i], spectrum[i + 1]);
            let bend = left - 2.0 * top + right;
            let aside = if bend == 0.0 { 0.0 } else { 0.5 * (left - right) / bend };
            (top, i as f32 + aside)
        })
        .collect();
    peaks.sort_by(|one, other| other.0.total_cmp(&one.0));
    let strongest = peaks.first().map_or(0.0, |peak| peak.0);
    let tones = peaks.into_iter().take_while(|peak| peak.0 >= strongest * WEAKEST).map(|(_, place)| place).collect();
    Look { tones, loudness: strongest }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a chord.
    fn chord() -> impl Iterator<Item = i16> {
        (0..8_000).map(|n| {
            let tone = |hz: f32| (n as f32 / 8_000.0 * hz * std::f32::consts::TAU).sin();
            ((tone(220.0) + tone(277.2) + tone(329.6)) * 4_000.0) as i16
        })
    }

    /// So many seconds of a buzz whose pitch glides as a voice's does.
    fn voice(seconds: usize) -> Vec<i16> {
        let mut phase = 0.0_f32;
        (0..seconds * 8_000)
            .map(|n| {
                let hz = 120.0 + 25.0 * (n as f32 / 8_000.0 * 9.0).sin();
                phase += hz / 8_000.0 * std::f32::consts::TAU;
                ((1..12).map(|h| (phase * h as f32).sin()).sum::<f32>() * 1_500.0) as i16
            })
            .collect()
    }

    #[test]
    fn music_is_cut_off_and_speech_stays() {
        let music: Vec<i16> = std::iter::repeat_with(chord).take(6).flatten().collect();
        assert_eq!(without_music(&music), &[] as &[i16]);
        let speech = voice(3);
        assert_eq!(without_music(&speech), speech);
        let both = [music.as_slice(), &speech, &music].concat();
        let left = without_music(&both).len();
        assert!((3 * 8_000 - 2_000..5 * 8_000 + 4_000).contains(&left), "{left}");
    }

    #[test]
    fn what_is_too_short_to_judge_stays() {
        let short: Vec<i16> = chord().take(2_000).collect();
        assert_eq!(without_music(&short), short);
        assert_eq!(without_music(&[0; 16_000]), [0; 16_000]);
        assert_eq!(without_music(&[]), &[] as &[i16]);
    }
}
