"""What a module may answer that the ABI does not allow, and what the cache keeps."""

import json
import math
import struct

import pytest
from conftest import module

import nhipol
from nhipol import Effect

PERMIT = b'{"decision":true,"context":{"effect":"permit","reasons":[],"reason_details":[],"read":[]}}'
DENY = b'{"decision":false,"context":{"effect":"deny","reasons":[],"reason_details":[],"read":[]}}'
UNTIL = PERMIT.replace(b'"read"', b'"valid_until":"2026-03-03T10:00:00.000Z","read"')
UNTIL_MS = 1_772_532_000_000


def canned(
    text: bytes,
    effect: int = 0,
    *,
    length: int | None = None,
    until: float = math.inf,
    key: int = 0,
    until_at: int = 0,
) -> bytes:
    """The request to which the canned module answers with this response."""
    size = len(text) if length is None else length
    return struct.pack("<BBxxIdQI4x", effect, 0, size, until, key, until_at) + text


@pytest.fixture
def policy() -> nhipol.Policy:
    return nhipol.load(module("answers-canned"))


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(canned(PERMIT, 5), id="effect"),
        pytest.param(canned(DENY), id="other effect"),
        pytest.param(canned(PERMIT, until=0.5), id="instant"),
        pytest.param(canned(PERMIT, length=2**32 - 1), id="length"),
        pytest.param(canned(b""), id="no response"),
        pytest.param(canned(PERMIT.replace(b'"read"', b'"r\xff"')), id="UTF-8"),
        pytest.param(b"trap", id="trap"),
    ],
)
def test_an_invalid_response_is_an_engine_error(policy: nhipol.Policy, request_bytes: bytes) -> None:
    answer = policy.decide_json(request_bytes, now=0)
    assert (answer.effect, answer.reasons) == (Effect.DENY, ("engine_error",))
    response = json.loads(policy.decide_response(request_bytes, now=0))
    assert response["context"]["reasons"] == ["engine_error"]
    assert policy.decide_json(canned(PERMIT), now=0).decision


@pytest.mark.parametrize("text", [PERMIT[:-1], PERMIT + b"1", PERMIT.replace(b'"read":[]', b"1:1")])
def test_a_grant_that_is_not_json_is_an_engine_error(policy: nhipol.Policy, text: bytes) -> None:
    answer = policy.decide_json(canned(text), now=0)
    assert (answer.effect, answer.reasons) == (Effect.DENY, ("engine_error",))


def test_a_refusal_that_is_not_json_is_still_one(policy: nhipol.Policy) -> None:
    answer = policy.decide_json(canned(DENY[:-1], 3), now=0)
    assert (answer.effect, answer.reasons) == (Effect.DENY, ("engine_error",))


def test_answers_with_the_same_key_share_everything_but_valid_until(policy: nhipol.Policy) -> None:
    at = UNTIL.index(b"2026")
    first = policy.decide_json(canned(UNTIL, until=UNTIL_MS, key=7, until_at=at), now=0)
    later = policy.decide_json(canned(UNTIL, until=UNTIL_MS + 1, key=7, until_at=at), now=0)
    without = policy.decide_json(canned(PERMIT, key=7), now=0)
    assert first.reason_details is later.reason_details
    assert first.response == UNTIL
    assert later.response == UNTIL.replace(b".000Z", b".001Z")
    assert later.valid_until_ms == UNTIL_MS + 1
    assert (without.response, without.valid_until) == (PERMIT, None)


def test_a_key_of_another_effect_is_an_engine_error(policy: nhipol.Policy) -> None:
    assert policy.decide_json(canned(PERMIT, key=7), now=0).decision
    answer = policy.decide_json(canned(DENY, 3, key=7), now=0)
    assert answer.reasons == ("engine_error",)


def test_members_of_a_later_version_are_ignored(policy: nhipol.Policy) -> None:
    error = b'"error":{"code":"missing","path":"$","expected":"a","found":"b","offset":1,"new":1},"new":1,"read"'
    answer = policy.decide_json(canned(DENY.replace(b'"read"', error), 3), now=0)
    assert answer.error == ("missing", "$", "a", "b", 1)


def test_numbers_are_exact(policy: nhipol.Policy) -> None:
    text = PERMIT.replace(b"permit", b"narrow").replace(
        b'"read"', b'"constraints":{"a":9007199254740993,"b":0.1000000000000000055},"read"'
    )
    constraints = policy.decide_json(canned(text, 1), now=0).constraints
    assert {name: str(value) for name, value in constraints.items()} == {
        "a": "9007199254740993",
        "b": "0.1000000000000000055",
    }
    assert not hasattr(constraints, "__setitem__")
