//! What a host keeps of a session whose policy asks for the digest of the call: action and resource with all that was
//! said of them, since the module keeps no more than the policy declares. So the digest is always that of the whole call,
//! also after a patch of a part of it.

use super::parts::{ACTION, RESOURCE};
use crate::digest::digest_of;
use crate::json::{Form, canonical_members, merged};

/// What is not known of a call has no digest, until the whole of it is told.
#[derive(Clone, Default)]
pub(super) struct KeptCall {
    action: Option<Form>,
    resource: Option<Form>,
    pub(super) digest: Option<String>,
}

impl KeptCall {
    /// `text`: JSON of a request or a part of one, of which `replaced`, a set of parts, is told as a whole.
    pub(super) fn after(&self, text: &[u8], replaced: i32) -> Self {
        let [action, resource] = canonical_members(text, ["action", "resource"]);
        let action = part_after(self.action.as_ref(), action, replaced & ACTION != 0);
        let resource = part_after(self.resource.as_ref(), resource, replaced & RESOURCE != 0);
        let digest = digest_of(action.as_ref(), resource.as_ref());
        Self { action, resource, digest }
    }
}

fn part_after(before: Option<&Form>, told: Option<Option<Form>>, is_replaced: bool) -> Option<Form> {
    match told {
        None => before.cloned(),
        Some(form) if is_replaced => form,
        Some(patch) => Some(merged(Some(before?.clone()), patch?)),
    }
}
