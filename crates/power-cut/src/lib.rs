//! For tests: what a power cut leaves of a folder that a process writes to.
//!
//! The process runs once, on a real disk, and a preloaded recorder writes down in order what it does to the folder's files.
//! From that the folder is built anew as it may be found after a cut at any moment: what was synced is there, of what was
//! written since then everything, nothing or any part may be missing, down to single sectors. Linux with a C compiler only.

mod disk;
mod trace;

pub use disk::{Disk, Loss};
pub use trace::{Error, Trace, record};
