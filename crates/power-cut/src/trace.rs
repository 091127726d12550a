//! What a process did to the files of a folder, in order.

use crate::disk::{Disk, Loss, Platter};
use std::path::{Path, PathBuf};
use std::process::Command;

const RECORDER: &str = include_str!("record.c");

/// Why nothing could be recorded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written, or a program not be started.
    #[error("could not {doing} {path}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The C compiler, which also builds SQLite, does not compile the recorder.
    #[error("cc cannot compile the recorder: {0}")]
    Compiler(String),
    /// The process did not do its work.
    #[error("the recorded process failed with {0}")]
    Process(std::process::ExitStatus),
    /// What was written down cannot be read.
    #[error("the record is broken at byte {0}")]
    Broken(usize),
}

/// One thing that was done to a file, named by its path inside the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Created { name: String },
    Written { name: String, offset: usize, bytes: Vec<u8> },
    Cut { name: String, size: usize },
    Synced { name: String },
    FolderSynced { name: String },
    Deleted { name: String },
}

/// Everything that a process did to a folder. A cut is a moment in it: `0` is before the first thing, [`Trace::len`] after the last.
#[derive(Clone, Debug)]
pub struct Trace {
    ops: Vec<Op>,
}

/// Runs a command to its end and records what it does to the files of `folder`, which must exist. `scratch` is another folder,
/// for the recorder.
///
/// # Errors
/// See [`Error`]; a process that fails is one.
pub fn record(command: &mut Command, folder: &Path, scratch: &Path) -> Result<Trace, Error> {
    let failed = |doing, path: &Path| {
        let path = path.to_owned();
        move |source| Error::Io { doing, path, source }
    };
    let (source, library, book) = (scratch.join("record.c"), scratch.join("record.so"), scratch.join("trace"));
    std::fs::write(&source, RECORDER).map_err(failed("write", &source))?;
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-pthread", "-o"]).args([&library, &source]);
    let compiled = compiler.output().map_err(failed("run", Path::new("cc")))?;
    if !compiled.status.success() {
        return Err(Error::Compiler(String::from_utf8_lossy(&compiled.stderr).into_owned()));
    }
    command.env("LD_PRELOAD", &library).env("POWER_CUT_FOLDER", folder).env("POWER_CUT_TRACE", &book);
    let status = command.status().map_err(failed("run", Path::new(command.get_program())))?;
    if !status.success() {
        return Err(Error::Process(status));
    }
    let bytes = std::fs::read(&book).map_err(failed("read", &book))?;
    Ok(Trace { ops: read(&bytes)? })
}

impl Trace {
    /// How many things were done.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// Nothing was done.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// Where to cut and what to lose: everything at every sync boundary, and something here and there. All moments, each with
    /// many losses, if the environment variable `POWER_CUTS` says `all`.
    pub fn cuts(&self) -> Vec<(usize, Loss)> {
        let some = |cut: usize, n: u64| Loss::Some { seed: cut as u64 * 1_000 + n };
        if std::env::var_os("POWER_CUTS").is_some_and(|asked| asked == "all") {
            let losses = |cut| [Loss::Nothing, Loss::Everything].into_iter().chain((0..6).map(move |n| some(cut, n)));
            return (0..=self.len()).flat_map(|cut| losses(cut).map(move |loss| (cut, loss))).collect();
        }
        let boundaries = self.sync_boundaries();
        let between = (0..=self.len()).step_by(self.len() / 100 + 1);
        let everything = boundaries.iter().map(|cut| (*cut, Loss::Everything));
        everything.chain(between.map(|cut| (cut, some(cut, 0)))).collect()
    }

    /// The cuts right before and right after something was synced.
    pub fn sync_boundaries(&self) -> Vec<usize> {
        let synced = |op: &Op| matches!(op, Op::Synced { .. } | Op::FolderSynced { .. });
        let mut cuts: Vec<usize> =
            self.ops.iter().enumerate().filter(|(_, op)| synced(op)).flat_map(|(n, _)| [n, n + 1]).collect();
        cuts.dedup();
        cuts
    }

    /// The same without its syncs: what it would be worth if nothing were ever synced.
    #[must_use]
    pub fn without_syncs(&self) -> Self {
        let ops = self.ops.iter().filter(|op| !matches!(op, Op::Synced { .. } | Op::FolderSynced { .. }));
        Self { ops: ops.cloned().collect() }
    }

    /// What the folder may look like after a power cut at this moment.
    pub fn after(&self, cut: usize, loss: Loss) -> Disk {
        self.until(cut).after(loss)
    }

    /// A file as it was for the process at this moment.
    pub fn seen(&self, cut: usize, name: &str) -> Vec<u8> {
        self.until(cut).after(Loss::Nothing).files.remove(name).unwrap_or_default()
    }

    fn until(&self, cut: usize) -> Platter {
        let mut platter = Platter::default();
        self.ops.iter().take(cut).for_each(|op| platter.does(op));
        platter
    }
}

fn read(mut bytes: &[u8]) -> Result<Vec<Op>, Error> {
    let whole = bytes.len();
    let mut ops = Vec::new();
    while !bytes.is_empty() {
        ops.push(read_one(&mut bytes).ok_or(Error::Broken(whole - bytes.len()))?);
    }
    Ok(ops)
}

fn read_one(bytes: &mut &[u8]) -> Option<Op> {
    let what = *take(bytes, 1)?.first()?;
    let name_length = u16::from_le_bytes(take(bytes, 2)?.try_into().ok()?);
    let number = usize::try_from(u64::from_le_bytes(take(bytes, 8)?.try_into().ok()?)).ok()?;
    let length = usize::try_from(u32::from_le_bytes(take(bytes, 4)?.try_into().ok()?)).ok()?;
    let name = String::from_utf8(take(bytes, usize::from(name_length))?.to_vec()).ok()?;
    let bytes = take(bytes, length)?.to_vec();
    match what {
        b'C' => Some(Op::Created { name }),
        b'W' => Some(Op::Written { name, offset: number, bytes }),
        b'T' => Some(Op::Cut { name, size: number }),
        b'S' => Some(Op::Synced { name }),
        b'D' => Some(Op::FolderSynced { name }),
        b'U' => Some(Op::Deleted { name }),
        _ => None,
    }
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}
