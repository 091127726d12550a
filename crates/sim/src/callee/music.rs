//! Hold music, made of tones: four chords, and a tune over them.

use wire::g711;

const RATE: usize = 8_000;
/// Samples of one note: 375 ms.
const NOTE: usize = RATE * 3 / 8;
const NOTES_A_BAR: usize = 4;
/// C, A minor, F, G; in hertz.
const CHORDS: [[f32; 3]; 4] = [[261.6, 329.6, 392.0], [220.0, 261.6, 329.6], [174.6, 220.0, 261.6], [196.0, 246.9, 293.7]];
/// Which tone of the chord the tune takes, an octave higher.
const TUNE: [usize; NOTES_A_BAR] = [0, 1, 2, 1];
/// About as loud as speech, of 32,767.
const LOUDNESS: f32 = 9_000.0;
/// In and out, so that nothing clicks.
const FADE: usize = RATE / 4;

/// So much music, µ-law.
pub fn music(ms: u64) -> Vec<u8> {
    let samples = usize::try_from(ms).unwrap_or(0) * RATE / 1_000;
    (0..samples)
        .map(|n| {
            let fade = (n.min(samples - n) as f32 / FADE as f32).min(1.0);
            g711::encode_sample((sample(n) * fade * LOUDNESS) as i16)
        })
        .collect()
}

/// −1 to 1.
fn sample(n: usize) -> f32 {
    let chord = CHORDS[n / (NOTE * NOTES_A_BAR) % CHORDS.len()];
    let tune = chord[TUNE[n / NOTE % NOTES_A_BAR]] * 2.0;
    let wave = |hz: f32| (n as f32 / RATE as f32 * hz * std::f32::consts::TAU).sin();
    let since = (n % NOTE) as f32 / NOTE as f32;
    let plucked = (-3.0 * since).exp() * (since * 60.0).min(1.0);
    let pad: f32 = chord.iter().map(|hz| wave(*hz)).sum::<f32>() / 3.0;
    let lead: f32 = (1_u8..6).map(|h| wave(tune * f32::from(h)) / f32::from(h)).sum::<f32>() / 2.0;
    pad * 0.3 + lead * plucked * 0.6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_as_long_as_asked_for_loud_enough_and_not_clipped() {
        let audio = music(10_000);
        assert_eq!(audio.len(), 80_000);
        let samples: Vec<i32> = g711::decode(&audio).into_iter().map(i32::from).collect();
        let rms = (samples.iter().map(|s| s * s / 80_000).sum::<i32>() as f32).sqrt();
        let peak = samples.iter().map(|s| s.abs()).max().unwrap();
        assert!((1_000.0..6_000.0).contains(&rms) && peak < 20_000, "{rms} {peak}");
        assert!(samples[0].abs() < 100 && samples[79_999].abs() < 200);
        assert_eq!(music(0), Vec::<u8>::new());
    }
}
