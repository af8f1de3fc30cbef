"""Custom sections of a WebAssembly module's binary form, which wasmtime does not hand out. The module is one that it
took for valid."""

from typing import Final

from .errors import LoadError

_HEADER_BYTES: Final = 8
_CUSTOM: Final = 0


def read_section(module: bytes, name: str, what: str) -> bytes | None:
    """The contents; None: there is no such section. `what`: as messages call it."""
    found = [contents for own, contents in _custom_sections(module) if own == name.encode()]
    if len(found) > 1:
        raise LoadError(f"the module has {len(found)} {what}s, expected one")
    return found[0] if found else None


def _custom_sections(module: bytes) -> list[tuple[bytes, bytes]]:
    sections = []
    at = _HEADER_BYTES
    while at < len(module):
        kind = module[at]
        size, start = _number(module, at + 1)
        at = start + size
        if kind == _CUSTOM:
            length, name_start = _number(module, start)
            name_end = name_start + length
            sections.append((module[name_start:name_end], module[name_end:at]))
    return sections


def _number(module: bytes, at: int) -> tuple[int, int]:
    """LEB128; and where it ends."""
    value = shift = 0
    while True:
        byte = module[at]
        value |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return value, at
