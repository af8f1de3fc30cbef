"""What a host keeps of each session whose policy asks for the digest of the call: action and resource with all that was
said of them, since the module keeps no more than the policy declares. So the digest is always that of the whole call,
also after a patch of a part of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .abi import PART_ACTION, PART_RESOURCE
from .call_digest import digest_of_forms
from .canonical_json import canonical_json, canonical_members


@dataclass(frozen=True, slots=True)
class KeptCall:
    """Of one session, action and resource in their canonical forms. What is not known of a call has no digest, until the
    whole of it is told."""

    action: str | None = None
    resource: str | None = None
    digest: str | None = None


UNKNOWN_CALL: Final = KeptCall()


def call_after(before: KeptCall, part: bytes, replaced: int) -> KeptCall:
    """`part`: JSON of a request or a part of one, of which `replaced`, a set of its parts, is told as a whole."""
    told = canonical_members(part.decode("utf-8", "replace"), ("action", "resource"))
    action, resource = before.action, before.resource
    if "action" in told:
        is_whole = replaced & PART_ACTION != 0
        action = told["action"] if is_whole else _merged(action, told["action"])
    if "resource" in told:
        is_whole = replaced & PART_RESOURCE != 0
        resource = told["resource"] if is_whole else _merged(resource, told["resource"])
    if (action, resource) == (before.action, before.resource):
        return before
    return KeptCall(action, resource, digest_of_forms(action, resource))


def _merged(form: str | None, patch: str | None) -> str | None:
    """RFC 7396. A form carries its value exactly."""
    if form is None or patch is None:
        return None
    return canonical_json(_merge(json.loads(form), json.loads(patch)))


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
