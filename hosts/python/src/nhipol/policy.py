"""A loaded policy: requests go in, answers come out. Deciding never raises: every failure, of the module or while reading
the request, is a deny. An instance that failed is not used again."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from . import _contract as abi
from .answer import Answer, denial
from .errors import EngineError, Failure, LoadError, TableError, describe
from .instance import Compiled, Instance
from .instant import Clock, Instant, host_now, instant_and_clock
from .json_input import JsonInput, JsonText, json_bytes, text_bytes
from .manifest import read_manifest
from .pool import Pool
from .possibility import Possibility, impossible
from .responses import ResponseReader, read_response
from .sessions import Sessions
from .tables import NO_TABLE, Tables

T = TypeVar("T")


class Policy:
    """Returned by `load`. May be used by any number of threads."""

    def __init__(self, compiled: Compiled, code: bytes, table_bytes: int, max_instances: int) -> None:
        self._compiled = compiled
        self._code = code
        self._table_bytes = table_bytes
        self._reader = ResponseReader()
        self._tables = Tables()
        self._pool = Pool(lambda: Instance(compiled, table_bytes), max_instances)

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What the module states about itself. Raises `LoadError` if it has no valid manifest."""
        return read_manifest(self._code)

    @property
    def name(self) -> str:
        return str(self.manifest["policy"]["name"])

    @property
    def version(self) -> str:
        return str(self.manifest["policy"]["version"])

    @property
    def memory_bytes(self) -> int:
        """The memory of the instances that are not in use."""
        return sum(instance.memory_bytes for instance in tuple(self._pool.free))

    def decide_json(self, request: JsonText, *, now: Instant | None = None, clock: Clock = "host") -> Answer:
        """Decides an AuthZEN evaluation request in JSON.

        `now` is the instant of evaluation, default: the host's clock. With `clock="request"` that is `context.time` of
        the request, and `now` is used if there is none.
        """
        try:
            text = text_bytes(request)
            instant, by = instant_and_clock(now, clock)
            read = self._reader.answer
            return self._run(lambda one: read(one, one.decide(text, instant, by, abi.FORM_UNLESS_KEYED)))
        except Exception as failure:
            return denial(describe(failure))

    def decide_response(self, request: JsonText, *, now: Instant | None = None, clock: Clock = "host") -> bytes:
        """Decides like `decide_json`, and returns the AuthZEN evaluation response as UTF-8 JSON."""
        try:
            text = text_bytes(request)
            instant, by = instant_and_clock(now, clock)
            return self._run(lambda one: read_response(one, one.decide(text, instant, by, abi.FORM_RESPONSE)))
        except Exception as failure:
            return denial(describe(failure)).response

    def decide(self, request: Mapping[str, object], *, now: Instant | None = None, clock: Clock = "host") -> Answer:
        """Decides an AuthZEN evaluation request of Python values; see `decide_json`. A value that JSON cannot represent
        exactly is an `invalid_request`."""
        try:
            return self.decide_json(json_bytes(request), now=now, clock=clock)
        except Exception as failure:
            return denial(describe(failure))

    def could_json(self, request: JsonText, *, now: Instant | None = None, clock: Clock = "host") -> Possibility:
        """Whether an AuthZEN evaluation request in JSON could be permitted for some value of the members that it does not
        have. Every member may be missing, except the types of subject and resource and the name of the action. The module
        must have been compiled with `--possible`. `now` and `clock` are as for `decide_json`."""
        try:
            text = text_bytes(request)
            instant, by = instant_and_clock(now, clock)
            if "could" not in self._compiled.functions:
                raise EngineError(abi.ENGINE_POSSIBILITY, abi.ENGINE_NO_POSSIBILITY)
            read = self._reader.possibility
            return self._run(lambda one: read(one, one.could(text, instant, by, abi.FORM_UNLESS_KEYED)))
        except Exception as failure:
            return impossible(denial(describe(failure)))

    def could(self, request: Mapping[str, object], *, now: Instant | None = None, clock: Clock = "host") -> Possibility:
        """The same for a request of Python values, see `decide`."""
        try:
            return self.could_json(json_bytes(request), now=now, clock=clock)
        except Exception as failure:
            return impossible(denial(describe(failure)))

    def load_table(self, name: str, contents: JsonInput) -> None:
        """Fills an external table, and replaces its contents: a mapping by key, with two keys a mapping of mappings, or
        its JSON. Later decisions use the new contents, also those of sessions. Raises `TableError`."""
        self._change_table(name, lambda: json_bytes(contents, self._table_bytes))

    def drop_table(self, name: str) -> None:
        """Empties an external table: from now on every lookup in it is unknown. Raises `TableError`."""
        self._change_table(name, lambda: None)

    def sessions(self, *, session_bytes: int = 1_073_741_824, clock: Callable[[], Instant] = host_now) -> Sessions:
        """Live sessions, in an instance of their own. `session_bytes`: the maximum size of all sessions; `clock`: the
        instant of calls without `now`. Raises `LoadError` if the module was compiled without sessions."""
        if "session_open" not in self._compiled.functions:
            raise LoadError("the module does not support sessions: compile it with --sessions")
        instance = Instance(self._compiled, self._table_bytes + session_bytes)
        return Sessions(instance, self._reader, self._tables, clock)

    def _run(self, use: Callable[[Instance], T]) -> T:
        """Calls it with an instance that has the current tables."""
        instance = self._pool.take()
        try:
            if instance.tables is not self._tables.current:
                self._tables.update(instance)
            result = use(instance)
        except BaseException:
            self._pool.drop()
            raise
        self._pool.give(instance)
        return result

    def _change_table(self, name: str, read: Callable[[], bytes | None]) -> None:
        try:
            text, name_text = read(), text_bytes(name)
            if "table_load" not in self._compiled.functions:
                raise Failure(NO_TABLE)
            with self._tables.lock:
                error = self._run(lambda one: self._tables.change(one, name_text, text))
        except Exception as failure:
            error = describe(failure)
        if error is not None:
            raise TableError(name, error)
