import copy
import json
import math
import pickle
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import module

import nhipol
from nhipol import Effect, wasm_calls

REQUEST: dict[str, Any] = {
    "subject": {"type": "agent", "id": "s-1", "properties": {"team": "a"}},
    "action": {"name": "pay", "properties": {"amount": 5}},
    "resource": {"type": "thing", "id": "r-1"},
}
BODY = json.dumps(REQUEST).encode()
HOURS: dict[str, Any] = {
    "subject": {
        "type": "agent",
        "id": "s-1",
        "properties": {
            "starts": "2026-03-03T09:00:00Z",
            "ends": "2026-03-03T18:00:00Z",
            "seen": "2026-03-03T09:59:00Z",
        },
    },
    "action": {"name": "use"},
    "resource": {"type": "thing", "id": "r-1"},
}
TEN = datetime(2026, 3, 3, 10, tzinfo=UTC)
TEN_MS = 1_772_532_000_000


@pytest.fixture
def paying() -> nhipol.Policy:
    policy = nhipol.load(module("tables-external"))
    policy.load_table("quotas", {"a": 5, "b": 0})
    policy.load_table("may", '{"a":{"low":["pay"],"high":[]}}')
    policy.load_table("networks", b"{}")
    return policy


def test_bytes_and_text_and_values_have_the_same_answer(paying: nhipol.Policy) -> None:
    answer = paying.decide_json(BODY)
    assert answer.decision
    assert answer.effect is Effect.PERMIT
    assert answer.reasons == ("allowed",)
    assert answer.valid_until is None
    for told in (BODY.decode(), bytearray(BODY), memoryview(BODY)):
        assert paying.decide_json(told) == answer
    assert paying.decide(REQUEST) == answer


def test_an_answer_that_comes_again_is_the_same_object(paying: nhipol.Policy) -> None:
    assert paying.decide_json(BODY) is paying.decide_json(BODY)


def test_an_answer_is_copied_and_pickled(paying: nhipol.Policy) -> None:
    answer = paying.decide_json(BODY)
    assert copy.deepcopy(answer) == answer
    assert pickle.loads(pickle.dumps(answer)) == answer
    assert hash(answer) == hash(copy.deepcopy(answer))


def test_an_answer_tells_itself_as_authzen_has_it(paying: nhipol.Policy) -> None:
    response = paying.decide_json(BODY).to_authzen()
    assert response["decision"] is True
    assert json.loads(paying.decide_json(BODY).to_authzen_json()) == response


@pytest.mark.parametrize(
    "now",
    [TEN_MS, float(TEN_MS), TEN_MS + 0.9, TEN, datetime.fromisoformat("2026-03-03T12:00+02:00")],
)
def test_an_instant_is_told_in_many_ways(now: nhipol.Instant) -> None:
    policy = nhipol.load(module("time-valid-until"))
    answer = policy.decide(HOURS, now=now)
    assert answer.effect is Effect.PERMIT
    assert answer.valid_until == 1_772_532_540_001


@pytest.mark.parametrize(
    "now", [math.nan, math.inf, 8.64e15 + 2, 10**400, "now", True, datetime(2026, 3, 3)]
)
def test_what_is_no_instant_is_never_passed_on(paying: nhipol.Policy, now: Any) -> None:
    for answer in (paying.decide_json(BODY, now=now), paying.decide(REQUEST, now=now)):
        assert answer.effect is Effect.DENY
        assert answer.reasons == ("engine_error",)


def test_a_clock_is_the_hosts_or_the_requests() -> None:
    policy = nhipol.load(module("time-valid-until"))
    asked = {**HOURS, "context": {"time": TEN}}
    assert policy.decide(asked).effect is not Effect.PERMIT
    assert policy.decide(asked, clock="request").effect is Effect.PERMIT
    other: Any = "sundial"
    assert policy.decide(asked, clock=other).reasons == ("engine_error",)


