//! Who speaks when: voice activity, beginnings and ends of speech.

use crate::floor::Floor;
use crate::resample::Resampler;
use earshot::Detector;

/// Samples of 8 kHz in one frame of the detector: 16 ms.
const FRAME: usize = 128;
/// Speech that goes on for longer is given away in pieces, so that memory is bounded. In milliseconds.
const SPEECH_MAX_MS: u64 = 30_000;
/// Speech goes on while the detector is at most this much below the threshold: words fade.
const FADE: f32 = 0.15;

/// Speech is this much louder than the noise around it when it begins, and this much while it goes on, as factors of the amplitude.
const BEGINS_OVER_NOISE: f32 = 2.0;
const GOES_ON_OVER_NOISE: f32 = 1.4;
/// In noise the quiet ends of words are not heard, so that a pause within a sentence seems longer by this much, in milliseconds.
const PAUSE_IN_NOISE_MS: u32 = 250;

/// What counts as speech.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarConfig {
    /// How sure the detector must be, 0 to 1.
    pub threshold: f32,
    /// Shorter sounds are none, in milliseconds.
    pub min_speech_ms: u32,
    /// Speech has ended after this much silence, in milliseconds.
    pub silence_ms: u32,
    /// How much audio before the first sound belongs to it, in milliseconds.
    pub prefix_padding_ms: u32,
}

impl Default for EarConfig {
    fn default() -> Self {
        Self { threshold: 0.5, min_speech_ms: 64, silence_ms: 300, prefix_padding_ms: 300 }
    }
}

/// What an ear notices. All times are milliseconds of audio pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarEvent {
    /// Somebody has begun to speak.
    Started {
        /// Where the speech's audio begins, its padding included.
        at_ms: u64,
    },
    /// They have stopped.
    Stopped {
        /// Where the samples begin: the same as `at_ms` of [`EarEvent::Started`].
        start_ms: u64,
        /// Where they end, the silence included.
        end_ms: u64,
        /// The audio, 8 kHz.
        samples: Vec<i16>,
    },
}

/// Speech that has not ended yet.
#[derive(Clone, Copy, Debug)]
pub struct Utterance<'a> {
    /// The audio so far, padding and silence included.
    pub samples: &'a [i16],
    /// How long it has been silent, in milliseconds; 0 while there is a voice.
    pub silence_ms: u32,
    /// How much there was when a voice was last heard, in samples: unchanged for as long as the silence goes on.
    pub voiced: usize,
}

/// Listens to one side of a call.
pub struct Ear {
    config: EarConfig,
    detector: Box<Detector>,
    resampler: Resampler,
    /// What the detector has not seen yet, 16 kHz.
    pending: Vec<f32>,
    /// In silence: what may become the padding. In speech: all of it.
    audio: Vec<i16>,
    /// Samples pushed that the detector has seen.
    seen: usize,
    /// Samples pushed that it has not; they are not in `audio` yet.
    unseen: Vec<i16>,
    state: State,
    noise: Floor,
}

enum State {
    /// With the number of frames in a row that had a voice.
    Silence {
        voiced_frames: u32,
    },
    Speech {
        start: usize,
        silent_frames: u32,
        voiced: usize,
    },
}

impl Ear {
    /// An ear that has heard nothing yet.
    pub fn new(config: EarConfig) -> Self {
        Self {
            config,
            detector: Detector::default_boxed(),
            resampler: Resampler::new(1, 2),
            pending: Vec::new(),
            audio: Vec::new(),
            seen: 0,
            unseen: Vec::new(),
            state: State::Silence { voiced_frames: 0 },
            noise: Floor::default(),
        }
    }

    /// An ear with other ideas of what speech is, that goes on counting time where this one is. What was heard is forgotten.
    pub fn renewed(&self, config: EarConfig) -> Self {
        Self { seen: self.seen + self.unseen.len(), ..Self::new(config) }
    }

    /// The next samples, any number. Events come in order.
    pub fn push(&mut self, samples_8k: &[i16]) -> Vec<EarEvent> {
        let input: Vec<f32> = samples_8k.iter().map(|&s| f32::from(s) / 32_768.0).collect();
        // Between two samples of clipped sound the resampled wave goes over the top, and the detector takes no more than ±1.
        self.pending.extend(self.resampler.push(&input).into_iter().map(|sample| sample.clamp(-1.0, 1.0)));
        self.unseen.extend_from_slice(samples_8k);
        let mut events = Vec::new();
        while self.pending.len() >= 2 * FRAME {
            let score = self.detector.predict_f32(&self.pending[..2 * FRAME]);
            self.pending.drain(..2 * FRAME);
            let over_noise = self.noise.hear(&self.unseen[..FRAME]);
            self.audio.extend(self.unseen.drain(..FRAME));
            self.seen += FRAME;
            events.extend(self.frame(score, over_noise));
        }
        events
    }

