//! Wasmi, an interpreter. It has no clock: a deadline is fuel, which it counts as it interprets.

use crate::error::LoadError;
use std::time::Duration;
pub(super) use wasmi as wasm;
use wasmi::{Config, Store, TrapCode};

/// Fuel for a microsecond of the deadline: the consumption of a fast machine, so that a slow one stops late, never early.
const FUEL: u128 = 1000;

pub(super) fn engine(has_deadline: bool) -> Result<wasm::Engine, LoadError> {
    let mut config = Config::default();
    config.consume_fuel(has_deadline);
    Ok(wasm::Engine::new(&config))
}

/// The fuel of one call.
pub(super) fn allowance(deadline: Duration) -> u64 {
    u64::try_from(deadline.as_micros().saturating_mul(FUEL)).unwrap_or(u64::MAX)
}

/// Replaces what is left of the previous call. The engine must have a deadline.
#[inline]
pub(super) fn grant<T>(store: &mut Store<T>, allowance: u64) {
    // It fails only in a store that counts no fuel.
    let _ = store.set_fuel(allowance);
}

/// Whether a call failed because it used up its allowance.
pub(super) fn is_late(why: &wasm::Error) -> bool {
    why.as_trap_code() == Some(TrapCode::OutOfFuel)
}

#[path = "guest.rs"]
pub(super) mod guest;
