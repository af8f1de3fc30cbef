//! Wasmtime, which compiles to machine code.

use crate::load_error::LoadError;
use std::sync::OnceLock;
pub(super) use wasmtime as wasm;

/// One of the process, for it holds no state of any module.
pub(super) fn engine() -> Result<wasm::Engine, LoadError> {
    static SHARED: OnceLock<Result<wasm::Engine, LoadError>> = OnceLock::new();
    let start = || {
        let why = |why| LoadError::new(format!("Wasmtime does not run on this machine: {why:#}"));
        wasm::Engine::new(&wasm::Config::new()).map_err(why)
    };
    SHARED.get_or_init(start).clone()
}

#[path = "guest.rs"]
pub(super) mod guest;
