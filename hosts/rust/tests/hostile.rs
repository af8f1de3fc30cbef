//! Modules that violate the ABI, trap or never return: each is a load error or a deny, and the next call has a new
//! instance.

use nhipol::{Answer, Effect, Engine, LoadOptions, Policy, error_codes};
use std::time::{Duration, Instant, UNIX_EPOCH};

const PERMIT: &str = r#"{"decision":true,"context":{"effect":"permit","reasons":["a"],"reason_details":[],"read":[]}}"#;
/// The maximum duration of a call that is stopped, on a busy machine.
const BOUND: Duration = Duration::from_secs(30);

fn engines() -> Vec<Engine> {
    vec![
        #[cfg(feature = "wasmtime")]
        Engine::Wasmtime,
        #[cfg(feature = "wasmi")]
        Engine::Wasmi,
    ]
}

/// Longer than the calls that return: with Wasmtime on a busy machine; Wasmi counts instructions.
fn deadline(engine: Engine) -> Option<Duration> {
    Some(Duration::from_millis(match engine {
        #[cfg(feature = "wasmi")]
        Engine::Wasmi => 2,
        _ => 500,
    }))
}

/// A module whose `decide` has this body, with these bytes at 1024.
fn module(body: &str, bytes: &[u8], more: &str) -> Vec<u8> {
    let data = bytes.iter().map(|byte| format!("\\{byte:02x}")).collect::<String>();
    let text = format!(
        r#"(module
            (memory (export "memory") 4)
            (global (export "abi_major") i32 (i32.const 2))
            (global (export "abi_minor") i32 (i32.const 0))
            (global $calls (mut i32) (i32.const 0))
            (data (i32.const 1024) "{data}")
            (func (export "request") (param i32) (result i32) i32.const 65536)
            (func (export "decide") (param i32 f64 i32 i32) (result i32) {body})
            (func (export "again") (param f64 i32) (result i32) i32.const 1024)
            (func (export "respond") (param i32) (result i32) i32.const 1024)
            {more})"#
    );
    wat::parse_str(text).unwrap()
}

/// A header and a response.
fn response(effect: u8, flags: u8, valid_until: f64, text: &[u8]) -> Vec<u8> {
    let mut bytes = vec![effect, flags, 0, 0];
    bytes.extend(u32::try_from(text.len()).unwrap().to_le_bytes());
    bytes.extend(valid_until.to_le_bytes());
    bytes.extend([0; 16]);
    bytes.extend(text);
    bytes
}

fn load(engine: Engine, module: &[u8], deadline: Option<Duration>) -> Policy {
    let mut options = LoadOptions::default();
    (options.engine, options.deadline) = (engine, deadline);
    Policy::load_with(module, options).unwrap()
}

fn expect_failure(answer: &Answer, found: &str) {
    let error = answer.error.as_ref().unwrap();
    assert_eq!((answer.effect(), answer.decision()), (Effect::Deny, false), "{found}");
    assert_eq!((&*answer.reasons[0], &*error.code), ("engine_error", error_codes::ENGINE_ERROR));
    assert!(error.found.contains(found), "{} instead of {found}", error.found);
}

