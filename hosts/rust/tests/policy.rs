//! Decisions from JSON and from values, by threads, within limits.

use nhipol::{DecideOptions, Effect, LoadOptions, Policy, Sessions, error_codes};
use serde_json::json;
use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, UNIX_EPOCH};

const TOOL: &[u8] = include_bytes!("../examples/tool.wasm");
const PAYMENTS: &[u8] = include_bytes!("data/payments.wasm");

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
fn threads_share_policies_sessions_and_answers() {
    const fn is_shared<T: Send + Sync>() {}
    const {
        is_shared::<Policy>();
        is_shared::<Sessions>();
        is_shared::<nhipol::Answer>();
    }
}

#[test]
fn json_values_and_responses_have_the_same_answer() {
    let policy = policy();
    for (tool, risk, effect) in
        [("search", 12, Effect::Permit), ("search", 80, Effect::Challenge), ("mail", 12, Effect::Deny)]
    {
        let request = request(tool, risk);
        let json = request.to_string().into_bytes();
        let answer = policy.decide(&request);
        assert_eq!((answer.effect(), answer.decision()), (effect, effect == Effect::Permit));
        assert_eq!(answer.to_json(), policy.decide_json(&json).to_json());
        assert_eq!(answer.to_json().into_bytes(), policy.decide_response(&json));
    }
}

#[test]
fn answers_have_messages_and_flags() {
    let answer = policy().decide(&request("search", 80));
    assert_eq!(answer.reason_details[0].message.as_deref(), Some("the risk is 80"));
    let answer = policy().decide(&request("mail", 1));
    assert!(answer.flags() == 1);
    assert_eq!(answer.reasons, ["default_deny"]);
    assert!(answer.read.iter().any(|path| path == "subject.scopes"));
}

#[test]
fn cached_answers_have_their_own_end() {
    let policy = Policy::load(PAYMENTS).unwrap();
    let request = br#"{"subject":{"type":"agent","id":"a-1","properties":{"team":"a"}},
        "action":{"name":"read"},"resource":{"type":"account","id":"b-1","properties":{"frozen":false}},
        "context":{"risk":60}}"#;
    // 2026-11-25 is a Wednesday. Accounts are read from 06:00 to 22:00.
    let day = UNIX_EPOCH + Duration::from_secs(1_795_564_800);
    for days in 0..2 {
        let midnight = day + Duration::from_secs(days * 86_400);
        let at = |hour: u64| DecideOptions::at(midnight + Duration::from_secs(hour * 3600));
        for hour in [7, 12, 21] {
            let answer = policy.decide_json_with(request, at(hour));
            assert_eq!(answer.effect(), Effect::Narrow, "{answer:?}");
            assert_eq!(answer.constraints.as_ref().unwrap()["rows"].to::<i64>().unwrap(), 10);
            assert_eq!(answer.valid_until(), Some(midnight + Duration::from_secs(22 * 3600)));
            assert_eq!(answer.to_json().into_bytes(), policy.decide_response_with(request, at(hour)));
        }
        assert_eq!(policy.decide_json_with(request, at(23)).effect(), Effect::Deny);
    }
}

#[test]
fn the_manifest_describes_the_policy() {
    let policy = Policy::load(PAYMENTS).unwrap();
    let name = policy.name();
    assert_eq!((&*name.name, &*name.version), ("payments", "1.2.0"));
    assert!(policy.manifest().unwrap().contains("\"schema\""));
}

#[derive(serde::Serialize)]
struct WithContext<C> {
    subject: serde_json::Value,
    action: serde_json::Value,
    resource: serde_json::Value,
    context: C,
}

impl<C> WithContext<C> {
    fn new(context: C) -> Self {
        let mut request = request("search", 0);
        let mut take = |name: &str| request[name].take();
        Self { subject: take("subject"), action: take("action"), resource: take("resource"), context }
    }
}

