"""Python values as JSON."""

import math
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType

import pytest

from nhipol.errors import Failure
from nhipol.instant import write_instant
from nhipol.json_input import json_bytes


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (5, "5"),
        (2**63, "9223372036854775808"),
        (5.0, "5"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e-7, "1e-07"),
        (Decimal("12.50"), "12.50"),
        ('é\n"\\\x00', '"é\\n\\"\\\\\\u0000"'),
        ("\ud800", '"\\ud800"'),
        ([1, ("a", {"b": []})], '[1,["a",{"b":[]}]]'),
        (frozenset(("a",)), '["a"]'),
        ({"a": MappingProxyType({"b": 1})}, '{"a":{"b":1}}'),
        (datetime(2026, 3, 3, 12, tzinfo=timezone(timedelta(hours=2))), '"2026-03-03T10:00:00Z"'),
    ],
)
def test_values_become_json(value: object, text: str) -> None:
    assert json_bytes([value]).decode() == f"[{text}]"


def _cycle() -> list[object]:
    cycle: list[object] = []
    cycle += [cycle, cycle]
    return cycle


@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ({"a": [0, {"b c": math.nan}]}, "wrong_type", '$[0].a[1]["b c"]'),
        ([float("-inf")], "wrong_type", "$[0][0]"),
        (2.0**53, "wrong_type", "$[0]"),
        (Decimal("sNaN"), "wrong_type", "$[0]"),
        pytest.param(10**5000, "wrong_type", "$[0]", id="digits"),
        ({1: "a"}, "wrong_type", "$[0][1]"),
        ({"a": object()}, "wrong_type", "$[0].a"),
        (datetime(2026, 3, 3), "wrong_type", "$[0]"),
        (b"bytes", "wrong_type", "$[0]"),
        (_cycle(), "too_deep", "$"),
        (["x" * 1_048_577], "too_large", "$"),
        (["x" * 1_000_000] * 1_000_000, "too_large", "$"),
        ([0] * 1_048_577, "too_large", "$"),
    ],
)
def test_a_value_that_json_cannot_represent_is_refused(value: object, code: str, path: str) -> None:
    with pytest.raises(Failure) as refused:
        json_bytes([value])
    error = refused.value.error
    assert (error.code, error.path) == (code, path)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        (253_402_300_800_000, "253402300800000ms"),
        (-62_135_596_800_001, "0000-12-31T23:59:59.999Z"),
        (-62_162_035_200_000, "0000-03-01T00:00:00.000Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        (-62_167_219_200_001, "-62167219200001ms"),
    ],
)
def test_instants_are_written_as_modules_write_them(ms: int, text: str) -> None:
    assert write_instant(ms) == text
