"""Writes values of Python as JSON, for the policy and for the log. A value that JSON cannot represent exactly raises
`EncodingError`: it is never written as another one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum
from json.encoder import encode_basestring
from math import isfinite
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

_SAFE: Final = 2**53
_MAX_BITS: Final = 2048
_MAX_LEVELS: Final = 64


class Encoded(str):
    """A value that is JSON already."""

    __slots__ = ()


class EncodingError(ValueError):
    """JSON cannot represent a value."""


def encode(value: object) -> str:
    """Besides JSON's own types: `Decimal`, sets, datetimes with a time zone, enums, paths, UUIDs, dataclasses, and models
    with `model_dump`, such as those of Pydantic."""
    try:
        text = _write(value, 0)
        text.encode()
    except UnicodeEncodeError as cause:
        raise EncodingError("a string with a lone surrogate") from cause
    return text


def decode(text: str | bytes, parse_float: Callable[[str], Any] = Decimal, parse_int: Callable[[str], Any] = int) -> Any:
    """Parses JSON, by default with exact numbers."""
    return json.loads(text, parse_float=parse_float, parse_int=parse_int)


def merged(target: Any, patch: Any) -> Any:
    """Applies a merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _write(value: object, level: int) -> str:
    if isinstance(value, Enum):
        return _write(value.value, level)
    if isinstance(value, Encoded):
        return value
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if level >= _MAX_LEVELS:
        raise EncodingError("deeper nesting or a cycle")
    if isinstance(value, Mapping):
        return "{" + ",".join([f"{_name(name)}:{_write(each, level + 1)}" for name, each in value.items()]) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ",".join([_write(each, level + 1) for each in value]) + "]"
    return _write(_simple(value), level + 1)


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise EncodingError(f"a key of type {type(name).__name__}")
    return encode_basestring(name)


def _number(value: int | float | Decimal) -> str:
    if isinstance(value, int):
        if value.bit_length() > _MAX_BITS:
            raise EncodingError("an integer of too many digits")
        return int.__repr__(value)
    if not isfinite(value):
        raise EncodingError(f"the number {value}")
    if isinstance(value, Decimal):
        return str(value)
    if not value.is_integer():
        return float.__repr__(value)
    if abs(value) >= _SAFE:
        raise EncodingError("a float beyond 2^53")
    return int.__repr__(int(value))


def _simple(value: object) -> object:
    """The value as one of a type that JSON has."""
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise EncodingError("a datetime without a time zone")
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, PurePath | UUID):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    dump = getattr(value, "model_dump", None)
    if callable(dump) and not isinstance(value, type):
        dumped = dump()
        if isinstance(dumped, dict):
            return dumped
    raise EncodingError(f"a value of type {type(value).__name__}")
