//! The cases that every host must pass, on each engine that is built in. They are in the repository of nhipol, or in the
//! folder `NHIPOL_CONFORMANCE`; the packaged crate does not contain them.

#[path = "../examples/nhipol-host/conformance.rs"]
mod conformance;
#[path = "../examples/nhipol-host/exact.rs"]
mod exact;

use nhipol::Engine;
use std::path::PathBuf;

fn passes_on(engine: Engine) {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/conformance");
    let folder = std::env::var_os("NHIPOL_CONFORMANCE").map(PathBuf::from);
    if folder.is_none() && !PathBuf::from(default).exists() {
        println!("skipped: there is no folder {default}");
        return;
    }
    let (result, is_passed) = conformance::run(&folder.unwrap_or_else(|| default.into()), engine).unwrap();
    assert!(is_passed, "{result}");
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
