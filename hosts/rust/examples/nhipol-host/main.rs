//! Checks this host against the cases that every host must pass, and measures it. Each command prints one line of JSON.
//!
//! nhipol-host [--engine wasmi] conformance DIR
//! nhipol-host [--engine wasmi] measure PREFIX
//! nhipol-host [--engine wasmi] stress PREFIX DECISIONS THREADS
//!
//! PREFIX.wasm is a module, PREFIX.jsonl has a request on each line, PREFIX.effects the expected effect of each.
//! Exit codes: 0 everything is as expected, 1 something is not, 2 usage.

mod conformance;
mod counting;
mod exact;
mod measure;
mod stress;
mod workload;

use nhipol::Engine;
use std::process::ExitCode;

#[global_allocator]
static COUNTING: counting::Counting = counting::Counting;

const USAGE: &str =
    "nhipol-host [--engine wasmtime|wasmi] conformance DIR | measure PREFIX | stress PREFIX DECISIONS THREADS";

fn main() -> ExitCode {
    let words = std::env::args().skip(1).collect::<Vec<_>>();
    let words = words.iter().map(String::as_str).collect::<Vec<_>>();
    let (engine, words) = match *words {
        ["--engine", name, ref words @ ..] => (engine_named(name), words),
        ref words => (Some(Engine::default()), words),
    };
    let result = match (engine, words) {
        (Some(engine), ["conformance", folder]) => conformance::run(folder.as_ref(), engine),
        (Some(engine), ["measure", prefix]) => measure::run(prefix, engine),
        (Some(engine), ["stress", prefix, decisions, threads]) => stress::run(prefix, engine, decisions, threads),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    // A line of JSON, and whether everything is as expected.
    match result {
        Ok((line, is_expected)) => {
            println!("{line}");
            if is_expected { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// `None`: it is not built in.
fn engine_named(name: &str) -> Option<Engine> {
    match name {
        #[cfg(feature = "wasmtime")]
        "wasmtime" => Some(Engine::Wasmtime),
        #[cfg(feature = "wasmi")]
        "wasmi" => Some(Engine::Wasmi),
        _ => None,
    }
}
