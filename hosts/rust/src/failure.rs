//! What went wrong on the way to an answer, in the words of an answer's error. It never leaves the crate: callers
//! get a deny.

use crate::contract;
use std::fmt::Display;

#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) expected: &'static str,
    pub(crate) found: String,
}

impl Failure {
    /// The module wrote what its manifest and the ABI do not allow.
    pub(crate) fn misread(found: &str) -> Self {
        Self { expected: contract::ENGINE_CONFORMING_ANSWER, found: found.to_owned() }
    }

    pub(crate) fn trap(why: &dyn Display) -> Self {
        Self { expected: contract::ENGINE_NO_TRAP, found: format!("a trap: {why:#}") }
    }

    /// The module was stopped, for it did not return.
    pub(crate) fn late() -> Self {
        Self { expected: contract::ENGINE_DEADLINE, found: "none".to_owned() }
    }

    /// An export that the manifest promises and the module lacks.
    pub(crate) fn no_door(name: &str) -> Self {
        Self { expected: "a module that conforms to its manifest", found: format!("one without `{name}`") }
    }
}
