//! Errors: of a request or of the engine, in answers; and of what a caller asked a policy, a table or a session to do.

use crate::contract::{self, error_codes};
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use thiserror::Error;

/// An error in a request, in the contents of a table or in a fact of a session, or of the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[error("{path} at byte {offset}: expected {expected}, found {found}")]
pub struct AnswerError {
    /// One of [`error_codes`].
    pub code: String,
    /// JSONPath (RFC 9535) of the member; `$` for the document as a whole.
    pub path: String,
    pub expected: String,
    pub found: String,
    /// In bytes from the start of the document.
    pub offset: u64,
}

impl AnswerError {
    pub(crate) fn new(code: &str, expected: &str, found: &str) -> Self {
        let (code, expected, found) = (code.to_owned(), expected.to_owned(), found.to_owned());
        Self { code, path: "$".to_owned(), expected, found, offset: 0 }
    }
}

/// The reason why a table was not changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the table `{table}`: {error}")]
pub struct TableError {
    pub table: Box<str>,
    pub error: AnswerError,
}

impl Deref for TableError {
    type Target = AnswerError;

    fn deref(&self) -> &AnswerError {
        &self.error
    }
}

/// The reason why a session was not changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the session `{session}`: {error}")]
pub struct SessionError {
    pub session: Box<str>,
    pub error: AnswerError,
}

impl Deref for SessionError {
    type Target = AnswerError;

    fn deref(&self) -> &AnswerError {
        &self.error
    }
}

/// The reason why bytes were not loaded as a policy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct LoadError(pub(crate) String);

/// The reason why a call of the module has no result.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The module refused it, and nothing changed.
    Refused(Box<AnswerError>),
    /// The engine failed: the instance must not be called again.
    Failed(Box<AnswerError>),
}

impl Stop {
    #[cold]
    pub(crate) fn failed(expected: &str, found: &str) -> Self {
        Self::Failed(Box::new(AnswerError::new(error_codes::ENGINE_ERROR, expected, found)))
    }

    /// The module wrote what the ABI does not allow.
    #[cold]
    pub(crate) fn violation(found: &str) -> Self {
        Self::failed(contract::ENGINE_CONFORMING_ANSWER, found)
    }

    pub(crate) fn into_error(self) -> AnswerError {
        let (Self::Refused(error) | Self::Failed(error)) = self;
        *error
    }
}