def test_the_same_answer_holds_until_another_instant() -> None:
    policy = nhipol.load(module("time-valid-until"))
    first = policy.decide(HOURS, now=TEN)
    later = copy.deepcopy(HOURS)
    later["subject"]["properties"]["ends"] = "2026-03-03T10:00:30Z"
    second = policy.decide(later, now=TEN)
    assert second.valid_until == TEN_MS + 30_000
    assert second.reason_details is first.reason_details
    assert policy.decide(HOURS, now=TEN) == first


@pytest.mark.parametrize("body", [None, 5, {}, [b"{}"]])
def test_what_is_no_text_is_denied(paying: nhipol.Policy, body: Any) -> None:
    answer = paying.decide_json(body)
    assert (answer.decision, answer.reasons) == (False, ("engine_error",))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b'"\xff"', "not_utf8"),
        ('"\ud800"', "not_utf8"),
        ('{"a":"\\ud800"}', "lone_surrogate"),
        (b"[" * 100, "too_deep"),
        (b" " * 65_537, "too_large"),
        (b" " * 3_000_000, "too_large"),
    ],
)
def test_a_text_at_fault_is_denied(paying: nhipol.Policy, body: bytes | str, code: str) -> None:
    answer = paying.decide_json(body)
    assert answer.reasons == ("invalid_request",)
    assert answer.error is not None
    assert answer.error.code == code


class Raising(Mapping[str, object]):
    """The caller's own code."""

    def __getitem__(self, name: str) -> object:
        raise RuntimeError(name)

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError

    def __len__(self) -> int:
        return 1


def test_what_the_callers_code_raises_is_a_deny(paying: nhipol.Policy) -> None:
    answer = paying.decide({**REQUEST, "subject": Raising()})
    assert answer.reasons == ("engine_error",)
    assert paying.decide(REQUEST).decision


def test_values_that_json_cannot_carry_are_refused_where_they_are_declared(
    paying: nhipol.Policy,
) -> None:
    paid = {**REQUEST, "action": {"name": "pay", "properties": {"amount": math.nan}}}
    answer = paying.decide(paid)
    assert answer.reasons == ("invalid_request",)
    assert answer.error is not None
    assert answer.error.path == "$.action.properties.amount"
    beside = {**REQUEST, "action": {"name": "pay", "properties": {"amount": 5, "other": math.nan}}}
    assert paying.decide(beside).decision


@pytest.mark.parametrize(
    ("given", "what"), [("policy.wasm", "a path"), (Path("policy.wasm"), "a path"), (5, "int")]
)
def test_load_takes_bytes(given: Any, what: str) -> None:
    with pytest.raises(TypeError, match=f"load takes the bytes of a module, not {what}"):
        nhipol.load(given)


def test_the_digest_of_the_call_counts_all_that_was_said_of_it() -> None:
    policy = nhipol.load(module("requests-call-digest"))
    call: dict[str, Any] = {
        "subject": {"type": "agent", "id": "a"},
        "action": {"name": "pay", "properties": {"amount": 5}},
        "resource": {"type": "account", "id": "b1"},
    }
    digest = "sha-256:2c260ca6c0b51109bc1c96d3bc06ff23f58ba5c747582ba4128a0e3bed36b18f"
    assert policy.decide(call, now=TEN).call_digest == digest
    call["subject"]["properties"] = {"token": math.nan}
    assert policy.decide(call, now=TEN).call_digest == digest
    call["subject"]["properties"] = {"on_behalf_of": {"id": "alice", "exp": 1}}
    delegated = policy.decide(call, now=TEN).call_digest
    assert delegated not in (None, digest)
    call["subject"]["properties"] = {"on_behalf_of": {"exp": 2, "id": "alice"}}
    assert policy.decide(call, now=TEN).call_digest == delegated
    call["subject"]["properties"] = {"on_behalf_of": {"id": "alice", "exp": math.nan}}
    assert policy.decide(call, now=TEN).reasons == ("invalid_request",)
    del call["subject"]["properties"]
    call["resource"]["more"] = Decimal("1.50")
    with_more = policy.decide(call, now=TEN).call_digest
    assert with_more not in (None, digest)
    call["resource"]["more"] = 1.5
    assert policy.decide(call, now=TEN).call_digest == with_more
    call["resource"]["more"] = math.inf
    assert policy.decide(call, now=TEN).reasons == ("invalid_request",)


