"""One instance of a compiled module: its functions, its memory, and where things lie in it. What the module exports is
checked when it is loaded, before any of it runs. Raises `LoadError`."""

from dataclasses import dataclass
from struct import Struct
from typing import Final

import wasmtime

from ._contract import (
    MAX_REQUEST_BYTES,
    RESULT_SIZE,
    VIOLATION_OUTSIDE_MEMORY,
)
from .errors import EngineError, LoadError, misread
from .manifest_reader import expect_abi
from .tables import NO_TABLES, Tables
from .wasm_calls import Call, bind, fueled

_GLOBALS: Final = (
    "abi_major",
    "abi_minor",
    "result",
    "reasons",
    "constraints",
    "placeholders",
    "manifest",
    "manifest_length",
)
_FUNCTIONS: Final = {
    "request": ("i", "i"),
    "decide": ("idi", "i"),
    "again": ("d", "i"),
    "explain": ("", ""),
}
_TABLE_FUNCTIONS: Final = {
    "reserve": ("i", "i"),
    "table_text": ("i", "i"),
    "load_table": ("i", "i"),
    "drop_table": ("i", ""),
    "table_outcome": ("", "i"),
}
_SESSION_GLOBALS: Final = ("session_id", "changes")
_SESSION_FUNCTIONS: Final = {
    "reserve": ("i", "i"),
    "session_open": ("iid", "i"),
    "session_patch": ("iii", "i"),
    "session_set": ("iid", "i"),
    "session_record": ("iiidd", "i"),
    "session_decide": ("idi", "i"),
    "session_effect": ("id", "i"),
    "session_close": ("i", "i"),
    "session_buffer": ("i", "i"),
    "session_snapshot": ("i", "i"),
    "session_restore": ("i", "i"),
    "session_sweep": ("di", "i"),
    "session_due": ("", "d"),
    "session_count": ("", "i"),
}
_LONGEST_TOLD: Final = 0x7FFF_FFFF
_LONG: Final = frozenset(("load_table", "session_sweep", "session_snapshot", "session_restore"))
"""What may take long, by how much it is about."""

_LETTERS: Final = {"i32": "i", "f64": "d"}

_U32: Final = Struct("<I").unpack_from
_I64: Final = Struct("<q").unpack_from
_U64: Final = Struct("<Q").unpack_from


@dataclass(frozen=True, slots=True)
class Exports:
    """What a module can be asked, as far as this host asks it: names with their signatures."""

    functions: dict[str, tuple[str, str]]
    globals: tuple[str, ...]
    has_tables: bool
    has_sessions: bool


def read_exports(module: wasmtime.Module) -> Exports:
    """Refuses a module that lacks what every policy exports, or has it of another kind."""
    found = {export.name: _kind(export.type) for export in module.exports}
    if found.get("memory") != "memory":
        raise LoadError("the module exports no memory `memory`")
    for name in _GLOBALS:
        if found.get(name) != "i32":
            raise LoadError(f"the module exports no i32 global `{name}`")
    for name, signature in _FUNCTIONS.items():
        if found.get(name) != signature:
            raise LoadError(f"the module exports no function `{name}` of the ABI's signature")

    def has(functions: dict[str, tuple[str, str]], names: tuple[str, ...] = ()) -> bool:
        return all(found.get(name) == signature for name, signature in functions.items()) and all(
            found.get(name) == "i32" for name in names
        )

    has_tables = has(_TABLE_FUNCTIONS)
    has_sessions = has(_SESSION_FUNCTIONS, _SESSION_GLOBALS)
    functions = dict(_FUNCTIONS)
    if has({"instant": ("", "d")}):
        functions["instant"] = ("", "d")
    if has_tables:
        functions |= _TABLE_FUNCTIONS
    if has_sessions:
        functions |= _SESSION_FUNCTIONS
    optional = ("properties", "call_digest", "judged_digest", *_SESSION_GLOBALS)
    others = tuple(name for name in optional if found.get(name) == "i32")
    return Exports(functions, _GLOBALS + others, has_tables, has_sessions)


def _kind(export: object) -> object:
    """A function's signature in letters, a global's type, or what else it is."""
    if isinstance(export, wasmtime.FuncType):
        params, results = ("".join(map(_letter, of)) for of in (export.params, export.results))
        return params, results
    if isinstance(export, wasmtime.GlobalType):
        return str(export.content)
    is_memory = isinstance(export, wasmtime.MemoryType) and not export.is_64
    return "memory" if is_memory else None


def _letter(kind: wasmtime.ValType) -> str:
    return _LETTERS.get(str(kind), "?")


