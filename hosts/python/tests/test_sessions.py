"""Live sessions."""

import json
import threading
from datetime import datetime, timezone
from typing import Any

import pytest
from conftest import module

import nhipol
from nhipol import Effect

PAST = datetime(1970, 1, 1, tzinfo=timezone.utc)
NOW = 1_772_532_000_000
REQUEST: dict[str, Any] = {
    "subject": {"type": "agent", "id": "a", "properties": {"expires_at": "2026-03-03T11:00:00Z"}},
    "action": {"name": "call", "properties": {"tool": "t"}},
    "resource": {"type": "file", "id": "f"},
    "context": {"risk": 1},
}


@pytest.fixture
def sessions() -> nhipol.Sessions:
    return nhipol.load(module("sessions-live")).sessions(clock=lambda: NOW)


def test_a_session_is_opened_decided_changed_and_closed(sessions: nhipol.Sessions) -> None:
    sessions.open("one", REQUEST)
    assert "one" in sessions
    assert list(sessions) == ["one"]
    assert sessions.decide("one").effect is Effect.PERMIT
    sessions.patch("one", {"context": {"risk": 90}})
    changes = sessions.sweep()
    assert [(change.session, change.before) for change in changes] == [("one", Effect.PERMIT)]
    assert changes[0].after is changes[0].answer.effect is sessions.reevaluate("one").effect
    assert changes[0].after is Effect.NARROW
    sessions.replace("one", json.dumps({"context": {"risk": 2}}))
    assert sessions.decide("one", {"action": REQUEST["action"]}, now=NOW + 1).decision
    assert sessions.due() is not None
    sessions.close("one")
    assert sessions.count() == 0
    assert sessions.decide("one").reasons == ("invalid_request",)


def test_values_that_json_cannot_represent_change_nothing(sessions: nhipol.Sessions) -> None:
    sessions.open("one", REQUEST)
    with pytest.raises(nhipol.SessionError) as refused:
        sessions.patch("one", {"context": {"risk": float("inf")}})
    assert (refused.value.session, refused.value.path) == ("one", "$.context.risk")
    answer = sessions.decide("one", {"context": {"risk": float("nan")}})
    assert answer.reasons == ("invalid_request",)
    assert sessions.decide("one").decision


def test_mistakes_of_the_caller_do_not_end_the_sessions(sessions: nhipol.Sessions) -> None:
    sessions.open("one", REQUEST)
    nothing: Any = object()
    for wrong in (
        lambda: sessions.record("one", "unheard_of"),
        lambda: sessions.record("one", "leaked", time=nothing),
        lambda: sessions.patch("one", nothing),
        lambda: sessions.patch("two", {}),
        lambda: sessions.open("one", REQUEST),
        lambda: sessions.open("\ud800", REQUEST),
        lambda: sessions.open("x" * 256, REQUEST),
        lambda: sessions.open("two", REQUEST, now=nothing),
        lambda: sessions.restore("{}"),
    ):
        with pytest.raises(nhipol.SessionError):
            wrong()
    assert sessions.decide("one", now=nothing).reasons == ("engine_error",)
    assert sessions.decide("one").decision


def test_a_session_moves_to_another_process(sessions: nhipol.Sessions) -> None:
    sessions.open("one", REQUEST)
    answer = sessions.decide("one")
    text = sessions.snapshot("one")
    others = nhipol.load(module("sessions-live")).sessions(clock=lambda: NOW)
    restored = others.restore(text)
    assert restored == nhipol.Restored("one", None)
    assert others.reevaluate("one") == answer
    assert others.snapshot("one") == text


def test_a_module_without_sessions_is_refused() -> None:
    with pytest.raises(nhipol.LoadError, match="--sessions"):
        nhipol.load(module("time-windows")).sessions()


def permitted_by_a_table() -> tuple[nhipol.Policy, nhipol.Sessions]:
    """One session, which pays 4 of its quota of 5, and was decided."""
    policy = nhipol.load(module("sessions-tables"))
    sessions = policy.sessions(clock=lambda: NOW)
    policy.load_table("quotas", {"a": 5})
    policy.load_table("may", {"a": {"low": ["pay"], "high": []}})
    request = {
        "subject": {"type": "agent", "id": "one", "properties": {"team": "a"}},
        "action": {"name": "pay", "properties": {"amount": 4}},
        "resource": {"type": "thing", "id": "t"},
    }
    sessions.open("one", request)
    assert sessions.decide("one").decision
    return policy, sessions


