"""Guards function tools of the OpenAI Agents SDK. A refusal is the output of the tool, which the model reads; a revoke ends
the run."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agents.tool import FunctionTool, maybe_invoke_function_tool_failure_error_function
from agents.tool_context import ToolContext

from .encoding import EncodingError, decode, encode
from .errors import NotPermitted, Revoked
from .guard import Guard


def guarded(
    guard: Guard, tool: FunctionTool, *, server: str | None = None, resource: Mapping[str, Any] | None = None
) -> FunctionTool:
    """Returns a tool whose calls are decided before they run. Missing arguments are those of the schema's `default`.
    `server` and `resource`: default: those of the guard."""
    # The guard must learn that the function failed, before the SDK turns the exception into text.
    inner = dataclasses.replace(tool, _failure_error_function=None, _use_default_failure_error_function=False)

    async def invoke(context: ToolContext[Any], text: str) -> Any:
        try:
            return await guard.call_async(
                tool.name,
                _arguments_of(tool, text),
                lambda arguments: inner.on_invoke_tool(context, encode(arguments)),
                server=server,
                resource=resource,
            )
        except Revoked:
            raise
        except NotPermitted as refused:
            return str(refused)
        except Exception as failure:
            handled = await maybe_invoke_function_tool_failure_error_function(function_tool=tool, context=context, error=failure)
            if handled is None:
                raise
            return handled

    return dataclasses.replace(tool, on_invoke_tool=invoke)


def _decimal_of(text: str) -> Decimal:
    """The SDK reads the arguments again, as floats or as the parameters of the function declare them. So a number must be one
    that a float represents."""
    number = Decimal(text)
    if not number.is_finite() or Decimal(repr(float(text))) != number:
        raise EncodingError(f"the number {text}, which is not exact for every reader")
    return number


def _int_of(text: str) -> int:
    return int(_decimal_of(text))


def _arguments_of(tool: FunctionTool, text: str) -> dict[str, Any]:
    try:
        given = decode(text or "{}", _decimal_of, _int_of)
        if not isinstance(given, dict):
            raise ValueError("not an object")
    except EncodingError as failure:
        raise NotPermitted(tool.name, f"the arguments contain {failure}") from failure
    except ValueError as failure:
        raise NotPermitted(tool.name, "the arguments are not a JSON object") from failure
    properties = tool.params_json_schema.get("properties", {})
    defaults = {name: schema["default"] for name, schema in properties.items() if "default" in schema}
    return {**defaults, **given}
