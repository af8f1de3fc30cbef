"""Decisions, tables and instances of a policy."""

import copy
import json
import math
import pickle
import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from conftest import module

import nhipol
from nhipol import Effect, Flag, wasm_calls

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
TEN = datetime(2026, 3, 3, 10, tzinfo=timezone.utc)
TEN_MS = 1_772_532_000_000


def paying_policy(**options: Any) -> nhipol.Policy:
    policy = nhipol.load(module("tables-external"), **options)
    policy.load_table("quotas", {"a": 5, "b": 0})
    policy.load_table("may", '{"a":{"low":["pay"],"high":[]}}')
    policy.load_table("networks", b"{}")
    return policy


@pytest.fixture
def paying() -> nhipol.Policy:
    return paying_policy()


def test_bytes_text_and_values_have_the_same_answer(paying: nhipol.Policy) -> None:
    answer = paying.decide_json(BODY)
    assert answer.decision
    assert answer.effect is Effect.PERMIT
    assert answer.reasons == ("allowed",)
    assert answer.valid_until is None
    for text in (BODY.decode(), bytearray(BODY), memoryview(BODY)):
        assert paying.decide_json(text) == answer
        assert paying.decide_response(text) == answer.response
    assert paying.decide(REQUEST) == answer


def test_an_answer_can_be_copied_and_pickled(paying: nhipol.Policy) -> None:
    answer = paying.decide_json(BODY)
    assert copy.deepcopy(answer) == answer
    assert pickle.loads(pickle.dumps(answer)) == answer
    assert hash(answer) == hash(copy.deepcopy(answer))


def test_the_manifest_describes_the_policy(paying: nhipol.Policy) -> None:
    assert paying.manifest["policy"] == {"name": paying.name, "version": paying.version}


@pytest.mark.parametrize(
    "now",
    [TEN_MS, float(TEN_MS), TEN_MS + 0.9, TEN, datetime.fromisoformat("2026-03-03T12:00+02:00")],
)
def test_an_instant_has_several_forms(now: nhipol.Instant) -> None:
    policy = nhipol.load(module("time-valid-until"))
    answer = policy.decide(HOURS, now=now)
    assert answer.effect is Effect.PERMIT
    assert answer.valid_until_ms == 1_772_532_540_001
    assert answer.valid_until == datetime(2026, 3, 3, 10, 9, 0, 1000, tzinfo=timezone.utc)


@pytest.mark.parametrize("now", [math.nan, math.inf, 8.64e15 + 2, 10**400, "now", True, datetime(2026, 3, 3)])
def test_what_is_not_an_instant_is_an_engine_error(paying: nhipol.Policy, now: Any) -> None:
    for answer in (paying.decide_json(BODY, now=now), paying.decide(REQUEST, now=now)):
        assert answer.effect is Effect.DENY
        assert answer.reasons == ("engine_error",)
        assert answer.flags == Flag.NO_INSTANT


def test_the_clock_is_that_of_the_host_or_of_the_request() -> None:
    policy = nhipol.load(module("time-valid-until"))
    request = {**HOURS, "context": {"time": TEN}}
    assert policy.decide(request).effect is not Effect.PERMIT
    assert policy.decide(request, clock="request").effect is Effect.PERMIT
    other: Any = "sundial"
    assert policy.decide(request, clock=other).reasons == ("engine_error",)


@pytest.mark.parametrize("body", [None, 5, {}, [b"{}"]])
def test_a_request_that_is_not_text_is_an_engine_error(paying: nhipol.Policy, body: Any) -> None:
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
def test_an_invalid_text_is_denied(paying: nhipol.Policy, body: bytes | str, code: str) -> None:
    answer = paying.decide_json(body)
    assert answer.reasons == ("invalid_request",)
    assert answer.flags == Flag.INVALID
    assert answer.error is not None
    assert answer.error.code == code


class Raising(Mapping[str, object]):
    """A mapping of the caller that raises."""

    def __getitem__(self, name: str) -> object:
        raise RuntimeError(name)

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError

    def __len__(self) -> int:
        return 1


def test_an_exception_of_the_request_is_a_deny(paying: nhipol.Policy) -> None:
    answer = paying.decide({**REQUEST, "subject": Raising()})
    assert answer.reasons == ("engine_error",)
    assert paying.decide(REQUEST).decision


def test_a_value_that_json_cannot_represent_is_an_invalid_request(paying: nhipol.Policy) -> None:
    answer = paying.decide({**REQUEST, "action": {"name": "pay", "properties": {"amount": math.nan}}})
    assert answer.reasons == ("invalid_request",)
    assert answer.flags == Flag.INVALID
    assert answer.error is not None
    assert answer.error.path == "$.action.properties.amount"
    context = json.loads(answer.response)["context"]
    assert context["error"]["found"] == "NaN"
    assert context["read"] == ["action", "context", "resource", "subject"]