def test_a_trap_is_a_deny_and_the_next_is_asked_of_another_instance() -> None:
    policy = nhipol.load(module("answers-canned"))
    for _ in range(2):
        answer = policy.decide_json(b"trap", now=0)
        assert answer.reasons == ("engine_error",)
        assert answer.error is not None
        assert answer.error.found == "a trap: wasm `unreachable` instruction executed"


def test_without_private_names_answers_are_the_same(
    paying: nhipol.Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wasm_calls._invokers is not None
    monkeypatch.setattr(wasm_calls, "_invokers", None)
    slow = nhipol.load(module("tables-external"))
    slow.load_table("quotas", {"a": 5, "b": 0})
    slow.load_table("may", {"a": {"low": ["pay"], "high": []}})
    slow.load_table("networks", {})
    assert slow.decide_json(BODY) == paying.decide_json(BODY)
    canned = nhipol.load(module("answers-canned"))
    found = canned.decide_json(b"trap", now=0).error
    assert found is not None
    assert found.found == "a trap: wasm `unreachable` instruction executed"


def test_a_table_that_is_refused_leaves_what_was_there(paying: nhipol.Policy) -> None:
    with pytest.raises(nhipol.TableError) as refused:
        paying.load_table("quotas", {"a": "many"})
    assert (refused.value.table, refused.value.path) == ("quotas", "$.a")
    assert paying.decide_json(BODY).decision
    with pytest.raises(nhipol.TableError, match="a number that JSON can represent"):
        paying.load_table("quotas", {"a": math.nan})
    with pytest.raises(nhipol.TableError) as unknown:
        paying.load_table("quota", {})
    assert unknown.value.code == "unknown_table"
    paying.drop_table("quotas")
    assert not paying.decide_json(BODY).decision


def test_tables_have_a_limit() -> None:
    policy = nhipol.load(module("tables-external"), table_bytes=262_144)
    large = {f"team-{number}": number % 1000 for number in range(60_000)}
    with pytest.raises(nhipol.TableError) as refused:
        policy.load_table("quotas", large)
    assert refused.value.code in ("out_of_memory", "too_large")
    policy = nhipol.load(module("tables-external"))
    policy.load_table("quotas", large)


def test_memory_has_a_limit() -> None:
    with pytest.raises(nhipol.LoadError, match="cannot be started"):
        nhipol.load(module("tables-external"), max_memory_bytes=65_536)
    start = nhipol.load(module("tables-external")).memory_bytes
    policy = nhipol.load(module("tables-external"), max_memory_bytes=start + 131_072)
    large = json.dumps({f"team-{number}": 1 for number in range(30_000)})
    with pytest.raises(nhipol.TableError) as refused:
        policy.load_table("quotas", large)
    assert refused.value.code == "out_of_memory"
    assert policy.memory_bytes <= start + 131_072
    assert policy.decide_json(BODY).error is None


def test_threads_ask_at_the_same_time_and_see_the_tables(paying: nhipol.Policy) -> None:
    wrong: list[nhipol.Answer] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            answer = paying.decide_json(BODY)
            if answer.error is not None:
                wrong.append(answer)

    workers = [threading.Thread(target=ask) for _ in range(4)]
    for worker in workers:
        worker.start()
    for number in range(50):
        paying.load_table("quotas", {"a": number})
        assert paying.decide_json(BODY).decision == (number >= 5)
    done.set()
    for worker in workers:
        worker.join()
    assert wrong == []


@pytest.mark.parametrize("code", [b"", b"(module)", b"\0asm", b"\0asm\1\0\0\0"])
def test_what_is_no_policy_is_refused(code: bytes) -> None:
    with pytest.raises(nhipol.LoadError):
        nhipol.load(code)
