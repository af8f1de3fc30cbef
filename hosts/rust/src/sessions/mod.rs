//! Live sessions of a policy: facts and what happened come in, answers go out, and a sweep tells whose answer has become
//! another. Deciding never fails: whatever goes wrong is a deny. What else is asked for may be refused, and then nothing
//! changed. Once the module failed it is not asked again, and all of its sessions are denied.

mod engine;
mod error;
mod kept_call;
mod parts;
mod state;

pub use error::SessionError;

use crate::answer::{Answer, AnswerError, Effect};
use crate::contract;
use crate::failure::Failure;
use crate::load_error::LoadError;
use crate::options::instant;
use crate::policy::{Loaded, no_instant};
use engine::SessionEngine;
use kept_call::KeptCall;
use state::{Refused, State};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};

const LONGEST_ID: usize = contract::MAX_SESSION_ID_BYTES as usize;

/// Of live sessions.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SessionsOptions {
    /// Bytes of memory that sessions may take in all; 1 GiB unless told.
    pub session_bytes: usize,
}

impl Default for SessionsOptions {
    fn default() -> Self {
        Self { session_bytes: 1 << 30 }
    }
}

/// Sessions of one policy. Threads that share them wait for each other.
///
/// Instants are in milliseconds since the epoch, and those of the host's clock where there are none.
pub struct Sessions {
    loaded: Arc<Loaded>,
    session_bytes: usize,
    state: Mutex<State>,
}

/// A session whose answer is another than before: its effect, its reasons or its constraints.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionChange {
    pub session: Arc<str>,
    pub before: Effect,
    /// What holds now.
    pub answer: Answer,
}

/// A session that is open again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoredSession {
    pub session: Arc<str>,
    /// The first of its facts that the policy reads otherwise, which is then unknown. `None`: all fit.
    pub misfit: Option<AnswerError>,
}

impl Sessions {
    pub(crate) fn new(loaded: Arc<Loaded>, options: SessionsOptions) -> Result<Self, LoadError> {
        if loaded.manifest.sessions.is_none() {
            return Err(LoadError::new("the module does not support sessions: compile it with --sessions"));
        }
        let session_bytes = options.session_bytes;
        let engine = SessionEngine::new(loaded.start(session_bytes)?, session_bytes);
        let engine = engine.ok_or_else(|| LoadError::new("the module does not export the functions of sessions"))?;
        let (open, by_handle) = (HashMap::new(), HashMap::new());
        let state = State {
            engine,
            policy: Arc::clone(&loaded.manifest.policy.name),
            open,
            by_handle,
            latest: f64::NEG_INFINITY,
            pending: Vec::new(),
            lacks_room_until: None,
            failure: None,
        };
        Ok(Self { loaded, session_bytes, state: Mutex::new(state) })
    }

    /// Opens a session with the facts of a request in JSON, which nobody has decided yet.
    ///
    /// # Errors
    ///
    /// If a session of that id is open, or the request is not valid.
    pub fn open(&self, id: &str, request: &[u8], now: Option<i64>) -> Result<(), SessionError> {
        self.told(id, |state| {
            state.expect_none(id)?;
            if id.len() > LONGEST_ID {
                return Err(Refused::Error(AnswerError::new(
                    "wrong_id",
                    contract::TEXT_SESSION_ID,
                    contract::TEXT_INVALID_SESSION_ID,
                )));
            }
            let now = state.now(now).ok_or_else(error::no_instant)?;
            let call = state.call_after(&KeptCall::default(), request, parts::WHOLE);
            let handle = state.engine.open(id, request, now, call.digest.as_deref())??;
            state.hold(id, handle, call, Effect::Deny);
            Ok(())
        })
    }

    /// Changes facts by a request in part (RFC 7396): its members take the place of those that are there, and null takes
    /// one away.
    ///
    /// # Errors
    ///
    /// If there is no such session, or the part does not fit. A revoke that the part brought about stays.
    pub fn patch(&self, id: &str, part: &[u8]) -> Result<(), SessionError> {
        self.told(id, |state| state.change(id, part, 0))
    }

