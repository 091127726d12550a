//! What the callee hears and says at this moment: for listeners and for the level meters.
//!
//! The agent's audio is sent ahead of time, so what was sent is not what is heard. The carrier's buffer is modelled here:
//! played by real time, emptied by `clear`.

use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::Instant;
use wire::g711::SILENCE;
use wire::media::FRAME_BYTES;

const FRAME: Duration = Duration::from_millis(20);
/// How much of the callee's audio waits for listeners at most; older audio is dropped.
const CALLEE_BYTES_MAX: usize = 25 * FRAME_BYTES;
/// How many frames a slow listener may be behind before it misses some: four seconds.
const LISTENER_FRAMES: usize = 200;
/// The loudness of a person who speaks into a telephone; more than this is full deflection.
const FULL_LOUDNESS: f32 = 8_000.0;

/// Both sides of a call at this moment.
pub(crate) struct Monitor {
    /// Made for the first listener.
    listeners: Option<broadcast::Sender<Bytes>>,
    callee: VecDeque<u8>,
    carrier: CarrierBuffer,
    callee_peak: f32,
    agent_peak: f32,
    /// Whether anybody looks at the levels.
    pub(crate) metered: bool,
}

impl Monitor {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            listeners: None,
            callee: VecDeque::new(),
            carrier: CarrierBuffer { queue: VecDeque::new(), played_to: now },
            callee_peak: 0.0,
            agent_peak: 0.0,
            metered: false,
        }
    }

    /// A new listener: 320 bytes each 20 ms, callee and agent sample by sample.
    pub(crate) fn listen(&mut self, now: Instant) -> broadcast::Receiver<Bytes> {
        self.advance(now);
        self.listeners.get_or_insert_with(|| broadcast::Sender::new(LISTENER_FRAMES)).subscribe()
    }

    /// Whether [`Monitor::advance`] must be called every 20 ms.
    pub(crate) fn has_listeners(&self) -> bool {
        self.listeners.as_ref().is_some_and(|listeners| listeners.receiver_count() > 0)
    }

    /// When the next frame is due.
    pub(crate) fn next_frame_at(&self) -> Instant {
        self.carrier.played_to + FRAME
    }

    /// The callee was heard.
    pub(crate) fn callee_said(&mut self, audio: &[u8]) {
        if self.metered {
            self.callee_peak = self.callee_peak.max(wire::g711::loudness(audio));
        }
        if self.has_listeners() {
            self.callee.extend(audio);
            let surplus = self.callee.len().saturating_sub(CALLEE_BYTES_MAX);
            self.callee.drain(..surplus);
        }
    }

    /// Audio of the agent was sent to the carrier.
    pub(crate) fn agent_sent(&mut self, audio: Bytes, now: Instant) {
        self.advance(now);
        self.carrier.queue.push_back(audio);
    }

    /// The carrier was told to throw away what has not been played.
    pub(crate) fn cleared(&mut self, now: Instant) {
        self.advance(now);
        self.carrier.queue.clear();
    }

    /// Lets time pass: whole frames are played, metered and given to the listeners.
    pub(crate) fn advance(&mut self, now: Instant) {
        if self.carrier.queue.is_empty() && !self.has_listeners() {
            self.callee.clear();
            self.carrier.skip_to(now);
            return;
        }
        while self.carrier.played_to + FRAME <= now {
            let agent = self.carrier.play_frame();
            if self.metered {
                self.agent_peak = self.agent_peak.max(wire::g711::loudness(&agent));
            }
            if let Some(listeners) = self.listeners.as_ref().filter(|listeners| listeners.receiver_count() > 0) {
                let mut both = BytesMut::with_capacity(2 * FRAME_BYTES);
                for agent in agent {
                    both.extend_from_slice(&[self.callee.pop_front().unwrap_or(SILENCE), agent]);
                }
                // A listener that has just gone is no loss.
                drop(listeners.send(both.freeze()));
            }
        }
    }

    /// How loud both sides were since this was last asked, 0 to 100: callee, agent.
    pub(crate) fn take_levels(&mut self, now: Instant) -> (u8, u8) {
        self.advance(now);
        let levels = (level(self.callee_peak), level(self.agent_peak));
        (self.callee_peak, self.agent_peak) = (0.0, 0.0);
        levels
    }
}

