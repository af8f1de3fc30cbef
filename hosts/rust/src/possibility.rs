//! Whether a request could be permitted for some value of the members that it does not have.

use crate::answer::Answer;
use crate::contract;
use crate::error::{AnswerError, Stop};
use crate::header::Header;
use crate::instance::{Instance, Output};
use crate::time::system_time;
use std::time::SystemTime;

/// Whether some completion of a request may be permitted. It is never an answer to act upon: decide the complete request.
#[derive(Clone, Debug, Default)]
#[must_use]
#[non_exhaustive]
pub struct Possibility {
    /// False: no completion of the request is permitted.
    pub possible: bool,
    /// Ids of the rules that restrict every completion, or `default_deny` if no permit can fire. Empty if it is possible.
    pub reasons: Vec<String>,
    /// What makes every completion invalid, or the error of the engine.
    pub error: Option<AnswerError>,
    /// Milliseconds since the epoch.
    valid_until: Option<i64>,
}

impl Possibility {
    /// It stays the same strictly before this instant. `None`: time alone changes nothing.
    pub fn valid_until(&self) -> Option<SystemTime> {
        self.valid_until.and_then(system_time)
    }

    fn refused(answer: &Answer, valid_until: Option<i64>) -> Self {
        Self { possible: false, reasons: answer.reasons.clone(), error: answer.error.clone(), valid_until }
    }
}

impl Output for Possibility {
    const FORM: u32 = contract::FORM_UNLESS_KEYED;

    /// A permit has no response.
    fn receive(instance: &mut Instance, header: Header) -> Result<Self, Stop> {
        let valid_until = header.valid_until;
        if header.effect.is_granted() {
            return Ok(Self { possible: true, valid_until, ..Self::default() });
        }
        let answer = Answer::receive(instance, header)?;
        Ok(Self::refused(&answer, valid_until))
    }

    fn denied(error: AnswerError) -> Self {
        Self::refused(&Answer::denied(error), None)
    }
}
