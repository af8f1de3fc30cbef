"""The sessions that are open, by the ids of the host and by the handles of the module."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ._contract import (
    TEXT_NEW_SESSION,
    TEXT_OPEN_SESSION,
    TEXT_UNKNOWN_SESSION,
)
from .abi import Effect
from .answer import AnswerError
from .kept_calls import KeptCall
from .session_engine import RefusedError

NO_SESSION: Final = AnswerError("no_session", "$", TEXT_OPEN_SESSION, TEXT_UNKNOWN_SESSION)


@dataclass(slots=True)
class HeldSession:
    session: str
    handle: int
    call: KeptCall
    effect: Effect = Effect.DENY
    """Of the answer that was given or reported last; a deny where there is none."""


class OpenSessions:
    def __init__(self) -> None:
        self._by_id: dict[str, HeldSession] = {}
        self._by_handle: dict[int, HeldSession] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, session: object) -> bool:
        return session in self._by_id

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._by_id))

    def all(self) -> tuple[HeldSession, ...]:
        return tuple(self._by_id.values())

    def find(self, session: str) -> HeldSession | None:
        return self._by_id.get(session)

    def find_handle(self, handle: int) -> HeldSession | None:
        return self._by_handle.get(handle)

    def expect(self, session: str) -> HeldSession:
        held = self._by_id.get(session)
        if held is None:
            raise RefusedError(NO_SESSION)
        return held

    def expect_none(self, session: str) -> None:
        if session in self._by_id:
            expected = TEXT_NEW_SESSION
            raise RefusedError(AnswerError("session_exists", "$", expected, TEXT_OPEN_SESSION))

    def add(self, held: HeldSession) -> None:
        self._by_id[held.session] = held
        self._by_handle[held.handle] = held

    def drop(self, held: HeldSession) -> None:
        del self._by_id[held.session]
        del self._by_handle[held.handle]
