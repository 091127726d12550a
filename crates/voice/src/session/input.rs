//! The callee's audio: who speaks when, and what becomes of it.

use super::settings::{Settings, Turns};
use super::{Refusal, Session};
use crate::audio::{Decoder, Format};
use crate::work::Job;
use speech::{Ear, EarEvent, Heard, Piece};
use wire::realtime::{ApiError, Item, LogProb, Part, ServerEvent, Transcription, TranscriptionFailed, TranscriptionUsage};

/// Audio that waits for a commit, in samples of 8 kHz: five minutes.
const BUFFER_MAX: usize = 5 * 60 * 8_000;
/// What can be committed at least, in samples of 8 kHz: 100 ms.
const COMMIT_MIN: usize = 800;
/// After this much silence the speech is transcribed on the chance that it is over, in milliseconds.
const GUESS_AFTER_MS: u32 = 96;
/// Longer speech is not, in samples of 8 kHz: 12 s.
const GUESS_MAX: usize = 12 * 8_000;
/// The ear is asked this often, in samples of 8 kHz: 20 ms.
const STEP: usize = 160;

pub(super) struct Input {
    format: Format,
    decoder: Decoder,
    turns: Option<Turns>,
    ear: Ear,
    /// Without turn detection: what has been appended.
    buffer: Vec<i16>,
    /// The item that the speech going on will become.
    item_id: Option<String>,
    guess: Option<Guess>,
    /// How much of the speech going on had a voice when it was last looked at.
    voiced: usize,
    /// Transcriptions that items wait for.
    awaited: Vec<Awaited>,
}

/// A transcription that was begun before the turn was over.
struct Guess {
    number: u64,
    /// How much of the speech had a voice; if there is more by the end, the guess was wrong.
    voiced: usize,
    heard: Option<Result<Heard, String>>,
}

struct Awaited {
    number: u64,
    item_id: String,
    seconds: f64,
}

impl Input {
    pub(super) fn new(settings: &Settings) -> Self {
        let turns = settings.turns();
        Self {
            format: settings.input_format(),
            decoder: Decoder::new(settings.input_format()),
            ear: Ear::new(turns.map(|turns| turns.ear).unwrap_or_default()),
            turns,
            buffer: Vec::new(),
            item_id: None,
            guess: None,
            voiced: 0,
            awaited: Vec::new(),
        }
    }

    /// The settings have changed. Speech that is going on goes on, unless it is now heard with other ears.
    pub(super) fn set_up(&mut self, settings: &Settings) {
        if self.format != settings.input_format() {
            self.format = settings.input_format();
            self.decoder = Decoder::new(self.format);
        }
        let turns = settings.turns();
        if self.turns.map(|turns| turns.ear) != turns.map(|turns| turns.ear) {
            self.ear = self.ear.renewed(turns.map(|turns| turns.ear).unwrap_or_default());
            self.item_id = None;
            self.guess = None;
        }
        self.turns = turns;
    }
}

