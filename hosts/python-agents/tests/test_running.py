"""Calls that lose their permission while they run."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from conftest import enforcements, lines

from nhipol_agents import Guard, NotPermitted, Revoked

GuardWith = Callable[..., Guard]


def expire(guard: Guard, seconds: float) -> None:
    """The credential expires after this time."""
    expires_at = datetime.now(timezone.utc) + timedelta(seconds=seconds)
    guard.update({"subject": {"properties": {"expires_at": expires_at}}})


class Watcher:
    """A tool that runs until it is cancelled."""

    def __init__(self, guard: Guard) -> None:
        self.started = 0
        self.cancelled = 0
        self.watch_orders = guard.tool(name="watch_orders")(self._watch)

    async def _watch(self) -> None:
        self.started += 1
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


def test_a_call_is_cancelled_when_its_answer_expires(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    expire(guard, 0.2)
    watcher = Watcher(guard)
    started = time.monotonic()
    with pytest.raises(NotPermitted, match="no longer permitted: the credential has expired"):
        asyncio.run(watcher.watch_orders())
    assert 0.1 < time.monotonic() - started < 5
    assert (watcher.started, watcher.cancelled) == (1, 1)
    assert enforcements(log)[0] == ("request", "permit", "passed")
    assert enforcements(log)[-1] == ("time", "deny", "stopped")
    assert lines(log, "event")[-1]["payload"]["result"] == {"reason": "stopped"}


def test_a_call_goes_on_when_its_credential_is_renewed(guard_with: GuardWith) -> None:
    guard = guard_with()
    expire(guard, 0.2)

    @guard.tool
    async def watch_orders() -> str:
        expire(guard, 60)
        await asyncio.sleep(0.4)
        return "done"

    assert asyncio.run(watch_orders()) == "done"


def test_a_revoke_cancels_all_running_calls(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    expire(guard, 60)
    watcher = Watcher(guard)

    async def run() -> list[BaseException | None]:
        calls = [asyncio.create_task(watcher.watch_orders()) for _ in range(3)]
        await asyncio.sleep(0.05)
        await asyncio.to_thread(guard.record, "tripwire")
        return await asyncio.gather(*calls, return_exceptions=True)

    ended = asyncio.run(run())
    assert [type(each) for each in ended] == [Revoked] * 3
    assert (watcher.started, watcher.cancelled) == (3, 3)
    assert len(lines(log, "revocation")) == 1
    with pytest.raises(Revoked):
        asyncio.run(watcher.watch_orders())
    assert watcher.started == 3


def test_closing_the_guard_cancels_running_calls(guard_with: GuardWith) -> None:
    guard = guard_with()
    expire(guard, 60)
    watcher = Watcher(guard)

    async def run() -> None:
        call = asyncio.create_task(watcher.watch_orders())
        await asyncio.sleep(0.05)
        guard.close()
        await call

    with pytest.raises(NotPermitted, match="the session was closed"):
        asyncio.run(run())
    assert watcher.cancelled == 1


def test_whoever_waits_for_a_call_can_cancel_it(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    expire(guard, 60)
    watcher = Watcher(guard)

    async def run() -> None:
        await asyncio.wait_for(watcher.watch_orders(), 0.05)

    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(run())
    assert watcher.cancelled == 1
    assert lines(log, "event")[-1]["payload"]["result"] == {"reason": "CancelledError"}


def test_a_call_that_ignores_its_cancellation_has_no_result(guard_with: GuardWith) -> None:
    guard = guard_with()
    expire(guard, 0.1)

    @guard.tool
    async def watch_orders() -> str:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            await asyncio.sleep(0.05)
        return "done"

    with pytest.raises(NotPermitted, match="no longer permitted"):
        asyncio.run(watch_orders())


def test_a_synchronous_call_that_lost_its_permission_has_no_result(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    expire(guard, 0.1)

    @guard.tool
    def watch_orders() -> str:
        time.sleep(0.2)
        return "done"

    with pytest.raises(NotPermitted, match="no longer permitted: the credential has expired"):
        watch_orders()
    assert enforcements(log)[-1] == ("time", "deny", "stopped")
    revoking = guard_with(log=None)

    def refund(_: object) -> str:
        revoking.record("tripwire")
        return "done"

    with pytest.raises(Revoked):
        revoking.call("refund", {"order": "o", "amount": 5}, refund)


def test_threads_share_a_guard(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    sizes: list[int] = []

    def work() -> None:
        for number in range(50):
            sizes.append(guard.call("refund", {"order": f"o-{number}", "amount": 5}, len))  # noqa: PERF401

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sizes == [2] * 200
    assert len(lines(log, "decision")) == 200
