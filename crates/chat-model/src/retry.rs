//! Asking again after failures that pass.

use crate::{Error, Limits};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Does it until it succeeds, fails for good, or the tries or the time are used up; the last failure is told.
pub(crate) async fn repeat<T, F: Future<Output = Result<T, Error>>>(
    limits: &Limits,
    deadline: Instant,
    mut once: impl FnMut() -> F,
) -> Result<T, Error> {
    let mut tried = 0;
    loop {
        let error = match once().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        tried += 1;
        let pause = match error.retry_after() {
            Some(pause) if pause > limits.retry_after_max => return Err(error),
            // Not all at the same moment that the server named.
            Some(pause) => pause + limits.back_off.mul_f64(rand::random_range(0.0..1.0)),
            None => back_off(limits.back_off, tried),
        };
        if !error.passes() || tried >= limits.tries || Instant::now() + pause >= deadline {
            return Err(error);
        }
        tracing::debug!(tried, pause_ms = pause.as_millis(), %error, "asking the model again");
        sleep(pause).await;
    }
}

fn back_off(first: Duration, tried: u32) -> Duration {
    let whole = first.saturating_mul(1 << (tried - 1).min(6));
    whole.mul_f64(rand::random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const LIMITS: Limits = Limits {
        connect: Duration::from_secs(1),
        first_token: Duration::from_secs(1),
        total: Duration::from_secs(12),
        tries: 3,
        back_off: Duration::from_millis(400),
        retry_after_max: Duration::from_secs(5),
        tokens_max: 1,
        bytes_max: 1,
    };

    fn busy(retry_after: Option<u64>) -> Error {
        Error::Busy { retry_after: retry_after.map(Duration::from_secs) }
    }

    /// How often it was tried and how long that took, if it fails so before it succeeds at the `good`th try.
    async fn run(error: impl Fn() -> Error, good: u32, limits: Limits) -> (u32, Duration, Result<(), Error>) {
        let (tries, began) = (Cell::new(0), Instant::now());
        let outcome = repeat(&limits, began + limits.total, || {
            tries.set(tries.get() + 1);
            let outcome = if tries.get() == good { Ok(()) } else { Err(error()) };
            std::future::ready(outcome)
        });
        let outcome = outcome.await;
        (tries.get(), began.elapsed(), outcome)
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_tried_again_after_growing_waits() {
        for error in [|| busy(None), || Error::Failed { status: 503, message: String::new() }, || Error::Broken { source: None }]
        {
            let (tries, took, outcome) = run(error, 3, LIMITS).await;
            assert_eq!((tries, outcome.is_ok()), (3, true));
            assert!((Duration::from_millis(600)..=Duration::from_millis(1_210)).contains(&took), "{took:?}");
        }
        let (tries, _, outcome) = run(|| busy(None), 4, LIMITS).await;
        assert!(matches!((tries, outcome), (3, Err(Error::Busy { .. }))));
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_that_the_server_names_is_kept_if_it_is_short() {
        let (tries, took, outcome) = run(|| busy(Some(2)), 2, LIMITS).await;
        assert_eq!((tries, outcome.is_ok()), (2, true));
        assert!((Duration::from_secs(2)..Duration::from_millis(2_410)).contains(&took), "{took:?}");
        let (tries, took, outcome) = run(|| busy(Some(6)), 2, LIMITS).await;
        assert!(matches!((tries, outcome), (1, Err(Error::Busy { .. }))) && took.is_zero(), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn what_stays_and_what_has_no_time_is_not_tried_again() {
        for error in [|| Error::Key { status: 401, host: "h".into() }, || Error::Cut, || Error::Filtered] {
            assert_eq!(run(error, 2, LIMITS).await.0, 1);
        }
        let limits = Limits { total: Duration::from_secs(3), tries: 10, ..LIMITS };
        let (tries, took, _) = run(|| busy(Some(1)), 9, limits).await;
        assert!((2..=3).contains(&tries) && took < limits.total, "{tries} in {took:?}");
    }
}
