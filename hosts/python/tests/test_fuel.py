"""Modules that never return, with a limit of fuel."""

import pytest
from conftest import CASES, module

import nhipol
from nhipol import wasm_calls

FUEL = 5_000_000


@pytest.fixture(params=["fast", "public"], autouse=True)
def calls(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions are called directly, or by the public interface of wasmtime."""
    if request.param == "public":
        monkeypatch.setattr(wasm_calls, "_invokers", None)


def test_a_start_that_never_returns_is_a_load_error() -> None:
    endless = (CASES / "endless" / "start.wasm").read_bytes()
    with pytest.raises(nhipol.LoadError, match=r"cannot be started: .* fuel"):
        nhipol.load(endless, fuel=FUEL)


def test_a_decision_that_never_returns_is_a_deny_and_the_next_uses_a_new_instance() -> None:
    policy = nhipol.load(module("answers-canned"), fuel=FUEL)

    # "count" is answered with the number of calls of the instance, as the instant until which the answer is valid.
    def count() -> int | None:
        return policy.decide_json(b"count", now=0).valid_until_ms

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
    policy = nhipol.load(module("answers-canned"), fuel=20_000)
    for _ in range(1000):
        assert policy.decide_json(b"then", now=0).error is None


@pytest.mark.parametrize("fuel", [0, -1, 2**63])
def test_invalid_fuel_is_refused(fuel: int) -> None:
    with pytest.raises(ValueError, match="fuel must be from 1"):
        nhipol.load(module("answers-canned"), fuel=fuel)
