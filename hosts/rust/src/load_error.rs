//! Why bytes are no policy that can be asked.

use std::fmt;

/// Bytes that are no policy, or one that this host does not know. The message is one plain sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError(String);

impl LoadError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    pub(crate) fn other_abi(major: u64) -> Self {
        Self(format!("the module has ABI version {major}, and this host supports 1"))
    }

    pub(crate) fn no_export(kind: &str, name: &str) -> Self {
        Self(format!("the module exports no {kind} `{name}`"))
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for LoadError {}
