"""From a call to the permission to make it: decides it, lowers arguments, asks an approver, and has obligations carried
out. `permit` yields what the application does, so that synchronous and asynchronous calls share it."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import uuid4

from nhipol import Effect, Obligation

from .approval import Approval, Granted, Question
from .call import Call, lowered
from .decision import Decision, exception_for
from .encoding import EncodingError
from .errors import NotPermitted
from .session import Session, Trigger, logger

Approve: TypeAlias = Callable[[Question], Any]
"""Returns True or an `Approval` if the call may be made, or an awaitable of it. Anything else is a refusal."""

CarryOut: TypeAlias = Callable[[Obligation], Any]
"""Carries out an obligation; raises if it cannot."""

Enforce: TypeAlias = Callable[[Any, Any], Any]
"""Takes the result of a call and the value of a constraint, and returns what of the result satisfies it."""

_APPROVAL_LIFETIME: Final = 600_000


@dataclass(frozen=True, slots=True)
class Handlers:
    approve: Approve | None
    obligations: Mapping[str, CarryOut]
    constraints: Mapping[str, Enforce | None]


class Step(NamedTuple):
    """What the application does. `seconds`: how long it may take."""

    function: Callable[[Any], Any]
    argument: object
    seconds: float | None


class Permit(NamedTuple):
    call: Call
    decision: Decision
    granted: Granted | None


Steps: TypeAlias = Generator[Step, Any, Permit]


def permit(session: Session, handlers: Handlers, call: Call) -> Steps:
    """Raises `NotPermitted`."""
    problem_of = partial(_problem_of, handlers)

    def can_ask(decision: Decision) -> bool:
        return handlers.approve is not None and decision.call_digest is not None and session.takes_approvals

    decision = session.decide(call, problem_of=problem_of, can_ask=can_ask)
    if decision.lower:
        lower = _lowered(call, decision)
        if lower is not None:
            call = lower
            decision = session.decide(call, is_lowered=True, problem_of=problem_of, can_ask=can_ask)
    granted = None
    if decision.effect is Effect.CHALLENGE and can_ask(decision):
        granted = yield from _approval(session, handlers, call, decision)
        decision = session.decide(call, trigger="approval", granted=granted, problem_of=problem_of, can_ask=lambda _: False)
    if not decision.is_permitted:
        raise exception_for(call, decision)
    problem = problem_of(decision)
    if problem is not None:
        raise exception_for(call, decision, problem)
    for obligation in decision.obligations:
        try:
            yield Step(handlers.obligations[obligation.name], obligation, None)
        except Exception as failure:
            reason = f"the obligation {obligation.name} was not carried out"
            session.refused(f"{call.tool}: {reason}: {failure}")
            raise exception_for(call, decision, reason) from failure
    permitted = Permit(call, decision, granted)
    return permitted._replace(decision=current(session, handlers, permitted))


def current(session: Session, handlers: Handlers, permitted: Permit) -> Decision:
    """The decision, made again if its time is over or if the session ended. Raises `NotPermitted`."""
    decision = permitted.decision
    is_over = decision.valid_until is not None and decision.valid_until <= session.now()
    if session.ending is None and not is_over:
        return decision
    return recheck(session, handlers, permitted, "time")


def recheck(session: Session, handlers: Handlers, permitted: Permit, trigger: Trigger) -> Decision:
    """Decides a call that is being made again. Raises `NotPermitted`."""
    call, before, granted = permitted

    def problem_of(decision: Decision) -> str | None:
        if not decision.is_permitted:
            return None if _is_still_approved(session, decision, granted) else decision.explanation
        carried_out = [(each.name, each.properties) for each in before.obligations]
        added = [each.name for each in decision.obligations if (each.name, each.properties) not in carried_out]
        return f"the obligation {added[0]} was added" if added else _problem_of(handlers, decision)

    decision = session.recheck(call, trigger, granted, problem_of)
    problem = problem_of(decision)
    if problem is not None:
        raise exception_for(call, decision, f"no longer permitted: {problem}")
    if decision.is_permitted or granted is None:
        return decision
    return replace(before, valid_until=granted.expires_at)


def _problem_of(handlers: Handlers, decision: Decision) -> str | None:
    """Why a permitted call cannot be made."""
    names = [each.name for each in decision.obligations if each.name not in handlers.obligations]
    if names:
        return f"the obligation {names[0]} cannot be carried out here"
    missing = [name for name in decision.constraints if name not in handlers.constraints]
    return f"the constraint {missing[0]} cannot be enforced here" if missing else None


def _is_still_approved(session: Session, decision: Decision, granted: Granted | None) -> bool:
    """Policies can count an approval for one decision, so that the call is challenged when it is decided again. It goes on
    until the approval expires."""
    if granted is None or decision.effect is not Effect.CHALLENGE:
        return False
    return session.now() < granted.expires_at and set(decision.reasons) <= set(granted.reasons)


def limited(handlers: Handlers, permitted: Permit, result: Any) -> Any:
    """The result with the constraints of the decision enforced. Raises `NotPermitted`."""
    call, decision, _ = permitted
    for name, value in decision.constraints.items():
        enforce = handlers.constraints[name]
        try:
            result = result if enforce is None else enforce(result, value)
        except Exception as failure:
            raise exception_for(call, decision, f"the constraint {name} could not be enforced") from failure
    return result


def _lowered(call: Call, decision: Decision) -> Call | None:
    try:
        return lowered(call, decision.lower)
    except EncodingError:
        return None


def _approval(session: Session, handlers: Handlers, call: Call, decision: Decision) -> Generator[Step, Any, Granted]:
    """Asks for an approval of this call. Raises `NotPermitted` if there is none."""
    approve, digest = handlers.approve, decision.call_digest
    if approve is None or digest is None:
        raise exception_for(call, decision)
    asked_at = int(session.now())
    ends = asked_at + _APPROVAL_LIFETIME if decision.offer_ends is None else decision.offer_ends
    request = session.declared.masked({**call.parts, "subject": session.subject})
    question = Question(
        id=str(uuid4()),
        digest=digest,
        subject=session.subject,
        server=call.server,
        tool=call.tool,
        arguments=call.parts["action"]["properties"]["arguments"],
        shown=request["action"]["properties"]["arguments"],
        reason=decision.explanation,
        expires_at=datetime.fromtimestamp(ends / 1000, timezone.utc),
    )
    try:
        answer = yield Step(approve, question, max(0.0, (ends - asked_at) / 1000))
    except TimeoutError as late:
        session.answered(digest, "expired", None)
        raise exception_for(call, decision, f"{decision.explanation}; it was not approved in time") from late
    except Exception as failure:
        logger.warning("the approver of %s could not be asked: %s", call.tool, failure)
        answer = None
    approval = Approval() if answer is True else answer
    if not isinstance(approval, Approval):
        session.answered(digest, "refused", None)
        raise exception_for(call, decision, f"{decision.explanation}; it was not approved")
    now = int(session.now())
    if ends <= now:
        session.answered(digest, "expired", None)
        raise exception_for(call, decision, f"{decision.explanation}; the approval came too late")
    granted = Granted(question.id, digest, approval, decision.reasons, now, ends)
    if not session.answered(digest, "approved", granted):
        raise exception_for(call, decision, "the decision log cannot be written")
    return granted


def settle(handlers: Handlers, refused: NotPermitted) -> Generator[Step, Any, None]:
    """Carries out the obligations of a refusal that have a function, once."""
    if not refused.is_settled:
        refused.is_settled = True
        yield from carry_out(handlers, refused.obligations)


def carry_out(handlers: Handlers, obligations: tuple[Obligation, ...]) -> Generator[Step, Any, None]:
    for obligation in obligations:
        function = handlers.obligations.get(obligation.name)
        if function is None:
            continue
        try:
            yield Step(function, obligation, None)
        except Exception as failure:
            logger.warning("the obligation %s was not carried out: %s", obligation.name, failure)
