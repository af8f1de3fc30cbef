//! Wasmi, an interpreter.

pub(super) use wasmi as wasm;

pub(super) fn engine() -> wasm::Engine {
    wasm::Engine::default()
}

#[path = "guest.rs"]
pub(super) mod guest;