#[test]
fn numbers_that_json_cannot_represent_are_invalid() {
    let beyond = 9_007_199_254_740_992.0;
    for (risk, found) in [(f64::NAN, "NaN"), (-f64::INFINITY, "-Infinity"), (beyond, "an integer beyond 2^53")] {
        let context = BTreeMap::from([("risk", risk)]);
        let answer = policy().decide(&WithContext::new(context));
        let error = answer.error.as_ref().unwrap();
        let expected = (error_codes::WRONG_TYPE, "$.context.risk", found);
        assert_eq!((&*error.code, &*error.path, &*error.found), expected);
        assert_eq!(answer.reasons, ["invalid_request"]);
    }
    assert_eq!(policy().decide(&WithContext::new(json!({"risk": 1.0}))).effect(), Effect::Permit);
}

#[test]
fn the_depth_and_the_size_of_values_are_limited() {
    let deep = (0..64).fold(json!(1), |value, _| json!([value]));
    assert!(nhipol::to_json(&deep).is_ok());
    assert_eq!(nhipol::to_json(&json!([deep])).unwrap_err().code, error_codes::TOO_DEEP);
    let long = "x".repeat((1 << 20) - 2);
    assert!(nhipol::to_json(&long).is_ok());
    assert_eq!(nhipol::to_json(&format!("{long}x")).unwrap_err().code, error_codes::TOO_LARGE);
}

#[test]
fn values_become_the_json_of_serde_json() {
    #[derive(serde::Serialize)]
    enum Choice {
        Unit,
        One(u8),
        Two(u8, u8),
        Named { letter: char },
    }
    let value = (
        [Choice::Unit, Choice::One(1), Choice::Two(1, 2), Choice::Named { letter: 'é' }],
        BTreeMap::from([(1, "one"), (2, "t\"wo")]),
        BTreeMap::from([(true, Some(())), (false, None)]),
        (1.5, -0.25_f32, i128::MIN, u64::MAX, "\u{1}"),
        serde_json::value::to_raw_value(&json!({"a": [1]})).unwrap(),
    );
    let expected = serde_json::to_string(&value).unwrap();
    assert_eq!(String::from_utf8(nhipol::to_json(&value).unwrap()).unwrap(), expected);
    let wrong = nhipol::to_json(&BTreeMap::from([("a b", [BTreeMap::from([((1, 2), 3)])])])).unwrap_err();
    assert_eq!((&*wrong.path, &*wrong.found), ("$[\"a b\"][0]", "key must be a string"));
}

#[test]
fn long_requests_are_invalid() {
    for length in [65_537, 1 << 21] {
        let answer = policy().decide_json(&vec![b' '; length]);
        assert_eq!(answer.error.as_ref().unwrap().code, error_codes::TOO_LARGE);
    }
}

#[test]
fn an_instant_that_is_too_late_is_an_engine_error() {
    let late = UNIX_EPOCH + Duration::from_millis(8_640_000_000_000_001);
    let answer = policy().decide_with(&request("search", 1), DecideOptions::at(late));
    assert_eq!((answer.effect(), &*answer.error.as_ref().unwrap().code), (Effect::Deny, error_codes::ENGINE_ERROR));
}

#[test]
fn threads_wait_for_instances() {
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
fn a_module_that_exceeds_its_memory_is_refused() {
    let mut options = LoadOptions::default();
    options.max_memory_bytes = 65_536;
    let why = Policy::load_with(TOOL, options).unwrap_err().to_string();
    assert!(why.starts_with("the module cannot be started"), "{why}");
}

#[test]
fn a_policy_without_sessions_or_tables_refuses_them() {
    let why = policy().sessions().unwrap_err().to_string();
    assert_eq!(why, "the module does not support sessions: compile it with --sessions");
    let why = policy().load_table("owners", b"{}").unwrap_err();
    assert_eq!((&*why.code, &*why.expected), (error_codes::UNKNOWN_TABLE, "no table"));
}
