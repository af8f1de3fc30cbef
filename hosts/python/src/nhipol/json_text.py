"""JSON text with exact numbers: what Python's own `json` writes, but for a Decimal, which becomes its
digits. And a JSONPath of a member."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Final

quote: Final = encode_basestring
"""A JSON string; a lone surrogate stays as it is."""

_SHORT_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_OPEN_PLACE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\[\]')


def to_json(value: object) -> str:
    """On one line, without spaces."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        members = (f"{quote(name)}:{to_json(member)}" for name, member in value.items())
        return f"{{{','.join(members)}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(to_json, value))}]"
    raise TypeError(f"{type(value).__name__} is not valid JSON")


def json_path(steps: Iterable[str | int]) -> str:
    """RFC 9535, in its short form where a name allows it."""
    return "$" + "".join(map(_step, steps))


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _SHORT_NAME.fullmatch(step) else f"[{quote(step)}]"


def place_indexes(path: str, indexes: Iterable[int]) -> str:
    """Puts the places in arrays into a path of the manifest; those beyond what is known stay open."""
    places = iter(indexes)

    def placed(part: re.Match[str]) -> str:
        return f"[{next(places, '*')}]" if part[0] == "[]" else part[0]

    return _OPEN_PLACE.sub(placed, path)
