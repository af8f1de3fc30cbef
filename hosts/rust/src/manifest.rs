//! The manifest of a module, which describes the policy: finds the custom section in the bytes of the module. No decision
//! needs it.

use crate::contract::MANIFEST_SECTION;
use serde::Deserialize;
use wasmparser::{Parser, Payload};

/// The members of the manifest that this host reads.
#[derive(Deserialize)]
pub(crate) struct Manifest {
    pub(crate) policy: PolicyName,
}

/// The name and the version of a policy, as its author chose them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct PolicyName {
    pub name: String,
    pub version: String,
}

/// The contents of the section of the manifest. `None`: the module has none.
pub(crate) fn section(module: &[u8]) -> Option<&str> {
    Parser::new(0).parse_all(module).find_map(|part| match part {
        Ok(Payload::CustomSection(section)) if section.name() == MANIFEST_SECTION => {
            str::from_utf8(section.data()).ok()
        }
        _ => None,
    })
}