impl Session {
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let samples = self.input.decoder.decode(bytes);
        if self.input.turns.is_none() {
            if self.input.buffer.len() + samples.len() > BUFFER_MAX {
                let message = "five minutes of audio wait for input_audio_buffer.commit; commit or clear them";
                return Err(Refusal::new("input_audio_buffer_full", message));
            }
            self.input.buffer.extend(samples);
            return Ok(());
        }
        for step in samples.chunks(STEP) {
            for event in self.input.ear.push(step) {
                self.heard(event);
            }
            self.guess();
        }
        Ok(())
    }

    pub(super) fn commit(&mut self) -> Result<(), Refusal> {
        let samples = if self.input.turns.is_some() {
            match self.input.ear.finish() {
                Some(EarEvent::Stopped { samples, .. }) => samples,
                Some(EarEvent::Started { .. }) | None => Vec::new(),
            }
        } else {
            std::mem::take(&mut self.input.buffer)
        };
        if samples.len() < COMMIT_MIN {
            self.input.item_id = None;
            let message = format!("the buffer has {} ms of audio, too little to commit", samples.len() / 8);
            return Err(Refusal::new("input_audio_buffer_commit_empty", message));
        }
        self.input.guess = None;
        self.committed(samples);
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.input.ear.finish();
        self.input.buffer.clear();
        self.input.item_id = None;
        self.input.guess = None;
        self.send(ServerEvent::Cleared {});
    }

    pub(super) fn transcribed(&mut self, number: u64, heard: Result<Heard, String>) {
        if let Some(guess) = self.input.guess.as_mut().filter(|guess| guess.number == number) {
            guess.heard = Some(heard);
        } else if let Some(place) = self.input.awaited.iter().position(|awaited| awaited.number == number) {
            let awaited = self.input.awaited.swap_remove(place);
            self.understood(&awaited.item_id, awaited.seconds, heard);
        }
    }

    fn heard(&mut self, event: EarEvent) {
        let turns = self.input.turns;
        match event {
            EarEvent::Started { at_ms } => {
                let item_id = self.ids.make("item");
                self.input.item_id = Some(item_id.clone());
                self.input.guess = None;
                self.send(ServerEvent::SpeechStarted { item_id, audio_start_ms: at_ms });
                if turns.is_some_and(|turns| turns.interrupt_response) && self.responses.is_active() {
                    // There is one, so this cannot be refused.
                    let _ = self.cancel_response(None, "turn_detected");
                }
            }
            EarEvent::Stopped { end_ms, samples, .. } => {
                let item_id = self.input.item_id.get_or_insert_with(|| self.ids.make("item")).clone();
                self.send(ServerEvent::SpeechStopped { item_id, audio_end_ms: end_ms });
                self.committed(samples);
                if turns.is_some_and(|turns| turns.create_response) && !self.responses.is_active() {
                    self.answer_turn();
                }
            }
        }
    }

    /// Begins to transcribe in a pause: if it turns out to be the end of the turn, the text is there already.
    fn guess(&mut self) {
        let Some(utterance) = self.input.ear.utterance() else { return };
        self.input.voiced = utterance.voiced;
        let same_pause = |guess: &Guess| guess.voiced == utterance.voiced;
        // One at a time: a speech full of pauses must not keep all cores busy.
        let enough = self.input.guess.as_ref().is_some_and(|guess| guess.heard.is_none() || same_pause(guess));
        if enough || utterance.silence_ms < GUESS_AFTER_MS || utterance.samples.len() > GUESS_MAX {
            return;
        }
        let (voiced, samples) = (utterance.voiced, utterance.samples.to_vec());
        let number = self.ids.number();
        self.input.guess = Some(Guess { number, voiced, heard: None });
        self.ask_for(Job::Transcribe { number, samples });
    }

    /// The audio becomes an item of the conversation.
    fn committed(&mut self, samples: Vec<i16>) {
        let item_id = self.input.item_id.take().unwrap_or_else(|| self.ids.make("item"));
        let item = Item {
            object: Some("realtime.item".into()),
            ..Item::message(Some(item_id.clone()), "user", vec![Part::input_audio(None)])
        };
        let ms = samples.len() as u64 / 8;
        let seconds = samples.len() as f64 / 8_000.0;
        let (previous_item_id, item) = self.conversation.append_heard(item.with_status("completed"), ms);
        self.send(ServerEvent::Committed { previous_item_id: previous_item_id.clone(), item_id: item_id.clone() });
        self.tell_item(previous_item_id, item);
        let voiced = self.input.voiced;
        match self.input.guess.take().filter(|guess| guess.voiced == voiced) {
            Some(Guess { heard: Some(heard), .. }) => self.understood(&item_id, seconds, heard),
            Some(Guess { number, heard: None, .. }) => self.input.awaited.push(Awaited { number, item_id, seconds }),
            None => {
                let number = self.ids.number();
                self.input.awaited.push(Awaited { number, item_id, seconds });
                self.ask_for(Job::Transcribe { number, samples });
            }
        }
    }

    fn understood(&mut self, item_id: &str, seconds: f64, heard: Result<Heard, String>) {
        let (text, pieces) = heard.as_ref().map_or(("", &[][..]), |heard| (&heard.text, &heard.pieces));
        let doubted = types::doubt::doubted(pieces.iter().map(|piece| (piece.text.as_str(), piece.logprob)));
        self.conversation.understood(item_id, text, doubted);
        if !self.settings.transcribes() {
            return;
        }
        let item_id = item_id.to_owned();
        match heard {
            Ok(Heard { text: transcript, pieces }) => {
                if !transcript.is_empty() {
                    let delta = transcript.clone();
                    self.send(ServerEvent::TranscriptionDelta { item_id: item_id.clone(), content_index: 0, delta });
                }
                let usage = TranscriptionUsage::Duration { seconds };
                let pieces = if self.settings.tells_likelihood() { pieces } else { Vec::new() };
                let piece = |Piece { text, logprob }: Piece| LogProb { bytes: text.clone().into_bytes(), token: text, logprob };
                let logprobs = pieces.into_iter().map(piece).collect();
                let done = Transcription { item_id, content_index: 0, transcript, usage, logprobs };
                self.send(ServerEvent::TranscriptionCompleted(done));
            }
            Err(message) => {
                let error = ApiError {
                    kind: "transcription_error".into(),
                    code: Some("audio_unintelligible".into()),
                    message,
                    ..ApiError::default()
                };
                self.send(ServerEvent::TranscriptionFailed(TranscriptionFailed { item_id, content_index: 0, error }));
            }
        }
    }
}
