//! Sessions of a policy: they take facts and signals and return answers, and a sweep returns the sessions whose answer
//! changed. A decision never fails: every failure is a deny. Other calls may be refused, and then nothing changed. After a
//! failure the module is not called again, and all of its sessions are denied.

use crate::answer::{Answer, Effect};
use crate::contract::{self, error_codes};
use crate::error::{AnswerError, SessionError, Stop};
use crate::header::{field, slice, utf8};
use crate::instance::{Instance, Output, length_of};
use crate::policy::Loaded;
use crate::possibility::Possibility;
use crate::time::{milliseconds, system_time};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

const EVERY_PART: u32 =
    contract::PART_SUBJECT | contract::PART_ACTION | contract::PART_RESOURCE | contract::PART_CONTEXT;
/// The interval of sweeps of all sessions if the module has no memory to store when answers expire, in milliseconds.
const FULL_SWEEP: f64 = 1000.0;

/// Sessions of one policy. Threads share them, and wait for each other. `now` is the clock of the host by default.
pub struct Sessions {
    loaded: Arc<Loaded>,
    state: Mutex<State>,
}

struct State {
    instance: Instance,
    /// The open sessions by id.
    open: BTreeMap<Arc<str>, Open>,
    /// When to sweep all sessions, if the module has no memory to store when answers expire.
    full_sweep: Option<f64>,
    failure: Option<AnswerError>,
}

struct Open {
    handle: u32,
    /// The effect of the last answer that was returned or reported; deny if there was none.
    effect: Effect,
}

/// A session with another effect, other reasons or other constraints than before.
#[derive(Clone, Debug)]
pub struct SessionChange {
    pub session: Arc<str>,
    pub before: Effect,
    /// The answer now.
    pub answer: Answer,
}

/// A session that was restored.
#[derive(Clone, Debug)]
pub struct RestoredSession {
    pub session: Arc<str>,
    /// The first of its facts that the policy declares differently, or requires and did not find. `None`: all fit.
    pub mismatch: Option<AnswerError>,
}

/// The members of a snapshot that a host reads.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Snapshot {
    id: String,
    /// `None`: the session was never evaluated.
    effect: Option<Effect>,
}

impl Sessions {
    pub(crate) fn new(loaded: Arc<Loaded>, instance: Instance) -> Self {
        let state = State { instance, open: BTreeMap::new(), full_sweep: None, failure: None };
        Self { loaded, state: Mutex::new(state) }
    }

    /// Opens a session with the facts of a request in JSON, which is not decided yet.
    ///
    /// # Errors
    ///
    /// If a session with this id is open, or the id or the request is not valid.
    pub fn open(&self, id: &str, request: &[u8], now: Option<SystemTime>) -> Result<(), SessionError> {
        self.call(id, |state| {
            state.expect_closed(id)?;
            let (id_length, length) = (state.instance.write_name(id)?, state.instance.write(request)?);
            let handle = state.instance.guest.session_open(id_length, length, milliseconds(now))?;
            let handle = state.instance.unless_zero(handle)?;
            state.open.insert(id.into(), Open { handle, effect: Effect::Deny });
            Ok(())
        })
    }

    /// Changes facts by a partial request in JSON (RFC 7396): members replace existing ones, and null removes one.
    ///
    /// # Errors
    ///
    /// If the session is not open, or the facts would not be valid. They are then unchanged, but the session may be
    /// revoked.
    pub fn patch(&self, id: &str, part: &[u8]) -> Result<(), SessionError> {
        self.change(id, part, 0)
    }

    /// Changes facts by a partial request in JSON: its subject, action, resource and context replace the previous ones as
    /// a whole.
    ///
    /// # Errors
    ///
    /// Like [`patch`](Self::patch).
    pub fn replace(&self, id: &str, part: &[u8]) -> Result<(), SessionError> {
        self.change(id, part, EVERY_PART)
    }

    fn change(&self, id: &str, part: &[u8], whole: u32) -> Result<(), SessionError> {
        self.call(id, |state| {
            let (handle, length) = (state.handle(id), state.instance.write(part)?);
            let refusal = state.instance.guest.session_patch(handle, length, whole)?;
            if refusal != 0 && state.instance.header(refusal)?.effect == Effect::Revoke {
                state.notice(id, Effect::Revoke);
            }
            state.instance.unless_refused(refusal)
        })
    }

