"""Reads what a module wrote: the header of a response, and the response itself unless one with the same key was read
before. Everything that the ABI does not allow raises `EngineError`."""

from math import inf
from typing import Final

from . import _contract as abi
from ._contract import Effect
from .answer import Answer, Response
from .errors import AnswerError, violation
from .instance import Header, Instance
from .possibility import Possibility, impossible, possible_until

_EFFECTS: Final = tuple(Effect)
_LAST_GRANT: Final = 1
_INVALID: Final = int(abi.Flag.INVALID)
_MAX_CACHED: Final = 4096
"""Callers choose the answers, so their number must be limited."""


class ResponseReader:
    """Shared by all instances of a module, and by threads."""

    def __init__(self) -> None:
        self._cache: dict[int, Response] = {}

    def answer(self, instance: Instance, address: int) -> Answer:
        """The answer whose response was written unless it has a key."""
        header = _header(instance, address)
        effect, flags, length, until, key, _ = header
        if not key:
            response = _response(instance, address, header)
            # An enforcement point must be able to read what a grant requires.
            if effect <= _LAST_GRANT:
                response.parse()
            return Answer(response.effect, flags, until, response)
        # Only a response with an instant can be given another one.
        cache_key = key if until == inf else -key
        cached = self._cache.get(cache_key)
        if cached is None:
            if not length:
                address = instance.calls.respond(abi.FORM_RESPONSE)
                header = _header(instance, address)
                effect, flags, _, until, _, _ = header
            cached = self._cached(cache_key, _response(instance, address, header))
        if cached.effect is not _EFFECTS[effect]:
            raise violation(abi.VIOLATION_OTHER_EFFECT)
        return Answer(cached.effect, flags, until, cached)

    def possibility(self, instance: Instance, address: int) -> Possibility:
        """A permit has no response."""
        effect, _, _, until, _, _ = _header(instance, address)
        return possible_until(until) if effect <= _LAST_GRANT else impossible(self.answer(instance, address))

    def _cached(self, key: int, response: Response) -> Response:
        response.parse()
        if response.is_shareable:
            if len(self._cache) >= _MAX_CACHED:
                self._cache.clear()
            self._cache[key] = response
        return response


def read_response(instance: Instance, address: int) -> bytes:
    """The response, which was written."""
    return _text(instance, address, _header(instance, address))


def read_error(instance: Instance, address: int) -> tuple[Effect, AnswerError | None]:
    """The effect and the error of a response that was written."""
    response = _response(instance, address, _header(instance, address))
    return response.effect, response.parse().error


def read_refusal(instance: Instance, address: int) -> tuple[Effect, AnswerError]:
    """The effect and the error of a call that was refused."""
    effect, error = read_error(instance, address)
    if error is None:
        raise violation(abi.VIOLATION_NO_ERROR)
    return effect, error


def _header(instance: Instance, address: int) -> Header:
    if not address:
        raise violation(abi.VIOLATION_NO_RESPONSE)
    header = instance.header(address)
    effect, flags, _, until, _, _ = header
    if effect >= len(_EFFECTS):
        raise violation(abi.VIOLATION_UNKNOWN_EFFECT)
    if flags & _INVALID and effect <= _LAST_GRANT:
        raise violation(abi.VIOLATION_GRANTED_INVALID)
    if until != inf and not (until.is_integer() and abs(until) < 2**53):
        raise violation(abi.VIOLATION_INVALID_INSTANT)
    return header


def _response(instance: Instance, address: int, header: Header) -> Response:
    effect, _, _, until, _, until_at = header
    return Response(_EFFECTS[effect], _text(instance, address, header), until, until_at)


def _text(instance: Instance, address: int, header: Header) -> bytes:
    effect, _, length, _, _, _ = header
    if not length:
        raise violation(abi.VIOLATION_NO_RESPONSE)
    text = instance.read(address + abi.HEADER_SIZE, length)
    if not text.startswith(abi.RESPONSE_STARTS[effect]):
        raise violation(abi.VIOLATION_INVALID_RESPONSE)
    try:
        _ = text.isascii() or text.decode("utf-8")
    except UnicodeDecodeError:
        raise violation(abi.VIOLATION_INVALID_UTF_8) from None
    return text
