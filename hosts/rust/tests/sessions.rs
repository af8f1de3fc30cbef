//! Sessions as callers hold them: many, from several threads, and with tables that are loaded later.

use nhipol::{Effect, Policy, Sessions, SessionsOptions};
use std::path::PathBuf;
use std::thread;

const NOW: i64 = 1_772_532_000_000;

fn policy() -> Policy {
    let usual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../test/conformance");
    let folder = std::env::var_os("NHIPOL_CONFORMANCE").map_or_else(|| usual.into(), PathBuf::from);
    Policy::load(&std::fs::read(folder.join("modules/sessions-tables.wasm")).unwrap()).unwrap()
}

fn open(sessions: &Sessions, id: &str) {
    let request = format!(
        r#"{{"subject":{{"type":"agent","id":"{id}","properties":{{"team":"a"}}}},
            "action":{{"name":"pay","properties":{{"amount":4}}}},"resource":{{"type":"thing","id":"t"}}}}"#
    );
    sessions.open(id, request.as_bytes(), Some(NOW)).unwrap();
}

fn fill(policy: &Policy, quota: u32) {
    policy.load_table("quotas", format!("{{\"a\":{quota}}}").as_bytes()).unwrap();
    policy.load_table("may", br#"{"a":{"low":["pay"],"high":[]}}"#).unwrap();
}

#[test]
fn thousands_of_sessions_find_room_and_are_swept_when_a_table_changes() {
    let policy = policy();
    fill(&policy, 5);
    let sessions = policy.sessions(SessionsOptions::default()).unwrap();
    thread::scope(|scope| {
        for thread in 0..4 {
            let sessions = &sessions;
            scope.spawn(move || {
                for number in 0..1000 {
                    let id = format!("{thread}-{number:03}");
                    open(sessions, &id);
                    assert_eq!(sessions.decide(&id, None, Some(NOW)).effect(), Effect::Permit);
                }
            });
        }
    });
    assert_eq!(sessions.count(), 4000);
    assert!(sessions.sweep(Some(NOW), false).is_empty());
    fill(&policy, 3);
    assert_eq!(sessions.due(), Some(0));
    let changes = sessions.sweep(Some(NOW + 1), false);
    assert_eq!(changes.len(), 4000);
    assert!(changes.is_sorted_by(|a, b| a.session < b.session));
    assert!(changes.iter().all(|change| change.before == Effect::Permit && change.answer.effect() == Effect::Deny));
    assert_eq!(sessions.due(), None);
}

#[test]
fn memory_has_an_end() {
    let mut options = SessionsOptions::default();
    options.session_bytes = 1 << 20;
    let sessions = policy().sessions(options).unwrap();
    let refused = (0..100_000).find_map(|number| {
        let request = br#"{"subject":{"type":"agent","id":"s","properties":{"team":"a"}}}"#;
        sessions.open(&number.to_string(), request, Some(NOW)).err()
    });
    let why = refused.unwrap();
    assert_eq!(why.code, "no_room");
    assert!(why.to_string().contains("memory for another session"));
    // Those that are open still are, and are judged.
    assert!(sessions.count() > 100);
    assert_eq!(sessions.reevaluate("0", Some(NOW)).error().unwrap().code, "missing");
}

#[test]
fn what_is_refused_leaves_the_session_as_it_was() {
    let policy = policy();
    fill(&policy, 5);
    let sessions = policy.sessions(SessionsOptions::default()).unwrap();
    let long = vec![b' '; 70_000];
    assert_eq!(sessions.open("one", &long, None).unwrap_err().code, "too_large");
    assert_eq!(sessions.open(&"i".repeat(256), b"{}", None).unwrap_err().code, "wrong_id");
    assert_eq!(sessions.open("one", b"{}", Some(i64::MAX)).unwrap_err().code, "wrong_type");
    assert_eq!(sessions.count(), 0);
    open(&sessions, "one");
    let before = sessions.snapshot("one").unwrap();
    assert_eq!(sessions.patch("one", &long).unwrap_err().code, "too_large");
    assert_eq!(sessions.patch("two", b"{}").unwrap_err().code, "no_session");
    assert_eq!(sessions.record("one", "leak", b"{}", None, None).unwrap_err().found, "\"leak\"");
    assert_eq!(sessions.restore(&before).unwrap_err().code, "session_exists");
    assert_eq!(sessions.snapshot("one").unwrap(), before);
    sessions.close("one").unwrap();
    assert_eq!(&*sessions.restore(&before).unwrap().session, "one");
    assert_eq!(sessions.decide("one", None, Some(NOW)).effect(), Effect::Permit);
    let asked = br#"{"action":{"name":"pay","properties":{"amount":6}},"resource":{"type":"thing","id":"t"}}"#;
    assert_eq!(sessions.decide("one", Some(asked), Some(NOW)).effect(), Effect::Deny);
    assert_eq!(sessions.decide("one", Some(b"{"), Some(NOW)).error().unwrap().code, "not_json");
    let answer = sessions.reevaluate("none", None);
    assert_eq!((&*answer.reasons()[0], answer.error().unwrap().code), ("invalid_request", "no_session"));
}
