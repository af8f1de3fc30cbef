"""Converts Python values to JSON: mappings, lists, tuples, sets, strings, numbers, booleans, None, and datetimes with a
time zone. A value that JSON cannot represent exactly raises `Failure` with its path; it is never written as another
one."""

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from json.encoder import encode_basestring
from math import isfinite
from typing import Final, NoReturn, TypeAlias

from . import _contract as abi
from .errors import AnswerError, EngineError, Failure

JsonText: TypeAlias = bytes | bytearray | memoryview | str
JsonInput: TypeAlias = Mapping[str, object] | JsonText
"""Python values, or JSON."""

_ARRAYS: Final = (list, tuple, set, frozenset)
_LONG: Final = 1000
_MAX_BITS: Final = 2048
_SAFE: Final = 2**53
_SHORT_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def json_bytes(value: object, max_bytes: int = abi.MAX_INPUT_BYTES) -> bytes:
    """JSON as it is, and other values converted. A lone surrogate in them is written as an escape, which the module
    refuses."""
    return text_bytes(value) if isinstance(value, JsonText) else _Encoder(max_bytes).encode(value)


def text_bytes(text: object) -> bytes:
    """JSON in UTF-8. A lone surrogate becomes three bytes that are not valid UTF-8, which the module refuses."""
    if isinstance(text, (bytes, bytearray, memoryview)):
        return bytes(text)
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    raise EngineError("JSON as bytes or str", f"a value of type {type(text).__name__}")


class _Encoder:
    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        # The room for the rest, at most: stops before values that occur many times fill the memory.
        self._left = max_bytes

    def encode(self, value: object) -> bytes:
        try:
            text = self._value(value, 0).encode("utf-8", "backslashreplace")
        except Failure as failure:
            is_of_member = failure.error.code == abi.ErrorCode.WRONG_TYPE
            path = "".join(map(_step, reversed(failure.steps))) if is_of_member else ""
            raise Failure(failure.error._replace(path=f"${path}")) from None
        except Exception as failure:
            found = f"a request that raises {type(failure).__name__} when it is read"
            raise EngineError(abi.ENGINE_READABLE_REQUEST, found) from failure
        self._left = self._max_bytes
        self._take(len(text))
        return text

    def _value(self, value: object, depth: int) -> str:
        if isinstance(value, str):
            if len(value) > _LONG:
                self._take(len(value))
            return encode_basestring(value)
        if isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101
            return self._object(value, depth)
        if isinstance(value, _ARRAYS):
            return self._array(list(value), depth)
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            # Python limits the number of digits.
            is_short = value.bit_length() <= _MAX_BITS
            return int.__repr__(value) if is_short else self._wrong(abi.TEXT_NUMBER, "an integer of too many digits")
        if isinstance(value, float):
            return self._float(value)
        if isinstance(value, Decimal):
            return str(value) if value.is_finite() else self._wrong(abi.TEXT_NUMBER, str(value))
        if isinstance(value, datetime):
            return self._datetime(value)
        return self._wrong("a value that JSON can represent", f"a value of type {type(value).__name__}")

    def _object(self, members: Mapping[object, object], depth: int) -> str:
        self._enter(len(members), depth)
        parts = []
        name: object = None
        try:
            for name, member in members.items():
                start = encode_basestring(name) if isinstance(name, str) else self._wrong("strings as keys", "another key")
                parts.append(f"{start}:{self._value(member, depth + 1)}")
        except Failure as failure:
            failure.steps.append(name)
            raise
        return f"{{{','.join(parts)}}}"

    def _array(self, values: list[object], depth: int) -> str:
        self._enter(len(values), depth)
        parts: list[str] = []
        try:
            for value in values:
                parts.append(self._value(value, depth + 1))  # noqa: PERF401
        except Failure as failure:
            failure.steps.append(len(parts))
            raise
        return f"[{','.join(parts)}]"

    def _enter(self, count: int, depth: int) -> None:
        if depth >= abi.MAX_INPUT_LEVELS:
            raise Failure(AnswerError(abi.ErrorCode.TOO_DEEP, "$", abi.TEXT_LEVELS, abi.TEXT_DEEPER_OR_CYCLIC))
        self._take(count)

    def _take(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            expected = abi.TEXT_BYTES.format(self._max_bytes)
            raise Failure(AnswerError(abi.ErrorCode.TOO_LARGE, "$", expected, abi.TEXT_LONGER_DOCUMENT))

    def _float(self, value: float) -> str:
        if not isfinite(value):
            self._wrong(abi.TEXT_NUMBER, "NaN" if value != value else "Infinity" if value > 0 else "-Infinity")
        if value.is_integer() and abs(value) >= _SAFE:
            self._wrong(abi.TEXT_NUMBER, abi.TEXT_LARGE_INTEGER)
        return int.__repr__(int(value)) if value.is_integer() else float.__repr__(value)

    def _datetime(self, value: datetime) -> str:
        if value.utcoffset() is None:
            self._wrong("a datetime with a time zone", "one without")
        return f'"{value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")}"'

    def _wrong(self, expected: str, found: str) -> NoReturn:
        raise Failure(AnswerError(abi.ErrorCode.WRONG_TYPE, "$", expected, found))


def _step(step: object) -> str:
    """A step of a JSONPath (RFC 9535), in the short form if the name allows it."""
    if not isinstance(step, str):
        return f"[{step}]"
    return f".{step}" if _SHORT_NAME.fullmatch(step) else f"[{encode_basestring(step)}]"
