//! Where speech is understood and made for several calls at a time: how long a call waits for it behind the others.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many pieces of such work are done at the same time: a machine with two cores.
const CORES: usize = 2;

/// The machine that all calls of a scenario share, as one of them sees it: by its own clock.
#[derive(Clone)]
pub(super) struct Desk {
    state: Arc<Mutex<State>>,
    begins: Duration,
}

struct State {
    /// When each core is free again. None: whoever is alone waits for nobody.
    free_at: Vec<Duration>,
    /// The loop that serves the calls does the work, too, and serves none of them meanwhile.
    in_the_loop: bool,
}

impl Desk {
    /// For so many calls.
    pub(super) fn new(calls: u32, in_the_loop: bool) -> Self {
        let cores = match (in_the_loop, calls) {
            (true, _) => 1,
            (false, 0 | 1) => 0,
            (false, _) => CORES,
        };
        let state = State { free_at: vec![Duration::ZERO; cores], in_the_loop };
        Self { state: Arc::new(Mutex::new(state)), begins: Duration::ZERO }
    }

    /// The same machine for a call that begins so much later than the first.
    pub(super) fn for_a_call(&self, begins: Duration) -> Self {
        Self { state: Arc::clone(&self.state), begins }
    }

    /// When the call begins, by the clock of the first.
    pub(super) fn begins(&self) -> Duration {
        self.begins
    }

    /// Work of this length is begun as soon as a core is free; how long it is until it is done.
    pub(super) fn done_after(&self, now: Duration, takes: Duration) -> Duration {
        let now = now + self.begins;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(core) = state.free_at.iter_mut().min() else { return takes };
        *core = now.max(*core) + takes;
        *core - now
    }

    /// Until then no call is served.
    pub(super) fn busy_until(&self) -> Duration {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let until = state.free_at.first().copied().unwrap_or_default().saturating_sub(self.begins);
        if state.in_the_loop { until } else { Duration::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn work_waits_for_a_free_core_and_nobody_who_is_alone_waits() {
        let alone = Desk::new(1, false);
        assert_eq!([1, 1, 1].map(|_| alone.done_after(MS(10), MS(100))), [MS(100); 3]);
        let shared = Desk::new(4, false);
        let waits = [(0, 100), (0, 300), (50, 100), (60, 100)].map(|(now, takes)| shared.done_after(MS(now), MS(takes)));
        assert_eq!(waits, [MS(100), MS(300), MS(150), MS(240)]);
        let later = shared.for_a_call(MS(200));
        assert_eq!((later.done_after(MS(0), MS(10)), later.busy_until()), (MS(110), Duration::ZERO));
    }

    #[test]
    fn a_loop_that_works_serves_nobody() {
        let desk = Desk::new(4, true);
        assert_eq!((desk.done_after(MS(5), MS(100)), desk.done_after(MS(10), MS(100))), (MS(100), MS(195)));
        assert_eq!((desk.busy_until(), desk.for_a_call(MS(200)).busy_until()), (MS(205), MS(5)));
    }
}
