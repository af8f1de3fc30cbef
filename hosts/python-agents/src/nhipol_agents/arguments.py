"""The arguments of a call by name, as the signature of its function binds them, with defaults."""

import copy
import inspect
from collections.abc import Callable, Collection, Mapping
from inspect import BoundArguments, Parameter
from typing import Any, Final

from .encoding import EncodingError


class Binder:
    """`omit`: parameters that neither the policy nor an approver sees, such as `self` or the context of a framework.
    Raises `TypeError` for a function that runs after it returned, and for a parameter that does not exist."""

    def __init__(self, function: Callable[..., Any], omit: Collection[str]) -> None:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"{function!r} is a generator: its calls cannot be guarded")
        self._signature = inspect.signature(function)
        self._omit = frozenset(omit)
        unknown = self._omit - self._signature.parameters.keys()
        if unknown:
            raise TypeError(f"{function!r} has no parameter {', '.join(sorted(unknown))}")
        kinds = self._signature.parameters.values()
        self._rest: Final = next((each.name for each in kinds if each.kind is Parameter.VAR_KEYWORD), None)

    def bind(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[dict[str, object], BoundArguments]:
        """The arguments that the policy sees, and all of them. Raises `TypeError` as the function itself does."""
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        named = {name: value for name, value in bound.arguments.items() if name not in self._omit and name != self._rest}
        rest = {} if self._rest is None or self._rest in self._omit else bound.arguments[self._rest]
        if not named.keys().isdisjoint(rest):
            raise TypeError(f"two arguments are named {', '.join(sorted(named.keys() & rest.keys()))}")
        return {**named, **rest}, bound

    def complete(self, bound: BoundArguments, arguments: Mapping[str, object]) -> BoundArguments:
        """All arguments of the call, with those that were decided."""
        rest = dict(arguments)
        for name in bound.arguments:
            if name in rest and name != self._rest and name not in self._omit:
                bound.arguments[name] = rest.pop(name)
        if self._rest is not None and self._rest not in self._omit:
            bound.arguments[self._rest] = rest
        return bound


def isolated(arguments: dict[str, object]) -> dict[str, object]:
    """Copies arguments, so that nobody else can change them. Raises `EncodingError` for a value that cannot be copied."""
    try:
        return copy.deepcopy(arguments)
    except Exception as cause:
        raise EncodingError("a value that cannot be copied") from cause


def is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))  # noqa: B004
