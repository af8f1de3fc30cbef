//! Instances of a policy, which threads share: each takes one for as long as it asks. There are as many at most as the
//! pool has places, and they are made when they are needed.

use crate::failure::Failure;
use crate::instance::Instance;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, TryLockError};

pub(crate) struct Pool(Box<[Place]>);

/// On a cache line of its own, so that threads do not slow each other.
#[repr(align(128))]
#[derive(Default)]
struct Place(Mutex<Option<Box<Instance>>>);

thread_local! {
    /// Where a thread looks first: in turn, so that few meet.
    static OWN: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    };
}

impl Pool {
    pub(crate) fn new(places: usize) -> Self {
        Self((0..places.max(1)).map(|_| Place::default()).collect())
    }

    /// `start` makes an instance where there is none. One that failed is dropped.
    #[inline]
    pub(crate) fn with<Gives>(
        &self,
        start: impl FnOnce() -> Result<Instance, Failure>,
        ask: impl FnOnce(&mut Instance) -> Result<Gives, Failure>,
    ) -> Result<Gives, Failure> {
        let mut place = self.take();
        let instance = match &mut *place {
            Some(instance) => instance,
            empty => empty.insert(Box::new(start()?)),
        };
        let given = ask(instance);
        if given.is_err() {
            *place = None;
        }
        given
    }

    /// The thread's own place, or the next that is free, or its own when it is.
    #[inline]
    fn take(&self) -> MutexGuard<'_, Option<Box<Instance>>> {
        let own = OWN.with(|own| *own) % self.0.len();
        // It lies within.
        #[allow(clippy::indexing_slicing)]
        let (before, from, place) = (&self.0[..own], &self.0[own..], &self.0[own]);
        for place in from.iter().chain(before) {
            match place.0.try_lock() {
                Ok(free) => return free,
                Err(TryLockError::Poisoned(left)) => return emptied(place, left.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        place.0.lock().unwrap_or_else(|left| emptied(place, left.into_inner()))
    }
}

/// Whoever had the place panicked, and nobody knows what the instance holds.
#[cold]
fn emptied<'a>(
    place: &Place,
    mut left: MutexGuard<'a, Option<Box<Instance>>>,
) -> MutexGuard<'a, Option<Box<Instance>>> {
    *left = None;
    place.0.clear_poison();
    left
}
