"""The answer to a request: what the header of a response states is there at once, and the rest is parsed from the response
when it is first read. The answers of a host to failures are here as well."""

import json
from collections.abc import Mapping
from datetime import datetime
from math import inf
from typing import Any, Final

from ._contract import Effect, ErrorCode, Flag
from .details import AccessRequest, Details, JsonValue, Obligation, ReasonDetail, parse_details
from .errors import AnswerError, EngineError
from .instant import to_datetime, write_instant


class Response:
    """An AuthZEN response. Answers that differ only in `valid_until` share one. `until`: the instant that the text contains,
    in milliseconds, infinity for none; `until_at`: where it starts."""

    __slots__ = ("_details", "effect", "text", "until", "until_at")

    def __init__(self, effect: Effect, text: bytes, until: float, until_at: int) -> None:
        self.effect: Final = effect
        self.text: Final = text
        self.until: Final = until
        self.until_at: Final = until_at
        self._details: Details | None = None

    def parse(self) -> Details:
        """Parses the text when first called. Raises `EngineError` if it is not a response of the ABI."""
        if self._details is None:
            self._details = parse_details(self.text)
        return self._details

    @property
    def is_shareable(self) -> bool:
        """Whether its instant can be replaced, if it has one."""
        starts = self.text.endswith(b'"valid_until":"', 0, self.until_at)
        return self.until == inf or (starts and self.text.find(b'"', self.until_at) > 0)

    def text_until(self, until: float) -> bytes:
        """The text with this instant."""
        if until == self.until:
            return self.text
        end = self.text.index(b'"', self.until_at)
        return self.text[: self.until_at] + write_instant(int(until)).encode() + self.text[end:]

    def __reduce__(self) -> tuple[Any, ...]:
        return Response, (self.effect, self.text, self.until, self.until_at)


class Answer:
    """A decision with its explanation. Do not change it: callers may share its parts."""

    __slots__ = ("_flags", "_response", "_until", "effect")

    def __init__(self, effect: Effect, flags: int, until: float, response: Response) -> None:
        self.effect: Final = effect
        self._flags = flags
        self._until = until
        self._response = response

    @property
    def decision(self) -> bool:
        """The decision of AuthZEN: true for permit and narrow."""
        return self.effect is Effect.PERMIT or self.effect is Effect.NARROW

    @property
    def valid_until(self) -> datetime | None:
        """The answer is valid strictly before this instant; None: time alone changes nothing. An instant that a datetime
        cannot represent becomes the nearest one that it can."""
        return None if self._until == inf else to_datetime(self._until)

    @property
    def valid_until_ms(self) -> int | None:
        """The same in milliseconds since the epoch."""
        return None if self._until == inf else int(self._until)

    @property
    def flags(self) -> Flag:
        return Flag(self._flags)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Ids of the rules that fired at this effect, or of another reason, in ASCII order."""
        return self._details.reasons

    @property
    def reason_details(self) -> tuple[ReasonDetail, ...]:
        return self._details.reason_details

    @property
    def constraints(self) -> Mapping[str, JsonValue]:
        """With narrow only, in ASCII order of names."""
        return self._details.constraints

    @property
    def lower(self) -> Mapping[str, JsonValue]:
        """With deny only: values that the request can be lowered to so that it may be narrowed, by path in its JSON."""
        return self._details.lower

    @property
    def obligations(self) -> tuple[Obligation, ...]:
        return self._details.obligations

    @property
    def access_request(self) -> AccessRequest | None:
        """With challenge only."""
        return self._details.access_request

    @property
    def read(self) -> tuple[str, ...]:
        """Paths and tables that the answer depends on, in ASCII order."""
        return self._details.read

    @property
    def single_use(self) -> bool:
        """The answer depends on decisions of the session, and is valid for one action only."""
        return self._details.single_use

    @property
    def call_digest(self) -> str | None:
        """With challenge only: the digest of the call, which an approval must contain."""
        return self._details.call_digest

    @property
    def error(self) -> AnswerError | None:
        return self._details.error

    @property
    def response(self) -> bytes:
        """The AuthZEN evaluation response, as UTF-8 JSON with exact numbers."""
        return self._response.text_until(self._until)

    @property
    def _details(self) -> Details:
        try:
            return self._response.parse()
        except EngineError as failure:
            # A grant was parsed before it became an answer, so this is a refusal.
            return denial(failure.error)._response.parse()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and (self._flags, self.response) == (other._flags, other.response)

    def __hash__(self) -> int:
        return hash(self.response)

    def __repr__(self) -> str:
        return f"Answer({self.response.decode()})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Answer, (self.effect, self._flags, self._until, self._response)


def denial(error: AnswerError) -> Answer:
    """The answer of a host: to data that JSON cannot represent, and to a failure of the module or of the host."""
    reason, flags = ("engine_error", 0) if error.code == ErrorCode.ENGINE_ERROR else ("invalid_request", Flag.INVALID)
    read = '["action","context","resource","subject"]'
    details = f'[{{"id":"{reason}","effect":"deny","fired_on":"true"}}],"read":{read}'
    context = f'"effect":"deny","reasons":["{reason}"],"reason_details":{details},"error":{_dumps(error._asdict())}'
    text = f'{{"decision":false,"context":{{{context}}}}}'
    return Answer(Effect.DENY, flags, inf, Response(Effect.DENY, text.encode(), inf, 0))


_dumps: Final = json.JSONEncoder(separators=(",", ":")).encode
