//! The instances of a policy, which threads share: each call takes one. The pool has a fixed number of places, whose
//! instances are created when they are needed.

use crate::error::Stop;
use crate::instance::Instance;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

pub(crate) struct Pool(Box<[Place]>);

/// It has its own cache line, so that threads do not slow each other down.
#[repr(align(128))]
#[derive(Default)]
struct Place(Mutex<Option<Box<Instance>>>);

thread_local! {
    /// The place that a thread tries first.
    static OWN: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    };
}

impl Pool {
    pub(crate) fn new(places: usize) -> Self {
        Self((0..places.max(1)).map(|_| Place::default()).collect())
    }

    /// `start` creates an instance if the place is empty. An instance is not used again after a failure or a panic.
    pub(crate) fn with<T>(
        &self,
        start: impl FnOnce() -> Result<Instance, Stop>,
        call: impl FnOnce(&mut Instance) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let mut place = self.lock();
        let mut instance = place.take().map_or_else(|| start().map(Box::new), Ok)?;
        let result = call(&mut instance);
        if !matches!(result, Err(Stop::Failed(_))) {
            *place = Some(instance);
        }
        result
    }

    /// The thread's own place, or the next that is free; if all are in use, waits for its own.
    fn lock(&self) -> MutexGuard<'_, Option<Box<Instance>>> {
        let own = OWN.with(|own| *own) % self.0.len();
        let (before, from) = self.0.split_at(own);
        for place in from.iter().chain(before) {
            match place.0.try_lock() {
                Ok(free) => return free,
                Err(TryLockError::Poisoned(empty)) => return empty.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        // It is within.
        #[allow(clippy::indexing_slicing)]
        self.0[own].0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
