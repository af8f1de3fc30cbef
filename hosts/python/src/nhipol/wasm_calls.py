"""Functions of a module as fast Python callables. wasmtime's own `Func` asks for the function's type and makes all
values anew with each call, which takes longer than most decisions; here the cells of a call are made once, and
the C function that wasmtime ships is called on them directly.

The names that this takes are not part of wasmtime's public interface. Where one of them is missing, the same
callables are made of the public one, and all is as it was, but slower. A signature is told as letters, `i` for
an i32 and `d` for an f64; integers come back unsigned. A trap raises `TrapError`."""

import ctypes
from collections.abc import Callable
from struct import Struct
from typing import Any, Final, TypeAlias

import wasmtime

from .errors import TrapError

Call: TypeAlias = Callable[..., Any]

_CELL_BYTES: Final = 16
_MASK: Final = 0xFFFF_FFFF
_CELL_FORMS: Final = {"i": "I12x", "d": "d8x"}


def bind(store: wasmtime.Store, function: wasmtime.Func, params: str, result: str) -> Call:
    """A callable of the function, whose signature must be the one that is told."""
    if _invoke is None:
        return _bind_public(store, function, params, result)
    return _bind_unchecked(_invoke, store, function, params, result)


def _bind_unchecked(
    invoke: Any, store: wasmtime.Store, function: wasmtime.Func, params: str, result: str
) -> Call:
    count = max(len(params), 1)
    cells = (ctypes.c_char * (count * _CELL_BYTES))()
    trap = ctypes.c_void_p()
    raw_function = function._func
    arguments = (
        ctypes.cast(store._context(), ctypes.c_void_p).value,
        ctypes.addressof(raw_function),
        ctypes.addressof(cells),
        count,
        ctypes.addressof(trap),
    )
    view = memoryview(cells).cast("B")
    write = Struct("<" + "".join(map(_CELL_FORMS.__getitem__, params))).pack_into
    results = view.cast("I" if result == "i" else "d")
    # The addresses stay good as long as what they are of: the callable keeps it.
    kept = (store, function, raw_function, cells, trap)

    def call(*values: float) -> float | None:
        write(view, 0, *values)
        error = invoke(*arguments)
        if error or trap.value:
            raise _failure(error, trap, kept)
        return results[0] if result else None

    return call


def _failure(error: int | None, trap: ctypes.c_void_p, _: object) -> TrapError:
    """Takes over the error or the trap, whose memory is the caller's to free."""
    if error:
        raised = ctypes.cast(error, ctypes.POINTER(_ffi.wasmtime_error_t))
        return TrapError(str(wasmtime.WasmtimeError._from_ptr(raised)))
    trapped = ctypes.cast(trap, ctypes.POINTER(_ffi.wasm_trap_t))
    trap.value = None
    return TrapError(wasmtime.Trap._from_ptr(trapped).message)


def _bind_public(store: wasmtime.Store, function: wasmtime.Func, params: str, result: str) -> Call:
    def call(*values: float) -> Any:
        # wasmtime takes an i32 as signed.
        signed = [
            (int(value) ^ 0x8000_0000) - 0x8000_0000 if kind == "i" else float(value)
            for kind, value in zip(params, values, strict=True)
        ]
        try:
            told = function(store, *signed)
        except (wasmtime.Trap, wasmtime.WasmtimeError) as failure:
            raise TrapError(str(failure)) from failure
        return told & _MASK if result == "i" else told

    return call


def _unchecked_call() -> Any:
    """`wasmtime_func_call_unchecked(context, function, cells, count, trap)`, by addresses; None: it cannot be had.

    Python's lock is kept during the call. A decision is shorter than a switch of threads, and one that let the lock go
    would have to wait for it, up to the 5 ms that another thread may keep it.
    """
    try:
        for owner, name in (
            (wasmtime.Store, "_context"),
            (wasmtime.Func, "_from_raw"),
            (wasmtime.Trap, "_from_ptr"),
            (wasmtime.WasmtimeError, "_from_ptr"),
        ):
            getattr(owner, name)
        if ctypes.sizeof(_ffi.wasmtime_val_raw_t) != _CELL_BYTES:
            return None
        address = ctypes.cast(_ffi.dll.wasmtime_func_call_unchecked, ctypes.c_void_p).value
    except AttributeError:
        return None
    if address is None:
        return None
    pointer = ctypes.c_void_p
    prototype = ctypes.PYFUNCTYPE(pointer, pointer, pointer, pointer, ctypes.c_size_t, pointer)
    return prototype(address)


try:
    from wasmtime import _ffi
except ImportError:
    _invoke = None
else:
    _invoke = _unchecked_call()
