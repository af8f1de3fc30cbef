"""What a host keeps of each session whose policy asks for the digest of the call: action and resource with all that was
said of them and the identity of the caller, since the module keeps no more than the policy declares. So the digest is
always that of the whole call, also after a patch of a part of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ._contract import (
    MAX_REQUEST_BYTES,
    PART_ACTION,
    PART_RESOURCE,
    PART_SUBJECT,
)
from .call_digest import CALLER, CallForms, call_members, caller_of, digest_of_forms
from .canonical_json import canonical_json, canonical_members


@dataclass(frozen=True, slots=True)
class KeptCall:
    """Of one session. What is not known of a call has no digest, until the whole of it is told."""

    forms: CallForms = field(default_factory=CallForms)
    digest: str | None = None


UNKNOWN_CALL: Final = KeptCall()
_PARTS: Final = {"subject": PART_SUBJECT, "action": PART_ACTION, "resource": PART_RESOURCE}
_UNKNOWN_VALUE: Final = re.compile(r'\["(?:unknown|faulty)",0\]')
"""How a session's text has a value that is there and of no use."""


def call_after(before: KeptCall, part: bytes, replaced: int, policy: str) -> KeptCall:
    """`part`: JSON of a request or a part of one, of which `replaced`, a set of its parts, is told as a whole; `policy`:
    the name of the policy that is asked."""
    # The module refuses it unread, and then nothing changes.
    if len(part) > MAX_REQUEST_BYTES:
        return before
    told = call_members(part.decode("utf-8", "replace"))
    if not told:
        return before
    forms = before.forms._asdict()
    for name, form in told.items():
        forms[name] = form if replaced & _PARTS[name] else _merged(forms[name], form)
    after = CallForms(**forms)
    if all(_is_same(name, before.forms._asdict()[name], forms[name]) for name in told):
        return KeptCall(after, before.digest)
    return KeptCall(after, digest_of_forms(after, policy))


def call_in(text: str, digest: str | None) -> KeptCall:
    """Of a session's text, which has no more of the call than the policy declares: the caller. `digest`: the one that the
    module restored."""
    request = canonical_members(text, {"request": {"subject": CALLER}}).get("request")
    if request is None or _UNKNOWN_VALUE.search(request):
        return KeptCall(digest=digest)
    return KeptCall(CallForms(subject=call_members(request).get("subject")), digest)


def _is_same(name: str, before: str | None, after: str | None) -> bool:
    """A subject may change without another caller."""
    if before is None or after is None:
        return False
    return before == after or (name == "subject" and caller_of(before) == caller_of(after))


def _merged(form: str | None, patch: str | None) -> str | None:
    """RFC 7396. A form carries its value exactly. One that is longer than any request is not kept."""
    if form is None or patch is None:
        return None
    merged = canonical_json(_merge(json.loads(form), json.loads(patch)))
    if merged is None or len(merged.encode("utf-8")) > MAX_REQUEST_BYTES:
        return None
    return merged


def _merge(target: object, patch: object) -> object:
    if not isinstance(patch, Mapping):
        return patch
    members = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            members.pop(name, None)
        else:
            members[name] = _merge(members.get(name), value)
    return members
