//! A few equal things that many threads take turns with.

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

pub(crate) struct Pool<T> {
    idle: Mutex<Vec<T>>,
    returned: Condvar,
}

/// One of them, given back when dropped, also by a panic.
pub(crate) struct Taken<'a, T> {
    pool: &'a Pool<T>,
    thing: Option<T>,
}

impl<T> Pool<T> {
    pub(crate) fn fill<E>(count: usize, mut make: impl FnMut() -> Result<T, E>) -> Result<Self, E> {
        let idle = (0..count).map(|_| make()).collect::<Result<_, E>>()?;
        Ok(Self { idle: Mutex::new(idle), returned: Condvar::new() })
    }

    /// Waits until one is idle.
    pub(crate) fn take(&self) -> Taken<'_, T> {
        let mut idle = self.lock();
        loop {
            if let Some(thing) = idle.pop() {
                return Taken { pool: self, thing: Some(thing) };
            }
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// All that are idle, each once.
    pub(crate) fn all(&self) -> Vec<Taken<'_, T>> {
        let things: Vec<T> = self.lock().drain(..).collect();
        things.into_iter().map(|thing| Taken { pool: self, thing: Some(thing) }).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<T>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Deref for Taken<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.thing.as_ref().expect("only drop takes it out")
    }
}

impl<T> DerefMut for Taken<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.thing.as_mut().expect("only drop takes it out")
    }
}

impl<T> Drop for Taken<'_, T> {
    fn drop(&mut self) {
        if let Some(thing) = self.thing.take() {
            self.pool.lock().push(thing);
            self.pool.returned.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_is_taken_comes_back_and_wakes_who_waits() {
        let pool = Pool::fill(1, || Ok::<_, ()>(7)).unwrap();
        let taken = pool.take();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| *pool.take());
            drop(taken);
            assert_eq!(waiting.join().unwrap(), 7);
        });
        assert_eq!(pool.all().len(), 1);
    }
}
