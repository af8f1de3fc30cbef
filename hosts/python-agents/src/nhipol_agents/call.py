"""A call of a tool as a policy decides it: the action is `server:tool` with the arguments as its properties."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from .encoding import decode, encode

_ARGUMENTS: Final = ("action", "properties", "arguments")


@dataclass(frozen=True, slots=True)
class Call:
    """Nobody else has the arguments, so they are the same when the call is decided, approved and made."""

    server: str
    tool: str
    resource: Mapping[str, object]
    arguments: dict[str, object]
    text: str
    """The action and the resource, as JSON."""

    @property
    def parts(self) -> dict[str, Any]:
        """The action and the resource, as values of JSON."""
        parts: dict[str, Any] = decode(self.text)
        return parts


def call_of(server: str, tool: str, resource: Mapping[str, object], arguments: dict[str, object]) -> Call:
    """Raises `EncodingError` if JSON cannot represent the arguments."""
    action = {"name": f"{server}:{tool}", "properties": {"arguments": arguments}}
    return Call(server, tool, resource, arguments, encode({"action": action, "resource": resource}))


def lowered(call: Call, lower: Mapping[str, Any]) -> Call | None:
    """The call with the values that an answer offers, by path; None: they are not those of arguments."""
    arguments = dict(call.arguments)
    for path, value in lower.items():
        steps = path.split(".")
        if tuple(steps[:3]) != _ARGUMENTS or not _set(arguments, steps[3:], value):
            return None
    return call_of(call.server, call.tool, call.resource, arguments)


def _set(members: dict[str, object], steps: list[str], value: Any) -> bool:
    """Sets a member that is there, without changing the records that contain it."""
    if not steps or steps[0] not in members:
        return False
    name, *rest = steps
    before = members[name]
    if rest:
        inner = dict(before) if isinstance(before, dict) else {}
        members[name] = inner
        return _set(inner, rest, value)
    members[name] = _like(before, value)
    return True


def _like(before: object, value: Any) -> object:
    """A number of the type that the function got."""
    if isinstance(value, Decimal) and not isinstance(before, Decimal):
        return float(value) if value % 1 or isinstance(before, float) else int(value)
    if isinstance(value, int) and isinstance(before, float | Decimal):
        return type(before)(value)
    return value
