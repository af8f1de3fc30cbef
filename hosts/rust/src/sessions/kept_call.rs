//! What a host keeps of a session whose policy asks for the digest of the call: action and resource with all that was
//! said of them and the identity of the caller, since the module keeps no more than the policy declares. So the digest is
//! always that of the whole call, also after a patch of a part of it.

use super::parts::{ACTION, RESOURCE, SUBJECT};
use crate::digest::{CALLER, CallForms, LONGEST_REQUEST, call_parts, caller_of, digest_of};
use crate::json::{Form, Selection, merged, selected_members};

/// What is not known of a call has no digest, until the whole of it is told.
#[derive(Clone, Default)]
pub(super) struct KeptCall {
    forms: CallForms,
    pub(super) digest: Option<String>,
}

/// The caller in a session's text.
const RESTORED: Selection = Selection(&[("subject", Some(CALLER))]);

impl KeptCall {
    /// `text`: JSON of a request or a part of one, of which `replaced`, a set of parts, is told as a whole; `policy`: the
    /// name of the policy that is asked.
    pub(super) fn after(&self, text: &[u8], replaced: i32, policy: &str) -> Self {
        // The module refuses it unread, and then nothing changes.
        if text.len() > LONGEST_REQUEST {
            return self.clone();
        }
        let [subject, action, resource] = call_parts(text);
        let before = &self.forms;
        let is_told = [subject.is_some(), action.is_some(), resource.is_some()];
        let forms = CallForms {
            subject: part_after(before.subject.as_ref(), subject, replaced & SUBJECT != 0),
            action: part_after(before.action.as_ref(), action, replaced & ACTION != 0),
            resource: part_after(before.resource.as_ref(), resource, replaced & RESOURCE != 0),
        };
        let callers = [before, &forms].map(|forms| forms.subject.as_ref().and_then(caller_of));
        let [was, is] = callers;
        let is_same = [
            was.is_some() && was == is,
            before.action.is_some() && before.action == forms.action,
            before.resource.is_some() && before.resource == forms.resource,
        ];
        let is_kept = is_told.iter().zip(is_same).all(|(is_told, is_same)| !is_told || is_same);
        let digest = if is_kept { self.digest.clone() } else { digest_of(&forms, policy) };
        Self { forms, digest }
    }

    /// Of a session's text, which has no more of the call than the policy declares. `digest`: the one that the module
    /// restored.
    pub(super) fn restored(text: &[u8], digest: Option<String>) -> Self {
        let [request] = selected_members(text, [("request", Some(&RESTORED))]);
        let request = request.flatten().filter(|request| !has_unknown(request));
        let subject = request.and_then(|request| request.get("subject").cloned());
        Self { forms: CallForms { subject, ..CallForms::default() }, digest }
    }
}

fn part_after(before: Option<&Form>, told: Option<Option<Form>>, is_replaced: bool) -> Option<Form> {
    match told {
        None => before.cloned(),
        Some(form) if is_replaced => form,
        Some(patch) => Some(merged(Some(before?.clone()), patch?)).filter(is_kept),
    }
}

/// One that is longer than any request is not kept.
fn is_kept(form: &Form) -> bool {
    let mut text = Vec::new();
    form.write(&mut text);
    text.len() <= LONGEST_REQUEST
}

/// Whether a session's text has a value there that is of no use.
fn has_unknown(form: &Form) -> bool {
    match form {
        Form::List(elements) => match elements.as_slice() {
            [Form::Text(word), Form::Plain(number)] if number == "0" => word == "unknown" || word == "faulty",
            elements => elements.iter().any(has_unknown),
        },
        Form::Members(members) => members.values().any(has_unknown),
        Form::Plain(_) | Form::Text(_) => false,
    }
}
