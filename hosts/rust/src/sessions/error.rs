//! Why something was not done to a session, which is then as it was.

use crate::answer::AnswerError;
use crate::contract;
use std::fmt;

/// Why something was not done to a session, which is then as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionError {
    pub session: String,
    /// A name of the ABI's, `no_session`, `session_exists`, `wrong_id` or `engine_error`.
    pub code: &'static str,
    /// JSONPath (RFC 9535) of the member at fault; `$` for what was told as a whole.
    pub path: String,
    pub expected: String,
    pub found: String,
    /// Bytes from the start of the text.
    pub offset: u32,
}

impl SessionError {
    pub(crate) fn new(session: &str, error: AnswerError) -> Self {
        let AnswerError { code, path, expected, found, offset } = error;
        Self { session: session.to_owned(), code, path, expected, found, offset }
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { session, path, expected, found, .. } = self;
        write!(out, "the session `{session}`: {path}: expected {expected}, found {found}")
    }
}

impl std::error::Error for SessionError {}

pub(super) fn no_session() -> AnswerError {
    AnswerError::new("no_session", contract::TEXT_OPEN_SESSION, contract::TEXT_UNKNOWN_SESSION)
}

pub(super) fn no_instant() -> AnswerError {
    AnswerError::new("wrong_type", contract::TEXT_INSTANT, contract::TEXT_OTHER_VALUE)
}
