//! The same announcement again: known by how its loudness rises and falls, so that the model need not be woken for it.

use sounds::g711;
use std::collections::VecDeque;

/// One figure for so many bytes, 20 ms.
const STEP: usize = 160;
/// The most that is remembered of an announcement: twelve seconds.
const SHAPE: usize = 600;
/// The end of what is compared is compared alone, too: somebody may have come on the line meanwhile.
const TAIL: usize = 50;
const TAIL_LIKENESS_MIN: f32 = 0.75;
/// Compared from so many figures on.
const COMPARED_MIN: usize = 25;
/// How alike two shapes of the same recording are at least, −1 to 1; different words are hardly above 0.6.
const LIKENESS_MIN: f32 = 0.93;
/// More than any line plays in turn.
const KNOWN_MAX: usize = 8;
/// Below this loudness nothing has begun, and after so many figures of it whatever was said is over.
const QUIET: f32 = 160.0;
const PAUSE: usize = 20;

/// What is being heard, and what was heard before.
#[derive(Debug, Default)]
pub(super) struct Announced {
    known: VecDeque<Vec<f32>>,
    /// Loudness from the first sound after a pause on.
    now: Vec<f32>,
    quiet: usize,
    rest: Vec<u8>,
}

impl Announced {
    /// Whatever sounds next begins something new.
    pub(super) fn begin(&mut self) {
        self.now.clear();
        self.rest.clear();
        self.quiet = PAUSE;
    }

    /// Takes audio, any length.
    pub(super) fn follow(&mut self, audio: &[u8]) {
        self.rest.extend_from_slice(audio);
        let steps = self.rest.len() / STEP;
        for n in 0..steps {
            let loudness = g711::loudness(&self.rest[n * STEP..(n + 1) * STEP]);
            let sounds = loudness >= QUIET;
            if sounds && self.quiet >= PAUSE {
                self.now.clear();
            }
            self.quiet = if sounds { 0 } else { self.quiet + 1 };
            if self.now.len() < SHAPE && (sounds || !self.now.is_empty()) {
                self.now.push(loudness.max(1.0).ln());
            }
        }
        self.rest.drain(..steps * STEP);
    }

    /// What woke the model was an announcement; the next time it need not.
    pub(super) fn learn(&mut self) {
        if self.now.len() < COMPARED_MIN || self.is_repeat() {
            return;
        }
        if self.known.len() >= KNOWN_MAX {
            self.known.pop_front();
        }
        self.known.push_back(self.now.clone());
    }

    /// What is being said began as an announcement that is known.
    pub(super) fn is_repeat(&self) -> bool {
        let now = &self.now;
        now.len() >= COMPARED_MIN && now.len() < SHAPE && self.known.iter().any(|known| goes_like(known, now))
    }
}

/// Whether what is being heard has gone like this so far, and still does.
fn goes_like(known: &[f32], now: &[f32]) -> bool {
    let at = now.len().saturating_sub(TAIL);
    let goes_on = now.len() <= known.len() + 10;
    let tail = now.len() <= 2 * TAIL || known.get(at..).is_some_and(|known| likeness(known, &now[at..]) >= TAIL_LIKENESS_MIN);
    goes_on && tail && likeness(known, now) >= LIKENESS_MIN
}

/// How alike two shapes are over their common length, at the best of five offsets.
fn likeness(one: &[f32], other: &[f32]) -> f32 {
    let at = |shift: usize| {
        let later = |shape: &'_ [f32]| shape.get(shift..).map(<[f32]>::to_vec).unwrap_or_default();
        correlation(&later(one), other).max(correlation(one, &later(other)))
    };
    (0..3).map(at).fold(-1.0, f32::max)
}

fn correlation(one: &[f32], other: &[f32]) -> f32 {
    let length = one.len().min(other.len());
    if length < COMPARED_MIN - 3 {
        return -1.0;
    }
    let (one, other) = (&one[..length], &other[..length]);
    let mean = |shape: &[f32]| shape.iter().sum::<f32>() / length as f32;
    let (mean_one, mean_other) = (mean(one), mean(other));
    let (mut both, mut of_one, mut of_other) = (0.0, 0.0, 0.0);
    for (a, b) in one.iter().zip(other) {
        let (a, b) = (a - mean_one, b - mean_other);
        (both, of_one, of_other) = (both + a * b, of_one + a * a, of_other + b * b);
    }
    if of_one * of_other <= 0.0 { -1.0 } else { both / (of_one * of_other).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sounds::synthetic::voice;

    /// A piece of the same voice, from then on.
    fn words(from_ms: usize, ms: usize) -> Vec<u8> {
        voice(from_ms + ms)[from_ms * 8..].to_vec()
    }

    fn heard(announced: &mut Announced, audio: &[u8]) -> bool {
        announced.begin();
        audio.chunks(160).for_each(|frame| announced.follow(frame));
        announced.is_repeat()
    }

    #[test]
    fn an_announcement_is_known_again_and_other_words_are_not() {
        let mut announced = Announced::default();
        assert!(!heard(&mut announced, &words(130, 4_000)));
        announced.learn();
        // A little later within its frame, and as far as it has come.
        assert!(heard(&mut announced, &[&[0xff; 70], &words(130, 900)[..]].concat()));
        assert!(heard(&mut announced, &words(130, 3_500)));
        let other: Vec<u8> = words(130, 4_000).into_iter().rev().collect();
        assert!(!heard(&mut announced, &sounds::synthetic::noise(2_000, 2_000.0)));
        assert!(!heard(&mut announced, &[&other[..5_000], &[0xff; 1_500], &other[9_000..]].concat()));
    }

    #[test]
    fn somebody_who_comes_on_the_line_in_an_announcement_is_noticed() {
        let mut announced = Announced::default();
        heard(&mut announced, &words(130, 6_000));
        announced.learn();
        let other = [words(1_700, 600), sounds::synthetic::noise(300, 3_000.0), words(4_000, 900)].concat();
        assert!(!heard(&mut announced, &[words(130, 2_500), other].concat()));
    }
}