    /// The speech that is going on.
    pub fn utterance(&self) -> Option<Utterance<'_>> {
        match self.state {
            State::Silence { .. } => None,
            State::Speech { silent_frames, voiced, .. } => {
                Some(Utterance { samples: &self.audio, silence_ms: silent_frames * 16, voiced })
            }
        }
    }

    /// Ends the speech that is going on, if any, as if the silence had been long enough. What is not speech yet is forgotten.
    pub fn finish(&mut self) -> Option<EarEvent> {
        let event = self.stop();
        self.audio.clear();
        event
    }

    fn frame(&mut self, score: f32, over_noise: f32) -> Option<EarEvent> {
        match &mut self.state {
            State::Silence { voiced_frames } => {
                let voiced = score >= self.config.threshold && over_noise >= BEGINS_OVER_NOISE;
                *voiced_frames = if voiced { *voiced_frames + 1 } else { 0 };
                let voiced = *voiced_frames as usize * FRAME;
                let keep = (voiced + self.config.prefix_padding_ms as usize * 8).max(FRAME);
                let passed = self.audio.len().saturating_sub(keep);
                self.audio.drain(..passed);
                if *voiced_frames * 16 < self.config.min_speech_ms.max(16) {
                    return None;
                }
                let start = self.seen - self.audio.len();
                self.state = State::Speech { start, silent_frames: 0, voiced: self.audio.len() };
                Some(EarEvent::Started { at_ms: ms(start) })
            }
            State::Speech { start, silent_frames, voiced } => {
                if score >= self.config.threshold - FADE && over_noise >= GOES_ON_OVER_NOISE {
                    *silent_frames = 0;
                    *voiced = self.audio.len();
                } else {
                    *silent_frames += 1;
                }
                let longer = if self.noise.is_heard() { PAUSE_IN_NOISE_MS } else { 0 };
                let over = *silent_frames * 16 >= self.config.silence_ms.max(16) + longer;
                if over || ms(self.seen - *start) >= SPEECH_MAX_MS { self.stop() } else { None }
            }
        }
    }

    fn stop(&mut self) -> Option<EarEvent> {
        match std::mem::replace(&mut self.state, State::Silence { voiced_frames: 0 }) {
            State::Silence { .. } => None,
            State::Speech { start, .. } => {
                let samples = std::mem::take(&mut self.audio);
                Some(EarEvent::Stopped { start_ms: ms(start), end_ms: ms(self.seen), samples })
            }
        }
    }
}

