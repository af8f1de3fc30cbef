"""The module's cells as values: in a message, and as JSON. A cell that holds what its type does not allow is a
misreading."""

from typing import Final

from ._contract import (
    CELL_SIZE,
    VIOLATION_INVALID_BOOL,
    VIOLATION_OUTSIDE_MEMORY,
    VIOLATION_UNKNOWN_MEMBER,
    VIOLATION_UNKNOWN_VALUE,
)
from .address import show_cidr, show_ip
from .answer import JsonValue
from .errors import misread
from .instance import Instance
from .manifest import Type
from .show import exact_decimal, seconds, show_decimal, show_duration, show_instant

_LENGTH: Final = 4
_PRESENT: Final = 8
_KNOWN: Final = 9
_TEXTS: Final = frozenset(("String", "SpiffeId"))
_ADDRESSES: Final = {"Ip": show_ip, "Cidr": show_cidr}


def is_present(instance: Instance, cell: int) -> bool:
    return instance.u8(cell + _PRESENT) != 0


def is_known(instance: Instance, cell: int) -> bool:
    return instance.u8(cell + _KNOWN) != 0


def show_cell(instance: Instance, cell: int, kind: Type) -> str:
    """As a message prints it."""
    return _show(kind, _read(instance, cell, kind)) if is_known(instance, cell) else "(unknown)"


def cell_json(instance: Instance, cell: int, kind: Type) -> JsonValue:
    """Durations in seconds, instants in RFC 3339, enums by name, sets in order of code points or numbers."""
    element = kind.element
    if element is None:
        return _json(kind, _read(instance, cell, kind))
    if not is_known(instance, cell):
        raise misread(VIOLATION_UNKNOWN_VALUE)
    start, count = instance.u32(cell), instance.u32(cell + _LENGTH)
    if start + count * CELL_SIZE > len(instance.view):
        raise misread(VIOLATION_OUTSIDE_MEMORY)
    read = [_read(instance, start + at * CELL_SIZE, element) for at in range(count)]
    return tuple([_json(element, value) for value in sorted(read)])


def _read(instance: Instance, cell: int, kind: Type) -> str | int:
    """Text, or a 64-bit integer, as the cell holds it."""
    if not is_known(instance, cell):
        raise misread(VIOLATION_UNKNOWN_VALUE)
    show = _ADDRESSES.get(kind.kind)
    if show is None and kind.kind not in _TEXTS:
        return instance.i64(cell)
    start, length = instance.u32(cell), instance.u32(cell + _LENGTH)
    return instance.text(start, length) if show is None else show(instance.read(start, length))


def _json(kind: Type, value: str | int) -> JsonValue:
    if isinstance(value, str) or kind.kind == "Int":
        return value
    if kind.kind == "Bool":
        return _truth(value)
    if kind.kind == "Decimal":
        return exact_decimal(value)
    return seconds(value) if kind.kind == "Duration" else _show(kind, value)


def _show(kind: Type, value: str | int) -> str:
    if isinstance(value, str):
        return value
    match kind.kind:
        case "Timestamp":
            return show_instant(value)
        case "Duration":
            return show_duration(value)
        case "Decimal":
            return show_decimal(value)
        case "Bool":
            return "true" if _truth(value) else "false"
        case "Enum":
            return _member(kind.names, value)
        case _:
            return str(value)


def _truth(value: int) -> bool:
    if value not in (0, 1):
        raise misread(VIOLATION_INVALID_BOOL)
    return value == 1


def _member(names: tuple[str, ...], value: int) -> str:
    if not 0 <= value < len(names):
        raise misread(VIOLATION_UNKNOWN_MEMBER)
    return names[value]
