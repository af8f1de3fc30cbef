//! External tables under many threads: every decision that begins after a load is by the new contents.

use nhipol::{DecideOptions, LoadOptions, Policy};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

fn policy(options: LoadOptions) -> Policy {
    let usual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/conformance");
    let folder = std::env::var_os("NHIPOL_CONFORMANCE").map_or_else(|| usual.into(), PathBuf::from);
    let module = std::fs::read(folder.join("modules/tables-external.wasm")).unwrap();
    Policy::load_with(&module, options).unwrap()
}

const REQUEST: &[u8] = br#"{"subject":{"type":"agent","id":"s-1","properties":{"team":"a"}},
    "action":{"name":"pay","properties":{"amount":5}},"resource":{"type":"thing","id":"r-1"}}"#;

/// What the policy says of the quota: `5 of 0`, or `5 of (unknown)` where there is none.
fn message(policy: &Policy) -> Option<String> {
    let answer = policy.decide_json_with(REQUEST, DecideOptions::by_request());
    assert!(answer.error().is_none(), "{}", answer.to_authzen());
    answer.reason_details()[0].message.clone()
}

#[test]
fn loads_reach_every_thread() {
    let policy = policy(LoadOptions::default());
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    message(&policy);
                }
            });
        }
        for quota in 0..5 {
            for _ in 0..40 {
                policy.load_table("quotas", format!("{{\"a\":{quota}}}").as_bytes()).unwrap();
                let seen = scope.spawn(|| message(&policy)).join().unwrap();
                assert_eq!(seen, Some(format!("5 of {quota}")));
            }
            policy.drop_table("quotas").unwrap();
            assert_eq!(message(&policy).as_deref(), Some("5 of (unknown)"));
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_table_that_is_refused_leaves_what_was_there() {
    let policy = policy(LoadOptions::default());
    policy.load_table("quotas", br#"{"a":1}"#).unwrap();
    let why = policy.load_table("quotas", br#"{"a":"x"}"#).unwrap_err();
    assert_eq!((why.code, why.path.as_str(), why.found.as_str()), ("wrong_type", "$.a", "a string"));
    assert_eq!(why.to_string().split(": ").next(), Some("the table `quotas` was not loaded"));
    assert_eq!(message(&policy).as_deref(), Some("5 of 1"));
}

#[test]
fn tables_grow_to_their_limit_and_no_further() {
    let rows = (0..100_000).map(|row| format!("\"team-{row}\":{}", row % 1000)).collect::<Vec<_>>().join(",");
    let contents = format!("{{\"a\":2,{rows}}}");
    let of = |table_bytes| {
        let mut options = LoadOptions::default();
        options.table_bytes = table_bytes;
        policy(options)
    };
    let policy = of(64 << 20);
    policy.load_table("quotas", contents.as_bytes()).unwrap();
    assert_eq!(message(&policy).as_deref(), Some("5 of 2"));
    let why = of(1 << 20).load_table("quotas", contents.as_bytes()).unwrap_err();
    assert_eq!((why.code, why.expected.as_str()), ("out_of_memory", "at most 1048576 bytes of tables"));
}