fn ms(samples: usize) -> u64 {
    samples as u64 / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A buzz with a few formants, which the detector takes for a voice.
    fn voice(ms: usize) -> Vec<i16> {
        (0..ms * 8)
            .map(|i| {
                let t = i as f32 / 8_000.0;
                let hz = 130.0 + 20.0 * (t * 9.0).sin();
                let sum: f32 =
                    (1..20).map(|h| (t * hz * h as f32 * std::f32::consts::TAU).sin() / (1.0 + (h as f32 - 5.0).abs())).sum();
                (sum * 4_000.0 * (0.6 + 0.4 * (t * 25.0).sin())) as i16
            })
            .collect()
    }

    fn events(ear: &mut Ear, audio: &[i16]) -> Vec<EarEvent> {
        audio.chunks(160).flat_map(|frame| ear.push(frame)).collect()
    }

    #[test]
    fn speech_has_a_beginning_an_end_and_padding() {
        let mut ear = Ear::new(EarConfig::default());
        assert!(events(&mut ear, &[0; 8_000]).is_empty());
        let mut got = events(&mut ear, &voice(800));
        got.extend(events(&mut ear, &[0; 8_000]));
        let [EarEvent::Started { at_ms }, EarEvent::Stopped { start_ms, end_ms, samples }] = &got[..] else { panic!("{got:?}") };
        assert_eq!(at_ms, start_ms);
        assert!((650..=900).contains(start_ms), "{start_ms}");
        assert!((2_000..=2_300).contains(end_ms), "{end_ms}");
        assert_eq!(samples.len() as u64, (end_ms - start_ms) * 8);
        assert!(ear.utterance().is_none());
    }

    #[test]
    fn a_click_is_no_speech() {
        let mut ear = Ear::new(EarConfig::default());
        let mut audio = vec![0; 8_000];
        audio[4_000..4_080].fill(20_000);
        assert_eq!(events(&mut ear, &audio), []);
    }

    #[test]
    fn voices_in_the_background_are_no_speech_and_speech_over_them_is() {
        let mut ear = Ear::new(EarConfig::default());
        // Far voices that never stop; a near one, four times louder, after five seconds of them.
        let one = voice(13_000);
        // Shifted by quarters of a syllable, so that together they have none.
        let talker = |n: usize, late: usize| i32::from(one[n + late * 503]);
        let far: Vec<i16> = (0..12_000 * 8).map(|n| ((0..4).map(|late| talker(n, late)).sum::<i32>() / 32) as i16).collect();
        let mut audio = far;
        for (sample, near) in audio[5 * 8_000..].iter_mut().zip(voice(1_000)) {
            *sample = sample.saturating_add(near / 2);
        }
        let got = events(&mut ear, &audio);
        let near: Vec<u64> = got
            .iter()
            .filter_map(|event| match event {
                EarEvent::Stopped { end_ms, .. } if *end_ms > 5_500 => Some(*end_ms),
                EarEvent::Stopped { .. } | EarEvent::Started { .. } => None,
            })
            .collect();
        assert!(near.iter().any(|end_ms| (5_900..6_800).contains(end_ms)), "{near:?}");
        assert!(ear.utterance().is_none(), "the background is taken for speech");
    }

    #[test]
    fn who_answers_in_a_loud_place_is_heard_to_stop() {
        let mut ear = Ear::new(EarConfig::default());
        let one = voice(9_000);
        let talker = |n: usize, late: usize| i32::from(one[n + late * 503]);
        let mut audio: Vec<i16> = (0..8_000 * 8).map(|n| ((0..4).map(|late| talker(n, late)).sum::<i32>() / 32) as i16).collect();
        for (sample, near) in audio[4_000..].iter_mut().zip(voice(1_200)) {
            *sample = sample.saturating_add(near / 2);
        }
        let got = events(&mut ear, &audio);
        let first = got.iter().find_map(|event| match event {
            EarEvent::Stopped { end_ms, .. } => Some(*end_ms),
            EarEvent::Started { .. } => None,
        });
        assert!(first.is_some_and(|end_ms| (1_700..2_700).contains(&end_ms)), "{got:?}");
    }

    #[test]
    fn sound_at_full_scale_is_borne() {
        let mut ear = Ear::new(EarConfig::default());
        // Noise of nothing but extremes: between its samples the true wave is louder than any sample can be.
        let mut noise = 1_u32;
        let audio: Vec<i16> = std::iter::repeat_with(|| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if noise >> 31 == 0 { i16::MAX } else { i16::MIN }
        })
        .take(8_000)
        .collect();
        events(&mut ear, &audio);
        assert_eq!(ear.seen, audio.len() / FRAME * FRAME);
    }

    #[test]
    fn a_pause_shorter_than_the_rule_does_not_end_it() {
        let mut ear = Ear::new(EarConfig::default());
        let audio = [voice(600), vec![0; 8 * 150], voice(600)].concat();
        let got = events(&mut ear, &audio);
        assert_eq!(got.len(), 1, "{got:?}");
        assert!(ear.utterance().is_some());
        assert!(matches!(ear.finish(), Some(EarEvent::Stopped { .. })));
        assert_eq!(ear.finish(), None);
    }

    #[test]
    fn endless_speech_is_given_away_in_pieces() {
        let mut ear = Ear::new(EarConfig { silence_ms: 60_000, ..EarConfig::default() });
        // A voice that never pauses would be a noise.
        let mut audio = voice(70_000);
        audio.chunks_mut(8_000).for_each(|second| second[..1_600].fill(0));
        let got = events(&mut ear, &audio);
        let longest = got.iter().filter_map(|event| match event {
            EarEvent::Stopped { samples, .. } => Some(samples.len()),
            EarEvent::Started { .. } => None,
        });
        let lengths: Vec<usize> = longest.collect();
        assert!(lengths.len() >= 2 && lengths.iter().all(|len| *len <= 8 * 30_100), "{lengths:?}");
    }
}
