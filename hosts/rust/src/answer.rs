//! Answers of decisions, from the header of a response and its text. The effect and the instant until which the answer is
//! valid are those of the header; everything else is parsed when it is first read. The text of a permit or a narrow is
//! parsed immediately: if it is not a response, the answer is not a grant.

use crate::contract;
use crate::error::{AnswerError, Stop};
use crate::header::Header;
use crate::response::Details;
use crate::time::{rfc3339, system_time};
use serde::{Deserialize, Serialize};
use std::fmt::{Display, Formatter};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

/// The effect of an answer, from the least to the most restrictive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    Permit,
    /// Permitted within the constraints of the answer.
    Narrow,
    /// Refused, unless it is approved first.
    Challenge,
    #[default]
    Deny,
    /// Denied, and the session ends.
    Revoke,
}

impl Effect {
    pub(crate) fn from_number(number: u8) -> Result<Self, Stop> {
        let all = [Self::Permit, Self::Narrow, Self::Challenge, Self::Deny, Self::Revoke];
        let effect = all.get(usize::from(number)).copied();
        effect.ok_or_else(|| Stop::violation(contract::VIOLATION_UNKNOWN_EFFECT))
    }

    pub(crate) fn is_granted(self) -> bool {
        self <= Self::Narrow
    }

    /// The name in policies and in AuthZEN responses.
    pub fn as_str(self) -> &'static str {
        contract::EFFECT_NAMES.get(self as usize).copied().unwrap_or_default()
    }
}

impl Display for Effect {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

/// The members of an answer that a key identifies.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) effect: Effect,
    /// The response. Empty if it was parsed already.
    text: Box<str>,
    details: OnceLock<Details>,
}

impl Content {
    pub(crate) fn new(effect: Effect, text: &str) -> Result<Arc<Self>, Stop> {
        Ok(Arc::new(if effect.is_granted() {
            Self { effect, text: "".into(), details: Details::parse(text)?.into() }
        } else {
            Self { effect, text: text.into(), details: OnceLock::new() }
        }))
    }
}

/// The answer of a decision. Its members are those of [`Details`]. A clone shares them.
#[derive(Clone, Debug)]
#[must_use]
pub struct Answer {
    content: Arc<Content>,
    flags: u8,
    /// Milliseconds since the epoch.
    valid_until: Option<i64>,
}

impl Answer {
    pub(crate) fn new(content: Arc<Content>, header: Header) -> Self {
        Self { content, flags: header.flags, valid_until: header.valid_until }
    }

    /// A deny of the host itself.
    pub(crate) fn denied(error: AnswerError) -> Self {
        let content = Content { effect: Effect::Deny, text: "".into(), details: Details::denied(error).into() };
        Self { content: content.into(), flags: 0, valid_until: None }
    }

    pub fn effect(&self) -> Effect {
        self.content.effect
    }

    /// AuthZEN's boolean: true for permit and narrow.
    pub fn decision(&self) -> bool {
        self.effect().is_granted()
    }

    /// A set of 1 denied by default, 2 the request is invalid, 4 the clock went back, 8 revoked before the session was
    /// restored, 16 the instant is not valid.
    pub fn flags(&self) -> u8 {
        self.flags
    }

    /// The answer is valid strictly before this instant. `None`: time alone does not change it.
    pub fn valid_until(&self) -> Option<SystemTime> {
        self.valid_until.and_then(system_time)
    }

    /// The AuthZEN response. `decide_response` is faster if only this is needed.
    pub fn to_json(&self) -> String {
        self.deref().to_json(self.valid_until.map(rfc3339))
    }
}

impl Deref for Answer {
    type Target = Details;

    fn deref(&self) -> &Details {
        let Content { text, details, .. } = &*self.content;
        details.get_or_init(|| Details::parse(text).unwrap_or_else(|stop| Details::denied(stop.into_error())))
    }
}
