"""Texts that every host writes alike: values as JSON, canonical JSON, instants, durations, addresses, paths."""

import math
import random
import struct
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
import rfc8785

from nhipol.address import show_cidr, show_ip
from nhipol.call_digest import call_digest
from nhipol.canonical_json import canonical_members, number_text
from nhipol.declared import Declared
from nhipol.encode import NotJsonError, encode
from nhipol.errors import EngineError
from nhipol.frozen import FrozenMapping
from nhipol.json_text import json_path, place_indexes, to_json
from nhipol.kept_calls import UNKNOWN_CALL, call_after
from nhipol.show import exact_decimal, seconds, show_decimal, show_duration, show_instant


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
        ({"a": FrozenMapping({"b": 1})}, '{"a":{"b":1}}'),
        (datetime(2026, 3, 3, 12, tzinfo=timezone(timedelta(hours=2))), '"2026-03-03T10:00:00Z"'),
    ],
)
def test_values_are_written_as_json(value: object, text: str) -> None:
    assert encode(value).decode() == text


def _cycle() -> list[object]:
    cycle: list[object] = []
    cycle += [cycle, cycle]
    return cycle


@pytest.mark.parametrize(
    ("value", "code", "path"),
    [
        ({"a": [0, {"b c": math.nan}]}, "wrong_type", '$.a[1]["b c"]'),
        ([float("-inf")], "wrong_type", "$[0]"),
        (2.0**53, "wrong_type", "$"),
        (Decimal("sNaN"), "wrong_type", "$"),
        pytest.param(10**5000, "wrong_type", "$", id="digits"),
        ({1: "a"}, "wrong_type", "$"),
        ({"a": object()}, "wrong_type", "$.a"),
        (datetime(2026, 3, 3), "wrong_type", "$"),
        (b"bytes", "wrong_type", "$"),
        (_cycle(), "too_deep", "$"),
        (["x" * 1_048_577], "too_large", "$"),
        ([0] * 1_048_577, "too_large", "$"),
    ],
)
def test_what_json_cannot_carry_is_refused(value: object, code: str, path: str) -> None:
    with pytest.raises(NotJsonError) as refused:
        encode(value)
    error = refused.value.error()
    assert (error.code, error.path) == (code, path)


def test_members_that_are_not_declared_are_not_looked_at() -> None:
    inner = Declared({"b": None})
    declared = Declared({"a": inner, "c": None})
    value = {"a": {"b": 1, "x": math.nan}, "c": {"y": 1}, "z": object()}
    assert encode(value, declared) == b'{"a":{"b":1},"c":{"y":1}}'


def test_numbers_are_written_as_ecmascript_writes_them() -> None:
    source = random.Random(8785)  # noqa: S311
    for _ in range(20_000):
        (value,) = struct.unpack("<d", source.randbytes(8))
        if math.isfinite(value):
            assert number_text(value) == rfc8785.dumps(value).decode()
    for value in (0.0, -0.0, 1e21, 1e20, 1e-6, 1e-7, 5e-324, 123456789012345680000.0, -1.5, 100.0):
        assert number_text(value) == rfc8785.dumps(value).decode()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('{"b":1.0,"a":1e2}', '{"a":100,"b":1}'),
        ('{"\\ud83d\\ude00":1,"\\uff5e":2}', '{"\U0001f600":1,"\uff5e":2}'),
        ('"\\u0041\\u007f\\u001F\\/"', '"A\x7f\\u001f/"'),
        ("[ true , null,-0 ]", "[true,null,0]"),
        ("9007199254740993", None),
        ("1e400", None),
        ("1e-400", None),
        (f"0e{'9' * 5000}", "0"),
        (f"1e-{'9' * 5000}", None),
        ('{"a":1,"a":1}', None),
        ('"\\ud800"', None),
        ("[" * 64 + "]" * 64, "[" * 64 + "]" * 64),
        ("[" * 65 + "]" * 65, None),
    ],
)
def test_a_value_has_one_canonical_form_or_none(text: str, form: str | None) -> None:
    assert canonical_members(f'{{"it":{text}}}', {"it": None}) == {"it": form}


@pytest.mark.parametrize("text", ["", "[]", '{"it":NaN}', '{"it":1', '\ufeff{"it":1}'])
def test_what_is_no_object_has_no_members(text: str) -> None:
    assert canonical_members(text, {"it": None}) == {}


def test_a_member_twice_has_no_form() -> None:
    assert canonical_members('{"it":1,"it":1}', {"it": None}) == {"it": None}


AGENT = '"subject":{"type":"agent","id":"a1"}'


@pytest.mark.parametrize(
    "request_text",
    [
        b"\xff",
        b"{}",
        f'{{"action":{{}},{AGENT}}}'.encode(),
        b'{"action":{},"resource":{}}',
        b'{"action":{},"resource":{},"subject":"a1"}',
        b'{"action":{},"resource":{},"subject":{"type":"agent","id":1}}',
        b'{"action":{},"resource":{},"subject":{"type":"agent","id":"a1","id":"a1"}}',
        f'{{"action":{{}},"resource":{{}},{AGENT},{AGENT}}}'.encode(),
        b'{"action":{},"resource":{},"subject":{"type":"a","id":"b","properties":{"on_behalf_of":1e400}}}',
        b" " * 65_537,
    ],
)
def test_a_call_may_have_no_digest(request_text: bytes) -> None:
    assert call_digest(request_text, "p") is None


