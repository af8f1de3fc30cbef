//! The conformance cases that every host must pass: a folder of them comes in, the checks that failed go out.

use super::exact::same;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use nhipol::{Answer, Clock, DecideOptions, Engine, LoadOptions, Policy, SessionsOptions};
use nhipol::{AnswerError, SessionError, Sessions, TableError};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::error::Error;
use std::fs::read;
use std::path::Path;

const MOST_TOLD: usize = 20;

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
    told: String,
    time: Option<i64>,
    asked: Option<String>,
    all: bool,
    changes: Vec<Change>,
    text: String,
    misfit: Option<Fault>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Fault {
    code: String,
    path: String,
    expected: String,
    found: String,
    offset: Option<u32>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Change {
    session: String,
    before: nhipol::Effect,
    after: nhipol::Effect,
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
        return Err(format!("{checks} checks, where the index tells {}", index.checks).into());
    }
    let passed = checks - failures.len();
    failures.truncate(MOST_TOLD);
    let told = serde_json::json!({ "checks": checks, "passed": passed, "failures": failures });
    Ok((told.to_string(), passed == checks))
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
    let mut world = World { policy, sessions: None };
    let steps = case.steps.iter().enumerate();
    let failed = steps.filter_map(|(place, step)| {
        let why = world.perform(step).err()?;
        Some(format!("{}: {place} {}: {why}", case.name, step.r#do))
    });
    failed.collect()
}

/// What steps act on.
struct World {
    policy: Policy,
    sessions: Option<Sessions>,
}

impl World {
    fn perform(&mut self, step: &Step) -> Result<(), Box<dyn Error>> {
        let Step { now, time, ref session, ref part, .. } = *step;
        match step.r#do.as_str() {
            "decide" => self.decide(step),
            "load_table" => step.expect(self.policy.load_table(&step.table, step.contents.as_bytes())),
            "drop_table" => step.expect(self.policy.drop_table(&step.table)),
            "open" => step.expect(self.sessions()?.open(session, step.text_of_request()?.as_slice(), now)),
            "patch" => step.expect(self.sessions()?.patch(session, part.as_bytes())),
            "replace" => step.expect(self.sessions()?.replace(session, part.as_bytes())),
            "record" => {
                let told = step.told.as_bytes();
                step.expect(self.sessions()?.record(session, &step.signal, told, time, now))
            }
            "ask" => {
                let asked = step.asked.as_ref().map(String::as_bytes);
                step.expect_answer(&self.sessions()?.decide(session, asked, now))
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
                    expect_fault(restored.misfit.clone().map(Fault::from), step.misfit.as_ref())?;
                }
                step.expect(restored)
            }
            "close" => step.expect(self.sessions()?.close(session)),
            verb => Err(format!("no step is called `{verb}`").into()),
        }
    }

    fn sessions(&mut self) -> Result<&Sessions, Box<dyn Error>> {
        if self.sessions.is_none() {
            self.sessions = Some(self.policy.sessions(SessionsOptions::default())?);
        }
        self.sessions.as_ref().ok_or_else(|| "no sessions".into())
    }

    fn decide(&self, step: &Step) -> Result<(), Box<dyn Error>> {
        let clock = if step.clock == "request" { Clock::Request } else { Clock::Host };
        let options = DecideOptions { now: step.now, clock };
        let request = step.text_of_request()?;
        step.expect_answer(&self.policy.decide_json_with(&request, options))?;
        if step.native {
            let request = serde_json::from_slice::<serde_json::Value>(&request)?;
            let answer = self.policy.decide_with(&request, options);
            step.expect_answer(&answer).map_err(|why| format!("from values: {why}"))?;
        }
        Ok(())
    }
}

impl Step {
    fn text_of_request(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        match (&self.request, &self.request_base64) {
            (Some(text), _) => Ok(text.clone().into_bytes()),
            (None, Some(text)) => Ok(BASE64_STANDARD.decode(text)?),
            (None, None) => Err("a step without request".into()),
        }
    }

    fn expect<Gives, Why: Into<Fault>>(&self, outcome: Result<Gives, Why>) -> Result<(), Box<dyn Error>> {
        expect_fault(outcome.err().map(Into::into), self.error.as_ref())
    }

    fn expect_answer(&self, answer: &Answer) -> Result<(), Box<dyn Error>> {
        let expected = self.answer.as_ref().ok_or("a step without answer")?;
        let given = RawValue::from_string(answer.to_authzen())?;
        if same(&given, expected) || is_same_failure(answer, expected.get())? {
            return Ok(());
        }
        Err(format!("expected {expected}, found {given}").into())
    }
}

/// Each host says in its own words what failed.
fn is_same_failure(answer: &Answer, expected: &str) -> Result<bool, Box<dyn Error>> {
    let expected = serde_json::from_str::<serde_json::Value>(expected)?;
    let context = &expected["context"];
    let is_failure = context["error"]["code"] == "engine_error";
    let is_same = expected["decision"] == answer.decision()
        && context["effect"] == answer.effect().as_str()
        && context["reasons"] == serde_json::Value::from_iter(answer.reasons().iter().map(|id| &**id))
        && answer.error().is_some_and(|error| error.code == "engine_error");
    Ok(is_failure && is_same)
}

fn expect_same<T: PartialEq + std::fmt::Debug + ?Sized>(given: &T, expected: &T) -> Result<(), Box<dyn Error>> {
    if given == expected { Ok(()) } else { Err(format!("expected {expected:?}, found {given:?}").into()) }
}

fn expect_fault(given: Option<Fault>, expected: Option<&Fault>) -> Result<(), Box<dyn Error>> {
    // An offset counts where it is told.
    let offset = expected.and_then(|fault| fault.offset);
    let given = given.map(|fault| Fault { offset: offset.and(fault.offset), ..fault });
    expect_same(&given.as_ref(), &expected)
}

impl From<AnswerError> for Fault {
    fn from(AnswerError { code, path, expected, found, offset }: AnswerError) -> Self {
        Self { code: code.to_owned(), path, expected, found, offset: Some(offset) }
    }
}

impl From<TableError> for Fault {
    fn from(TableError { code, path, expected, found, offset, .. }: TableError) -> Self {
        Self { code: code.to_owned(), path, expected, found, offset: Some(offset) }
    }
}

impl From<SessionError> for Fault {
    fn from(SessionError { code, path, expected, found, offset, .. }: SessionError) -> Self {
        Self { code: code.to_owned(), path, expected, found, offset: Some(offset) }
    }
}
