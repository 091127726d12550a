//! Named places at which a test lets the program die or stand still.
//!
//! Without the feature `armed`, which no ordinary build has, [`reach`] is empty. With it the environment variable
//! [`VARIABLE`] names one place, `handler.after_create`; which time it is reached counts, `handler.after_create:2`; and what
//! happens there, `handler.after_create:2:stop`: the process kills itself as `kill -9` does, or stops itself until somebody
//! lets it go on.

/// The environment variable that arms one place.
pub const VARIABLE: &str = "RINGBACK_CRASH_AT";

/// The program is at a named place.
#[cfg(not(all(feature = "armed", unix)))]
#[inline(always)]
pub fn reach(_place: &'static str) {}

#[cfg(all(feature = "armed", unix))]
pub use armed::reach;

#[cfg(all(feature = "armed", unix))]
mod armed {
    use super::VARIABLE;
    use rustix::process::{Signal, getpid, kill_process};
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// One place, the times it is still passed, and what happens then.
    struct Trap {
        place: String,
        left: AtomicU32,
        signal: Signal,
    }

    static TRAP: LazyLock<Option<Trap>> = LazyLock::new(|| std::env::var(VARIABLE).ok().map(|text| Trap::read(&text)));

    impl Trap {
        fn read(text: &str) -> Self {
            let mut parts = text.split(':');
            let place = parts.next().unwrap_or_default().to_owned();
            let time = parts.next().map_or(Ok(1), str::parse).unwrap_or_else(|_| panic!("{VARIABLE}={text}: which time?"));
            let signal = match parts.next() {
                None | Some("kill") => Signal::KILL,
                Some("stop") => Signal::STOP,
                Some(other) => panic!("{VARIABLE}={text}: {other} is neither kill nor stop"),
            };
            Self { place, left: AtomicU32::new(time), signal }
        }
    }

    /// The program is at a named place; it may not come any further.
    pub fn reach(place: &'static str) {
        let Some(trap) = TRAP.as_ref().filter(|trap| trap.place == place) else { return };
        let left = trap.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if left == Ok(1) {
            // The only trace that it leaves.
            eprintln!("crash point {place} reached");
            // Nobody who has died can say that it failed.
            let _ = kill_process(getpid(), trap.signal);
        }
    }
}
