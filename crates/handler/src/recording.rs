//! Recordings of calls, where the owner has switched them on: a stereo file a call, beside the database.
//!
//! The callee is told in the first sentence. The files are written by one thread of their own, so that a slow disk is no
//! matter of the calls; a recording that cannot be written stops, and its call goes on.

pub(crate) mod mix;
pub(crate) mod serve;
mod tape;
mod track;
mod wav;

use crate::app::App;
use mix::Mix;
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, SystemTime};
use tape::Tape;
use tokio::sync::oneshot;
use types::{OrderId, Recording};

/// How much may wait to be written: a second of a thousand calls.
const JOBS_MAX: usize = 2_048;
/// How long a call waits for its recording to be closed.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);
/// How often old recordings are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);

/// What of calls is recorded.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether calls are recorded at all; an order may still forbid it.
    pub enabled: bool,
    /// How many days a recording is kept.
    pub keep_days: u32,
    /// The largest file, bytes. A minute takes 960,000.
    pub bytes_max: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { enabled: false, keep_days: 30, bytes_max: 64 * 1024 * 1024 }
    }
}

/// The folder of the recordings, and the thread that writes them.
pub(crate) struct Recorder {
    folder: PathBuf,
    bytes_max: u64,
    jobs: SyncSender<Job>,
}

enum Job {
    Begin(OrderId, Box<Tape>),
    Append(OrderId, Vec<u8>),
    End(OrderId, oneshot::Sender<Recording>),
}

impl Recorder {
    /// Recordings in `recordings` in the data folder. Makes nothing until a call is recorded.
    pub(crate) fn new(data_dir: &Path, bytes_max: u64) -> io::Result<Self> {
        let (jobs, waiting) = sync_channel(JOBS_MAX);
        std::thread::Builder::new().name("recorder".into()).spawn(move || write(&waiting))?;
        Ok(Self { folder: data_dir.join("recordings"), bytes_max, jobs })
    }

    fn path(&self, order_id: &OrderId) -> Option<PathBuf> {
        let id = order_id.as_str();
        let plain = !id.is_empty() && id.len() <= 80 && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
        plain.then(|| self.folder.join(format!("{id}.wav")))
    }

    /// Begins the recording of a call, or goes on with it. `origin`: when its first media stream began, on the session's clock.
    fn begin(&self, order_id: &OrderId, origin: Duration) -> io::Result<Taping> {
        let path = self.path(order_id).ok_or_else(|| io::Error::other("the order's id is no file name"))?;
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.create(&self.folder)?;
        let tape = Tape::open(&path, self.bytes_max)?;
        let mix = Mix::after(tape.samples());
        self.jobs.try_send(Job::Begin(order_id.clone(), Box::new(tape))).map_err(|_| io::Error::other("the disk is too slow"))?;
        Ok(Taping { order_id: order_id.clone(), jobs: self.jobs.clone(), mix, origin, lost: false })
    }