/// What lies at the carrier and has not been played.
struct CarrierBuffer {
    queue: VecDeque<Bytes>,
    played_to: Instant,
}

impl CarrierBuffer {
    /// Nothing is to be played until then.
    fn skip_to(&mut self, now: Instant) {
        let frames = now.saturating_duration_since(self.played_to).as_millis() / FRAME.as_millis();
        self.played_to += FRAME * u32::try_from(frames).unwrap_or(u32::MAX);
    }

    fn play_frame(&mut self) -> [u8; FRAME_BYTES] {
        let mut frame = [SILENCE; FRAME_BYTES];
        let mut filled = 0;
        while filled < FRAME_BYTES {
            let Some(first) = self.queue.front_mut() else { break };
            let taken = first.split_to(first.len().min(FRAME_BYTES - filled));
            if first.is_empty() {
                self.queue.pop_front();
            }
            frame[filled..filled + taken.len()].copy_from_slice(&taken);
            filled += taken.len();
        }
        self.played_to += FRAME;
        frame
    }
}

/// Loudness as the ear takes it: 50 dB below full deflection is nothing.
fn level(loudness: f32) -> u8 {
    if loudness < 1.0 {
        return 0;
    }
    let decibels = 20.0 * (loudness / FULL_LOUDNESS).log10();
    let percent = (100.0 + 2.0 * decibels).clamp(0.0, 100.0);
    // Clamped to 0–100 just before.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "see above")]
    let level = percent as u8;
    level
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Byte values that stand for speech.
    const AGENT: u8 = 0x10;
    const CALLEE: u8 = 0x20;

    fn frames(listener: &mut broadcast::Receiver<Bytes>) -> Vec<(u8, u8)> {
        std::iter::from_fn(|| listener.try_recv().ok()).map(|frame| (frame[0], frame[1])).collect()
    }

    #[test]
    fn what_was_sent_ahead_is_heard_in_real_time() {
        let start = Instant::now();
        let mut monitor = Monitor::new(start);
        let mut listener = monitor.listen(start);
        monitor.agent_sent(Bytes::from(vec![AGENT; 800]), start);
        monitor.advance(start + Duration::from_millis(40));
        assert_eq!(frames(&mut listener), vec![(SILENCE, AGENT); 2]);
        monitor.advance(start + Duration::from_millis(140));
        assert_eq!(frames(&mut listener), [vec![(SILENCE, AGENT); 3], vec![(SILENCE, SILENCE); 2]].concat());
    }

    #[test]
    fn what_was_cleared_is_not_heard() {
        let start = Instant::now();
        let mut monitor = Monitor::new(start);
        let mut listener = monitor.listen(start);
        monitor.agent_sent(Bytes::from(vec![AGENT; 800]), start);
        monitor.cleared(start + Duration::from_millis(20));
        monitor.advance(start + Duration::from_millis(60));
        assert_eq!(frames(&mut listener), [(SILENCE, AGENT), (SILENCE, SILENCE), (SILENCE, SILENCE)]);
    }

    #[test]
    fn a_listener_who_comes_late_hears_the_present() {
        let start = Instant::now();
        let mut monitor = Monitor::new(start);
        monitor.agent_sent(Bytes::from([vec![AGENT; 800], vec![0x11; 160]].concat()), start);
        let mut listener = monitor.listen(start + Duration::from_millis(100));
        monitor.callee_said(&[CALLEE; 160]);
        monitor.advance(start + Duration::from_millis(120));
        assert_eq!(frames(&mut listener), [(CALLEE, 0x11)]);
    }

    #[test]
    fn levels_follow_what_is_heard() {
        let start = Instant::now();
        let mut monitor = Monitor::new(start);
        monitor.metered = true;
        let loud = Bytes::from(wire::g711::encode(&[16_000; 160]));
        monitor.callee_said(&loud);
        monitor.agent_sent(loud, start);
        assert_eq!(monitor.take_levels(start), (100, 0));
        assert_eq!(monitor.take_levels(start + Duration::from_millis(20)), (0, 100));
        assert_eq!(monitor.take_levels(start + Duration::from_millis(40)), (0, 0));
    }
}
