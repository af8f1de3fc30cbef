"""Live sessions of a policy: facts and what happened come in, answers go out, and a sweep tells whose answer became another,
because of time, of facts, of tables or of what happened. Deciding never raises: whatever fails is a deny. What else is
asked for raises a `SessionError`, and then nothing changed."""

import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ._contract import (
    CODE_NO_SIGNAL,
    ERROR_TEXTS,
    MAX_CHANGES,
    PART_ACTION,
    PART_RESOURCE,
)
from .answer import Answer, AnswerError, engine_error_answer, invalid_answer
from .answer_reader import AnswerReader, judged_digest
from .errors import SessionError, failure_of
from .instance import Instance
from .instant import Instant
from .json_text import quote
from .kept_calls import UNKNOWN_CALL, KeptCall, call_after, call_in
from .open_sessions import NO_SESSION, HeldSession, OpenSessions
from .session_engine import RefusedError, SessionEngine
from .session_values import (
    WHOLE,
    Change,
    Restored,
    Told,
    came_at,
    effect_in,
    id_of,
    instant_of,
    parts_in,
    session_in,
    text_of,
)


class Sessions:
    """Made by `Policy.sessions`. Any number of threads may use them; they are asked one after the other. Instants are
    `now`, by default the clock's."""

    def __init__(
        self,
        instance: Instance,
        reader: AnswerReader,
        signals: tuple[str, ...],
        follow: Callable[[Instance], bool],
        most_bytes: int,
        clock: Callable[[], Instant],
        policy: str,
    ) -> None:
        self._instance = instance
        self._engine = SessionEngine(instance, reader, most_bytes)
        self._signals = signals
        self._follow = follow
        self._clock = clock
        self._policy = policy
        self._asks_digest = instance.told_digest is not None
        self._lock = threading.RLock()
        self._open = OpenSessions()
        self._has_new_tables = False
        self._noticed: list[Change] = []
        self._failure: AnswerError | None = None

    def __len__(self) -> int:
        return len(self._open)

    def __contains__(self, session: object) -> bool:
        return session in self._open

    def __iter__(self) -> Iterator[str]:
        """The ids of all that are open."""
        return iter(self._open)

    @property
    def memory_bytes(self) -> int:
        """What the memory of the instance takes."""
        return self._instance.memory_bytes

    def open(self, session: str, request: Told, *, now: Instant | None = None) -> None:
        """Opens a session with the facts of a request, which nobody has decided yet."""
        with self._asking(session):
            self._open.expect_none(session)
            name = id_of(session)
            instant = self._at(now)
            text = text_of(request)
            call = self._call_after(UNKNOWN_CALL, text, WHOLE)
            handle = self._engine.open(name, text, instant, call.digest)
            self._open.add(HeldSession(session, handle, call))

    def patch(self, session: str, part: Told) -> None:
        """Changes facts by a request in part (RFC 7396): its members take the place of those that are there, and null takes
        one away."""
        with self._asking(session):
            self._patch(self._open.expect(session), text_of(part), 0)

    def replace(self, session: str, part: Told) -> None:
        """Changes facts by a request in part whose subject, action, resource and context take the place of all that was
        there."""
        with self._asking(session):
            text = text_of(part)
            self._patch(self._open.expect(session), text, parts_in(text))

    def record(
        self,
        session: str,
        signal: str,
        told: Told = b"{}",
        *,
        time: Instant | None = None,
        now: Instant | None = None,
    ) -> None:
        """Records a signal that the policy declares. `time`: when it came about, if not now; one that comes late counts from
        its own time."""
        with self._asking(session):
            held = self._open.expect(session)
            if signal not in self._signals:
                name, expected, _ = ERROR_TEXTS[CODE_NO_SIGNAL]
                raise RefusedError(AnswerError(name, "$", expected, quote(str(signal))))
            instant = self._at(now)
            came = math.nan if time is None else came_at(time)
            place = self._signals.index(signal)
            self._engine.record(held.handle, place, text_of(told), came, instant)

    def decide(
        self, session: str, asked: Told | None = None, *, now: Instant | None = None
    ) -> Answer:
        """Decides what is asked now: action and resource as a whole, and what is new about the context; without `asked` what
        was asked last. The decision is taken: it is part of what happened."""

        def decide(held: HeldSession) -> Answer:
            instant = self._at(now)
            if asked is not None:
                text = text_of(asked)
                replaced = parts_in(text) & (PART_ACTION | PART_RESOURCE)
                self._patch(held, text, replaced)
            return self._engine.decide(held.handle, instant, is_taken=True)

        return self._answer(session, decide)

    def reevaluate(self, session: str, *, now: Instant | None = None) -> Answer:
        """What was asked last, judged once more as things are now; nothing is taken by it."""

        def reevaluate(held: HeldSession) -> Answer:
            return self._engine.decide(held.handle, self._at(now), is_taken=False)

        return self._answer(session, reevaluate)

    def sweep(self, *, now: Instant | None = None, all: bool = False) -> list[Change]:  # noqa: A002
        """Asks once more about the sessions that changed or whose answer may have ended by now; with `all`, and after a
        table was filled or dropped, about every one that was asked before. After the module failed each sweep reports all
        open sessions: they are denied. Raises `SessionError` where `now` is no instant."""
        with self._lock:
            if self._failure is not None:
                return self._denied_by_failure(self._failure)
            try:
                self._catch_up()
                instant = self._at(now)
                noticed, self._noticed = self._noticed, []
                return noticed + self._sweep(instant, all)
            except RefusedError as refused:
                raise SessionError("", refused.error) from None
            except Exception as failure:
                return self._denied_by_failure(self._fail(failure))

    def due(self) -> float | None:
        """When the next sweep may find something, in milliseconds since the epoch: 0 at once, None never. After the module
        failed it is at once."""
        try:
            with self._asking(""):
                due = 0.0 if self._has_new_tables or self._noticed else self._engine.due()
                return None if due == math.inf else due
        except SessionError:
            return 0.0 if len(self._open) > 0 else None

    def snapshot(self, session: str) -> str:
        """A session as text, for `restore`: JSON of one line, with all that it knows and all that it remembers."""
        with self._asking(session):
            return self._engine.snapshot(self._open.expect(session).handle)

    def restore(self, text: str) -> Restored:
        """Opens a session that was open before, here or in another process, under this policy or another. What fits the
        policy is known again; what doesn't restricts."""
        session = session_in(text)
        with self._asking(session):
            self._open.expect_none(session)
            handle, misfit = self._engine.restore(text.encode("utf-8", "surrogatepass"))
            call = UNKNOWN_CALL
            if self._asks_digest:
                call = call_in(text, judged_digest(self._instance))
            self._open.add(HeldSession(session, handle, call, effect_in(text)))
            return Restored(session, misfit)

    def close(self, session: str) -> None:
        """It is no more."""
        with self._lock:
            if self._failure is not None:
                failed = self._open.find(session)
                if failed is None:
                    raise SessionError(session, NO_SESSION)
                self._open.drop(failed)
                return
        with self._asking(session):
            held = self._open.expect(session)
            self._engine.close(held.handle)
            self._open.drop(held)

    @contextmanager
    def _asking(self, session: str) -> Iterator[None]:
        """One at a time, with the tables as they are now. Whatever goes wrong is a `SessionError`."""
        with self._lock:
            if self._failure is not None:
                raise SessionError(session, self._failure)
            try:
                self._catch_up()
                yield
            except RefusedError as refused:
                raise SessionError(session, refused.error) from None
            except Exception as failure:
                raise SessionError(session, self._fail(failure)) from failure

    def _answer(self, session: str, decide: Callable[[HeldSession], Answer]) -> Answer:
        with self._lock:
            held = self._open.find(session)
            if held is None:
                return invalid_answer(NO_SESSION)
            if self._failure is not None:
                return engine_error_answer(self._failure)
            try:
                self._catch_up()
                answer = decide(held)
            except RefusedError as refused:
                answer = refused.answer or invalid_answer(refused.error)
            except Exception as failure:
                return engine_error_answer(self._fail(failure))
            held.effect = answer.effect
            return answer

    def _denied_by_failure(self, failure: AnswerError) -> list[Change]:
        answer = engine_error_answer(failure)
        denied = [Change(held.session, held.effect, answer) for held in self._open.all()]
        for held in self._open.all():
            held.effect = answer.effect
        return denied

    def _fail(self, failure: Exception) -> AnswerError:
        """The module is not asked again, and all sessions are denied: what they knew is lost with it."""
        self._failure = failure_of(failure)
        return self._failure

    def _catch_up(self) -> None:
        if self._follow(self._instance):
            self._has_new_tables = True

    def _sweep(self, now: float, is_all: bool) -> list[Change]:
        found = []
        engine = self._engine
        while True:
            changes = engine.sweep(now, is_all)
            is_all = False
            for handle, before in changes:
                held = self._open.find_handle(handle)
                if held is not None:
                    answer = engine.decide(handle, now, is_taken=False)
                    held.effect = answer.effect
                    found.append(Change(held.session, before, answer))
            is_done = len(changes) < MAX_CHANGES
            # Due at once after a sweep: there was no room to note when answers end.
            if is_done and (engine.due() != 0 or not engine.make_room()):
                return found

    def _patch(self, held: HeldSession, part: bytes, replaced: int) -> None:
        call = self._call_after(held.call, part, replaced)
        self._engine.patch(held.handle, part, replaced, call.digest)
        held.call = call

    def _call_after(self, before: KeptCall, part: bytes, replaced: int) -> KeptCall:
        if not self._asks_digest:
            return before
        return call_after(before, part, replaced, self._policy)

    def _at(self, now: Instant | None) -> float:
        """The instant. After a table changed all sessions are looked at by it first, so that no change is missed because
        someone asks in between: the next sweep tells it."""
        instant = instant_of(now, self._clock)
        if self._has_new_tables:
            self._has_new_tables = False
            self._noticed += self._sweep(instant, is_all=True)
        return instant