    /// Records a signal that the policy declares, with its payload in JSON. `time`: when it happened; default: `now`.
    ///
    /// # Errors
    ///
    /// If the session is not open, there is no such signal, or the payload is not valid.
    pub fn record(
        &self,
        id: &str,
        signal: &str,
        payload: &[u8],
        time: Option<SystemTime>,
        now: Option<SystemTime>,
    ) -> Result<(), SessionError> {
        let (time, now) = (time.map_or(f64::NAN, |time| milliseconds(Some(time))), milliseconds(now));
        self.call(id, |state| {
            let (handle, instance) = (state.handle(id), &mut state.instance);
            let name_length = instance.write_name(signal)?;
            let signal = instance.guest.signal_find(name_length)?;
            let length = instance.write(payload)?;
            let refusal = instance.guest.session_record(handle, signal, length, time, now)?;
            instance.unless_refused(refusal)
        })
    }

    /// Decides a request in JSON: its action and resource replace the previous ones, and its context is merged. `None`:
    /// decides the latest request.
    pub fn decide(&self, id: &str, request: Option<&[u8]>, now: Option<SystemTime>) -> Answer {
        self.evaluate(id, request, contract::ASK_LATEST, now)
    }

    /// Decides like [`decide`](Self::decide), and returns the AuthZEN response.
    pub fn decide_response(&self, id: &str, request: Option<&[u8]>, now: Option<SystemTime>) -> Vec<u8> {
        self.evaluate(id, request, contract::ASK_LATEST, now)
    }

    /// Evaluates the latest request again, as things are now. No decision is taken.
    pub fn reevaluate(&self, id: &str, now: Option<SystemTime>) -> Answer {
        self.evaluate(id, None, contract::ASK_AGAIN, now)
    }

    /// Whether a request in JSON could be permitted now, for some value of the members that neither it nor the session has:
    /// an action, a resource and changes of the context. `None`: the latest request. Nothing about the session changes. The
    /// module must have been compiled with `--possible`.
    pub fn could(&self, id: &str, request: Option<&[u8]>, now: Option<SystemTime>) -> Possibility {
        let state = &mut *self.lock();
        let found = self.if_usable(state, |state| {
            let handle = state.handle(id);
            state.instance.session_could(handle, request, milliseconds(now))
        });
        found.unwrap_or_else(|error| denied(state, id, error))
    }

    /// `ask`: what to do without a request.
    fn evaluate<O: Output>(&self, id: &str, request: Option<&[u8]>, ask: u32, now: Option<SystemTime>) -> O {
        let state = &mut *self.lock();
        let answer = self.if_usable(state, |state| {
            let length = request.map_or(Ok(0), |request| state.instance.write(request))?;
            let ask = if request.is_some() { contract::ASK_GIVEN } else { ask };
            let (answer, effect) = state.answer(state.handle(id), length, milliseconds(now), ask)?;
            state.notice(id, effect);
            Ok(answer)
        });
        answer.unwrap_or_else(|error| denied(state, id, error))
    }

    /// Evaluates the sessions whose answer may have changed; with `all`, every session that was ever evaluated. Returns
    /// those whose answer changed, by id in ASCII order.
    pub fn sweep(&self, now: Option<SystemTime>, all: bool) -> Vec<SessionChange> {
        let state = &mut *self.lock();
        let changes = self.if_usable(state, |state| state.sweep(milliseconds(now), all));
        changes.unwrap_or_else(|error| {
            let answer = Answer::denied(error);
            let denied = |(session, open): (&Arc<str>, &mut Open)| SessionChange {
                session: Arc::clone(session),
                before: std::mem::replace(&mut open.effect, Effect::Deny),
                answer: answer.clone(),
            };
            state.open.iter_mut().map(denied).collect()
        })
    }

