//! The conformance cases that every host must pass: a folder of them comes in, the checks that failed go out.

use super::exact::same;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use nhipol::{Answer, Clock, DecideOptions, Effect, Engine, LoadOptions, Policy};
use nhipol::{AnswerError, Possibility, SessionError, Sessions, TableError};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::error::Error;
use std::fmt::Debug;
use std::fs::read;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MAX_SHOWN: usize = 20;

#[derive(Deserialize)]
struct Index {
    cases: Vec<String>,
    checks: usize,
}

#[derive(Deserialize)]
struct Malformed {
    name: String,
    module_base64: String,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    module: String,
    steps: Vec<Step>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Step {
    r#do: String,
    request: Option<String>,
    request_base64: Option<String>,
    clock: String,
    now: Option<i64>,
    native: bool,
    answer: Option<Box<RawValue>>,
    table: String,
    contents: String,
    error: Option<Fault>,
    session: String,
    part: String,
    signal: String,
    payload: String,
    time: Option<i64>,
    all: bool,
    changes: Vec<Change>,
    text: String,
    mismatch: Option<Fault>,
    possible: bool,
    reasons: Vec<String>,
    valid_until: Option<i64>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Fault {
    code: String,
    path: String,
    expected: String,
    found: String,
    offset: Option<u64>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Change {
    session: String,
    before: Effect,
    after: Effect,
}

pub fn run(folder: &Path, engine: Engine) -> Result<(String, bool), Box<dyn Error>> {
    let index = serde_json::from_slice::<Index>(&read(folder.join("index.json"))?)?;
    let mut checks = 0;
    let mut failures = Vec::new();
    for path in &index.cases {
        let case = serde_json::from_slice::<Case>(&read(folder.join(path))?)?;
        checks += case.steps.len();
        failures.extend(failures_of(&case, &read(folder.join(&case.module))?, engine));
    }
    let malformed = serde_json::from_slice::<Vec<Malformed>>(&read(folder.join("malformed.json"))?)?;
    checks += malformed.len();
    for Malformed { name, module_base64 } in malformed {
        if load(&BASE64_STANDARD.decode(module_base64)?, engine).is_ok() {
            failures.push(format!("malformed: {name}: it was loaded"));
        }
    }
    if checks != index.checks {
        return Err(format!("{checks} checks, but the index has {}", index.checks).into());
    }
    let passed = checks - failures.len();
    failures.truncate(MAX_SHOWN);
    let result = serde_json::json!({ "checks": checks, "passed": passed, "failures": failures });
    Ok((result.to_string(), passed == checks))
}

fn load(module: &[u8], engine: Engine) -> Result<Policy, nhipol::LoadError> {
    let mut options = LoadOptions::default();
    options.engine = engine;
    Policy::load_with(module, options)
}

fn failures_of(case: &Case, module: &[u8], engine: Engine) -> Vec<String> {
    let policy = match load(module, engine) {
        Ok(policy) => policy,
        Err(why) => return case.steps.iter().map(|_| format!("{}: load: {why}", case.name)).collect(),
    };
    // This module writes `valid_until` in some headers only.
    let has_responses = !case.module.ends_with("answers-canned.wasm");
    let mut runner = Runner { policy, has_responses, sessions: None };
    let failed = case.steps.iter().enumerate().filter_map(|(place, step)| {
        let why = runner.perform(step).err()?;
        Some(format!("{}: {place} {}: {why}", case.name, step.r#do))
    });
    failed.collect()
}

struct Runner {
    policy: Policy,
    /// Whether the responses of the module are as expected.
    has_responses: bool,
    sessions: Option<Sessions>,
}

impl Runner {
    fn perform(&mut self, step: &Step) -> Result<(), Box<dyn Error>> {
        let Step { ref session, ref part, .. } = *step;
        let (now, time) = (step.now.map(instant), step.time.map(instant));
        match step.r#do.as_str() {
            "decide" => self.decide(step),
            "could" => self.could(step),
            "load_table" => step.expect(self.policy.load_table(&step.table, step.contents.as_bytes())),
            "drop_table" => step.expect(self.policy.drop_table(&step.table)),
            "open" => step.expect(self.sessions()?.open(session, &step.request()?, now)),
            "patch" => step.expect(self.sessions()?.patch(session, part.as_bytes())),
            "replace" => step.expect(self.sessions()?.replace(session, part.as_bytes())),
            "record" => {
                let payload = step.payload.as_bytes();
                step.expect(self.sessions()?.record(session, &step.signal, payload, time, now))
            }
            "decide_session" => {
                let request = step.request.as_ref().map(String::as_bytes);
                step.expect_answer(&self.sessions()?.decide(session, request, now))
            }
            "could_session" => {
                let request = step.request.as_ref().map(String::as_bytes);
                step.expect_possibility(self.sessions()?.could(session, request, now))
            }
            "reevaluate" => step.expect_answer(&self.sessions()?.reevaluate(session, now)),
            "sweep" => {
                let changes = self.sessions()?.sweep(now, step.all).into_iter();
                let changes = changes.map(|change| Change {
                    session: change.session.to_string(),
                    before: change.before,
                    after: change.answer.effect(),
                });
                expect_same(&changes.collect::<Vec<_>>(), &step.changes)
            }
            "snapshot" => {
                let text = self.sessions()?.snapshot(session);
                if let Ok(text) = &text {
                    expect_same(text, &step.text)?;
                }
                step.expect(text)
            }
            "restore" => {
                let restored = self.sessions()?.restore(&step.text);
                if let Ok(restored) = &restored {
                    expect_same(&*restored.session, session.as_str())?;
                    expect_fault(restored.mismatch.clone().map(Fault::from), step.mismatch.as_ref())?;
                }
                step.expect(restored)
            }
            "close" => step.expect(self.sessions()?.close(session)),
            verb => Err(format!("unknown step `{verb}`").into()),
        }
    }

    fn sessions(&mut self) -> Result<&Sessions, Box<dyn Error>> {
        if self.sessions.is_none() {
            self.sessions = Some(self.policy.sessions()?);
        }
        self.sessions.as_ref().ok_or_else(|| "no sessions".into())
    }

    fn could(&self, step: &Step) -> Result<(), Box<dyn Error>> {
        let options = step.options();
        let request = step.request()?;
        step.expect_possibility(self.policy.could_json_with(&request, options))?;
        if step.native {
            let request = serde_json::from_slice::<serde_json::Value>(&request)?;
            let found = self.policy.could_with(&request, options);
            step.expect_possibility(found).map_err(|why| format!("from values: {why}"))?;
        }
        Ok(())
    }

    fn decide(&self, step: &Step) -> Result<(), Box<dyn Error>> {
        let options = step.options();
        let request = step.request()?;
        let answer = self.policy.decide_json_with(&request, options);
        step.expect_answer(&answer)?;
        if self.has_responses {
            let response = String::from_utf8(self.policy.decide_response_with(&request, options))?;
            step.expect_response(&answer, response).map_err(|why| format!("response: {why}"))?;
        }
        if step.native {
            let request = serde_json::from_slice::<serde_json::Value>(&request)?;
            let answer = self.policy.decide_with(&request, options);
            step.expect_answer(&answer).map_err(|why| format!("from values: {why}"))?;
        }
        Ok(())
    }
}

fn instant(milliseconds: i64) -> SystemTime {
    let distance = Duration::from_millis(milliseconds.unsigned_abs());
    if milliseconds < 0 { UNIX_EPOCH - distance } else { UNIX_EPOCH + distance }
}

impl Step {
    fn request(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        match (&self.request, &self.request_base64) {
            (Some(text), _) => Ok(text.clone().into_bytes()),
            (None, Some(text)) => Ok(BASE64_STANDARD.decode(text)?),
            (None, None) => Err("a step without a request".into()),
        }
    }

    fn options(&self) -> DecideOptions {
        let clock = if self.clock == "request" { Clock::Request } else { Clock::Host };
        DecideOptions { now: self.now.map(instant), clock }
    }

    fn expect_possibility(&self, found: Possibility) -> Result<(), Box<dyn Error>> {
        let until = (found.valid_until(), self.valid_until.map(instant));
        expect_same(&(found.possible, until.0), &(self.possible, until.1))?;
        expect_same(&found.reasons, &self.reasons)?;
        expect_fault(found.error.map(Fault::from), self.error.as_ref())
    }

    fn expect<T, Why: Into<Fault>>(&self, result: Result<T, Why>) -> Result<(), Box<dyn Error>> {
        expect_fault(result.err().map(Into::into), self.error.as_ref())
    }

    fn expect_answer(&self, answer: &Answer) -> Result<(), Box<dyn Error>> {
        self.expect_response(answer, answer.to_json())
    }

    fn expect_response(&self, answer: &Answer, found: String) -> Result<(), Box<dyn Error>> {
        let expected = self.answer.as_ref().ok_or("a step without an answer")?;
        let found = RawValue::from_string(found)?;
        // The response of a policy without constraints has no such member.
        let bare = RawValue::from_string(expected.get().replace(r#""constraints":{},"#, ""))?;
        if same(&found, expected) || same(&found, &bare) || is_same_failure(answer, expected.get())? {
            return Ok(());
        }
        Err(format!("expected {expected}, found {found}").into())
    }
}

/// Each host describes failures of the engine in its own words.
fn is_same_failure(answer: &Answer, expected: &str) -> Result<bool, Box<dyn Error>> {
    let expected = serde_json::from_str::<serde_json::Value>(expected)?;
    let context = &expected["context"];
    let is_failure = context["error"]["code"] == "engine_error";
    let is_same = expected["decision"] == answer.decision()
        && context["effect"] == answer.effect().as_str()
        && context["reasons"] == serde_json::json!(answer.reasons)
        && answer.error.as_ref().is_some_and(|error| error.code == "engine_error");
    Ok(is_failure && is_same)
}

fn expect_same<T: PartialEq + Debug + ?Sized>(found: &T, expected: &T) -> Result<(), Box<dyn Error>> {
    if found == expected { Ok(()) } else { Err(format!("expected {expected:?}, found {found:?}").into()) }
}

fn expect_fault(found: Option<Fault>, expected: Option<&Fault>) -> Result<(), Box<dyn Error>> {
    // An offset counts if the step has one.
    let offset = expected.and_then(|fault| fault.offset);
    let found = found.map(|fault| Fault { offset: offset.and(fault.offset), ..fault });
    expect_same(&found.as_ref(), &expected)
}

impl From<AnswerError> for Fault {
    fn from(AnswerError { code, path, expected, found, offset }: AnswerError) -> Self {
        Self { code, path, expected, found, offset: Some(offset) }
    }
}

impl From<TableError> for Fault {
    fn from(refusal: TableError) -> Self {
        refusal.error.into()
    }
}

impl From<SessionError> for Fault {
    fn from(refusal: SessionError) -> Self {
        refusal.error.into()
    }
}
