//! A disk whose cache is lost: what was synced stays, of the rest nobody knows.

use crate::trace::Op;
use std::collections::BTreeMap;
use std::path::Path;

/// A disk writes a sector whole or not at all, bytes.
const SECTOR: usize = 512;

/// What of that which was not synced a power cut takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// None of it: the process was killed, the machine runs on.
    Nothing,
    /// All of it.
    Everything,
    /// Some sectors, some files, some deletions; which ones follows from the seed.
    Some {
        /// Makes a loss repeatable.
        seed: u64,
    },
}

/// The files of a folder, by their paths inside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Disk {
    /// Writes the files into a folder.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write_to(&self, folder: &Path) -> std::io::Result<()> {
        for (name, bytes) in &self.files {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, bytes)?;
        }
        Ok(())
    }
}

/// A file while it is written to.
#[derive(Clone, Debug, Default)]
struct Kept {
    synced: Vec<u8>,
    since: Vec<Op>,
    /// Its name would be found after a cut.
    named: bool,
    deleted: bool,
}

/// The disk with what is still in its cache.
#[derive(Debug, Default)]
pub(crate) struct Platter {
    files: BTreeMap<String, Kept>,
}

impl Platter {
    pub(crate) fn does(&mut self, op: &Op) {
        match op {
            Op::Created { name } => drop(self.files.insert(name.clone(), Kept::default())),
            Op::Written { name, .. } | Op::Cut { name, .. } => self.file(name).since.push(op.clone()),
            Op::Synced { name } => {
                let file = self.file(name);
                for op in std::mem::take(&mut file.since) {
                    apply(&mut file.synced, &op, |_| true);
                }
            }
            Op::FolderSynced { name } => {
                let prefix = if name.is_empty() { String::new() } else { format!("{name}/") };
                let inside = |file: &str| file.strip_prefix(&prefix).is_some_and(|rest| !rest.contains('/'));
                self.files.retain(|file, kept| !inside(file) || !kept.deleted);
                self.files.iter_mut().filter(|(file, _)| inside(file)).for_each(|(_, kept)| kept.named = true);
            }
            Op::Deleted { name } => self.file(name).deleted = true,
        }
    }

    /// A file that was there before the record began counts as synced and named.
    fn file(&mut self, name: &str) -> &mut Kept {
        self.files.entry(name.to_owned()).or_insert_with(|| Kept { named: true, ..Kept::default() })
    }

    pub(crate) fn after(&self, loss: Loss) -> Disk {
        let mut dice = Dice(match loss {
            Loss::Nothing | Loss::Everything => 0,
            Loss::Some { seed } => seed,
        });
        let mut reached_disk = move || match loss {
            Loss::Nothing => true,
            Loss::Everything => false,
            Loss::Some { .. } => dice.throw(),
        };
        let mut disk = Disk::default();
        for (name, kept) in &self.files {
            let found = (kept.named || reached_disk()) && !(kept.deleted && reached_disk());
            let mut bytes = kept.synced.clone();
            for op in &kept.since {
                apply(&mut bytes, op, |_| reached_disk());
            }
            if found {
                disk.files.insert(name.clone(), bytes);
            }
        }
        disk
    }
}

/// Does to the bytes of a file what was done to the file, as far as it reached the disk.
fn apply(file: &mut Vec<u8>, op: &Op, mut reached_disk: impl FnMut(usize) -> bool) {
    match op {
        Op::Written { offset, bytes, .. } => {
            let mut at = 0;
            while at < bytes.len() {
                let length = (SECTOR - (offset + at) % SECTOR).min(bytes.len() - at);
                let (from, to) = (offset + at, offset + at + length);
                if reached_disk(from) {
                    file.resize(file.len().max(to), 0);
                    file[from..to].copy_from_slice(&bytes[at..at + length]);
                }
                at += length;
            }
        }
        Op::Cut { size, .. } => {
            if reached_disk(*size) {
                file.resize(*size, 0);
            }
        }
        Op::Created { .. } | Op::Synced { .. } | Op::FolderSynced { .. } | Op::Deleted { .. } => {}
    }
}

/// Repeatable chance (splitmix64).
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) & 1 == 1
    }
}