    /// Changes facts by a request in part whose subject, action, resource and context take the place of all that was there.
    ///
    /// # Errors
    ///
    /// As [`patch`](Self::patch).
    pub fn replace(&self, id: &str, part: &[u8]) -> Result<(), SessionError> {
        self.told(id, |state| state.change(id, part, parts::told_in(part)))
    }

    /// Records a signal that the policy declares: what it tells, in JSON, and when it came about, if not now. One that
    /// comes late counts from its own time.
    ///
    /// # Errors
    ///
    /// If there is no such session or signal, or the signal does not tell what it must.
    pub fn record(
        &self,
        id: &str,
        signal: &str,
        told: &[u8],
        time: Option<i64>,
        now: Option<i64>,
    ) -> Result<(), SessionError> {
        self.told(id, |state| {
            let handle = state.expect(id)?.handle;
            let signals = self.loaded.manifest.sessions.iter().flat_map(|sessions| &sessions.signals);
            let place = signals.into_iter().position(|name| **name == *signal);
            let place = place.and_then(|place| i32::try_from(place).ok()).ok_or_else(|| {
                let found = serde_json::Value::from(signal).to_string();
                AnswerError::new("no_signal", contract::TEXT_SIGNAL, found)
            })?;
            let came = time.map_or(Some(f64::NAN), |time| instant(Some(time)));
            let (came, now) = came.zip(state.now(now)).ok_or_else(error::no_instant)?;
            Ok(state.engine.record(handle, place, told, came, now)??)
        })
    }

    /// Decides what is asked now: JSON with an action and a resource, which take the place of those before, and a context,
    /// which is merged into it. Without `asked` what was asked last, by all that is known since.
    #[must_use]
    pub fn decide(&self, id: &str, asked: Option<&[u8]>, now: Option<i64>) -> Answer {
        self.answered(id, now, |state, handle, now| {
            if let Some(asked) = asked {
                let (part, replaced) = parts::asked_in(asked);
                if let Some(refused) = state.patch(id, &part, replaced)? {
                    return Ok(refused);
                }
            }
            state.engine.decide(handle, now, true)
        })
    }

    /// What was asked last, judged once more as things are now; nothing is taken by it.
    #[must_use]
    pub fn reevaluate(&self, id: &str, now: Option<i64>) -> Answer {
        self.answered(id, now, |state, handle, now| state.engine.decide(handle, now, false))
    }

    /// Asks once more about all sessions that changed or whose answer may have ended by now; with `all`, about every one
    /// that was ever asked. Gives those that have another answer, in ASCII order. After the module failed each sweep gives
    /// all open sessions: they are denied.
    #[must_use]
    pub fn sweep(&self, now: Option<i64>, all: bool) -> Vec<SessionChange> {
        let mut state = self.lock();
        if let Some(denied) = state.denied_by_failure() {
            return denied;
        }
        let changes = self.bring_tables(&mut state).and_then(|()| {
            let Some(now) = state.now(now) else {
                return Ok(Vec::new());
            };
            let found = state.sweep(now, all)?;
            let mut changes = std::mem::take(&mut state.pending);
            changes.extend(found);
            changes.sort_by(|a, b| a.session.cmp(&b.session));
            Ok(changes)
        });
        changes.unwrap_or_else(|failure| {
            state.fail(failure);
            state.denied_by_failure().unwrap_or_default()
        })
    }

