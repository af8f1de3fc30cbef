"""The members of requests that a policy declares, from the schema of its manifest: selects what of a request the policy
can read, so that logs contain nothing else, and masks its secrets."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from .encoding import encode

_KEY: Final = secrets.token_bytes(32)
_DIGITS: Final = 12
"""48 bits, enough to distinguish the values of a log."""


def mask_of(value: object) -> str:
    """Stands for a secret value. Equal values have equal masks within one process. The key is never stored, so that a
    likely value cannot be confirmed by masking it."""
    digest = hmac.new(_KEY, encode(value).encode(), hashlib.sha256).hexdigest()
    return f"secret:{digest[:_DIGITS]}"


class Declared:
    """The schema at a place: members by name, elements, or a scalar. Alternatives are united: a member that one of them
    declares is declared."""

    def __init__(self, *given: object) -> None:
        schemas = [each for schema in given for each in _alternatives(schema)]
        members: dict[str, list[object]] = {}
        for schema in schemas:
            for name, member in _mapping(schema.get("properties")).items():
                members.setdefault(name, []).append(member)
        values = [schema["additionalProperties"] for schema in schemas if isinstance(schema.get("additionalProperties"), Mapping)]
        elements = [schema["items"] for schema in schemas if isinstance(schema.get("items"), Mapping)] + values
        self._members = {name: Declared(*each) for name, each in members.items()}
        self._elements = Declared(*elements) if elements else None
        self._is_map = bool(values)
        self._is_secret = any(_mapping(schema).get("writeOnly") is True for schema in given)

    def visible(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The declared members of a request, with masks instead of secret values."""
        return _mapping(self._select(request, masks=True, drops=True))

    def read(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The declared members of a request."""
        return _mapping(self._select(request, masks=False, drops=True))

    def masked(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """All members of a request, with masks instead of secret values."""
        return _mapping(self._select(request, masks=True, drops=False))

    def _select(self, value: Any, *, masks: bool, drops: bool) -> Any:
        if masks and self._is_secret:
            return mask_of(value)
        if isinstance(value, list):
            if self._elements is None:
                return [] if drops else value
            return [self._elements._select(each, masks=masks, drops=drops) for each in value]
        if not isinstance(value, dict):
            return value
        selected = {}
        for name, member in value.items():
            inner = self._members.get(name) or (self._elements if self._is_map else None)
            if inner is not None:
                selected[name] = inner._select(member, masks=masks, drops=drops)
            elif not drops:
                selected[name] = member
        return selected


def _alternatives(schema: object) -> Iterator[Mapping[str, Any]]:
    members = _mapping(schema)
    among = members.get("anyOf")
    if isinstance(among, Sequence):
        for each in among:
            yield from _alternatives(each)
    else:
        yield members


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
