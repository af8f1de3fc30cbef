"""Loads a policy: the bytes of a module go in, a policy that decides comes out. Bytes that this host cannot evaluate
raise `LoadError`, here and never later."""

from functools import cache
from typing import Final

import wasmtime

from .errors import LoadError
from .exports import read_exports
from .instance import Compiled
from .policy import Policy

_MAGIC: Final = b"\0asm"


def load(
    module: bytes | bytearray | memoryview,
    *,
    table_bytes: int = 67_108_864,
    max_memory_bytes: int = 2_147_483_648,
    max_instances: int = 64,
    fuel: int | None = None,
) -> Policy:
    """Loads a compiled policy from the bytes of its module.

    `table_bytes`: the maximum size of all external tables; `max_memory_bytes`: the maximum memory of an instance;
    `max_instances`: the maximum number of instances for decisions, for which threads wait; `fuel`: the maximum number of
    WebAssembly instructions of each call and of the start, default: unlimited. A call that needs more is a deny with
    `engine_error`. Set it for modules from a source that you do not trust: those that nhipol compiled always end.

    Raises `LoadError` for bytes that are not a module of this ABI, and `TypeError` for anything but bytes.
    """
    if fuel is not None and not 0 < fuel < 2**63:
        raise ValueError(f"fuel must be from 1 to 2^63 - 1, not {fuel}")
    if max_instances < 1:
        raise ValueError(f"max_instances must be at least 1, not {max_instances}")
    if not isinstance(module, bytes | bytearray | memoryview):
        raise TypeError(f"load takes the bytes of a module, not {type(module).__name__}: use `Path(...).read_bytes()`")
    code = bytes(module)
    engine = _engine(fuel is not None)
    try:
        # wasmtime also accepts the text format of WebAssembly, which is not the one of policies.
        compiled = wasmtime.Module(engine, code if code.startswith(_MAGIC) else _MAGIC)
    except wasmtime.WasmtimeError as cause:
        raise LoadError("these bytes are not a valid WebAssembly module") from cause
    parts = Compiled(engine, compiled, *read_exports(compiled), max_memory_bytes, fuel)
    return Policy(parts, code, table_bytes, max_instances)


@cache
def _engine(counts_fuel: bool) -> wasmtime.Engine:
    """One for all policies."""
    config = wasmtime.Config()
    config.consume_fuel = counts_fuel
    config.memory_may_move = False
    return wasmtime.Engine(config)