    /// Forgets a recording. Whether there was one.
    pub(crate) fn delete(&self, order_id: &OrderId) -> io::Result<bool> {
        let Some(path) = self.path(order_id) else { return Ok(false) };
        match fs::remove_file(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Deletes what was last written more than so long ago; gives how many.
    fn sweep(&self, now: SystemTime, keep: Duration) -> io::Result<usize> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error),
        };
        let mut deleted = 0;
        for entry in entries {
            let entry = entry?;
            let ours = entry.path().extension().is_some_and(|extension| extension == "wav");
            let age = now.duration_since(entry.metadata()?.modified()?).unwrap_or_default();
            if ours && age > keep {
                fs::remove_file(entry.path())?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }
}

/// The writing thread: until the last handle is gone.
fn write(jobs: &Receiver<Job>) {
    let mut tapes: HashMap<OrderId, Box<Tape>> = HashMap::new();
    while let Ok(job) = jobs.recv() {
        match job {
            Job::Begin(order_id, tape) => drop(tapes.insert(order_id, tape)),
            Job::Append(order_id, sound) => {
                if let Some(tape) = tapes.get_mut(&order_id) {
                    tape.append(&sound);
                }
            }
            Job::End(order_id, reply) => {
                if let Some(tape) = tapes.remove(&order_id) {
                    // A call that no longer waits has its file all the same.
                    drop(reply.send(tape.close()));
                }
            }
        }
    }
}

/// Deletes old recordings now and then, until the handler stops.
pub(crate) async fn sweep(app: Arc<App>) {
    let keep = Duration::from_secs(u64::from(app.config.recording.keep_days) * 24 * 3_600);
    loop {
        let sweeping = Arc::clone(&app);
        let swept = tokio::task::spawn_blocking(move || sweeping.recorder.sweep(SystemTime::now(), keep)).await;
        match swept {
            Ok(Ok(0)) | Err(_) => {}
            Ok(Ok(deleted)) => tracing::info!(deleted, "old recordings are deleted"),
            Ok(Err(error)) => tracing::warn!(%error, "old recordings could not be deleted; trying again in an hour"),
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            () = app.stop.cancelled() => return,
        }
    }
}

/// A call that is being recorded. Its times are on the session's clock.
pub(crate) struct Taping {
    order_id: OrderId,
    jobs: SyncSender<Job>,
    pub(crate) mix: Mix,
    origin: Duration,
    /// Something could not be handed over, so the rest would be at wrong places.
    lost: bool,
}

impl Taping {
    /// Begins, if the recorder can. A call that cannot be recorded goes on without.
    pub(crate) fn begin(recorder: &Recorder, order_id: &OrderId, origin: Duration) -> Result<Self, Recording> {
        recorder.begin(order_id, origin).map_err(|error| {
            tracing::warn!(%order_id, %error, "a call is not recorded");
            let full = error.kind() == io::ErrorKind::StorageFull;
            let why = if full { "the disk is full".to_owned() } else { format!("the file could not be made: {error}") };
            Recording { seconds: 0, channels: 2, bytes: 0, stopped: Some(why) }
        })
    }

    /// A moment of the session on the recording's clock.
    pub(crate) fn at(&self, now: Duration) -> Duration {
        now.saturating_sub(self.origin)
    }

    /// Hands over what is sure.
    pub(crate) fn write(&mut self, now: Duration) {
        let sound = self.mix.take(self.at(now));
        self.hand_over(sound);
    }

    fn hand_over(&mut self, sound: Vec<u8>) {
        if sound.is_empty() || self.lost {
            return;
        }
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) =
            self.jobs.try_send(Job::Append(self.order_id.clone(), sound))
        {
            tracing::warn!(order_id = %self.order_id, "the disk is too slow; a recording stops, its call goes on");
            self.lost = true;
        }
    }

    /// Writes the rest. The answer comes once the file is closed.
    fn end(mut self, now: Duration) -> Option<(oneshot::Receiver<Recording>, bool)> {
        let rest = self.mix.finish(self.at(now));
        self.hand_over(rest);
        let (tell, told) = oneshot::channel();
        self.jobs.try_send(Job::End(self.order_id, tell)).ok()?;
        Some((told, self.lost))
    }

    /// Writes the rest and lets the file go, for whoever goes on with the call.
    pub(crate) fn leave(self, now: Duration) {
        drop(self.end(now));
    }

    /// Writes the rest; tells what was recorded.
    pub(crate) async fn close(self, now: Duration) -> Recording {
        let unknown = |why: &str| Recording { seconds: 0, channels: 2, bytes: 0, stopped: Some(why.into()) };
        let Some((told, lost)) = self.end(now) else { return unknown("the disk is too slow") };
        match tokio::time::timeout(CLOSE_LIMIT, told).await {
            Ok(Ok(mut recording)) => {
                if lost {
                    recording.stopped.get_or_insert_with(|| "the disk is too slow".into());
                }
                recording
            }
            Ok(Err(_)) | Err(_) => unknown("the disk is too slow"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_it_may_be_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = Recorder::new(folder.path(), 1 << 20).unwrap();
        let id = OrderId::new("o_1".to_owned());
        drop(recorder.begin(&id, Duration::ZERO).unwrap_or_else(|error| panic!("{error}")));
        let day = Duration::from_secs(24 * 3_600);
        assert_eq!(recorder.sweep(SystemTime::now() + day / 2, day).unwrap(), 0);
        assert_eq!(recorder.sweep(SystemTime::now() + day * 2, day).unwrap(), 1);
        assert!(!recorder.delete(&id).unwrap(), "it is gone");
    }

    #[test]
    fn an_id_that_is_no_file_name_is_none() {
        let recorder = Recorder::new(Path::new("/nowhere"), 1).unwrap();
        assert_eq!(recorder.path(&OrderId::new("../handler".to_owned())), None);
        assert!(!recorder.delete(&OrderId::new("../handler".to_owned())).unwrap());
    }
}
