"""Fills one external table of an instance: UTF-8 JSON comes in, and what is wrong with it goes out, in which case the
table is as it was. Memory grows by what is missing, up to a limit."""

import json
from struct import Struct
from typing import Final, NamedTuple

from ._contract import (
    CODE_OUT_OF_MEMORY,
    CODE_TOO_LARGE,
    ERROR_TEXTS,
    FOUND_TEXTS,
    PAGE_BYTES,
    TEXT_KEY_THAT_IS,
    TEXT_OBJECT,
    TEXT_OVERSIZED_DOCUMENT,
    TEXT_TABLE_BYTES,
    VIOLATION_UNKNOWN_ERROR,
    VIOLATION_UNKNOWN_KEY,
)
from .answer import AnswerError
from .errors import misread
from .instance import Instance
from .json_text import json_path, quote
from .manifest import TableRow

_NOWHERE: Final = 0xFFFF_FFFF
_PLACE_KEYS: Final = (0, 1)
_PLACE_ELEMENT: Final = 3
_QUOTE, _BACKSLASH = b'"\\'


class _Outcome(NamedTuple):
    """As it lies in memory."""

    code: int
    place: int
    found: int
    offset: int
    first_key: int
    second_key: int
    element: int
    missing_pages: int


_OUTCOME: Final = Struct("<8I").unpack_from


def fill_table(
    instance: Instance, place: int, table: TableRow, text: bytes, most_bytes: int
) -> AnswerError | None:
    """`place`: the table's in the manifest; `most_bytes`: of all tables, and of what else `reserve` makes room for."""
    calls = instance.calls
    address = calls["table_text"](len(text))
    if address == 0 and _grow(instance, most_bytes):
        address = calls["table_text"](len(text))
    if address == 0:
        return _too_large(most_bytes)
    instance.write(address, text)
    code = calls["load_table"](place)
    while code == CODE_OUT_OF_MEMORY and _grow(instance, most_bytes):
        code = calls["load_table"](place)
    if code == 0:
        return None
    if code == CODE_OUT_OF_MEMORY:
        return _too_large(most_bytes)
    return _error(_outcome(instance), code, table, text)


def _outcome(instance: Instance) -> _Outcome:
    return _Outcome(*_OUTCOME(instance.view, instance.calls["table_outcome"]()))


def _grow(instance: Instance, most_bytes: int) -> bool:
    """Whether there is as much more memory as is missing."""
    missing = _outcome(instance).missing_pages
    before = instance.reserve(0)
    if missing == 0 or (before + missing) * PAGE_BYTES > most_bytes:
        return False
    return instance.reserve(before + missing) >= before + missing


def _too_large(most_bytes: int) -> AnswerError:
    expected = TEXT_TABLE_BYTES.format(most_bytes)
    return AnswerError("out_of_memory", "$", expected, TEXT_OVERSIZED_DOCUMENT)


def _error(outcome: _Outcome, code: int, table: TableRow, text: bytes) -> AnswerError:
    texts = ERROR_TEXTS.get(code)
    if texts is None or outcome.found >= len(FOUND_TEXTS):
        raise misread(VIOLATION_UNKNOWN_ERROR)
    is_key = texts.name == "wrong_key"
    usual = _expected_key(outcome, table) if is_key else _expected(outcome, table)
    found = quote(_name(text, outcome.offset)) if is_key else FOUND_TEXTS[outcome.found]
    return AnswerError(
        code=texts.name,
        path="$" if code <= CODE_TOO_LARGE else _path(outcome, text),
        expected=texts.expected or usual,
        found=texts.found or found,
        offset=outcome.offset,
    )


def _path(outcome: _Outcome, text: bytes) -> str:
    places = (outcome.first_key, outcome.second_key)
    steps: list[str | int] = [_name(text, place) for place in places if place != _NOWHERE]
    if outcome.element != _NOWHERE:
        steps.append(outcome.element)
    return json_path(steps)


def _expected_key(outcome: _Outcome, table: TableRow) -> str:
    if outcome.place >= len(table.keys):
        raise misread(VIOLATION_UNKNOWN_KEY)
    return TEXT_KEY_THAT_IS.format(table.keys[outcome.place])


def _expected(outcome: _Outcome, table: TableRow) -> str:
    if outcome.place in _PLACE_KEYS:
        return TEXT_OBJECT
    is_element = outcome.place == _PLACE_ELEMENT and table.element is not None
    return str(table.element) if is_element else table.value


def _name(text: bytes, offset: int) -> str:
    """The name whose opening quote is so many bytes into the text, which was found to be JSON."""
    end = offset + 1
    while end < len(text) and text[end] != _QUOTE:
        end += 2 if text[end] == _BACKSLASH else 1
    return str(json.loads(text[offset : end + 1].decode("utf-8")))
