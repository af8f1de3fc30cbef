"""One instance of a module: its functions and its memory. Texts go in and bytes come out; an access outside of the memory
raises. Evaluates one request at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from struct import Struct
from types import SimpleNamespace
from typing import Any, Final, TypeAlias, cast

import wasmtime

from . import _contract as abi
from .errors import EngineError, LoadError, violation
from .exports import Signatures
from .wasm_calls import Call, bind

Header: TypeAlias = tuple[int, int, int, float, int, int]
"""Of a response: effect, flags, length, valid until, key, and where the text of `valid_until` starts."""

_HEADER: Final = Struct("<BBxxIdQI4x").unpack_from
_MAX_LENGTH: Final = 0x7FFF_FFFF
_MAX_PAGES: Final = 0x1_0000
_LONG: Final = frozenset(("table_load", "session_sweep", "session_snapshot", "session_restore"))
"""Functions whose duration depends on how much they process."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A module from which instances are made. The memory of its instances does not move when it grows."""

    engine: wasmtime.Engine
    module: wasmtime.Module
    functions: Signatures
    globals: list[str]
    max_memory_bytes: int
    fuel: int | None
    """For each call."""


class Instance:
    """`state_bytes`: the maximum size of tables and sessions."""

    def __init__(self, compiled: Compiled, state_bytes: int) -> None:
        store = wasmtime.Store(compiled.engine)
        store.set_limits(memory_size=compiled.max_memory_bytes)
        if compiled.fuel is not None:
            store.set_fuel(compiled.fuel)
        try:
            found = wasmtime.Instance(store, compiled.module, []).exports(store)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as cause:
            reason = str(cause).strip().rpartition("\n")[2].strip()
            raise LoadError(f"the module cannot be started: {reason}") from cause
        addresses = {name: cast("wasmtime.Global", found[name]).value(store) & 0xFFFF_FFFF for name in compiled.globals}
        if addresses["abi_major"] != abi.ABI_MAJOR:
            raise LoadError(f"the module has ABI version {addresses['abi_major']}, expected {abi.ABI_MAJOR}")
        self.calls: Any = SimpleNamespace()
        for name, (params, result) in compiled.functions.items():
            call = bind(store, cast("wasmtime.Func", found[name]), params, result, is_long=name in _LONG)
            setattr(self.calls, name, call if compiled.fuel is None else _with_fuel(store, call, compiled.fuel))
        self.tables: Mapping[int, bytes] = {}
        """The contents of its tables by their numbers."""
        self.changes: Final = addresses.get("changes", 0)
        self._decide: Final[Callable[..., int]] = self.calls.decide
        self.name: Final = addresses.get("name", 0)
        self._store: Final = store
        self._memory: Final = cast("wasmtime.Memory", found["memory"])
        self._view = memoryview(b"")
        try:
            # The address is the same for every request that fits.
            self._request: Final[int] = self.calls.request(0)
            if "limit" in compiled.functions:
                self.calls.limit(min(state_bytes // abi.PAGE_BYTES, _MAX_PAGES))
        except EngineError as cause:
            raise LoadError(f"the module cannot be started: {cause}") from cause
        self._reach(0)

    @property
    def memory_bytes(self) -> int:
        return self._memory.data_len(self._store)

    def decide(self, request: bytes, now: float, clock: int, form: int) -> int:
        """The address of the header of a response."""
        return self._decide(self.write_request(request), now, clock, form)

    def could(self, request: bytes, now: float, clock: int, form: int) -> int:
        """The same for a request of which members may be missing."""
        return int(self.calls.could(self.write_request(request), now, clock, form))

    def write_request(self, text: bytes) -> int:
        """Returns the length to pass to the module, which refuses a text that is too long."""
        length, address = len(text), self._request
        if length > abi.MAX_REQUEST_BYTES or not address:
            return min(length, _MAX_LENGTH)
        self._view[address : address + length] = text
        return length

    def write_name(self, name: bytes) -> int:
        """Returns the length to pass to the module, which refuses a name that is too long."""
        if len(name) <= abi.MAX_NAME_BYTES:
            self._write(self.name, name)
        return len(name)

    def write_to(self, allocate: Call, text: bytes) -> int:
        """Writes to the address that the function of the module returns, if there is room. Returns the length to pass."""
        length = min(len(text), _MAX_LENGTH)
        address = allocate(length)
        if address:
            self._write(address, text)
        return length

    def read(self, address: int, length: int) -> bytes:
        """A copy."""
        end = address + length
        if end > len(self._view):
            self._reach(end)
        return self._view[address:end].tobytes()

    def header(self, address: int) -> Header:
        if address + abi.HEADER_SIZE > len(self._view):
            self._reach(address + abi.HEADER_SIZE)
        return _HEADER(self._view, address)

    def _write(self, address: int, text: bytes) -> None:
        end = address + len(text)
        self._reach(end)
        self._view[address:end] = text

    def _reach(self, end: int) -> None:
        """Takes into account that the memory may have grown. Raises if it ends before this address."""
        if end >= len(self._view):
            self._view = memoryview(self._memory.get_buffer_ptr(self._store)).cast("B")
        if end > len(self._view):
            raise violation(abi.VIOLATION_OUTSIDE_MEMORY)


def _with_fuel(store: wasmtime.Store, call: Call, fuel: int) -> Call:
    def with_fuel(*values: float) -> Any:
        store.set_fuel(fuel)
        return call(*values)

    return with_fuel
