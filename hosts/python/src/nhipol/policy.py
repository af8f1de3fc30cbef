"""A loaded policy. Requests come in, answers go out, and nothing is ever raised: whatever fails, the module or the
reading of the request, is a deny. An instance of the module answers one request at a time, so that there is one for each
thread that asks at the same time; one that failed is not asked again."""

import threading
import time
from collections.abc import Callable, Mapping

from ._contract import (
    ENGINE_READABLE_REQUEST,
    TEXT_NO_TABLE,
    TEXT_TABLE_NAMES,
    TEXT_UNKNOWN_TABLE,
)
from .answer import Answer, AnswerError, engine_error, engine_error_answer, invalid_answer
from .answer_reader import AnswerReader
from .call_digest import call_digest
from .declared import WHOLE_CALL, Declared
from .encode import NotJsonError, encode
from .errors import EngineError, LoadError, TableError, failure_of
from .instance import Compiled, Instance
from .instant import Clock, Instant, module_instant
from .manifest import Manifest
from .sessions import Sessions
from .table_loader import fill_table
from .tables import NO_TABLES, Tables

_BY_HOST = 0
_USUAL_SESSION_BYTES = 1_073_741_824


class Policy:
    """Made by `load`. Any number of threads may use one at the same time."""

    def __init__(
        self,
        compiled: Compiled,
        manifest: Manifest,
        declared: Declared | None,
        table_bytes: int,
        max_memory_bytes: int,
    ) -> None:
        self._compiled = compiled
        self._manifest = manifest
        self._declared = declared
        self._table_bytes = table_bytes
        self._max_memory_bytes = max_memory_bytes
        self._reader = AnswerReader(manifest)
        self._tables = NO_TABLES
        self._tables_lock = threading.Lock()
        first = Instance(compiled, max_memory_bytes)
        self._asks_digest = first.told_digest is not None
        self._free = [first]

    @property
    def manifest(self) -> Mapping[str, object]:
        """What the module says of itself."""
        return self._manifest.data

    @property
    def memory_bytes(self) -> int:
        """What the memories of the instances take that are not being asked now."""
        return sum(instance.memory_bytes for instance in tuple(self._free))

    def decide_json(
        self,
        request: bytes | bytearray | memoryview | str,
        *,
        now: Instant | None = None,
        clock: Clock = "host",
    ) -> Answer:
        """Decides an AuthZEN evaluation request in JSON.

        `now` is the instant of evaluation, by default the host's clock. With `clock="request"` the request's own
        `context.time` is, and `now` stands in where it has none.
        """
        try:
            if now is None and clock == "host":
                instant: float = time.time_ns() // 1_000_000
                by = _BY_HOST
            else:
                instant, by = module_instant(now, clock, _host_now())
            body = request if type(request) is bytes else _bytes_of(request)
            digest = call_digest(body, self._manifest.policy) if self._asks_digest else None
            return self._judge(body, instant, by, digest)
        except Exception as failure:
            return engine_error_answer(failure_of(failure))

    def decide(
        self,
        request: Mapping[str, object],
        *,
        now: Instant | None = None,
        clock: Clock = "host",
    ) -> Answer:
        """Decides an AuthZEN evaluation request of Python's own values; see `decide_json`.

        Members that the policy does not declare are not looked at, but for the digest of the call. What JSON cannot carry
        exactly is an `invalid_request`.
        """
        try:
            instant, by = module_instant(now, clock, _host_now())
            try:
                digest = None
                if self._asks_digest:
                    digest = call_digest(encode(request, WHOLE_CALL), self._manifest.policy)
                body = encode(request, self._declared)
            except NotJsonError as refused:
                return invalid_answer(refused.error())
            except Exception:
                return engine_error_answer(
                    engine_error(ENGINE_READABLE_REQUEST, "a request that raises when it is read")
                )
            return self._judge(body, instant, by, digest)
        except Exception as failure:
            return engine_error_answer(failure_of(failure))

    def load_table(self, name: str, contents: Mapping[str, object] | bytes | str) -> None:
        """Fills an external table, in the place of what it held: a mapping by key, with two keys one of mappings, or its
        JSON. Raises `TableError` on anything else, and then it holds what it held. Decisions that begin from now on
        are by the new contents, those of sessions too."""
        place = self._place_of(name)
        if isinstance(contents, Mapping):
            try:
                text = encode(contents, longest=self._table_bytes)
            except NotJsonError as refused:
                raise TableError(name, refused.error()) from None
        else:
            text = _bytes_of(contents)
        with self._tables_lock:
            error = self._fill(place, text)
            if error is not None:
                raise TableError(name, error)

    def drop_table(self, name: str) -> None:
        """Empties an external table: from now on every look-up in it is unknown."""
        place = self._place_of(name)
        with self._tables_lock:
            self._tables = self._tables.dropped(place)

    def sessions(
        self,
        *,
        session_bytes: int = _USUAL_SESSION_BYTES,
        clock: Callable[[], Instant] | None = None,
    ) -> Sessions:
        """Live sessions in an instance of their own. `session_bytes`: what they may take in all; `clock`: milliseconds since
        the epoch where a call names no instant. Raises `LoadError` for a module that holds no sessions."""
        described = self._manifest.sessions
        if described is None:
            raise LoadError("the module does not support sessions: compile it with --sessions")
        if not self._compiled.exports.has_sessions:
            raise LoadError("the module does not export the functions of sessions")
        has_tables = self._compiled.exports.has_tables
        most_bytes = session_bytes + (self._table_bytes if has_tables else 0)

        def follow(instance: Instance) -> bool:
            """Whether the tables have other contents than before."""
            tables = self._tables
            if instance.tables is tables:
                return False
            self._bring_up_to_date(instance, tables, most_bytes)
            return True

        instance = Instance(self._compiled, self._max_memory_bytes)
        follow(instance)
        # Its answers are of other requests: what is kept of them is its own.
        reader = AnswerReader(self._manifest)
        return Sessions(
            instance,
            reader,
            described.signals,
            follow,
            most_bytes,
            clock or _host_now,
            self._manifest.policy,
        )

    def _judge(self, body: bytes, now: float, clock: int, digest: str | None) -> Answer:
        instance = self._take()
        length = instance.write_request(body)
        if self._asks_digest:
            instance.tell_digest(digest)
        answer = self._reader.read(instance, instance.decide(length, now, clock))
        # Whatever was raised before: the instance is not asked again.
        self._free.append(instance)
        return answer

    def _take(self) -> Instance:
        """One that nobody else asks, with the tables as they are now."""
        try:
            instance = self._free.pop()
        except IndexError:
            instance = Instance(self._compiled, self._max_memory_bytes)
        tables = self._tables
        if instance.tables is not tables:
            self._bring_up_to_date(instance, tables, self._table_bytes)
        return instance

    def _bring_up_to_date(self, instance: Instance, tables: Tables, most_bytes: int) -> None:
        for place, text in tables.changes_from(instance.tables).items():
            if text is None:
                instance.calls["drop_table"](place)
                continue
            row = self._manifest.tables[place]
            error = fill_table(instance, place, row, text, most_bytes)
            if error is not None:
                raise EngineError("room for the tables that were loaded", error.found)
        instance.tables = tables

    def _fill(self, place: int, text: bytes) -> AnswerError | None:
        """Into an instance; the others follow when they are taken."""
        try:
            instance = self._take()
            row = self._manifest.tables[place]
            error = fill_table(instance, place, row, text, self._table_bytes)
        except Exception as failure:
            return failure_of(failure)
        if error is None:
            tables = self._tables.replaced(place, text)
            instance.tables = tables
            self._tables = tables
        self._free.append(instance)
        return error

    def _place_of(self, name: str) -> int:
        names = [table.name for table in self._manifest.tables]
        if name not in names:
            expected = TEXT_TABLE_NAMES.format(", ".join(names)) if names else TEXT_NO_TABLE
            raise TableError(name, AnswerError("unknown_table", "$", expected, TEXT_UNKNOWN_TABLE))
        if not self._compiled.exports.has_tables:
            raise TableError(name, engine_error("a module that fills tables", "one that does not"))
        return names.index(name)


def _host_now() -> float:
    return float(time.time_ns() // 1_000_000)


def _bytes_of(text: object) -> bytes:
    """A lone surrogate becomes three bytes that are no UTF-8, so that the module refuses them."""
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    if isinstance(text, bytes | bytearray | memoryview):
        return bytes(text)
    raise EngineError("JSON as bytes or text", f"a value of the type {type(text).__name__}")