def test_without_private_names_of_wasmtime_answers_are_the_same(paying: nhipol.Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wasm_calls._invokers is not None
    monkeypatch.setattr(wasm_calls, "_invokers", None)
    assert paying_policy().decide_json(BODY) == paying.decide_json(BODY)
    found = nhipol.load(module("answers-canned")).decide_json(b"trap", now=0).error
    assert found is not None
    assert found.found == "a trap: wasm `unreachable` instruction executed"


def test_a_table_that_is_refused_is_unchanged(paying: nhipol.Policy) -> None:
    with pytest.raises(nhipol.TableError) as refused:
        paying.load_table("quotas", {"a": "many"})
    assert (refused.value.table, refused.value.path) == ("quotas", "$.a")
    assert paying.decide_json(BODY).decision
    with pytest.raises(nhipol.TableError, match="a number that JSON can represent"):
        paying.load_table("quotas", {"a": math.nan})
    for name in ("quota", "q" * 256, "\ud800"):
        with pytest.raises(nhipol.TableError) as unknown:
            paying.load_table(name, {})
        assert unknown.value.code == nhipol.ErrorCode.UNKNOWN_TABLE
    paying.drop_table("quotas")
    assert not paying.decide_json(BODY).decision


def test_a_policy_without_tables_has_none() -> None:
    with pytest.raises(nhipol.TableError) as unknown:
        nhipol.load(module("time-windows")).drop_table("quotas")
    assert unknown.value.code == nhipol.ErrorCode.UNKNOWN_TABLE


def test_tables_have_a_limit() -> None:
    large = {f"team-{number}": number % 1000 for number in range(60_000)}
    with pytest.raises(nhipol.TableError) as refused:
        nhipol.load(module("tables-external"), table_bytes=262_144).load_table("quotas", large)
    assert refused.value.code in ("out_of_memory", "too_large")
    policy = paying_policy()
    policy.load_table("quotas", {**large, "a": 5})
    assert policy.decide_json(BODY).decision


def test_memory_has_a_limit() -> None:
    with pytest.raises(nhipol.LoadError, match="cannot be started"):
        nhipol.load(module("tables-external"), max_memory_bytes=65_536)
    start = nhipol.load(module("tables-external")).memory_bytes
    policy = nhipol.load(module("tables-external"), max_memory_bytes=start + 131_072)
    large = json.dumps({f"team-{number}": 1 for number in range(30_000)})
    with pytest.raises(nhipol.TableError) as refused:
        policy.load_table("quotas", large)
    assert refused.value.code == nhipol.ErrorCode.OUT_OF_MEMORY
    assert policy.memory_bytes <= start + 131_072
    assert policy.decide_json(BODY).error is None


@pytest.mark.parametrize("max_instances", [1, 64])
def test_threads_decide_at_the_same_time_and_see_the_tables(max_instances: int) -> None:
    policy = paying_policy(max_instances=max_instances)
    wrong: list[nhipol.Answer] = []
    done = threading.Event()

    def decide() -> None:
        while not done.is_set():
            answer = policy.decide_json(BODY)
            if answer.error is not None:
                wrong.append(answer)

    workers = [threading.Thread(target=decide) for _ in range(4)]
    for worker in workers:
        worker.start()
    for number in range(20):
        policy.load_table("quotas", {"a": number})
        assert policy.decide_json(BODY).decision == (number >= 5)
    done.set()
    for worker in workers:
        worker.join()
    assert wrong == []


def test_failed_instances_do_not_count() -> None:
    policy = nhipol.load(module("answers-canned"), max_instances=1)
    for _ in range(3):
        assert policy.decide_json(b"trap", now=0).reasons == ("engine_error",)
    assert policy.decide_json(b"then", now=0).error is None


@pytest.mark.parametrize("code", [b"", b"(module)", b"\0asm", b"\0asm\1\0\0\0"])
def test_what_is_not_a_policy_is_refused(code: bytes) -> None:
    with pytest.raises(nhipol.LoadError):
        nhipol.load(code)


@pytest.mark.parametrize(("given", "what"), [("policy.wasm", "str"), (Path("policy.wasm"), "PosixPath"), (5, "int")])
def test_load_takes_bytes(given: Any, what: str) -> None:
    with pytest.raises(TypeError, match=f"load takes the bytes of a module, not {what}"):
        nhipol.load(given)
