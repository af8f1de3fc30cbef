"""Random calls by threads and tasks: no function runs without a permit in the log, and none starts after a revoke."""

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from conftest import lines
from test_log import check_chain

from nhipol_agents import Approval, Guard, NotPermitted, Question

GuardWith = Callable[..., Guard]
AMOUNTS = [0, 5, 99.5, 100, 101, 500, 1_000, 1_001, -1, "5", None, True, float("nan"), 2**70, [5], {"amount": 5}]


def permits(log: Path) -> Counter[str]:
    """The orders of the calls that the log says were made."""
    decided = [line for line in lines(log, "decision") if line["enforcement"] == "passed"]
    return Counter(line["request"]["action"]["properties"]["arguments"]["order"] for line in decided)


def test_a_call_is_made_if_and_only_if_the_log_has_its_permit(guard_with: GuardWith, log: Path) -> None:
    made: Counter[str] = Counter()
    lock = threading.Lock()

    def approve(question: Question) -> object:
        return random.Random(question.id).choice([True, False, Approval("ada"), None])

    guard = guard_with(approve=approve)

    def call(number: int) -> None:
        chosen = random.Random(number)
        amount = chosen.choice(AMOUNTS)

        def refund(given: dict[str, Any]) -> str:
            assert type(given["amount"]) in (int, float)
            assert 0 <= given["amount"] <= 1_000
            with lock:
                made[given["order"]] += 1
            return "paid"

        with suppress(NotPermitted):
            guard.call("refund", {"order": f"o-{number % 40}", "amount": amount}, refund)

    with ThreadPoolExecutor(8) as workers:
        list(workers.map(call, range(400)))
    assert made.total() > 50
    assert made == permits(log)
    approvals = [line["approval"]["id"] for line in lines(log, "decision") if "approval" in line]
    assert len(set(approvals)) == len(approvals) > 5
    check_chain(log)


def test_no_call_starts_after_a_revoke(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    is_revoked = False
    ends: Counter[str] = Counter()

    @guard.tool
    async def refund(order: str, amount: int) -> str:
        assert not is_revoked
        ends["started"] += 1
        await asyncio.sleep(amount / 200)
        ends["ended"] += 1
        return order

    async def call(number: int) -> None:
        chosen = random.Random(number)
        await asyncio.sleep(chosen.random())
        try:
            await refund(f"o-{number}", chosen.randrange(100))
        except NotPermitted:
            ends["refused"] += 1

    async def run() -> None:
        nonlocal is_revoked
        calls = [asyncio.create_task(call(number)) for number in range(200)]
        while ends["ended"] < 40:
            await asyncio.sleep(0.01)
        guard.record("tripwire")
        is_revoked = True
        await asyncio.gather(*calls)

    asyncio.run(run())
    assert ends["started"] >= ends["ended"] >= 200 - ends["refused"] > 0
    assert ends["refused"] > 0
    assert permits(log).total() >= ends["started"]
    check_chain(log)