    /// When a sweep may find a change: immediately if the instant has passed, and never if it is `None`.
    pub fn due(&self) -> Option<SystemTime> {
        let state = &mut *self.lock();
        if state.failure.is_none() && !self.loaded.tables.are_current(&state.instance) {
            return Some(UNIX_EPOCH);
        }
        let due = self.if_usable(state, State::due);
        due.unwrap_or_else(|_| (!state.open.is_empty()).then_some(UNIX_EPOCH))
    }

    /// The number of open sessions.
    pub fn count(&self) -> usize {
        self.lock().open.len()
    }

    /// A snapshot of a session for [`restore`](Self::restore): all facts and history, as one line of JSON.
    ///
    /// # Errors
    ///
    /// If the session is not open, or there is no room for the snapshot.
    pub fn snapshot(&self, id: &str) -> Result<String, SessionError> {
        self.call(id, |state| {
            let (handle, instance) = (state.handle(id), &mut state.instance);
            let length = instance.guest.session_snapshot(handle)?;
            let length = instance.unless_zero(length)?;
            let address = instance.guest.session_buffer(0)?;
            utf8(slice(instance.guest.memory(), address, length)?).map(str::to_owned)
        })
    }

    /// Opens a session from its snapshot, possibly that of another process or another policy. Facts that do not fit the
    /// policy are unknown.
    ///
    /// # Errors
    ///
    /// If a session with this id is open, or the snapshot is not valid.
    pub fn restore(&self, snapshot: &str) -> Result<RestoredSession, SessionError> {
        let Snapshot { id, effect } = serde_json::from_str(snapshot).unwrap_or_default();
        self.call(&id, |state| {
            let length = length_of(snapshot.len());
            let address = state.instance.guest.session_buffer(length)?;
            state.instance.write_at(address, u32::MAX, snapshot.as_bytes())?;
            let handle = state.instance.guest.session_restore(length)?;
            let handle = state.instance.unless_zero(handle)?;
            let mismatch = state.instance.last_error()?;
            let session: Arc<str> = state.id(handle)?.into();
            if state.open.contains_key(&session) {
                state.instance.guest.session_close(handle)?;
            }
            state.expect_closed(&session)?;
            state.open.insert(Arc::clone(&session), Open { handle, effect: effect.unwrap_or_default() });
            Ok(RestoredSession { session, mismatch })
        })
    }

    /// Closes a session.
    ///
    /// # Errors
    ///
    /// If the session is not open.
    pub fn close(&self, id: &str) -> Result<(), SessionError> {
        let state = &mut *self.lock();
        let closed = self.if_usable(state, |state| {
            let handle = state.handle(id);
            let refusal = state.instance.guest.session_close(handle)?;
            state.instance.unless_refused(refusal)
        });
        // After a failure, it is only forgotten.
        let was_open = state.open.remove(id).is_some();
        closed.or_else(|error| if was_open { Ok(()) } else { Err(SessionError { session: id.into(), error }) })
    }

    /// Closes all sessions.
    pub fn end(&self) {
        let open = self.lock().open.keys().cloned().collect::<Vec<_>>();
        // Another thread may close a session first.
        open.iter().for_each(|id| drop(self.close(id)));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| {
            let mut state = poisoned.into_inner();
            state.fail(Stop::failed(contract::ENGINE_ANSWER, "a panic"));
            state
        })
    }

    /// Calls the module with the current tables, unless it failed.
    fn if_usable<T>(
        &self,
        state: &mut State,
        call: impl FnOnce(&mut State) -> Result<T, Stop>,
    ) -> Result<T, AnswerError> {
        if let Some(error) = &state.failure {
            return Err(error.clone());
        }
        let result = self.loaded.tables.update(&mut state.instance).and_then(|()| call(state));
        result.map_err(|stop| state.fail(stop))
    }

    fn call<T>(&self, id: &str, call: impl FnOnce(&mut State) -> Result<T, Stop>) -> Result<T, SessionError> {
        let state = &mut *self.lock();
        // The call may change an answer.
        state.full_sweep = state.full_sweep.map(|_| 0.0);
        let error = |error| SessionError { session: id.into(), error };
        self.if_usable(state, call).map_err(error)
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Sessions").field("count", &self.count()).finish_non_exhaustive()
    }
}