@dataclass(frozen=True, slots=True)
class Compiled:
    """What instances are made of."""

    engine: wasmtime.Engine
    module: wasmtime.Module
    exports: Exports
    fuel: int | None
    """Of each call. None: no call is ever stopped."""


class Instance:
    """Answers one request at a time. `view` is its memory, and stays good until `reserve` is called; reading or
    writing outside of it raises. `tables`: what its tables hold."""

    def __init__(self, compiled: Compiled, most_bytes: int) -> None:
        module, exports = compiled.module, compiled.exports
        store = wasmtime.Store(compiled.engine)
        store.set_limits(memory_size=most_bytes)
        if compiled.fuel is not None:
            store.set_fuel(compiled.fuel)
        try:
            instance = wasmtime.Instance(store, module, [])
        except (wasmtime.Trap, wasmtime.WasmtimeError) as cause:
            code = cause.trap_code if isinstance(cause, wasmtime.Trap) else None
            if code is wasmtime.TrapCode.OUT_OF_FUEL:
                raise LoadError("the module cannot be started with its fuel") from cause
            raise LoadError("the module cannot be started") from cause
        found = instance.exports(store)
        memory = found["memory"]
        if not isinstance(memory, wasmtime.Memory):
            raise LoadError("the module exports no memory `memory`")
        self._store = store
        self._memory = memory
        self.view = memoryview(b"")
        self.refresh()
        addresses = {}
        for name in exports.globals:
            value = found[name]
            if not isinstance(value, wasmtime.Global):
                raise LoadError(f"the module exports no i32 global `{name}`")
            addresses[name] = value.value(store) & 0xFFFF_FFFF
        expect_abi(addresses["abi_major"])
        self.calls: dict[str, Call] = {}
        for name, (params, result) in exports.functions.items():
            function = found[name]
            if not isinstance(function, wasmtime.Func):
                raise LoadError(f"the module exports no function `{name}`")
            call = bind(store, function, params, result, is_long=name in _LONG)
            self.calls[name] = call if compiled.fuel is None else fueled(store, call, compiled.fuel)
        self.decide = self.calls["decide"]
        self.result = addresses["result"]
        self.reasons = addresses["reasons"]
        self.constraints = addresses["constraints"]
        self.placeholders = addresses["placeholders"]
        self.properties = addresses.get("properties")
        self.told_digest = addresses.get("call_digest")
        self.judged_digest = addresses.get("judged_digest")
        self.session_id = addresses.get("session_id", 0)
        self.changes = addresses.get("changes", 0)
        self.tables: Tables = NO_TABLES
        if self.result + RESULT_SIZE > len(self.view):
            raise LoadError("the module's result is outside of its memory")
        self.request = self._request()

    def _request(self) -> int:
        """Where requests are written: the address is the same for all that fit. 0: nothing does."""
        try:
            return int(self.calls["request"](0))
        except EngineError as cause:
            raise LoadError("the module cannot be started") from cause

    def refresh(self) -> None:
        """After the memory has grown."""
        self.view = memoryview(self._memory.get_buffer_ptr(self._store)).cast("B")

    def reserve(self, pages: int) -> int:
        """Gives how many pages there are for tables and sessions. Nothing else grows the memory."""
        have = int(self.calls["reserve"](pages))
        self.refresh()
        return have

    @property
    def memory_bytes(self) -> int:
        """What its memory takes now."""
        return self._memory.data_len(self._store)

    def u8(self, address: int) -> int:
        return self.view[address]

    def u32(self, address: int) -> int:
        return int(_U32(self.view, address)[0])

    def i64(self, address: int) -> int:
        return int(_I64(self.view, address)[0])

    def u64(self, address: int) -> int:
        return int(_U64(self.view, address)[0])

    def read(self, address: int, length: int) -> bytes:
        """A copy."""
        if address + length > len(self.view):
            raise misread(VIOLATION_OUTSIDE_MEMORY)
        return self.view[address : address + length].tobytes()

    def text(self, address: int, length: int) -> str:
        return self.read(address, length).decode("utf-8")

    def write(self, address: int, contents: bytes) -> None:
        """Raises where there is no room for all of it."""
        self.view[address : address + len(contents)] = contents

    def write_request(self, request: bytes) -> int:
        """Gives the length to tell; a text that is too long is not written, and the module refuses it by its length."""
        length = len(request)
        if length <= MAX_REQUEST_BYTES and self.request != 0:
            self.view[self.request : self.request + length] = request
        return min(length, _LONGEST_TOLD)

    def tell_digest(self, digest: str | None) -> None:
        """Right before each call that reads a request or a part of one; None: the call has none."""
        if self.told_digest is not None:
            self.write(self.told_digest, bytes(1) if digest is None else digest.encode("ascii"))
