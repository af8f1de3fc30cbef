"""The digest of a call: which policy is asked, who acts and for whom, the action and the resource with everything the
caller sent about them, declared or not. An approval is bound to it."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, NamedTuple

from ._contract import (
    MAX_REQUEST_BYTES,
)
from .canonical_json import Selection, canonical_json, canonical_members
from .json_text import quote

PRINCIPAL: Final = "on_behalf_of"
"""The property of a subject that tells which principal it acts for."""

CALLER: Final[Selection] = {"type": None, "id": None, "properties": {PRINCIPAL: None}}
"""The members of a subject that identify the caller."""

_CALL: Final[Selection] = {"subject": CALLER, "action": None, "resource": None}


class CallForms(NamedTuple):
    """The parts of a request that its digest covers, in their canonical forms. None: the part is missing, or has none."""

    subject: str | None = None
    """Restricted to the members that identify the caller."""
    action: str | None = None
    resource: str | None = None


def call_digest(request: bytes, policy: str) -> str | None:
    """Of JSON text, under the policy of that name. None: the call has none, since a part of it is missing or has no
    canonical form."""
    # What is longer than any request is refused unread.
    if len(request) > MAX_REQUEST_BYTES:
        return None
    try:
        text = request.decode("utf-8")
    except UnicodeDecodeError:
        return None
    members = call_members(text)
    forms = CallForms(members.get("subject"), members.get("action"), members.get("resource"))
    return digest_of_forms(forms, policy)


def call_members(text: str) -> Mapping[str, str | None]:
    """Subject, action and resource of a request or a part of one, as far as they are there."""
    return canonical_members(text, _CALL)


def digest_of_forms(forms: CallForms, policy: str) -> str | None:
    caller = None if forms.subject is None else caller_of(forms.subject)
    if caller is None or forms.action is None or forms.resource is None:
        return None
    form = (
        f'{{"action":{forms.action},"policy":{quote(policy)},'
        f'"resource":{forms.resource},"subject":{caller}}}'
    )
    return f"sha-256:{sha256(form.encode('utf-8')).hexdigest()}"


def caller_of(subject: str) -> str | None:
    """Type and id of a subject, and the principal it acts for, if there is one. None: the caller is not identified."""
    members = json.loads(subject)
    if not isinstance(members, dict):
        return None
    identity, kind = members.get("id"), members.get("type")
    if not isinstance(identity, str) or not isinstance(kind, str):
        return None
    caller: dict[str, object] = {"id": identity, "type": kind}
    properties = members.get("properties")
    principal = properties.get(PRINCIPAL) if isinstance(properties, dict) else None
    if principal is not None:
        caller[PRINCIPAL] = _identity_of(principal)
    return canonical_json(caller)


def _identity_of(principal: object) -> object:
    """With an id its type and id, so that other members, such as its scopes, may change. Anything else is taken as sent."""
    if not isinstance(principal, dict) or principal.get("id") is None:
        return principal
    return {name: principal[name] for name in ("id", "type") if name in principal}
