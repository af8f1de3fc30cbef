"""Challenges that an approver lifts: for one call, with these arguments, in time."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import enforcements, lines
from nhipol import Effect

from nhipol_agents import Approval, Guard, NotPermitted, Question

GuardWith = Callable[..., Guard]
LARGE = {"order": "o-1", "amount": 500, "card": "4000-1234"}
NOW = 1_772_532_000_000


def test_without_an_approver_a_challenge_refuses(guard_with: GuardWith, log: Path) -> None:
    with pytest.raises(NotPermitted, match="a refund of more than 100 needs an approval") as refused:
        guard_with().call("refund", LARGE, len)
    assert refused.value.effect is Effect.CHALLENGE
    assert enforcements(log) == [("request", "challenge", "refused")]


def test_an_approval_is_for_one_call(guard_with: GuardWith, log: Path) -> None:
    asked: list[Question] = []

    def approve(question: Question) -> object:
        asked.append(question)
        return Approval("ada", "chat") if len(asked) == 1 else False

    guard = guard_with(approve=approve)
    assert guard.call("refund", LARGE, lambda given: given["amount"]) == 500
    with pytest.raises(NotPermitted, match="it was not approved"):
        guard.call("refund", LARGE, lambda _: pytest.fail("it ran"))
    question = asked[0]
    assert (question.tool, question.server, question.arguments) == ("refund", "shop", LARGE)
    assert question.digest == asked[1].digest
    assert str(question).startswith("a refund of more than 100 needs an approval\n\nai_agent bot-7 wants to call refund of shop")
    assert "4000-1234" not in str(question)
    assert enforcements(log) == [
        ("request", "challenge", "asked"),
        ("approval", "permit", "passed"),
        ("request", "challenge", "asked"),
    ]
    approved, refused = lines(log, "approval")
    assert (approved["answer"], refused["answer"]) == ("approved", "refused")
    assert approved["call_digest"] == refused["call_digest"] == question.digest
    assert (approved["approval"]["approver"], approved["approval"]["channel"]) == ("ada", "chat")
    assert lines(log, "decision")[1]["approval"] == approved["approval"]


def test_an_approval_is_not_for_other_arguments(guard_with: GuardWith) -> None:
    order: dict[str, Any] = {"id": "o-1"}
    digests = []

    def approve(question: Question) -> bool:
        # Whoever made the call changes it while the approver thinks.
        order["id"] = "o-2"
        digests.append(question.digest)
        return True

    guard = guard_with(approve=approve)
    assert guard.call("refund", {"order": "o", "amount": 500, "of": order}, lambda given: given["of"]) == {"id": "o-1"}
    guard.call("refund", {"order": "o", "amount": 500, "of": order}, len)
    assert len(set(digests)) == 2


@pytest.mark.parametrize("answer", [None, "yes", 1, False])
def test_only_true_and_approvals_approve(guard_with: GuardWith, answer: object) -> None:
    with pytest.raises(NotPermitted, match="it was not approved"):
        guard_with(approve=lambda _: answer).call("refund", LARGE, lambda _: pytest.fail("it ran"))


def test_an_approver_that_fails_does_not_approve(guard_with: GuardWith, log: Path) -> None:
    def fails(_: Question) -> bool:
        raise OSError("no terminal")

    def is_late(_: Question) -> bool:
        raise TimeoutError

    async def answers(_: Question) -> bool:
        return True

    for approve, reason in ((fails, "not approved"), (is_late, "not approved in time"), (answers, "not approved")):
        with pytest.raises(NotPermitted, match=reason):
            guard_with(approve=approve, log=None).call("refund", LARGE, lambda _: pytest.fail("it ran"))
    assert not log.exists()


def test_an_approval_that_comes_too_late_does_not_count(guard_with: GuardWith, log: Path) -> None:
    times = [NOW]

    def approve(question: Question) -> bool:
        assert question.expires_at.timestamp() * 1000 == NOW + 600_000
        times.append(NOW + 600_000)
        return True

    guard = guard_with(approve=approve, clock=lambda: times[-1])
    with pytest.raises(NotPermitted, match="the approval came too late"):
        guard.call("refund", LARGE, lambda _: pytest.fail("it ran"))
    assert [line["answer"] for line in lines(log, "approval")] == ["expired"]


def test_an_approval_does_not_lift_a_deny(guard_with: GuardWith) -> None:
    def approve(_: Question) -> bool:
        guard.update({"context": {"frozen": True}})
        return True

    guard = guard_with(approve=approve)
    with pytest.raises(NotPermitted, match="the shop is frozen"):
        guard.call("refund", LARGE, lambda _: pytest.fail("it ran"))


def test_an_asynchronous_call_waits_for_its_approver(guard_with: GuardWith) -> None:
    async def approve(_: Question) -> Approval:
        await asyncio.sleep(0.01)
        return Approval("ada")

    def approve_in_thread(_: Question) -> bool:
        time.sleep(0.01)
        return True

    for each in (approve, approve_in_thread):
        guard = guard_with(approve=each, log=None)

        @guard.tool
        async def refund(order: str, amount: int) -> str:
            return f"{order}: {amount}"

        assert asyncio.run(refund("o-1", 500)) == "o-1: 500"


def test_an_approver_has_until_the_offer_expires(guard_with: GuardWith, log: Path) -> None:
    async def approve(_: Question) -> bool:
        await asyncio.sleep(10)
        return True

    # The clock is behind by so much that the offer ends in 50 ms of it.
    started = time.monotonic()
    guard = guard_with(approve=approve, clock=lambda: NOW + (time.monotonic() - started) * 1000)

    async def refund() -> None:
        await asyncio.wait_for(guard.call_async("refund", LARGE, lambda _: pytest.fail("it ran")), 0.05)

    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(refund())
    assert lines(log, "approval") == []


def test_a_running_call_stays_approved(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with(approve=lambda _: True)

    @guard.tool
    async def refund(order: str, amount: int) -> str:
        guard.update({"context": {"customer": "bob"}})
        await asyncio.sleep(0.05)
        return order

    assert asyncio.run(refund("o-1", 500)) == "o-1"
    assert enforcements(log)[-1] == ("approval", "permit", "passed")

    @guard.tool(name="refund")
    async def freezes(order: str, amount: int) -> None:
        guard.update({"context": {"frozen": True}})
        await asyncio.sleep(5)

    with pytest.raises(NotPermitted, match="no longer permitted: the shop is frozen"):
        asyncio.run(freezes("o-1", 500))


def test_a_running_call_keeps_its_constraints_when_its_approval_is_used_up(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with(approve=lambda _: True, constraints={"max_orders": lambda orders, most: orders[:most]})

    @guard.tool
    async def cancel_orders() -> list[str]:
        guard.update({"context": {"customer": "bob"}})
        await asyncio.sleep(0.05)
        return ["o-1", "o-2", "o-3"]

    for _ in range(2):
        assert asyncio.run(cancel_orders()) == ["o-1", "o-2"]
    assert [line["answer"] for line in lines(log, "approval")] == ["approved"] * 2
    assert enforcements(log) == [("request", "challenge", "asked"), ("approval", "narrow", "passed")] * 2
