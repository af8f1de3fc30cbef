"""A request as Python holds it, to JSON: mappings, lists, tuples, sets, text, numbers, truth values, None, and
datetimes with a time zone. What JSON cannot carry exactly is refused with an error that names its path, never written as
another value. Raises `NotJsonError`, and what the caller's own code raises."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, NoReturn

from ._contract import (
    TEXT_BYTES,
    TEXT_DEEPER_OR_CYCLIC,
    TEXT_LARGE_INTEGER,
    TEXT_LEVELS,
    TEXT_LONGER_DOCUMENT,
    TEXT_NUMBER,
)
from .answer import AnswerError
from .declared import Declared
from .json_text import json_path, quote

_MOST_CHARACTERS: Final = 1_048_576
"""More than any module takes."""

_MOST_LEVELS: Final = 64
_SAFE: Final = 2**53


class NotJsonError(Exception):
    """The path is told on the way out, innermost first."""

    def __init__(self, code: str, expected: str, found: str) -> None:
        super().__init__(code)
        self._code = code
        self._expected = expected
        self._found = found
        self.steps: list[str | int] = []

    def error(self) -> AnswerError:
        is_of_member = self._code == "wrong_type"
        path = json_path(reversed(self.steps)) if is_of_member else "$"
        return AnswerError(self._code, path, self._expected, self._found)


def encode(
    value: object, declared: Declared | None = None, longest: int = _MOST_CHARACTERS
) -> bytes:
    """`declared`: members that are not among these are not looked at; None: all are. A lone surrogate is written as an
    escape, so that the module refuses it."""
    text = _Encoder(longest).value(value, declared, 0)
    if len(text) > longest:
        _too_large(longest)
    return text.encode("utf-8", "backslashreplace")


class _Encoder:
    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._left = longest

    def value(self, value: object, declared: Declared | None, depth: int) -> str:
        kind = type(value)
        if kind is str:
            return quote(value)  # type: ignore[arg-type]
        if kind is int:
            return _integer(value)  # type: ignore[arg-type]
        if kind is dict:
            return self._object(value, declared, depth)  # type: ignore[arg-type]
        if kind is list or kind is tuple:
            return self._array(value, declared, depth)  # type: ignore[arg-type]
        if value is True:
            return "true"
        if value is False:
            return "false"
        if value is None:
            return "null"
        return self._unusual(value, declared, depth)

    def _unusual(self, value: object, declared: Declared | None, depth: int) -> str:
        if isinstance(value, float):
            return _float(value)
        if isinstance(value, str):
            return quote(str.__str__(value))
        if isinstance(value, int):
            return _integer(value)
        if isinstance(value, Decimal):
            return _decimal(value)
        if isinstance(value, datetime):
            return _datetime(value)
        if isinstance(value, Mapping):
            return self._object(value, declared, depth)
        if isinstance(value, list | tuple | set | frozenset):
            return self._array(value, declared, depth)
        return _wrong(
            "a value that JSON can represent", f"a value of the type {type(value).__name__}"
        )

    def _object(
        self, entity: Mapping[object, object], declared: Declared | None, depth: int
    ) -> str:
        self._enter(len(entity), depth)
        rows = None if declared is None else declared.rows(entity)
        parts = []
        for name, member in entity.items():
            if rows is None:
                start, within = f"{_name(name)}:", None
            elif name in rows:
                start, within = rows[name]
            else:
                _name(name)
                continue
            if type(member) is str:
                parts.append(start + quote(member))
                continue
            try:
                parts.append(start + self.value(member, within, depth + 1))
            except NotJsonError as failure:
                failure.steps.append(str(name))
                raise
        return f"{{{','.join(parts)}}}"

    def _array(self, elements: Iterable[object], declared: Declared | None, depth: int) -> str:
        values = elements if isinstance(elements, list | tuple) else list(elements)
        self._enter(len(values), depth)
        try:
            # Most lists are of texts alone.
            return f"[{','.join(map(quote, values))}]"
        except TypeError:
            return self._mixed(values, declared, depth)

    def _mixed(self, values: Sequence[object], declared: Declared | None, depth: int) -> str:
        parts: list[str] = []
        try:
            for value in values:
                parts.append(self.value(value, declared, depth + 1))  # noqa: PERF401
        except NotJsonError as failure:
            failure.steps.append(len(parts))
            raise
        return f"[{','.join(parts)}]"

    def _enter(self, count: int, depth: int) -> None:
        """What Python holds may have no end: each member takes a character at least."""
        if depth >= _MOST_LEVELS:
            raise NotJsonError("too_deep", TEXT_LEVELS, TEXT_DEEPER_OR_CYCLIC)
        self._left -= count
        if self._left < 0:
            _too_large(self._longest)


def _name(name: object) -> str:
    return quote(name) if isinstance(name, str) else _wrong("strings as keys", "another key")


def _integer(value: int) -> str:
    try:
        return int.__repr__(value)
    except ValueError:
        # Python writes no more than so many digits.
        return _wrong(TEXT_NUMBER, "an integer of too many digits")


def _float(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        found = "NaN" if value != value else ("Infinity" if value > 0 else "-Infinity")
        _wrong(TEXT_NUMBER, found)
    if not value.is_integer():
        return float.__repr__(value)
    if abs(value) >= _SAFE:
        _wrong(TEXT_NUMBER, TEXT_LARGE_INTEGER)
    return int.__repr__(int(value))


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        _wrong(TEXT_NUMBER, "a Decimal that is no number")
    return Decimal.__str__(value)


def _datetime(value: datetime) -> str:
    if value.utcoffset() is None:
        _wrong("a datetime with a time zone", "one without")
    return quote(value.astimezone(UTC).isoformat().replace("+00:00", "Z"))


def _wrong(expected: str, found: str) -> NoReturn:
    raise NotJsonError("wrong_type", expected, found)


def _too_large(longest: int) -> NoReturn:
    raise NotJsonError("too_large", TEXT_BYTES.format(longest), TEXT_LONGER_DOCUMENT)
