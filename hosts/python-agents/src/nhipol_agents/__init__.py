"""Decides each call of an agent's tools by a compiled policy, before its function runs.

guard = Guard("policy.wasm", subject={"type": "ai_agent", "id": "bot-7"}, server="shop", log="decisions.jsonl")

@guard.tool
def find_orders(customer: str, limit: int = 20) -> list[str]: ...
"""

from .approval import Approval as Approval, Question as Question
from .errors import LogError as LogError, NotPermitted as NotPermitted, Revoked as Revoked
from .guard import Guard as Guard
from .log import DecisionLog as DecisionLog
