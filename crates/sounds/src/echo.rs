//! How much of what comes in is an echo of what was played: the same wave, later and quieter.
//!
//! Both sides are kept at 2 kHz, which is enough to tell a voice from itself and cheap enough to look for at every delay.
//! Places are counted in samples of that rate on one clock of the caller's choice.

use crate::g711;

/// Samples a second that are kept.
pub const RATE_HZ: u64 = 2_000;
/// Of what was played and of what came in: four seconds.
const KEPT: usize = 8_192;
/// The longest delay of an echo that is looked for: 800 ms.
const DELAY_MAX: usize = 1_600;
/// Less of what came in than this tells nothing: 160 ms.
const SPAN_MIN: usize = 320;
/// No more than this is compared at once: 600 ms.
const SPAN_MAX: usize = 1_200;
/// µ-law samples for one that is kept.
const STEP: usize = 4;

/// Both sides of a line.
#[derive(Debug)]
pub struct Echo {
    played: Ring,
    heard: Ring,
}

impl Default for Echo {
    fn default() -> Self {
        Self { played: Ring::new(), heard: Ring::new() }
    }
}

impl Echo {
    /// Nothing was played or heard.
    pub fn new() -> Self {
        Self::default()
    }

    /// This is played from that place on, as far as is known.
    pub fn play(&mut self, place: u64, bytes: &[u8]) {
        self.played.write(place, bytes);
    }

    /// From that place on nothing is played after all.
    pub fn cut(&mut self, place: u64) {
        self.played.end_at(place);
    }

    /// This came in from that place on.
    pub fn hear(&mut self, place: u64, bytes: &[u8]) {
        self.heard.write(place, bytes);
    }

    /// How much of the energy that came in from `from` to `to` is explained by one delayed copy of what was played, 0 to 1.
    /// `None` if there is too little to tell, or nothing but silence on either side.
    pub fn share(&self, from: u64, to: u64) -> Option<f32> {
        let from = from.max(to.saturating_sub(SPAN_MAX as u64));
        let heard = self.heard.read(from, to);
        let energy: f32 = heard.iter().map(|sample| sample * sample).sum();
        if heard.len() < SPAN_MIN || energy < heard.len() as f32 * 100.0 {
            return None;
        }
        let played = self.played.read(from.saturating_sub(DELAY_MAX as u64), to);
        let missing = played.len().checked_sub(heard.len())?;
        let span = heard.len();
        let mut best = None::<f32>;
        for delay in 0..=missing {
            let then = &played[missing - delay..missing - delay + span];
            let power: f32 = then.iter().map(|sample| sample * sample).sum();
            if power < span as f32 * 100.0 {
                continue;
            }
            let product: f32 = then.iter().zip(&heard).map(|(a, b)| a * b).sum();
            let share = product * product / (power * energy);
            best = Some(best.unwrap_or(0.0).max(share));
        }
        best
    }
}

/// The last seconds of one side; what was never written is silence.
#[derive(Debug)]
struct Ring {
    samples: Vec<i16>,
    /// The place after the last one.
    end: u64,
}

impl Ring {
    fn new() -> Self {
        Self { samples: vec![0; KEPT], end: 0 }
    }

    fn write(&mut self, place: u64, bytes: &[u8]) {
        self.end_at(self.end.max(place));
        for (n, step) in bytes.chunks(STEP).enumerate() {
            let sum: i32 = step.iter().map(|byte| i32::from(g711::decode_sample(*byte))).sum();
            let at = place + n as u64;
            if at + KEPT as u64 > self.end {
                self.samples[(at % KEPT as u64) as usize] = (sum / step.len().max(1) as i32) as i16;
            }
            self.end = self.end.max(at + 1);
        }
    }

    /// Silence up to there if it lies ahead, and nothing after it if it lies behind.
    fn end_at(&mut self, place: u64) {
        let (from, to) = if place > self.end { (self.end, place) } else { (place, self.end) };
        for at in from.max(to.saturating_sub(KEPT as u64))..to {
            self.samples[(at % KEPT as u64) as usize] = 0;
        }
        self.end = place;
    }

    /// Silence where nothing is known.
    fn read(&self, from: u64, to: u64) -> Vec<f32> {
        let known = |at: &u64| *at < self.end && at + KEPT as u64 >= self.end;
        (from..to).map(|at| if known(&at) { f32::from(self.samples[(at % KEPT as u64) as usize]) } else { 0.0 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_up;

    fn quieter(samples: &[i16], by: i16) -> Vec<u8> {
        g711::encode(&samples.iter().map(|sample| sample / by).collect::<Vec<_>>())
    }

    #[test]
    fn an_echo_is_known_at_every_delay() {
        for delay_ms in [100, 333, 600] {
            let (mut echo, words) = (Echo::new(), made_up::voice(4, 3_000, 5_000.0));
            echo.play(1_000, &g711::encode(&words));
            echo.hear(1_000 + 2 * delay_ms, &quieter(&words, 6));
            let (from, to) = (1_000 + 2 * delay_ms + 400, 1_000 + 2 * delay_ms + 1_440);
            assert!(echo.share(from, to).unwrap() > 0.8, "{delay_ms} ms: {:?}", echo.share(from, to));
        }
    }

    #[test]
    fn somebody_else_is_no_echo() {
        for seed in 0..30 {
            let mut echo = Echo::new();
            echo.play(0, &g711::encode(&made_up::voice(seed, 3_000, 5_000.0)));
            echo.hear(1_000, &g711::encode(&made_up::voice(100 + seed, 1_500, 4_000.0)));
            assert!(echo.share(1_200, 2_240).unwrap() < 0.4, "{seed}: {:?}", echo.share(1_200, 2_240));
        }
    }

    #[test]
    fn who_speaks_louder_than_the_echo_is_no_echo() {
        let (mut echo, words) = (Echo::new(), made_up::voice(4, 3_000, 5_000.0));
        echo.play(0, &g711::encode(&words));
        let both: Vec<i16> =
            words.iter().zip(made_up::voice(8, 3_000, 4_000.0)).map(|(echoed, voice)| echoed / 8 + voice).collect();
        echo.hear(600, &g711::encode(&both));
        assert!(echo.share(1_000, 2_000).unwrap() < 0.4);
    }

    #[test]
    fn what_was_cut_is_not_echoed_and_silence_tells_nothing() {
        let (mut echo, words) = (Echo::new(), g711::encode(&made_up::voice(4, 3_000, 5_000.0)));
        echo.play(0, &words);
        echo.cut(1_000);
        echo.hear(4_000, &words);
        assert!(echo.share(4_100, 5_000).is_none_or(|share| share < 0.4));
        assert_eq!(Echo::new().share(0, 1_000), None);
    }
}
