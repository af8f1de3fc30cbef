"""The guard of an agent: decides each call of a tool before its function runs, in one session of a policy."""

import functools
import os
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, ParamSpec, TypeAlias, TypeVar, cast, overload
from uuid import uuid4

import nhipol

from .arguments import Binder, is_async, isolated
from .call import Call, call_of
from .encoding import EncodingError
from .errors import NotPermitted
from .log import DecisionLog
from .running import drive, run, run_async
from .session import Session
from .steps import Approve, CarryOut, Enforce, Handlers, carry_out

P = ParamSpec("P")
R = TypeVar("R")

PathOrName: TypeAlias = str | os.PathLike[str]


def host_now() -> float:
    """The host's clock, in milliseconds."""
    return time.time_ns() // 1_000_000


class Guard:
    """Guards the tools of one agent. May be used by any number of threads and event loops.

    `policy`: a module that was compiled with `--sessions`, or its path. `subject`: the identity that acts, as in an
    AuthZEN request. `server`: the first part of the names of actions. `session`: the id of the session, default: a new
    one. `context`: facts that the application vouches for. `resource`: what the calls act on, default: an `mcp_server`
    with the name of the server as id.

    `log`: a decision log or its path, default: decisions are not logged. `log_required`: whether calls are refused that
    cannot be logged. `approve`: is asked about challenges that an approval can lift. `obligations`: by name, functions
    that carry them out. `constraints`: by name, functions that apply them to the result of a call, or None for those that
    the policy checks itself because they limit an argument. A call with any other obligation or constraint is refused.
    `clock`: milliseconds since the epoch.

    Raises `nhipol.LoadError` for a module that is not such a policy, `nhipol.SessionError` if the subject or the context
    is not valid for it, and `LogError`.
    """

    def __init__(
        self,
        policy: bytes | PathOrName,
        *,
        subject: Mapping[str, Any],
        server: str,
        session: str | None = None,
        context: Mapping[str, Any] | None = None,
        resource: Mapping[str, Any] | None = None,
        log: DecisionLog | PathOrName | None = None,
        log_required: bool = True,
        approve: Approve | None = None,
        obligations: Mapping[str, CarryOut] | None = None,
        constraints: Mapping[str, Enforce | None] | None = None,
        clock: Callable[[], float] = host_now,
    ) -> None:
        module = policy if isinstance(policy, bytes) else Path(policy).read_bytes()
        self.server: Final = server
        self._resource = None if resource is None else dict(resource)
        self._handlers = Handlers(approve, dict(obligations or {}), dict(constraints or {}))
        self._owned = log if log is None or isinstance(log, DecisionLog) else DecisionLog(log)
        self._owns_log = self._owned is not log
        try:
            self._session = Session(
                module,
                session or f"{server}-{uuid4()}",
                dict(subject),
                dict(context or {}),
                self._owned,
                log_required,
                clock,
            )
        except BaseException:
            self._close_log()
            raise

    @property
    def session(self) -> str:
        """The id of the session."""
        return self._session.id

    @property
    def is_revoked(self) -> bool:
        ending = self._session.ending
        return ending is not None and ending.effect is nhipol.Effect.REVOKE

    @property
    def lost_lines(self) -> int:
        """The number of lines that could not be written to the log."""
        return self._session.lost_lines

    @overload
    def tool(self, function: Callable[P, R], /) -> Callable[P, R]: ...

    @overload
    def tool(
        self,
        /,
        *,
        name: str | None = None,
        server: str | None = None,
        resource: Mapping[str, Any] | None = None,
        omit: Collection[str] = (),
    ) -> Callable[[Callable[P, R]], Callable[P, R]]: ...

    def tool(
        self,
        function: Callable[..., Any] | None = None,
        /,
        *,
        name: str | None = None,
        server: str | None = None,
        resource: Mapping[str, Any] | None = None,
        omit: Collection[str] = (),
    ) -> Any:
        """Decorates a function, also one that is declared with `async def`, so that each of its calls is decided before
        it runs. A call that is refused raises `NotPermitted`.

        `name`: default: that of the function. `server` and `resource`: default: those of the guard. `omit`: parameters
        that the policy does not see, such as `self` or the context of a framework. The function gets copies of all others.
        """
        if function is None:
            return functools.partial(self._decorated, name=name, server=server, resource=resource, omit=omit)
        return self._decorated(function, name, server, resource, omit)

    def call(
        self,
        tool: str,
        arguments: Mapping[str, object],
        function: Callable[[dict[str, Any]], R],
        *,
        server: str | None = None,
        resource: Mapping[str, Any] | None = None,
    ) -> R:
        """Calls a function with the arguments of a tool if the call is permitted. Raises `NotPermitted`. The function
        gets the arguments as they were decided."""
        call = self._call(tool, dict(arguments), server, resource)
        return cast(R, run(self._session, self._handlers, call, lambda decided: function(decided.arguments)))

    async def call_async(
        self,
        tool: str,
        arguments: Mapping[str, object],
        function: Callable[[dict[str, Any]], Awaitable[R]],
        *,
        server: str | None = None,
        resource: Mapping[str, Any] | None = None,
    ) -> R:
        """Does the same for a coroutine function. It is cancelled as soon as the call is no longer permitted."""
        call = self._call(tool, dict(arguments), server, resource)
        result = await run_async(self._session, self._handlers, call, lambda decided: function(decided.arguments))
        return cast(R, result)

    def record(self, signal: str, payload: Mapping[str, Any] | None = None) -> None:
        """Records a signal that the policy declares. Running calls are decided again. The log contains the payload. Raises
        `nhipol.SessionError`."""
        self._session.record(signal, payload or {})
        self._settle()

    def update(self, part: Mapping[str, Any]) -> None:
        """Changes facts about the subject or the context by a part of a request (RFC 7396). Running calls are decided
        again. Raises `nhipol.SessionError`."""
        self._session.patch(part)
        self._settle()

    def close(self) -> None:
        """Ends the session: running asynchronous calls are cancelled, and later calls refused."""
        self._session.close()
        self._close_log()

    def __enter__(self) -> "Guard":
        return self

    def __exit__(self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _settle(self) -> None:
        """Carries out the obligations of a revoke that was not the answer to a call."""
        drive(carry_out(self._handlers, self._session.take_obligations()))

    def _close_log(self) -> None:
        if self._owned is not None and self._owns_log:
            self._owned.close()

    def _call(
        self,
        tool: str,
        arguments: dict[str, object],
        server: str | None,
        resource: Mapping[str, Any] | None,
    ) -> Call:
        """Raises `NotPermitted` for arguments that JSON cannot represent."""
        named = server or self.server
        on = resource or self._resource or {"type": "mcp_server", "id": named}
        with self._refusing(tool):
            return call_of(named, tool, on, isolated(arguments))

    @contextmanager
    def _refusing(self, tool: str) -> Iterator[None]:
        """Logs that a call has no valid arguments."""
        try:
            yield
        except EncodingError as failure:
            reason = f"the arguments contain {failure}"
            self._session.refused(f"{tool}: {reason}")
            raise NotPermitted(tool, reason) from failure
        except Exception as failure:
            self._session.refused(f"{tool}: {failure}")
            raise

    def _decorated(
        self,
        function: Callable[P, R],
        name: str | None,
        server: str | None,
        resource: Mapping[str, Any] | None,
        omit: Collection[str],
    ) -> Callable[P, R]:
        binder = Binder(function, omit)
        tool = name or function.__name__

        def bind(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[Call, Callable[[Call], Any]]:
            with self._refusing(tool):
                arguments, bound = binder.bind(args, kwargs)

            def make(decided: Call) -> Any:
                complete = binder.complete(bound, decided.arguments)
                return function(*complete.args, **complete.kwargs)

            return self._call(tool, arguments, server, resource), make

        if is_async(function):

            @functools.wraps(function)
            async def guarded_async(*args: P.args, **kwargs: P.kwargs) -> Any:
                return await run_async(self._session, self._handlers, *bind(args, kwargs))

            return cast(Callable[P, R], guarded_async)

        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            return cast(R, run(self._session, self._handlers, *bind(args, kwargs)))

        return guarded