def test_a_call_has_the_digest_of_the_contract() -> None:
    text = '{"action":{"name":"pay","properties":{"amount":5.0}},"resource":{"type":"account","id":"b1"},%s}'
    digest = "sha-256:1c9ad967c311cce91575fe4f9c1670bf9f98e130a426b5caf9df7a40af852496"
    assert call_digest((text % AGENT).encode(), "acme.payments") == digest


def test_a_call_is_that_of_one_caller_and_one_policy() -> None:
    subjects = [
        '"type":"agent","id":"a1"',
        '"type":"agent","id":"a2"',
        '"type":"bot","id":"a1"',
        *(
            f'"type":"agent","id":"a1","properties":{{"on_behalf_of":{principal}}}'
            for principal in (
                '{"id":"x"}',
                '{"id":"x","type":"user"}',
                '{"id":"y"}',
                '"x"',
                '{"mail":"x"}',
            )
        ),
    ]
    texts = [f'{{"action":{{}},"resource":{{}},"subject":{{{subject}}}}}' for subject in subjects]
    digests = [call_digest(text.encode(), policy) for text in texts for policy in ("p", "q")]
    assert None not in digests
    assert len(set(digests)) == len(digests)
    refreshed = (
        texts[4]
        .replace('"id":"x"', '"scopes":["a"],"id":"x"')
        .replace('"properties":{', '"properties":{"token":1,')
    )
    assert call_digest(refreshed.encode(), "p") == digests[8]


def test_a_call_is_kept_as_it_is_after_each_part() -> None:
    resource = f'"resource":{{"type":"t","id":"1"}},{AGENT}}}'
    whole = (
        f'{{"action":{{"name":"pay","properties":{{"amount":5,"note":"x"}}}},{resource}'.encode()
    )
    call = call_after(UNKNOWN_CALL, whole, 15, "p")
    assert call.digest == call_digest(whole, "p")
    patched = call_after(call, b'{"action":{"properties":{"note":null,"amount":6.50}}}', 0, "p")
    told = f'{{"action":{{"name":"pay","properties":{{"amount":6.5}}}},{resource}'.encode()
    assert patched.digest == call_digest(told, "p")
    assert call_after(patched, b'{"context":{"risk":1}}', 8, "p") is patched
    for part in (b'{"resource":{"type":"t"}}', b'{"subject":{"type":"t","id":"1"}}'):
        assert call_after(patched, part, 5, "p").digest not in (None, patched.digest)
    renewed = b'{"subject":{"properties":{"token":1}}}'
    assert call_after(patched, renewed, 0, "p").digest == patched.digest
    assert call_after(patched, b'{"resource":{"x":9007199254740993}}', 0, "p").digest is None


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        (-62_162_121_600_000, "0000-02-29T00:00:00.000Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        (253_402_300_800_000, "253402300800000ms"),
        (-62_167_219_200_001, "-62167219200001ms"),
    ],
)
def test_an_instant_is_shown(milliseconds: int, text: str) -> None:
    assert show_instant(milliseconds) == text


def test_durations_and_decimals_are_shown() -> None:
    shown = [show_duration(each) for each in (0, 90_000, 3_600_000, 172_800_000, -1_500)]
    assert shown == ["0s", "90s", "1h", "2d", "-1500ms"]
    assert [show_decimal(each) for each in (12_500_000, -12_000_000, -1, 0)] == [
        "12.5",
        "-12",
        "-0.000001",
        "0",
    ]
    assert (
        to_json([exact_decimal(-1), exact_decimal(5_000_000), seconds(1_500)])
        == "[-0.000001,5,1.5]"
    )


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("00000000000000000000ffff0a000001", "10.0.0.1"),
        ("20010db8000000000001000000000001", "2001:db8::1:0:0:1"),
        ("20010db8000100010001000000000001", "2001:db8:1:1:1::1"),
        ("20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1"),
        ("00" * 16, "::"),
    ],
)
def test_an_address_is_shown(address: str, text: str) -> None:
    assert show_ip(bytes.fromhex(address)) == text


def test_a_network_is_shown_or_misread() -> None:
    assert show_cidr(bytes.fromhex("00000000000000000000ffff0a000000") + b"\x68") == "10.0.0.0/8"
    for wrong in (
        bytes(16),
        bytes(16) + b"\x81",
        bytes.fromhex("00000000000000000000ffff0a0000005f"),
    ):
        with pytest.raises(EngineError):
            show_cidr(wrong)
    with pytest.raises(EngineError):
        show_ip(b"")


def test_a_path_is_written() -> None:
    assert json_path(["a", 0, "b c", "é"]) == '$.a[0]["b c"]["é"]'
    assert place_indexes('$["[]"][].a[]', [4]) == '$["[]"][4].a[*]'


def test_a_frozen_mapping_is_a_mapping_that_cannot_be_changed() -> None:
    mapping: Any = FrozenMapping({"a": 1})
    assert mapping == {"a": 1}
    assert repr(mapping) == "{'a': 1}"
    with pytest.raises(TypeError):
        mapping["a"] = 2
    with pytest.raises(TypeError):
        to_json(object())
