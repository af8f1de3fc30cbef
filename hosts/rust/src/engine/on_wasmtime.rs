//! Wasmtime, which compiles to machine code.

pub(super) use wasmtime as wasm;

/// One of the process, for it holds no state of any module.
pub(super) fn engine() -> wasm::Engine {
    static SHARED: std::sync::OnceLock<wasm::Engine> = std::sync::OnceLock::new();
    SHARED.get_or_init(wasm::Engine::default).clone()
}

#[path = "guest.rs"]
pub(super) mod guest;
