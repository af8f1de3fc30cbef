"""Calls and their arguments as JSON, and arguments that are lowered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePosixPath
from random import Random
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from nhipol_agents.call import call_of, lowered
from nhipol_agents.declared import Declared
from nhipol_agents.encoding import Encoded, EncodingError, decode, encode, merged


class Color(Enum):
    RED = "red"


@dataclass
class Point:
    x: int
    color: Color


class Model(BaseModel):
    at: datetime


NOON = datetime(2026, 3, 3, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, 2.5, 3.0, True, None], "b": ("ü", Decimal("1.10"))}, '{"a":[1,2.5,3,true,null],"b":["ü",1.10]}'),
        (Point(1, Color.RED), '{"x":1,"color":"red"}'),
        (Model(at=NOON), '{"at":"2026-03-03T12:00:00Z"}'),
        ([PurePosixPath("/a"), UUID(int=1), {3}], '["/a","00000000-0000-0000-0000-000000000001",[3]]'),
        (2**70, "1180591620717411303424"),
    ],
)
def test_values_become_json(value: object, text: str) -> None:
    assert encode(value) == text
    assert encode(decode(text)) == text


def test_values_without_json_are_refused() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    for value in (cycle, {1: 2}, b"bytes", float("inf"), 1e300, 10**1000, datetime(2026, 1, 1), "\ud800", {"\ud800": 1}, int):  # noqa: DTZ001, RUF100
        with pytest.raises(EncodingError):
            encode(value)


def test_a_merge_patch_changes_members() -> None:
    target = {"a": 1, "b": {"c": 2, "d": 3}, "e": [4]}
    patch = {"a": None, "b": {"c": 5, "f": {"g": None}}, "e": {"h": 6}, "i": 7}
    assert merged(target, patch) == {"b": {"c": 5, "d": 3, "f": {}}, "e": {"h": 6}, "i": 7}


def test_arguments_are_lowered_in_a_copy() -> None:
    inner = {"rows": 50.5, "name": "x"}
    call = call_of("shop", "find", {"type": "mcp_server", "id": "shop"}, {"head": 100, "page": inner, "cost": Decimal(9)})
    offered = {
        "action.properties.arguments.head": 5,
        "action.properties.arguments.page.rows": Decimal("2.5"),
        "action.properties.arguments.cost": 3,
    }
    lower = lowered(call, offered)
    assert lower is not None
    assert lower.arguments == {"head": 5, "page": {"rows": 2.5, "name": "x"}, "cost": Decimal(3)}
    assert (type(lower.arguments["head"]), type(lower.arguments["cost"])) == (int, Decimal)
    assert call.arguments["page"] == {"rows": 50.5, "name": "x"}
    assert decode(lower.text)["action"]["properties"]["arguments"]["head"] == 5


@pytest.mark.parametrize(
    "path", ["context.head", "action.properties.head", "action.properties.arguments", "action.properties.arguments.tail"]
)
def test_nothing_but_an_argument_is_lowered(path: str) -> None:
    call = call_of("shop", "find", {}, {"head": 100})
    assert lowered(call, {"action.properties.arguments.head": 5, path: 5}) is None


NUMBERS = Declared(
    {
        "properties": {
            "amount": {"anyOf": [{"type": "number"}, {"type": "null"}]},
            "count": {"type": "integer"},
            "wait": {"type": "number", "description": "seconds"},
            "all": {"items": {"type": "number"}},
            "map": {"additionalProperties": {"type": "integer"}},
            "deep": {"properties": {"amount": {"type": "number"}}},
        }
    }
)


def test_a_number_that_the_policy_would_round_is_a_problem() -> None:
    places: list[tuple[Callable[[object], object], int | None]] = [
        (lambda number: {"amount": number}, 6),
        (lambda number: {"count": number}, 0),
        (lambda number: {"wait": number}, 3),
        (lambda number: {"all": [1, number]}, 6),
        (lambda number: {"map": {"a": number}}, 0),
        (lambda number: {"deep": {"amount": number}}, 6),
        (lambda number: {"undeclared": {"amount": number}}, None),
    ]
    random = Random(7)
    exact = 0
    for _ in range(3_000):
        digits = str(random.choice([random.randrange(10 ** random.randrange(1, 22)), 2**53 + 1, 0, 100, 9_223_372_036_854]))
        fraction = random.choice(["", ".0", ".5", ".000001", ".0000004", f".{random.randrange(10**8):08}"])
        text = random.choice(["", "-"]) + digits + fraction + random.choice(["", "", "e-3", "E+2", "e-7"])
        given, count = random.choice(places)
        problem = NUMBERS.number_problem(decode(encode(given(Encoded(text)))))
        parts = Fraction(text) * 10 ** (count or 0)
        is_exact = count is None or (parts.denominator == 1 and -(2**63) <= parts < 2**63)
        assert (problem is None) == is_exact, (text, count, problem)
        exact += is_exact
    assert 600 < exact < 2_400
    assert NUMBERS.number_problem({"amount": Decimal("100.0000004")}) == (
        "$.amount: expected a number of 64 bits with at most 6 decimal places, found 100.0000004"
    )
    assert NUMBERS.number_problem({"count": True, "amount": "0.0000001"}) is None
