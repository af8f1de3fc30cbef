"""The sessions of one instance of a module, by their handles: texts come in, answers and errors go out. Memory grows as
sessions need it, up to a limit."""

from collections.abc import Callable
from struct import Struct
from typing import Final, TypeVar

from ._contract import (
    CHANGE_SIZE,
    CODE_NO_ROOM,
    ERROR_TEXTS,
    MAX_CHANGES,
    MAX_REQUEST_BYTES,
    MAX_SNAPSHOT_BYTES,
    PAGE_BYTES,
    TEXT_LONGER_DOCUMENT,
    TEXT_SNAPSHOT_BYTES,
    VIOLATION_NO_ERROR,
    VIOLATION_TOO_MANY_CHANGES,
    VIOLATION_UNKNOWN_EFFECT,
)
from .abi import EFFECTS, Effect
from .answer import Answer, AnswerError
from .answer_reader import AnswerReader
from .errors import misread
from .instance import Instance

T = TypeVar("T")

_TOO_LONG: Final = 0xFFFF_FFFF
"""A length that no module takes."""

_LEAST_PAGES: Final = 16
"""How many are reserved at least when there is no more room."""

_CHANGE: Final = Struct("<IB").unpack_from


class RefusedError(Exception):
    """Nothing was done. `answer`: what is answered now, as after a patch of facts at fault."""

    def __init__(self, error: AnswerError, answer: Answer | None = None) -> None:
        super().__init__(error.code)
        self.error = error
        self.answer = answer


class SessionEngine:
    """Raises `RefusedError`; anything else is a failure of the module."""

    def __init__(self, instance: Instance, reader: AnswerReader, most_bytes: int) -> None:
        self._instance = instance
        self._reader = reader
        self._most_pages = most_bytes // PAGE_BYTES

    def open(self, session: bytes, request: bytes, now: float, digest: str | None) -> int:
        """Gives a handle."""
        instance = self._instance

        def attempt() -> int:
            length = self._write(request)
            instance.write(instance.session_id, session)
            instance.tell_digest(digest)
            return self._handle(instance.calls["session_open"](length, len(session), now))

        return self._growing(attempt)

    def patch(self, handle: int, part: bytes, replaced: int, digest: str | None) -> None:
        """`digest`: of the call, where it is another."""
        instance = self._instance

        def attempt() -> None:
            length = self._write(part)
            instance.tell_digest(digest)
            self._expect_none(instance.calls["session_patch"](handle, length, replaced))

        self._growing(attempt)

    def record(self, handle: int, signal: int, told: bytes, time: float, now: float) -> None:
        """`signal`: its place in the manifest; `time`: NaN for now."""

        def attempt() -> None:
            length = self._write(told)
            call = self._instance.calls["session_record"]
            self._expect_none(call(handle, signal, length, time, now))

        self._growing(attempt)

    def decide(self, handle: int, now: float, is_taken: bool) -> Answer:
        """`is_taken`: it is part of what happened for what is asked next."""
        call = self._instance.calls["session_decide"]
        return self._reader.read(self._instance, call(handle, now, int(is_taken)))

    def close(self, handle: int) -> None:
        self._instance.calls["session_close"](handle)

    def snapshot(self, handle: int) -> str:
        instance = self._instance

        def attempt() -> str:
            length = self._handle(instance.calls["session_snapshot"](handle))
            return instance.text(instance.calls["session_buffer"](0), length)

        return self._growing(attempt)

    def restore(self, text: bytes) -> tuple[int, AnswerError | None]:
        """Gives a handle, and the first fact that does not fit."""
        if len(text) > MAX_SNAPSHOT_BYTES:
            expected = TEXT_SNAPSHOT_BYTES
            raise RefusedError(AnswerError("too_large", "$", expected, TEXT_LONGER_DOCUMENT))
        instance = self._instance

        def attempt() -> tuple[int, AnswerError | None]:
            address = instance.calls["session_buffer"](len(text))
            if address == 0:
                name, expected, found = ERROR_TEXTS[CODE_NO_ROOM]
                raise RefusedError(AnswerError(name, "$", expected, found))
            instance.write(address, text)
            handle = self._handle(instance.calls["session_restore"](len(text)))
            return handle, self._reader.error_of(instance)

        return self._growing(attempt)

    def sweep(self, now: float, is_all: bool) -> list[tuple[int, Effect]]:
        """Handles, each with the effect before; at most `MAX_CHANGES`, and where there are as many there may be more."""
        instance = self._instance
        count = instance.calls["session_sweep"](now, int(is_all))
        if count > MAX_CHANGES:
            raise misread(VIOLATION_TOO_MANY_CHANGES)
        changes = []
        for at in range(count):
            handle, before = _CHANGE(instance.view, instance.changes + at * CHANGE_SIZE)
            if before >= len(EFFECTS):
                raise misread(VIOLATION_UNKNOWN_EFFECT)
            changes.append((handle, EFFECTS[before]))
        return changes

    def due(self) -> float:
        """Milliseconds; 0: at once; infinity: nothing will change by itself."""
        return float(self._instance.calls["session_due"]())

    def make_room(self) -> bool:
        """By a quarter, so that it is seldom. Whether there is more than before."""
        before = self._instance.reserve(0)
        wanted = min(before + max(_LEAST_PAGES, before // 4), self._most_pages)
        return wanted > before and self._instance.reserve(wanted) > before

    def _growing(self, attempt: Callable[[], T]) -> T:
        """Until there is room for it, or no more memory."""
        while True:
            try:
                return attempt()
            except RefusedError as refused:
                if refused.error.code != ERROR_TEXTS[CODE_NO_ROOM].name or not self.make_room():
                    raise

    def _write(self, text: bytes) -> int:
        if len(text) > MAX_REQUEST_BYTES:
            return _TOO_LONG
        return self._instance.write_request(text)

    def _handle(self, told: int) -> int:
        """0: the result says why there is none."""
        if told == 0:
            self._refuse(self._instance.result)
        return told

    def _expect_none(self, result: int) -> None:
        """0, or the address of a result that says what is wrong."""
        if result != 0:
            self._refuse(result)

    def _refuse(self, result: int) -> None:
        answer = self._reader.read(self._instance, result)
        if answer.error is None:
            raise misread(VIOLATION_NO_ERROR)
        raise RefusedError(answer.error, answer)
