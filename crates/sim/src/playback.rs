//! What the carrier has been sent and has not played yet: audio and marks, in order.

use bytes::{Buf as _, Bytes};
use std::collections::VecDeque;
use wire::g711::SILENCE;
use wire::media::FRAME_BYTES;

/// How much audio is held: two minutes. Twilio does not publish its own limit, only the error.
pub(crate) const BUFFER_BYTES_MAX: usize = 2 * 60 * 8_000;
/// How many marks are held.
const MARKS_MAX: usize = 10_000;

/// The buffer was full; Twilio's error 31930.
#[derive(Debug, PartialEq, Eq)]
pub struct Overflow;

enum Piece {
    Audio(Bytes),
    Mark(String),
}

/// The buffer of one stream.
#[derive(Default)]
pub struct Playback {
    pieces: VecDeque<Piece>,
    audio_bytes: usize,
    marks: usize,
    /// Marks whose audio is in the frame that is playing now.
    due: Vec<String>,
}

impl Playback {
    /// Audio to be played after what is there.
    pub fn push_audio(&mut self, audio: Bytes) -> Result<(), Overflow> {
        if self.audio_bytes + audio.len() > BUFFER_BYTES_MAX {
            return Err(Overflow);
        }
        self.audio_bytes += audio.len();
        self.pieces.push_back(Piece::Audio(audio));
        Ok(())
    }

    /// A mark to be given back when all audio before it has been played.
    pub fn push_mark(&mut self, name: String) -> Result<(), Overflow> {
        if self.marks >= MARKS_MAX {
            return Err(Overflow);
        }
        self.marks += 1;
        self.pieces.push_back(Piece::Mark(name));
        Ok(())
    }

    /// The next 20 ms, and the marks whose audio has been played by now, that is before these 20 ms.
    pub fn next_frame(&mut self) -> ([u8; FRAME_BYTES], Vec<String>) {
        let mut played = std::mem::take(&mut self.due);
        while let Some(Piece::Mark(_)) = self.pieces.front() {
            if let Some(Piece::Mark(name)) = self.pieces.pop_front() {
                played.push(name);
            }
        }
        let mut frame = [SILENCE; FRAME_BYTES];
        let mut filled = 0;
        while filled < FRAME_BYTES {
            match self.pieces.pop_front() {
                Some(Piece::Audio(mut audio)) => {
                    let taken = audio.len().min(FRAME_BYTES - filled);
                    frame[filled..filled + taken].copy_from_slice(&audio[..taken]);
                    audio.advance(taken);
                    filled += taken;
                    if !audio.is_empty() {
                        self.pieces.push_front(Piece::Audio(audio));
                    }
                }
                Some(Piece::Mark(name)) => self.due.push(name),
                None => break,
            }
        }
        self.audio_bytes -= filled;
        self.marks -= played.len();
        (frame, played)
    }

    /// Throws everything away and gives all marks back.
    pub fn clear(&mut self) -> Vec<String> {
        let mut marks = std::mem::take(&mut self.due);
        marks.extend(self.pieces.drain(..).filter_map(|piece| match piece {
            Piece::Mark(name) => Some(name),
            Piece::Audio(_) => None,
        }));
        self.audio_bytes = 0;
        self.marks = 0;
        marks
    }

    /// Whether there is audio that has not been played.
    pub fn is_playing(&self) -> bool {
        self.audio_bytes > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_back_when_the_audio_before_it_has_been_played() {
        let mut playback = Playback::default();
        playback.push_audio(Bytes::from(vec![1; 320])).unwrap();
        playback.push_mark("two frames".into()).unwrap();
        playback.push_audio(Bytes::from(vec![2; 40])).unwrap();
        playback.push_mark("and a bit".into()).unwrap();
        assert_eq!(playback.next_frame(), ([1; 160], vec![]));
        assert_eq!(playback.next_frame(), ([1; 160], vec![]));
        let (frame, marks) = playback.next_frame();
        assert_eq!((&frame[..40], frame[40], marks), (&[2; 40][..], SILENCE, vec!["two frames".to_owned()]));
        assert!(!playback.is_playing());
        assert_eq!(playback.next_frame(), ([SILENCE; 160], vec!["and a bit".to_owned()]));
    }

    #[test]
    fn a_mark_without_audio_comes_back_at_once() {
        let mut playback = Playback::default();
        playback.push_mark("a".into()).unwrap();
        assert_eq!(playback.next_frame().1, ["a"]);
    }

    #[test]
    fn clear_gives_every_mark_back_in_order() {
        let mut playback = Playback::default();
        playback.push_audio(Bytes::from(vec![1; 100])).unwrap();
        playback.push_mark("a".into()).unwrap();
        playback.push_audio(Bytes::from(vec![1; 1000])).unwrap();
        playback.push_mark("b".into()).unwrap();
        playback.next_frame();
        assert_eq!(playback.clear(), ["a", "b"]);
        assert_eq!(playback.next_frame(), ([SILENCE; 160], vec![]));
        assert_eq!(playback.clear(), Vec::<String>::new());
    }

    #[test]
    fn there_is_a_limit() {
        let mut playback = Playback::default();
        playback.push_audio(Bytes::from(vec![1; BUFFER_BYTES_MAX])).unwrap();
        assert_eq!(playback.push_audio(Bytes::from_static(&[1])), Err(Overflow));
        playback.clear();
        assert_eq!(playback.push_audio(Bytes::from_static(&[1])), Ok(()));
        for n in 0..MARKS_MAX {
            playback.push_mark(n.to_string()).unwrap();
        }
        assert_eq!(playback.push_mark("x".into()), Err(Overflow));
    }
}
