"""Modules that never return, and policies that do."""

import os
from pathlib import Path

import pytest
from conftest import module

import nhipol
from nhipol import wasm_calls

FUEL = 5_000_000


@pytest.fixture(params=["fast", "public"], autouse=True)
def calls(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions are called directly, and by wasmtime's public interface alone."""
    if request.param == "public":
        monkeypatch.setattr(wasm_calls, "_invokers", None)


def test_a_start_that_never_returns_is_a_load_error() -> None:
    with pytest.raises(nhipol.LoadError, match="the module cannot be started with its fuel"):
        nhipol.load(endless_start(), fuel=FUEL)


def test_a_decision_that_never_returns_is_a_deny_and_the_next_gets_a_fresh_instance() -> None:
    policy = nhipol.load(module("answers-canned"), fuel=FUEL)

    # "count" is answered with how often this instance was asked, as the instant until when the answer holds.
    def count() -> int | None:
        return policy.decide_json(b"count", now=0).valid_until

    first = count()
    assert count() != first
    answer = policy.decide_json(b"forever")
    assert not answer.decision
    assert answer.reasons == ("engine_error",)
    assert answer.error is not None
    assert "fuel" in answer.error.found
    assert count() == first


def test_a_session_that_never_returns_denies_all_sessions() -> None:
    sessions = nhipol.load(module("sessions-trapping"), fuel=FUEL).sessions()
    sessions.open("one", b"{}")
    assert sessions.decide("one").decision
    sessions.patch("one", b'{"context":{"fail":5}}')
    answer = sessions.decide("one")
    assert (answer.decision, answer.reasons) == (False, ("engine_error",))
    assert [(change.session, change.after) for change in sessions.sweep()] == [("one", "deny")]


def test_each_call_has_all_of_its_fuel() -> None:
    policy = nhipol.load(module("answers-canned"), fuel=1000)
    for _ in range(1000):
        assert policy.decide_json(b"then", now=0).error is None


@pytest.mark.parametrize("fuel", [0, -1, 2**63])
def test_fuel_that_cannot_be_is_refused(fuel: int) -> None:
    with pytest.raises(ValueError, match="fuel must be from 1"):
        nhipol.load(module("answers-canned"), fuel=fuel)


def endless_start() -> bytes:
    usual = Path(__file__).parents[3] / "test" / "conformance"
    folder = Path(os.environ.get("NHIPOL_CONFORMANCE", usual))
    return (folder / "endless" / "start.wasm").read_bytes()
