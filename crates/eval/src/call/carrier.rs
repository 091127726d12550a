//! The carrier's side of a call: what waits to be played, the callee, and the messages of the media stream.

use super::Surroundings;
use crate::callee::Party;
use crate::line::{Effects, FRAME};
use crate::measure::{Measures, Played};
use crate::scenario::Scenario;
use sim::offline::Playback;
use std::time::Duration;
use wire::media::{FromCarrier, Media, Start, ToCarrier};

/// The name of the one stream.
pub(super) const STREAM: &str = "MZ00000000000000000000000000000000";

pub(super) struct Carrier {
    pub(super) party: Option<Box<Party>>,
    pub(super) answered_at: Option<Duration>,
    pub(super) over: bool,
    /// The callee and the agent as they are on the line, µ-law, if they are kept.
    pub(super) audio: Option<[Vec<u8>; 2]>,
    playback: Playback,
    effects: Effects,
    start: Start,
    sequence: u64,
    chunk: u64,
}

/// What 20 ms bring.
pub(super) struct Exchanged {
    pub(super) messages: Vec<String>,
    pub(super) hangs_up: bool,
}

impl Carrier {
    pub(super) fn new(scenario: &Scenario, around: &Surroundings, seed: u64) -> Self {
        Self {
            party: None,
            answered_at: None,
            over: false,
            audio: around.keeps_audio.then(|| [Vec::new(), Vec::new()]),
            playback: Playback::default(),
            effects: Effects::new(&scenario.line, around.noise_db, seed),
            start: Start {
                stream_sid: STREAM.into(),
                call_sid: "CA00000000000000000000000000000000".into(),
                account_sid: "AC00000000000000000000000000000000".into(),
                custom_parameters: Default::default(),
            },
            sequence: 1,
            chunk: 0,
        }
    }

    pub(super) fn is_playing(&self) -> bool {
        self.playback.is_playing()
    }

    pub(super) fn exchange(&mut self, now: Duration, measures: &mut Measures) -> Exchanged {
        let fed = self.playback.is_playing();
        let (frame, marks) = self.playback.next_frame();
        let mut out: Vec<FromCarrier> = marks.into_iter().map(|name| FromCarrier::Mark { name }).collect();
        let heard = self.effects.for_callee(frame);
        let Some(party) = &mut self.party else { return Exchanged { messages: Vec::new(), hangs_up: true } };
        let happened = party.tick(&heard);
        measures.frame(now, &Played { heard: &heard, fed, playing: self.playback.is_playing() }, &happened);
        let sent = self.effects.for_us(&happened.voice, &heard);
        if let Some([callee, agent]) = &mut self.audio {
            callee.extend_from_slice(&sent);
            agent.extend_from_slice(&heard);
        }
        self.chunk += 1;
        let payload = bytes::Bytes::copy_from_slice(&sent);
        out.push(FromCarrier::Media(Media { payload, chunk: self.chunk, timestamp_ms: (self.chunk - 1) * 20 }));
        out.extend(happened.digits.iter().map(|digit| FromCarrier::Dtmf { digit: *digit }));
        let messages = out.into_iter().map(|message| self.write(&message)).collect();
        Exchanged { messages, hangs_up: happened.hangs_up }
    }

    /// A message of ours; gives what the carrier answers.
    pub(super) fn receive(&mut self, text: &str, now: Duration, measures: &mut Measures) -> Vec<String> {
        match ToCarrier::read(text, STREAM) {
            Ok(ToCarrier::Media { payload }) => {
                debug_assert!(payload.len() <= FRAME * 100, "the session cuts its audio");
                measures.audio_arrived(now, &payload);
                if self.playback.push_audio(payload).is_err() {
                    measures.carrier_error("the stream's buffer is full");
                }
                Vec::new()
            }
            Ok(ToCarrier::Mark { name }) => {
                if self.playback.push_mark(name).is_err() {
                    measures.carrier_error("too many marks wait");
                }
                Vec::new()
            }
            Ok(ToCarrier::Clear) => {
                measures.cleared(now, self.playback.is_playing());
                let marks = self.playback.clear();
                marks.into_iter().map(|name| self.write(&FromCarrier::Mark { name })).collect()
            }
            Err(error) => {
                measures.carrier_error(&error.to_string());
                Vec::new()
            }
        }
    }

    pub(super) fn stop(&mut self) -> String {
        let call_sid = self.start.call_sid.clone();
        self.write(&FromCarrier::Stop { call_sid })
    }

    fn write(&mut self, message: &FromCarrier) -> String {
        self.sequence += 1;
        message.write(&self.start, self.sequence)
    }
}
