"""Guards tools of LangChain. A refusal is the content of the tool's message, which the model reads; a revoke is raised."""

import functools
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from langchain_core.callbacks import BaseRunManager
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, ToolException
from langchain_core.utils.pydantic import get_fields

from .errors import NotPermitted, Revoked
from .guard import Guard

Tool = TypeVar("Tool", bound=BaseTool)


class _Refusal(ToolException):
    """A call that the guard refused."""


def guarded(guard: Guard, tool: Tool, *, server: str | None = None, resource: Mapping[str, Any] | None = None) -> Tool:
    """Returns a tool whose calls are decided before they run, with its validated arguments and their defaults. The policy
    does not see the arguments that LangChain injects. `server` and `resource`: default: those of the guard."""
    kind: Any = type(tool)
    # The tool's own `_arun` runs `_run` in a thread if it has no other.
    is_own = kind._arun is not BaseTool._arun

    @functools.wraps(kind._run)
    def run(_: BaseTool, *args: Any, **kwargs: Any) -> Any:
        named, making = _read(tool, tool._run, args, kwargs)
        try:
            return guard.call(tool.name, named, making(tool._run), server=server, resource=resource)
        except NotPermitted as refused:
            raise _refusal(refused) from refused

    @functools.wraps(kind._arun if is_own else kind._run)
    async def run_async(_: BaseTool, *args: Any, **kwargs: Any) -> Any:
        named, making = _read(tool, tool._arun if is_own else tool._run, args, kwargs)
        try:
            return await guard.call_async(tool.name, named, making(tool._arun), server=server, resource=resource)
        except NotPermitted as refused:
            raise _refusal(refused) from refused

    # `ainvoke` of some tools runs `invoke` in a thread, where a call cannot be cancelled.
    members = {"_run": run, "_arun": run_async, "ainvoke": BaseTool.ainvoke, "__module__": __name__}
    copy = tool.model_copy(update={"handle_tool_error": _handler(tool.handle_tool_error)})
    copy.__class__ = types.new_class(kind.__name__, (kind,), exec_body=lambda namespace: namespace.update(members))
    return cast(Tool, copy)


def _read(
    tool: BaseTool, method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[dict[str, Any], Callable[[Callable[..., Any]], Callable[[dict[str, Any]], Any]]]:
    """The arguments by name, and what calls a function with those that were decided and with all others."""
    hidden = {*_injected(tool), *_configs(method), *[name for name, value in kwargs.items() if isinstance(value, BaseRunManager)]}
    positional = list(tool.args)[: len(args)]
    if len(positional) < len(args):
        raise TypeError(f"{tool.name} takes {len(positional)} positional arguments, not {len(args)}")
    named = {**dict(zip(positional, args, strict=True)), **{name: each for name, each in kwargs.items() if name not in hidden}}

    def making(function: Callable[..., Any]) -> Callable[[dict[str, Any]], Any]:
        def make(decided: dict[str, Any]) -> Any:
            rest = dict(decided)
            first = [rest.pop(name) for name in positional]
            return function(*first, **{**kwargs, **rest})

        return make

    return named, making


def _injected(tool: BaseTool) -> set[str]:
    """The arguments that do not come from the model."""
    injected = set(tool._injected_args_keys)
    if not isinstance(tool.args_schema, dict):
        injected |= get_fields(tool.get_input_schema()).keys() - get_fields(cast(Any, tool.tool_call_schema)).keys()
    return injected


def _configs(method: Callable[..., Any]) -> set[str]:
    function = inspect.unwrap(getattr(method, "__func__", method))
    return {name for name, hint in typing.get_type_hints(function).items() if hint is RunnableConfig}


def _refusal(refused: NotPermitted) -> NotPermitted | _Refusal:
    return refused if isinstance(refused, Revoked) else _Refusal(str(refused))


def _handler(before: Any) -> Callable[[ToolException], Any]:
    """Returns the text of a refusal, and handles other exceptions as the tool did before."""

    def handle(failure: ToolException) -> Any:
        if isinstance(failure, _Refusal):
            return str(failure)
        if callable(before):
            return before(failure)
        if isinstance(before, str):
            return before
        if not before:
            raise failure
        return failure.args[0] if failure.args else "Tool execution error"

    return handle
