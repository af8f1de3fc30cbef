"""Checks the imports and exports of a compiled module before any of it runs: the functions of the ABI that it exports go
out with their signatures. Raises `LoadError`."""

from typing import Final, TypeAlias

import wasmtime

from . import _contract as abi
from .errors import LoadError

Signatures: TypeAlias = dict[str, tuple[str, str]]

_LETTERS: Final = {"i32": "i", "f64": "f"}


def read_exports(module: wasmtime.Module) -> tuple[Signatures, list[str]]:
    """Functions, and globals of type i32."""
    imports = [f"`{each.module}.{each.name}`" for each in module.imports]
    if imports:
        raise LoadError(f"the module imports {', '.join(imports)}, but a policy must not import anything")
    found = {export.name: _type_of(export.type) for export in module.exports}
    functions: Signatures = dict(abi.REQUIRED_FUNCTIONS)
    names = ["abi_major", "abi_minor"]
    if "table_load" in found:
        functions |= abi.TABLE_FUNCTIONS
        names += ["name"]
    if "could" in found:
        functions |= abi.POSSIBILITY_FUNCTIONS
    if "session_could" in found:
        functions |= abi.SESSION_POSSIBILITY_FUNCTIONS
    if "session_open" in found:
        functions |= abi.SESSION_FUNCTIONS
        names += ["name", "changes"]
    if found.get("memory") != "memory":
        raise LoadError("the module exports no memory `memory`")
    for name in names:
        if found.get(name) != "i32":
            raise LoadError(f"the module exports no i32 global `{name}`")
    for name, signature in functions.items():
        if found.get(name) != signature:
            raise LoadError(f"the module exports no function `{name}` with the signature of the ABI")
    return functions, names


def _type_of(export: object) -> object:
    """The signature of a function in letters, the type of a global, or `memory`."""
    if isinstance(export, wasmtime.FuncType):
        params, results = ([_LETTERS.get(str(each), "?") for each in types] for types in (export.params, export.results))
        return "".join(params), "".join(results)
    if isinstance(export, wasmtime.GlobalType):
        return str(export.content)
    return "memory" if isinstance(export, wasmtime.MemoryType) and not (export.is_64 or export.is_shared) else None
