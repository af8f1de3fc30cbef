"""Tools of LangChain, called directly and by the tool calls of a chat model."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pytest
from conftest import enforcements, lines
from langchain_core.callbacks import CallbackManagerForToolRun
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, InjectedToolArg, StructuredTool, Tool, ToolException, tool
from pydantic import BaseModel, Field

from nhipol_agents import Guard, Revoked
from nhipol_agents.langchain import guarded

GuardWith = Callable[..., Guard]
SMALL = {"order": "o-1", "amount": 5}
LARGE = {"order": "o-1", "amount": 500}


def call(name: str, args: dict[str, Any]) -> dict[str, Any]:
    return {"type": "tool_call", "id": "call-1", "name": name, "args": args}


@tool
def refund(order: str, amount: float, clerk: Annotated[str, InjectedToolArg] = "nobody") -> str:
    """Pays an order back."""
    return f"{order}: {amount} by {clerk}"


class RefundArguments(BaseModel):
    order: str
    amount: float
    note: str = "none"


class RefundTool(BaseTool):
    name: str = "refund"
    description: str = "Pays an order back."
    args_schema: type[BaseModel] = RefundArguments

    def _run(
        self, order: str, amount: float, note: str, config: RunnableConfig, run_manager: CallbackManagerForToolRun | None = None
    ) -> str:
        return f"{order}: {amount}, {note}, {config['tags']}, {run_manager is not None}"


def test_permitted_calls_run(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with()
    paying = guarded(guard, refund)
    assert (paying.name, paying.description, paying.args) == (refund.name, refund.description, refund.args)
    assert paying.invoke({**SMALL, "clerk": "ada"}) == "o-1: 5.0 by ada"
    assert asyncio.run(paying.ainvoke(SMALL)) == "o-1: 5.0 by nobody"
    assert refund.invoke(SMALL) == "o-1: 5.0 by nobody"
    decided = lines(log, "decision")
    assert [line["request"]["action"]["properties"]["arguments"] for line in decided] == [SMALL] * 2
    assert [line["signal"] for line in lines(log, "event")] == ["completed"] * 2


def test_tools_of_all_kinds_run(guard_with: GuardWith, log: Path) -> None:
    guard = guard_with(constraints={"max_orders": None})
    own = guarded(guard, RefundTool())
    config: RunnableConfig = {"tags": ["t"]}
    assert own.invoke(SMALL, config) == "o-1: 5.0, none, ['t'], True"
    assert asyncio.run(own.ainvoke(SMALL, config)) == "o-1: 5.0, none, ['t'], True"

    async def later(order: str, amount: float) -> tuple[str, list[int]]:
        return order, [int(amount)]

    coroutine = StructuredTool.from_function(
        coroutine=later, name="refund", description="", response_format="content_and_artifact"
    )
    message = asyncio.run(guarded(guard, coroutine).ainvoke(call("refund", SMALL)))
    assert (message.content, message.artifact) == ("o-1", [5])
    schema = {"type": "object", "properties": {"order": {"type": "string"}, "amount": {"type": "number"}}}
    described = StructuredTool(name="refund", description="", args_schema=schema, func=lambda **given: str(sorted(given)))
    assert guarded(guard, described).invoke({**SMALL, "other": 1}) == "['amount', 'order', 'other']"
    single = Tool(name="export_orders", description="", func=len)
    assert "the obligation audit cannot be carried out here" in guarded(guard, single).invoke("all")
    assert [line["effect"] for line in lines(log, "decision")] == ["permit"] * 5


def test_the_model_reads_why_a_call_was_refused(guard_with: GuardWith, log: Path) -> None:
    paying = guarded(guard_with(), refund)
    reason = "not permitted: a refund of more than 100 needs an approval"
    assert paying.invoke(LARGE) == reason
    message = paying.invoke(call("refund", LARGE))
    assert isinstance(message, ToolMessage)
    assert (message.content, message.status, message.tool_call_id) == (reason, "error", "call-1")
    assert asyncio.run(paying.ainvoke(LARGE)) == reason
    assert enforcements(log) == [("request", "challenge", "refused")] * 3


def test_arguments_with_an_alias_are_decided(guard_with: GuardWith) -> None:
    class Arguments(BaseModel):
        order: str
        amount: float
        remark: str = Field(alias="note")

    def pay(order: str, amount: float, remark: str) -> str:
        return f"{order}: {amount}, {remark}"

    questions: list[Any] = []
    guard = guard_with(approve=lambda question: questions.append(question.arguments))
    paying = StructuredTool.from_function(pay, name="refund", args_schema=Arguments, description="")
    guarded(guard, paying).invoke({**LARGE, "note": "late"})
    assert questions == [{**LARGE, "remark": "late"}]
    assert guarded(guard, paying).invoke({**SMALL, "note": "late"}) == "o-1: 5.0, late"


def test_an_approver_is_asked(guard_with: GuardWith) -> None:
    async def approve(_: object) -> bool:
        return True

    assert guarded(guard_with(approve=lambda _: True), refund).invoke(LARGE) == "o-1: 500.0 by nobody"
    assert asyncio.run(guarded(guard_with(approve=approve, log=None), refund).ainvoke(LARGE)) == "o-1: 500.0 by nobody"


def test_a_revoke_is_raised(guard_with: GuardWith) -> None:
    deleting = guarded(guard_with(), StructuredTool.from_function(lambda: None, name="delete_shop", description=""))
    with pytest.raises(Revoked, match="no agent deletes the shop"):
        deleting.invoke({})
    with pytest.raises(Revoked):
        asyncio.run(deleting.ainvoke({}))


@pytest.mark.parametrize(
    ("handling", "content"),
    [(True, "no such order"), ("own", "own"), (lambda failure: f"handled: {failure}", "handled: no such order")],
)
def test_other_exceptions_are_handled_as_before(guard_with: GuardWith, log: Path, handling: Any, content: str) -> None:
    def fails(order: str, amount: float) -> str:
        raise ToolException("no such order")

    guard = guard_with()
    failing = StructuredTool.from_function(fails, name="refund", description="", handle_tool_error=handling)
    assert guarded(guard, failing).invoke(SMALL) == content
    with pytest.raises(ToolException, match="no such order"):
        guarded(guard, failing.model_copy(update={"handle_tool_error": False})).invoke(SMALL)
    assert [line["signal"] for line in lines(log, "event")] == ["failed"] * 2


def test_tool_calls_of_a_model_are_decided(guard_with: GuardWith) -> None:
    paying = guarded(guard_with(), refund)
    asks = AIMessage(content="", tool_calls=[call("refund", SMALL), call("refund", LARGE)])
    model = GenericFakeChatModel(messages=iter([asks]))
    chain = model | (lambda message: [paying.invoke(each) for each in message.tool_calls])
    small, large = chain.invoke("pay them back")
    assert (small.status, large.status) == ("success", "error")
