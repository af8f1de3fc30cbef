//! Sessions: many, from several threads, and with tables that are changed later.

use nhipol::{Effect, LoadOptions, Policy, Sessions, error_codes};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const PAYMENTS: &[u8] = include_bytes!("data/payments.wasm");

fn now() -> Option<SystemTime> {
    Some(UNIX_EPOCH + Duration::from_secs(1_772_532_000))
}

fn policy(limit: u32) -> Policy {
    let policy = Policy::load(PAYMENTS).unwrap();
    load(&policy, limit);
    policy
}

fn load(policy: &Policy, limit: u32) {
    policy.load_table("limits", format!("{{\"a\":{limit}}}").as_bytes()).unwrap();
}

fn sessions(policy: &Policy) -> Sessions {
    policy.sessions().unwrap()
}

fn facts(id: &str) -> Vec<u8> {
    format!(
        r#"{{"subject":{{"type":"agent","id":"{id}","properties":{{"team":"a"}}}},
            "action":{{"name":"pay","properties":{{"amount":4}}}},
            "resource":{{"type":"account","id":"t","properties":{{"frozen":false}}}},"context":{{"risk":3}}}}"#
    )
    .into_bytes()
}

#[test]
fn a_changed_table_changes_the_answers_of_all_sessions() {
    let policy = policy(5);
    let sessions = sessions(&policy);
    thread::scope(|scope| {
        for thread in 0..4 {
            let sessions = &sessions;
            scope.spawn(move || {
                for number in 0..400 {
                    let id = format!("{thread}-{number:03}");
                    sessions.open(&id, &facts(&id), now()).unwrap();
                    assert_eq!(sessions.decide(&id, None, now()).effect(), Effect::Permit);
                }
            });
        }
    });
    assert_eq!(sessions.count(), 1600);
    assert!(sessions.sweep(now(), false).is_empty());
    load(&policy, 3);
    assert_eq!(sessions.due(), Some(UNIX_EPOCH));
    let changes = sessions.sweep(now(), false);
    assert_eq!(changes.len(), 1600);
    assert!(changes.is_sorted_by(|a, b| a.session < b.session));
    assert!(changes.iter().all(|change| change.before == Effect::Permit && change.answer.effect() == Effect::Deny));
    assert_eq!(sessions.due(), None);
    sessions.end();
    assert_eq!(sessions.count(), 0);
    assert_eq!(sessions.close("0-000").unwrap_err().code, error_codes::NO_SESSION);
}

#[test]
fn the_memory_of_sessions_is_limited() {
    let mut options = LoadOptions::default();
    (options.table_bytes, options.session_bytes) = (1 << 18, 1 << 19);
    let policy = Policy::load_with(PAYMENTS, options).unwrap();
    load(&policy, 5);
    let sessions = sessions(&policy);
    let refused = (0..10_000).find_map(|number| sessions.open(&number.to_string(), &facts("s"), now()).err());
    assert_eq!(refused.unwrap().code, error_codes::NO_ROOM);
    assert!(sessions.count() > 100);
    assert_eq!(sessions.reevaluate("0", now()).effect(), Effect::Permit);
}

#[test]
fn signals_revoke_a_session() {
    let policy = policy(5);
    let sessions = sessions(&policy);
    sessions.open("one", &facts("a-1"), now()).unwrap();
    let settle = br#"{"action":{"name":"settle"}}"#;
    assert_eq!(sessions.decide("one", Some(settle), now()).effect(), Effect::Permit);
    for _ in 0..2 {
        sessions.record("one", "owner_warned", br#"{"by":"ops"}"#, None, now()).unwrap();
    }
    let changes = sessions.sweep(now(), false);
    assert_eq!((&*changes[0].session, changes[0].answer.effect()), ("one", Effect::Revoke));
    let response = String::from_utf8(sessions.decide_response("one", None, now())).unwrap();
    assert!(response.starts_with(r#"{"decision":false,"context":{"effect":"revoke","reasons":["warned_twice"]"#));
}

#[test]
fn refused_calls_leave_the_session_unchanged() {
    let policy = policy(5);
    let sessions = sessions(&policy);
    let long = vec![b' '; 70_000];
    let late = UNIX_EPOCH + Duration::from_millis(8_640_000_000_000_001);
    assert_eq!(sessions.open("one", &long, None).unwrap_err().code, error_codes::TOO_LARGE);
    assert_eq!(sessions.open(&"i".repeat(256), &facts("a"), None).unwrap_err().code, error_codes::WRONG_ID);
    assert_eq!(sessions.open("one", &facts("a"), Some(late)).unwrap_err().code, error_codes::WRONG_TYPE);
    assert_eq!(sessions.count(), 0);
    sessions.open("one", &facts("a"), now()).unwrap();
    let before = sessions.snapshot("one").unwrap();
    assert_eq!(sessions.open("one", &facts("a"), now()).unwrap_err().code, error_codes::SESSION_EXISTS);
    assert_eq!(sessions.patch("one", &long).unwrap_err().code, error_codes::TOO_LARGE);
    assert_eq!(sessions.patch("two", b"{}").unwrap_err().code, error_codes::NO_SESSION);
    let why = sessions.record("one", "leak", b"{}", None, None).unwrap_err();
    assert_eq!((&*why.session, &*why.code, &*why.found), ("one", error_codes::NO_SIGNAL, "\"leak\""));
    assert_eq!(sessions.restore(&before).unwrap_err().code, error_codes::SESSION_EXISTS);
    assert_eq!(sessions.restore(&"x".repeat(17 << 20)).unwrap_err().code, error_codes::TOO_LARGE);
    assert_eq!(sessions.snapshot("one").unwrap(), before);
    sessions.close("one").unwrap();
    assert_eq!(&*sessions.restore(&before).unwrap().session, "one");
    assert_eq!(sessions.decide("one", None, now()).effect(), Effect::Permit);
    let large = br#"{"action":{"name":"pay","properties":{"amount":6}}}"#;
    assert_eq!(sessions.decide("one", Some(large), now()).effect(), Effect::Deny);
    assert_eq!(sessions.decide("one", Some(b"{"), now()).error.as_ref().unwrap().code, error_codes::NOT_JSON);
    let answer = sessions.reevaluate("none", None);
    assert_eq!(
        (&*answer.reasons[0], &*answer.error.as_ref().unwrap().code),
        ("invalid_request", error_codes::NO_SESSION)
    );
}
