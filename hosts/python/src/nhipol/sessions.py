"""Live sessions: facts and signals go in, answers come out, and a sweep returns the sessions whose answer changed. Deciding
never raises: every failure is a deny. Any other call that is refused raises `SessionError`, and nothing changed."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from math import inf, nan
from struct import Struct
from typing import Any, Final, NamedTuple

from . import _contract as abi
from ._contract import Effect
from .answer import Answer, denial
from .errors import AnswerError, EngineError, SessionError, describe, violation
from .instance import Instance
from .instant import EPOCH, INVALID, Instant, milliseconds, to_datetime
from .json_input import JsonInput, JsonText, json_bytes
from .possibility import Possibility, impossible
from .responses import ResponseReader, read_error, read_refusal
from .tables import Tables

_EVERY_PART: Final = abi.PART_SUBJECT | abi.PART_ACTION | abi.PART_RESOURCE | abi.PART_CONTEXT
_SWEEP_INTERVAL: Final = 1000
"""In milliseconds, if the module cannot say when answers expire."""
_NOT_AN_INSTANT: Final = 0xFFFF_FFFF
_NUMBER_NOT_AN_INSTANT: Final = 30
_EFFECTS: Final = tuple(Effect)
_CHANGES: Final = Struct("<IBB2x").iter_unpack
_NO_SESSION: Final = AnswerError(abi.ErrorCode.NO_SESSION, "$", "the id of an open session", "an unknown id")
"""For a host that must not call the module."""
_NO_POSSIBILITY: Final = describe(EngineError(abi.ENGINE_POSSIBILITY, abi.ENGINE_NO_POSSIBILITY))


class Change(NamedTuple):
    """A session whose answer changed."""

    session: str
    before: Effect
    answer: Answer

    @property
    def after(self) -> Effect:
        return self.answer.effect


class Restored(NamedTuple):
    """A session that is open again, and the first of its facts that does not fit the policy."""

    session: str
    mismatch: AnswerError | None


class Sessions:
    """Returned by `Policy.sessions`. May be used by any number of threads, one of which calls the module at a time. `now`
    is the instant of a call, default: the clock of the sessions. A request, a part of one or a payload is a mapping or
    JSON."""

    def __init__(self, instance: Instance, reader: ResponseReader, tables: Tables, clock: Callable[[], Instant]) -> None:
        self._instance = instance
        self._reader = reader
        self._tables = tables
        self._clock = clock
        self._lock = threading.RLock()
        self._handles: dict[str, int] = {}
        self._ids: dict[int, str] = {}
        self._effects: dict[str, Effect] = {}
        """Of the last answers that were returned or reported."""
        self._failure: AnswerError | None = None
        self._lacks_memory = False
        """The module cannot store when answers expire: all sessions must be evaluated from time to time."""

    def __contains__(self, session: object) -> bool:
        return session in self._handles

    def __iter__(self) -> Iterator[str]:
        """The ids of the open sessions."""
        return iter(tuple(self._handles))

    def count(self) -> int:
        """The number of open sessions."""
        return len(self._handles)

    @property
    def memory_bytes(self) -> int:
        """The memory of the instance."""
        return self._instance.memory_bytes

    def open(self, session: str, request: JsonInput, *, now: Instant | None = None) -> None:
        """Opens a session with the facts of a request. Decides nothing."""
        name, text, instant = _text(session, session), _text(session, request), self._instant(now)
        with self._calling(session) as (calls, handle):
            if handle:
                raise self._refused(session, calls.refuse(abi.NUMBER_SESSION_EXISTS))
            id_length, length = self._instance.write_name(name), self._instance.write_request(text)
            handle = self._expect(session, calls.session_open(id_length, length, instant))
            self._handles[session], self._ids[handle] = handle, session

    def patch(self, session: str, part: JsonInput) -> None:
        """Changes facts by a part of a request (RFC 7396): its members replace existing ones, and null removes one."""
        self._patch(session, part, 0)

    def replace(self, session: str, part: JsonInput) -> None:
        """Changes facts by a part of a request whose subject, action, resource and context replace the previous ones as a
        whole."""
        self._patch(session, part, _EVERY_PART)

    def record(
        self, session: str, signal: str, payload: JsonInput = b"{}", *, time: Instant | None = None, now: Instant | None = None
    ) -> None:
        """Records a signal that the policy declares. It counts from `time`, default: now."""
        name, text, instant = _text(session, signal), _text(session, payload), self._instant(now)
        from_time = nan if time is None else milliseconds(time)
        with self._calling(session) as (calls, handle):
            number = calls.signal_find(self._instance.write_name(name))
            length = self._instance.write_request(text)
            self._expect_none(session, calls.session_record(handle, number, length, from_time, instant))

    def decide(self, session: str, request: JsonInput | None = None, *, now: Instant | None = None) -> Answer:
        """Decides a request, whose action and resource replace the previous ones and whose context is merged; default: the
        latest request. The decision becomes part of the history."""
        if request is None:
            return self._decide(session, b"", abi.ASK_LATEST, now)
        try:
            return self._decide(session, json_bytes(request), abi.ASK_GIVEN, now)
        except Exception as failure:
            return denial(describe(failure))

    def reevaluate(self, session: str, *, now: Instant | None = None) -> Answer:
        """Evaluates the latest request again, as things are now. No decision is taken."""
        return self._decide(session, b"", abi.ASK_AGAIN, now)

    def could(self, session: str, request: JsonInput | None = None, *, now: Instant | None = None) -> Possibility:
        """Whether a request could be permitted now, for some value of the members that neither it nor the session has: an
        action, a resource and changes of the context; default: the latest request. Nothing about the session changes. The
        module must have been compiled with `--possible`."""
        try:
            text = b"" if request is None else json_bytes(request)
        except Exception as failure:
            return impossible(denial(describe(failure)))
        instant = self._instant(now)
        with self._lock:
            try:
                with self._calling(session) as (calls, handle):
                    if not hasattr(calls, "session_could"):
                        return impossible(denial(_NO_POSSIBILITY))
                    length = self._instance.write_request(text)
                    address = calls.session_could(handle, length, instant, abi.FORM_UNLESS_KEYED)
                    return self._reader.possibility(self._instance, address)
            except SessionError as failed:
                return impossible(denial(failed.error if session in self._handles else _NO_SESSION))

    def sweep(self, *, now: Instant | None = None, all: bool = False) -> list[Change]:  # noqa: A002
        """Evaluates the sessions that changed, whose tables changed, or whose answer may have expired; with `all`, every
        session that was evaluated before. Returns those whose answer changed. After the module has failed, each sweep
        returns all open sessions: they are denied. Raises `SessionError` if `now` is not an instant."""
        instant = self._instant(now)
        with self._lock:
            try:
                with self._calling("") as (calls, _):
                    changes = self._sweep(calls, instant, all or self._lacks_memory)
            except SessionError:
                if self._failure is None:
                    raise
                answer = denial(self._failure)
                changes = [Change(each, self._effects.get(each, Effect.DENY), answer) for each in self]
            self._effects.update({change.session: change.after for change in changes})
            return changes

    def due(self) -> datetime | None:
        """When a sweep may find a change; None: never; an instant in the past: immediately."""
        try:
            with self._calling("") as (calls, _):
                due: float = calls.session_due()
                if due == 0 and self._lacks_memory:
                    due = self._instant(None) + _SWEEP_INTERVAL
                return None if due == inf else to_datetime(due)
        except SessionError:
            return EPOCH if self._handles else None

    def snapshot(self, session: str) -> str:
        """All facts and history of a session, as one line of JSON for `restore`."""
        with self._calling(session) as (calls, handle):
            length = self._expect(session, calls.session_snapshot(handle))
            return self._instance.read(calls.session_buffer(0), length).decode("utf-8")

    def restore(self, snapshot: JsonText) -> Restored:
        """Opens a session from its snapshot, taken here or in another process, possibly under another policy. Facts that
        do not fit the policy are unknown, and the first of them is returned as `mismatch`."""
        text = _text("", snapshot)
        with self._calling("") as (calls, _):
            if len(text) <= abi.MAX_SNAPSHOT_BYTES:
                self._instance.write_to(calls.session_buffer, text)
            # All longer ones are refused alike.
            handle = self._expect("", calls.session_restore(min(len(text), abi.MAX_SNAPSHOT_BYTES + 1)))
            _, mismatch = read_error(self._instance, calls.respond(abi.FORM_RESPONSE))
            session = self._instance.read(self._instance.name, calls.session_name(handle)).decode()
            if session in self._handles:
                calls.session_close(handle)
                raise self._refused(session, calls.refuse(abi.NUMBER_SESSION_EXISTS))
            self._handles[session], self._ids[handle] = handle, session
            with suppress(ValueError, KeyError, TypeError, RecursionError):
                self._effects[session] = Effect(json.loads(text)["effect"])
            return Restored(session, mismatch)

    def close(self, session: str) -> None:
        """Closes a session."""
        with self._lock:
            if self._failure is None:
                with self._calling(session) as (calls, handle):
                    self._expect_none(session, calls.session_close(handle))
            if session not in self._handles:
                raise SessionError(session, _NO_SESSION)
            del self._ids[self._handles.pop(session)]
            self._effects.pop(session, None)

    def end(self) -> None:
        """Closes all sessions."""
        for session in self:
            with suppress(SessionError):
                self.close(session)

    @contextmanager
    def _calling(self, session: str) -> Iterator[tuple[Any, int]]:
        """The functions of the module for one thread at a time, and the handle of the session; 0: there is none, and the
        module refuses it. Every failure becomes a `SessionError`."""
        with self._lock:
            try:
                if self._failure is None:
                    self._tables.update(self._instance)
                    yield self._instance.calls, self._handles.get(session, 0)
                    return
            except SessionError:
                raise
            except Exception as failure:
                # The facts of the sessions are lost: the module is not called again.
                self._failure = describe(failure)
            raise SessionError(session, self._failure)

    def _decide(self, session: str, text: bytes, ask: int, now: Instant | None) -> Answer:
        instant = self._instant(now)
        with self._lock:
            try:
                with self._calling(session) as (calls, handle):
                    length = self._instance.write_request(text)
                    address = calls.session_decide(handle, length, instant, ask, abi.FORM_UNLESS_KEYED)
                    answer = self._reader.answer(self._instance, address)
            except SessionError as failed:
                answer = denial(failed.error if session in self._handles else _NO_SESSION)
            if session in self._handles:
                self._effects[session] = answer.effect
            return answer

    def _patch(self, session: str, part: JsonInput, whole: int) -> None:
        text = _text(session, part)
        with self._calling(session) as (calls, handle):
            self._expect_none(session, calls.session_patch(handle, self._instance.write_request(text), whole))

    def _sweep(self, calls: Any, instant: float, is_all: bool) -> list[Change]:
        changes = []
        count = abi.MAX_CHANGES
        while count == abi.MAX_CHANGES:
            count = calls.session_sweep(instant, int(is_all))
            if count == _NOT_AN_INSTANT:
                raise self._refused("", calls.refuse(_NUMBER_NOT_AN_INSTANT))
            if count > abi.MAX_CHANGES:
                raise violation(abi.VIOLATION_TOO_MANY_CHANGES)
            entries = self._instance.read(self._instance.changes, count * abi.CHANGE_SIZE)
            for handle, before, _ in _CHANGES(entries):
                if before >= len(_EFFECTS):
                    raise violation(abi.VIOLATION_UNKNOWN_EFFECT)
                address = calls.session_decide(handle, 0, instant, abi.ASK_AGAIN, abi.FORM_UNLESS_KEYED)
                answer = self._reader.answer(self._instance, address)
                changes.append(Change(self._ids[handle], _EFFECTS[before], answer))
            is_all = False
        self._lacks_memory = calls.session_due() == 0
        return changes

    def _instant(self, now: Instant | None) -> float:
        try:
            return milliseconds(self._clock() if now is None else now)
        except Exception:
            # The module refuses it.
            return INVALID

    def _expect(self, session: str, value: int) -> int:
        """A handle or a length; with 0 the module refused the call."""
        if not value:
            raise self._refused(session, self._instance.calls.respond(abi.FORM_RESPONSE))
        return value

    def _expect_none(self, session: str, refused: int) -> None:
        if refused:
            raise self._refused(session, refused)

    def _refused(self, session: str, address: int) -> SessionError:
        effect, error = read_refusal(self._instance, address)
        if effect is Effect.REVOKE and session in self._handles:
            self._effects[session] = effect
        return SessionError(session, error)


def _text(session: str, value: JsonInput) -> bytes:
    try:
        return json_bytes(value)
    except Exception as failure:
        raise SessionError(session, describe(failure)) from failure