    /// When a sweep may find something, in milliseconds since the epoch: 0 at once, `None` never. After the module failed it
    /// is at once.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn due(&self) -> Option<i64> {
        let mut state = self.lock();
        if state.failure.is_some() {
            return if state.open.is_empty() { None } else { Some(0) };
        }
        if !state.pending.is_empty() || !self.loaded.tables.are_in(&state.engine.instance.seen) {
            return Some(0);
        }
        let due = state.lacks_room_until.map_or_else(|| state.engine.due(), Ok);
        match due {
            Ok(due) if due.is_finite() => Some(due as i64),
            Ok(_) => None,
            Err(failure) => {
                state.fail(failure);
                Some(0)
            }
        }
    }

    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().open.len()
    }

    /// A session as text, for [`restore`](Self::restore): JSON of one line, with all that it knows and remembers.
    ///
    /// # Errors
    ///
    /// If there is no such session, or no room for its text.
    pub fn snapshot(&self, id: &str) -> Result<String, SessionError> {
        self.told(id, |state| {
            let handle = state.expect(id)?.handle;
            Ok(state.engine.snapshot(handle)??)
        })
    }

    /// Opens a session that was open before, here or in another process, under this policy or another, which may have
    /// written the text. What fits the policy is known again; what doesn't restricts.
    ///
    /// # Errors
    ///
    /// If the session is open, or the text is none of a session.
    pub fn restore(&self, text: &str) -> Result<RestoredSession, SessionError> {
        let members = serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
        let id = members.get("id").and_then(serde_json::Value::as_str).unwrap_or_default();
        self.told(id, |state| {
            state.expect_none(id)?;
            let (handle, misfit) = state.engine.restore(text)??;
            let latest = members.get("latest").and_then(serde_json::Value::as_f64);
            state.latest = state.latest.max(latest.unwrap_or(f64::NEG_INFINITY));
            let call = state.call_in(text)?;
            let effect = members.get("effect").and_then(serde_json::Value::as_str);
            let effect = Effect::ALL.into_iter().find(|known| Some(known.as_str()) == effect);
            let session = state.hold(id, handle, call, effect.unwrap_or(Effect::Deny));
            Ok(RestoredSession { session, misfit })
        })
    }

    /// # Errors
    ///
    /// If there is no such session.
    pub fn close(&self, id: &str) -> Result<(), SessionError> {
        let mut state = self.lock();
        if state.failure.is_some() {
            let Some(held) = state.open.remove(id) else {
                return Err(SessionError::new(id, error::no_session()));
            };
            state.by_handle.remove(&held.handle);
            return Ok(());
        }
        drop(state);
        self.told(id, |state| {
            let handle = state.expect(id)?.handle;
            state.engine.close(handle)?;
            state.open.remove(id);
            state.by_handle.remove(&handle);
            Ok(())
        })
    }

    /// Whoever panicked may have left the module anywhere.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|left| {
            let mut state = left.into_inner();
            state.failure = Some(AnswerError::new("engine_error", contract::ENGINE_ANSWER, "a panic"));
            state
        })
    }

    /// Tables that were loaded since. All are asked once more, before anything else changes their answers.
    fn bring_tables(&self, state: &mut State) -> Result<(), Failure> {
        let were_others = self.loaded.bring_tables(&mut state.engine.instance, self.session_bytes)?;
        if were_others && !state.open.is_empty() {
            let found = state.sweep(state.latest, true)?;
            state.pending.extend(found);
        }
        Ok(())
    }

    fn told<Gives>(
        &self,
        id: &str,
        tell: impl FnOnce(&mut State) -> Result<Gives, Refused>,
    ) -> Result<Gives, SessionError> {
        let mut state = self.lock();
        let outcome = match state.failure.clone() {
            Some(failure) => Err(Refused::Error(failure)),
            None => self.bring_tables(&mut state).map_err(Refused::Failure).and_then(|()| tell(&mut state)),
        };
        outcome.map_err(|refused| {
            let error = match refused {
                Refused::Error(error) => error,
                Refused::Failure(failure) => state.fail(failure),
            };
            SessionError::new(id, error)
        })
    }

    fn answered(
        &self,
        id: &str,
        now: Option<i64>,
        ask: impl FnOnce(&mut State, u32, f64) -> Result<Answer, Failure>,
    ) -> Answer {
        let mut state = self.lock();
        let Some(handle) = state.open.get(id).map(|held| held.handle) else {
            return Answer::invalid(error::no_session());
        };
        if let Some(AnswerError { expected, found, .. }) = &state.failure {
            return Answer::engine_error(expected, found);
        }
        let answer = self.bring_tables(&mut state).and_then(|()| match state.now(now) {
            Some(now) => ask(&mut state, handle, now),
            None => Ok(no_instant()),
        });
        match answer {
            Ok(answer) => {
                state.notice(id, answer.effect());
                answer
            }
            Err(failure) => {
                let AnswerError { expected, found, .. } = state.fail(failure);
                Answer::engine_error(&expected, &found)
            }
        }
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sessions").field("policy", &self.loaded.manifest.policy).finish_non_exhaustive()
    }
}