def test_sessions_see_tables_that_are_loaded_later() -> None:
    policy, sessions = permitted_by_a_table()
    policy.load_table("quotas", {"a": 3})
    assert sessions.due() == PAST
    assert [change.after for change in sessions.sweep()] == [Effect.DENY]
    policy.drop_table("quotas")
    assert not sessions.decide("one").decision


def test_memory_grows_up_to_a_limit() -> None:
    policy = nhipol.load(module("sessions-live"))
    sessions = policy.sessions(session_bytes=4_194_304, clock=lambda: NOW)

    def open_all() -> None:
        for number in range(1_000_000):
            sessions.open(f"s-{number}", REQUEST)

    with pytest.raises(nhipol.SessionError) as refused:
        open_all()
    assert refused.value.code == "no_room"
    count = sessions.count()
    assert count > 1_000
    sessions.close("s-0")
    sessions.open("again", REQUEST)
    assert sessions.decide("again").decision
    assert sessions.count() == count


def test_a_sweep_returns_more_changes_than_fit_in_the_module() -> None:
    sessions = nhipol.load(module("sessions-live")).sessions(clock=lambda: NOW)
    for number in range(2_500):
        sessions.open(f"s-{number}", REQUEST)
        sessions.decide(f"s-{number}")
    changes = sessions.sweep(now=NOW + 3_600_000)
    assert len({change.session for change in changes}) == 2_500


def test_threads_share_sessions(sessions: nhipol.Sessions) -> None:
    failed: list[object] = []

    def work(name: str) -> None:
        try:
            for number in range(200):
                session = f"{name}-{number}"
                sessions.open(session, REQUEST)
                if not sessions.decide(session).decision:
                    failed.append(session)
                sessions.close(session)
        except nhipol.SessionError as failure:
            failed.append(failure)

    workers = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    assert sessions.count() == 0


def test_a_clock_that_raises_is_a_deny_and_ends_nothing() -> None:
    times = iter([NOW])
    sessions = nhipol.load(module("sessions-live")).sessions(clock=lambda: next(times))
    sessions.open("one", REQUEST)
    assert sessions.decide("one").reasons == ("engine_error",)
    with pytest.raises(nhipol.SessionError, match="expected an instant"):
        sessions.sweep()
    assert sessions.decide("one", now=NOW).decision


@pytest.mark.parametrize("now", [float("nan"), float("inf"), "now"])
def test_a_sweep_needs_an_instant(sessions: nhipol.Sessions, now: Any) -> None:
    sessions.open("one", REQUEST)
    with pytest.raises(nhipol.SessionError, match="expected an instant in milliseconds"):
        sessions.sweep(now=now)
    assert sessions.decide("one").decision


@pytest.mark.parametrize("fail", [1, 2, 3])
def test_after_the_module_failed_each_sweep_reports_all_sessions_as_denied(fail: int) -> None:
    sessions = nhipol.load(module("sessions-trapping")).sessions(clock=lambda: NOW)
    for session in ("one", "two", "three"):
        sessions.open(session, REQUEST)
    assert sessions.decide("one").decision
    assert sessions.due() is None
    sessions.patch("one", {"context": {"fail": fail}})
    if fail == 1:
        assert sessions.decide("two").reasons == ("engine_error",)
        assert sessions.due() == PAST
    found = [(change.session, change.before, change.after) for change in sessions.sweep()]
    deny = Effect.DENY
    assert sorted(found) == [
        ("one", Effect.PERMIT, deny),
        ("three", deny, deny),
        ("two", deny, deny),
    ]
    assert sessions.due() == PAST
    assert sessions.decide("one").reasons == ("engine_error",)
    with pytest.raises(nhipol.SessionError):
        sessions.open("four", REQUEST)
    sessions.close("one")
    again = [(change.session, change.before, change.after) for change in sessions.sweep()]
    assert sorted(again) == [("three", deny, deny), ("two", deny, deny)]
    sessions.close("two")
    sessions.close("three")
    assert sessions.sweep() == []
    assert sessions.due() is None


def test_a_change_by_a_table_is_returned_by_the_decision_or_the_sweep() -> None:
    policy, sessions = permitted_by_a_table()
    policy.load_table("quotas", {"a": 3})
    assert not sessions.decide("one").decision
    assert sessions.due() == PAST
    changes = [(change.before, change.after) for change in sessions.sweep()]
    assert changes == [(Effect.PERMIT, Effect.DENY)]
    assert sessions.sweep() == []
