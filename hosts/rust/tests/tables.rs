//! External tables: every decision that begins after a change uses the new contents.

use nhipol::{LoadOptions, Policy, error_codes};
use std::thread;

const REQUEST: &[u8] = br#"{"subject":{"type":"agent","id":"a-1","properties":{"team":"a"}},
    "action":{"name":"pay","properties":{"amount":5}},
    "resource":{"type":"account","id":"b-1","properties":{"frozen":false}},"context":{"risk":3}}"#;

fn policy(table_bytes: usize) -> Policy {
    let mut options = LoadOptions::default();
    options.table_bytes = table_bytes;
    Policy::load_with(include_bytes!("data/payments.wasm"), options).unwrap()
}

/// The message about the limit: `5 is more than 0`; without a table it is unknown.
fn message(policy: &Policy) -> String {
    let answer = policy.decide_json(REQUEST);
    answer.reason_details[0].message.clone().unwrap_or_else(|| answer.reasons[0].clone())
}

#[test]
fn changes_reach_every_thread() {
    let policy = policy(1 << 20);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..2000).for_each(|_| drop(message(&policy))));
        }
        for limit in 0..5 {
            for _ in 0..10 {
                policy.load_table("limits", format!("{{\"a\":{limit}}}").as_bytes()).unwrap();
                let seen = scope.spawn(|| message(&policy)).join().unwrap();
                assert_eq!(seen, format!("5 is more than {limit}"));
            }
            policy.drop_table("limits").unwrap();
            assert_eq!(message(&policy), "5 is more than (unknown)");
        }
    });
}

#[test]
fn refused_contents_leave_the_table_unchanged() {
    let policy = policy(1 << 20);
    policy.load_table("limits", br#"{"a":1}"#).unwrap();
    let why = policy.load_table("limits", br#"{"a":"x"}"#).unwrap_err();
    assert_eq!((&*why.code, &*why.path, &*why.found), (error_codes::WRONG_TYPE, "$.a", "a string"));
    assert!(why.to_string().starts_with("the table `limits`: $.a at byte 5: expected "), "{why}");
    assert_eq!(policy.load_table("quotas", b"{}").unwrap_err().code, error_codes::UNKNOWN_TABLE);
    assert_eq!(policy.drop_table(&"x".repeat(300)).unwrap_err().code, error_codes::UNKNOWN_TABLE);
    assert_eq!(message(&policy), "5 is more than 1");
}

#[test]
fn tables_grow_to_their_limit() {
    let rows = (0..30_000).map(|row| format!("\"team-{row}\":{row}")).collect::<Vec<_>>().join(",");
    let contents = format!("{{\"a\":2,{rows}}}");
    let large = policy(16 << 20);
    large.load_table("limits", contents.as_bytes()).unwrap();
    assert_eq!(message(&large), "5 is more than 2");
    let small = policy(1 << 18);
    assert_eq!(small.load_table("limits", contents.as_bytes()).unwrap_err().code, error_codes::OUT_OF_MEMORY);
}
