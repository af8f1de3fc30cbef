"""The door: the bytes of a compiled policy come in, a policy that decides goes out. Bytes that are anything else raise
`LoadError`, here and never later."""

from functools import cache
from os import PathLike
from typing import Final

import wasmtime

from ._contract import (
    ENCODING_SECTION,
    MANIFEST_SECTION,
)
from .declared import read_declared
from .errors import LoadError
from .instance import Compiled, read_exports
from .manifest_reader import read_manifest
from .policy import Policy
from .sections import read_section

_MAGIC: Final = b"\0asm"
_USUAL_TABLE_BYTES: Final = 67_108_864
_USUAL_MEMORY_BYTES: Final = 2_147_483_648
_MAX_FUEL: Final = 2**63 - 1


def load(
    module: bytes | bytearray | memoryview,
    *,
    table_bytes: int = _USUAL_TABLE_BYTES,
    max_memory_bytes: int = _USUAL_MEMORY_BYTES,
    fuel: int | None = None,
) -> Policy:
    """Loads a compiled policy from the bytes of its module. Raises `TypeError` for anything else, such as a path.

    `table_bytes`: what external tables may take in all; `max_memory_bytes`: what the memory of an instance may take, with
    all that it holds; `fuel`: how many WebAssembly instructions a call of the module may execute, its start included, by
    default any number. A call that takes more is stopped: a decision is a deny with `engine_error`, a start is a `LoadError`.
    It is for modules from a source that is not trusted: those that nhipol compiled always end.
    """
    if fuel is not None and not 0 < fuel <= _MAX_FUEL:
        raise ValueError(f"fuel must be from 1 to {_MAX_FUEL}, not {fuel}")
    if not isinstance(module, bytes | bytearray | memoryview):
        given = "a path" if isinstance(module, str | PathLike) else type(module).__name__
        raise TypeError(
            f"load takes the bytes of a module, not {given}: read the file first, as in "
            "`nhipol.load(Path(...).read_bytes())`"
        )
    code = bytes(module)
    engine = _engine(fuel is not None)
    compiled = _compile(engine, code)
    imports = compiled.imports
    if imports:
        wanted = f"{imports[0].module}.{imports[0].name}"
        raise LoadError(f"the module imports `{wanted}`, but a policy must not import anything")
    section = read_section(code, MANIFEST_SECTION, "manifest")
    if section is None:
        raise LoadError("the module has 0 manifests, expected one")
    manifest = read_manifest(section)
    exports = read_exports(compiled)
    encoding = read_section(code, ENCODING_SECTION, "encoding")
    declared = None if encoding is None else read_declared(encoding, manifest)
    parts = Compiled(engine, compiled, exports, fuel)
    return Policy(parts, manifest, declared, table_bytes, max_memory_bytes)


def _compile(engine: wasmtime.Engine, code: bytes) -> wasmtime.Module:
    # wasmtime would take WebAssembly's text form, too.
    if not code.startswith(_MAGIC):
        raise LoadError("these bytes are not a valid WebAssembly module")
    try:
        return wasmtime.Module(engine, code)
    except wasmtime.WasmtimeError as cause:
        raise LoadError("these bytes are not a valid WebAssembly module") from cause


@cache
def _engine(counts_fuel: bool) -> wasmtime.Engine:
    """One for all policies that need the same."""
    config = wasmtime.Config()
    config.consume_fuel = counts_fuel
    return wasmtime.Engine(config)
