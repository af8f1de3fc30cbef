//! The digest of a call: SHA-256 over its action and its resource in canonical form, which an approval is bound to.

use crate::json::{Form, canonical_members};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Bytes of a digest in text, and of where a module takes it.
pub(crate) const LENGTH: usize = 72;
/// Longer requests are refused unread.
const LONGEST_REQUEST: usize = 65_536;

/// The digest of the call that a request makes, as policies with `context.call_digest` judge it: `sha-256:` and 64
/// hexadecimal digits. `None`: the request has no action or no resource, or one of them has no canonical form (RFC 8785).
///
/// ```
/// let request = br#"{"action":{"name":"pay","properties":{"amount":5}},"resource":{"type":"account","id":"b1"}}"#;
/// let digest = "sha-256:b411363850276ffca73630e9c01b631726f4d2070dcdc33d6d715788b8331f7a";
/// assert_eq!(nhipol::call_digest(request).as_deref(), Some(digest));
/// ```
#[must_use]
pub fn call_digest(request: &[u8]) -> Option<String> {
    if request.len() > LONGEST_REQUEST {
        return None;
    }
    let [action, resource] = canonical_members(request, ["action", "resource"]);
    digest_of(action.flatten().as_ref(), resource.flatten().as_ref())
}

pub(crate) fn digest_of(action: Option<&Form>, resource: Option<&Form>) -> Option<String> {
    let mut text = b"{\"action\":".to_vec();
    action?.write(&mut text);
    text.extend_from_slice(b",\"resource\":");
    resource?.write(&mut text);
    text.push(b'}');
    let mut digest = String::with_capacity(LENGTH);
    digest.push_str("sha-256:");
    for byte in Sha256::digest(&text) {
        let _ = write!(digest, "{byte:02x}");
    }
    Some(digest)
}
