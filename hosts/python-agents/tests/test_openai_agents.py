"""Tools of the OpenAI Agents SDK, called by its runner with a model that follows a script."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from agents import Agent, FunctionTool, Model, ModelResponse, RunConfig, RunContextWrapper, Runner, Usage, function_tool
from agents.items import TResponseOutputItem, TResponseStreamEvent
from conftest import enforcements, lines
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

from nhipol_agents import Guard, Revoked
from nhipol_agents.openai_agents import guarded

GuardWith = Callable[..., Guard]


class ScriptedModel(Model):
    """Calls one tool, and then repeats the tool's output."""

    def __init__(self, tool: str, arguments: str) -> None:
        self._call = (tool, arguments)

    async def get_response(self, *args: Any, **kwargs: Any) -> ModelResponse:
        given: Any = kwargs["input"] if "input" in kwargs else args[1]
        output = next((each["output"] for each in given if isinstance(each, dict) and "output" in each), None)
        item: TResponseOutputItem
        if output is None:
            name, arguments = self._call
            item = ResponseFunctionToolCall(type="function_call", call_id="call-1", name=name, arguments=arguments)
        else:
            text = ResponseOutputText(type="output_text", text=str(output), annotations=[])
            item = ResponseOutputMessage(id="1", type="message", role="assistant", status="completed", content=[text])
        return ModelResponse(output=[item], usage=Usage(), response_id=None)

    def stream_response(self, *args: Any, **kwargs: Any) -> AsyncIterator[TResponseStreamEvent]:
        raise NotImplementedError


def run(tool: FunctionTool, arguments: dict[str, Any] | str) -> str:
    """What the model gets from its call of a tool."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    agent = Agent(name="clerk", model=ScriptedModel(tool.name, text), tools=[tool])
    result = asyncio.run(Runner.run(agent, "go", run_config=RunConfig(tracing_disabled=True)))
    return str(result.final_output)


@function_tool
def refund(context: RunContextWrapper[Any], order: str, amount: float) -> str:
    """Pays an order back."""
    return f"{order}: {amount}, {context.context}"


def test_a_permitted_call_runs(guard_with: GuardWith, log: Path) -> None:
    tool = guarded(guard_with(), refund)
    assert (tool.name, tool.description, tool.params_json_schema) == (refund.name, refund.description, refund.params_json_schema)
    assert run(tool, {"order": "o-1", "amount": 5}) == "o-1: 5.0, None"
    [decided] = lines(log, "decision")
    assert decided["request"]["action"]["properties"]["arguments"] == {"order": "o-1", "amount": 5}
    assert [line["signal"] for line in lines(log, "event")] == ["completed"]


def test_the_model_reads_why_a_call_was_refused(guard_with: GuardWith, log: Path) -> None:
    tool = guarded(guard_with(), refund)
    assert run(tool, {"order": "o-1", "amount": 500}) == "not permitted: a refund of more than 100 needs an approval"
    assert run(tool, {"order": "o-1", "amount": 5_000}) == "not permitted: no rule permits it"
    assert run(tool, "[1]") == "not permitted: the arguments are not a JSON object"
    assert enforcements(log) == [("request", "challenge", "refused"), ("request", "deny", "refused")]


@pytest.mark.parametrize("digits", ["9007199254740993", "9007199254740993.0", "1e400", "0.10000000000000000001", "-1e-400"])
def test_a_number_that_the_sdk_would_read_as_another_one_is_refused(guard_with: GuardWith, digits: str) -> None:
    tool = guarded(guard_with(), refund)
    text = f'{{"order": "o-1", "amount": {digits}}}'
    assert run(tool, text) == f"not permitted: the arguments contain the number {digits}, which is not exact for every reader"
    assert run(tool, '{"order": "o-1", "amount": 1E1}') == "o-1: 10.0, None"


def test_an_approver_is_asked(guard_with: GuardWith) -> None:
    async def approve(_: object) -> bool:
        return True

    assert run(guarded(guard_with(approve=approve), refund), {"order": "o-1", "amount": 500}) == "o-1: 500.0, None"


def test_a_revoke_ends_the_run(guard_with: GuardWith) -> None:
    guard = guard_with()

    @function_tool
    async def delete_shop() -> None:
        pytest.fail("it ran")

    with pytest.raises(Exception, match="no agent deletes the shop") as ended:
        run(guarded(guard, delete_shop), {})
    assert isinstance(ended.value, Revoked) or isinstance(ended.value.__cause__, Revoked)


def test_a_failed_call_is_a_failure_and_its_text_that_of_the_tool(guard_with: GuardWith, log: Path) -> None:
    def fails(order: str, amount: float) -> str:
        raise LookupError(f"no order {order} of {amount}")

    guard = guard_with()
    usual = function_tool(fails, name_override="refund")
    own = function_tool(fails, name_override="refund", failure_error_function=lambda _, error: f"own: {error}")
    raising = function_tool(fails, name_override="refund", failure_error_function=None)
    small = {"order": "o-1", "amount": 5}
    assert run(guarded(guard, usual), small) == run(usual, small) != ""
    assert run(guarded(guard, own), small) == "own: no order o-1 of 5.0"
    with pytest.raises(Exception, match="no order o-1"):
        run(guarded(guard, raising), small)
    assert [line["signal"] for line in lines(log, "event")] == ["failed"] * 3


def test_defaults_of_the_schema_are_decided(guard_with: GuardWith, log: Path) -> None:
    @function_tool(strict_mode=False)
    def find_orders(customer: str, limit: int = 20) -> str:
        return f"{limit} of {customer}"

    tool = guarded(guard_with(constraints={"max_orders": None}), find_orders)
    assert run(tool, {"customer": "ada"}) == "20 of ada"
    [decided] = lines(log, "decision")
    assert decided["request"]["action"]["properties"]["arguments"] == {"customer": "ada", "limit": 20}
