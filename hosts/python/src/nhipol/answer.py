"""What a decision says, as values that cannot be changed, since callers share them; and the answers that
no module gives: to a request that cannot be written as JSON, and to a failure of the module or of
this host. Both are a deny."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from . import authzen
from .abi import Effect
from .frozen import FrozenMapping

JsonValue: TypeAlias = (
    "bool | int | Decimal | str | tuple[JsonValue, ...] | Mapping[str, JsonValue] | None"
)
"""JSON with exact numbers."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class ReasonDetail:
    """A rule that fired at the answer's effect, or a reason that is no rule's."""

    id: str
    effect: Effect
    message: str | None
    fired_on: Literal["true", "unknown"]
    unknown: tuple[str, ...]
    """The paths and tables that made it unknown, in ASCII order."""
    source: Source | None


@dataclass(frozen=True, slots=True)
class Obligation:
    """Whoever enforces a permit or a narrow carries out all of its obligations, or denies; those of another
    answer are carried out beside the refusal."""

    name: str
    type: str
    """What AuthZEN calls it: `step-up`, `notification`, `session_termination` or `custom`."""
    properties: Mapping[str, JsonValue]
    """By name, in ASCII order."""
    reasons: tuple[str, ...]
    """Ids of the rules that asked for it."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """What may be asked of an approver, so that the same request may be granted later. Until it is, the answer
    is a refusal like any other."""

    name: str
    properties: Mapping[str, JsonValue]
    """By name, in ASCII order; `expires_in` in seconds."""
    reason: str
    """Id of the rule that asks for it."""
    evaluated_at: int
    """The instant of evaluation, in milliseconds since the epoch."""
    expires_at: int
    """The request is to be made before this instant, in milliseconds since the epoch."""


@dataclass(frozen=True, slots=True)
class AnswerError:
    """What is wrong with the request, or with what should have judged it."""

    code: str
    """One of the module contract's names, or `engine_error`."""
    path: str
    """JSONPath (RFC 9535) of the member at fault; `$` for the request as a whole."""
    expected: str
    found: str
    offset: int = 0
    """Bytes from the start of the text."""


EVERYTHING: Final = ("action", "context", "resource", "subject")
"""The whole request: what is read where the request itself is at fault."""

NOTHING: Final[Mapping[str, JsonValue]] = FrozenMapping({})


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision, and all that is said of it."""

    effect: Effect
    decision: bool
    """AuthZEN's boolean: true for permit and narrow."""
    reasons: tuple[str, ...]
    """Ids of the rules that fired at the winning effect, in ASCII order, each once."""
    reason_details: tuple[ReasonDetail, ...]
    constraints: Mapping[str, JsonValue] = NOTHING
    """With narrow only, in ASCII order of names."""
    obligations: tuple[Obligation, ...] = ()
    """What must be done along with it, in the order of the reasons that ask for it."""
    access_request: AccessRequest | None = None
    """With challenge only."""
    valid_until: int | None = None
    """The answer holds strictly before this instant, in milliseconds since the epoch; None: time alone
    changes nothing."""
    read: tuple[str, ...] = EVERYTHING
    """Paths and tables whose change may change the answer, in ASCII order."""
    single_use: bool = False
    """Decisions of the session are among what it read: it holds for this action alone."""
    call_digest: str | None = None
    """With challenge only: the digest of the call, which an approval must be bound to."""
    error: AnswerError | None = None

    def to_authzen(self) -> dict[str, object]:
        """An AuthZEN evaluation response, as data. Its Decimals are numbers that JSON writes digit by digit."""
        return authzen.response(self)

    def to_authzen_json(self) -> str:
        """An AuthZEN evaluation response, as JSON text with exact numbers."""
        return authzen.response_json(self)


OwnReason: TypeAlias = Literal[
    "default_deny", "invalid_request", "engine_error", "clock_went_back", "revoked_before"
]


def own_reason(reason: OwnReason) -> ReasonDetail:
    """A reason that is no rule's."""
    effect = Effect.REVOKE if reason == "revoked_before" else Effect.DENY
    return ReasonDetail(reason, effect, None, "true", (), None)


def invalid_answer(error: AnswerError) -> Answer:
    """To a request that is at fault as a whole."""
    return _denial("invalid_request", error)


def engine_error_answer(error: AnswerError) -> Answer:
    """To what could not be judged."""
    return _denial("engine_error", error)


def engine_error(expected: str, found: str) -> AnswerError:
    """A failure in the words of an answer."""
    return AnswerError("engine_error", "$", expected, found)


def _denial(reason: OwnReason, error: AnswerError) -> Answer:
    return Answer(Effect.DENY, False, (reason,), (own_reason(reason),), error=error)
