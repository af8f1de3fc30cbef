//! Wasmtime, which compiles to machine code. A deadline is a number of the engine's epochs, which a thread counts.

use crate::error::LoadError;
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;
pub(super) use wasmtime as wasm;
use wasmtime::{Config, Store, Trap};

/// The length of an epoch.
const TICK: Duration = Duration::from_millis(10);

/// Two for the process, since engines have no state of a module: one for modules whose calls have a deadline, which
/// check the epoch in each function and loop, and one for all others.
pub(super) fn engine(has_deadline: bool) -> Result<wasm::Engine, LoadError> {
    static WITHOUT: OnceLock<Result<wasm::Engine, LoadError>> = OnceLock::new();
    static WITH: OnceLock<Result<wasm::Engine, LoadError>> = OnceLock::new();
    let engine = if has_deadline { &WITH } else { &WITHOUT };
    engine.get_or_init(|| new_engine(has_deadline)).clone()
}

/// With a deadline, also starts the thread that counts the epochs of the engine. Both exist as long as the process runs.
fn new_engine(has_deadline: bool) -> Result<wasm::Engine, LoadError> {
    let mut config = Config::new();
    config.epoch_interruption(has_deadline);
    let why = |why| LoadError(format!("Wasmtime does not run on this machine: {why:#}"));
    let engine = wasm::Engine::new(&config).map_err(why)?;
    if has_deadline {
        let ticking = engine.clone();
        let tick = move || {
            loop {
                thread::sleep(TICK);
                ticking.increment_epoch();
            }
        };
        let started = thread::Builder::new().name("nhipol-deadline".to_owned()).spawn(tick);
        started.map_err(|why| LoadError(format!("the thread for deadlines cannot be started: {why}")))?;
    }
    Ok(engine)
}

/// The epochs of one call. One more, since the first is partly over when the call begins.
pub(super) fn allowance(deadline: Duration) -> u64 {
    let epochs = deadline.as_nanos().div_ceil(TICK.as_nanos());
    // Far below the number that overflows the epoch.
    u64::try_from(epochs).unwrap_or(u64::MAX).min(u64::MAX / 4) + 1
}

/// Replaces what is left of the previous call.
#[inline]
pub(super) fn grant<T>(store: &mut Store<T>, allowance: u64) {
    store.set_epoch_deadline(allowance);
}

/// Whether a call failed because it used up its allowance.
pub(super) fn is_late(why: &wasm::Error) -> bool {
    why.downcast_ref::<Trap>() == Some(&Trap::Interrupt)
}

#[path = "guest.rs"]
pub(super) mod guest;
