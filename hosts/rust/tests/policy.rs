//! Decisions as callers ask for them: from JSON and from values, by threads, within limits.

use nhipol::{DecideOptions, Effect, LoadOptions, Policy, Sessions};
use serde_json::json;
use std::thread;

const TOOL: &[u8] = include_bytes!("../examples/tool.wasm");

fn policy() -> Policy {
    Policy::load(TOOL).unwrap()
}

fn request(tool: &str, risk: impl serde::Serialize) -> serde_json::Value {
    json!({
        "subject": {"type": "agent", "id": "a-1", "properties": {"scopes": ["search", "browse"]}},
        "action": {"name": "tool.invoke"},
        "resource": {"type": "tool", "id": tool},
        "context": {"risk": risk},
    })
}

#[test]
fn threads_share_policies_and_sessions() {
    const fn is_shared<T: Send + Sync>() {}
    const {
        is_shared::<Policy>();
        is_shared::<Sessions>();
        is_shared::<nhipol::Answer>();
    }
}

#[test]
fn json_and_values_are_answered_alike() {
    let policy = policy();
    for (tool, risk, effect) in
        [("search", 12, Effect::Permit), ("search", 80, Effect::Challenge), ("mail", 12, Effect::Deny)]
    {
        let request = request(tool, risk);
        let answer = policy.decide(&request);
        assert_eq!(answer.effect(), effect);
        assert_eq!(answer, policy.decide_json(request.to_string().as_bytes()));
        assert_eq!(answer.decision(), effect == Effect::Permit);
    }
}

#[test]
fn messages_and_default_denies_are_told() {
    let answer = policy().decide(&request("search", 80));
    assert_eq!(answer.reason_details()[0].message.as_deref(), Some("the risk is 80"));
    let answer = policy().decide(&request("mail", 1));
    assert_eq!(&*answer.reasons()[0], "default_deny");
    assert!(answer.read().iter().any(|path| &**path == "subject.scopes"));
}

#[test]
fn what_json_cannot_carry_is_invalid_where_the_policy_looks() {
    let beyond = 9_007_199_254_740_992.0;
    for (risk, found) in [(f64::NAN, "NaN"), (-f64::INFINITY, "-Infinity"), (beyond, "an integer beyond 2^53")] {
        let answer = policy().decide(&Asked::new(Risky { risk }));
        let error = answer.error().unwrap();
        assert_eq!((error.code, error.path.as_str(), error.found.as_str()), ("wrong_type", "$.context.risk", found));
        assert_eq!(&*answer.reasons()[0], "invalid_request");
    }
    let answer = policy().decide(&Asked::new(json!({"risk": 1, "note": null})));
    assert_eq!(answer.effect(), Effect::Permit);
    #[derive(serde::Serialize)]
    struct Undeclared {
        risk: u8,
        note: f32,
    }
    let answer = policy().decide(&Asked::new(Undeclared { risk: 1, note: f32::INFINITY }));
    assert_eq!(answer.effect(), Effect::Permit);
}

#[derive(serde::Serialize)]
struct Risky {
    risk: f64,
}

#[derive(serde::Serialize)]
struct Asked<C> {
    subject: serde_json::Value,
    action: serde_json::Value,
    resource: serde_json::Value,
    context: C,
}

impl<C> Asked<C> {
    fn new(context: C) -> Self {
        let mut request = request("search", 0);
        let mut take = |name: &str| request[name].take();
        Self { subject: take("subject"), action: take("action"), resource: take("resource"), context }
    }
}

#[test]
fn values_are_nested_as_deep_as_modules_read_and_no_deeper() {
    let deep = (0..64).fold(json!(1), |value, _| json!([value]));
    assert!(nhipol::to_json(&deep).is_ok());
    assert_eq!(nhipol::to_json(&json!([deep])).unwrap_err().code, "too_deep");
}

#[test]
fn values_become_json_as_serde_json_writes_them() {
    #[derive(serde::Serialize)]
    enum Choice {
        Unit,
        One(u8),
        Two(u8, u8),
        Named { letter: char },
    }
    use std::collections::BTreeMap;
    let value = (
        [Choice::Unit, Choice::One(1), Choice::Two(1, 2), Choice::Named { letter: 'é' }],
        BTreeMap::from([(1, "one"), (2, "t\"wo")]),
        BTreeMap::from([(true, Some(())), (false, None)]),
        (1.5, -0.25_f32, i128::MIN, u64::MAX, "\u{1}"),
        serde_json::value::to_raw_value(&json!({"a": [1]})).unwrap(),
    );
    let expected = serde_json::to_string(&value).unwrap();
    assert_eq!(String::from_utf8(nhipol::to_json(&value).unwrap()).unwrap(), expected);
    assert_eq!(nhipol::to_json(&(1.0, 1e21 / 3e7, 1e-7)).unwrap(), b"[1,33333333333333.332,1e-7]");
    let wrong = nhipol::to_json(&BTreeMap::from([("a", BTreeMap::from([((1, 2), 3)]))])).unwrap_err();
    assert_eq!((wrong.path.as_str(), wrong.found.as_str()), ("$.a", "another key"));
}

#[test]
fn no_text_is_too_long_to_be_refused() {
    for length in [65_537, 1 << 21] {
        let answer = policy().decide_json(&vec![b' '; length]);
        assert_eq!(answer.error().unwrap().code, "too_large");
    }
}

#[test]
fn what_is_no_instant_is_an_engine_error() {
    for now in [i64::MIN, i64::MAX, 8_640_000_000_000_001] {
        let answer = policy().decide_with(&request("search", 1), DecideOptions::at(now));
        assert_eq!(answer.error().unwrap().code, "engine_error");
        assert_eq!(answer.effect(), Effect::Deny);
    }
}

#[test]
fn more_threads_than_instances_wait_for_them() {
    let mut options = LoadOptions::default();
    options.max_instances = 2;
    let policy = Policy::load_with(TOOL, options).unwrap();
    thread::scope(|scope| {
        for thread in 0..8 {
            let policy = &policy;
            scope.spawn(move || {
                for risk in 0..200 {
                    let risk = (risk * 7 + thread) % 100;
                    let expected = if risk < 70 { Effect::Permit } else { Effect::Challenge };
                    assert_eq!(policy.decide(&request("search", risk)).effect(), expected);
                }
            });
        }
    });
}

#[test]
fn a_value_that_panics_leaves_the_policy_as_it_was() {
    struct Panics;
    impl serde::Serialize for Panics {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("as it does")
        }
    }
    let policy = policy();
    let asked = policy.clone();
    assert!(thread::spawn(move || asked.decide(&Panics)).join().is_err());
    assert_eq!(policy.decide(&request("search", 1)).effect(), Effect::Permit);
}

#[test]
fn a_module_that_takes_more_memory_than_it_may_is_refused() {
    let mut options = LoadOptions::default();
    options.max_memory_bytes = 65_536;
    let why = Policy::load_with(TOOL, options).unwrap_err().to_string();
    assert!(why.starts_with("the module cannot be started"), "{why}");
}

#[test]
fn a_policy_without_sessions_or_tables_says_so() {
    let why = policy().sessions(nhipol::SessionsOptions::default()).unwrap_err().to_string();
    assert_eq!(why, "the module does not support sessions: compile it with --sessions");
    let why = policy().load_table("owners", b"{}").unwrap_err();
    assert_eq!((why.code, why.expected.as_str()), ("unknown_table", "no table"));
}