/// The outcome of a question about a session that the module did not answer.
fn denied<O: Output>(state: &State, id: &str, error: AnswerError) -> O {
    // After a failure, the module cannot report a session that is not open.
    let (expected, found) = (contract::TEXT_OPEN_SESSION, contract::TEXT_UNKNOWN_SESSION);
    let unknown = || AnswerError::new(error_codes::NO_SESSION, expected, found);
    O::denied(if state.open.contains_key(id) { error } else { unknown() })
}

impl State {
    /// 0, which is not a session, if it is not open: the module reports it.
    fn handle(&self, id: &str) -> u32 {
        self.open.get(id).map_or(0, |open| open.handle)
    }

    fn id(&mut self, handle: u32) -> Result<&str, Stop> {
        let length = self.instance.guest.session_name(handle)?;
        utf8(slice(self.instance.guest.memory(), self.instance.exports.name, length)?)
    }

    fn expect_closed(&mut self, id: &str) -> Result<(), Stop> {
        if !self.open.contains_key(id) {
            return Ok(());
        }
        let refusal = self.instance.guest.refuse(contract::NUMBER_SESSION_EXISTS)?;
        self.instance.unless_refused(refusal)
    }

    fn notice(&mut self, id: &str, effect: Effect) {
        if let Some(open) = self.open.get_mut(id) {
            open.effect = effect;
        }
    }

    fn answer<O: Output>(&mut self, handle: u32, length: u32, now: f64, ask: u32) -> Result<(O, Effect), Stop> {
        let address = self.instance.guest.session_decide(handle, length, now, ask, O::FORM)?;
        let header = self.instance.header(address)?;
        Ok((O::receive(&mut self.instance, header)?, header.effect))
    }

    fn sweep(&mut self, now: f64, all: bool) -> Result<Vec<SessionChange>, Stop> {
        let mut all = all || self.full_sweep.is_some_and(|instant| now >= instant);
        let mut found = Vec::new();
        loop {
            let count = self.instance.guest.session_sweep(now, all.into())?;
            if count == u32::MAX {
                // `now` is not an instant.
                return Ok(found);
            }
            for (handle, before) in self.changes(count)? {
                let session = self.id(handle)?.into();
                let (answer, _) = self.answer(handle, 0, now, contract::ASK_AGAIN)?;
                found.push(SessionChange { session, before, answer });
            }
            if count < contract::MAX_CHANGES {
                break;
            }
            all = false;
        }
        self.full_sweep = (self.instance.guest.session_due()? == 0.0).then_some(now + FULL_SWEEP);
        found.iter().for_each(|change| self.notice(&change.session, change.answer.effect()));
        found.sort_by(|a, b| a.session.cmp(&b.session));
        Ok(found)
    }

    /// The handles of the changes that a sweep found, and their effects before.
    fn changes(&self, count: u32) -> Result<Vec<(u32, Effect)>, Stop> {
        if count > contract::MAX_CHANGES {
            return Err(Stop::violation(contract::VIOLATION_TOO_MANY_CHANGES));
        }
        let (address, length) = (self.instance.exports.changes, count * contract::CHANGE_SIZE);
        let changes = slice(self.instance.guest.memory(), address, length)?;
        let change = |change: &[u8]| {
            let [before] = field(change, contract::CHANGE_BEFORE)?;
            let handle = field(change, contract::CHANGE_HANDLE)?;
            Ok((u32::from_le_bytes(handle), Effect::from_number(before)?))
        };
        changes.chunks_exact(contract::CHANGE_SIZE as usize).map(change).collect()
    }

    #[allow(clippy::cast_possible_truncation)]
    fn due(&mut self) -> Result<Option<SystemTime>, Stop> {
        let due = self.instance.guest.session_due()?;
        if due.is_nan() {
            return Err(Stop::violation(contract::VIOLATION_INVALID_INSTANT));
        }
        Ok(if due == f64::INFINITY { None } else { system_time(self.full_sweep.unwrap_or(due) as i64) })
    }

    /// The module is not called again after a failure.
    fn fail(&mut self, stop: Stop) -> AnswerError {
        match stop {
            Stop::Refused(error) => *error,
            Stop::Failed(error) => self.failure.insert(*error).clone(),
        }
    }
}
