//! Requests in part, such as change what a session knows: which of their parts there are, and what is asked.

use crate::contract;
use crate::digest::LONGEST_REQUEST;
use crate::json::{canonical_members, push_string};
use serde_json::value::RawValue;
use std::collections::HashMap;

pub(super) const SUBJECT: i32 = contract::PART_SUBJECT.cast_signed();
pub(super) const ACTION: i32 = contract::PART_ACTION.cast_signed();
pub(super) const RESOURCE: i32 = contract::PART_RESOURCE.cast_signed();
pub(super) const CONTEXT: i32 = contract::PART_CONTEXT.cast_signed();
pub(super) const WHOLE: i32 = SUBJECT | ACTION | RESOURCE | CONTEXT;

/// The parts that there are.
pub(super) fn told_in(part: &[u8]) -> i32 {
    if part.len() > LONGEST_REQUEST {
        return 0;
    }
    let found = canonical_members(part, ["subject", "action", "resource", "context"]);
    let bits = [SUBJECT, ACTION, RESOURCE, CONTEXT];
    found.iter().zip(bits).filter(|(form, _)| form.is_some()).map(|(_, bit)| bit).sum()
}

/// Action, resource and context alone, and which of the first two there are. What is no object the module tells.
pub(super) fn asked_in(asked: &[u8]) -> (Vec<u8>, i32) {
    if asked.len() > LONGEST_REQUEST {
        return (asked.to_vec(), 0);
    }
    let Ok(members) = serde_json::from_slice::<HashMap<String, &RawValue>>(asked) else {
        return (asked.to_vec(), 0);
    };
    let mut part = b"{".to_vec();
    let mut replaced = 0;
    for (name, bit) in [("action", ACTION), ("resource", RESOURCE), ("context", 0)] {
        let Some(member) = members.get(name) else {
            continue;
        };
        if part.len() > 1 {
            part.push(b',');
        }
        push_string(&mut part, name);
        part.push(b':');
        part.extend_from_slice(member.get().as_bytes());
        replaced |= bit;
    }
    part.push(b'}');
    (part, replaced)
}
