//! Wasmi, an interpreter.

use crate::load_error::LoadError;
pub(super) use wasmi as wasm;

pub(super) fn engine() -> Result<wasm::Engine, LoadError> {
    Ok(wasm::Engine::default())
}

#[path = "guest.rs"]
pub(super) mod guest;
