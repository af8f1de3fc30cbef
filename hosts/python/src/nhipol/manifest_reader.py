"""The manifest out of a compiled module: its section's JSON comes in, checked values go out. Raises `LoadError`."""

import json
from collections.abc import Mapping
from typing import Final

from . import checks
from ._contract import (
    ABI_MAJOR,
)
from .abi import EFFECTS, Effect
from .checks import ShapeError, count, counts, map_of, members, numbers, optional, text, texts
from .errors import LoadError
from .manifest import (
    Demand,
    History,
    Manifest,
    Named,
    ObligationRow,
    ReasonRow,
    RuleRow,
    SessionRow,
    TableRow,
    Type,
)

_SCALARS: Final = frozenset(
    ("Bool", "Int", "Decimal", "String", "Timestamp", "Duration", "SpiffeId", "Ip", "Cidr")
)


def read_manifest(section: bytes) -> Manifest:
    """`section`: the contents of the custom section."""
    data = read_json(section, "manifest")
    try:
        abi = members(members(data)["abi"])
        major, _ = count(abi["major"]), count(abi["minor"])
    except (ShapeError, KeyError):
        raise LoadError("the module's manifest does not state an ABI version") from None
    expect_abi(major)
    try:
        return _manifest(members(data))
    except (ShapeError, KeyError):
        raise LoadError("the module's manifest does not conform to the ABI") from None


def expect_abi(major: object) -> None:
    """Refuses a module of another major version."""
    if major != ABI_MAJOR:
        raise LoadError(f"the module has ABI version {major}, and this host supports {ABI_MAJOR}")


def read_json(section: bytes, what: str) -> object:
    """`what`: as messages call it."""
    try:
        return json.loads(section.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as cause:
        raise LoadError(f"the module's {what} is not valid JSON") from cause


def _no_constant(name: str) -> object:
    """`NaN` and the infinities, which Python would read."""
    raise ValueError(name)


def _manifest(data: Mapping[str, object]) -> Manifest:
    policy = members(data["policy"])
    for name in (policy["name"], policy["version"], data["compiler"], data["sources"]):
        text(name)
    optional(data, "simd", checks.truth, None)
    optional(data, "time_zones", text, None)
    optional(data, "bounds", _bounds, None)
    if "schema" not in data:
        raise ShapeError
    selectors = members(data["selectors"])
    return Manifest(
        data=data,
        policy=text(policy["name"]),
        subjects=texts(selectors["subjects"]),
        actions=texts(selectors["actions"]),
        resources=texts(selectors["resources"]),
        paths=checks.tuple_of(_path)(data["paths"]),
        expected=texts(data["expected"]),
        files=texts(data["files"]),
        reads=texts(data["reads"]),
        reasons=checks.tuple_of(_reason)(data["reasons"]),
        rules=checks.tuple_of(_rule)(data["rules"]),
        choosers=texts(data["choosers"]),
        constraints=checks.tuple_of(_constraint)(data["constraints"]),
        placeholders=checks.tuple_of(_scalar)(data["placeholders"]),
        obligations=optional(data, "obligations", checks.tuple_of(_obligation), ()),
        properties=optional(data, "properties", checks.tuple_of(_type), ()),
        tables=optional(data, "tables", checks.tuple_of(_table), ()),
        sessions=optional(data, "sessions", _sessions, None),
        history=optional(data, "history", _history, None),
    )


def _scalar(value: object) -> Type:
    row = members(value)
    kind = text(row["kind"])
    if kind == "Enum":
        text(row["name"])
        return Type(kind, names=texts(row["members"]))
    if kind not in _SCALARS:
        raise ShapeError
    return Type(kind)


def _type(value: object) -> Type:
    row = members(value)
    is_set = row["kind"] == "Set"
    return Type("Set", element=_scalar(row["element"])) if is_set else _scalar(row)


def _path(value: object) -> tuple[int, str, int]:
    row = checks.items(value)
    if len(row) != 3:
        raise ShapeError
    return count(row[0]), text(row[1]), count(row[2])


def _effect(value: object) -> Effect:
    if value not in EFFECTS:
        raise ShapeError
    return Effect(text(value))


def _reason(value: object) -> ReasonRow:
    row = members(value)
    message = optional(row, "message", checks.tuple_of(_part), None)
    asks = optional(row, "asks", members, None)
    optional(row, "covers", texts, None)
    return ReasonRow(
        id=text(row["id"]),
        source=numbers(row["source"], 3),
        message=message,
        has_placeholders=message is not None and any(isinstance(part, int) for part in message),
        unknown=optional(row, "unknown", counts, ()),
        asks_at=None if asks is None else _effect(asks["effect"]),
        demands=() if asks is None else checks.tuple_of(_demand)(asks["obligations"]),
    )


def _part(value: object) -> str | int:
    return value if isinstance(value, str) else count(value)


def _demand(value: object) -> Demand:
    row = members(value)
    properties = map_of(count)(row["properties"])
    return Demand(count(row["obligation"]), tuple(sorted(properties.items())))


def _rule(value: object) -> RuleRow:
    row = members(value)
    return RuleRow(
        effects=frozenset(checks.tuple_of(_effect)(row["effects"])),
        read=counts(row["read"]),
        subjects=optional(row, "subjects", counts, None),
        actions=optional(row, "actions", counts, None),
        resources=optional(row, "resources", counts, None),
    )


def _constraint(value: object) -> Named:
    row = members(value)
    text(row["merge"])
    optional(row, "limits", text, None)
    return _named(row)


def _named(value: object) -> Named:
    row = members(value)
    return Named(text(row["name"]), _type(row["type"]))


def _obligation(value: object) -> ObligationRow:
    row = members(value)
    checks.tuple_of(_named)(row["properties"])
    return ObligationRow(text(row["name"]), text(row["type"]))


def _table(value: object) -> TableRow:
    row = members(value)
    held = members(row["value"])
    _type(held["type"])
    return TableRow(
        name=text(row["name"]),
        keys=checks.tuple_of(_key)(row["keys"]),
        value=text(held["expected"]),
        element=optional(held, "element", text, None),
    )


def _key(value: object) -> str:
    row = members(value)
    _scalar(row["type"])
    return text(row["expected"])


def _bounds(value: object) -> None:
    row = members(value)
    count(row["memory_bytes"])
    for step in checks.items(row["steps"]):
        numbers(step, 4)


def _sessions(value: object) -> SessionRow:
    row = members(value)
    count(row["bytes"])
    map_of(lambda word: numbers(word, 2))(row["words"])
    optional(row, "approvals", checks.truth, None)
    return SessionRow(optional(row, "signals", texts, ()))


def _history(value: object) -> History:
    row = members(value)
    return History(frozenset(counts(row["terms"])), frozenset(counts(row["decisions"])))
