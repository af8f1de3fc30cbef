"""What tells one call from another: the digest of its action and its resource with all that the caller said of them,
declared or not. An approval is bound to it."""

from hashlib import sha256

from .abi import LONGEST_REQUEST
from .canonical_json import canonical_members


def call_digest(request: bytes) -> str | None:
    """Of JSON text. None: the call has none, since it lacks action or resource, or one has no canonical form."""
    # What is longer than any request is refused unread.
    if len(request) > LONGEST_REQUEST:
        return None
    try:
        text = request.decode("utf-8")
    except UnicodeDecodeError:
        return None
    members = canonical_members(text, ("action", "resource"))
    return digest_of_forms(members.get("action"), members.get("resource"))


def digest_of_forms(action: str | None, resource: str | None) -> str | None:
    """The same of the two in their canonical forms."""
    if action is None or resource is None:
        return None
    form = f'{{"action":{action},"resource":{resource}}}'
    return f"sha-256:{sha256(form.encode('utf-8')).hexdigest()}"
