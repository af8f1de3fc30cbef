//! The cases that every host must pass, on each engine that the crate has. `NHIPOL_CONFORMANCE` tells another folder.

#[path = "../examples/nhipol-host/conformance.rs"]
mod conformance;
#[path = "../examples/nhipol-host/exact.rs"]
mod exact;

use nhipol::Engine;
use std::path::PathBuf;

fn passes_on(engine: Engine) {
    let usual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/conformance");
    let folder = std::env::var_os("NHIPOL_CONFORMANCE").map_or_else(|| usual.into(), PathBuf::from);
    let (told, is_passed) = conformance::run(&folder, engine).unwrap();
    assert!(is_passed, "{told}");
}

#[test]
#[cfg(feature = "wasmtime")]
fn all_cases_pass_on_wasmtime() {
    passes_on(Engine::Wasmtime);
}

#[test]
#[cfg(feature = "wasmi")]
fn all_cases_pass_on_wasmi() {
    passes_on(Engine::Wasmi);
}
