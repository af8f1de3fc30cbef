"""Parses a response of a module: its bytes go in, the typed parts of the answer come out, with exact numbers. They cannot
be changed, because answers share them. Raises `EngineError` for bytes that are not a response of the ABI."""

import json
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from . import _contract as abi
from .errors import AnswerError, violation

JsonValue: TypeAlias = "bool | int | Decimal | str | tuple[JsonValue, ...] | Mapping[str, JsonValue] | None"
"""JSON with exact numbers."""


class Source(NamedTuple):
    """Where a rule is defined."""

    file: str
    line: int
    column: int


class ReasonDetail(NamedTuple):
    """A rule that fired at the effect of the answer, or another reason."""

    id: str
    effect: abi.Effect
    message: str | None
    fired_on: Literal["true", "unknown"]
    unknown: tuple[str, ...]
    """The paths and tables that were unknown, in ASCII order."""
    source: Source | None


class Obligation(NamedTuple):
    """An enforcement point carries out all obligations of a permit or a narrow, or denies; those of other answers
    accompany the refusal."""

    id: str
    type: str
    """The AuthZEN type: `step-up`, `notification`, `session_termination` or `custom`."""
    properties: Mapping[str, JsonValue]
    name: str
    reasons: tuple[str, ...]
    """Ids of the rules that require it."""


class AccessRequest(NamedTuple):
    """What an approver can be asked, so that the same request may be granted later."""

    name: str
    properties: Mapping[str, JsonValue]
    reason: str
    """Id of the rule that offers it."""
    evaluated_at: str
    """An instant in RFC 3339."""
    expires_at: str
    """The request must be made before this instant, in RFC 3339."""


class Details(NamedTuple):
    """The parts of an answer that its header does not have."""

    reasons: tuple[str, ...]
    reason_details: tuple[ReasonDetail, ...]
    constraints: Mapping[str, JsonValue]
    lower: Mapping[str, JsonValue]
    obligations: tuple[Obligation, ...]
    access_request: AccessRequest | None
    read: tuple[str, ...]
    single_use: bool
    call_digest: str | None
    error: AnswerError | None


def parse_details(response: bytes) -> Details:
    try:
        text = response.decode("utf-8")
        value, end = _raw_decode(text)
        if end == len(text):
            return _details(value["context"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        pass
    raise violation(abi.VIOLATION_INVALID_RESPONSE)


def _details(context: Any) -> Details:
    return Details(
        tuple(context["reasons"]),
        tuple([_reason_detail(each) for each in context["reason_details"]]),
        _frozen(context.get("constraints", {})),
        _frozen(context.get("lower", {})),
        tuple([_members(Obligation, each) for each in context.get("obligations", ())]),
        _access_request(context) if "access_request" in context else None,
        tuple(context["read"]),
        context.get("single_use", False),
        context.get("call_digest"),
        _members(AnswerError, context["error"]) if "error" in context else None,
    )


def _reason_detail(each: Any) -> ReasonDetail:
    source = _members(Source, each["source"]) if "source" in each else None
    unknown = tuple(each.get("unknown", ()))
    return ReasonDetail(each["id"], abi.Effect(each["effect"]), each.get("message"), each["fired_on"], unknown, source)


def _members(part: Any, members: Any) -> Any:
    """Ignores other members, which a later version of the ABI may add."""
    return part(*[_frozen(members[name]) for name in part._fields])


def _access_request(context: Any) -> AccessRequest:
    properties = dict(context["access_request"])
    expires_at = properties.pop("expires_at")
    name, reason = context["access_request_name"], context["reason"]
    return AccessRequest(name, _frozen(properties), reason, context["evaluated_at"], expires_at)


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType({name: _frozen(member) for name, member in value.items()})
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


_raw_decode: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant).raw_decode
