//! The digest of a call: SHA-256 over its action, its resource, the identity of its caller and the name of the policy, in
//! canonical form. An approval is bound to it.

use crate::json::{Form, Selection, push_string, selected_members};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Bytes of a digest in text, and of where a module takes it.
pub(crate) const LENGTH: usize = crate::contract::DIGEST_BYTES as usize;
/// Longer requests are refused unread.
pub(crate) const LONGEST_REQUEST: usize = crate::contract::MAX_REQUEST_BYTES as usize;
/// The property of a subject that tells which principal it acts for.
const PRINCIPAL: &str = "on_behalf_of";

/// The members of a subject that identify the caller.
pub(crate) const CALLER: Selection =
    Selection(&[("type", None), ("id", None), ("properties", Some(Selection(&[(PRINCIPAL, None)])))]);

/// The parts of a request that its digest covers. `None`: the part is missing, or has no canonical form.
#[derive(Clone, Default)]
pub(crate) struct CallForms {
    /// Restricted to the members that identify the caller.
    pub(crate) subject: Option<Form>,
    pub(crate) action: Option<Form>,
    pub(crate) resource: Option<Form>,
}

/// The digest of the call that a request makes, as the policy of that name judges it where it declares
/// `context.call_digest`: `sha-256:` and 64 hexadecimal digits. `None`: the request lacks its action, its resource or an
/// identified subject, or one of them has no canonical form (RFC 8785).
///
/// ```
/// let request = br#"{"action":{"name":"pay","properties":{"amount":5}},
///     "resource":{"type":"account","id":"b1"},"subject":{"type":"agent","id":"a1"}}"#;
/// let digest = "sha-256:1c9ad967c311cce91575fe4f9c1670bf9f98e130a426b5caf9df7a40af852496";
/// assert_eq!(nhipol::call_digest(request, "acme.payments").as_deref(), Some(digest));
/// ```
#[must_use]
pub fn call_digest(request: &[u8], policy: &str) -> Option<String> {
    if request.len() > LONGEST_REQUEST {
        return None;
    }
    let [subject, action, resource] = call_parts(request).map(Option::flatten);
    digest_of(&CallForms { subject, action, resource }, policy)
}

/// Subject, action and resource of a request or a part of one.
pub(crate) fn call_parts(text: &[u8]) -> [Option<Option<Form>>; 3] {
    selected_members(text, [("subject", Some(&CALLER)), ("action", None), ("resource", None)])
}

pub(crate) fn digest_of(forms: &CallForms, policy: &str) -> Option<String> {
    let caller = caller_of(forms.subject.as_ref()?)?;
    let mut text = b"{\"action\":".to_vec();
    forms.action.as_ref()?.write(&mut text);
    text.extend_from_slice(b",\"policy\":");
    push_string(&mut text, policy);
    text.extend_from_slice(b",\"resource\":");
    forms.resource.as_ref()?.write(&mut text);
    text.extend_from_slice(b",\"subject\":");
    caller.write(&mut text);
    text.push(b'}');
    let mut digest = String::with_capacity(LENGTH);
    digest.push_str("sha-256:");
    for byte in Sha256::digest(&text) {
        let _ = write!(digest, "{byte:02x}");
    }
    Some(digest)
}

/// Type and id of a subject, and the principal it acts for, if there is one. `None`: the caller is not identified.
pub(crate) fn caller_of(subject: &Form) -> Option<Form> {
    let [id, kind] = ["id", "type"].map(|name| subject.get(name).filter(|value| matches!(value, Form::Text(_))));
    let principal = subject.get("properties").and_then(|properties| properties.get(PRINCIPAL)).map(identity_of);
    Some(Form::members([("id", Some(id?.clone())), (PRINCIPAL, principal), ("type", Some(kind?.clone()))]))
}

/// A principal with an id is identified by its type and id, so that other members, such as its scopes, may change. Anything
/// else is taken as sent.
fn identity_of(principal: &Form) -> Form {
    match (principal, principal.get("id")) {
        (Form::Members(members), Some(_)) => Form::Members(
            members
                .iter()
                .filter(|(name, _)| name.is("id") || name.is("type"))
                .map(|(name, form)| (name.clone(), form.clone()))
                .collect(),
        ),
        _ => principal.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::call_digest;

    fn digest(subject: &str) -> Option<String> {
        let request = format!(r#"{{"action":{{}},"resource":{{}},"subject":{subject}}}"#);
        call_digest(request.as_bytes(), "p")
    }

    fn delegated(principal: &str) -> Option<String> {
        digest(&format!(r#"{{"type":"agent","id":"a1","properties":{{"on_behalf_of":{principal}}}}}"#))
    }

    #[test]
    fn a_call_is_that_of_one_caller_and_one_policy() {
        let alone = digest(r#"{"type":"agent","id":"a1"}"#);
        assert!(alone.is_some());
        assert_eq!(digest(r#"{"id":"a1","properties":{"exp":1e999,"a":1,"a":2},"type":"agent"}"#), alone);
        assert_eq!(delegated("null"), alone);
        let request = br#"{"action":{},"resource":{},"subject":{"type":"agent","id":"a1"}}"#;
        assert_ne!(call_digest(request, "q"), alone);
        let mut digests = vec![alone, digest(r#"{"type":"agent","id":"a2"}"#), digest(r#"{"type":"bot","id":"a1"}"#)];
        for principal in
            [r#"{"id":"x"}"#, r#"{"id":"y"}"#, r#"{"id":"x","type":"user"}"#, r#""x""#, r#"{"mail":"x"}"#, "[]"]
        {
            digests.push(delegated(principal));
        }
        assert!(digests.iter().all(Option::is_some));
        let count = digests.len();
        digests.sort();
        digests.dedup();
        assert_eq!(digests.len(), count);
    }

    #[test]
    fn a_principal_is_known_by_its_type_and_id() {
        let principal = delegated(r#"{"id":"x","type":"user"}"#);
        assert!(principal.is_some());
        assert_eq!(delegated(r#"{"type":"user","scopes":["a"],"id":"x"}"#), principal);
    }

    #[test]
    fn a_caller_that_is_not_identified_has_no_digest() {
        for subject in [
            r#""a1""#,
            r#"{"type":"agent"}"#,
            r#"{"type":"agent","id":null}"#,
            r#"{"type":"agent","id":1}"#,
            r#"{"id":"a1"}"#,
            r#"{"type":"agent","id":"a1","id":"a1"}"#,
            r#"{"type":"agent","id":"a1","properties":{},"properties":{}}"#,
        ] {
            assert_eq!(digest(subject), None, "{subject}");
        }
        assert_eq!(call_digest(br#"{"action":{},"resource":{}}"#, "p"), None);
        assert_eq!(delegated(r#"{"id":"x","exp":1e999}"#), None);
        assert_eq!(delegated(r#"{"id":"x","id":"y"}"#), None);
    }
}
