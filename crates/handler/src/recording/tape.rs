//! The file of one recording while it is written. Its header is true after every write, so a crash leaves a whole file.

use super::wav::{BYTES_PER_SECOND, HEADER_BYTES, header};
use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use types::Recording;

/// A recording that is being written, or that had to stop.
#[derive(Debug)]
pub(super) struct Tape {
    file: File,
    sound_bytes: u64,
    bytes_max: u64,
    /// Why nothing is written any more.
    stopped: Option<String>,
}

impl Tape {
    /// Begins a file, or goes on with one that an earlier run has left; what is no whole sample of it, or no whole header, is
    /// mended.
    pub(super) fn open(path: &Path, bytes_max: u64) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let sound_bytes = file.metadata()?.len().saturating_sub(HEADER_BYTES) / 2 * 2;
        file.set_len(HEADER_BYTES + sound_bytes)?;
        let mut tape = Self { file, sound_bytes, bytes_max, stopped: None };
        tape.write_header()?;
        Ok(tape)
    }

    /// How much there is, samples of one channel.
    pub(super) fn samples(&self) -> u64 {
        self.sound_bytes / 2
    }

    /// Adds sound. If it cannot be written, the recording stops there and says why.
    pub(super) fn append(&mut self, sound: &[u8]) {
        if self.stopped.is_some() || sound.is_empty() {
            return;
        }
        if HEADER_BYTES + self.sound_bytes + sound.len() as u64 > self.bytes_max {
            self.stopped = Some("the recording reached its largest size".into());
            return;
        }
        if let Err(error) = self.write(sound) {
            let full = error.kind() == io::ErrorKind::StorageFull;
            let why = if full { "the disk is full".to_owned() } else { format!("the file could not be written: {error}") };
            tracing::warn!(%error, "a recording stops; its call goes on");
            self.stopped = Some(why);
            // What was written of it in part is cut off again.
            if let Err(error) = self.file.set_len(HEADER_BYTES + self.sound_bytes) {
                tracing::warn!(%error, "a recording's end could not be mended; the next start will");
            }
        }
    }

    fn write(&mut self, sound: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(HEADER_BYTES + self.sound_bytes))?;
        self.file.write_all(sound)?;
        self.sound_bytes += sound.len() as u64;
        self.write_header()
    }

    fn write_header(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header(self.sound_bytes))
    }

    /// The end of it: what there is.
    pub(super) fn close(mut self) -> Recording {
        if let Err(error) = self.file.sync_all() {
            self.stopped.get_or_insert_with(|| format!("the file could not be written: {error}"));
        }
        Recording {
            seconds: u32::try_from(self.sound_bytes.div_ceil(BYTES_PER_SECOND)).unwrap_or(u32::MAX),
            channels: 2,
            bytes: HEADER_BYTES + self.sound_bytes,
            stopped: self.stopped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_broken_off_is_mended_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("o_1.wav");
        let mut tape = Tape::open(&path, 1 << 20).unwrap();
        tape.append(&[1; 3_200]);
        drop(tape);
        // The process died in the middle of a write.
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(&[2; 33]).unwrap();
        let mut tape = Tape::open(&path, 1 << 20).unwrap();
        assert_eq!(tape.samples(), (3_200 + 32) / 2);
        tape.append(&[3; 16_000]);
        let told = tape.close();
        assert_eq!((told.seconds, told.bytes, told.stopped), (2, 58 + 3_232 + 16_000, None));
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(whole[..58], header(3_232 + 16_000));
        assert_eq!(whole.len() as u64, told.bytes);
    }

    #[test]
    fn its_size_is_limited_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut tape = Tape::open(&folder.path().join("o_1.wav"), 10_000).unwrap();
        tape.append(&[1; 8_000]);
        tape.append(&[1; 8_000]);
        let told = tape.close();
        assert_eq!((told.bytes, told.stopped.as_deref()), (8_058, Some("the recording reached its largest size")));
    }

    #[test]
    #[cfg(unix)]
    fn only_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("o_1.wav");
        drop(Tape::open(&path, 10_000).unwrap());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_full_disk_stops_the_recording_and_is_told() {
        // Every write to it fails as on a full disk.
        if let Ok(file) = OpenOptions::new().write(true).open("/dev/full") {
            let mut tape = Tape { file, sound_bytes: 0, bytes_max: 1 << 20, stopped: None };
            tape.append(&[1; 160]);
            tape.append(&[1; 160]);
            assert_eq!((tape.sound_bytes, tape.stopped.as_deref()), (0, Some("the disk is full")));
        }
    }
}