#[test]
fn a_violation_of_the_abi_is_a_deny() {
    let infinity = f64::INFINITY;
    let permit = PERMIT.as_bytes();
    let other = PERMIT.replace("true", "false");
    let invalid = PERMIT.replace("]}}", "]}");
    let cases: [(&str, Vec<u8>, &str); 11] = [
        ("i32.const 0", vec![], "no response"),
        ("i32.const -8", vec![], "an address outside of memory"),
        ("i32.const 1024", response(5, 0, infinity, permit), "an unknown effect"),
        ("i32.const 1024", response(0, 2, infinity, permit), "an invalid request that is not denied"),
        ("i32.const 1024", response(0, 0, f64::NAN, permit), "an invalid instant"),
        ("i32.const 1024", response(0, 0, infinity, b""), "no response"),
        ("i32.const 1024", response(3, 0, infinity, permit), "a response with another effect"),
        ("i32.const 1024", response(0, 0, infinity, other.as_bytes()), "a response with another effect"),
        ("i32.const 1024", response(0, 0, infinity, b"{\"decision\":\xff"), "invalid UTF-8"),
        ("i32.const 1024", response(0, 0, infinity, invalid.as_bytes()), "a response that is not one of the ABI"),
        ("unreachable", vec![], "a trap"),
    ];
    for (body, bytes, found) in cases {
        for engine in engines() {
            let policy = load(engine, &module(body, &bytes, ""), None);
            expect_failure(&policy.decide_json(b"{}"), found);
            let response = String::from_utf8(policy.decide_response(b"{}")).unwrap();
            let is_failure = response.contains(r#""error":{"code":"engine_error","path":"$","expected":"#);
            // A response is not parsed on its way.
            assert!(is_failure || found == "a response that is not one of the ABI", "{response}");
        }
    }
}

#[test]
fn a_text_that_is_not_a_response_is_not_an_answer() {
    let text = br#"{"decision":false,"context":{"effect":"challenge","reasons":"#;
    for engine in engines() {
        let module = module("i32.const 1024", &response(2, 0, f64::INFINITY, text), "");
        let answer = load(engine, &module, None).decide_json(b"{}");
        assert!(!answer.decision());
        assert_eq!(answer.error.as_ref().unwrap().code, error_codes::ENGINE_ERROR);
    }
}

/// Returns a permit, and traps in the second call of an instance.
const TRAP_LATER: &str = "(if (global.get $calls) (then unreachable)) (global.set $calls (i32.const 1)) i32.const 1024";

#[test]
fn the_next_decision_after_a_failure_has_a_new_instance() {
    for engine in engines() {
        let policy = load(engine, &module(TRAP_LATER, &response(0, 0, f64::INFINITY, PERMIT.as_bytes()), ""), None);
        for _ in 0..3 {
            assert_eq!(policy.decide_json(b"{}").effect(), Effect::Permit);
            expect_failure(&policy.decide_json(b"{}"), "a trap");
        }
    }
}

#[test]
fn a_call_that_does_not_return_is_stopped() {
    let endless = "(loop br 0) unreachable";
    for engine in engines() {
        let started = Instant::now();
        let policy = load(engine, &module(endless, &[], ""), deadline(engine));
        expect_failure(&policy.decide_json(b"{}"), "no answer");
        let start = module("i32.const 0", &[], &format!("(func $start {endless}) (start $start)"));
        let mut options = LoadOptions::default();
        (options.engine, options.deadline) = (engine, deadline(engine));
        let why = Policy::load_with(&start, options).unwrap_err();
        assert_eq!(why.to_string(), "the module cannot be started: no answer");
        assert!(started.elapsed() < BOUND);
    }
}

#[test]
fn invalid_modules_are_refused() {
    let import = r#"(module (import "a" "b" (func)))"#;
    for (module, message) in [
        (b"policy".to_vec(), "these bytes are not a valid WebAssembly module"),
        (wat::parse_str(import).unwrap(), "the module imports `a.b`, but a policy must not import anything"),
        (wat::parse_str("(module)").unwrap(), "the module exports no global `abi_major`"),
        (module("i32.const 0", &[], r#"(func (export "limit"))"#), "the module's function `limit` has another type"),
    ] {
        for engine in engines() {
            let mut options = LoadOptions::default();
            options.engine = engine;
            let why = Policy::load_with(&module, options).unwrap_err().to_string();
            assert!(why.starts_with(message), "{why}");
        }
    }
}

/// Exports of sessions: `session_sweep` traps.
fn session_exports() -> String {
    let functions = [
        ("limit", "i32", ""),
        ("session_open", "i32 i32 f64", "i32"),
        ("session_name", "i32", "i32"),
        ("session_patch", "i32 i32 i32", "i32"),
        ("session_set", "i32 i32 f64", "i32"),
        ("signal_find", "i32", "i32"),
        ("session_record", "i32 i32 i32 f64 f64", "i32"),
        ("session_decide", "i32 i32 f64 i32 i32", "i32"),
        ("session_effect", "i32 f64", "i32"),
        ("session_close", "i32", "i32"),
        ("session_buffer", "i32", "i32"),
        ("session_snapshot", "i32", "i32"),
        ("session_restore", "i32", "i32"),
        ("session_sweep", "f64 i32", "i32"),
        ("session_due", "", "f64"),
        ("session_count", "", "i32"),
        ("refuse", "i32", "i32"),
    ];
    let function = |(name, parameters, result): (&str, &str, &str)| {
        let body = match name {
            "limit" => "",
            "session_open" => "i32.const 1",
            "session_decide" => "i32.const 1024",
            "session_due" => "f64.const inf",
            _ => "unreachable",
        };
        let result = if result.is_empty() { String::new() } else { format!("(result {result})") };
        format!(r#"(func (export "{name}") (param {parameters}) {result} {body})"#)
    };
    let globals = ["name", "changes"].map(|name| format!(r#"(global (export "{name}") i32 (i32.const 2048))"#));
    globals.into_iter().chain(functions.map(function)).collect()
}

#[test]
fn all_sessions_are_denied_after_a_failure() {
    for engine in engines() {
        let permit = response(0, 0, f64::INFINITY, PERMIT.as_bytes());
        let policy = load(engine, &module("i32.const 1024", &permit, &session_exports()), None);
        let sessions = policy.sessions().unwrap();
        sessions.open("one", b"{}", None).unwrap();
        assert_eq!(sessions.decide("one", None, None).effect(), Effect::Permit);
        for before in [Effect::Permit, Effect::Deny] {
            let changes = sessions.sweep(None, false);
            assert_eq!((&*changes[0].session, changes[0].before), ("one", before));
            expect_failure(&changes[0].answer, "a trap");
        }
        assert_eq!(sessions.due(), Some(UNIX_EPOCH));
        expect_failure(&sessions.decide("one", None, None), "a trap");
        assert_eq!(sessions.open("two", b"{}", None).unwrap_err().code, error_codes::ENGINE_ERROR);
        assert_eq!(sessions.close("two").unwrap_err().code, error_codes::ENGINE_ERROR);
        sessions.close("one").unwrap();
        assert_eq!((sessions.due(), sessions.count()), (None, 0));
    }
}
