"""The manifest of a module, from its custom section. Raises `LoadError`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from . import _contract as abi
from .errors import LoadError

_HEADER_BYTES: Final = 8
_CUSTOM: Final = 0


def read_manifest(module: bytes) -> Mapping[str, Any]:
    """`module`: valid WebAssembly."""
    contents = dict(_custom_sections(module)).get(abi.MANIFEST_SECTION.encode(), b"")
    try:
        manifest = json.loads(contents)
        policy = manifest["policy"]
        if isinstance(policy["name"], str) and isinstance(policy["version"], str):
            return {**manifest}
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise LoadError("the module has no manifest with the name and version of its policy")


def _custom_sections(module: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = _HEADER_BYTES
    while at < len(module):
        kind = module[at]
        size, start = _number(module, at + 1)
        at = start + size
        if kind == _CUSTOM:
            length, name = _number(module, start)
            yield module[name : name + length], module[name + length : at]


def _number(module: bytes, at: int) -> tuple[int, int]:
    """A number in LEB128, and where it ends."""
    value = shift = 0
    while True:
        value |= (module[at] & 0x7F) << shift
        at += 1
        shift += 7
        if module[at - 1] < 0x80:
            return value, at
