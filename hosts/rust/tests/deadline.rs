//! Modules that never return, and a policy that does.

use nhipol::{DecideOptions, Engine, LoadOptions, Policy, SessionsOptions};
use std::time::{Duration, Instant};

/// What a stopped call may take in a test, on a machine that is busy.
const BOUND: Duration = Duration::from_secs(20);

fn module(name: &str) -> Vec<u8> {
    let conformance = std::env::var_os("NHIPOL_CONFORMANCE").map_or_else(
        || concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/conformance").into(),
        std::path::PathBuf::from,
    );
    std::fs::read(conformance.join(name)).unwrap()
}

fn engines() -> Vec<Engine> {
    vec![
        #[cfg(feature = "wasmtime")]
        Engine::Wasmtime,
        #[cfg(feature = "wasmi")]
        Engine::Wasmi,
    ]
}

/// More than a decision takes: with Wasmtime on a machine that is busy; Wasmi counts instructions.
fn deadline(engine: Engine) -> Duration {
    match engine {
        #[cfg(feature = "wasmi")]
        Engine::Wasmi => Duration::from_millis(1),
        _ => Duration::from_millis(500),
    }
}

fn limited(engine: Engine) -> LoadOptions {
    let mut options = LoadOptions::default();
    options.engine = engine;
    options.deadline = Some(deadline(engine));
    options
}

#[test]
fn a_start_that_never_returns_is_a_load_error() {
    for engine in engines() {
        let started = Instant::now();
        let error = Policy::load_with(&module("endless/start.wasm"), limited(engine)).unwrap_err();
        assert_eq!(error.to_string(), "the module cannot be started within the deadline", "{engine:?}");
        assert!(started.elapsed() < BOUND, "{engine:?}");
    }
}

#[test]
fn a_decision_that_never_returns_is_a_deny_and_the_next_gets_a_fresh_instance() {
    for engine in engines() {
        let policy = Policy::load_with(&module("modules/answers-canned.wasm"), limited(engine)).unwrap();
        // "count" is answered with how often this instance was asked, as the instant until when the answer holds.
        let count = || policy.decide_json_with(b"count", DecideOptions::at(0)).valid_until();
        let first = count();
        assert_ne!(count(), first, "{engine:?}");
        let started = Instant::now();
        let answer = policy.decide_json(b"forever");
        assert!(started.elapsed() < BOUND, "{engine:?}");
        assert!(!answer.decision());
        assert_eq!(answer.reasons().iter().map(|id| &**id).collect::<Vec<_>>(), ["engine_error"]);
        let error = answer.error().unwrap();
        assert_eq!(
            (error.code, &*error.expected, &*error.found),
            ("engine_error", "an answer within the deadline", "none")
        );
        assert_eq!(count(), first, "{engine:?}");
    }
}

#[test]
fn a_session_that_never_returns_denies_all_sessions() {
    for engine in engines() {
        let policy = Policy::load_with(&module("modules/sessions-trapping.wasm"), limited(engine)).unwrap();
        let sessions = policy.sessions(SessionsOptions::default()).unwrap();
        sessions.open("one", b"{}", None).unwrap();
        assert!(sessions.decide("one", None, None).decision());
        sessions.patch("one", br#"{"context":{"fail":5}}"#).unwrap();
        let started = Instant::now();
        let answer = sessions.decide("one", None, None);
        assert!(started.elapsed() < BOUND, "{engine:?}");
        assert_eq!((answer.decision(), answer.error().unwrap().code), (false, "engine_error"));
        assert_eq!(sessions.due(), Some(0), "{engine:?}");
    }
}

#[test]
fn each_call_has_the_whole_deadline() {
    for engine in engines() {
        let policy = Policy::load_with(include_bytes!("../examples/tool.wasm"), limited(engine)).unwrap();
        let request = br#"{"subject":{"type":"agent","id":"a-1","properties":{"scopes":["search"]}},
            "action":{"name":"tool.invoke"},"resource":{"type":"tool","id":"search"},"context":{"risk":12}}"#;
        let until = Instant::now() + deadline(engine) * 3;
        let mut decisions = 0;
        while Instant::now() < until || decisions < 400 {
            assert!(policy.decide_json(request).decision(), "{engine:?}");
            decisions += 1;
        }
    }
}
