"""Whether a request could be permitted for some value of the members that it does not have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from .answer import Answer
from .errors import AnswerError
from .instant import to_datetime


@dataclass(frozen=True, slots=True)
class Possibility:
    """It is never an answer to act upon: decide the complete request."""

    possible: bool
    """False: no completion of the request is permitted. True: some completion may be."""
    reasons: Sequence[str]
    """The ids of the rules that restrict every completion, or `default_deny` if no permit can fire; empty if it is
    possible."""
    error: AnswerError | None
    """What makes every completion invalid, or the failure of the module."""
    valid_until_ms: int | None
    """It stays the same strictly before this instant, in milliseconds since the epoch; None: time alone changes nothing."""

    @property
    def valid_until(self) -> datetime | None:
        """The same instant. An instant that a datetime cannot represent becomes the nearest one that it can."""
        return None if self.valid_until_ms is None else to_datetime(self.valid_until_ms)


def possible_until(until: float) -> Possibility:
    return Possibility(True, (), None, None if until == inf else int(until))


def impossible(refusal: Answer) -> Possibility:
    return Possibility(False, refusal.reasons, refusal.error, refusal.valid_until_ms)
