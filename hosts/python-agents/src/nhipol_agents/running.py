"""Makes permitted calls: runs the steps before a call and the call itself, and watches an asynchronous call while it runs.
It is cancelled when its answer is no longer a permit."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from typing import Any, Final, Generic, TypeVar

from .arguments import is_async
from .call import Call
from .encoding import decode, encode
from .errors import NotPermitted
from .session import Outcome, Session, logger
from .steps import Handlers, Permit, Step, current, limited, permit, recheck, settle

_MAX_DELAY: Final = 86_400.0
_MIN_DELAY: Final = 0.001
_GRACE: Final = 1.0
"""How long a cancelled call has to end, in seconds."""
_MAX_STRUCTURED: Final = 16_384
"""Longer results are not passed to the policy."""

T = TypeVar("T")


class End(Generic[T]):
    """The end of steps, and what they return."""

    def __init__(self, value: T) -> None:
        self.value = value


def run(session: Session, handlers: Handlers, call: Call, function: Callable[[Call], Any]) -> Any:
    """Makes a call if it is permitted. `function`: takes the call as it was decided. A call that is no longer permitted
    when it ends has no result. Raises `NotPermitted`."""
    try:
        permitted = drive(permit(session, handlers, call))
        try:
            result = function(permitted.call)
            if inspect.isawaitable(result):
                _discard(result)
                raise TypeError(f"{call.tool} returned an awaitable: declare its function with `async def`")
        except BaseException as failure:
            _failed(session, permitted.call, failure)
            raise
        return _result(session, handlers, permitted, result)
    except NotPermitted as refused:
        drive(settle(handlers, refused))
        raise


async def run_async(session: Session, handlers: Handlers, call: Call, function: Callable[[Call], Awaitable[Any]]) -> Any:
    """Makes a call like `run`, and cancels it as soon as it is no longer permitted."""
    try:
        permitted = await _drive_async(permit(session, handlers, call))
        try:
            permitted, result = await _watched(session, handlers, permitted, function)
        except BaseException as failure:
            _failed(session, permitted.call, failure)
            raise
        return _result(session, handlers, permitted, result)
    except NotPermitted as refused:
        await _drive_async(settle(handlers, refused))
        raise


def _result(session: Session, handlers: Handlers, permitted: Permit, result: Any) -> Any:
    _completed(session, permitted.call, result)
    current(session, handlers, permitted)
    return limited(handlers, permitted, result)


async def _watched(
    session: Session, handlers: Handlers, permitted: Permit, function: Callable[[Call], Awaitable[Any]]
) -> tuple[Permit, Any]:
    loop = asyncio.get_running_loop()
    awake = asyncio.Event()

    def wake() -> None:
        # A loop that was closed has no running calls.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(awake.set)

    async def make() -> Any:
        # The task starts later than it was created.
        current(session, handlers, permitted)
        return await function(permitted.call)

    with session.watching(wake):
        task = loop.create_task(make())
        task.add_done_callback(lambda _: awake.set())
        try:
            while True:
                is_event = await _wait(awake, _delay_of(session, permitted))
                if task.done():
                    return permitted, task.result()
                awake.clear()
                decision = recheck(session, handlers, permitted, "event" if is_event else "time")
                permitted = permitted._replace(decision=decision)
        finally:
            # The call was refused, or whoever waits for it was cancelled.
            if not task.done():
                await _stop(task, permitted.call)


async def _wait(awake: asyncio.Event, seconds: float) -> bool:
    """Whether it was woken before the time was over."""
    try:
        await asyncio.wait_for(awake.wait(), seconds)
    except (TimeoutError, asyncio.TimeoutError):
        return False
    return True


def _delay_of(session: Session, permitted: Permit) -> float:
    until = permitted.decision.valid_until
    if until is None:
        return _MAX_DELAY
    return min(max((until - session.now()) / 1000, _MIN_DELAY), _MAX_DELAY)


async def _stop(task: "asyncio.Task[Any]", call: Call) -> None:
    task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    task.cancel()
    await asyncio.wait({task}, timeout=_GRACE)
    if not task.done():
        logger.warning("%s was cancelled and still runs", call.tool)


def drive(steps: Generator[Step, Any, T]) -> T:
    """Performs steps one after the other."""
    step = _send(steps, None)
    while isinstance(step, Step):
        try:
            result = step.function(step.argument)
            if inspect.isawaitable(result):
                _discard(result)
                raise TypeError("a synchronous call needs synchronous callbacks")
        except Exception as failure:
            step = _throw(steps, failure)
        else:
            step = _send(steps, result)
    return step.value


async def _drive_async(steps: Generator[Step, Any, T]) -> T:
    step = _send(steps, None)
    while isinstance(step, Step):
        try:
            result = await asyncio.wait_for(_perform(step), step.seconds)
        except asyncio.TimeoutError as late:
            step = _throw(steps, TimeoutError(str(late)))
        except Exception as failure:
            step = _throw(steps, failure)
        else:
            step = _send(steps, result)
    return step.value


def _send(steps: Generator[Step, Any, T], result: Any) -> Step | End[T]:
    try:
        return steps.send(result)
    except StopIteration as end:
        return End(end.value)


def _throw(steps: Generator[Step, Any, T], failure: Exception) -> Step | End[T]:
    try:
        return steps.throw(failure)
    except StopIteration as end:
        return End(end.value)


async def _perform(step: Step) -> Any:
    """A function that is not declared with `async def` runs in a thread, so that it does not block the loop."""
    if is_async(step.function):
        return await step.function(step.argument)
    result = await asyncio.to_thread(step.function, step.argument)
    return await result if inspect.isawaitable(result) else result


def _discard(result: Awaitable[Any]) -> None:
    """A coroutine that is not awaited is closed, without a warning."""
    if inspect.iscoroutine(result):
        result.close()


def _completed(session: Session, call: Call, result: Any) -> None:
    """Raises `NotPermitted` if the agent must not get the result."""
    _record(session, call, "completed", _described(session, result))


def _failed(session: Session, call: Call, failure: BaseException) -> None:
    """Raises `NotPermitted` if the agent must not get the text of the exception."""
    reason = "stopped" if isinstance(failure, NotPermitted) else type(failure).__name__
    try:
        _record(session, call, "failed", {"reason": reason})
    except NotPermitted as unrecorded:
        # A call that is cancelled stays so, and the text of a refusal is that of the guard.
        if isinstance(failure, Exception) and not isinstance(failure, NotPermitted):
            raise unrecorded from None


def _record(session: Session, call: Call, outcome: Outcome, result: dict[str, Any]) -> None:
    delivered = {name: value for name, value in result.items() if name != "reason"}
    are_recorded = [session.record_outcome(call, "delivered", delivered), session.record_outcome(call, outcome, result)]
    if not all(are_recorded):
        raise NotPermitted(call.tool, "its outcome cannot be recorded")


def _described(session: Session, result: Any) -> dict[str, Any]:
    """The result, as far as a policy can read it."""
    if not (session.records("completed") or session.records("delivered")):
        return {}
    try:
        text = encode(result)
    except Exception:
        return {}
    value = decode(text) if len(text) <= _MAX_STRUCTURED else None
    structured = {} if value is None else {"structured": value if isinstance(value, dict) else {"result": value}}
    return {"bytes": len(text.encode()), **structured}
