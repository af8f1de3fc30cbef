"""JSON text in its one canonical form: the JSON Canonicalization Scheme, RFC 8785. Members stand in the order of their
names' UTF-16 code units, strings and numbers as ECMAScript writes them, and nothing between. Of two texts that say
something else no form is the same: what the form can't carry (a duplicate name, a number of more digits than a double
keeps, a lone surrogate) has none."""

import json
import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from .json_text import quote, to_json

_MOST_LEVELS: Final = 64
"""Far more than a module reads."""

_NUMBER: Final = re.compile(r"(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?", re.ASCII)


class _Number(str):
    """The digits of a number, as they stand in the text."""

    __slots__ = ()


class _Members(list[tuple[str, object]]):
    """Of an object, in their order and as often as they stand there."""

    __slots__ = ()


class _NoFormError(Exception):
    pass


Selection: TypeAlias = Mapping[str, "Selection | None"]
"""The members of an object that are read, by their names; the value of one with None is read as a whole."""


def canonical_members(text: str, selection: Selection) -> Mapping[str, str | None]:
    """The selected members of an object by their names, each in its canonical form; None: that has none. `text`: JSON;
    of anything else there are no members."""
    try:
        members = json.loads(
            text,
            object_pairs_hook=_Members,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError):
        return {}
    found: dict[str, str | None] = {}
    for name, value in members if isinstance(members, _Members) else ():
        if name in selection:
            found[name] = None if name in found else _form_of(value, selection[name])
    return found


def canonical_json(value: object) -> str | None:
    """Of a value that JSON carries."""
    text = json.dumps({"value": value}, ensure_ascii=False)
    return canonical_members(text, {"value": None}).get("value")


def _no_constant(name: str) -> object:
    """`NaN` and the infinities, which Python would read."""
    raise ValueError(name)


def _form_of(value: object, selection: Selection | None) -> str | None:
    try:
        return _form(value, 1, selection)
    except _NoFormError:
        return None


def _form(value: object, depth: int, selection: Selection | None = None) -> str:
    if depth > _MOST_LEVELS:
        raise _NoFormError
    if isinstance(value, _Number):
        return _number(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, _Members):
        selected = value if selection is None else [pair for pair in value if pair[0] in selection]
        if len(dict(selected)) < len(selected):
            raise _NoFormError
        within = selection or {}
        members = [
            (name, _string(name), _form(member, depth + 1, within.get(name)))
            for name, member in selected
        ]
        members.sort(key=lambda member: member[0].encode("utf-16-be"))
        return f"{{{','.join(f'{name}:{form}' for _, name, form in members)}}}"
    if isinstance(value, list):
        return f"[{','.join([_form(element, depth + 1) for element in value])}]"
    return to_json(value)


def _string(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise _NoFormError
    return quote(text)


def _number(digits: str) -> str:
    written = number_text(float(digits))
    if _decimal_of(digits) != _decimal_of(written):
        raise _NoFormError
    return written


def number_text(value: float) -> str:
    """As ECMAScript writes a number (ECMA-262, Number::toString)."""
    sign, whole, fraction, power = _parts(repr(value)) or ("", "", "", "")
    if not whole:
        return repr(value)
    digits = (whole + fraction).lstrip("0")
    # The value is 0.DIGITS * 10^point.
    point = int(power) + len(whole) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if not digits:
        return "0"
    if len(digits) <= point <= 21:
        return f"{sign}{digits.ljust(point, '0')}"
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{sign}{mantissa}e{point - 1:+d}"


def _decimal_of(number: str) -> tuple[str, str, int] | None:
    """The same of two texts that are the same number: its digits from the first that isn't 0 to the last, and where
    they stand. None: it is no number, or of an exponent that no double has."""
    parts = _parts(number)
    if parts is None:
        raise _NoFormError
    sign, whole, fraction, power = parts
    significant = (whole + fraction).lstrip("0")
    digits = significant.rstrip("0")
    if not digits:
        return "", "0", 0
    try:
        exponent = int(power)
    except ValueError:
        raise _NoFormError from None
    return sign, digits, exponent - len(fraction) + len(significant) - len(digits)


def _parts(number: str) -> tuple[str, str, str, str] | None:
    found = _NUMBER.fullmatch(number)
    if found is None:
        return None
    return found[1], found[2], found[3] or "", found[4] or "0"
