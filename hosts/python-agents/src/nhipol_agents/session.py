"""The session of an identity: decides its calls, records what became of them, and ends when the identity is revoked. It
never permits what it could not decide or log."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import Any, Final, Literal, TypeAlias

import nhipol
from nhipol import Effect

from .approval import Granted
from .call import Call
from .decision import Decision, decision_of, refusal
from .declared import Declared
from .encoding import Encoded, decode, encode, merged
from .errors import LogError
from .log import DecisionLog

Trigger: TypeAlias = Literal["request", "time", "event", "approval"]
Outcome: TypeAlias = Literal["completed", "failed", "delivered"]
"""`delivered`: the function ran, so that its result, the text of its exception or its effects can reach the agent."""

logger: Final = logging.getLogger("nhipol_agents")

_MAX_TEXT: Final = 48 * 1024
"""A module reads at most 64 KiB; the rest is left for the facts of the session."""


@lru_cache(maxsize=16)
def _load(module: bytes) -> nhipol.Policy:
    """Compiles a module once for all of its guards, since that takes a tenth of a second and more."""
    return nhipol.load(module)


class Session:
    """May be used by any number of threads. `clock`: milliseconds since the epoch."""

    def __init__(
        self,
        module: bytes,
        session: str,
        subject: Mapping[str, Any],
        context: Mapping[str, Any],
        log: DecisionLog | None,
        is_log_required: bool,
        clock: Callable[[], float],
    ) -> None:
        policy = _load(module)
        manifest = policy.manifest
        about = manifest.get("sessions", {})
        digest = f"sha-256:{hashlib.sha256(module).hexdigest()}"
        self.id: Final = session
        self.declared: Final = Declared(manifest.get("schema"))
        self.takes_approvals: Final = about.get("approvals") is True
        self.lost_lines = 0
        """The number of lines that could not be written."""
        self._signals = frozenset(about.get("signals", ()))
        self._clock = clock
        self._sessions = policy.sessions(clock=clock)
        self._policy = policy
        self._log = log
        self._is_log_required = is_log_required
        self._common = {
            "entry_point": "middleware",
            "session": session,
            "policy": Encoded(encode({"name": policy.name, "version": policy.version, "digest": digest})),
        }
        self._lock = threading.RLock()
        self._wakers: set[Callable[[], None]] = set()
        self._latest: Call | None = None
        self._ending: Decision | None = None
        self._unsettled: tuple[nhipol.Obligation, ...] = ()
        self._facts: dict[str, Any] = decode(encode({"subject": subject, "context": context}))
        self._opening_context: Final = self._facts["context"]
        self._sessions.open(session, encode(self._facts))
        is_logged = self._write("opened", request=self.declared.visible(self._facts), mode="enforce")
        if not is_logged and is_log_required:
            raise LogError("the decision log cannot be written")

    @property
    def subject(self) -> Mapping[str, Any]:
        subject: Mapping[str, Any] = self._facts["subject"]
        return subject

    @property
    def ending(self) -> Decision | None:
        """Why every call is refused: the session was revoked or closed."""
        return self._ending

    @cached_property
    def _copies(self) -> nhipol.Sessions:
        """For calls that are evaluated in a copy of the session."""
        return self._policy.sessions(clock=self._clock)

    def now(self) -> float:
        return self._clock()

    def decide(
        self,
        call: Call,
        *,
        trigger: Trigger = "request",
        is_lowered: bool = False,
        granted: Granted | None = None,
        problem_of: Callable[[Decision], str | None],
        can_ask: Callable[[Decision], bool],
    ) -> Decision:
        """Decides a call, which becomes an event of the session. `granted` is used up. `problem_of`: why a permitted call
        cannot be made; `can_ask`: whether an approver will be asked about a challenge."""
        started = time.perf_counter()
        with self._lock:
            decision = self._ending or self._guarded(lambda: self._decided(call, granted))
            self._latest = call
            if decision.effect is Effect.REVOKE:
                self._revoke(decision)
            if not decision.is_permitted:
                enforcement = "asked" if can_ask(decision) else "refused"
            elif problem_of(decision) is not None:
                enforcement = "refused"
            else:
                enforcement = "lowered" if is_lowered else "passed"
            return self._logged(call, decision, started, trigger, enforcement, granted)

    def recheck(
        self, call: Call, trigger: Trigger, granted: Granted | None, problem_of: Callable[[Decision], str | None]
    ) -> Decision:
        """Evaluates a call that is being made again, as things are now. It does not become an event of the session. If
        the call is not the latest, its own decision counts as one of those before it. `problem_of`: why it is stopped."""
        started = time.perf_counter()
        with self._lock:
            decision = self._ending or self._guarded(lambda: self._reevaluated(call, granted))
            if decision.effect is Effect.REVOKE:
                self._revoke(decision)
            is_stopped = problem_of(decision) is not None
            if trigger == "event" and not is_stopped:
                # Each event is followed by one evaluation for each running call: only those that stop a call are logged.
                return decision
            enforcement = "stopped" if is_stopped else "passed"
            return self._logged(call, decision, started, trigger, enforcement, granted)

    def record(self, signal: str, payload: Mapping[str, Any]) -> None:
        """Records a signal, and evaluates the session again. Raises `SessionError` if the policy does not declare it."""
        with self._lock:
            if self._ending is not None:
                return
            self._sessions.record(self.id, signal, encode(payload))
            self._write("event", signal=signal, payload=decode(encode(payload)))
            self._look()
        self._wake()

    def records(self, signal: str) -> bool:
        """Whether the policy declares a signal or an outcome."""
        return signal in self._signals

    def record_outcome(self, call: Call, outcome: Outcome, result: Mapping[str, Any]) -> bool:
        """Records what became of a call, if the policy declares it. A result that the policy cannot read is left out, so that
        its members are unknown. The log contains nothing of the result but its size and the type of an error. Returns whether
        the agent may get the result."""
        if not self.records(outcome):
            return True
        with self._lock:
            if self._ending is not None:
                return True
            shown = {name: result[name] for name in ("bytes", "reason") if name in result}
            parts = self.declared.read(call.parts)
            if not any(self._recorded(call, outcome, {**parts, "result": each}) for each in (result, shown, {})):
                return False
            self._write("event", signal=outcome, payload={**self.declared.visible(call.parts), "result": shown})
            self._look()
        self._wake()
        return True

    def _recorded(self, call: Call, outcome: Outcome, payload: Mapping[str, Any]) -> bool:
        try:
            self._sessions.record(self.id, outcome, encode(payload))
        except (nhipol.SessionError, ValueError) as failure:
            logger.warning("the outcome %s of %s was not recorded: %s", outcome, call.tool, failure)
            return False
        return True

    def patch(self, part: Mapping[str, Any]) -> None:
        """Changes facts of the session. Raises `SessionError`."""
        with self._lock:
            if self._ending is None:
                self._sessions.patch(self.id, encode(part))
                self._facts = merged(self._facts, decode(encode(part)))
                self._look()
        self._wake()

    def take_obligations(self) -> tuple[nhipol.Obligation, ...]:
        """Those of a revoke by an event, once."""
        with self._lock:
            taken, self._unsettled = self._unsettled, ()
            return taken

    def refused(self, reason: str) -> None:
        """Logs that a call was refused without a decision, or after it."""
        self._write("refusal", reason=reason)

    def answered(self, digest: str, answer: Literal["approved", "refused", "expired"], granted: Granted | None) -> bool:
        """Logs the answer of an approver, and returns whether it counts."""
        about = {} if granted is None else {"approval": granted.for_log()}
        return self._write("approval", call_digest=digest, answer=answer, **about) or not self._is_log_required

    def close(self) -> None:
        with self._lock:
            if self._ending is None:
                self._write("closed")
                self._ending = refusal("closed", "the session was closed")
            self._sessions.end()
        self._wake()

    @contextmanager
    def watching(self, waker: Callable[[], None]) -> Iterator[None]:
        """Calls `waker` whenever something happens that may restrict running calls, from any thread."""
        with self._lock:
            self._wakers.add(waker)
        try:
            yield
        finally:
            with self._lock:
                self._wakers.discard(waker)

    def _wake(self) -> None:
        with self._lock:
            wakers = tuple(self._wakers)
        for waker in wakers:
            waker()

    def _guarded(self, decide: Callable[[], Decision]) -> Decision:
        try:
            return decide()
        except Exception as failure:
            logger.exception("a call could not be decided")
            return refusal("engine_error", str(failure) or type(failure).__name__)

    def _decided(self, call: Call, granted: Granted | None) -> Decision:
        text = call.text
        problem = self.declared.number_problem(call.parts)
        if problem is not None:
            return refusal("invalid_request", problem)
        is_whole = len(text.encode()) <= _MAX_TEXT
        if not is_whole:
            # The policy reads the declared members only. No approval can be bound to them.
            text = encode(self.declared.read(call.parts))
        if granted is not None:
            self._sessions.patch(self.id, encode({"context": {"approvals": [granted.for_policy()]}}))
        try:
            answer = self._sessions.decide(self.id, text)
        finally:
            if granted is not None:
                self._remove_approvals()
        decision = decision_of(answer)
        if not is_whole and decision.effect is Effect.CHALLENGE:
            return refusal("invalid_request", "the call is too long to be approved")
        return decision

    def _remove_approvals(self) -> None:
        """An approval is for one decision. A session that would keep it ends."""
        try:
            self._sessions.patch(self.id, encode({"context": {"approvals": []}}))
        except nhipol.SessionError as failure:
            self._ending = refusal("engine_error", f"an approval could not be removed: {failure}")
            raise

    def _reevaluated(self, call: Call, granted: Granted | None) -> Decision:
        if call is self._latest and granted is None:
            return decision_of(self._sessions.reevaluate(self.id))
        # The facts of the session are those of the latest call. Another one is evaluated in a copy.
        self._copies.restore(self._sessions.snapshot(self.id))
        try:
            parts = call.parts if len(call.text.encode()) <= _MAX_TEXT else self.declared.read(call.parts)
            self._copies.replace(self.id, encode(parts))
            if granted is not None:
                self._copies.patch(self.id, encode({"context": {"approvals": [granted.for_policy()]}}))
            return decision_of(self._copies.reevaluate(self.id))
        finally:
            self._copies.close(self.id)

    def _look(self) -> None:
        """Evaluates the latest call again: an event can revoke the session."""
        if self._latest is None or self._ending is not None:
            return
        decision = self._guarded(lambda: decision_of(self._sessions.reevaluate(self.id)))
        if decision.effect is Effect.REVOKE:
            self._revoke(decision)
            self._unsettled = decision.obligations

    def _revoke(self, decision: Decision) -> None:
        if self._ending is not None:
            return
        message = decision.message
        self._ending = refusal("revoked", message or "access was revoked", Effect.REVOKE)
        said = {} if message is None else {"message": message}
        self._write("revocation", reasons=list(decision.reasons), **said)
        self._wake()

    def _logged(
        self,
        call: Call,
        decision: Decision,
        started: float,
        trigger: Trigger,
        enforcement: str,
        granted: Granted | None,
    ) -> Decision:
        digest = granted.digest if granted is not None else decision.call_digest
        has_changed = self._facts["context"] != self._opening_context
        facts = self._facts if has_changed else {"subject": self.subject}
        is_logged = self._write(
            "decision",
            mode="enforce",
            trigger=trigger,
            request=self.declared.visible({**call.parts, **facts}),
            **({} if digest is None else {"call_digest": digest}),
            effect=decision.effect.value,
            decision=decision.is_permitted,
            response=decision.response,
            enforcement=enforcement,
            **({} if granted is None else {"approval": granted.for_log()}),
            latency_us=round((time.perf_counter() - started) * 1_000_000),
        )
        if is_logged or not self._is_log_required or decision.effect in (Effect.DENY, Effect.REVOKE):
            return decision
        return refusal("log_unavailable", "the decision log cannot be written")

    def _write(self, kind: str, **members: object) -> bool:
        """Whether the line was written, or there is no log."""
        if self._log is None:
            return True
        try:
            self._log.append({"kind": kind, **self._common, **members}, self._clock())
        except LogError as failure:
            self.lost_lines += 1
            logger.warning("%s", failure)
            return False
        return True
