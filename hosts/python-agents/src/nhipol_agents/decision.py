"""The decision of a call: the answer of the policy, or a refusal of this package for calls that no policy decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import nhipol
from nhipol import Answer, Effect, ErrorCode, Obligation

from .call import Call
from .encoding import Encoded, decode, encode
from .errors import NotPermitted, Revoked


@dataclass(frozen=True, slots=True)
class Decision:
    effect: Effect
    reasons: tuple[str, ...]
    explanation: str
    """The messages of the rules, or their names."""
    response: Encoded
    """The AuthZEN evaluation response."""
    message: str | None = None
    """That of the first rule."""
    constraints: Mapping[str, nhipol.JsonValue] = field(default_factory=dict)
    obligations: tuple[Obligation, ...] = ()
    lower: Mapping[str, Any] = field(default_factory=dict)
    """Values to which arguments can be lowered so that the call may be permitted, by path."""
    valid_until: int | None = None
    """In milliseconds since the epoch."""
    call_digest: str | None = None
    offer_ends: int | None = None
    """When an approval must be given, in milliseconds since the epoch."""

    @property
    def is_permitted(self) -> bool:
        return self.effect in (Effect.PERMIT, Effect.NARROW)


def decision_of(answer: Answer) -> Decision:
    offered = answer.access_request
    return Decision(
        effect=answer.effect,
        reasons=answer.reasons,
        explanation=_explanation_of(answer),
        response=Encoded(answer.response.decode()),
        message=next((detail.message for detail in answer.reason_details), None),
        constraints=answer.constraints,
        obligations=answer.obligations,
        lower=decode(answer.response)["context"].get("lower", {}) if answer.effect is Effect.DENY else {},
        valid_until=answer.valid_until_ms,
        call_digest=answer.call_digest if answer.effect is Effect.CHALLENGE else None,
        offer_ends=None if offered is None else _milliseconds(offered.expires_at),
    )


def refusal(reason: str, message: str, effect: Effect = Effect.DENY) -> Decision:
    """A refusal with one reason: a word such as `log_unavailable`, and what a person reads."""
    detail = {"id": reason, "effect": effect.value, "message": message, "fired_on": "true"}
    context = {"effect": effect.value, "reasons": [reason], "reason_details": [detail], "read": []}
    response = Encoded(encode({"decision": False, "context": context}))
    return Decision(effect, (reason,), message, response, message)


def exception_for(call: Call, decision: Decision, problem: str | None = None) -> NotPermitted:
    """`problem`: why the call is refused, if it is not the policy."""
    kind = Revoked if decision.effect is Effect.REVOKE else NotPermitted
    # The obligations of a permit are those of a call that is made.
    obligations = () if decision.is_permitted else decision.obligations
    return kind(
        call.tool,
        problem or decision.explanation,
        effect=Effect.DENY if decision.is_permitted else decision.effect,
        reasons=decision.reasons,
        obligations=obligations,
    )


def _explanation_of(answer: Answer) -> str:
    error = answer.error
    if error is not None and error.code != ErrorCode.ENGINE_ERROR:
        return f"{error.path}: expected {error.expected}, found {error.found}"
    return "; ".join(map(_described, answer.reason_details))


def _described(detail: nhipol.ReasonDetail) -> str:
    if detail.message is not None:
        return detail.message
    if detail.id == "default_deny":
        return "no rule permits it"
    return f"{detail.id} ({', '.join(detail.unknown)} is unknown)" if detail.unknown else detail.id


def _milliseconds(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)
