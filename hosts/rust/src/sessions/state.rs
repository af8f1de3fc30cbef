//! What is known of the sessions of one instance: which are open, by the ids of the host and by the handles of the
//! module, what the host keeps of each, and what is yet to be told.

use super::engine::{MOST_CHANGES, SessionEngine};
use super::kept_call::KeptCall;
use super::{SessionChange, error};
use crate::answer::{Answer, AnswerError, Effect};
use crate::contract;
use crate::failure::Failure;
use crate::options::instant;
use crate::reader::judged_digest;
use std::collections::HashMap;
use std::sync::Arc;

/// How often all are asked where nobody knows when their answers end, in milliseconds.
const UNKNOWN_ENDS: f64 = 1000.0;

pub(super) struct State {
    pub(super) engine: SessionEngine,
    /// The policy's name, which the digest of a call covers.
    pub(super) policy: Arc<str>,
    pub(super) open: HashMap<Arc<str>, Held>,
    pub(super) by_handle: HashMap<u32, Arc<str>>,
    /// The latest instant that any of them was told.
    pub(super) latest: f64,
    /// Found when a table had other contents, and yet to be told.
    pub(super) pending: Vec<SessionChange>,
    /// When all are to be asked, for the module has no room to note when answers end.
    pub(super) lacks_room_until: Option<f64>,
    pub(super) failure: Option<AnswerError>,
}

pub(super) struct Held {
    pub(super) handle: u32,
    /// Known if the policy asks for the digest of the call.
    pub(super) call: KeptCall,
    /// Of the answer that was given or reported last; a deny where there is none.
    pub(super) effect: Effect,
}

/// Why something was not done: it is refused, or the module failed.
pub(super) enum Refused {
    Error(AnswerError),
    Failure(Failure),
}

impl From<AnswerError> for Refused {
    fn from(error: AnswerError) -> Self {
        Self::Error(error)
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl State {
    pub(super) fn fail(&mut self, failure: Failure) -> AnswerError {
        self.failure.insert(failure.into()).clone()
    }

    pub(super) fn notice(&mut self, id: &str, effect: Effect) {
        if let Some(held) = self.open.get_mut(id) {
            held.effect = effect;
        }
    }

    /// All open sessions, once the module failed, in ASCII order.
    pub(super) fn denied_by_failure(&mut self) -> Option<Vec<SessionChange>> {
        let AnswerError { expected, found, .. } = self.failure.as_ref()?;
        let answer = Answer::engine_error(expected, found);
        let denied = self.open.iter_mut().map(|(session, held)| SessionChange {
            session: Arc::clone(session),
            before: std::mem::replace(&mut held.effect, Effect::Deny),
            answer: answer.clone(),
        });
        let mut denied = denied.collect::<Vec<_>>();
        denied.sort_by(|a, b| a.session.cmp(&b.session));
        Some(denied)
    }

    /// As the module takes it.
    pub(super) fn now(&mut self, now: Option<i64>) -> Option<f64> {
        let now = instant(now)?;
        self.latest = self.latest.max(now);
        Some(now)
    }

    pub(super) fn expect(&self, id: &str) -> Result<&Held, AnswerError> {
        self.open.get(id).ok_or_else(error::no_session)
    }

    pub(super) fn expect_none(&self, id: &str) -> Result<(), AnswerError> {
        if self.open.contains_key(id) {
            return Err(AnswerError::new("session_exists", contract::TEXT_NEW_SESSION, contract::TEXT_OPEN_SESSION));
        }
        Ok(())
    }

    pub(super) fn hold(&mut self, id: &str, handle: u32, call: KeptCall, effect: Effect) -> Arc<str> {
        let id: Arc<str> = id.into();
        self.open.insert(Arc::clone(&id), Held { handle, call, effect });
        self.by_handle.insert(handle, Arc::clone(&id));
        id
    }

    pub(super) fn call_after(&self, before: &KeptCall, part: &[u8], replaced: i32) -> KeptCall {
        let asks_digest = self.engine.instance.guest.addresses().digest.is_some();
        if asks_digest { before.after(part, replaced, &self.policy) } else { KeptCall::default() }
    }

    pub(super) fn call_in(&self, text: &str) -> Result<KeptCall, Failure> {
        let guest = &self.engine.instance.guest;
        if guest.addresses().digest.is_none() {
            return Ok(KeptCall::default());
        }
        Ok(KeptCall::restored(text.as_bytes(), judged_digest(guest)?))
    }

    pub(super) fn change(&mut self, id: &str, part: &[u8], replaced: i32) -> Result<(), Refused> {
        self.expect(id)?;
        let refused = self.patch(id, part, replaced)?;
        refused.and_then(|answer| answer.error().cloned()).map_or(Ok(()), |error| Err(error.into()))
    }

    /// Of an open session. Gives an answer where nothing changed.
    pub(super) fn patch(&mut self, id: &str, part: &[u8], replaced: i32) -> Result<Option<Answer>, Failure> {
        let Some((handle, before)) = self.open.get(id).map(|held| (held.handle, &held.call)) else {
            return Ok(Some(Answer::invalid(error::no_session())));
        };
        let call = self.call_after(before, part, replaced);
        let refused = self.engine.patch(handle, part, replaced, call.digest.as_deref())?;
        if let Some(held) = self.open.get_mut(id).filter(|_| refused.is_none()) {
            held.call = call;
        }
        Ok(refused)
    }

    pub(super) fn sweep(&mut self, now: f64, all: bool) -> Result<Vec<SessionChange>, Failure> {
        let mut found = Vec::new();
        let mut is_all = all;
        self.lacks_room_until = None;
        loop {
            let changes = self.engine.sweep(now, is_all)?;
            for (handle, before) in &changes {
                let Some(session) = self.by_handle.get(handle).cloned() else {
                    continue;
                };
                let answer = self.engine.decide(*handle, now, false)?;
                self.notice(&session, answer.effect());
                found.push(SessionChange { session, before: *before, answer });
            }
            is_all = false;
            if changes.len() == MOST_CHANGES {
                continue;
            }
            if self.engine.due()? > 0.0 {
                break;
            }
            if !self.engine.grow()? {
                self.lacks_room_until = Some(now + UNKNOWN_ENDS);
                break;
            }
        }
        Ok(found)
    }
}
