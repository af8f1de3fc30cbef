"""What callers tell sessions, as the module takes it: texts, ids, and which parts of a request there are. And what they are told
besides answers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from ._contract import (
    MAX_REQUEST_BYTES,
    MAX_SESSION_ID_BYTES,
    PART_ACTION,
    PART_CONTEXT,
    PART_RESOURCE,
    PART_SUBJECT,
    TEXT_INSTANT,
    TEXT_INVALID_SESSION_ID,
    TEXT_OTHER_VALUE,
    TEXT_SESSION_ID,
)
from .abi import Effect
from .answer import Answer, AnswerError, engine_error, engine_error_answer
from .encode import NotJsonError, encode
from .errors import EngineError
from .instant import Instant, milliseconds
from .session_engine import RefusedError

Told: TypeAlias = Mapping[str, object] | bytes | str
"""Python's own values, or JSON."""

_PARTS: Final = {
    "subject": PART_SUBJECT,
    "action": PART_ACTION,
    "resource": PART_RESOURCE,
    "context": PART_CONTEXT,
}
WHOLE: Final = sum(_PARTS.values())


@dataclass(frozen=True, slots=True)
class Change:
    """A session whose answer is another than before."""

    session: str
    before: Effect
    answer: Answer

    @property
    def after(self) -> Effect:
        return self.answer.effect


@dataclass(frozen=True, slots=True)
class Restored:
    """A session that is open again, and the first of its facts that the policy reads otherwise, which is then
    unknown."""

    session: str
    misfit: AnswerError | None


def text_of(told: object) -> bytes:
    try:
        if isinstance(told, str):
            return told.encode("utf-8", "surrogatepass")
        return told if isinstance(told, bytes) else encode(told)
    except NotJsonError as refused:
        raise RefusedError(refused.error()) from None
    except Exception:
        raise _at_fault(
            "values that can be read", "a request that raises when it is read"
        ) from None


def instant_of(now: Instant | None, clock: Callable[[], Instant]) -> float:
    """In milliseconds."""
    try:
        return milliseconds(clock() if now is None else now)
    except EngineError as failure:
        raise _at_fault(failure.expected, failure.found) from None
    except Exception:
        raise _at_fault(
            "a clock that tells the time", "a request that raises when it is read"
        ) from None


def came_at(time: Instant) -> float:
    """Of a signal, in milliseconds."""
    try:
        return milliseconds(time)
    except EngineError:
        expected = TEXT_INSTANT
        raise RefusedError(AnswerError("wrong_type", "$", expected, TEXT_OTHER_VALUE)) from None


def _at_fault(expected: str, found: str) -> RefusedError:
    """The caller, and not the module."""
    error = engine_error(expected, found)
    return RefusedError(error, engine_error_answer(error))


def id_of(session: str) -> bytes:
    try:
        name = session.encode("utf-8")
    except UnicodeEncodeError:
        name = bytes(MAX_SESSION_ID_BYTES + 1)
    if len(name) > MAX_SESSION_ID_BYTES:
        raise RefusedError(AnswerError("wrong_id", "$", TEXT_SESSION_ID, TEXT_INVALID_SESSION_ID))
    return name


def _members(text: bytes | str) -> Mapping[str, object]:
    """An object as it is, and of anything else one without members: what is not valid JSON the module tells."""
    try:
        # Python reads no more than so many digits of an integer; nobody looks at them here.
        value = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def parts_in(text: bytes) -> int:
    """The parts that there are, as a set."""
    members = {} if len(text) > MAX_REQUEST_BYTES else _members(text)
    return sum(bit for name, bit in _PARTS.items() if name in members)


def effect_in(text: str) -> Effect:
    """Of the answer that was given last before the session's text was written; a deny where there is none."""
    effect = _members(text).get("effect")
    return next((known for known in Effect if known.value == effect), Effect.DENY)


def session_in(text: str) -> str:
    """Whose text it is; empty where it has no id: the module then says that it is no session's."""
    session = _members(text).get("id")
    return session if isinstance(session, str) else ""
