"""The members of requests that a policy declares, from the schema of its manifest: selects what of a request the policy
can read, so that logs contain nothing else, masks its secrets, and finds numbers that the policy would round."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from .encoding import encode

_KEY: Final = secrets.token_bytes(32)
_DIGITS: Final = 12
"""48 bits, enough to distinguish the values of a log."""
_LIMIT: Final = 2**63
_MAX_DIGITS: Final = 19
"""The number of digits of 2^63."""


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
        self._places = min((places for schema in schemas for places in _places(schema)), default=None)

    def visible(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The declared members of a request, with masks instead of secret values."""
        return _mapping(self._select(request, masks=True, drops=True))

    def read(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The declared members of a request."""
        return _mapping(self._select(request, masks=False, drops=True))

    def masked(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """All members of a request, with masks instead of secret values."""
        return _mapping(self._select(request, masks=True, drops=False))

    def number_problem(self, request: Any, path: str = "$") -> str | None:
        """Why the policy would read another number than `decode` found, which the function gets as it is; None: it reads all
        declared numbers exactly."""
        if isinstance(request, list):
            elements = self._elements
            return None if elements is None else _first(elements.number_problem(each, f"{path}[*]") for each in request)
        if isinstance(request, dict):
            return _first(
                inner.number_problem(member, f"{path}.{name}")
                for name, member in request.items()
                if (inner := self._inner(name)) is not None
            )
        is_number = isinstance(request, int | Decimal) and not isinstance(request, bool)
        if not is_number or self._places is None or _is_whole(request, self._places):
            return None
        places = f"a number of 64 bits with at most {self._places} decimal places" if self._places else "an integer of 64 bits"
        return f"{path}: expected {places}, found {request}"

    def _inner(self, name: str) -> "Declared | None":
        return self._members.get(name) or (self._elements if self._is_map else None)

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
            inner = self._inner(name)
            if inner is not None:
                selected[name] = inner._select(member, masks=masks, drops=drops)
            elif not drops:
                selected[name] = member
        return selected


def _places(schema: Mapping[str, Any]) -> tuple[int, ...]:
    """The number of decimal places that a policy reads of a number: of a Decimal millionths, of seconds milliseconds."""
    if schema.get("type") == "integer":
        return (0,)
    if schema.get("type") != "number":
        return ()
    return (3 if str(schema.get("description", "")).startswith("seconds") else 6,)


def _is_whole(number: int | Decimal, places: int) -> bool:
    """Whether a number is a whole number of parts in 64 bits, if its unit has ten to the power of `places` parts."""
    sign, digits, exponent = Decimal(number).as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    significant = text.rstrip("0")
    if not significant:
        return True
    shift = int(exponent) + len(text) - len(significant) + places
    if shift < 0 or len(significant) + shift > _MAX_DIGITS:
        return False
    value = int(significant + "0" * shift)
    return -_LIMIT <= (-value if sign else value) < _LIMIT


def _first(problems: Iterable[str | None]) -> str | None:
    return next((problem for problem in problems if problem is not None), None)


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
