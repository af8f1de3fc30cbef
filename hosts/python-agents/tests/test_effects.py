"""Each effect of a policy on calls of functions."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import nhipol
import pytest
from conftest import enforcements, lines
from nhipol import Effect

from nhipol_agents import Guard, NotPermitted, Revoked, decision, session

GuardWith = Callable[..., Guard]
SMALL = {"order": "o-1", "amount": 5}


def test_a_permitted_call_runs_with_its_defaults(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with(constraints={"max_orders": lambda orders, most: orders[:most]})

    @guard.tool
    def find_orders(customer: str, limit: int = 20) -> list[str]:
        return [f"{customer}-{number}" for number in range(limit)]

    assert find_orders("ada") == ["ada-0", "ada-1"]
    assert find_orders(limit=1, customer="ada") == ["ada-0"]
    decided, _ = lines(log, "decision")
    assert decided["request"] == {
        "action": {"name": "shop:find_orders", "properties": {"arguments": {"customer": "ada", "limit": 20}}},
        "resource": {"type": "mcp_server", "id": "shop"},
        "subject": {"type": "ai_agent", "id": "bot-7", "properties": {}},
    }
    assert enforcements(log) == [("request", "narrow", "passed")] * 2
    assert find_orders.__name__ == "find_orders"


def test_a_denied_call_does_not_run(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with(constraints={"max_orders": None})
    ran = []

    @guard.tool
    def find_orders(customer: str, limit: int = 20) -> None:
        ran.append((customer, limit))

    with pytest.raises(NotPermitted, match="not permitted: no rule permits it") as refused:
        find_orders("bob")
    assert (refused.value.tool, refused.value.effect) == ("find_orders", Effect.DENY)
    assert refused.value.reasons == ("default_deny",)
    guard.update({"context": {"frozen": True}})
    with pytest.raises(NotPermitted, match="not permitted: the shop is frozen"):
        find_orders("ada")
    assert ran == []
    assert enforcements(log) == [("request", "deny", "refused")] * 2


def test_a_number_that_the_policy_would_round_is_refused(guard_with: GuardWith) -> None:
    guard = guard_with()
    paid: list[object] = []
    refund = guard.tool(name="refund")(lambda order, amount: paid.append(amount))
    for amount in (100.0000004, Decimal("100.0000004"), 0.1 + 0.2, 10**13, 2.5e-7):
        with pytest.raises(NotPermitted, match="at most 6 decimal places, found"):
            refund("o-1", amount)
    for amount in (0.3, 100, Decimal("1E+1"), -0.0):
        refund("o-1", amount)
    assert paid == [0.3, 100, Decimal(10), 0]


def test_a_constraint_without_a_function_refuses(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    find_orders = guard.tool(name="find_orders")(lambda customer, limit=1: [customer] * limit)
    with pytest.raises(NotPermitted, match="the constraint max_orders cannot be enforced here"):
        find_orders("ada")
    assert enforcements(log) == [("request", "narrow", "refused")]


def test_a_constraint_that_cannot_be_applied_withholds_the_result(guard_with: GuardWith) -> None:
    guard = guard_with(constraints={"max_orders": lambda result, most: result[:most]})
    find_orders = guard.tool(name="find_orders")(lambda customer, limit=1: limit)
    with pytest.raises(NotPermitted, match="could not be enforced"):
        find_orders("ada")


def test_obligations_are_carried_out_before_the_call(guard_with: GuardWith) -> None:
    done: list[Any] = []
    guard = guard_with(obligations={"audit": lambda obligation: done.append(obligation.properties["text"])})

    @guard.tool
    def export_orders() -> None:
        done.append("exported")

    export_orders()
    assert done == ["orders exported by bot-7", "exported"]


def test_an_asynchronous_call_has_asynchronous_obligations(guard_with: GuardWith) -> None:
    done: list[Any] = []

    async def audit(obligation: nhipol.Obligation) -> None:
        await asyncio.sleep(0)
        done.append(obligation.name)

    guard = guard_with(obligations={"audit": audit})

    @guard.tool
    async def export_orders() -> str:
        return "exported"

    assert asyncio.run(export_orders()) == "exported"
    assert done == ["audit"]
    with pytest.raises(NotPermitted, match="the obligation audit was not carried out"):
        guard.call("export_orders", {}, lambda _: "exported")


def test_obligations_that_cannot_be_carried_out_refuse(guard_with: GuardWith, log: Path) -> None:
    def fails(_: nhipol.Obligation) -> None:
        raise OSError("disk full")

    for options, reason in (
        ({}, "the obligation audit cannot be carried out here"),
        ({"obligations": {"audit": fails}}, "the obligation audit was not carried out"),
    ):
        guard = guard_with(log=None, **options)
        with pytest.raises(NotPermitted, match=reason) as refused:
            guard.call("export_orders", {}, lambda _: pytest.fail("it ran"))
        assert refused.value.effect is Effect.DENY
    assert not log.exists()


def test_arguments_are_lowered_to_what_the_answer_offers(
    guard_with: GuardWith, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decision_of(answer: nhipol.Answer) -> decision.Decision:
        """The policy refuses large amounts without an offer: adds one."""
        found = decision.decision_of(answer)
        offers = {} if found.is_permitted else {"action.properties.arguments.amount": Decimal(offer)}
        return replace(found, lower=offers)

    monkeypatch.setattr(session, "decision_of", decision_of)
    offer = 50
    guard = guard_with()

    @guard.tool
    def refund(order: str, amount: float) -> tuple[str, float]:
        return order, amount

    assert refund("o-1", 5_000.0) == ("o-1", 50.0)
    assert enforcements(log) == [("request", "deny", "refused"), ("request", "permit", "lowered")]
    offer = 4_000
    with pytest.raises(NotPermitted, match="no rule permits it"):
        refund("o-1", 5_000.0)
    assert enforcements(log)[2:] == [("request", "deny", "refused")] * 2


def test_a_revoke_ends_the_session(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with(constraints={"max_orders": None})
    with pytest.raises(Revoked, match="no agent deletes the shop"):
        guard.call("delete_shop", {}, lambda _: pytest.fail("it ran"))
    assert guard.is_revoked
    with pytest.raises(Revoked, match="no agent deletes the shop"):
        guard.call("find_orders", {"customer": "ada", "limit": 1}, lambda _: pytest.fail("it ran"))
    [revocation] = lines(log, "revocation")
    assert (revocation["reasons"], revocation["message"]) == (["destroys"], "no agent deletes the shop")
    assert enforcements(log) == [("request", "revoke", "refused")] * 2


def test_a_signal_revokes(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with(constraints={"max_orders": None})
    find = {"customer": "ada", "limit": 1}
    assert guard.call("find_orders", find, len) == 2
    guard.record("tripwire", {"tool": "mail"})
    with pytest.raises(Revoked, match="the agent touched a tripwire"):
        guard.call("find_orders", find, len)
    assert [line["signal"] for line in lines(log, "event")] == ["completed", "tripwire"]
    with pytest.raises(nhipol.SessionError):
        guard_with(log=None).record("unheard_of")


def test_obligations_of_a_revoke_are_carried_out_once(guard_with: GuardWith) -> None:
    sent: list[Any] = []
    guard = guard_with(obligations={"alert": lambda alert: sent.append(alert.properties["body"])})
    guard.call("refund", SMALL, len)
    guard.record("tripwire")
    for _ in range(2):
        with pytest.raises(Revoked) as refused:
            guard.call("refund", SMALL, len)
        assert refused.value.obligations == ()
    assert sent == ["bot-7 touched a tripwire"]
    sent.clear()
    # Without an earlier call, the first one is the one that revokes.
    other = guard_with(log=None, obligations={"alert": lambda alert: sent.append(alert.name)})
    other.record("tripwire")
    with pytest.raises(Revoked) as refused:
        other.call("refund", SMALL, len)
    assert [each.name for each in refused.value.obligations] == ["alert"]
    assert sent == ["alert"]


def test_changed_facts_are_logged_with_later_decisions(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    guard.call("refund", SMALL, len)
    guard.update({"subject": {"properties": {"expires_at": "2030-01-01T00:00:00Z"}}, "context": {"customer": None}})
    guard.call("refund", SMALL, len)
    before, after = [line["request"] for line in lines(log, "decision")]
    assert "context" not in before
    assert (after["context"], after["subject"]["properties"]) == ({}, {"expires_at": "2030-01-01T00:00:00Z"})


def test_outcomes_count(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with(constraints={"max_orders": None})

    @guard.tool
    def find_orders(customer: str, limit: int) -> str:
        if limit == 9:
            raise LookupError(customer)
        return "x" * limit

    for _ in range(3):
        with pytest.raises(LookupError):
            find_orders("ada", 9)
    with pytest.raises(NotPermitted, match="three calls have failed"):
        find_orders("ada", 1)
    failed = lines(log, "event")[0]
    assert failed["signal"] == "failed"
    assert failed["payload"]["result"] == {"reason": "LookupError"}
    other = guard_with(log=None, constraints={"max_orders": None})
    read = {"customer": "ada", "limit": 1}
    other.call("find_orders", read, lambda _: "x" * 100_000)
    with pytest.raises(NotPermitted, match="the agent has read more than 100 KB"):
        other.call("find_orders", read, len)


def test_arguments_are_copied_and_converted(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    kept = []

    @guard.tool(omit=["self"])
    def refund(self: object, order: str, /, *, amount: Decimal, **rest: object) -> object:
        kept.append(rest["notes"])
        return self

    notes: list[str] = []
    assert refund(len, "o-1", amount=Decimal("99.50"), notes=notes) is len
    assert kept == [[]]
    assert kept[0] is not notes
    [decided] = lines(log, "decision")
    assert decided["request"]["action"]["properties"]["arguments"] == {"order": "o-1", "amount": 99.5}


def test_a_call_cannot_set_an_omitted_parameter(guard_with: GuardWith) -> None:
    guard = guard_with()

    @guard.tool(name="refund", omit=["shop"])
    def refund(shop: str, /, **order: object) -> str:
        return f"{shop}: {sorted(order)}"

    assert refund("ours", order="o-1", amount=5, shop="theirs") == "ours: ['amount', 'order', 'shop']"


def test_arguments_that_json_cannot_represent_are_refused(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    for amount in (float("nan"), 2.0**60, object(), (each for each in "ab"), "\ud800"):
        with pytest.raises(NotPermitted, match="the arguments contain"):
            guard.call("refund", {"order": "o-1", "amount": amount}, lambda _: pytest.fail("it ran"))
    assert len(lines(log, "refusal")) == 5


def test_calls_that_the_function_does_not_take_are_not_decided(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    refund: Any = guard.tool(name="refund")(lambda order, **rest: None)
    with pytest.raises(TypeError, match="missing a required argument"):
        refund(amount=1)
    assert lines(log, "decision") == []
    positional = guard.tool(name="refund")(eval("lambda order, /, **rest: None"))  # noqa: S307
    with pytest.raises(TypeError, match="two arguments are named order"):
        positional("o-1", order="o-2")


def test_functions_that_cannot_be_guarded_are_errors(guard_with: GuardWith) -> None:
    guard = guard_with()

    def generates() -> Any:
        yield 1

    with pytest.raises(TypeError, match="is a generator"):
        guard.tool(generates)
    with pytest.raises(TypeError, match="has no parameter context"):
        guard.tool(omit=["context"])(len)

    async def later() -> None:
        pytest.fail("it ran")

    def refund(order: str, amount: int) -> Any:
        return later()

    with pytest.raises(TypeError, match="declare its function with `async def`"):
        guard.tool(refund)("o-1", 5)


def test_a_long_call_is_decided_by_its_declared_members(guard_with: GuardWith) -> None:
    guard = guard_with(approve=lambda _: True)
    note = "x" * 200_000
    taken = guard.call("refund", {"order": "o", "amount": 5, "note": note}, lambda given: given["note"])
    assert taken == note
    with pytest.raises(NotPermitted, match="too long to be approved"):
        guard.call("refund", {"order": "o", "amount": 500, "note": note}, lambda _: pytest.fail("it ran"))


def test_after_it_is_closed_a_guard_refuses(guard_with: GuardWith, log: Path) -> None:
    with guard_with() as guard:
        assert guard.call("refund", {"order": "o", "amount": 5}, len) == 2
    with pytest.raises(NotPermitted, match="the session was closed"):
        guard.call("refund", {"order": "o", "amount": 5}, len)
    assert lines(log)[-1]["kind"] == "closed"


def test_policies_and_subjects_that_are_not_valid_are_errors(policy: Path) -> None:
    subject = {"type": "ai_agent", "id": "bot-7"}
    with pytest.raises(nhipol.LoadError):
        Guard(b"\0asm", subject=subject, server="shop")
    with pytest.raises(nhipol.SessionError):
        Guard(policy, subject={"type": "ai_agent"}, server="shop")
